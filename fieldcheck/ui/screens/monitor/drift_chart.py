"""Drift over shifts: EWMA charts as shares of their limit, mean entropy, or distances of sampled embeddings; a click chooses a shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.chart import Chart
from fieldcheck.words.figures import number
from fieldcheck.words.language import text

TICKS = 6
SPARE = 1.1
NEAR = 8  # pixels from a point

Line = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class DriftDrawing:
    """Drawing of a chart, named by its code: `lines` by their names, x in places of shifts and y; `points` one by one; `limit`: a line
    across."""

    code: str
    lines: Mapping[str, Line]
    points: Line = ()
    limit: float | None = None


class DriftChart(Chart):
    """`chosen` carries the place of the shift that lies nearest to the click, `picked` that of the point on which it was, among the points
    that were given."""

    chosen, picked = Signal(int), Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, text("Drift over shifts"), parent)
        self.left.setWidth(look.metrics.px(40))
        self._items: list[pg.GraphicsObject] = []
        self._names: list[pg.TextItem] = []
        self.box.sigResized.connect(self._place_names)
        self._points: Line = ()
        self.n = 0

    def show_drift(self, drawn: DriftDrawing, dates: Sequence[str], at: int, said: str) -> None:
        """`dates`: of each shift; `at`: the one that is looked at; `said`: how the chart is read."""
        lines, points, limit = drawn.lines, drawn.points, drawn.limit
        for item in self._items:
            self.box.removeItem(item)
        tokens, self.n, self._points = self._look.tokens, len(dates), points
        self._items = [pg.LinearRegionItem((at - 0.5, at + 0.5), movable=False, brush=QColor(tokens.selection), pen=pg.mkPen(None))]
        if points:
            dots = pg.ScatterPlotItem(size=self._look.metrics.px(4), pen=pg.mkPen(None), brush=QColor(tokens.text2))
            dots.setData([x for x, _ in points], [y for _, y in points])
            self._items.append(dots)
        for place, line in enumerate(lines.values()):
            pen = pg.mkPen(tokens.classes[place % len(tokens.classes)], width=2)
            curve = pg.PlotCurveItem([x for x, _ in line], [y for _, y in line], pen=pen)
            self._items.append(curve)
        if limit is not None:
            dashes = pg.mkPen(tokens.warn_text, width=1, style=Qt.PenStyle.DashLine)
            label = {"color": tokens.text, "fill": tokens.panel, "position": 0.94, "movable": False}
            self._items.append(pg.InfiniteLine(limit, angle=0, pen=dashes, label=text("limit"), labelOpts=label))
        heights = [y for line in (*lines.values(), points) for _, y in line]
        low, high = min([0.0, *heights]), max([limit or 0.0, *heights]) or 1.0
        self._names = [pg.TextItem(name, color=tokens.classes[place % len(tokens.classes)]) for place, name in enumerate(lines)]
        self._items += self._names
        for item in self._items:
            self.box.addItem(item)
        self._scale(dates, low, high)
        self._place_names()
        self.setAccessibleDescription(said)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = QPointF(self.mapToScene(event.position().toPoint()))
        spot, near = self.box.mapSceneToView(where), self._look.metrics.px(NEAR)
        away = [(self.box.mapViewToScene(QPointF(x, y)) - where).manhattanLength() for x, y in self._points]
        if away and min(away) <= near:
            self.picked.emit(away.index(min(away)))
        elif self.n:
            self.chosen.emit(min(max(0, round(spot.x())), self.n - 1))

    def _place_names(self) -> None:
        """Below each other by the height of a letter, however high the chart is."""
        top, step = self.box.viewRange()[1][1], self.fontMetrics().lineSpacing() * self.box.viewPixelSize()[1]
        for at, name in enumerate(self._names):
            name.setPos(-0.5, top - at * step)

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(400), self._look.metrics.px(160))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(200), self._look.metrics.px(64))

    def _scale(self, dates: Sequence[str], low: float, high: float) -> None:
        top = low + (high - low) * SPARE
        self.box.setXRange(-0.5, max(0.5, len(dates) - 0.5), padding=0)
        self.box.setYRange(low, top, padding=0)
        step = max(1, -(-len(dates) // TICKS))
        self.bottom.setTicks([[(at, dates[at]) for at in range(0, len(dates), step)]])
        digits = 2 if high - low < 2 else 1
        self.left.setTicks([[(low + (high - low) * at / 2, number(low + (high - low) * at / 2, digits)) for at in range(3)]])
