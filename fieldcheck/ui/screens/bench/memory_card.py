"""Memory of a model's graph on the Bench screen: what is said of it, and its largest activations by operator, shape and megabytes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from fieldcheck.ui.narrowing import content
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.fixed_lines import FixedLines
from fieldcheck.ui.widgets.plain import card, column, label, row
from fieldcheck.words.language import text

LINES, ROWS = 7, 5
TABLE = 270


class MemoryCard(QWidget):
    """Sentences on the left, a table of five rows on the right; nothing at all where there is nothing to tell."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = FixedLines(LINES, size="caption")
        self.lines.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.rows = [(FixedLines(size="caption"), label(size="caption", tone="quiet")) for _ in range(ROWS)]
        self._frame = card(look)
        self._lay_out(look)
        self.hide()

    def show_memory(self, lines: Sequence[str], layers: Sequence[tuple[str, str]]) -> None:
        """Sentences, and name and size of each layer, the largest first."""
        self.lines.say("\n".join(lines))
        for at, (name, size) in enumerate(self.rows):
            told = layers[at] if at < len(layers) else ("", "")
            name.say(told[0])
            size.setText(told[1])
        self.setVisible(bool(lines))

    def _lay_out(self, look: Look) -> None:
        px = look.metrics.px
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(label(text("Largest activations"), "caption", bold=True), 0, 0)
        for at, (name, size) in enumerate(self.rows, 1):
            size.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, at, 0)
            grid.addWidget(size, at, 1)
        grid.setRowStretch(len(self.rows) + 1, 1)
        table.setFixedWidth(px(TABLE))
        content(self._frame).setSpacing(px(4))
        content(self._frame).setContentsMargins(px(12), px(6), px(12), px(8))
        said = column(look, label(text("Memory"), "caption", bold=True), (self.lines, 1), gap=0)
        across = row(look, gap=16)
        across.addLayout(said, 1)
        across.addWidget(table)
        content(self._frame).addLayout(across)
        column(look, self._frame, on=self)
