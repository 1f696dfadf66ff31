"""A drop-down list with its mark. A style sheet takes away the arrow that the style would draw, and gives none of its own."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from fieldcheck.ui.look.icons import paint_icon
from fieldcheck.ui.look.theme import Look

MARK, PAD = 20, 8


class Choice(QComboBox):
    """`options` are pairs of a code and what people read. `chosen_code` is that of the one that is shown."""

    def __init__(self, look: Look, name: str, options: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for code, said in options:
            self.addItem(said, code)

    @property
    def chosen_code(self) -> str:
        """The code of the option that is shown."""
        code: str = self.currentData()
        return code

    def choose(self, code: str) -> None:
        """Shows the option of that code, the first one where there is none; nobody is told."""
        before = self.blockSignals(True)
        self.setCurrentIndex(max(0, self.findData(code)))
        self.blockSignals(before)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        px, tokens = self._look.metrics.px, self._look.tokens
        side = px(MARK)
        box = QRect(self.width() - side - px(PAD), (self.height() - side) // 2, side, side)
        painter = QPainter(self)
        paint_icon(painter, "chevron-down", box, tokens.text if self.isEnabled() else tokens.disabled)
        painter.end()
