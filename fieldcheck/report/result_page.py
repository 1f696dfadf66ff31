"""Result of a project on one page: the reasons of its verdict, the worst first, and what would
narrow its interval. The page after the last label and the first tab of Explore show the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.analyses import escape_rate, limits, names_and_numbers
from fieldcheck.analyses.gap_headline import GapPlan, IntervalPlan, describe_obstacle, plan_interval
from fieldcheck.analyses.independence import list_missing_search_notes
from fieldcheck.analyses.report_data import FieldResult, GapResult, Report
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import JudgedLimit, ReportedFinding
from fieldcheck.i18n.language import capitalise, tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import format_points, format_points_interval
from fieldcheck.report.key_figures import get_decision
from fieldcheck.report.report_change import list_change_sentences
from fieldcheck.report.summary_page import list_warnings
from fieldcheck.report.verdict_and_checklist import ReportVerdict, describe_preceding, get_verdict

ReasonSign = Literal["octagon", "triangle", "ring", "tick"]
Narrowing = Literal["", "record", "label"]
SIGNS: dict[str, ReasonSign] = {"not_met": "octagon", "inconclusive": "ring", "met": "tick"}
"""Shapes of judged limits: that of the verdict which each would give alone."""
RANK = tuple(SIGNS)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict. `sign`: its shape; `title`: a few words; `text`: the figures behind
    them, may be empty."""

    sign: ReasonSign
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would narrow the interval. `half_width` of today, in points, from `clips`; `wanted`
    clips are expected to give `expected`, both 0 where more clips are not the way. `text` says what
    to do, `note` what else is known, `action` how it is done in this program."""

    half_width: str
    clips: int
    wanted: int
    expected: str
    text: str
    note: str
    action: Narrowing


# Reasons.


def list_limit_reasons(verdict: ReportVerdict) -> tuple[Reason, ...]:
    """What precedes the limits where anything does, else every limit, the worst first."""
    decided = verdict.readiness in ("not_ready", "supervised_trial")
    preceding = "" if decided else describe_preceding(verdict)
    if preceding:
        return (Reason("triangle", capitalise(preceding)),)
    ranked = sorted(verdict.limits, key=lambda limit: RANK.index(limit.state))
    return tuple(_build_limit_reason(limit) for limit in ranked)


def _build_limit_reason(limit: JudgedLimit) -> Reason:
    title = {
        "met": tr("{name} within the limit"),
        "not_met": tr("{name} above the limit"),
        "inconclusive": tr("{name}: inconclusive"),
    }[limit.state].format(name=limits.get_limit_name(limit.code))
    text = capitalise(f"{limits.describe_measured(limit)}, {limits.describe_limit(limit)}.")
    if limit.state == "inconclusive":
        text = f"{text} {capitalise(limits.describe_open_cause(limit))}."
    return Reason(SIGNS[limit.state], title, text)


def list_reasons(report: Report) -> tuple[Reason, ...]:
    """The limits, then what else a reader looks at: demonstrated slices, rates that nobody has set
    a limit for, and warnings."""
    decision = get_decision(report)
    result = decision.findings if decision is not None else ()
    return (
        *list_limit_reasons(get_verdict(report)),
        *(_build_finding_reason(report, finding) for finding in result),
        *_list_rate_reasons(report),
        *(Reason("triangle", warning) for warning in _list_warnings(report)),
    )


def _list_warnings(report: Report) -> tuple[str, ...]:
    """What a reader must know before trusting the figures."""
    return (*list_warnings(report), *list_missing_search_notes(report))


def describe_change(report: Report) -> str:
    """What changed since the report before; empty where nothing did."""
    return " ".join(list_change_sentences(report))


def _build_finding_reason(report: Report, reported_finding: ReportedFinding) -> Reason:
    name = names_and_numbers.get_slice_value_name(
        reported_finding.key, reported_finding.value, report.clip_names
    )
    points = format_points(reported_finding.difference.value)
    behind = tr_points("{value}, {points} pp ({range}) below. Association, not cause.", points)
    text = behind.format(
        value=names_and_numbers.format_estimate(reported_finding.estimate),
        points=points,
        range=format_points_interval(reported_finding.difference),
    )
    return Reason("triangle", tr("{name} below the rest").format(name=name), text)


def _list_rate_reasons(report: Report) -> list[Reason]:
    """Escapes and false rejects that were seen and that no limit judges."""
    rates = escape_rate.ANALYSIS.get_result(report)
    if rates is None:
        return []
    judged = {judged_limit.code for judged_limit in limits.get_judged_limits(report)}
    rows = (
        ("escape_rate", rates.escape, rates.escape_cameras, rates.escaped, rates.defects),
        (
            "false_reject_rate",
            rates.false_reject,
            rates.false_reject_cameras,
            rates.rejected,
            rates.good,
        ),
    )
    return [
        _build_rate_reason(code, footage, cameras, hits, of)
        for code, footage, cameras, hits, of in rows
        if hits and code not in judged
    ]


def _build_rate_reason(
    code: str, footage: Estimate, cameras: Estimate, hits: int, of: int
) -> Reason:
    shown = cameras if cameras.measured else footage
    sentence = (
        tr("{rate}, {hits} of {n}. No limit set.")
        if cameras.measured
        else tr("{rate} on this footage, {hits} of {n}. No limit set.")
    )
    text = sentence.format(rate=names_and_numbers.format_rate_with_range(shown), hits=hits, n=of)
    return Reason("triangle", limits.get_limit_name(code), capitalise(text))


# What would narrow the interval.


def describe_outlook(field: FieldResult, gap: GapResult) -> Outlook | None:
    """The interval of today and the one way to a narrower one; None without an interval."""
    if not gap.estimate.measured or not field.n_clips:
        return None
    interval = plan_interval(
        gap.estimate, gap.field, gap.correlation, field.n_clips, field.n_labelled
    )
    half_width = _format_half_width((gap.estimate.hi - gap.estimate.lo) / 2)
    if gap.basis == "footage" or interval is None:
        text = tr(
            "Record clips at other times: from three clips on the interval holds for these cameras."
        )
        return Outlook(half_width, field.n_clips, 0, "", text, "", "record")
    plan = gap.plan
    if plan is not None and plan.obstacle:
        text = f"{capitalise(describe_obstacle(plan.obstacle))}."
        return Outlook(half_width, field.n_clips, 0, "", text, "", "")
    if plan is not None and plan.more_labels is not None:
        return _describe_more_labels(half_width, field, plan.more_labels)
    return _describe_more_clips(half_width, interval, plan)


def _describe_more_labels(half_width: str, field: FieldResult, more: int) -> Outlook:
    text = tr_plural(
        "Label {n} more frame: decides in about half of such visits.",
        "Label {n} more frames: decides in about half of such visits.",
        more,
    ).format(n=more)
    return Outlook(half_width, field.n_clips, 0, "", text, "", "label")


def _describe_more_clips(
    half_width: str, interval_plan: IntervalPlan, plan: GapPlan | None
) -> Outlook:
    """The clips that decide where the gap is open, else those of the next step."""
    decides = plan is not None and plan.all_clips is not None
    wanted = (
        interval_plan.with_clips(plan.all_clips.clips)
        if decides and plan and plan.all_clips
        else interval_plan
    )
    text = tr_plural(
        "Record {n} more clip, spread over all locations and conditions.",
        "Record {n} more clips, spread over all locations and conditions.",
        wanted.more_clips,
    ).format(n=wanted.more_clips)
    note = tr("Decides in about half of such visits.") if decides else ""
    same = tr("With twice the labels in the same clips: {width}.").format(
        width=_format_half_width(wanted.same_clips)
    )
    return Outlook(
        half_width,
        wanted.clips,
        wanted.wanted,
        _format_half_width(wanted.expected),
        text,
        note or same,
        "record",
    )


def _format_half_width(share: float) -> str:
    points = format_points(share)
    return tr_points("± {points} pp", points).format(points=points)
