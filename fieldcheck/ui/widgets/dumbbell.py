"""Dumbbell chart of the gap: benchmark score and field score on one axis, with the ranges of footage and camera, as in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import BODY, CAPTION
from fieldcheck.ui.widgets.plain import plain_tip

if TYPE_CHECKING:
    from fieldcheck.domain.plot import GapChart

HEIGHT, EDGE = 110, 44  # pixels: of the chart, and left and right of the axis
ROW, AXIS = 40, 74  # the line that carries the marks, the axis
NEAR = 14  # pixels beside a mark: half of what a finger needs
CLOSE, RAISED = 0.3, 22  # nearer than this, the labels of both sides would meet: that of the benchmark stands in a row of its own above


class DumbbellChart(QWidget):
    """Square: benchmark with its range. Disc: field. Thick line: range over this footage; thin line with ends: over other clips of the
    camera. Diamond: claim; dashes: limit; dots: ceiling of the labels; hollow disc: the last report. It has no words of its own. `taken`:
    `field` or `benchmark`, whose mark was clicked."""

    taken = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._chart: GapChart | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_scores(self, chart: GapChart) -> None:
        """This chart from now on."""
        self._chart = chart
        self.setAccessibleName(chart.said)
        self.setToolTip(plain_tip(chart.said))
        self.updateGeometry()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, chart = event.position(), self._chart
        sides = {} if chart is None else {"field": chart.field, "benchmark": chart.benchmark}
        away = {on: abs(self._x(found.value) - at.x()) for on, found in sides.items() if found is not None}
        nearest = min(away, key=lambda on: away[on], default="")
        if nearest and max(away[nearest], abs(self._px(ROW) + self._above - at.y())) <= self._px(NEAR):
            self.taken.emit(nearest)
        event.accept()

    def sizeHint(self) -> QSize:
        return QSize(self._px(480), self._px(HEIGHT) + self._above)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px(240), self._px(HEIGHT) + self._above)

    @property
    def _above(self) -> int:
        """Height of the row that only labels which would meet need, in pixels."""
        if self._chart is None or self._chart.benchmark is None or self._chart.field is None:
            return 0
        return self._px(RAISED) if abs(self._chart.field.value - self._chart.benchmark.value) < CLOSE else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        chart, y = self._chart, self._px(ROW) + self._above
        if chart is None:
            return
        painter, tokens = QPainter(self), self._look.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter, chart)
        benchmark, field, (benchmark_label, field_label, gap_label) = chart.benchmark, chart.field, chart.labels
        if benchmark is not None and field is not None:
            self._line(painter, benchmark.value, field.value, y, tokens.border, 3)
            self._write(painter, (benchmark.value + field.value) / 2, y + self._px(8), gap_label, bold=True)
        for found, width in ((chart.camera, 2.0), (benchmark, 1.5)):
            if found is not None:
                self._line(painter, found.lo, found.hi, y, tokens.text, width, ends=True)
        if chart.last is not None:
            self._disc(painter, chart.last, y, 7, tokens.panel, tokens.text)
        if field is not None:
            self._line(painter, field.lo, field.hi, y, tokens.text, 7)
            full = (tokens.alarm, tokens.panel)
            self._disc(painter, field.value, y, 9, *(full[::-1] if chart.few else full))
            self._write(painter, field.value, y - self._px(34), field_label, bold=True)
        if benchmark is not None:
            self._box(painter, benchmark.value, y, 16)
            self._write(painter, benchmark.value, y - self._px(34) - self._above, benchmark_label, bold=True)
        if chart.claimed is not None:
            self._box(painter, chart.claimed, y, 6, turned=45)
        painter.end()

    def _paint_axis(self, painter: QPainter, chart: GapChart) -> None:
        top, bottom = self._px(8) + self._above, self._px(AXIS) + self._above
        lines = [(at, self._look.tokens.sunken, Qt.PenStyle.SolidLine) for at, _ in chart.axis.ticks]
        limits = ((chart.ceiling, Qt.PenStyle.DotLine), (chart.limit, Qt.PenStyle.DashLine))
        lines += [(at, self._look.tokens.text2, style) for at, style in limits if at is not None]
        for at, colour, style in lines:
            painter.setPen(QPen(QColor(colour), 1 if style == Qt.PenStyle.SolidLine else 2, style))
            painter.drawLine(QPointF(self._x(at), top), QPointF(self._x(at), bottom))
        for at, said in chart.axis.ticks:
            self._write(painter, at, bottom + self._px(6), said, quiet=True)

    def _disc(self, painter: QPainter, at: float, y: float, radius: int, fill: str, edge: str) -> None:
        painter.setPen(QPen(QColor(edge), 2))
        painter.setBrush(QColor(fill))
        painter.drawEllipse(QPointF(self._x(at), y), self._px(radius), self._px(radius))

    def _box(self, painter: QPainter, at: float, y: float, side: int, turned: float = 0.0) -> None:
        """A hollow square, or a full diamond."""
        tokens, half = self._look.tokens, self._px(side) / 2
        painter.save()
        painter.translate(self._x(at), y)
        painter.rotate(turned)
        painter.setPen(QPen(QColor(tokens.accent if turned else tokens.text), 2))
        painter.setBrush(QColor(tokens.accent if turned else tokens.panel))
        painter.drawRect(QRectF(-half, -half, 2 * half, 2 * half))
        painter.restore()

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
