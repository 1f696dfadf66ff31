"""Texts about projects that are created, changed or checked, the plant's own figures, and undone
acts."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fieldcheck.domain.label import Label
from fieldcheck.domain.project_state import Changes, RowChange
from fieldcheck.domain.report import LIMITED_RATES, CostInterval, PlantFigures
from fieldcheck.errors.message_format import format_remedy
from fieldcheck.i18n import numbers
from fieldcheck.i18n.language import tr, tr_msgid, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_approximate,
    format_approximate_range,
    format_approximate_upper,
    format_as_entered,
)
from fieldcheck.project.limits import SetLimits
from fieldcheck.project.migrations import TABLES
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables.values import parse_boxes, parse_points

# Sentences about the plant's own figures, and what the escape rate and the false-reject rate mean
# with them.


def describe_plant_figures(figures: PlantFigures) -> str:
    """Plant figures as entered and by whom, in one sentence; empty where nothing is entered."""
    coin = figures.currency
    parts = (
        (figures.defect_ppm, tr("{n} ppm defective")),
        (figures.parts_per_day, tr("{n} parts per day")),
        (figures.cost_escape, tr("{n} {currency} per escape")),
        (figures.cost_reject, tr("{n} {currency} per false reject")),
    )
    entered = [
        text.format(n=format_as_entered(value), currency=coin).replace("  ", " ")
        for value, text in parts
        if value is not None
    ]
    if not entered:
        return ""
    owner = tr(" (entered by {who})", who=", ".join(figures.by)) if figures.by else ""
    return tr("Plant data: {figures}{who}.", figures=", ".join(entered), who=owner)


def describe_missing_figures(figures: PlantFigures) -> str:
    """Figures still to be entered before a cost is printed; empty where nothing is missing, or no
    price is entered."""
    if figures.cost_escape is None and figures.cost_reject is None:
        return ""
    wanted = (
        (figures.defect_ppm is None, tr("defect rate")),
        (figures.parts_per_day is None, tr("parts produced per day")),
        (not figures.currency, tr("currency")),
    )
    missing = [name for lacks, name in wanted if lacks]
    return tr("Costs require: {missing}.", missing=", ".join(missing)) if missing else ""


def format_ppm(cost_interval: CostInterval) -> str:
    """Parts per million with their range: `about 300 ppm (60–760)`."""
    if not cost_interval.value and cost_interval.hi:
        return tr(
            "none observed (upper limit {value} ppm)",
            value=format_approximate_upper(cost_interval.hi),
        )
    return tr(
        "about {value} ppm ({range})",
        value=format_approximate(cost_interval.value),
        range=format_approximate_range(cost_interval.lo, cost_interval.hi),
    )


def format_daily_cost(cost_interval: CostInterval, currency: str) -> str:
    """Cost a day with its range: `about 120 EUR a day (24–310)`."""
    if not cost_interval.value and cost_interval.hi:
        most = tr("none observed (upper limit {value} {currency} per day)")
        return most.format(value=format_approximate_upper(cost_interval.hi), currency=currency)
    span = format_approximate_range(cost_interval.lo, cost_interval.hi)
    return tr(
        "about {value} {currency} per day ({range})",
        value=format_approximate(cost_interval.value),
        currency=currency,
        range=span,
    )


def list_new_project_lines(path: str, model: str, n_benchmark: int) -> tuple[str, ...]:
    """A new project, and what it still needs."""
    lines = [tr("Project created: {path}", path=path)]
    lines.append(
        tr("Model: {name}", name=model)
        if model
        else tr("No model yet: add one{remedy}.", remedy=format_remedy("model"))
    )
    if n_benchmark:
        lines.append(
            tr_plural("Benchmark: {n} image", "Benchmark: {n} images", n_benchmark, n=n_benchmark)
        )
    else:
        lines.append(tr("No benchmark yet: set one{remedy}.", remedy=format_remedy("benchmark")))
    return tuple(lines)


def list_next_commands(path: str) -> tuple[str, ...]:
    """What to type after the frames were picked: label them in the window or in another tool, then
    run the model and export the report."""
    project = shlex.quote(path)
    return (
        tr(
            "Next, label the picked frames in the window: {command}",
            command=f"fieldcheck {project}",
        ),
        tr(
            "Or in another tool: {command}",
            command=f"fieldcheck label export {project} --as label-studio --out tasks/",
        ),
        tr(
            "Then: {command}",
            command=f"fieldcheck run {project} --on all && fieldcheck report {project}",
        ),
    )


def describe_added_model(name: str) -> str:
    """A model was added."""
    return tr("{name} is now the newest model of this project.", name=name)


def describe_added_benchmark(n: int, unmatched: Sequence[str]) -> str:
    """A benchmark was named; classes that the model does not know are listed."""
    text = tr_plural("Benchmark of {n} image.", "Benchmark of {n} images.", n, n=n)
    if unmatched:
        text += " " + tr("Unknown to the model: {names}.", names=", ".join(unmatched))
    return text


def describe_added_golden_set(name: str, n: int) -> str:
    """A golden set was named."""
    return tr_plural(
        "Golden set {name}: {n} image that must stay correct.",
        "Golden set {name}: {n} images that must stay correct.",
        n,
        name=name,
        n=n,
    )


def list_check_lines(
    ok: bool,
    n_problems: int,
    repaired: Sequence[str],
    taken_back: Sequence[tuple[str, int]] = (),
    backup: str = "",
) -> tuple[str, ...]:
    """The outcome of a check."""
    if ok:
        return (tr("No problems found."),)
    lines = [tr_plural("{n} problem found.", "{n} problems found.", n_problems, n=n_problems)]
    if repaired:
        lines.append(tr("Repaired: {what}", what="; ".join(repaired)))
    else:
        lines.append(
            tr(
                "No changes made. Some problems can be repaired{remedy}.",
                remedy=format_remedy("repair"),
            )
        )
    if taken_back:
        rows = ", ".join(f"{table} {n}" for table, n in taken_back)
        lines.append(
            tr(
                "Unreadable rows restored from backup {backup}; they may be outdated: {rows}.",
                backup=backup,
                rows=rows,
            )
        )
    return tuple(lines)


def list_report_lines(sentence: str, verdict: str, page: str, missing: str = "") -> tuple[str, ...]:
    """The gap in one sentence, the verdict with its reason, where the report lies, and what is done
    next, by the code of its remedy; empty for nothing."""
    lines = (sentence, verdict, tr("Report: {path}", path=page))
    return (
        (
            *lines,
            tr(
                "The report is incomplete. Do the next step{remedy}.", remedy=format_remedy(missing)
            ),
        )
        if missing
        else lines
    )


def describe_self_check(n_rooms: int, n_screens: int) -> str:
    """All rooms could be entered, and every screen could be built."""
    return tr(
        "Self-check passed: {n} modules, {screens} screens and the demo files are present.",
        n=n_rooms,
        screens=n_screens,
    )


def format_limit_owner(by: str, date: str, confirmed: bool = True) -> str:
    """Who set a limit and when, or that it is a default."""
    if not confirmed:
        return tr("default limit, not confirmed")
    return f"{by or tr('no name given')}, {date or tr('date unknown')}"


def list_new_limit_lines(limits: SetLimits) -> tuple[str, ...]:
    """The limits that a new project was given, or that they are still to be set."""
    if limits.gap.confirmed:
        return list_limit_lines(limits, (), False)[:-1]
    points = numbers.format_limit(limits.gap.tolerance)
    sentence = tr_points(
        "Gap limit not set: the default of {points} pp holds, not confirmed. Set limits{remedy}, "
        "now or later.",
        points,
    )
    first = sentence.format(points=points, remedy=format_remedy("limits"))
    return (first, *list_limit_lines(limits, (), False)[1:-1])


def list_limit_lines(limits: SetLimits, ok: Sequence[str], is_confirmed: bool) -> tuple[str, ...]:
    """The limits as they stand with who set each, and the classes that are OK."""
    gap, points = limits.gap, numbers.format_limit(limits.gap.tolerance)
    sentence = tr_points("Maximum gap: {points} pp ({decided}).", points)
    owner = format_limit_owner(gap.decided_by, gap.date, gap.confirmed)
    lines = [sentence.format(points=points, decided=owner)]
    names = {item.code: item.name for item in LIMITED_RATES}
    for rate in limits.rates:
        lines.append(
            tr(
                "{name}: at most {value} ({who}).",
                name=tr_msgid(names[rate.rate]),
                value=numbers.format_percent_limit(rate.limit),
                who=format_limit_owner(rate.by, rate.date),
            )
        )
    if limits.latency is not None:
        ms = limits.latency
        lines.append(
            tr(
                "Latency, 95th percentile: at most {ms} ms ({who}).",
                ms=format_as_entered(ms.ms),
                who=format_limit_owner(ms.by, ms.date),
            )
        )
    if not ok:
        return *lines, tr("No OK class set, so escape and false-reject rates are not computed.")
    text = (
        tr("OK classes: {classes}.")
        if is_confirmed
        else tr("OK classes, proposed from their names: {classes}.")
    )
    return *lines, text.format(classes=", ".join(ok))


# Undo summary: what an act that was undone or done again did to which frame: what the window says
# of it.

FRAME_COLUMNS = MappingProxyType({table.name: table.frame for table in TABLES if table.frame})
LABEL_TABLES = frozenset(table.name for table in TABLES if table.labels)


@dataclass(frozen=True, slots=True)
class UndoSummary:
    """`n_frames` frames were touched. Where it is one that is labelled or will be, `number` counts
    it as Label does, from 1. `labels`: what was said of it before and is said of it now, None where
    the act is none about labels or about several."""

    act: str
    n_frames: int
    number: int | None = None
    labels: tuple[Label | None, Label | None] | None = None


def load_undo_summary(project: Project, changes: Changes) -> UndoSummary:
    """Looks up the frames of an act that has just been turned."""
    of_frames = [turn for turn in changes.row_changes if turn.kind in FRAME_COLUMNS]
    names = list(dict.fromkeys(_get_frame_id(turn) for turn in of_frames))
    if len(names) != 1:
        return UndoSummary(changes.act, len(names))
    inside = [pick.frame_id for pick in project.read(picks_table.list_picks) if not pick.taken_out]
    number = inside.index(names[0]) + 1 if names[0] in inside else None
    row_change = next((turn for turn in of_frames if turn.kind in LABEL_TABLES), None)
    return UndoSummary(
        changes.act,
        1,
        number,
        (_parse_label(row_change.before), _parse_label(row_change.after))
        if row_change is not None
        else None,
    )


def _get_frame_id(turn: RowChange) -> str:
    values = turn.after or turn.before or {}
    return str(values.get(FRAME_COLUMNS[turn.kind]) or turn.key)


def _parse_label(values: Mapping[str, Any] | None) -> Label | None:
    if values is None or not values["state"]:
        return None
    return Label(
        values["frame_id"],
        values["state"],
        values["class_name"],
        parse_boxes(values["boxes"]),
        parse_points(values["points"]),
    )
