"""The probes: sure answers to pictures that have none, and what becomes of an answer when something is taken from its frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.block_table import BlockTable
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import Pages
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import card, column, label, row
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.workflows.stress.stress_found import StressFindings


class OodPage(QWidget):
    """Two tables below each other, and what follows from them in a sentence."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.run = KeyButton(look, text("Run OOD test"), actions.key("stress.run")).triggers(actions.get("stress.run"))
        self.leaning = label(bold=True, wrap=True)
        self.strip = JobStrip(look)
        self.placeholder = Placeholder(look)
        self.families = BlockTable(look, text("Confident predictions on out-of-distribution images"))
        self.shortcuts = BlockTable(look, text("Predictions that survive removal of information"))
        self.threshold = label(size="caption", tone="quiet", wrap=True)
        self.threshold.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.figures = QWidget()
        column(
            look,
            (self._part(text("Out-of-distribution (OOD) behaviour"), self.threshold, self.families), 1),
            (self._part(text("Shortcut test"), None, self.shortcuts), 1),
            on=self.figures,
        )
        self.pages = Pages(self.placeholder, self.figures)
        head = row(look, self.leaning, gap=12)
        head.addWidget(self.run, 0, Qt.AlignmentFlag.AlignTop)
        head.setStretch(0, 1)
        column(look, head, self.strip, (self.pages, 1), on=self)

    def show_loading(self, sentence: str) -> None:
        """The results are being read, or worked out."""
        self.placeholder.show_loading(sentence)
        self._show_placeholder()

    def show_failed(self, sentence: str) -> None:
        """The results could not be read."""
        self.placeholder.show_failed(sentence)
        self._show_placeholder()

    def show_empty(self, said: str) -> None:
        """Nothing was probed, and why or what to do."""
        self.placeholder.show_empty(said, [])
        self._show_placeholder()

    def _show_placeholder(self) -> None:
        self.leaning.setText("")
        self.pages.turn_to(self.placeholder)

    def show_found(self, found: StressFindings) -> None:
        """The tables as they are now."""
        self.leaning.setText(found.leaning)
        self.threshold.setText(found.sure_from)
        self.families.show_table(found.families)
        self.shortcuts.show_table(found.shortcuts, wide=1)
        self.pages.turn_to(self.figures)

    def show_running(self, job: Job | None) -> None:
        """The probes under way, or the last ones where they were stopped."""
        self.strip.show_job(job)

    def say_run(self, runs: bool) -> None:
        """Sets the button's label: what it does now."""
        self.run.say(text("Stop") if runs else text("Run OOD test"))

    def _part(self, said: str, under: QWidget | None, table: BlockTable) -> QFrame:
        made, px = card(self._look), self._look.metrics.px
        content(made).setSpacing(px(4))
        content(made).setContentsMargins(px(12), px(6), px(12), px(8))
        head = row(self._look, label(said, bold=True), gap=16)
        if under is not None:
            head.addWidget(under, 1)
        content(made).addLayout(head)
        content(made).addWidget(table, 1)
        return made
