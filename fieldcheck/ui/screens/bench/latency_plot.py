"""Latency over time as a chart: a line for the median, a band up to the 95th percentile, rules where a camera's rate lies."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.plot import Plot, PlotAxis, PlotMark, PlotRule, PlotSeries
from fieldcheck.ui.screens.bench.session import LatencyCurve
from fieldcheck.words.figures import format_minutes, format_number
from fieldcheck.words.language import tr, tr_plural

TICKS = 5
SPARE = 1.15
USUAL_MS = 100.0  # of the axis while nothing is measured


def build_latency_plot(curve: LatencyCurve, n: int, until: float, rates: Sequence[float], steps: Sequence[tuple[float, float]]) -> Plot:
    """`n` frames behind the curve; `until`: minutes that the axis goes to at least; `rates` of cameras; `steps`: minute and factor of each
    change, marked where frames take longer from then on."""
    last = max(until, curve.minutes[-1] if curve.minutes else 0.0)
    highest = max(curve.p95_ms, default=0.0) * SPARE or USUAL_MS
    rows = zip(curve.minutes, curve.p50_ms, curve.p95_ms, strict=True)
    marks = tuple(
        PlotMark(at, p50, (format_minutes(60 * at), format_number(p50, 1), format_number(p95, 1)), p50, p95) for at, p50, p95 in rows
    )
    rules = [PlotRule(1000 / rate, mark=f"{format_number(rate)} fps") for rate in rates if 1000 / rate < highest]
    rules += [PlotRule(at, level=False, mark=f"▲ {format_minutes(60 * at)}  {format_number(factor, 2)}×") for at, factor in steps]
    across = PlotAxis(
        0.0, last, tuple((last * at / TICKS, format_minutes(60 * last * at / TICKS)) for at in range(TICKS + 1)), tr("time, min:s")
    )
    heights = [highest / SPARE * at / 2 for at in range(3)]
    up = PlotAxis(0.0, highest, tuple((at, format_number(at, int(highest < 20))) for at in heights), tr("ms per frame"))
    series = (PlotSeries("line", marks, "none", band=True),)
    heads = (tr("time, min:s"), tr("p50, ms"), tr("p95, ms"))
    return Plot("latency", tr("Latency over time"), _format_plot_caption(curve, n), across, up, series, heads, tuple(rules))


def _format_plot_caption(curve: LatencyCurve, n: int) -> str:
    if not curve.p50_ms:
        return tr("Not measured yet.")
    said = tr_plural(
        "{n} frame: median {first} ms at the start, {last} ms at the end, {highest} ms at most.",
        "{n} frames: median {first} ms at the start, {last} ms at the end, {highest} ms at most.",
        n,
    )
    ends = {
        "first": format_number(curve.p50_ms[0], 1),
        "last": format_number(curve.p50_ms[-1], 1),
        "highest": format_number(max(curve.p50_ms), 1),
    }
    return said.format(n=n, **ends)
