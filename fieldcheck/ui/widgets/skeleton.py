"""Skeleton screen: the outline of what is being worked out, so that nothing jumps when it comes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.theme.theme import Look

Block = tuple[float, float, float, float]
RADIUS = 4


class Skeleton(QWidget):
    """Paints `blocks`, each x, y, width and height as shares of the whole; `said` is for whoever does not see them."""

    def __init__(self, look: Look, blocks: Sequence[Block], said: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._blocks = look, tuple(blocks)
        self.setAccessibleName(said)

    def places(self) -> list[QRectF]:
        """Where the blocks are painted, in pixels."""
        width, height, gap = self.width(), self.height(), self._look.metrics.px(RADIUS)
        return [QRectF(x * width, y * height, w * width - gap, h * height - gap) for x, y, w, h in self._blocks]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._look.tokens.hairline))
        painter.setBrush(QColor(self._look.tokens.panel))
        for place in self.places():
            painter.drawRoundedRect(place, RADIUS, RADIUS)
        painter.end()
