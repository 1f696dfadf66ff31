"""Findings and actions of the first page: where the model fails most, what to do, and what was
tested. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

from fieldcheck.analyses import fix_search, limits, names_and_numbers
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
from fieldcheck.analyses.gap_headline import GapPlan, describe_obstacle
from fieldcheck.analyses.report_data import RecordingSummary, Report
from fieldcheck.corruptions.fix_finder import FEWEST_SEARCHED
from fieldcheck.corruptions.fix_messages import get_fix_name
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.report import Decision, ReportedFinding
from fieldcheck.errors.message_format import format_report_remedy
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import format_limit, format_points, format_points_interval
from fieldcheck.report.key_figures import get_decision
from fieldcheck.report.report_change import describe_better_earlier_model
from fieldcheck.safe_text import shorten_middle
from fieldcheck.stats.wilson_interval import compute_wilson_limits

MOST = 3  # lines a list of the first page


def list_worst_slices(report: Report) -> tuple[ListLine, ...]:
    """Blind spots first, then classes whose whole range lies below the score of all frames; never
    on a value alone (methods 0)."""
    result = [
        (
            row.estimate,
            names_and_numbers.get_slice_value_name(row.key, row.value, report.clip_names),
        )
        for row in get_failures(report).slices or ()
        if row.flag == "blind_spot"
    ]
    spots = {name for _, name in result}
    result.sort(key=_sort_key)
    classes = [
        (row.recall, row.name)
        for row in get_failures(report).per_class
        if _is_below(row.recall, report.field.footage) and row.name not in spots
    ]
    lines = [ListLine("▲", name, _format_correct_share(estimate)) for estimate, name in result]
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
        return (ListLine("–", "", tr("No frame has both a definite label and a prediction yet.")),)
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
            FindingCards(
                tuple(_build_finding_card(report, finding) for finding in decision.findings)
            )
        )
    else:
        blocks.append(Paragraph(_describe_miss_rate(decision)))
    if decision.largest:
        largest = Paragraph(_describe_largest_differences(report, decision.largest))
        blocks.append(OptionalBlock(largest, None, rank=3))
    return tuple(blocks)


def _describe_largest_differences(
    report: Report, reported_findings: Sequence[ReportedFinding]
) -> str:
    """One line: what lies furthest behind without being demonstrated."""
    parts = []
    for reported_finding in reported_findings:
        kind = names_and_numbers.get_slice_kind_name(reported_finding.key)
        name = f"{_get_finding_name(report, reported_finding)} ({kind})"
        points = format_points(reported_finding.difference.value)
        part = tr_points("{name} {points} pp ({range}, n = {n})", points)
        parts.append(
            part.format(
                name=name,
                points=points,
                range=format_points_interval(reported_finding.difference),
                n=reported_finding.n,
            )
        )
    return tr(
        "Largest differences from the rest, not demonstrated: {parts}.", parts="; ".join(parts)
    )


def _get_finding_name(report: Report, reported_finding: ReportedFinding) -> str:
    return names_and_numbers.get_slice_value_name(
        reported_finding.key, reported_finding.value, report.clip_names
    )


def _build_finding_card(report: Report, reported_finding: ReportedFinding) -> FindingCard:
    word = tr("demonstrated")
    points = format_points(reported_finding.difference.value)
    behind = (
        tr_points("{points} pp below the rest ({range})", points)
        if reported_finding.difference.measured
        else tr_points("{points} pp below the rest", points)
    )
    apart = behind.format(
        points=points,
        range=format_points_interval(reported_finding.difference)
        if reported_finding.difference.measured
        else "",
    )
    clips = tr_plural("{n} clip", "{n} clips", reported_finding.clips, n=reported_finding.clips)
    here = tr(
        "{metric} on this footage {value}, {clips}.",
        metric=names_and_numbers.get_metric_name(report.own_metric),
        value=names_and_numbers.format_estimate(reported_finding.estimate),
        clips=clips,
    )
    lines = [f"{word}: {apart}.", here]
    lines += _list_overlaps(report, reported_finding)
    shown = next(
        (frame for frame in report.pictures if frame.frame_id == reported_finding.pictured), None
    )
    value = _get_finding_name(report, reported_finding)
    name = f"{value} ({names_and_numbers.get_slice_kind_name(reported_finding.key)})"
    return FindingCard(
        "▲",
        name,
        tuple(lines),
        None if shown is None else build_image_block(shown, report.clip_names),
    )


def _list_overlaps(report: Report, reported_finding: ReportedFinding) -> list[str]:
    """The slices that are the same finding: the two that share most of it."""
    most = sorted(reported_finding.overlaps, key=lambda other: -other.shared)[:2]
    sentence = tr("{shared} of {n} frames are also “{name}”.")
    return [
        sentence.format(
            shared=other.shared,
            n=reported_finding.n,
            name=names_and_numbers.get_slice_value_name(other.key, other.value, report.clip_names),
        )
        for other in most
    ]


def _describe_miss_rate(decision: Decision) -> str:
    sentence = tr("No blind spot of 20 pp demonstrated.")
    rate = decision.miss_rate
    if rate is None:
        return sentence + " " + tr("No slice has the required ten frames from three clips.")
    missed = tr(
        "A blind spot in a slice of {n} frames would be missed in about {missed} of 10 visits "
        "like this one."
    )
    return sentence + " " + missed.format(n=rate.n, missed=round(10 * rate.missed))


def list_first_steps(report: Report) -> tuple[Action, ...]:
    """What comes before any other action: a step of the job that is missing, or what precedes the
    verdict; empty where nothing does."""
    step = find_missing_step(report)
    if not step and report.gap.verdict == "not_comparable":
        step = "model_check"
    if not step and report.gap.verdict == "chosen_only":
        step = "pick_random"
    return (Action("step", sentence=_describe_step(step), step=step),) if step else ()


def list_test_facts(visit: RecordingSummary) -> tuple[tuple[str, str], ...]:
    """When, where, in which light and how much."""
    when = " – ".join(
        dict.fromkeys(
            names_and_numbers.format_site_time(moment, visit.ahead_s)
            for moment in (visit.first_at, visit.last_at)
            if moment
        )
    )
    light = ", ".join(f"{get_condition_name(name)} {n}" for name, n in visit.conditions)
    amount = tr(
        "{duration}, {clips}, {frames} sampled",
        duration=names_and_numbers.format_duration(visit.seconds),
        clips=tr_plural("{n} clip", "{n} clips", visit.n_clips, n=visit.n_clips),
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


def _sort_key(pair: tuple[Estimate, str]) -> float:
    return pair[0].value


def _is_below(part: Estimate, whole: Estimate) -> bool:
    """Whether a class is worse than all frames by more than chance; also where every frame was
    counted, since a census has no range of its own."""
    if not (part.measured and whole.measured) or part.n < FEW_FRAMES:
        return False
    highest = compute_wilson_limits(part.value, part.n)[1] if part.census else part.hi
    return highest < whole.value


def _format_correct_share(estimate: Estimate) -> str:
    return tr(
        "{value} correct ({range}, n = {n}).",
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
    sentence = tr("{wrong} of {n} were predicted as {other}.")
    return sentence.format(
        wrong=wrong, n=sum(confusion.counts[row]), other=confusion.classes[-other]
    )


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
        # before the benchmark: one that is set counts only once the model was run on it
        "run": not (field.footage.measured or field.chosen is not None),
        "benchmark": report.benchmark is None and not report.is_benchmark_set,
        "run_benchmark": report.benchmark is None,
    }
    return next((code for code, lacks in steps.items() if lacks), "")


def _describe_step(code: str) -> str:
    if code == "unsure":
        return tr(
            "Record sharper or closer images, or ask a specialist for the part: no picked "
            "frame could be judged."
        )
    texts = {
        "footage": tr("Import footage{remedy}."),
        "pick": tr("Pick frames{remedy}."),
        "labels": tr("Label the picked frames{remedy}."),
        "model": tr("Add a model{remedy}."),
        "benchmark": tr("Set a benchmark{remedy}."),
        "run": tr("Run the model on the picked frames{remedy}."),
        "run_benchmark": tr("Run the model on the benchmark{remedy}."),
        "model_check": tr(
            "The measured score disagrees with the reference score. Check the preprocessing "
            "first{remedy}."
        ),
        "pick_random": tr(
            "Pick a random sample: frames selected as hard are not representative of the "
            "footage{remedy}."
        ),
    }
    remedy = "pick" if code == "pick_random" else code
    return texts[code].format(remedy=format_report_remedy(remedy))


# Actions of the first page: what to do, why, from what it can be done now, and whose it is. None
# that the project cannot follow.

ENOUGH_LABELS = 50  # before a cause may be sent to training
MOST_ACTIONS = 5
TRIAL_RULE = "trial_log"  # of the checklist
MOST_LETTERS = 30  # of a name in an action on a sheet

ActionCode = Literal["label", "label_footage", "record", "change_site", "collect", "step"]


@dataclass(frozen=True, slots=True)
class Action:
    """`n`: number of labels, clips or images required; `each`: labels in each of those clips;
    `available`: labels that can be made now; `for_slice`: key and value of the finding that it
    serves, empty for all frames; `step`: which one the `sentence` asks for."""

    code: ActionCode
    n: int = 0
    available: int = 0
    for_slice: tuple[str, str] = ("", "")
    sentence: str = ""
    each: int = 0
    step: str = ""


def list_actions(report: Report) -> tuple[Action, ...]:
    """At most five, in the order in which they are to be done. Once the verdict is decided there is
    nothing more to record or to label."""
    first = list_first_steps(report)
    decision = get_decision(report)
    if first:
        return first
    if decision is None or report.readiness == "no_verdict":
        return ()
    if report.readiness == "supervised_trial":
        actions = [_choose_trial_action(report)]
    elif report.readiness == "not_ready":
        actions = _list_cause_actions(report, decision)
    else:
        actions = _list_deciding_actions(report)
    if sentence := describe_better_earlier_model(report):
        # what this model needs is no advice beside that of not using it
        actions = [Action("step", sentence=sentence, step="earlier_model")]
    return tuple(dict.fromkeys(actions))[:MOST_ACTIONS]


def _choose_trial_action(report: Report) -> Action:
    """The trial, and once it is logged what is open before a release."""
    if any(row.rule == TRIAL_RULE and row.state == "pass" for row in report.checklist):
        sentence = tr(
            "The trial is logged: close the open items of the checklist before release, and label "
            "a new sample after every change of light, part or camera."
        )
        return Action("step", sentence=sentence, step="release")
    sentence = tr(
        "Start the supervised trial, log every result, and label a new sample after every change "
        "of light, part or camera."
    )
    return Action("step", sentence=sentence, step="trial")


def build_action_summary(report: Report) -> dict[str, Any]:
    """The actions with their counts."""
    keys = ("code", "n", "available", "key", "value", "step")
    rows = [
        (action.code, action.n, action.available, *action.for_slice, action.step)
        for action in list_actions(report)
    ]
    return {"actions": [dict(zip(keys, row, strict=True)) for row in rows]}


def build_action_table(report: Report) -> Table:
    """Number, action, why, what it is made from, owner, due."""
    names = ("", tr("Action"), tr("Reason"), tr("Feasible now"), tr("Owner"), tr("Due"))
    heads = tuple(Cell(name, head=index == 1) for index, name in enumerate(names))
    rows = tuple(
        (
            Cell(str(index)),
            _build_action_cell(report, action),
            Cell(_describe_reason(action)),
            Cell(_describe_source(action)),
            Cell(_get_owner(action)),
            Cell("____"),
        )
        for index, action in enumerate(list_actions(report), 1)
    )
    return Table(tr("Priority"), heads, rows, kind="actions")


def _list_deciding_actions(report: Report) -> list[Action]:
    """What decides the open limits: labels that can be made now, else clips to record."""
    actions: list[Action] = []
    for limit in limits.get_judged_limits(report):
        if limit.state != "inconclusive":
            continue
        if limit.code == "gap":
            actions += _list_gap_actions(report.gap.plan)
        elif step := limits.describe_deciding_step(limit):
            sentence = tr("{name}: {step}.")
            name = limits.get_limit_name(limit.code)
            text = sentence.format(name=name, step=step)
            actions.append(Action("step", sentence=text, step=limit.code))
    return actions


def _list_gap_actions(plan: GapPlan | None) -> list[Action]:
    if plan is None:
        return []
    if plan.obstacle == "benchmark":
        n = plan.benchmark_images or 0
        return [Action("step", n, sentence=_describe_benchmark_step(n), step="benchmark_images")]
    if n := plan.rest_of_sample:
        sentence = tr_plural(
            "Label the {n} remaining picked frame: the sample is not finished.",
            "Label the {n} remaining picked frames: the sample is not finished.",
            n,
        )
        return [Action("step", n, n, sentence=sentence.format(n=n), step="rest_of_sample")]
    if plan.least_gap is not None:
        sentence = tr(
            "No labels can show this limit: no labelled frame is wrong, and 300 clips without an "
            "error show a gap of at most {points} pp. Agree on a limit that can be shown.",
            points=format_limit(ceil(1000 * plan.least_gap) / 1000),
        )
        return [Action("step", sentence=sentence, step="tight_limit")]
    if plan.obstacle:
        sentence = tr("Improve the model: {why}.", why=describe_obstacle(plan.obstacle))
        return [Action("step", sentence=sentence, step="improve_model")]
    step = "without_error" if plan.without_error else ""
    if plan.more_labels is not None:
        return [Action("label", plan.more_labels, plan.open_labels, step=step)]
    result = []
    if plan.all_clips is not None and plan.more_clips is not None:
        result.append(Action("record", plan.more_clips, each=plan.all_clips.labels, step=step))
    if plan.footage_labels is not None:
        result.append(Action("label_footage", plan.footage_labels, plan.open_labels))
    return result


def _describe_benchmark_step(n: int) -> str:
    if not n:
        return tr(
            "Add images to the benchmark: with so few, labels alone cannot show whether the "
            "gap meets its limit."
        )
    sentence = tr_plural(
        "Add images to the benchmark until it has about {n} image: with fewer, labels "
        "alone cannot show whether the gap meets its limit.",
        "Add images to the benchmark until it has about {n} images: with fewer, labels "
        "alone cannot show whether the gap meets its limit.",
        n,
    )
    return sentence.format(n=n)


def _list_cause_actions(report: Report, decision: Decision) -> list[Action]:
    """Causes that were tested and demonstrated, then training."""
    actions: list[Action] = []
    collected: list[Action] = []
    for finding in decision.findings:
        cause = (finding.key, finding.value)
        actions += [] if finding.key == "class" else [Action("change_site", for_slice=cause)]
        collected.append(Action("collect", 200, for_slice=cause))
    broken = {
        judged_limit.code
        for judged_limit in limits.get_judged_limits(report)
        if judged_limit.state == "not_met"
    }
    if broken == {"latency"}:
        sentence = tr("Reduce the latency of the model, or replace the computer.")
        return [Action("step", sentence=sentence, step="faster")]
    actions = actions or _list_search_actions(report)
    if report.field.n_labelled >= ENOUGH_LABELS or not actions:
        actions += collected or [Action("collect", 200)]
    return actions


def _list_search_actions(report: Report) -> list[Action]:
    """The fix search where it was not made, or what it demonstrated; nothing once it found
    nothing."""
    search = fix_search.ANALYSIS.get_result(report)
    if report.field.n_clips < FEWEST_SEARCHED:
        sentence = tr_plural(
            "Label frames of {n} clip or more, then run the fix search: with fewer no change of "
            "preprocessing can be demonstrated.",
            "Label frames of {n} clips or more, then run the fix search: with fewer no change of "
            "preprocessing can be demonstrated.",
            FEWEST_SEARCHED,
        )
        text = sentence.format(n=FEWEST_SEARCHED)
        return [Action("step", FEWEST_SEARCHED, sentence=text, step="search_clips")]
    if search is None or search.state == "too_few_clips":
        sentence = tr(
            "Test what may explain the gap before any training: run the fix search for a change of "
            "preprocessing that helps."
        )
        return [Action("step", sentence=sentence, step="fix_search")]
    if not search.search.demonstrated:
        return []
    best = get_fix_name(search.search.demonstrated[0].candidate)
    sentence = tr(
        "Make the change demonstrated for these cameras, then label a new sample: {change}."
    )
    return [Action("step", sentence=sentence.format(change=best), step="apply_fix")]


def _get_slice_name(report: Report, action: Action) -> str:
    return names_and_numbers.get_slice_value_name(*action.for_slice, report.clip_names)


def _build_action_cell(report: Report, action: Action) -> Cell:
    if action.code == "step":  # its sentence is whole, and may hold a name with braces
        return Cell(action.sentence)
    name = _get_slice_name(report, action) if action.for_slice[0] else ""
    sentence = {
        "label": tr_plural("Label {n} more frame.", "Label {n} more frames.", action.n),
        "label_footage": tr_plural(
            "Label {n} more frame, which decides for this footage alone.",
            "Label {n} more frames, which decides for this footage alone.",
            action.n,
        ),
        "record": tr_plural(
            "Record {n} more clip on another day and label {each} of its frames.",
            "Record {n} more clips on other days and label {each} frames from each.",
            action.n,
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
    }[action.code]
    return Cell(
        sentence.format(n=action.n, name=name, each=action.each),
        short=sentence.format(
            n=action.n, name=shorten_middle(name, MOST_LETTERS), each=action.each
        ),
    )


def _describe_reason(action: Action) -> str:
    if action.code == "step":
        return ""
    if action.code in ("change_site", "collect"):
        return (
            tr("demonstrated below the rest") if action.for_slice[0] else tr("a limit is not met")
        )
    if action.step == "without_error":
        return tr("demonstrates that the limit is met if no prediction is wrong")
    return tr("about a 50% chance of a conclusive result")


def _describe_source(action: Action) -> str:
    """From what: frames without a label, clips to record, or training data."""
    if action.code in ("label", "label_footage"):
        return tr_plural(
            "yes: {n} frame without a label",
            "yes: {n} frames without a label",
            action.available,
            n=action.available,
        )
    if action.code == "record":
        return tr_plural(
            "on site: {n} clip to record", "on site: {n} clips to record", action.n, n=action.n
        )
    if action.code == "change_site":
        return tr("on site")
    return tr("requires training data") if action.code == "collect" else ""


def _get_owner(action: Action) -> str:
    return {"change_site": tr("maintenance"), "collect": tr("training")}.get(
        action.code, tr("inspector")
    )
