"""Drift over shifts as a chart: EWMA charts as shares of their limit, mean entropy, or distances of sampled embeddings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QMouseEvent

from fieldcheck.domain.plot import MarkShape, Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.ui.screens.monitor.session import MonitorState
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plot_view import PlotView
from fieldcheck.words import drift as words
from fieldcheck.words.figures import format_number
from fieldcheck.words.language import tr, tr_plural

TICKS, SPARE = 6, 1.1
SHAPES: tuple[MarkShape, ...] = ("disc", "square", "triangle", "ring")
LEAST = 200, 80  # pixels

Place = tuple[int, int | None]  # of a shift, and of a sampled result in it


def build_drift_plot(session: MonitorState) -> tuple[Plot, tuple[Place, ...]]:
    """The chart that is chosen over all shifts, and the shift or sampled result behind each line of its table."""
    dates = [words.format_shift_date(one.began) for one in session.shifts]
    dots, places = list[PlotMark](), list[Place]()
    for x, y, at, place in _iter_sampled_points(session):
        one = session.figures[session.shifts[at].began].sampled[place]
        dots.append(PlotMark(x, y, (dates[at], one.prediction, format_number(y, 2))))
        places.append((at, place))
    series = [PlotSeries("points", tuple(dots))] if dots else []
    for shape, (name, line) in zip(SHAPES, _list_series_points(session).items(), strict=False):
        series.append(
            PlotSeries("line", tuple(PlotMark(at, y, (dates[at], name, format_number(y, 2))) for at, y in line), shape, name=name)
        )
        places += [(at, None) for at, _ in line]
    rules = (PlotRule(1.0, mark=tr("limit")),) if session.view == "charts" else ()
    up = _make_y_axis([mark.y for one in series for mark in one.marks] + [rule.at for rule in rules], words.get_chart_unit(session.view))
    step = max(1, -(-len(dates) // TICKS))
    ticks = tuple((float(at), dates[at]) for at in range(0, len(dates), step))
    across = PlotAxis(-0.5, max(0.5, len(dates) - 0.5), ticks, tr("shift start"))
    counted = tr_plural("{n} shift", "{n} shifts", len(dates)).format(n=len(dates))
    counted += " · " + tr_plural("{n} result", "{n} results", sum(one.n for one in session.shifts)).format(
        n=sum(one.n for one in session.shifts)
    )
    said = f"{words.describe_chart(session.view, any(one.name for one in series))} {counted}"
    heads = (tr("shift start"), tr("Chart") if session.view == "charts" else tr("Result"), up.name)
    title = words.get_chart_view_name(session.view)
    return Plot("shifts", title, said, across, up, tuple(series), heads, rules), tuple(places)


def _list_series_points(session: MonitorState) -> dict[str, list[tuple[int, float]]]:
    """Place of the shift and figure, by the name of the line."""
    lines = dict[str, list[tuple[int, float]]]()
    for at, shift in enumerate(session.shifts):
        figures = session.figures[shift.began]
        if session.view == "charts":
            for one in shift.charts:
                lines.setdefault(words.get_chart_name(one.name), []).append((at, one.ewma / one.limit))
        elif session.view == "entropy" and figures.entropy is not None:
            lines.setdefault(words.get_chart_name("entropy"), []).append((at, figures.entropy))
    return lines


def _iter_sampled_points(session: MonitorState) -> Iterator[tuple[float, float, int, int]]:
    """Sampled results on the chart of entropy or distance: x, y, and places of the shift and of the result in it."""
    for at, shift in enumerate(session.shifts):
        sampled = session.figures[shift.began].sampled
        for place, one in enumerate(sampled):
            height = {"entropy": one.entropy, "distance": one.distance}.get(session.view)
            if height is not None:
                yield at - 0.4 + 0.8 * place / len(sampled), height, at, place


def _make_y_axis(heights: Sequence[float], name: str) -> PlotAxis:
    low, high = min([0.0, *heights]), max([0.0, *heights]) or 1.0
    digits = 2 if high - low < 2 else 1
    ticks = tuple((low + (high - low) * at / 2, format_number(low + (high - low) * at / 2, digits)) for at in range(3))
    return PlotAxis(low, low + (high - low) * SPARE, ticks, name)


class DriftChart(PlotView):
    """`chosen` carries the place of the shift that lies nearest to a click on no mark."""

    chosen = Signal(int)

    def __init__(self, look: Theme) -> None:
        super().__init__(look, tr("Drift over shifts"), least=LEAST)
        self._region: pg.LinearRegionItem | None = None

    def show_drift(self, plot: Plot, at: int) -> None:
        """The chart, drawn anew only where it is another one, and the shift `at` that is looked at."""
        if plot is not self.plot:
            self.show_plot(plot)
        elif self._region is not None:
            self.box.removeItem(self._region)
        brush = QColor(self._look.tokens.selection)
        self._region = pg.LinearRegionItem((at - 0.5, at + 0.5), movable=False, brush=brush, pen=pg.mkPen(None))
        self._region.setZValue(-10)
        self.box.addItem(self._region)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.find_mark(event.position()) is not None:
            super().mousePressEvent(event)
        elif self.plot is not None and self.plot.marks:
            last = int(self.plot.x.hi)
            spot = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
            self.chosen.emit(min(max(0, round(spot.x())), last))
