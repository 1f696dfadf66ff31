"""Page of the exports: a list of formats, and beside it what the chosen one holds and what comes along."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.marks import marked
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import card, column, label, row
from fieldcheck.words.language import text

ABOUT = Qt.ItemDataRole.UserRole + 1  # what a format holds


class ExportsPage(QWidget):
    """`chosen` is the code of the format that is chosen, empty before there are any."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = JobStrip(look)
        self.formats = QListWidget()
        self.formats.setAccessibleName(text("Export format"))
        self.formats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.formats.setMinimumHeight(look.metrics.px(80))
        self.people, self.corrected = (
            marked(look, QCheckBox(text("Include frames with a person"))),
            marked(look, QCheckBox(text("Apply label review corrections"))),
        )
        self.formats.currentRowChanged.connect(self._describe)
        self.heading, self.about = label(size="heading", wrap=True), label(wrap=True)
        below = QWidget()
        flow = Flow(look.metrics.px(12), below)
        flow.addWidget(KeyButton(look, text("Export to folder…"), actions.key("evidence.export")).triggers(actions.get("evidence.export")))
        made, beside = card(look), card(look)
        content(made).addWidget(label(text("Export format"), size="heading"))
        content(made).addWidget(self.formats, 1)
        for part in (self.heading, self.about, self.people, self.corrected, below):
            content(beside).addWidget(part)
        content(beside).addStretch()
        column(look, self.strip, (row(look, (made, 1), (beside, 1), gap=12), 1), on=self)

    @property
    def front(self) -> QWidget | None:
        """Widget that keys go to."""
        return self.formats

    def _describe(self, at: int) -> None:
        item = self.formats.item(at)
        self.heading.setText(item.text() if item is not None else "")
        self.about.setText(str(item.data(ABOUT)) if item is not None else "")

    def show_formats(self, formats: Sequence[tuple[str, str, str]]) -> None:
        """Codes, names, and what each holds; the one that was chosen stays."""
        before = self.chosen
        self.formats.clear()
        for code, said, about in formats:
            item = QListWidgetItem(said, self.formats)
            item.setData(Qt.ItemDataRole.UserRole, code)
            item.setData(ABOUT, about)
        codes = [code for code, *_ in formats]
        self.formats.setCurrentRow(codes.index(before) if before in codes else 0)

    @property
    def chosen(self) -> str:
        """Code of the format that is chosen."""
        item = self.formats.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def show_job(self, job: Job | None) -> None:
        """An export under way."""
        self.strip.show_job(job)
