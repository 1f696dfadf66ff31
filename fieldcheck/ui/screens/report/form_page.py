"""Form page of the Report screen: which sections of the appendix stand in the report, and the notes beside the figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from fieldcheck.domain.report_form import MOST_NOTES
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import clear_layout, make_column, make_label, make_scroll_area
from fieldcheck.words.language import tr

NOTES_HEIGHT = 120


class NotesField(QPlainTextEdit):
    """`given(said)`: the field was left with these notes in it."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Notes in the report"))
        self.setPlaceholderText(tr("Additional notes for the reader"))
        self.setTabChangesFocus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.document().setModified(False)
        self.given.emit(self.toPlainText()[:MOST_NOTES].strip())


class FormPage(QWidget):
    """`left_out(keys)`: a section was turned on or off, and these are off now; `notes.given`: the notes were written."""

    left_out = Signal(tuple)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.chips: dict[str, KeyButton] = {}
        self.notes = NotesField()
        self.notes.setFixedHeight(look.metrics.scale_px(NOTES_HEIGHT))
        chosen = QWidget()
        self._flow = FlowLayout(look.metrics.scale_px(6), chosen)
        said = tr("Pages 1 and 2 are always included. Omitted sections are listed as omitted, not as not measured.")
        above = make_column(look, make_label(tr("Appendix sections"), bold=True), make_label(said, "caption", "quiet", wrap=True), gap=4)
        make_column(look, above, (make_scroll_area(chosen), 1), make_label(tr("Notes"), bold=True), self.notes, gap=8, on=self)

    @property
    def notes_text(self) -> str:
        """Notes as they stand in the field."""
        return self.notes.toPlainText()[:MOST_NOTES]

    def show_form(self, names: Mapping[str, str], left_out: Collection[str], notes: str, writable: bool) -> None:
        """The sections by key, those that are left out, and the notes; notes that are being written stay."""
        if tuple(self.chips) != tuple(names):
            clear_layout(self._flow)
            self.chips = {key: self._make_chip(name) for key, name in names.items()}
        for key, chip in self.chips.items():
            chip.setChecked(key not in left_out)
            chip.setEnabled(writable)
        if not self.notes.document().isModified() and self.notes.toPlainText() != notes:
            self.notes.setPlainText(notes)
        self.notes.setReadOnly(not writable)

    def _make_chip(self, name: str) -> KeyButton:
        chip = KeyButton(self._look, name, shrinks=True)
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.clicked.connect(lambda: self.left_out.emit(tuple(key for key, one in self.chips.items() if not one.isChecked())))
        self._flow.addWidget(chip)
        return chip
