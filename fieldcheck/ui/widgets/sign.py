"""The shape before a verdict: the report's own, so that it means the same in black and white."""

from __future__ import annotations

from math import cos, pi, sin

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.theme.theme import Theme

KINDS = ("octagon", "triangle", "tick", "ring", "unequal")
SIDE = 28


class VerdictSign(QWidget):
    """Octagon, triangle, disc with a tick, ring, or unequal. It says nothing to a screen reader: the word beside it does."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self.kind = look, ""
        self.setFixedSize(self.sizeHint())

    def show_kind(self, kind: str) -> None:
        """Another shape; none for an empty name."""
        self.kind = kind
        self.update()

    def sizeHint(self) -> QSize:
        side = self._look.metrics.scale_px(SIDE)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.kind not in KINDS:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / 40, self.height() / 40)
        getattr(self, f"_draw_{self.kind}")(painter)
        painter.end()

    def _draw_octagon(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.tokens.alarm))
        corners = [pi / 8 + at * pi / 4 for at in range(8)]
        painter.drawPolygon(QPolygonF([QPointF(20 + 19.5 * cos(angle), 20 + 19.5 * sin(angle)) for angle in corners]))

    def _draw_triangle(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self._look.tokens.text), 2))
        painter.setBrush(QColor(self._look.tokens.warn))
        painter.drawPolygon(QPolygonF([QPointF(20, 3), QPointF(38, 36), QPointF(2, 36)]))

    def _draw_tick(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.tokens.accent))
        painter.drawEllipse(QPointF(20, 20), 18, 18)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._look.tokens.on_accent), 4))
        painter.drawPolyline(QPolygonF([QPointF(11, 20), QPointF(18, 27), QPointF(30, 13)]))

    def _draw_ring(self, painter: QPainter) -> None:
        pen = QPen(QColor(self._look.tokens.border), 5)
        pen.setDashPattern([1.4, 1.12])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # others reach into the gaps
        painter.setPen(pen)
        painter.drawEllipse(QPointF(20, 20), 16, 16)

    def _draw_unequal(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self._look.tokens.text), 4))
        for start, end in (((5, 14), (35, 14)), ((5, 26), (35, 26)), ((27, 5), (13, 35))):
            painter.drawLine(QPointF(*start), QPointF(*end))
