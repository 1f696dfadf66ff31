"""Live charts: confidence of the last answers, uncertainty in the last minute, and the curves of a sweep, each with its description."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.plot import MarkShape, Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.ui.screens.stress.live_statistics import BINS, KEPT, LIMIT, SPAN_S, ConfidenceTally, TallyMoment
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.chart import Chart
from fieldcheck.words.corruptions import STOPS, get_severity_name
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.sweeps import get_sweep_set_name

if TYPE_CHECKING:
    from fieldcheck.domain.run import On
    from fieldcheck.workflows.stress.stress_found import SweepCurve

EDGES = [at / BINS for at in range(BINS + 1)]
LEAST_HIGH = 4  # answers that the axis goes to at least
NEAR = 12  # pixels beside a disc: half of what a finger needs
SHAPES: dict[On, MarkShape] = {"benchmark": "square", "field": "disc", "footage": "triangle"}


class ConfidenceChart(Chart):
    """Twenty bars for the answers now, a line for the same frames as they were captured, a dashed line at the limit. `taken` carries the
    bar that was clicked."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(look, tr("Prediction confidence"), parent)
        colours = look.tokens
        self._bars = pg.BarGraphItem(x0=EDGES[:-1], width=0.9 / BINS, height=[0] * BINS, brush=colours.text2, pen=pg.mkPen(None))
        self._clean = pg.PlotCurveItem(EDGES, [0] * BINS, stepMode="center", pen=pg.mkPen(colours.accent, width=2))
        limit = pg.InfiniteLine(LIMIT, pen=pg.mkPen(colours.warn_text, width=2, style=Qt.PenStyle.DashLine))
        for item in (self._bars, self._clean, limit):
            self.box.addItem(item)
        self.show_confidence(ConfidenceTally((0,) * BINS, (0,) * BINS, 0, 0.0, 0.0))

    def show_confidence(self, confidence: ConfidenceTally) -> None:
        """Bars and line of these counts."""
        self._bars.setOpts(height=list(confidence.now))
        self._clean.setData(EDGES, list(confidence.clean))
        self.set_description(build_confidence_plot(confidence))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Anywhere above or below a bar: most of them are low."""
        at = self.box.mapSceneToView(self.mapToScene(event.position().toPoint())).x()
        if 0 <= at <= 1:
            self.mark_clicked.emit(min(int(at * BINS), BINS - 1))
        event.accept()

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(230), self._look.metrics.scale_px(180))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(160), self._look.metrics.scale_px(68))


class UncertaintyChart(Chart):
    """A line for the last minute with a disc wherever the answer was another than on the original. A click on a disc is `picked`, with
    its time. Its description is made only for whoever asks for it: it has up to three hundred marks."""

    picked = Signal(float)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(look, tr("Uncertainty, last minute"), parent)
        colours = look.tokens
        self._line = pg.PlotCurveItem(pen=pg.mkPen(colours.text, width=1), connect="finite")  # a wider one takes ten times as long
        self._changed = pg.ScatterPlotItem(size=look.metrics.scale_px(7), brush=colours.accent, pen=pg.mkPen(colours.panel))
        limit = pg.InfiniteLine(LIMIT, angle=0, pen=pg.mkPen(colours.warn_text, width=2, style=Qt.PenStyle.DashLine))
        for item in (limit, self._line, self._changed):
            self.box.addItem(item)
        self._moments, self._now = tuple[TallyMoment, ...](), 0.0
        self.set_description(build_uncertainty_plot((), 0.0))
        self.mark_clicked.connect(self._emit_picked)

    @property
    def plot(self) -> Plot:
        return build_uncertainty_plot(self._moments, self._now)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The disc nearest to the click, where one is near."""
        at, _ = self._changed.getData()
        if len(at):
            clicked = self.box.mapSceneToView(self.mapToScene(event.position().toPoint())).x()
            nearest = min(at, key=lambda one: abs(one - clicked))
            if abs(nearest - clicked) < NEAR * self.box.viewPixelSize()[0]:
                self.picked.emit(self._now + float(nearest))
        event.accept()

    def show_moments(self, moments: Sequence[TallyMoment], now: float) -> None:
        """Those of the last minute, oldest first; `now` on their clock."""
        self._moments, self._now = tuple(moments), now
        self._line.setData([one.time_s - now for one in moments], [one.uncertainty for one in moments])
        changed = [one for one in moments if one.n_changed]
        self._changed.setData([one.time_s - now for one in changed], [one.uncertainty for one in changed])
        self.setAccessibleDescription(_describe_uncertainty(moments))
        self.described.emit()

    def sizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(400), self._look.metrics.scale_px(110))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.metrics.scale_px(200), self._look.metrics.scale_px(84))

    def _emit_picked(self, row: int) -> None:
        if self._moments[row].n_changed:
            self.picked.emit(self._moments[row].time_s)


def build_confidence_plot(confidence: ConfidenceTally) -> Plot:
    """The histogram: a bar for each twentieth of confidence, with the count of the same frames uncorrupted in the table."""
    highest = max((*confidence.now, *confidence.clean, LEAST_HIGH))
    marks = tuple(
        PlotMark((at + 0.5) / BINS, now, (f"{format_number(at / BINS, 2)}–{format_number((at + 1) / BINS, 2)}", str(now), str(clean)))
        for at, (now, clean) in enumerate(zip(confidence.now, confidence.clean, strict=True))
    )
    across = PlotAxis(0.0, 1.0, tuple((at / 5, format_number(at / 5, 1)) for at in range(6)), tr("confidence"))
    up = PlotAxis(0.0, highest, ((0.0, "0"), (highest, str(highest))), tr("predictions"))
    heads = (tr("confidence"), tr("predictions now"), tr("clean"))
    series = (PlotSeries("bars", marks, width=0.9 / BINS),)
    return Plot(
        "live", tr("Prediction confidence"), describe_confidence(confidence), across, up, series, heads, (PlotRule(LIMIT, level=False),)
    )


def build_uncertainty_plot(moments: Sequence[TallyMoment], now: float) -> Plot:
    """The line of uncertainty, newest last; each moment a line of the table."""
    marks = tuple(
        PlotMark(
            one.time_s - now,
            one.uncertainty,
            (format_number(now - one.time_s, 1), format_number(one.uncertainty, 2), f"{one.n_changed} / {one.n}"),
        )
        for one in moments
    )
    past = tuple((float(-at), str(at)) for at in (60, 40, 20))
    across = PlotAxis(-SPAN_S, 0.0, (*past, (0.0, tr("now"))), tr("seconds ago"))
    up = PlotAxis(0.0, 1.0, ((0.0, "0"), (LIMIT, format_number(LIMIT, 1)), (1.0, "1")), tr("entropy"))
    heads = (tr("seconds ago"), tr("entropy (0–1)"), tr("changed / predictions"))
    title = tr("Uncertainty, last minute")
    return Plot("live", title, _describe_uncertainty(moments), across, up, (PlotSeries("line", marks, "none"),), heads, (PlotRule(LIMIT),))


def build_sweep_plot(name: str, curves: Sequence[SweepCurve]) -> Plot:
    """Accuracy of one corruption by severity, a line for each set; dashes: its median confidence, which is no line of the table."""
    series = []
    for curve in curves:
        marks = tuple(
            PlotMark(at, share, (get_severity_name(at), get_sweep_set_name(curve.on), format_percent(share))) for at, share in curve.right
        )
        series.append(PlotSeries("line", marks, SHAPES[curve.on], name=get_sweep_set_name(curve.on)))
    for curve in curves:
        sure = tuple(PlotMark(at, share, ()) for at, share in curve.sure)
        series.append(PlotSeries("line", sure, "none", dashed=True, listed=False))
    across = PlotAxis(0.0, STOPS[-1], tuple((stop, get_severity_name(stop)) for stop in STOPS), tr("severity"))
    up = PlotAxis(0.0, 1.0, tuple((at, format_number(100 * at)) for at in (0.0, 0.5, 1.0)), tr("accuracy, %"))
    said = "; ".join(_describe_curve(curve) for curve in curves) or tr("No sweep yet.")
    return Plot("breaks", name or tr("Severity curves"), said, across, up, tuple(series), (tr("severity"), tr("side"), tr("accuracy")))


def _describe_curve(curve: SweepCurve) -> str:
    said = ", ".join(f"{get_severity_name(severity)} {format_percent(share)}" for severity, share in curve.right)
    return f"{get_sweep_set_name(curve.on)}: {said}"


def _describe_uncertainty(moments: Sequence[TallyMoment]) -> str:
    if not moments:
        return tr("No predictions yet.")
    highest, n_changed = max(one.uncertainty for one in moments), sum(one.n_changed for one in moments)
    said = tr("Uncertainty up to {highest}; {changed} of {n} predictions changed.")
    return said.format(highest=format_number(highest, 2), changed=n_changed, n=sum(one.n for one in moments))


def describe_confidence(confidence: ConfidenceTally) -> str:
    """The histogram in a sentence."""
    if not confidence.n:
        return tr("No such prediction.") if confidence.n_frames else tr("No predictions yet.")
    said = tr_plural(
        "{n} prediction: median {middle}, {under} below {limit}.", "{n} predictions: median {middle}, {under} below {limit}.", confidence.n
    )
    return said.format(
        n=confidence.n,
        middle=format_number(confidence.median, 2),
        under=format_percent(confidence.below_threshold),
        limit=format_number(LIMIT, 1),
    )


def format_frame_count(n: int) -> str:
    """The heading of the histogram: how many answers are in it."""
    return tr_plural("Last {n} frame", "Last {n} frames", min(n, KEPT)).format(n=min(n, KEPT))
