"""Limits that somebody set for gap, rates and latency, each judged by its camera interval; the
word of the report follows from them alone (methods 11.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan

from fieldcheck.analyses import decision as first_page
from fieldcheck.analyses import escape_rate, latency, names_and_numbers
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Pairs, Paragraph, Section, Table
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.gap_headline import list_plan_rows
from fieldcheck.analyses.report_data import GapResult, Report
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate, LimitState
from fieldcheck.domain.latency import Latency
from fieldcheck.domain.report import LIMITED_RATES, EscapeRates, JudgedLimit, LimitCause
from fieldcheck.i18n.language import tr, tr_msgid, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_as_entered,
    format_limit,
    format_number,
    format_percent,
    format_percent_limit,
    format_points_interval,
)
from fieldcheck.project.limits import GapLimits, SetLimits
from fieldcheck.project.messages import format_limit_owner
from fieldcheck.stats.cluster import compute_look_factor, judge_limit, plan_clips_for_limit
from fieldcheck.stats.confusion_matrix import ClassScore

MEASURED_CAUSES = ("interval", "second_look", "few_clips", "no_interval", "not_reproduced")
"""Causes of an open limit where a figure was measured."""


@dataclass(frozen=True, slots=True)
class MeasuredFigures:
    """What limits are held against. `n_labelled` frames have a label; `has_benchmark`: it was
    measured; None: not measured. `looks`: at labels that grew, this one included."""

    gap: GapResult
    n_labelled: int
    has_benchmark: bool
    looks: int = 1
    rates: EscapeRates | None = None
    confident_errors: Estimate | None = None
    latency: Latency | None = None
    classes: tuple[ClassScore, ...] = ()


def collect_figures(report: Report) -> MeasuredFigures:
    """The figures of a report that a limit may be set for."""
    decision = first_page.ANALYSIS.get_result(report)
    return MeasuredFigures(
        report.gap,
        report.field.n_labelled,
        report.benchmark is not None,
        report.field.n_looks,
        escape_rate.ANALYSIS.get_result(report),
        decision.confident_errors_cameras if decision is not None else None,
        latency.ANALYSIS.get_result(report),
        get_failures(report).per_class,
    )


def judge_limits(figures: MeasuredFigures, limits: SetLimits) -> tuple[JudgedLimit, ...]:
    """Every limit that holds, the gap's first."""
    judged = [_judge_gap(figures, limits.gap)]
    for rate in limits.rates:
        estimate = _get_rate(figures, rate.rate)
        state, cause = _judge_rate(estimate, rate.limit, figures.looks)
        owner = (rate.by, rate.date, True)
        judged.append(
            JudgedLimit(rate.rate, rate.limit, *owner, estimate, state, cause, figures.looks)
        )
    if limits.latency is not None:
        ms = limits.latency
        estimate, cause = _get_latency(figures.latency)
        state = "inconclusive" if cause else judge_limit(estimate, ms.ms)
        cause = cause or ("interval" if state == "inconclusive" else "")
        judged.append(JudgedLimit("latency", ms.ms, ms.by, ms.date, True, estimate, state, cause))
    return tuple(judged)


def get_judged_limits(report: Report) -> tuple[JudgedLimit, ...]:
    """Those that the report holds."""
    return ANALYSIS.get_result(report) or ()


def find_judged_limit(report: Report, code: str) -> JudgedLimit | None:
    """The limit of `code`, None where none is set."""
    return next(
        (judged_limit for judged_limit in get_judged_limits(report) if judged_limit.code == code),
        None,
    )


def _judge_gap(figures: MeasuredFigures, limits: GapLimits) -> JudgedLimit:
    states: dict[str | None, LimitState] = {"pass": "met", "fail": "not_met"}
    state = states.get(figures.gap.verdict, "inconclusive")
    return JudgedLimit(
        "gap",
        limits.tolerance,
        limits.decided_by,
        limits.date,
        limits.confirmed,
        figures.gap.estimate,
        state,
        "" if state != "inconclusive" else _find_gap_cause(figures, limits.tolerance),
        figures.looks,
    )


def _find_gap_cause(figures: MeasuredFigures, tolerance: float) -> LimitCause:
    gap = figures.gap
    if gap.verdict == "not_comparable" and gap.estimate.measured:
        return "not_reproduced"
    if gap.verdict == "not_enough" and gap.estimate.measured:
        return "few_clips" if gap.basis == "footage" else _name_open_side(gap.estimate, tolerance)
    if gap.estimate.without_spread:
        return "no_interval"
    if figures.n_labelled == 0:
        return "no_labels"
    return "not_measured" if figures.has_benchmark else "no_benchmark"


@dataclass(frozen=True, slots=True)
class LimitedFigure:
    """A rate that a limit is held against. `measure`: the rate of other clips of the cameras;
    `name`: it with its `{rate}`; `lacking`: it where nothing was measured."""

    measure: Callable[[MeasuredFigures], Estimate | None]
    name: Callable[[], str]
    lacking: Callable[[], str]


LIMITED_FIGURES = {
    "escape_rate": LimitedFigure(
        lambda figures: figures.rates.escape_cameras if figures.rates is not None else None,
        lambda: tr("escape rate {rate}"),
        lambda: tr("the escape rate"),
    ),
    "false_reject_rate": LimitedFigure(
        lambda figures: figures.rates.false_reject_cameras if figures.rates is not None else None,
        lambda: tr("false-reject rate {rate}"),
        lambda: tr("the false-reject rate"),
    ),
    "confident_errors": LimitedFigure(
        lambda figures: figures.confident_errors,
        lambda: tr("confident errors {rate}"),
        lambda: tr("the share of confident errors"),
    ),
}
"""The figure of every rate in `LIMITED_RATES`, by its code."""


def _get_rate(figures: MeasuredFigures, code: str) -> Estimate:
    """The rate of other clips of the cameras."""
    measured = LIMITED_FIGURES[code].measure(figures)
    if measured is not None:
        return measured
    return Estimate.not_measured("not_measured" if figures.n_labelled else "no_labels")


def _name_open_side(estimate: Estimate, limit: float) -> LimitCause:
    """Why an interval leaves a limit open: it contains it, or only that of a further look does."""
    return "interval" if judge_limit(estimate, limit) == "inconclusive" else "second_look"


def _judge_rate(estimate: Estimate, limit: float, looks: int) -> tuple[LimitState, LimitCause]:
    if not estimate.measured:
        causes: dict[str, LimitCause] = {"too_few_clips": "few_clips", "no_labels": "no_labels"}
        return "inconclusive", causes.get(estimate.note, "not_measured")
    state = judge_limit(estimate, limit, looks)
    return state, _name_open_side(estimate, limit) if state == "inconclusive" else ""


def _get_latency(measured: Latency | None) -> tuple[Estimate, LimitCause]:
    """Milliseconds at the 95th percentile on the target computer, or why there are none."""
    if measured is None:
        return Estimate.not_measured("no_run"), "no_run"
    if not measured.on_target:
        return Estimate.not_measured("other_machine"), "other_machine"
    total = measured.total
    if isnan(total.p95_lo_ms) or isnan(total.p95_hi_ms):
        return Estimate.not_measured("too_short"), "too_short"
    ms = (total.p95_ms, total.p95_lo_ms, total.p95_hi_ms)
    return Estimate(*ms, measured.n, float(measured.n), "quantile"), ""


# Limits in words.


def get_limit_name(code: str) -> str:
    """Name of what is limited."""
    names = {item.code: item.name for item in LIMITED_RATES}
    if code in names:
        return tr_msgid(names[code])
    return {"gap": tr("Gap"), "latency": tr("Latency, 95th percentile")}[code]


def describe_limit_owner(limit: JudgedLimit) -> str:
    """Who set it and when, or that it is a default."""
    return format_limit_owner(limit.by, limit.date, limit.confirmed)


def format_limit_value(limit: JudgedLimit) -> str:
    """The limit with its unit: `3 pp`, `2%`, `40 ms`."""
    if limit.code == "latency":
        return tr("{ms} ms", ms=format_as_entered(limit.limit))
    if limit.code != "gap":
        return format_percent_limit(limit.limit)
    points = format_limit(limit.limit)
    return tr_points("{points} pp", points).format(points=points)


def describe_limit(limit: JudgedLimit) -> str:
    """The limit and whose it is: `limit 3 pp (Q. Manager, 2026-11-28)`."""
    return tr(
        "limit {value} ({who})", value=format_limit_value(limit), who=describe_limit_owner(limit)
    )


def describe_measured(limit: JudgedLimit) -> str:
    """What was measured, with its camera interval."""
    estimate = limit.estimate
    if not estimate.measured:
        return _describe_lacking(limit.code)
    if limit.code == "gap" and estimate.n < FEW_FRAMES:
        few = tr_plural(
            "gap {range} pp from {n} label", "gap {range} pp from {n} labels", estimate.n
        )
        return few.format(range=format_points_interval(estimate), n=estimate.n)
    if limit.code == "gap":
        return names_and_numbers.format_gap_with_range(estimate)
    if limit.code == "latency":
        figures = (format_number(ms, 1) for ms in (estimate.value, estimate.lo, estimate.hi))
        return tr(
            "latency {value} ms ({lo}–{hi}, 95th percentile)",
            **dict(zip(("value", "lo", "hi"), figures, strict=True)),
        )
    name = LIMITED_FIGURES[limit.code].name()
    return name.format(rate=names_and_numbers.format_rate_with_range(estimate))


def _describe_lacking(code: str) -> str:
    """What a limit is held against, where nothing was measured."""
    if code == "gap":
        return tr("the gap")
    return tr("the latency") if code == "latency" else LIMITED_FIGURES[code].lacking()


def describe_open_cause(limit: JudgedLimit) -> str:
    """Why a limit is open, in a few words."""
    return {
        "interval": tr("its interval contains the limit"),
        "second_look": tr(
            "its interval, widened because labels were added after a first result, contains "
            "the limit"
        ),
        "few_clips": tr("fewer than three clips give no camera interval"),
        "not_reproduced": tr("the benchmark's reference score was not reproduced"),
        "no_labels": tr("no labelled frames for it"),
        "no_benchmark": tr("no benchmark was measured"),
        "no_interval": tr("all frames have the same result, so it has no interval"),
        "no_run": tr("no latency run was made"),
        "other_machine": tr("not run on the target computer"),
        "too_short": tr("the run is too short for an interval"),
        "not_measured": tr("not measured"),
    }.get(limit.cause, "")


def describe_deciding_step(limit: JudgedLimit) -> str:
    """What would decide a limit other than the gap's, in half a sentence; empty where nothing is
    known to."""
    if limit.code == "latency":
        return tr("run the latency test for ten minutes on the target computer")
    if limit.code not in ("escape_rate", "false_reject_rate"):
        return ""
    clips = plan_clips_for_limit(limit.limit)
    if clips is None:
        return tr("the limit requires more than 200 clips")
    sentence = {
        "escape_rate": tr("met at the earliest with {n} clips that show defects, none escaped"),
        "false_reject_rate": tr("met at the earliest with {n} clips of good parts, none rejected"),
    }[limit.code]
    return sentence.format(n=clips)


def get_limit_mark(limit: JudgedLimit) -> tuple[str, str]:
    """Shape and word of a judged limit."""
    if limit.state == "inconclusive" and limit.cause not in MEASURED_CAUSES:
        return "–", tr("not measured")
    return {
        "met": ("✓", tr("met")),
        "not_met": ("✗", tr("not met")),
        "inconclusive": ("◔", tr("inconclusive")),
    }[limit.state]


def build_limits_section(report: Report) -> Section:
    """Every limit with its owner, date, measured value and state."""
    title = tr("Limits")
    names = (tr("Limit"), tr("Allowed"), tr("Measured"), tr("Set by"), tr("Status"))
    heads = tuple(Cell(name, head=index == 0) for index, name in enumerate(names))
    rows = tuple(
        (
            Cell(get_limit_name(judged_limit.code), head=True),
            Cell(tr("at most {value}", value=format_limit_value(judged_limit))),
            Cell(
                describe_measured(judged_limit)
                if judged_limit.estimate.measured
                else describe_open_cause(judged_limit)
            ),
            Cell(describe_limit_owner(judged_limit)),
            Cell(" ".join(get_limit_mark(judged_limit))),
        )
        for judged_limit in get_judged_limits(report)
    )
    sentence = tr(
        "The verdict follows from these limits alone, each judged by its interval for other clips "
        "of these cameras. A rate without a limit decides nothing."
    )
    table = Table(tr("Limits of this project"), heads, rows)
    blocks: tuple[Block, ...] = (table, Paragraph(sentence), *_describe_looks(report.field.n_looks))
    plan = report.gap.plan
    if plan is None:
        return Section("limits", title, title, blocks)
    about = tr(
        "Labels and clips with about a 50% chance of a conclusive gap, at today's score "
        "and today's correlation within clips."
    )
    said_of_plan = (Paragraph(about), Pairs(list_plan_rows(plan)))
    return Section("limits", title, title, (*blocks, *said_of_plan))


def _describe_looks(looks: int) -> tuple[Paragraph, ...]:
    """How much longer the arms are that judge labels which were added after a result."""
    if looks == 1:
        return ()
    sentence = tr_plural(
        "Labels were added after a first result. To allow for repeated looks, limits are "
        "judged by this interval with each side widened by {percent}.",
        "Labels were added {n} times after a result. To allow for repeated looks, limits "
        "are judged by this interval with each side widened by {percent}.",
        looks - 1,
    )
    percent = format_percent(compute_look_factor(looks) - 1)
    return (Paragraph(sentence.format(n=looks - 1, percent=percent)),)


ANALYSIS: Analysis[tuple[JudgedLimit, ...]] = Analysis(
    key="limits", result=tuple[JudgedLimit, ...], report_section=build_limits_section
)
