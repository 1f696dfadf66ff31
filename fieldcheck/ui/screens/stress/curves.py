"""How one corruption goes from off to severe: the share right on each set, and how sure the model is meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt

from fieldcheck.ui.screens.stress.charts import Chart
from fieldcheck.ui.theme.theme import Look
from fieldcheck.words.corruptions import STOPS, severity_name
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import text
from fieldcheck.words.sweeps import set_name

if TYPE_CHECKING:
    from fieldcheck.workflows.stress.stress_found import Curve

SIGNS = {"benchmark": "s", "field": "o", "footage": "t"}


class CurveChart(Chart):
    """Squares: benchmark; discs: field; triangles: footage. Dashes in the same colour: the median confidence."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, text("Severity curves"))
        self.bottom.setTicks([[(stop, severity_name(stop)) for stop in STOPS]])
        self.left.setTicks([[(0, "0"), (0.5, number(50)), (1, number(100))]])
        self.box.setXRange(0, STOPS[-1], padding=0.08)
        self.box.setYRange(0, 1, padding=0.04)
        self.show_curves(())

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Those of one corruption."""
        self.box.clear()
        for curve in curves:
            colour = self._look.tokens.accent if curve.on == "benchmark" else self._look.tokens.text
            size = self._look.metrics.px(9)
            self._line(curve.right, pg.mkPen(colour, width=1))
            self.box.addItem(pg.ScatterPlotItem(*_axes(curve.right), symbol=SIGNS[curve.on], size=size, brush=colour, pen=pg.mkPen(None)))
            self._line(curve.sure, pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine))
        self.setAccessibleDescription("; ".join(_heard(curve) for curve in curves) or text("Nothing was swept yet."))

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(230), self._look.metrics.px(200))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.px(160), self._look.metrics.px(80))

    def _line(self, points: Sequence[tuple[float, float]], pen: object) -> None:
        if points:
            self.box.addItem(pg.PlotCurveItem(*_axes(points), pen=pen))


def _axes(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _heard(curve: Curve) -> str:
    said = ", ".join(f"{severity_name(severity)} {percent(share)}" for severity, share in curve.right)
    return f"{set_name(curve.on)}: {said}"
