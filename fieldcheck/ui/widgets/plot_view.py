"""A described chart of the report on a screen: its series, marks and rules in the window's colours; a click takes a mark."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.plot import Plot, PlotMark, PlotRule, PlotSeries
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.chart import AIR, TICK, Chart

SYMBOLS = {"disc": "o", "ring": "o", "square": "s", "triangle": "t1"}
SIGNS = {"disc": "●", "ring": "○", "square": "□", "triangle": "△", "none": "–"}
NEAR, MARK, SMALL = 16, 9, 4  # pixels: how far beside a mark a click still takes it, its size, and that of one of very many
LEAST = 220, 140  # pixels
MANY = 150  # marks of a series


class PlotView(Chart):
    """Words at the end of a rule stand beside the drawing, where no line can run through them."""

    def __init__(self, look: Theme, name: str, parent: QWidget | None = None, least: tuple[int, int] = LEAST) -> None:
        super().__init__(look, name, parent)
        self._name, self._least = name, least
        self.top, self.right = self._make_axis("top"), self._make_axis("right")
        for item, line, place in ((self.top, 0, 1), (self.right, 1, 2)):
            item.setPen(pg.mkPen(None))
            item.setTextPen(pg.mkPen(look.tokens.text))
            item.setStyle(tickLength=0)
            self.addItem(item, line, place)

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
        for at, series in enumerate(plot.series):
            self._add_series(series, self._look.tokens.classes[at % len(self._look.tokens.classes)] if series.name else "")
        for rule in plot.rules:
            self._add_rule(rule)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The mark under the pointer, or the nearest where one is near."""
        row = self.find_mark(event.position())
        if row is not None:
            self.mark_clicked.emit(row)
        event.accept()

    def find_mark(self, place: QPointF) -> int | None:
        """Line of the table whose mark stands at a place of the widget; a bar is hit anywhere between its ends."""
        if self._plot is None:
            return None
        at, (wide, high) = self.box.mapSceneToView(self.mapToScene(place.toPoint())), self.box.viewPixelSize()
        found: list[tuple[bool, float, int]] = []  # a mark over a bar comes before the bar
        listed = [(series, mark) for series in self._plot.series if series.listed for mark in series.marks]
        for row, (series, mark) in enumerate(listed):
            across = abs(at.x() - mark.x)
            low, up = sorted((mark.base, mark.y)) if series.kind == "bars" else (mark.y, mark.y)
            off = max(across - series.width / 2, 0.0) / wide, max(low - at.y(), at.y() - up, 0.0) / high
            if (distance := (off[0] ** 2 + off[1] ** 2) ** 0.5) <= NEAR:
                found.append((series.kind == "bars", distance, row))
        return min(found)[2] if found else None

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint() * 2

    def minimumSizeHint(self) -> QSize:
        wide, high = self._least
        return QSize(self._look.metrics.scale_px(wide), self._look.metrics.scale_px(high))

    def _label_rules(self, plot: Plot) -> None:
        level, upright = ([(rule.at, rule.mark) for rule in plot.rules if rule.mark and rule.level is on] for on in (True, False))
        letters, px = QFontMetrics(self._letters), self._look.metrics.scale_px
        self.right.setTicks([level])
        self.right.setWidth(max((letters.horizontalAdvance(said) + px(TICK + AIR) for _, said in level), default=0))
        self.top.setTicks([upright])
        self.top.setHeight(letters.height() + px(AIR) if upright else 0)

    def _add_series(self, series: PlotSeries, colour: str = "") -> None:
        colours, ink = self._look.tokens, colour or self._look.tokens.text
        if series.kind == "bars":
            brush = {"full": pg.mkBrush(colours.text), "empty": pg.mkBrush(None), "grey": pg.mkBrush(colours.disabled)}[series.fill]
            heights = [mark.y - mark.base for mark in series.marks]
            bars = pg.BarGraphItem(
                x=[mark.x for mark in series.marks], y0=[mark.base for mark in series.marks], height=heights, width=series.width,
                pen=pg.mkPen(colours.text), brush=brush,
            )  # fmt: skip
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
            size = self._look.metrics.scale_px(MARK if len(x) < MANY else SMALL)
            pen = pg.mkPen(ink, width=1.5)
            self.box.addItem(pg.ScatterPlotItem(x, y, symbol=SYMBOLS[series.shape], size=size, brush=brush, pen=pen))

    def _add_band(self, marks: list[PlotMark], dashed: bool) -> None:
        x = [mark.x for mark in marks]
        edges = [pg.PlotCurveItem(x, [getattr(mark, end) for mark in marks], pen=pg.mkPen(None)) for end in ("lo", "hi")]
        for edge in edges:
            self.box.addItem(edge)
        colour = pg.mkColor(self._look.tokens.text2)
        colour.setAlphaF(0.12 if dashed else 0.28)
        self.box.addItem(pg.FillBetweenItem(*edges, brush=pg.mkBrush(colour)))

    def _add_line(self, x: list[float], y: list[float], dashed: bool = False, colour: str = "") -> None:
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self.box.addItem(pg.PlotCurveItem(x, y, pen=pg.mkPen(colour or self._look.tokens.text, width=1.5, style=style)))

    def _add_rule(self, rule: PlotRule) -> None:
        style = Qt.PenStyle.DotLine if rule.level else Qt.PenStyle.DashLine
        pen = pg.mkPen(self._look.tokens.text, width=1.5, style=style)
        self.box.addItem(pg.InfiniteLine(rule.at, angle=0 if rule.level else 90, pen=pen))


def format_legend(plot: Plot) -> str:
    """Signs and names of the series that have a name."""
    return " · ".join(f"{SIGNS[one.shape]} {one.name}" for one in plot.series if one.name)
