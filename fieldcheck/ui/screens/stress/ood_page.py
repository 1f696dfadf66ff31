"""The probes: sure answers to pictures that have none, and what becomes of an answer when something is taken from its frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.block_table import ReportTable
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import PageStack
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import make_card, make_column, make_label, make_row
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.workflows.stress.stress_found import StressFindings


class OodPage(QWidget):
    """Two tables below each other, and what follows from them in a sentence."""

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.run = KeyButton(look, tr("Run OOD test"), actions.get_key_text("stress.run")).bind_action(actions.get_action("stress.run"))
        self.leaning = make_label(bold=True, wrap=True)
        self.strip = JobStrip(look)
        self.placeholder = Placeholder(look)
        self.families = ReportTable(look, tr("Confident predictions on out-of-distribution images"))
        self.shortcuts = ReportTable(look, tr("Predictions that survive removal of information"))
        self.threshold = make_label(size="caption", tone="quiet", wrap=True)
        self.threshold.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.figures = QWidget()
        make_column(
            look,
            (self._build_part(tr("Out-of-distribution (OOD) behaviour"), self.threshold, self.families), 1),
            (self._build_part(tr("Shortcut test"), None, self.shortcuts), 1),
            on=self.figures,
        )
        self.pages = PageStack(self.placeholder, self.figures)
        head = make_row(look, self.leaning, gap=12)
        head.addWidget(self.run, 0, Qt.AlignmentFlag.AlignTop)
        head.setStretch(0, 1)
        make_column(look, head, self.strip, (self.pages, 1), on=self)

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
        self.pages.show_page(self.placeholder)

    def show_findings(self, found: StressFindings) -> None:
        """The tables as they are now."""
        self.leaning.setText(found.leaning)
        self.threshold.setText(found.sure_from)
        self.families.show_table(found.families)
        self.shortcuts.show_table(found.shortcuts, wide=1)
        self.pages.show_page(self.figures)

    def show_running(self, job: Job | None) -> None:
        """The probes under way, or the last ones where they were stopped."""
        self.strip.show_job(job)

    def set_run_label(self, runs: bool) -> None:
        """Sets the button's label: what it does now."""
        self.run.set_label(tr("Stop") if runs else tr("Run OOD test"))

    def _build_part(self, said: str, under: QWidget | None, table: ReportTable) -> QFrame:
        made, px = make_card(self._look), self._look.metrics.scale_px
        get_box_layout(made).setSpacing(px(4))
        get_box_layout(made).setContentsMargins(px(12), px(6), px(12), px(8))
        head = make_row(self._look, make_label(said, bold=True), gap=16)
        if under is not None:
            head.addWidget(under, 1)
        get_box_layout(made).addLayout(head)
        get_box_layout(made).addWidget(table, 1)
        return made
