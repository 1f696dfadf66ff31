"""A row of the evidence's state: a mark, what it is about, a sentence on how it stands, and what can be done beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plain import make_column, make_label, make_row, set_tone
from fieldcheck.words.evidence_state import LOOK, StateLine

MARK = 20  # pixels


class StateRow(QWidget):
    """`beside`: a button, a field, or both."""

    def __init__(self, look: Theme, name: str, *beside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark, self.said = make_label(bold=True), make_label(tone="quiet", wrap=True)
        self.mark.setFixedWidth(look.metrics.scale_px(MARK))
        self.mark.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        words = make_column(look, make_label(name, bold=True), self.said, gap=2)
        make_row(look, self.mark, (words, 1), *beside, gap=8, on=self)

    def show_state(self, line: StateLine) -> None:
        """How it stands now."""
        self.mark.setText(line.mark)
        self.said.setText(line.sentence)
        set_tone(self.said, "warn" if line.mark == LOOK else "quiet")
        set_tone(self.mark, "warn" if line.mark == LOOK else "")
