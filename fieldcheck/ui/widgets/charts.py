"""Charts of the report as widgets: painted in the window's colours, or as a table; a click on a
mark or Enter on its row opens it. The dumbbell chart has both scores of the gap on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fieldcheck.domain.report import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.theme import BODY, CAPTION, Theme
from fieldcheck.ui.widgets.layouts import make_plain_tip
from fieldcheck.ui.widgets.pages import PageStack
from fieldcheck.ui.widgets.report_table import ReportTable

if TYPE_CHECKING:
    from fieldcheck.domain.report import GapChart, Plot
    from fieldcheck.report import plot_svg
else:
    plot_svg = LazyModule("fieldcheck.report.plot_svg")

# A chart between two axes, in the colours and letters of the window, with the names, units and
# words of its description.

pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)
TICK, AIR = 6, 3  # pixels: a tick with the gap beside it, and above and below letters
# pixels: left free above and at the right, and how far a word may stand out over the end of its
# axis
TOP, RIGHT, BEYOND = 8, 12, 80


class Chart(pg.GraphicsLayoutWidget):
    """A view between two axes: no mouse, no menu. Put together by hand, because pyqtgraph's own
    plot brings forty hidden buttons and fields along, none of which has a name. `taken(row)`: the
    mark of this line of its table was clicked; `described`: other figures."""

    mark_clicked, described = Signal(int), Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._plot: Plot | None = None
        self._letters = QFont(self.font())
        self._letters.setPixelSize(theme.metrics.scale_px(CAPTION))
        self.setAccessibleName(name)
        self.setBackground(theme.tokens.panel)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.box = pg.ViewBox(enableMouse=False, enableMenu=False)
        self.left, self.bottom = self._make_axis("left"), self._make_axis("bottom")
        for item, line, column in ((self.left, 1, 0), (self.box, 1, 1), (self.bottom, 2, 1)):
            self.addItem(item, line, column)
        self.ci.setContentsMargins(0, theme.metrics.scale_px(TOP), theme.metrics.scale_px(RIGHT), 0)
        self.ci.setSpacing(0)

    @property
    def plot(self) -> Plot | None:
        """Description of what is shown, None for nothing."""
        return self._plot

    def set_description(self, plot: Plot) -> None:
        """Names, ticks and ends of the axes of this description, and its words to whoever asks for
        them."""
        self._plot = plot
        self.setAccessibleName(plot.title)
        self.setAccessibleDescription(plot.alt_text)
        for axis, item in ((plot.x, self.bottom), (plot.y, self.left)):
            if item.labelText != axis.name:
                item.setLabel(
                    axis.name,
                    color=self._theme.tokens.text2,
                    **{"font-size": f"{self._theme.metrics.scale_px(CAPTION)}px"},
                )
        letters, px = QFontMetrics(self._letters), self._theme.metrics.scale_px
        line = letters.height() + px(AIR)
        self.left.setWidth(
            self._get_widest_tick(plot.y) + px(TICK + AIR) + (line if plot.y.name else 0)
        )
        self.bottom.setHeight(px(TICK) + line + (line if plot.x.name else 0))
        end = letters.horizontalAdvance(plot.x.ticks[-1][1]) // 2 if plot.x.ticks else 0
        # the last word under the axis is centred on its end
        self.ci.setContentsMargins(0, px(TOP), max(px(RIGHT), end), 0)
        self.box.setXRange(*_get_axis_range(plot.x), padding=0.03)
        self.box.setYRange(*_get_axis_range(plot.y), padding=0.04)
        self.left.setTicks([list(plot.y.ticks)])
        self._fit_ticks(plot)
        self.described.emit()

    def _fit_ticks(self, plot: Plot) -> None:
        """Words under the axis that would run into the one before them are left out."""
        letters, (low, high) = QFontMetrics(self._letters), _get_axis_range(plot.x)
        wide = self.width() - self.left.maximumWidth() - 2 * self._theme.metrics.scale_px(RIGHT)
        kept, free = list[tuple[float, str]](), float("-inf")
        for position, text in plot.x.ticks:
            middle, half = (
                (position - low) / (high - low) * wide,
                letters.horizontalAdvance(text) / 2,
            )
            if middle - half > free:
                kept.append((position, text))
                free = middle + half
        self.bottom.setTicks([kept])

    def _get_widest_tick(self, axis: PlotAxis) -> int:
        letters = QFontMetrics(self._letters)
        return max((letters.horizontalAdvance(text) for _, text in axis.ticks), default=0)

    def _make_axis(self, side: str) -> pg.AxisItem:
        """In the colours and letters of the window; a name ends with no factor of a thousand,
        because ticks are finished words."""
        axis = pg.AxisItem(side)
        axis.enableAutoSIPrefix(False)
        axis.setTickFont(self._letters)
        axis.setPen(pg.mkPen(self._theme.tokens.border))
        axis.setTextPen(pg.mkPen(self._theme.tokens.text2))
        axis.setStyle(tickLength=-4, hideOverlappingLabels=self._theme.metrics.scale_px(BEYOND))
        axis.linkToView(self.box)
        return axis


def _get_axis_range(axis: PlotAxis) -> tuple[float, float]:
    return (axis.lo, axis.hi) if axis.hi > axis.lo else (axis.lo, axis.lo + 1.0)


# A chart, or the same figures as a table in its place: what a mark opens, Enter on its line opens
# too.

LEAST_CHART_SIZE = 40  # pixels


class PaintedChart(QWidget):
    """A chart that paints itself, with a description as any other has. `taken(row)`: a line of its
    table; `described`: other figures."""

    mark_clicked, described = Signal(int), Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._plot: Plot | None = None
        self.setAccessibleName(name)

    @property
    def plot(self) -> Plot | None:
        """Description of what is shown, None for nothing."""
        return self._plot

    def set_description(self, plot: Plot | None) -> None:
        """Another description, with its words for whoever asks for them."""
        self._plot = plot
        self.setAccessibleDescription(plot.alt_text if plot is not None else "")
        self.described.emit()


class ChartTable(PageStack):
    """The chart in front to begin with. The table follows it only while it is shown, and stays at
    the line that is looked at."""

    def __init__(self, theme: Theme, chart: Chart | PaintedChart) -> None:
        self.chart, self.table = chart, ReportTable(theme, tr("Chart values"))
        self.table.setMinimumHeight(theme.metrics.scale_px(LEAST_CHART_SIZE))
        self.table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        super().__init__(chart, self.table)
        self.table.activated.connect(self._open_row)
        chart.described.connect(self._update_table)

    def toggle_table(self) -> bool:
        """The table in place of the chart, with the keys, or the chart again. Whether it is the
        table."""
        as_table = self.current_page is not self.table
        self.show_page(self.table if as_table else self.chart)
        self._update_table()
        if as_table and self.isVisible():
            self.table.setFocus()
        return as_table

    def _update_table(self) -> None:
        if self.current_page is self.table:
            row, plot = max(0, self.table.currentIndex().row()), self.chart.plot
            self.table.show_table(plot_svg.build_plot_table(plot) if plot is not None else None)
            if self.table.lines.rowCount():
                self.table.setCurrentIndex(
                    self.table.lines.index(min(row, self.table.lines.rowCount() - 1), 0)
                )

    def _open_row(self, index: QModelIndex) -> None:
        self.chart.mark_clicked.emit(index.row())


SYMBOLS = {"disc": "o", "ring": "o", "square": "s", "triangle": "t1"}
SIGNS = {"disc": "●", "ring": "○", "square": "□", "triangle": "△", "none": "–"}
# pixels: how far beside a mark a click still takes it, its size, and that of one of very many
NEAR, MARK, SMALL = 16, 9, 4
LEAST = 220, 140  # pixels
MANY = 150  # marks of a series


class PlotView(Chart):
    """Words at the end of a rule stand beside the drawing, where no line can run through them."""

    def __init__(self, theme: Theme, name: str, least: tuple[int, int] = LEAST) -> None:
        super().__init__(theme, name)
        self._name, self._least = name, least
        self.top, self.right = self._make_axis("top"), self._make_axis("right")
        for item, line, column in ((self.top, 0, 1), (self.right, 1, 2)):
            item.setPen(pg.mkPen(None))
            item.setTextPen(pg.mkPen(theme.tokens.text))
            item.setStyle(tickLength=0)
            self.addItem(item, line, column)

    def show_plot(self, plot: Plot | None) -> None:
        """Another chart, or none."""
        self.box.clear()
        if plot is None:
            self._plot = None
            self.setAccessibleName(self._name)
            self.setAccessibleDescription("")
            self.described.emit()
            return
        self.set_description(plot)
        self._label_rules(plot)
        if plot.diagonal:
            self._add_line([plot.x.lo, plot.x.hi], [plot.y.lo, plot.y.hi], dashed=True)
        for series, ink in zip(plot.series, self._list_inks(plot.series), strict=True):
            self._add_series(series, ink)
        for rule in plot.rules:
            self._add_rule(rule)

    def _list_inks(self, series: Sequence[PlotSeries]) -> list[str]:
        """A quiet colour for each named one where its shape tells it apart, else that of a class;
        an empty one for text."""
        tokens, named = (
            self._theme.tokens,
            [named_series.shape for named_series in series if named_series.name],
        )
        by_shape = {"square": tokens.text, "disc": tokens.accent, "triangle": tokens.text2}
        apart = len(set(named)) == len(named) and by_shape.keys() >= set(named)
        return [
            (by_shape[named_series.shape] if apart else tokens.classes[index % len(tokens.classes)])
            if named_series.name
            else tokens.text2 * named_series.dashed
            for index, named_series in enumerate(series)
        ]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The mark under the pointer, or the nearest where one is near."""
        row = self.find_mark(event.position())
        if row is not None:
            self.mark_clicked.emit(row)
        event.accept()

    def find_mark(self, position: QPointF) -> int | None:
        """Line of the table whose mark stands at a place of the widget; a bar is hit anywhere
        between its ends."""
        if self._plot is None:
            return None
        point, (wide, high) = (
            self.box.mapSceneToView(self.mapToScene(position.toPoint())),
            self.box.viewPixelSize(),
        )
        hits: list[tuple[bool, float, int]] = []  # a mark over a bar comes before the bar
        listed = [
            (series, mark) for series in self._plot.series if series.listed for mark in series.marks
        ]
        for row, (series, mark) in enumerate(listed):
            across = abs(point.x() - mark.x)
            low, up = sorted((mark.base, mark.y)) if series.kind == "bars" else (mark.y, mark.y)
            off = (
                max(across - series.width / 2, 0.0) / wide,
                max(low - point.y(), point.y() - up, 0.0) / high,
            )
            if (distance := (off[0] ** 2 + off[1] ** 2) ** 0.5) <= NEAR:
                hits.append((series.kind == "bars", distance, row))
        return min(hits)[2] if hits else None

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint() * 2

    def minimumSizeHint(self) -> QSize:
        wide, high = self._least
        return QSize(self._theme.metrics.scale_px(wide), self._theme.metrics.scale_px(high))

    def _label_rules(self, plot: Plot) -> None:
        level, upright = (
            [(rule.at, rule.mark) for rule in plot.rules if rule.mark and rule.level is is_above]
            for is_above in (True, False)
        )
        letters, px = QFontMetrics(self._letters), self._theme.metrics.scale_px
        self.right.setTicks([level])
        self.right.setWidth(
            max((letters.horizontalAdvance(text) + px(TICK + AIR) for _, text in level), default=0)
        )
        self.top.setTicks([upright])
        self.top.setHeight(letters.height() + px(AIR) if upright else 0)

    def _add_series(self, series: PlotSeries, colour: str = "") -> None:
        colours, ink = self._theme.tokens, colour or self._theme.tokens.text
        if series.kind == "bars":
            brush = {
                "full": pg.mkBrush(colours.text),
                "empty": pg.mkBrush(None),
                "grey": pg.mkBrush(colours.disabled),
            }[series.fill]
            heights = [mark.y - mark.base for mark in series.marks]
            bars = pg.BarGraphItem(
                x=[mark.x for mark in series.marks],
                y0=[mark.base for mark in series.marks],
                height=heights,
                width=series.width,
                pen=pg.mkPen(colours.text),
                brush=brush,
            )
            self.box.addItem(bars)
        if series.band:
            self._add_band([mark for mark in series.marks if mark.has_limits], series.dashed)
        else:
            for mark in series.marks:
                if mark.has_limits:
                    self._add_line([mark.x, mark.x], [mark.lo, mark.hi])
        x, y = [mark.x for mark in series.marks], [mark.y for mark in series.marks]
        if series.kind == "line":
            self._add_line(x, y, series.dashed, colour)
        if series.kind != "bars" and series.shape != "none":
            brush = pg.mkBrush(ink if series.shape == "disc" else colours.panel)
            size = self._theme.metrics.scale_px(MARK if len(x) < MANY else SMALL)
            pen = pg.mkPen(ink, width=1.5)
            self.box.addItem(
                pg.ScatterPlotItem(
                    x, y, symbol=SYMBOLS[series.shape], size=size, brush=brush, pen=pen
                )
            )

    def _add_band(self, marks: list[PlotMark], dashed: bool) -> None:
        x = [mark.x for mark in marks]
        edges = [
            pg.PlotCurveItem(x, [getattr(mark, end) for mark in marks], pen=pg.mkPen(None))
            for end in ("lo", "hi")
        ]
        for edge in edges:
            self.box.addItem(edge)
        colour = pg.mkColor(self._theme.tokens.text2)
        colour.setAlphaF(0.12 if dashed else 0.28)
        self.box.addItem(pg.FillBetweenItem(*edges, brush=pg.mkBrush(colour)))

    def _add_line(
        self, x: list[float], y: list[float], dashed: bool = False, colour: str = ""
    ) -> None:
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self.box.addItem(
            pg.PlotCurveItem(
                x, y, pen=pg.mkPen(colour or self._theme.tokens.text, width=1.5, style=style)
            )
        )

    def _add_rule(self, rule: PlotRule) -> None:
        style = Qt.PenStyle.DotLine if rule.level else Qt.PenStyle.DashLine
        pen = pg.mkPen(self._theme.tokens.text, width=1.5, style=style)
        self.box.addItem(pg.InfiniteLine(rule.at, angle=0 if rule.level else 90, pen=pen))


def format_legend(plot: Plot) -> str:
    """Signs and names of the series that have a name."""
    return " · ".join(
        f"{SIGNS[series.shape]} {series.name}" for series in plot.series if series.name
    )


# Dumbbell chart of the gap: benchmark score and field score on one axis, with the ranges of footage
# and camera, as in the report.

EDGE, LEGEND = 24, 24  # pixels: left and right of the axis; a line of the legend
# pixels from the top: line of the marks, foot of the grid; bracket below the line; in a low window
ROW, FOOT, BRACKET, ROW_LOW, FOOT_LOW = 62, 114, 20, 44, 76
NEAR_MARK = 14  # pixels beside a mark: half of what a finger needs
# nearer than this, the labels of both sides would meet: that of the benchmark stands in a row of
# its own above
CLOSE, RAISED = 0.3, 22
LINE, CAP, DISC, BOX, BAND = 2, 16, 18, 14, 8


class DumbbellChart(QWidget):
    """Square: benchmark with its range. Disc: field. Thick line: range over this footage; thin line
    with ends: over other clips of the camera. Bracket: the gap. Diamond: claim; dashes: limit;
    dots: ceiling of the labels; hollow disc: the last report. The legend under it names what is
    drawn. `mark_clicked`: `field` or `benchmark`, whose mark was clicked."""

    mark_clicked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._chart: GapChart | None = None
        self._colour, self._is_low = "", False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_scores(self, chart: GapChart, colour: str = "") -> None:
        """This chart from now on, the field and its gap in the `colour` of the verdict."""
        self._chart, self._colour = chart, colour
        self.setAccessibleName(chart.alt_text)
        self.setToolTip(make_plain_tip(chart.alt_text))
        self.updateGeometry()
        self.update()

    def set_low(self, low: bool) -> None:
        """Lower, and without its legend, which is the tool tip then."""
        self._is_low = low
        self.updateGeometry()
        self.update()

    @property
    def row(self) -> int:
        """Pixels from the top to the line of the marks."""
        return self._scale_px(ROW_LOW if self._is_low else ROW) + self._above

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position, chart = event.position(), self._chart
        sides = {} if chart is None else {"field": chart.field, "benchmark": chart.benchmark}
        away = {
            side: abs(self._to_x(estimate.value) - position.x())
            for side, estimate in sides.items()
            if estimate is not None
        }
        nearest = min(away, key=lambda side: away[side], default="")
        if nearest and max(away[nearest], abs(self.row - position.y())) <= self._scale_px(
            NEAR_MARK
        ):
            self.mark_clicked.emit(nearest)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._scale_px(480), self._get_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._scale_px(240), self._get_height())

    def _get_height(self) -> int:
        foot = self._scale_px(FOOT_LOW if self._is_low else FOOT) + self._above
        letters = QFontMetrics(self._theme.make_font(self.font(), CAPTION)).height()
        legend = len(self._lay_out_legend()) * self._scale_px(LEGEND)
        return foot + self._scale_px(4) + letters + (self._scale_px(4) + legend if legend else 0)

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
        chart, y = self._chart, self.row
        if chart is None:
            return
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter, chart)
        self._paint_gap(painter, chart)
        benchmark, field = chart.benchmark, chart.field
        for estimate in (chart.camera, benchmark):
            if estimate is not None:
                self._draw_line(painter, (estimate.lo, estimate.hi), y, tokens.text, LINE, CAP)
        if chart.last is not None:
            self._draw_disc(painter, chart.last, y, DISC - 4, tokens.panel, tokens.text)
        if field is not None:
            self._draw_line(painter, (field.lo, field.hi), y, tokens.text, BAND)
            full = (self._get_colour(), tokens.panel)
            self._draw_disc(
                painter, field.value, y, DISC, *(full[::-1] if chart.has_few_frames else full)
            )
        if benchmark is not None:
            self._draw_box(painter, benchmark.value, y, BOX)
        if chart.claimed is not None:
            self._draw_box(painter, chart.claimed, y, 6, turned=45)
        self._paint_labels(painter, chart)
        self._paint_legend(painter)
        painter.end()

    def _get_colour(self) -> str:
        if not self.isEnabled():
            return self._theme.tokens.disabled
        return self._colour or self._theme.tokens.alarm

    def _paint_labels(self, painter: QPainter, chart: GapChart) -> None:
        """Names and scores of both sides above their marks."""
        top = self.row - self._scale_px(BOX) - self._scale_px(30)
        rows = ((chart.field, 1, 0), (chart.benchmark, 0, self._above))
        for estimate, index, above in rows:
            if estimate is not None:
                self._draw_text(
                    painter, estimate.value, top - above, chart.labels[index], bold=True
                )

    def _paint_gap(self, painter: QPainter, chart: GapChart) -> None:
        """A bracket under both marks with the gap in its middle, or beside it where it is short."""
        if chart.benchmark is None or chart.field is None:
            return
        ends = sorted(self._to_x(mark.value) for mark in (chart.field, chart.benchmark))
        y, colour = self.row + self._scale_px(BRACKET), QColor(self._get_colour())
        foot = y + self._scale_px(8 if not self._is_low else 4)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corners = [QPointF(ends[0], y), QPointF(ends[0], foot)]
        corners += [QPointF(ends[1], foot), QPointF(ends[1], y)]
        painter.drawPolyline(corners)
        font = self._theme.make_font(self.font(), BODY, True)
        metrics = QFontMetrics(font)
        wide = metrics.horizontalAdvance(chart.labels[2]) + self._scale_px(16)
        inside = wide <= ends[1] - ends[0]
        left = (sum(ends) - wide) / 2 if inside else ends[1] + self._scale_px(4)
        if left + wide > self.width():
            left = ends[0] - self._scale_px(4) - wide
        box = QRectF(left, foot - metrics.height() / 2, wide, metrics.height())
        painter.fillRect(box, QColor(self._theme.tokens.panel))
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, chart.labels[2])

    def _paint_axis(self, painter: QPainter, chart: GapChart) -> None:
        top = self.row - self._scale_px(26)
        bottom = self._scale_px(FOOT_LOW if self._is_low else FOOT) + self._above
        lines = [
            (position, self._theme.tokens.hairline, Qt.PenStyle.SolidLine)
            for position, _ in chart.axis.ticks
        ]
        limits = ((chart.ceiling, Qt.PenStyle.DotLine), (chart.limit, Qt.PenStyle.DashLine))
        lines += [
            (position, self._theme.tokens.text2, style)
            for position, style in limits
            if position is not None
        ]
        for position, colour, style in lines:
            wide = 1 if style == Qt.PenStyle.SolidLine else 2
            painter.setPen(QPen(QColor(colour), wide, style))
            painter.drawLine(
                QPointF(self._to_x(position), top), QPointF(self._to_x(position), bottom)
            )
        for position, text in chart.axis.ticks:
            self._draw_text(painter, position, bottom + self._scale_px(4), text, quiet=True)

    def _draw_disc(
        self, painter: QPainter, position: float, y: float, side: int, fill: str, edge: str
    ) -> None:
        painter.setPen(QPen(QColor(edge), 2))
        painter.setBrush(QColor(fill))
        radius = self._scale_px(side) / 2
        painter.drawEllipse(QPointF(self._to_x(position), y), radius, radius)

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
        ends: tuple[float, float],
        y: float,
        colour: str,
        width: int,
        cap: int = 0,
    ) -> None:
        pen = QPen(QColor(colour), self._scale_px(width))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        left, right = map(self._to_x, ends)
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        half = self._scale_px(cap) / 2
        for x in (left, right) if cap else ():
            painter.drawLine(QPointF(x, y - half), QPointF(x, y + half))

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

    # --- legend

    def _list_legend(self) -> list[tuple[str, str]]:
        """What is drawn, each with its word."""
        chart = self._chart
        if chart is None or self._is_low:
            return []
        entries = [("band", tr("this footage"))] if chart.field is not None else []
        if chart.camera is not None:
            entries.append(("line", tr("other clips of these cameras")))
        if chart.benchmark is not None:
            entries.append(("box", tr("benchmark, n = {n}", n=chart.benchmark.n)))
        if chart.limit is not None:
            entries.append(("dash", tr("benchmark less limit")))
        if chart.ceiling is not None:
            entries.append(("dots", tr("ceiling of the labels")))
        if chart.last is not None:
            entries.append(("ring", tr("last report")))
        if chart.claimed is not None:
            entries.append(("diamond", tr("reference score")))
        return entries

    def _lay_out_legend(self) -> list[list[tuple[str, str, int]]]:
        """Entries with their widths, in as many lines as they need."""
        metrics = QFontMetrics(self._theme.make_font(self.font(), CAPTION))
        lines: list[list[tuple[str, str, int]]] = []
        used, most = 0, max(self.width(), self._scale_px(240))
        for mark, text in self._list_legend():
            wide = self._get_mark_room(mark) + self._scale_px(16) + metrics.horizontalAdvance(text)
            if not lines or used + wide - self._scale_px(16) > most:
                lines.append([])
                used = 0
            lines[-1].append((mark, text, wide))
            used += wide
        return lines

    def _paint_legend(self, painter: QPainter) -> None:
        tokens, px = self._theme.tokens, self._scale_px
        lines = self._lay_out_legend()
        top = self.height() - len(lines) * px(LEGEND)
        painter.setFont(self._theme.make_font(self.font(), CAPTION))
        for line in lines:
            left = max(0, self.width() - sum(wide for _, _, wide in line) + px(16))
            for mark, text, wide in line:
                y = top + px(LEGEND) / 2
                mark_width = self._get_mark_room(mark)
                self._draw_legend_mark(painter, mark, left + (mark_width - px(6)) / 2, y)
                painter.setPen(QColor(tokens.text2))
                box = QRectF(left + mark_width, top, wide, px(LEGEND))
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
                left += wide
            top += px(LEGEND)

    def _get_mark_room(self, mark: str) -> int:
        """Pixels of a mark and of the gap behind it."""
        return self._scale_px(24 if mark in ("band", "line") else 18)

    def _draw_legend_mark(self, painter: QPainter, mark: str, x: float, y: float) -> None:
        tokens, half = self._theme.tokens, self._scale_px(9)
        painter.setBrush(QColor(tokens.panel))
        if mark in ("band", "line"):
            pen = QPen(QColor(tokens.text), self._scale_px(BAND if mark == "band" else LINE))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(QPointF(x - half, y), QPointF(x + half, y))
        elif mark in ("dash", "dots"):
            style = Qt.PenStyle.DashLine if mark == "dash" else Qt.PenStyle.DotLine
            painter.setPen(QPen(QColor(tokens.text2), 2, style))
            painter.drawLine(QPointF(x, y - half), QPointF(x, y + half))
        elif mark == "ring":
            painter.setPen(QPen(QColor(tokens.text), 2))
            painter.drawEllipse(QPointF(x, y), half / 2, half / 2)
        else:
            painter.setPen(QPen(QColor(tokens.text if mark == "box" else tokens.accent), 2))
            painter.save()
            painter.translate(x, y)
            painter.rotate(45 if mark == "diamond" else 0)
            painter.drawRect(QRectF(-half / 2, -half / 2, half, half))
            painter.restore()

    def _to_x(self, part: float) -> float:
        return self._scale_px(EDGE) + part * (self.width() - 2 * self._scale_px(EDGE))

    def _scale_px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)
