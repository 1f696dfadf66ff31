"""Latency over time: a line for the median, a band up to the 95th percentile, dashes where a camera's rate lies."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from fieldcheck.ui.screens.bench.session import LatencyCurve
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.chart import Chart
from fieldcheck.words.figures import minutes, number
from fieldcheck.words.language import text

TICKS = 5
SPARE = 1.15


class LatencyChart(Chart):
    """It grows while a run is measured; `steps` are marked where frames take longer from then on."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, text("Latency over time"), parent)
        tokens = look.tokens
        self.left.setWidth(look.metrics.px(44))
        self._p95 = pg.PlotCurveItem(pen=pg.mkPen(tokens.border, width=1))
        self._p50 = pg.PlotCurveItem(pen=pg.mkPen(tokens.text, width=1))
        self._band = pg.FillBetweenItem(self._p50, self._p95, brush=pg.mkBrush(QColor(tokens.hairline)))
        for item in (self._band, self._p95, self._p50):
            self.box.addItem(item)
        self._marks: list[pg.InfiniteLine] = []
        self.show_curve(LatencyCurve(), 10.0, (), ())

    def show_curve(self, curve: LatencyCurve, until: float, rates: Sequence[float], steps: Sequence[tuple[float, float]]) -> None:
        """`until`: minutes that the axis goes to at least; `rates`: of cameras; `steps`: minute and factor of each change."""
        self._p50.setData(list(curve.minutes), list(curve.p50_ms))
        self._p95.setData(list(curve.minutes), list(curve.p95_ms))
        last = max(until, curve.minutes[-1] if curve.minutes else 0.0)
        highest = max(curve.p95_ms, default=0.0) * SPARE or 100.0
        self.box.setXRange(0, last, padding=0.01)
        self.box.setYRange(0, highest, padding=0)
        self.bottom.setTicks([[(last * at / TICKS, minutes(60 * last * at / TICKS)) for at in range(TICKS + 1)]])
        self.left.setTicks([[(highest / SPARE * at / 2, number(highest / SPARE * at / 2, int(highest < 20))) for at in range(3)]])
        self._mark(rates, steps, highest)
        self.setAccessibleDescription(_heard(curve))

    def _mark(self, rates: Sequence[float], steps: Sequence[tuple[float, float]], highest: float) -> None:
        for mark in self._marks:
            self.box.removeItem(mark)
        tokens = self._look.tokens
        dashes = pg.mkPen(tokens.warn_text, width=1, style=Qt.PenStyle.DashLine)
        label = {"color": tokens.text, "fill": tokens.panel, "position": 0.92, "movable": False}
        self._marks = [
            pg.InfiniteLine(1000 / rate, angle=0, pen=dashes, label=f"{number(rate)} fps", labelOpts=label)
            for rate in rates
            if 1000 / rate < highest
        ]
        loud = {"color": tokens.on_warn, "fill": tokens.warn, "position": 0.85, "movable": False}
        line = pg.mkPen(tokens.warn, width=2)
        for at, factor in steps:
            said = f"▲ {minutes(60 * at)}  {number(factor, 2)}×"
            self._marks.append(pg.InfiniteLine(at, angle=90, pen=line, label=said, labelOpts=loud))
        for mark in self._marks:
            self.box.addItem(mark)

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(400), self._look.metrics.px(220))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(200), self._look.metrics.px(64))


def _heard(curve: LatencyCurve) -> str:
    if not curve.p50_ms:
        return text("Nothing was measured yet.")
    said = text("Median {first} ms at the start, {last} ms at the end, {highest} ms at most.")
    return said.format(first=number(curve.p50_ms[0], 1), last=number(curve.p50_ms[-1], 1), highest=number(max(curve.p50_ms), 1))
