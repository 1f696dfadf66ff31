"""Dumbbell chart of the gap: benchmark score and field score on one axis, with the ranges of
footage and camera, as in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldcheck.ui.theme import BODY, CAPTION, Theme
from fieldcheck.ui.widgets.layouts import make_plain_tip

if TYPE_CHECKING:
    from fieldcheck.domain.plot import GapChart

HEIGHT, EDGE = 110, 44  # pixels: of the chart, and left and right of the axis
ROW, AXIS = 40, 74  # the line that carries the marks, the axis
NEAR = 14  # pixels beside a mark: half of what a finger needs
# nearer than this, the labels of both sides would meet: that of the benchmark stands in a row of
# its own above
CLOSE, RAISED = 0.3, 22


class DumbbellChart(QWidget):
    """Square: benchmark with its range. Disc: field. Thick line: range over this footage; thin line
    with ends: over other clips of the camera. Diamond: claim; dashes: limit; dots: ceiling of the
    labels; hollow disc: the last report. It has no words of its own. `mark_clicked`: `field` or
    `benchmark`, whose mark was clicked."""

    mark_clicked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chart: GapChart | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_scores(self, chart: GapChart) -> None:
        """This chart from now on."""
        self._chart = chart
        self.setAccessibleName(chart.alt_text)
        self.setToolTip(make_plain_tip(chart.alt_text))
        self.updateGeometry()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position, chart = event.position(), self._chart
        sides = {} if chart is None else {"field": chart.field, "benchmark": chart.benchmark}
        away = {
            side: abs(self._to_x(estimate.value) - position.x())
            for side, estimate in sides.items()
            if estimate is not None
        }
        nearest = min(away, key=lambda side: away[side], default="")
        if nearest and max(
            away[nearest], abs(self._scale_px(ROW) + self._above - position.y())
        ) <= self._scale_px(NEAR):
            self.mark_clicked.emit(nearest)
        event.accept()

    def sizeHint(self) -> QSize:
        return QSize(self._scale_px(480), self._scale_px(HEIGHT) + self._above)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._scale_px(240), self._scale_px(HEIGHT) + self._above)

    @property
    def _above(self) -> int:
        """Height of the row that only labels which would meet need, in pixels."""
        if self._chart is None or self._chart.benchmark is None or self._chart.field is None:
            return 0
        return (
            self._scale_px(RAISED)
            if abs(self._chart.field.value - self._chart.benchmark.value) < CLOSE
            else 0
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        chart, y = self._chart, self._scale_px(ROW) + self._above
        if chart is None:
            return
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter, chart)
        benchmark, field, (benchmark_label, field_label, gap_label) = (
            chart.benchmark,
            chart.field,
            chart.labels,
        )
        if benchmark is not None and field is not None:
            self._draw_line(painter, benchmark.value, field.value, y, tokens.border, 3)
            self._draw_text(
                painter,
                (benchmark.value + field.value) / 2,
                y + self._scale_px(8),
                gap_label,
                bold=True,
            )
        for estimate, width in ((chart.camera, 2.0), (benchmark, 1.5)):
            if estimate is not None:
                self._draw_line(painter, estimate.lo, estimate.hi, y, tokens.text, width, ends=True)
        if chart.last is not None:
            self._draw_disc(painter, chart.last, y, 7, tokens.panel, tokens.text)
        if field is not None:
            self._draw_line(painter, field.lo, field.hi, y, tokens.text, 7)
            full = (tokens.alarm, tokens.panel)
            self._draw_disc(
                painter, field.value, y, 9, *(full[::-1] if chart.has_few_frames else full)
            )
            self._draw_text(painter, field.value, y - self._scale_px(34), field_label, bold=True)
        if benchmark is not None:
            self._draw_box(painter, benchmark.value, y, 16)
            self._draw_text(
                painter,
                benchmark.value,
                y - self._scale_px(34) - self._above,
                benchmark_label,
                bold=True,
            )
        if chart.claimed is not None:
            self._draw_box(painter, chart.claimed, y, 6, turned=45)
        painter.end()

    def _paint_axis(self, painter: QPainter, chart: GapChart) -> None:
        top, bottom = self._scale_px(8) + self._above, self._scale_px(AXIS) + self._above
        lines = [
            (position, self._theme.tokens.sunken, Qt.PenStyle.SolidLine)
            for position, _ in chart.axis.ticks
        ]
        limits = ((chart.ceiling, Qt.PenStyle.DotLine), (chart.limit, Qt.PenStyle.DashLine))
        lines += [
            (position, self._theme.tokens.text2, style)
            for position, style in limits
            if position is not None
        ]
        for position, colour, style in lines:
            painter.setPen(QPen(QColor(colour), 1 if style == Qt.PenStyle.SolidLine else 2, style))
            painter.drawLine(
                QPointF(self._to_x(position), top), QPointF(self._to_x(position), bottom)
            )
        for position, text in chart.axis.ticks:
            self._draw_text(painter, position, bottom + self._scale_px(6), text, quiet=True)

    def _draw_disc(
        self, painter: QPainter, position: float, y: float, radius: int, fill: str, edge: str
    ) -> None:
        painter.setPen(QPen(QColor(edge), 2))
        painter.setBrush(QColor(fill))
        painter.drawEllipse(
            QPointF(self._to_x(position), y), self._scale_px(radius), self._scale_px(radius)
        )

    def _draw_box(
        self, painter: QPainter, position: float, y: float, side: int, turned: float = 0.0
    ) -> None:
        """A hollow square, or a full diamond."""
        tokens, half = self._theme.tokens, self._scale_px(side) / 2
        painter.save()
        painter.translate(self._to_x(position), y)
        painter.rotate(turned)
        painter.setPen(QPen(QColor(tokens.accent if turned else tokens.text), 2))
        painter.setBrush(QColor(tokens.accent if turned else tokens.panel))
        painter.drawRect(QRectF(-half, -half, 2 * half, 2 * half))
        painter.restore()

    def _draw_line(
        self,
        painter: QPainter,
        a: float,
        b: float,
        y: float,
        colour: str,
        width: float,
        ends: bool = False,
    ) -> None:
        pen = QPen(QColor(colour), self._scale_px(width * 10) / 10)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(QPointF(self._to_x(a), y), QPointF(self._to_x(b), y))
        for position in (a, b) if ends else ():
            painter.drawLine(
                QPointF(self._to_x(position), y - self._scale_px(7)),
                QPointF(self._to_x(position), y + self._scale_px(7)),
            )

    def _draw_text(
        self,
        painter: QPainter,
        part: float,
        top: float,
        text: str,
        bold: bool = False,
        quiet: bool = False,
    ) -> None:
        """Centred over a place on the axis, and moved inwards where the edge would cut it."""
        font = self._theme.make_font(self.font(), CAPTION if quiet else BODY, bold)
        metrics = QFontMetrics(font)
        width = metrics.horizontalAdvance(text) + 2
        left = min(max(0.0, self._to_x(part) - width / 2), float(self.width() - width))
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tokens.text2 if quiet else self._theme.tokens.text))
        painter.drawText(
            QRectF(left, top, width, metrics.height()), Qt.AlignmentFlag.AlignCenter, text
        )

    def _to_x(self, part: float) -> float:
        return self._scale_px(EDGE) + part * (self.width() - 2 * self._scale_px(EDGE))

    def _scale_px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)
