"""Findings of the first page, in lines: where the model fails most, what to do first, what was tested. Nothing is computed here."""

from __future__ import annotations

from fieldcheck.domain.decision import Decision, ReportedFinding
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.report import code_names as named
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, FindingCard, FindingCards, Lines, ListLine, Paragraph
from fieldcheck.report.gallery import picture
from fieldcheck.report.report import Report, Visit
from fieldcheck.report.tiles import decision_of
from fieldcheck.timestamp import local
from fieldcheck.words.figures import points, points_interval
from fieldcheck.words.language import plural, text
from fieldcheck.words.remedies import on_paper

MOST = 3  # lines a list of the first page


def fails_most(report: Report) -> tuple[ListLine, ...]:
    """Blind spots first, then classes whose whole range lies below the score of all frames; never on a value alone (methods 0)."""
    found = [
        (row.estimate, named.slice_value(row.key, row.value, report.clip_names)) for row in report.slices or () if row.flag == "blind_spot"
    ]
    spots = {name for _, name in found}
    found.sort(key=_worst_first)
    classes = [
        (row.recall, row.name) for row in report.per_class if _stands_out(row.recall, report.field.footage) and row.name not in spots
    ]
    lines = [ListLine("▲", name, _right(estimate)) for estimate, name in found]
    for estimate, name in sorted(classes, key=_worst_first):
        lines.append(ListLine("▲", name, " ".join(part for part in (_right(estimate), _called(report, name)) if part)))
    if lines:
        return tuple(lines[:MOST])
    if not report.field.footage.measured:
        return (ListLine("–", "", text("No labelled frame has a prediction yet.")),)
    return (ListLine("–", "", text("No class and no slice demonstrated below the rest.")),)


def where_it_fails(report: Report) -> tuple[Block, ...]:
    """Independent findings with a picture each, and how often one would be missed; without their facts the lines of `fails_most`."""
    decision = decision_of(report)
    if decision is None:
        return (Lines(fails_most(report)),)
    blocks: list[Block] = []
    if decision.findings:
        blocks.append(FindingCards(tuple(_card(report, one) for one in decision.findings)))
    if not any(one.demonstrated for one in decision.findings):
        blocks.append(Paragraph(_none_demonstrated(decision)))
    return tuple(blocks)


def _card(report: Report, one: ReportedFinding) -> FindingCard:
    word = text("demonstrated") if one.demonstrated else text("suspected, not demonstrated")
    behind = text("{points} pp below the rest ({range})") if one.difference.measured else text("{points} pp below the rest")
    apart = behind.format(points=points(one.difference.value), range=points_interval(one.difference) if one.difference.measured else "")
    clips = plural("{n} clip", "{n} clips", one.clips).format(n=one.clips)
    here = text("Accuracy on this footage {value}, {clips}.").format(value=number_format.whole(one.estimate), clips=clips)
    lines = [f"{word}: {apart}.", here]
    lines += _overlaps(report, one)
    shown = next((frame for frame in report.pictures if frame.frame_id == one.pictured), None)
    sign = "▲" if one.demonstrated else "△"
    name = f"{named.slice_value(one.key, one.value, report.clip_names)} ({named.slice_kind(one.key)})"
    return FindingCard(sign, name, tuple(lines), None if shown is None else picture(shown, report.clip_names))


def _overlaps(report: Report, one: ReportedFinding) -> list[str]:
    """The slices that are the same finding: the two that share most of it."""
    most = sorted(one.overlaps, key=lambda other: -other.shared)[:2]
    said = text("{shared} of {n} frames are also “{name}”.")
    return [said.format(shared=other.shared, n=one.n, name=named.slice_value(other.key, other.value, report.clip_names)) for other in most]


def _none_demonstrated(decision: Decision) -> str:
    said = text("No blind spot of 20 pp demonstrated.")
    rate = decision.miss_rate
    if rate is None:
        return said + " " + text("No slice has the required ten frames from three clips.")
    missed = text("A blind spot in a slice of {n} frames would be missed in about {missed} of 10 visits like this one.")
    return said + " " + missed.format(n=rate.n, missed=round(10 * rate.missed))


def first_steps(report: Report) -> tuple[str, ...]:
    """Next steps, the most urgent first."""
    lacks = missing(report)
    return (_step(lacks),) if lacks else tuple([*_by_verdict(report), *_more_clips(report)][:MOST])


def what_was_tested(visit: Visit) -> tuple[tuple[str, str], ...]:
    """When, where, in which light and how much."""
    when = " – ".join(dict.fromkeys(number_format.moment(local(at).isoformat()) for at in (visit.first_at, visit.last_at) if at))
    light = ", ".join(f"{named.condition(name)} {n}" for name, n in visit.conditions)
    amount = text("{duration}, {clips}, {frames} sampled").format(
        duration=number_format.duration(visit.seconds),
        clips=plural("{n} clip", "{n} clips", visit.n_clips).format(n=visit.n_clips),
        frames=number_format.frames(visit.n_frames_listed),
    )
    return (
        (text("Date and time"), when or text("unknown")),
        (text("Location"), ", ".join(visit.locations) or text("unknown")),
        (text("Cameras"), ", ".join(visit.cameras) or text("unknown")),
        (text("Conditions (several may apply)"), light or text("unknown")),
        (text("Footage"), amount),
        (text("Labelled"), number_format.frames(visit.n_labelled)),
    )


def _worst_first(found: tuple[Estimate, str]) -> float:
    return found[0].value


def _stands_out(part: Estimate, whole: Estimate) -> bool:
    return part.measured and whole.measured and part.n >= FEW_FRAMES and part.hi < whole.value


def _right(estimate: Estimate) -> str:
    return text("{value} correct ({range}, n = {n}).").format(
        value=number_format.value(estimate), range=number_format.span(estimate), n=estimate.n
    )


def _called(report: Report, name: str) -> str:
    """What the model most often said instead."""
    confusion = report.confusion
    if confusion is None or name not in confusion.classes:
        return ""
    row = confusion.classes.index(name)
    wrong, other = max((n, -column) for column, n in enumerate(confusion.counts[row]) if column != row)
    if wrong < 2:
        return ""
    said = text("{wrong} of {n} were predicted as {other}.")
    return said.format(wrong=wrong, n=sum(confusion.counts[row]), other=confusion.classes[-other])


def missing(report: Report) -> str:
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


def _step(code: str) -> str:
    if code == "unsure":
        return text("Record sharper or closer images, or ask a part expert: no picked frame could be judged.")
    said = {
        "footage": text("Import footage{remedy}."),
        "pick": text("Pick frames{remedy}."),
        "labels": text("Label the picked frames{remedy}."),
        "model": text("Add a model{remedy}."),
        "benchmark": text("Set a benchmark{remedy}."),
        "run": text("Run the model on the picked frames{remedy}."),
        "model_check": text("The measured score disagrees with the reference score. Check the preprocessing first{remedy}."),
    }
    return said[code].format(remedy=on_paper(code))


def _by_verdict(report: Report) -> tuple[str, ...]:
    gap = report.gap
    if gap.verdict == "not_comparable":
        return (_step("model_check"),)
    if gap.verdict == "chosen_only":
        said = text("Pick a random sample: frames selected as hard are not representative of the footage{remedy}.")
        return (said.format(remedy=on_paper("pick")),)
    if gap.verdict == "not_enough":
        return (_decide(report),)
    if gap.verdict == "fail":
        return _collect(report)
    return (text("Log the model's predictions, and label a new sample after every change of light, part or camera."),)


def _decide(report: Report) -> str:
    gap = report.gap
    if gap.frames_to_decide is not None:
        return plural(
            "Label about {n} more frame; this may decide.", "Label about {n} more frames; this may decide.", gap.frames_to_decide
        ).format(n=gap.frames_to_decide)
    if gap.why_not == "few_pictures":
        return text("Add images to the benchmark: with so few, no number of labels decides this limit.")
    if gap.why_not == "undecidable":
        return text("The gap is too close to the limit for labelling to decide. Record more clips, or improve the model.")
    return text("Record more clips on other days and in other light: more labels on this footage will not decide.")


def _collect(report: Report) -> tuple[str, ...]:
    """One step for each of the two worst findings: a condition can be changed on site, a class can only be collected."""
    of_light = text("Fix the cause of “{name}” on site, or collect at least 200 distinct frames and retrain.")
    of_class = text("Collect at least 200 distinct frames of “{name}” and retrain.")
    classes = {row.name for row in report.per_class}
    named_lines = [line.name for line in fails_most(report) if line.name]
    steps = [(of_class if name in classes else of_light).format(name=name) for name in named_lines[:2]]
    if steps:
        return tuple(steps)
    return (text("Find what the confident errors below have in common, collect at least 200 similar frames and retrain."),)


def _more_clips(report: Report) -> tuple[str, ...]:
    if 0 < report.field.n_clips < 8 and report.gap.why_not != "more_clips":
        return (text("Record more clips on other days: they narrow the interval faster than more frames."),)
    return ()
