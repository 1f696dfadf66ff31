"""Page of the exports: a list of formats, and beside it what the chosen one holds and what comes along."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.marks import apply_mark_style
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import make_card, make_column, make_label, make_row
from fieldcheck.words.language import tr

ABOUT = Qt.ItemDataRole.UserRole + 1  # what a format holds


class ExportsPage(QWidget):
    """`chosen` is the code of the format that is chosen, empty before there are any."""

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = JobStrip(look)
        self.formats = QListWidget()
        self.formats.setAccessibleName(tr("Export format"))
        self.formats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.formats.setMinimumHeight(look.metrics.scale_px(80))
        self.people, self.corrected = (
            apply_mark_style(look, QCheckBox(tr("Include frames with a person"))),
            apply_mark_style(look, QCheckBox(tr("Apply label review corrections"))),
        )
        self.formats.currentRowChanged.connect(self._show_description)
        self.heading, self.about = make_label(size="heading", wrap=True), make_label(wrap=True)
        below = QWidget()
        flow = FlowLayout(look.metrics.scale_px(12), below)
        flow.addWidget(
            KeyButton(look, tr("Export to folder…"), actions.get_key_text("evidence.export")).bind_action(
                actions.get_action("evidence.export")
            )
        )
        made, beside = make_card(look), make_card(look)
        get_box_layout(made).addWidget(make_label(tr("Export format"), size="heading"))
        get_box_layout(made).addWidget(self.formats, 1)
        for part in (self.heading, self.about, self.people, self.corrected, below):
            get_box_layout(beside).addWidget(part)
        get_box_layout(beside).addStretch()
        make_column(look, self.strip, (make_row(look, (made, 1), (beside, 1), gap=12), 1), on=self)

    @property
    def front(self) -> QWidget | None:
        """Widget that keys go to."""
        return self.formats

    def _show_description(self, at: int) -> None:
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
