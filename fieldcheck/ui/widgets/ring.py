"""Focus ring within a part that is chosen or filled already, where a border alone would not tell that it has the keys."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

CASING, LINE, INSIDE = 4, 2, 5  # pixels


def paint_ring(painter: QPainter, box: QRect, colour: str, casing: str) -> None:
    """A line of `colour` between two thinner ones of `casing`, both `#RRGGBB`, a few pixels inside `box`."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for shade, wide in ((casing, CASING), (colour, LINE)):
        painter.setPen(QPen(QColor(shade), wide))
        painter.drawRoundedRect(box.adjusted(INSIDE, INSIDE, -INSIDE - 1, -INSIDE - 1), 2, 2)
    painter.restore()
