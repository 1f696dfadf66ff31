"""Memory of a model's graph on the Bench screen: what is said of it, and its largest activations by operator, shape and megabytes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.fixed_lines import FixedLinesLabel
from fieldcheck.ui.widgets.plain import make_card, make_column, make_label, make_row
from fieldcheck.words.language import tr

MEMORY_LINES, ROWS = 7, 5
MEMORY_TABLE_WIDTH = 270


class MemoryCard(QWidget):
    """Sentences on the left, a table of five rows on the right; nothing at all where there is nothing to tell."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = FixedLinesLabel(MEMORY_LINES, size="caption")
        self.lines.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.rows = [(FixedLinesLabel(size="caption"), make_label(size="caption", tone="quiet")) for _ in range(ROWS)]
        self._frame = make_card(look)
        self._build_layout(look)
        self.hide()

    def show_memory(self, lines: Sequence[str], layers: Sequence[tuple[str, str]]) -> None:
        """Sentences, and name and size of each layer, the largest first."""
        self.lines.set_text("\n".join(lines))
        for at, (name, size) in enumerate(self.rows):
            told = layers[at] if at < len(layers) else ("", "")
            name.set_text(told[0])
            size.setText(told[1])
        self.setVisible(bool(lines))

    def _build_layout(self, look: Theme) -> None:
        px = look.metrics.scale_px
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(make_label(tr("Largest activations"), "caption", bold=True), 0, 0)
        for at, (name, size) in enumerate(self.rows, 1):
            size.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, at, 0)
            grid.addWidget(size, at, 1)
        grid.setRowStretch(len(self.rows) + 1, 1)
        table.setFixedWidth(px(MEMORY_TABLE_WIDTH))
        get_box_layout(self._frame).setSpacing(px(4))
        get_box_layout(self._frame).setContentsMargins(px(12), px(6), px(12), px(8))
        said = make_column(look, make_label(tr("Memory"), "caption", bold=True), (self.lines, 1), gap=0)
        across = make_row(look, gap=16)
        across.addLayout(said, 1)
        across.addWidget(table)
        get_box_layout(self._frame).addLayout(across)
        make_column(look, self._frame, on=self)
