"""Findings and actions of the first page: where the model fails most, what to do, and what was
tested. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.blocks import (
    Block,
    Cell,
    FindingCard,
    FindingCards,
    Lines,
    ListLine,
    Paragraph,
    Table,
)
from fieldcheck.analyses.failures import build_image_block
from fieldcheck.analyses.report_data import RecordingSummary, Report
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.report import Decision, ReportedFinding
from fieldcheck.errors.message_format import format_report_remedy
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import format_points, format_points_interval
from fieldcheck.report.key_figures import get_decision
from fieldcheck.report.print_text import shorten_middle

MOST = 3  # lines a list of the first page


def list_worst_slices(report: Report) -> tuple[ListLine, ...]:
    """Blind spots first, then classes whose whole range lies below the score of all frames; never
    on a value alone (methods 0)."""
    found = [
        (
            row.estimate,
            names_and_numbers.get_slice_value_name(row.key, row.value, report.clip_names),
        )
        for row in report.slices or ()
        if row.flag == "blind_spot"
    ]
    spots = {name for _, name in found}
    found.sort(key=_sort_key)
    classes = [
        (row.recall, row.name)
        for row in report.per_class
        if _is_below(row.recall, report.field.footage) and row.name not in spots
    ]
    lines = [ListLine("▲", name, _format_correct_share(estimate)) for estimate, name in found]
    for estimate, name in sorted(classes, key=_sort_key):
        lines.append(
            ListLine(
                "▲",
                name,
                " ".join(
                    part
                    for part in (
                        _format_correct_share(estimate),
                        _describe_confused_class(report, name),
                    )
                    if part
                ),
            )
        )
    if lines:
        return tuple(lines[:MOST])
    if not report.field.footage.measured:
        return (ListLine("–", "", tr("No labelled frame has a prediction yet.")),)
    return (ListLine("–", "", tr("No class and no slice demonstrated below the rest.")),)


def build_finding_blocks(report: Report) -> tuple[Block, ...]:
    """Independent findings with a picture each, and how often one would be missed; without their
    facts the lines of `list_worst_slices`."""
    decision = get_decision(report)
    if decision is None:
        return (Lines(list_worst_slices(report)),)
    blocks: list[Block] = []
    if decision.findings:
        blocks.append(
            FindingCards(tuple(_build_finding_card(report, one) for one in decision.findings))
        )
    else:
        blocks.append(Paragraph(_describe_miss_rate(decision)))
    if decision.largest:
        blocks.append(Paragraph(_describe_largest_differences(report, decision.largest)))
    return tuple(blocks)


def _describe_largest_differences(report: Report, found: Sequence[ReportedFinding]) -> str:
    """One line: what lies furthest behind without being demonstrated."""
    parts = []
    for one in found:
        name = (
            f"{_get_finding_name(report, one)} ({names_and_numbers.get_slice_kind_name(one.key)})"
        )
        points = format_points(one.difference.value)
        part = tr_points("{name} {points} pp ({range}, n = {n})", points)
        parts.append(
            part.format(
                name=name, points=points, range=format_points_interval(one.difference), n=one.n
            )
        )
    return tr("Largest differences from the rest, not demonstrated: {parts}.").format(
        parts="; ".join(parts)
    )


def _get_finding_name(report: Report, one: ReportedFinding) -> str:
    return names_and_numbers.get_slice_value_name(one.key, one.value, report.clip_names)


def _build_finding_card(report: Report, one: ReportedFinding) -> FindingCard:
    word = tr("demonstrated")
    points = format_points(one.difference.value)
    behind = (
        tr_points("{points} pp below the rest ({range})", points)
        if one.difference.measured
        else tr_points("{points} pp below the rest", points)
    )
    apart = behind.format(
        points=points,
        range=format_points_interval(one.difference) if one.difference.measured else "",
    )
    clips = tr_plural("{n} clip", "{n} clips", one.clips).format(n=one.clips)
    here = tr("{metric} on this footage {value}, {clips}.").format(
        metric=names_and_numbers.get_metric_name(report.own_metric),
        value=names_and_numbers.format_estimate(one.estimate),
        clips=clips,
    )
    lines = [f"{word}: {apart}.", here]
    lines += _list_overlaps(report, one)
    shown = next((frame for frame in report.pictures if frame.frame_id == one.pictured), None)
    value = _get_finding_name(report, one)
    name = f"{value} ({names_and_numbers.get_slice_kind_name(one.key)})"
    return FindingCard(
        "▲",
        name,
        tuple(lines),
        None if shown is None else build_image_block(shown, report.clip_names),
    )


def _list_overlaps(report: Report, one: ReportedFinding) -> list[str]:
    """The slices that are the same finding: the two that share most of it."""
    most = sorted(one.overlaps, key=lambda other: -other.shared)[:2]
    said = tr("{shared} of {n} frames are also “{name}”.")
    return [
        said.format(
            shared=other.shared,
            n=one.n,
            name=names_and_numbers.get_slice_value_name(other.key, other.value, report.clip_names),
        )
        for other in most
    ]


def _describe_miss_rate(decision: Decision) -> str:
    said = tr("No blind spot of 20 pp demonstrated.")
    rate = decision.miss_rate
    if rate is None:
        return said + " " + tr("No slice has the required ten frames from three clips.")
    missed = tr(
        "A blind spot in a slice of {n} frames would be missed in about {missed} of 10 visits "
        "like this one."
    )
    return said + " " + missed.format(n=rate.n, missed=round(10 * rate.missed))


def list_first_steps(report: Report) -> tuple[str, ...]:
    """Next steps, the most urgent first."""
    lacks = find_missing_step(report)
    return (
        (_describe_step(lacks),)
        if lacks
        else tuple([*_list_verdict_steps(report), *_suggest_more_clips(report)][:MOST])
    )


def list_test_facts(visit: RecordingSummary) -> tuple[tuple[str, str], ...]:
    """When, where, in which light and how much."""
    when = " – ".join(
        dict.fromkeys(
            names_and_numbers.format_site_time(at, visit.ahead_s)
            for at in (visit.first_at, visit.last_at)
            if at
        )
    )
    light = ", ".join(f"{get_condition_name(name)} {n}" for name, n in visit.conditions)
    amount = tr("{duration}, {clips}, {frames} sampled").format(
        duration=names_and_numbers.format_duration(visit.seconds),
        clips=tr_plural("{n} clip", "{n} clips", visit.n_clips).format(n=visit.n_clips),
        frames=names_and_numbers.format_frame_count(visit.n_frames_listed),
    )
    return (
        (tr("Date and time"), when or tr("unknown")),
        (tr("Location"), ", ".join(visit.locations) or tr("unknown")),
        (tr("Cameras"), ", ".join(visit.cameras) or tr("unknown")),
        (tr("Conditions (several may apply)"), light or tr("unknown")),
        (tr("Footage"), amount),
        (tr("Labelled"), names_and_numbers.format_frame_count(visit.n_labelled)),
    )


def _sort_key(found: tuple[Estimate, str]) -> float:
    return found[0].value


def _is_below(part: Estimate, whole: Estimate) -> bool:
    return part.measured and whole.measured and part.n >= FEW_FRAMES and part.hi < whole.value


def _format_correct_share(estimate: Estimate) -> str:
    return tr("{value} correct ({range}, n = {n}).").format(
        value=names_and_numbers.format_value(estimate),
        range=names_and_numbers.format_range(estimate),
        n=estimate.n,
    )


def _describe_confused_class(report: Report, name: str) -> str:
    """What the model most often said instead."""
    confusion = report.confusion
    if confusion is None or name not in confusion.classes:
        return ""
    row = confusion.classes.index(name)
    wrong, other = max(
        (n, -column) for column, n in enumerate(confusion.counts[row]) if column != row
    )
    if wrong < 2:
        return ""
    said = tr("{wrong} of {n} were predicted as {other}.")
    return said.format(wrong=wrong, n=sum(confusion.counts[row]), other=confusion.classes[-other])


def find_missing_step(report: Report) -> str:
    """The next step of a job that is not through yet, by the code of its remedy; empty where
    nothing is missing."""
    field = report.field
    steps = {
        "footage": field.n_frames_listed == 0,
        "pick": field.n_picked == 0,
        "unsure": field.n_labelled == 0 and field.n_unsure >= field.n_picked,
        "labels": field.n_labelled == 0,
        "model": report.model is None,
        "benchmark": report.benchmark is None,
        "run": not (field.footage.measured or field.chosen is not None),
    }
    return next((code for code, lacks in steps.items() if lacks), "")


def _describe_step(code: str) -> str:
    if code == "unsure":
        return tr(
            "Record sharper or closer images, or ask a part expert: no picked frame could be "
            "judged."
        )
    said = {
        "footage": tr("Import footage{remedy}."),
        "pick": tr("Pick frames{remedy}."),
        "labels": tr("Label the picked frames{remedy}."),
        "model": tr("Add a model{remedy}."),
        "benchmark": tr("Set a benchmark{remedy}."),
        "run": tr("Run the model on the picked frames{remedy}."),
        "model_check": tr(
            "The measured score disagrees with the reference score. Check the preprocessing "
            "first{remedy}."
        ),
    }
    return said[code].format(remedy=format_report_remedy(code))


def _list_verdict_steps(report: Report) -> tuple[str, ...]:
    gap = report.gap
    if gap.verdict == "not_comparable":
        return (_describe_step("model_check"),)
    if gap.verdict == "chosen_only":
        said = tr(
            "Pick a random sample: frames selected as hard are not representative of the "
            "footage{remedy}."
        )
        return (said.format(remedy=format_report_remedy("pick")),)
    if gap.verdict == "not_enough":
        return (_describe_deciding_step(report),)
    if gap.verdict == "fail":
        return _list_collection_steps(report)
    return (
        tr(
            "Log the model's predictions, and label a new sample after every change of light, "
            "part or camera."
        ),
    )


def _describe_deciding_step(report: Report) -> str:
    gap = report.gap
    if gap.frames_to_decide is not None:
        return tr_plural(
            "Label about {n} more frame; this may decide.",
            "Label about {n} more frames; this may decide.",
            gap.frames_to_decide,
        ).format(n=gap.frames_to_decide)
    if gap.why_not == "few_pictures":
        return tr(
            "Add images to the benchmark: with so few, no number of labels decides this limit."
        )
    if gap.why_not == "undecidable":
        return tr(
            "The gap is too close to the limit for labelling to decide. Record more clips, or "
            "improve the model."
        )
    return tr(
        "Record more clips on other days and in other light: more labels on this footage will "
        "not decide."
    )


def _list_collection_steps(report: Report) -> tuple[str, ...]:
    """One step for each of the two worst findings: a condition can be changed on site, a class can
    only be collected."""
    of_light = tr(
        "Fix the cause of “{name}” on site, or collect at least 200 distinct frames and retrain."
    )
    of_class = tr("Collect at least 200 distinct frames of “{name}” and retrain.")
    classes = {row.name for row in report.per_class}
    named_lines = [line.name for line in list_worst_slices(report) if line.name]
    steps = [
        (of_class if name in classes else of_light).format(name=name) for name in named_lines[:2]
    ]
    if steps:
        return tuple(steps)
    return (
        tr(
            "Find what the confident errors below have in common, collect at least 200 similar "
            "frames and retrain."
        ),
    )


def _suggest_more_clips(report: Report) -> tuple[str, ...]:
    if 0 < report.field.n_clips < 8 and report.gap.why_not != "more_clips":
        return (
            tr(
                "Record more clips on other days: they narrow the interval faster than more frames."
            ),
        )
    return ()


# Actions of the first page: what to do, why, from what it can be done now, and whose it is. None
# that the project cannot follow.

ENOUGH_CLIPS = 20  # methods 2.7: twenty clips or more, three to five labels each
ENOUGH_LABELS = 50  # before a cause may be sent to training
MOST_ACTIONS = 5
MOST_LETTERS = 30  # of a name in an action on a sheet

ActionCode = Literal["label", "record", "change_site", "collect", "step"]
_ORDER: tuple[ActionCode, ...] = ("step", "label", "record", "change_site", "collect")


@dataclass(frozen=True, slots=True)
class Action:
    """`n`: number of labels or clips required; `available`: labels that can be made now;
    `for_slice`: key and value of the finding that it serves, empty for all frames."""

    code: ActionCode
    n: int = 0
    available: int = 0
    for_slice: tuple[str, str] = ("", "")
    sentence: str = ""


def list_actions(report: Report) -> tuple[Action, ...]:
    """At most five, in the order in which they are to be done."""
    decision = get_decision(report)
    if (
        find_missing_step(report)
        or decision is None
        or report.gap.verdict in ("not_comparable", "chosen_only")
    ):
        return tuple(Action("step", sentence=said) for said in list_first_steps(report))
    found = [
        *_list_deciding_actions(report, decision),
        *_list_finding_actions(report, decision),
        *_list_error_actions(report, decision),
    ]
    if not found:
        found = [Action("step", sentence=said) for said in list_first_steps(report)[:1]]
    return tuple(
        sorted(dict.fromkeys(found), key=lambda one: _ORDER.index(one.code))[:MOST_ACTIONS]
    )


def build_action_summary(report: Report) -> dict[str, Any]:
    """The actions with their counts."""
    rows = [(one.code, one.n, one.available, *one.for_slice) for one in list_actions(report)]
    return {
        "actions": [
            dict(zip(("code", "n", "available", "key", "value"), row, strict=True)) for row in rows
        ]
    }


def build_action_table(report: Report) -> Table:
    """Number, action, why, what it is made from, owner, due."""
    names = ("", tr("Action"), tr("Reason"), tr("Feasible now"), tr("Owner"), tr("Due"))
    heads = tuple(Cell(name, head=at == 1) for at, name in enumerate(names))
    rows = tuple(
        (
            Cell(str(at)),
            _build_action_cell(report, one),
            Cell(_describe_reason(report, one)),
            Cell(_describe_source(report, one)),
            Cell(_get_owner(one)),
            Cell("____"),
        )
        for at, one in enumerate(list_actions(report), 1)
    )
    return Table(tr("Priority"), heads, rows, kind="actions")


def _list_deciding_actions(report: Report, decision: Decision) -> list[Action]:
    """Labels that are there, as many as it takes; clips for what labels cannot give."""
    open_labels = 0 if report.field.census else decision.waiting + decision.drawable
    gap = report.gap
    found = (
        [Action("step", sentence=list_first_steps(report)[0])]
        if (gap.verdict, gap.why_not) == ("not_enough", "few_pictures")
        else []
    )
    wanted = gap.frames_to_decide
    few = report.field.n_labelled < ENOUGH_LABELS
    if report.field.census and decision.waiting:
        found.append(Action("label", decision.waiting, decision.waiting))
    elif open_labels and (few or wanted):
        need = max(wanted or 0, ENOUGH_LABELS - report.field.n_labelled if few else 0)
        found.append(Action("label", min(need, open_labels), open_labels))
    undecided = gap.verdict == "not_enough" and gap.why_not not in ("undecidable", "few_pictures")
    short = (undecided and (wanted or inf) > open_labels) or (
        few and not open_labels and not decision.waiting
    )
    if short or report.field.n_clips < ENOUGH_CLIPS:
        found.append(Action("record", max(1, ENOUGH_CLIPS - report.field.n_clips)))
    return found


def _list_finding_actions(report: Report, decision: Decision) -> list[Action]:
    found: list[Action] = []
    for one in decision.findings:
        of = (one.key, one.value)
        found += [] if one.key == "class" else [Action("change_site", for_slice=of)]
        found += (
            [Action("collect", 200, for_slice=of)]
            if report.field.n_labelled >= ENOUGH_LABELS
            else []
        )
    return found


def _list_error_actions(report: Report, decision: Decision) -> list[Action]:
    """A failed gap without a demonstrated finding: the errors themselves are all there is to go
    by."""
    unexplained = report.gap.verdict == "fail" and not decision.findings
    return (
        [Action("collect", 200)] if unexplained and report.field.n_labelled >= ENOUGH_LABELS else []
    )


def _get_slice_name(report: Report, one: Action) -> str:
    return names_and_numbers.get_slice_value_name(*one.for_slice, report.clip_names)


def _build_action_cell(report: Report, one: Action) -> Cell:
    name = _get_slice_name(report, one) if one.for_slice[0] else ""
    said = {
        "step": one.sentence,
        "label": tr_plural("Label {n} more frame.", "Label {n} more frames.", one.n),
        "record": tr_plural(
            "Record {n} more clip on another day and label three to five of its frames.",
            "Record {n} more clips on other days and label three to five frames from each.",
            one.n,
        ),
        "change_site": tr(
            "Inspect “{name}” on site: what is different about camera, light or location?"
        ),
        "collect": tr("Collect at least 200 distinct frames of “{name}” and retrain.")
        if name
        else tr(
            "Find what the confident errors have in common, collect at least 200 such frames "
            "and retrain."
        ),
    }[one.code]
    return Cell(
        said.format(n=one.n, name=name),
        short=said.format(n=one.n, name=shorten_middle(name, MOST_LETTERS)),
    )


def _describe_reason(report: Report, one: Action) -> str:
    if one.code == "step":
        return ""
    if one.code in ("change_site", "collect"):
        return (
            tr("demonstrated below the rest")
            if one.for_slice[0]
            else tr("the gap exceeds the limit")
        )
    if one.code == "record":
        return tr("frames within a clip are similar")
    return (
        tr("too few labels")
        if report.field.n_labelled < ENOUGH_LABELS
        else tr("the gap is inconclusive")
    )


def _describe_source(report: Report, one: Action) -> str:
    """From what: frames without a label, clips to record, or training data."""
    if one.code == "label":
        return tr_plural(
            "yes: {n} frame without a label", "yes: {n} frames without a label", one.available
        ).format(n=one.available)
    if one.code == "record":
        return tr_plural(
            "on site: {n} clip to record", "on site: {n} clips to record", one.n
        ).format(n=one.n)
    if one.code == "change_site":
        return tr("on site")
    return tr("requires training data") if one.code == "collect" else ""


def _get_owner(one: Action) -> str:
    return {"change_site": tr("maintenance"), "collect": tr("training")}.get(
        one.code, tr("inspector")
    )
