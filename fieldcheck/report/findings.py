"""Findings and actions of the first page: where the model fails most, what to do, and what was
tested. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fieldcheck.analyses import limits, names_and_numbers
from fieldcheck.analyses.blocks import (
    Block,
    Cell,
    FindingCard,
    FindingCards,
    Lines,
    ListLine,
    OptionalBlock,
    Paragraph,
    Table,
)
from fieldcheck.analyses.confident_errors import build_image_block
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.gap_plan import GapPlan, describe_obstacle
from fieldcheck.analyses.report_data import RecordingSummary, Report
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.report import Decision, ReportedFinding
from fieldcheck.errors.message_format import format_report_remedy
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import format_points, format_points_interval
from fieldcheck.report.key_figures import get_decision
from fieldcheck.report.print_text import shorten_middle
from fieldcheck.report.report_change import describe_better_earlier_model

MOST = 3  # lines a list of the first page


def list_worst_slices(report: Report) -> tuple[ListLine, ...]:
    """Blind spots first, then classes whose whole range lies below the score of all frames; never
    on a value alone (methods 0)."""
    found = [
        (
            row.estimate,
            names_and_numbers.get_slice_value_name(row.key, row.value, report.clip_names),
        )
        for row in get_failures(report).slices or ()
        if row.flag == "blind_spot"
    ]
    spots = {name for _, name in found}
    found.sort(key=_sort_key)
    classes = [
        (row.recall, row.name)
        for row in get_failures(report).per_class
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
        largest = Paragraph(_describe_largest_differences(report, decision.largest))
        blocks.append(OptionalBlock(largest, None, rank=3))
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
    """What comes before any other action: a step of the job that is missing, or what precedes the
    verdict; empty where nothing does."""
    lacks = find_missing_step(report)
    if lacks:
        return (_describe_step(lacks),)
    if report.gap.verdict == "not_comparable":
        return (_describe_step("model_check"),)
    if report.gap.verdict == "chosen_only":
        said = tr(
            "Pick a random sample: frames selected as hard are not representative of the "
            "footage{remedy}."
        )
        return (said.format(remedy=format_report_remedy("pick")),)
    return ()


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
    confusion = get_failures(report).confusion
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


# Actions of the first page: what to do, why, from what it can be done now, and whose it is. None
# that the project cannot follow.

ENOUGH_LABELS = 50  # before a cause may be sent to training
MOST_ACTIONS = 5
MOST_LETTERS = 30  # of a name in an action on a sheet

ActionCode = Literal["label", "label_footage", "record", "change_site", "collect", "step"]


@dataclass(frozen=True, slots=True)
class Action:
    """`n`: number of labels or clips required; `each`: labels in each of those clips; `available`:
    labels that can be made now; `for_slice`: key and value of the finding that it serves, empty for
    all frames."""

    code: ActionCode
    n: int = 0
    available: int = 0
    for_slice: tuple[str, str] = ("", "")
    sentence: str = ""
    each: int = 0


def list_actions(report: Report) -> tuple[Action, ...]:
    """At most five, in the order in which they are to be done. Once the verdict is decided there is
    nothing more to record or to label."""
    first = list_first_steps(report)
    decision = get_decision(report)
    if first:
        return tuple(Action("step", sentence=said) for said in first)
    if decision is None or report.readiness == "no_verdict":
        return ()
    if report.readiness == "supervised_trial":
        found = [Action("step", sentence=_describe_trial())]
    elif report.readiness == "not_ready":
        found = _list_cause_actions(report, decision)
    else:
        found = _list_deciding_actions(report)
    if sentence := describe_better_earlier_model(report):
        found.insert(0, Action("step", sentence=sentence))
    return tuple(dict.fromkeys(found))[:MOST_ACTIONS]


def _describe_trial() -> str:
    return tr(
        "Start the supervised trial, log every result, and label a new sample after every change "
        "of light, part or camera."
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
            Cell(_describe_reason(one)),
            Cell(_describe_source(one)),
            Cell(_get_owner(one)),
            Cell("____"),
        )
        for at, one in enumerate(list_actions(report), 1)
    )
    return Table(tr("Priority"), heads, rows, kind="actions")


def _list_deciding_actions(report: Report) -> list[Action]:
    """What decides the open limits: labels that can be made now, else clips to record."""
    found: list[Action] = []
    for limit in limits.get_judged_limits(report):
        if limit.state != "inconclusive":
            continue
        if limit.code == "gap":
            found += _list_gap_actions(report.gap.plan)
        elif step := limits.describe_deciding_step(limit):
            said = tr("{name}: {step}.")
            name = limits.get_limit_name(limit.code)
            found.append(Action("step", sentence=said.format(name=name, step=step)))
    return found


def _list_gap_actions(plan: GapPlan | None) -> list[Action]:
    if plan is None:
        return []
    if plan.obstacle == "benchmark":
        said = tr("Add images to the benchmark: with so few, no number of labels decides this gap.")
        return [Action("step", sentence=said)]
    if plan.obstacle:
        said = tr("Improve the model: {why}.").format(why=describe_obstacle(plan.obstacle))
        return [Action("step", sentence=said)]
    if plan.more_labels is not None:
        return [Action("label", plan.more_labels, plan.open_labels)]
    found = []
    if plan.all_clips is not None and plan.more_clips is not None:
        found.append(Action("record", plan.more_clips, each=plan.all_clips.labels))
    if plan.footage_labels is not None:
        found.append(Action("label_footage", plan.footage_labels, plan.open_labels))
    return found


def _list_cause_actions(report: Report, decision: Decision) -> list[Action]:
    """Causes that were tested and demonstrated, then training."""
    found: list[Action] = []
    collected: list[Action] = []
    for one in decision.findings:
        of = (one.key, one.value)
        found += [] if one.key == "class" else [Action("change_site", for_slice=of)]
        collected.append(Action("collect", 200, for_slice=of))
    broken = {one.code for one in limits.get_judged_limits(report) if one.state == "not_met"}
    if broken == {"latency"}:
        return [
            Action("step", sentence=tr("Reduce the latency of the model, or replace the computer."))
        ]
    if not found:
        found.append(Action("step", sentence=_describe_cause_search()))
    if report.field.n_labelled >= ENOUGH_LABELS:
        found += collected or [Action("collect", 200)]
    return found


def _describe_cause_search() -> str:
    return tr(
        "Test what may explain the gap before any training: run the fix search for a change of "
        "preprocessing that helps."
    )


def _get_slice_name(report: Report, one: Action) -> str:
    return names_and_numbers.get_slice_value_name(*one.for_slice, report.clip_names)


def _build_action_cell(report: Report, one: Action) -> Cell:
    name = _get_slice_name(report, one) if one.for_slice[0] else ""
    said = {
        "step": one.sentence,
        "label": tr_plural("Label {n} more frame.", "Label {n} more frames.", one.n),
        "label_footage": tr_plural(
            "Label {n} more frame, which decides for this footage alone.",
            "Label {n} more frames, which decides for this footage alone.",
            one.n,
        ),
        "record": tr_plural(
            "Record {n} more clip on another day and label {each} of its frames.",
            "Record {n} more clips on other days and label {each} frames from each.",
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
        said.format(n=one.n, name=name, each=one.each),
        short=said.format(n=one.n, name=shorten_middle(name, MOST_LETTERS), each=one.each),
    )


def _describe_reason(one: Action) -> str:
    if one.code == "step":
        return ""
    if one.code in ("change_site", "collect"):
        return tr("demonstrated below the rest") if one.for_slice[0] else tr("a limit is not met")
    return tr("decides in about half of such visits")


def _describe_source(one: Action) -> str:
    """From what: frames without a label, clips to record, or training data."""
    if one.code in ("label", "label_footage"):
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
