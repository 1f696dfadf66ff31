"""Dumbbell chart of the gap as report and window draw it: both scores with their ranges, the claim, the limit and the last report."""

from __future__ import annotations

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.plot import GapChart, PlotAxis
from fieldcheck.report import number_format
from fieldcheck.report.report import BenchmarkResult, FieldResult, GapResult
from fieldcheck.words.figures import format_percent
from fieldcheck.words.language import tr


def build_gap_chart(
    benchmark: BenchmarkResult | None, field: FieldResult, gap: GapResult, ceiling: float | None = None, last: float | None = None
) -> GapChart | None:
    """Chart of what was measured, in the language that is set; None where nothing was. `ceiling` of the labels and `last` field score."""
    score = None if benchmark is None else _get_if_measured(benchmark.claim_metric.estimate)
    footage = _get_if_measured(field.footage)
    if score is None and footage is None:
        return None
    labels = (
        "" if score is None else tr("Benchmark {value}").format(value=number_format.format_benchmark_value(score)),
        "" if footage is None else tr("Field {value}").format(value=number_format.format_value(footage)),
        number_format.format_gap(gap.estimate) if gap.estimate.measured and field.footage.n >= FEW_FRAMES else "",
    )
    ranged = labels[0], f"{labels[1]} ({number_format.format_range(field.footage)})" if footage is not None else "", labels[2]
    return GapChart(
        benchmark=score,
        field=footage,
        camera=None if field.camera is None else _get_if_measured(field.camera),
        labels=labels,
        axis=PlotAxis(0.0, 1.0, tuple((at / 4, format_percent(at / 4)) for at in range(5)), tr("accuracy")),
        alt_text=tr("Chart: {what}").format(what=", ".join(part for part in ranged if part)),
        claimed=benchmark.claimed if benchmark is not None else None,
        limit=None if score is None else max(0.0, score.value - gap.tolerance),
        ceiling=ceiling,
        last=last,
    )


def _get_if_measured(estimate: Estimate) -> Estimate | None:
    return estimate if estimate.measured else None
