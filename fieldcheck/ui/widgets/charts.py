"""Charts of the report as widgets: painted in the window's colours, or as a table; a click on a
mark or Enter on its row opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QModelIndex, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.theme import CAPTION, Theme
from fieldcheck.ui.widgets.pages import PageStack
from fieldcheck.ui.widgets.report_table import ReportTable

if TYPE_CHECKING:
    from fieldcheck.domain.plot import Plot
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

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        made = pg.AxisItem(side)
        made.enableAutoSIPrefix(False)
        made.setTickFont(self._letters)
        made.setPen(pg.mkPen(self._theme.tokens.border))
        made.setTextPen(pg.mkPen(self._theme.tokens.text2))
        made.setStyle(tickLength=-4, hideOverlappingLabels=self._theme.metrics.scale_px(BEYOND))
        made.linkToView(self.box)
        return made


def _get_axis_range(axis: PlotAxis) -> tuple[float, float]:
    return (axis.lo, axis.hi) if axis.hi > axis.lo else (axis.lo, axis.lo + 1.0)


# A chart, or the same figures as a table in its place: what a mark opens, Enter on its line opens
# too.

LEAST_CHART_SIZE = 40  # pixels


class PaintedChart(QWidget):
    """A chart that paints itself, with a description as any other has. `taken(row)`: a line of its
    table; `described`: other figures."""

    mark_clicked, described = Signal(int), Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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

    def __init__(
        self, theme: Theme, chart: Chart | PaintedChart, parent: QWidget | None = None
    ) -> None:
        self.chart, self.table = chart, ReportTable(theme, tr("Chart values"))
        self.table.setMinimumHeight(theme.metrics.scale_px(LEAST_CHART_SIZE))
        self.table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        super().__init__(chart, self.table, parent=parent)
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

    def __init__(
        self, theme: Theme, name: str, parent: QWidget | None = None, least: tuple[int, int] = LEAST
    ) -> None:
        super().__init__(theme, name, parent)
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
        for index, series in enumerate(plot.series):
            self._add_series(
                series,
                self._theme.tokens.classes[index % len(self._theme.tokens.classes)]
                if series.name
                else "",
            )
        for rule in plot.rules:
            self._add_rule(rule)

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
