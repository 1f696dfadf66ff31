"""Findings of the first page, in lines: where the model fails most, what to do first, what was tested. Nothing is computed here."""

from __future__ import annotations

from fieldcheck.domain.decision import Decision, ReportedFinding
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.report import code_names as named
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, FindingCard, FindingCards, Lines, ListLine, Paragraph
from fieldcheck.report.gallery import build_image_block
from fieldcheck.report.report import RecordingSummary, Report
from fieldcheck.report.tiles import get_decision
from fieldcheck.timestamp import parse_local_time
from fieldcheck.words.conditions import get_condition_name
from fieldcheck.words.figures import format_points, format_points_interval
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.remedies import format_report_remedy

MOST = 3  # lines a list of the first page


def list_worst_slices(report: Report) -> tuple[ListLine, ...]:
    """Blind spots first, then classes whose whole range lies below the score of all frames; never on a value alone (methods 0)."""
    found = [
        (row.estimate, named.get_slice_value_name(row.key, row.value, report.clip_names))
        for row in report.slices or ()
        if row.flag == "blind_spot"
    ]
    spots = {name for _, name in found}
    found.sort(key=_sort_key)
    classes = [(row.recall, row.name) for row in report.per_class if _is_below(row.recall, report.field.footage) and row.name not in spots]
    lines = [ListLine("▲", name, _format_correct_share(estimate)) for estimate, name in found]
    for estimate, name in sorted(classes, key=_sort_key):
        lines.append(
            ListLine(
                "▲", name, " ".join(part for part in (_format_correct_share(estimate), _describe_confused_class(report, name)) if part)
            )
        )
    if lines:
        return tuple(lines[:MOST])
    if not report.field.footage.measured:
        return (ListLine("–", "", tr("No labelled frame has a prediction yet.")),)
    return (ListLine("–", "", tr("No class and no slice demonstrated below the rest.")),)


def build_finding_blocks(report: Report) -> tuple[Block, ...]:
    """Independent findings with a picture each, and how often one would be missed; without their facts the lines of `list_worst_slices`."""
    decision = get_decision(report)
    if decision is None:
        return (Lines(list_worst_slices(report)),)
    blocks: list[Block] = []
    if decision.findings:
        blocks.append(FindingCards(tuple(_build_finding_card(report, one) for one in decision.findings)))
    if not any(one.demonstrated for one in decision.findings):
        blocks.append(Paragraph(_describe_miss_rate(decision)))
    return tuple(blocks)


def _build_finding_card(report: Report, one: ReportedFinding) -> FindingCard:
    word = tr("demonstrated") if one.demonstrated else tr("suspected, not demonstrated")
    behind = tr("{points} pp below the rest ({range})") if one.difference.measured else tr("{points} pp below the rest")
    apart = behind.format(
        points=format_points(one.difference.value), range=format_points_interval(one.difference) if one.difference.measured else ""
    )
    clips = tr_plural("{n} clip", "{n} clips", one.clips).format(n=one.clips)
    here = tr("Accuracy on this footage {value}, {clips}.").format(value=number_format.format_estimate(one.estimate), clips=clips)
    lines = [f"{word}: {apart}.", here]
    lines += _list_overlaps(report, one)
    shown = next((frame for frame in report.pictures if frame.frame_id == one.pictured), None)
    sign = "▲" if one.demonstrated else "△"
    name = f"{named.get_slice_value_name(one.key, one.value, report.clip_names)} ({named.get_slice_kind_name(one.key)})"
    return FindingCard(sign, name, tuple(lines), None if shown is None else build_image_block(shown, report.clip_names))


def _list_overlaps(report: Report, one: ReportedFinding) -> list[str]:
    """The slices that are the same finding: the two that share most of it."""
    most = sorted(one.overlaps, key=lambda other: -other.shared)[:2]
    said = tr("{shared} of {n} frames are also “{name}”.")
    return [
        said.format(shared=other.shared, n=one.n, name=named.get_slice_value_name(other.key, other.value, report.clip_names))
        for other in most
    ]


def _describe_miss_rate(decision: Decision) -> str:
    said = tr("No blind spot of 20 pp demonstrated.")
    rate = decision.miss_rate
    if rate is None:
        return said + " " + tr("No slice has the required ten frames from three clips.")
    missed = tr("A blind spot in a slice of {n} frames would be missed in about {missed} of 10 visits like this one.")
    return said + " " + missed.format(n=rate.n, missed=round(10 * rate.missed))


def list_first_steps(report: Report) -> tuple[str, ...]:
    """Next steps, the most urgent first."""
    lacks = find_missing_step(report)
    return (_describe_step(lacks),) if lacks else tuple([*_list_verdict_steps(report), *_suggest_more_clips(report)][:MOST])


def list_test_facts(visit: RecordingSummary) -> tuple[tuple[str, str], ...]:
    """When, where, in which light and how much."""
    when = " – ".join(
        dict.fromkeys(number_format.format_timestamp(parse_local_time(at).isoformat()) for at in (visit.first_at, visit.last_at) if at)
    )
    light = ", ".join(f"{get_condition_name(name)} {n}" for name, n in visit.conditions)
    amount = tr("{duration}, {clips}, {frames} sampled").format(
        duration=number_format.format_duration(visit.seconds),
        clips=tr_plural("{n} clip", "{n} clips", visit.n_clips).format(n=visit.n_clips),
        frames=number_format.format_frame_count(visit.n_frames_listed),
    )
    return (
        (tr("Date and time"), when or tr("unknown")),
        (tr("Location"), ", ".join(visit.locations) or tr("unknown")),
        (tr("Cameras"), ", ".join(visit.cameras) or tr("unknown")),
        (tr("Conditions (several may apply)"), light or tr("unknown")),
        (tr("Footage"), amount),
        (tr("Labelled"), number_format.format_frame_count(visit.n_labelled)),
    )


def _sort_key(found: tuple[Estimate, str]) -> float:
    return found[0].value


def _is_below(part: Estimate, whole: Estimate) -> bool:
    return part.measured and whole.measured and part.n >= FEW_FRAMES and part.hi < whole.value


def _format_correct_share(estimate: Estimate) -> str:
    return tr("{value} correct ({range}, n = {n}).").format(
        value=number_format.format_value(estimate), range=number_format.format_range(estimate), n=estimate.n
    )


def _describe_confused_class(report: Report, name: str) -> str:
    """What the model most often said instead."""
    confusion = report.confusion
    if confusion is None or name not in confusion.classes:
        return ""
    row = confusion.classes.index(name)
    wrong, other = max((n, -column) for column, n in enumerate(confusion.counts[row]) if column != row)
    if wrong < 2:
        return ""
    said = tr("{wrong} of {n} were predicted as {other}.")
    return said.format(wrong=wrong, n=sum(confusion.counts[row]), other=confusion.classes[-other])


def find_missing_step(report: Report) -> str:
    """The next step of a job that is not through yet, by the code of its remedy; empty where nothing is missing."""
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
        return tr("Record sharper or closer images, or ask a part expert: no picked frame could be judged.")
    said = {
        "footage": tr("Import footage{remedy}."),
        "pick": tr("Pick frames{remedy}."),
        "labels": tr("Label the picked frames{remedy}."),
        "model": tr("Add a model{remedy}."),
        "benchmark": tr("Set a benchmark{remedy}."),
        "run": tr("Run the model on the picked frames{remedy}."),
        "model_check": tr("The measured score disagrees with the reference score. Check the preprocessing first{remedy}."),
    }
    return said[code].format(remedy=format_report_remedy(code))


def _list_verdict_steps(report: Report) -> tuple[str, ...]:
    gap = report.gap
    if gap.verdict == "not_comparable":
        return (_describe_step("model_check"),)
    if gap.verdict == "chosen_only":
        said = tr("Pick a random sample: frames selected as hard are not representative of the footage{remedy}.")
        return (said.format(remedy=format_report_remedy("pick")),)
    if gap.verdict == "not_enough":
        return (_describe_deciding_step(report),)
    if gap.verdict == "fail":
        return _list_collection_steps(report)
    return (tr("Log the model's predictions, and label a new sample after every change of light, part or camera."),)


def _describe_deciding_step(report: Report) -> str:
    gap = report.gap
    if gap.frames_to_decide is not None:
        return tr_plural(
            "Label about {n} more frame; this may decide.", "Label about {n} more frames; this may decide.", gap.frames_to_decide
        ).format(n=gap.frames_to_decide)
    if gap.why_not == "few_pictures":
        return tr("Add images to the benchmark: with so few, no number of labels decides this limit.")
    if gap.why_not == "undecidable":
        return tr("The gap is too close to the limit for labelling to decide. Record more clips, or improve the model.")
    return tr("Record more clips on other days and in other light: more labels on this footage will not decide.")


def _list_collection_steps(report: Report) -> tuple[str, ...]:
    """One step for each of the two worst findings: a condition can be changed on site, a class can only be collected."""
    of_light = tr("Fix the cause of “{name}” on site, or collect at least 200 distinct frames and retrain.")
    of_class = tr("Collect at least 200 distinct frames of “{name}” and retrain.")
    classes = {row.name for row in report.per_class}
    named_lines = [line.name for line in list_worst_slices(report) if line.name]
    steps = [(of_class if name in classes else of_light).format(name=name) for name in named_lines[:2]]
    if steps:
        return tuple(steps)
    return (tr("Find what the confident errors below have in common, collect at least 200 similar frames and retrain."),)


def _suggest_more_clips(report: Report) -> tuple[str, ...]:
    if 0 < report.field.n_clips < 8 and report.gap.why_not != "more_clips":
        return (tr("Record more clips on other days: they narrow the interval faster than more frames."),)
    return ()
