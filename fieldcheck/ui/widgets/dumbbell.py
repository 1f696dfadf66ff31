"""Dumbbell chart of the gap: benchmark score and field score on one axis, with the ranges of footage and camera, as in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import BODY, CAPTION
from fieldcheck.ui.widgets.plain import plain_tip

if TYPE_CHECKING:
    from fieldcheck.domain.estimate import Estimate

HEIGHT, EDGE = 110, 44  # pixels: of the chart, and left and right of the axis
ROW, AXIS, TICKS = 40, 74, 5  # the line that carries the marks, the axis, its figures
CLOSE, RAISED = 0.3, 22  # nearer than this, the labels of both sides would meet: that of the benchmark stands in a row of its own above


class DumbbellChart(QWidget):
    """Square: benchmark. Disc: field. Thick line: range over this footage; thin line with ends: over other clips of the camera.

    It has no words of its own: labels, the figures of the axis and the description are told."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._benchmark: Estimate | None = None
        self._field: Estimate | None = None
        self._camera: Estimate | None = None
        self._labels = ("", "", "")
        self._ticks: tuple[str, ...] = ("",) * TICKS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_scores(
        self,
        benchmark: Estimate | None,
        field: Estimate | None,
        camera: Estimate | None,
        labels: tuple[str, str, str],
        ticks: tuple[str, ...],
        said: str,
    ) -> None:
        """`labels`: of the benchmark, of the field, of the line between them. `ticks`: figures from 0 to 1. `said`: all in words."""
        self._benchmark, self._field, self._camera, self._labels, self._ticks = benchmark, field, camera, labels, ticks
        self.setAccessibleName(said)
        self.setToolTip(plain_tip(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._px(480), self._px(HEIGHT) + self._above)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px(240), self._px(HEIGHT) + self._above)

    @property
    def _above(self) -> int:
        """Height of the row that only labels which would meet need, in pixels."""
        near = self._benchmark is not None and self._field is not None and abs(self._field.value - self._benchmark.value) < CLOSE
        return self._px(RAISED) if near else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter)
        benchmark, field, y = self._benchmark, self._field, self._px(ROW) + self._above
        if benchmark is not None and field is not None:
            self._line(painter, benchmark.value, field.value, y, self._look.tokens.border, 3)
            self._write(painter, (benchmark.value + field.value) / 2, y + self._px(8), self._labels[2], bold=True)
        if self._camera is not None:
            self._line(painter, self._camera.lo, self._camera.hi, y, self._look.tokens.text, 2, ends=True)
        if field is not None:
            self._line(painter, field.lo, field.hi, y, self._look.tokens.text, 7)
            painter.setPen(QPen(QColor(self._look.tokens.panel), 2))
            painter.setBrush(QColor(self._look.tokens.alarm))
            painter.drawEllipse(QPointF(self._x(field.value), y), self._px(9), self._px(9))
            self._write(painter, field.value, y - self._px(34), self._labels[1], bold=True)
        if benchmark is not None:
            side = self._px(16)
            painter.setPen(QPen(QColor(self._look.tokens.text), 2))
            painter.setBrush(QColor(self._look.tokens.panel))
            painter.drawRect(QRectF(self._x(benchmark.value) - side / 2, y - side / 2, side, side))
            self._write(painter, benchmark.value, y - self._px(34) - self._above, self._labels[0], bold=True)
        painter.end()

    def _paint_axis(self, painter: QPainter) -> None:
        top, bottom = self._px(8) + self._above, self._px(AXIS) + self._above
        for at, said in enumerate(self._ticks):
            part = at / (len(self._ticks) - 1)
            painter.setPen(QPen(QColor(self._look.tokens.sunken), 1))
            painter.drawLine(QPointF(self._x(part), top), QPointF(self._x(part), bottom))
            self._write(painter, part, bottom + self._px(6), said, quiet=True)

    def _line(self, painter: QPainter, a: float, b: float, y: float, colour: str, width: float, ends: bool = False) -> None:
        pen = QPen(QColor(colour), self._px(width * 10) / 10)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(self._x(a), y), QPointF(self._x(b), y))
        for at in (a, b) if ends else ():
            painter.drawLine(QPointF(self._x(at), y - self._px(7)), QPointF(self._x(at), y + self._px(7)))

    def _write(self, painter: QPainter, part: float, top: float, said: str, bold: bool = False, quiet: bool = False) -> None:
        """Centred over a place on the axis, and moved inwards where the edge would cut it."""
        font = self._look.sized(self.font(), CAPTION if quiet else BODY, bold)
        metrics = QFontMetrics(font)
        width = metrics.horizontalAdvance(said) + 2
        left = min(max(0.0, self._x(part) - width / 2), float(self.width() - width))
        painter.setFont(font)
        painter.setPen(QColor(self._look.tokens.text2 if quiet else self._look.tokens.text))
        painter.drawText(QRectF(left, top, width, metrics.height()), Qt.AlignmentFlag.AlignCenter, said)

    def _x(self, part: float) -> float:
        return self._px(EDGE) + part * (self.width() - 2 * self._px(EDGE))

    def _px(self, at_100: float) -> int:
        return self._look.metrics.px(at_100)
