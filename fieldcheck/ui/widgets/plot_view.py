"""A described chart of the report on a screen: its series, marks and rules in the window's colours; a click takes a mark."""

from __future__ import annotations

from itertools import pairwise

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import CAPTION
from fieldcheck.ui.widgets.chart import Chart

SYMBOLS = {"disc": "o", "ring": "o", "square": "s", "triangle": "t1"}
NEAR, MARK = 16, 9  # pixels: how far beside a mark a click still takes it, and its size
LEFT, BELOW = 80, 46  # pixels: room for figures and the name of an axis


class PlotView(Chart):
    """`taken(row)`: the mark of this line of the table was clicked."""

    taken = Signal(int)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, name, parent)
        self._plot: Plot | None = None
        self._name = name
        self.left.setWidth(look.metrics.px(LEFT))
        self.bottom.setHeight(look.metrics.px(BELOW))
        for item in (self.left, self.bottom):  # a name ends with no factor of a thousand: the ticks are finished words
            item.enableAutoSIPrefix(False)

    def show_plot(self, plot: Plot | None) -> None:
        """Another chart, or none."""
        self._plot = plot
        self.box.clear()
        self.setAccessibleName(plot.title if plot else self._name)
        self.setAccessibleDescription(plot.said if plot else "")
        if plot is None:
            return
        for axis, item in ((plot.x, self.bottom), (plot.y, self.left)):
            item.setTicks([[(at, said) for at, said in axis.ticks]])
            item.setLabel(axis.name, color=self._look.tokens.text2, **{"font-size": f"{self._look.metrics.px(CAPTION)}px"})
        self.box.setXRange(*_ends(plot.x), padding=0.03)
        self.box.setYRange(*_ends(plot.y), padding=0.04)
        if plot.diagonal:
            self._add_line([plot.x.lo, plot.x.hi], [plot.y.lo, plot.y.hi], dashed=True)
        for series in plot.series:
            self._add_series(series)
        for rule in plot.rules:
            self._add_rule(rule)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The mark under the pointer, or the nearest where one is near."""
        row = self.mark_at(event.position())
        if row is not None:
            self.taken.emit(row)
        event.accept()

    def mark_at(self, place: QPointF) -> int | None:
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
        return QSize(self._look.metrics.px(560), self._look.metrics.px(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(220), self._look.metrics.px(140))

    def _add_series(self, series: PlotSeries) -> None:
        colours = self._look.tokens
        if series.kind == "bars":
            brush = {"full": pg.mkBrush(colours.text), "empty": pg.mkBrush(None), "grey": pg.mkBrush(colours.disabled)}[series.fill]
            heights = [mark.y - mark.base for mark in series.marks]
            bars = pg.BarGraphItem(
                x=[mark.x for mark in series.marks], y0=[mark.base for mark in series.marks], height=heights, width=series.width,
                pen=pg.mkPen(colours.text), brush=brush,
            )  # fmt: skip
            self.box.addItem(bars)
        if series.band:
            self._add_band([mark for mark in series.marks if mark.limited], series.dashed)
        else:
            for mark in series.marks:
                if mark.limited:
                    self._add_line([mark.x, mark.x], [mark.lo, mark.hi])
        if series.kind == "line":
            for a, b in pairwise(series.marks):
                self._add_line([a.x, b.x], [a.y, b.y], series.dashed)
        if series.kind != "bars":
            hollow = series.shape != "disc"
            brush = pg.mkBrush(colours.panel if hollow else colours.text)
            self.box.addItem(
                pg.ScatterPlotItem(
                    [mark.x for mark in series.marks], [mark.y for mark in series.marks], symbol=SYMBOLS[series.shape],
                    size=self._look.metrics.px(MARK), brush=brush, pen=pg.mkPen(colours.text, width=1.5),
                )
            )  # fmt: skip

    def _add_band(self, marks: list[PlotMark], dashed: bool) -> None:
        x = [mark.x for mark in marks]
        edges = [pg.PlotCurveItem(x, [getattr(mark, end) for mark in marks], pen=pg.mkPen(None)) for end in ("lo", "hi")]
        for edge in edges:
            self.box.addItem(edge)
        colour = pg.mkColor(self._look.tokens.text2)
        colour.setAlphaF(0.12 if dashed else 0.28)
        self.box.addItem(pg.FillBetweenItem(*edges, brush=pg.mkBrush(colour)))

    def _add_line(self, x: list[float], y: list[float], dashed: bool = False) -> None:
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self.box.addItem(pg.PlotCurveItem(x, y, pen=pg.mkPen(self._look.tokens.text, width=1.5, style=style)))

    def _add_rule(self, rule: PlotRule) -> None:
        style = Qt.PenStyle.DotLine if rule.level else Qt.PenStyle.DashLine
        pen = pg.mkPen(self._look.tokens.text, width=1.5, style=style)
        labels = {"label": rule.mark, "labelOpts": {"position": 0.95, "color": self._look.tokens.text}} if rule.mark else {}
        self.box.addItem(pg.InfiniteLine(rule.at, angle=0 if rule.level else 90, pen=pen, **labels))


def _ends(axis: PlotAxis) -> tuple[float, float]:
    return (axis.lo, axis.hi) if axis.hi > axis.lo else (axis.lo, axis.lo + 1.0)
