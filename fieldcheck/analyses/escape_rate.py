"""Escape rate and false-reject rate of the labelled frames or parts, parts per million and cost per
day (methods 1.2, 3.4), with the report section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.csv_json_xml import format_csv
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.report import (
    MILLION,
    CostInterval,
    Decision,
    EscapeRates,
    PartUnits,
    PlantConsequences,
    PlantFigures,
    RatedPart,
)
from fieldcheck.errors.message_format import format_report_remedy
from fieldcheck.footage.frame_listing import get_part_rule, load_parts
from fieldcheck.footage.messages import describe_part_call, describe_part_source
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_percent
from fieldcheck.models.evaluate import ClassJudgement, get_called_class
from fieldcheck.models.scored_sides import FieldSide, load_field_side
from fieldcheck.models.store import get_card, get_ok_classes
from fieldcheck.project.limits import get_plant_figures
from fieldcheck.project.messages import (
    describe_missing_figures,
    describe_plant_figures,
    format_daily_cost,
    format_ppm,
)
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.cluster import (
    compute_part_inclusion,
    compute_zero_bound,
    decide_parts,
    plan_clips_for_limit,
)
from fieldcheck.stats.weighted_field_score import compute_remaining_frames, estimate_weighted_share

# Parts as units of the escape and false-reject rate (methods 3.4): which are labelled, what the
# model decides on each, and what each stands for.

PART_COLUMNS = (
    "part", "clip_id", "frames", "answered", "labelled", "defect", "called_ng", "rejected", "weight"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartArrays:
    """The P labelled parts: `defect` by their labels, `called_defect` by the model's answers to all
    their frames, design `weight` and `clip`; and what is printed of them."""

    defect: NDArray[np.bool_]
    called_defect: NDArray[np.bool_]
    weight: NDArray[np.float64]
    clip: NDArray[np.str_]
    units: PartUnits


def load_part_arrays(
    project: Project, side: FieldSide, card: Card, ok: NDArray[np.int64]
) -> PartArrays | None:
    """Parts with a labelled frame of a draw. A frame without a part counts as a part of its own.

    Args:
        project: The open project.
        side: Picks with labels and answers; its judgement names one class a frame.
        card: The model's card.
        ok: Indices of the OK classes, (k,).

    Returns:
        None where frames carry no part, or no frame is labelled.
    """
    rule, named = get_part_rule(project), load_parts(project)
    counted = side.scores.weight[side.labelled] > 0
    if rule is None or not named or not isinstance(side.judgement, ClassJudgement):
        return None
    frame_ids = [side.picks[k].frame_id for k in side.labelled[counted].tolist()]
    if not frame_ids:
        return None
    part = np.array([named.get(name, name) for name in frame_ids])
    names, first, member = np.unique(part, return_index=True, return_inverse=True)
    frame_defect = ~np.isin(side.judgement.truth[counted], ok)
    defect = np.bincount(member, frame_defect, names.size) > 0
    frames = _list_part_frames(side, named, set(names.tolist()))
    called, n_called, n_answered = _decide_on_answers(side, card, ok, names, frames, rule)
    weight = 1 / _compute_inclusion(project, side, names, named)
    clip = side.sample.clip[side.labelled][counted][first]
    labelled = np.bincount(member, minlength=names.size)
    rows = tuple(
        RatedPart(*row)
        for row in zip(
            names.tolist(), clip.tolist(), (tuple(frames[name]) for name in names.tolist()),
            n_answered.tolist(), labelled.tolist(), defect.tolist(), n_called.tolist(),
            called.tolist(), weight.tolist(), strict=True,
        )
    )  # fmt: skip
    units = PartUnits(
        rule.source,
        rule.definition,
        rule.call,
        rule.least,
        len(set(named.values())),
        names.size,
        sum(map(len, frames.values())),
        int(n_answered.sum()),
        int(np.unique(clip[defect]).size),
        rows,
    )
    return PartArrays(defect, called, weight, clip, units)


def _list_part_frames(
    side: FieldSide, named: dict[str, str], wanted: set[str]
) -> dict[str, list[str]]:
    """Every listed frame of the wanted parts, by part, in list order."""
    frames: dict[str, list[str]] = {name: [] for name in wanted}
    for line in side.listing:
        frame_id = line.frame.frame_id
        part = named.get(frame_id, frame_id)
        if part in frames:
            frames[part].append(frame_id)
    return frames


def _decide_on_answers(
    side: FieldSide,
    card: Card,
    ok: NDArray[np.int64],
    names: NDArray[np.str_],
    frames: dict[str, list[str]],
    rule: PartRule,
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """(P,) whether the model rejects each part, by its answers to all its frames, as the line does;
    and how many frames it called defective, of how many that it answered."""
    rows = [
        (index, side.answers[frame_id].answer)
        for index, name in enumerate(names.tolist())
        for frame_id in frames[name]
        if frame_id in side.answers
    ]
    owner = np.array([index for index, _ in rows], np.int64)
    classes = [get_called_class(answer, card.class_thresholds)[0] for _, answer in rows]
    called = ~np.isin(np.array(classes, np.int64), ok)
    _, rejected = decide_parts(owner, called, rule.call, rule.least)
    n_called = np.bincount(owner, called, names.size).astype(np.int64)
    return rejected, n_called, np.bincount(owner, minlength=names.size)


def _compute_inclusion(
    project: Project, side: FieldSide, names: NDArray[np.str_], named: dict[str, str]
) -> NDArray[np.float64]:
    """(P,) chance that at least one frame of each part is among the labelled ones of the draws; of
    a part with one frame it is the frame's own, n_h/N_h."""
    strata = [name for name in side.sample.listed if _count_done(side, name)]
    members = np.zeros((names.size, len(strata)))
    row = {name: index for index, name in enumerate(names.tolist())}
    column = {name: index for index, name in enumerate(strata)}
    for draw in side.draws:
        for drawn in project.read(partial(labels_table.list_members, draw_id=draw.draw_id)):
            part = named.get(drawn.frame_id, drawn.frame_id)
            if part in row and drawn.stratum in column:
                members[row[part], column[drawn.stratum]] += 1
    sizes = [compute_remaining_frames(side.sample, name) for name in strata]
    return compute_part_inclusion(
        np.minimum(members, sizes), sizes, [_count_done(side, name) for name in strata]
    )


def _count_done(side: FieldSide, stratum: str) -> int:
    indices = side.labelled[side.scores.weight[side.labelled] > 0]
    return int((side.sample.stratum[indices] == stratum).sum())


def format_parts_csv(result: EscapeRates | None) -> str:
    """Formats `parts.csv`: a row for each labelled part; empty where frames carry none."""
    if result is None or result.parts is None:
        return ""
    return format_csv(PART_COLUMNS, [_build_part_row(part) for part in result.parts.rows])


def _build_part_row(part: RatedPart) -> Sequence[str | int | float | bool]:
    return (
        part.part, part.clip_id, "|".join(part.frames), part.answered, part.labelled, part.defect,
        part.called, part.rejected, part.weight,
    )  # fmt: skip


def build_escape_rate_section(report: Report) -> Section:
    """Both rates with their intervals and counts, or what is missing for them."""
    title, result = tr("Escapes and false rejects"), ANALYSIS.get_result(report)
    if result is None:
        sentence = tr(
            "Not measured: no class is marked OK, or the model does not output one class per "
            "frame{remedy}."
        )
        return Section(
            "inspection",
            title,
            title,
            (Paragraph(sentence.format(remedy=format_report_remedy("limits")), quiet=True),),
        )
    ranges = (Cell(tr("this footage"), figure=True), Cell(tr("these cameras"), figure=True))
    heads = (Cell(tr("Rate"), head=True), Cell("n", figure=True), *ranges)
    rows = (
        _build_rate_row(
            tr("Escape rate (parts with a defect passed as OK)")
            if result.parts
            else tr("Escape rate (frames with a defect passed as OK)"),
            result.defects,
            result.escape,
            result.escape_cameras,
        ),
        _build_rate_row(
            tr("False-reject rate (good parts rejected)")
            if result.parts
            else tr("False-reject rate (frames of good parts rejected)"),
            result.good,
            result.false_reject,
            result.false_reject_cameras,
        ),
    )
    table = Table(tr("Weighted as in the main result"), heads, rows)
    return Section(
        "inspection",
        title,
        title,
        (table, *(Paragraph(line) for line in _list_rate_notes(result, _get_escape_limit(report)))),
    )


def _build_rate_row(name: str, n: int, footage: Estimate, cameras: Estimate) -> tuple[Cell, ...]:
    return (
        Cell(name, head=True),
        Cell(str(n), figure=True),
        Cell(_format_rate(footage), figure=True),
        Cell(_format_rate(cameras), figure=True),
    )


def _format_rate(estimate: Estimate) -> str:
    if not estimate.measured:
        return tr("too few")
    return names_and_numbers.format_counted_rate(estimate)


def _describe_needed_clips(limit: float) -> str:
    """What an escape limit asks for at the least."""
    clips = plan_clips_for_limit(limit)
    figures = {"limit": format_percent(limit, 1), "clips": clips}
    if clips is None:
        sentence = tr("An escape limit of {limit} cannot be demonstrated with 200 clips.")
    else:
        sentence = tr(
            "Demonstrating an escape limit of {limit} requires at least {clips} equally "
            "weighted clips with defects and no escape."
        )
    return sentence.format(**figures)


def _get_escape_limit(report: Report) -> float | None:
    decision = report.results.get("decision")
    limits = decision.limits if isinstance(decision, Decision) else ()
    return next((limit.limit for limit in limits if limit.rate == "escape_rate"), None)


def _list_rate_notes(escape_rates: EscapeRates, limit: float | None) -> list[str]:
    classes = ", ".join(escape_rates.ok_classes)
    sentence = (
        tr("OK classes: {classes}.")
        if escape_rates.told
        else tr("OK classes, proposed from their names: {classes}.")
    )
    lines = [
        sentence.format(classes=classes),
        describe_rate_counts(escape_rates),
        *list_part_notes(escape_rates),
    ]
    if limit is not None:
        lines.append(_describe_needed_clips(limit))
    return lines + _list_plant_consequences(escape_rates)


def describe_rate_counts(escape_rates: EscapeRates) -> str:
    """How many escaped and were rejected, of how many labelled parts or frames."""
    counts = (
        tr(
            "Escapes: {escaped} of {defects} labelled parts with a defect; false rejects: "
            "{rejected} of {good} labelled good parts."
        )
        if escape_rates.parts
        else tr(
            "Escapes: {escaped} of {defects} labelled frames that show a defect; false rejects: "
            "{rejected} of {good} labelled frames that show a good part."
        )
    )
    return counts.format(
        escaped=escape_rates.escaped,
        defects=escape_rates.defects,
        rejected=escape_rates.rejected,
        good=escape_rates.good,
    )


def describe_part_rates(escape_rates: EscapeRates) -> tuple[str, ...]:
    """Both rates by part with their intervals for other clips of the cameras, and their counts."""
    named = (
        (tr("Escape rate by part: {rate}."), escape_rates.escape_cameras),
        (tr("False-reject rate by part: {rate}."), escape_rates.false_reject_cameras),
    )
    rates = tuple(text.format(rate=_format_rate(estimate)) for text, estimate in named)
    return (*rates, describe_rate_counts(escape_rates), *list_part_notes(escape_rates)[2:])


def list_part_notes(escape_rates: EscapeRates) -> list[str]:
    """What parts are, what the model decided them by, and what no escape excludes; nothing where
    frames are counted."""
    units = escape_rates.parts
    if units is None:
        return []
    listed = tr_plural(
        "{n} labelled part of {listed} in this footage ({source}).",
        "{n} labelled parts of {listed} in this footage ({source}).",
        units.n_labelled,
    )
    rule = PartRule(units.source, units.definition, call=units.call, least=units.least)
    source = describe_part_source(rule)
    lines = [
        listed.format(n=units.n_labelled, listed=units.n_listed, source=source),
        describe_part_call(rule),
    ]
    if units.n_answered < units.n_frames:
        missing = (
            tr(
                "Decisions rest on predictions of {answered} of the {frames} frames of these "
                "parts: with the others escapes can only fall and false rejects only rise."
            )
            if units.call == "any"
            else tr(
                "Decisions rest on predictions of {answered} of the {frames} frames of these parts."
            )
        )
        lines.append(missing.format(answered=units.n_answered, frames=units.n_frames))
    if escape_rates.escape_below is not None:
        bound = tr(
            "No labelled part with a defect escaped ({n} parts in {clips} clips): an escape rate "
            "above {bound} is excluded with 95% confidence (one-sided) for these cameras."
        )
        lines.append(
            bound.format(
                n=escape_rates.defects,
                clips=units.defect_clips,
                bound=format_percent(escape_rates.escape_below, 1),
            )
        )
    return lines


def _list_plant_consequences(escape_rates: EscapeRates) -> list[str]:
    """Parts per million and cost a day, with whose figures they rest on; nothing where the plant
    entered none."""
    if escape_rates.plant is None:
        return []
    plant, figures = escape_rates.plant, escape_rates.plant.figures
    measured = [
        (
            plant.escaped_ppm,
            tr("Escapes per parts produced: {ppm}."),
            tr("Escapes cost {cost}."),
            plant.escape_cost,
        ),
        (
            plant.rejected_ppm,
            tr("False rejects per parts produced: {ppm}."),
            tr("False rejects cost {cost}."),
            plant.reject_cost,
        ),
    ]
    lines = [describe_plant_figures(figures), describe_missing_figures(figures)]
    for ppm, of_million, a_day, cost in measured:
        if ppm is not None:
            lines.append(of_million.format(ppm=format_ppm(ppm)))
        if cost is not None:
            lines.append(a_day.format(cost=format_daily_cost(cost, figures.currency)))
    if figures.defect_ppm and escape_rates.defects < FEW_FRAMES:
        few = tr_plural(
            "No ppm or cost of escapes: {n} labelled defect is too few.",
            "No ppm or cost of escapes: {n} labelled defects are too few.",
            escape_rates.defects,
        )
        lines.append(few.format(n=escape_rates.defects))
    if figures.defect_ppm is not None and escape_rates.good < FEW_FRAMES:
        few = tr_plural(
            "No ppm or cost of false rejects: {n} labelled good part is too few.",
            "No ppm or cost of false rejects: {n} labelled good parts are too few.",
            escape_rates.good,
        )
        lines.append(few.format(n=escape_rates.good))
    return [line for line in (*lines, _describe_interval_scope(plant)) if line]


def _describe_interval_scope(plant: PlantConsequences) -> str:
    """Meaning of the ranges: the interval is the rate's alone, and what it holds for."""
    shown: list[CostInterval] = [
        cost
        for cost in (plant.escaped_ppm, plant.rejected_ppm, plant.escape_cost, plant.reject_cost)
        if cost is not None
    ]
    if not shown:
        return ""
    bases = {cost_interval.basis for cost_interval in shown}
    if bases == {"footage"}:
        return tr("95% CI for this footage; the plant's own values are taken as exact.")
    if "footage" in bases:
        return tr(
            "95% CI for this footage where fewer than three clips show such parts, else for other "
            "clips of these cameras; the plant's own values are taken as exact."
        )
    return tr("95% CI for other clips of these cameras; the plant's own values are taken as exact.")


# OK/NG inspection: escape rate and false-reject rate, with exact limits where every frame weighs
# the same (methods 1.2, 1.2b).


def compute_escape_rates(
    defect: NDArray[np.bool_],
    called_defect: NDArray[np.bool_],
    weight: NDArray[np.float64],
    clip: NDArray[np.str_],
    ok_classes: tuple[str, ...],
    is_stated: bool,
) -> EscapeRates:
    """Escape and false-reject rate of n labelled frames; all arrays (n,).

    `defect`: the label is no OK class; `called_defect`: the model names none; `weight`: design
    weights; `clip`: ids.
    """
    escaped, rejected = defect & ~called_defect, ~defect & called_defect
    return EscapeRates(
        ok_classes=ok_classes,
        told=is_stated,
        escape=_estimate_rate(escaped[defect], weight[defect]),
        escape_cameras=estimate_camera_interval(escaped[defect], weight[defect], clip[defect]),
        escaped=int(escaped.sum()),
        defects=int(defect.sum()),
        false_reject=_estimate_rate(rejected[~defect], weight[~defect]),
        false_reject_cameras=estimate_camera_interval(
            rejected[~defect], weight[~defect], clip[~defect]
        ),
        rejected=int(rejected.sum()),
        good=int((~defect).sum()),
    )


def estimate_exact(hits: int, n: int) -> Estimate:
    """Clopper–Pearson limits of `hits` of `n`: at least 95 % whatever the rate. No frames give
    "na"."""
    if n <= 0:
        return Estimate.not_measured("no_labels")
    lo = float(scipy.special.betaincinv(hits, n - hits + 1, 0.025)) if hits else 0.0
    hi = float(scipy.special.betaincinv(hits + 1, n - hits, 0.975)) if hits < n else 1.0
    return Estimate.from_limits(hits / n, lo, hi, n=n, n_eff=float(n), method="clopper_pearson")


def _estimate_rate(hit: NDArray[np.bool_], weight: NDArray[np.float64]) -> Estimate:
    """(k,) hits with (k,) weights as a rate of this footage: exact where all weights are alike,
    Wilson's with the weights else."""
    if hit.size == 0 or np.allclose(weight, weight[0]):
        return estimate_exact(int(hit.sum()), hit.size)
    return estimate_weighted_share(hit.astype(np.float64), weight)


# Parts per million and cost a day: a measured rate times the plant's own figures, its interval
# carried through (methods 1.2c).


def compute_plant_consequences(
    rates: EscapeRates, figures: PlantFigures
) -> PlantConsequences | None:
    """Escapes and false rejects in ppm and cost a day by the plant's figures; None where none of
    those is entered.

    The interval is that of other clips of the cameras where there is one, since parts made tomorrow
    are not in this footage.
    """
    if figures == PlantFigures():
        return None
    defective, good = figures.shares
    parts = figures.parts_per_day if figures.currency else None
    passed, thrown = (
        (rates.escape, rates.escape_cameras),
        (rates.false_reject, rates.false_reject_cameras),
    )
    return PlantConsequences(
        figures,
        escaped_ppm=scale_rate(*passed, defective, MILLION),
        rejected_ppm=scale_rate(*thrown, good, MILLION),
        escape_cost=scale_rate(*passed, defective, parts, figures.cost_escape),
        reject_cost=scale_rate(*thrown, good, parts, figures.cost_reject),
    )


def scale_rate(footage: Estimate, cameras: Estimate, *factors: float | None) -> CostInterval | None:
    """The rate and its limits times all factors, which are taken as exact; None for one that is
    missing or zero, and for too few frames."""
    rate = cameras if cameras.measured else footage
    product = 1.0
    for factor in factors:
        product *= factor or 0.0
    if not product or not rate.measured or rate.n < FEW_FRAMES:
        return None
    return CostInterval(
        rate.value * product, rate.lo * product, rate.hi * product, rate.n,
        "cameras" if rate is cameras else "footage"
    )  # fmt: skip


# Escape and false-reject rates of a project's labelled frames, for models that name one class a
# frame and know which of them are
# OK.


def load_escape_rates(project: Project) -> EscapeRates | None:
    """None where no class is OK, nothing is drawn, or the model gives something else than one class
    a frame."""
    models = project.read(models_table.list_models)
    names, is_stated = get_ok_classes(project)
    if not models or not names:
        return None
    card, side = get_card(models[-1]), load_field_side(project, models[-1])
    ok = np.array([index for index, name in enumerate(card.classes) if name in names])
    by_part = load_part_arrays(project, side, card, ok)
    if by_part is not None:
        return _add_plant(project, compute_part_rates(by_part, names, is_stated))
    weight = side.scores.weight[side.labelled]
    counted = weight > 0
    if not isinstance(side.judgement, ClassJudgement) or not counted.any():
        return None
    escape_rates = compute_escape_rates(
        ~np.isin(side.judgement.truth[counted], ok),
        ~np.isin(side.judgement.predicted[counted], ok),
        weight[counted],
        side.sample.clip[side.labelled][counted],
        names,
        is_stated,
    )
    return _add_plant(project, escape_rates)


def compute_part_rates(by_part: PartArrays, names: tuple[str, ...], is_stated: bool) -> EscapeRates:
    """The rates with parts as units, and what no escape excludes (methods 3.4)."""
    escape_rates = compute_escape_rates(
        by_part.defect, by_part.called_defect, by_part.weight, by_part.clip, names, is_stated
    )
    defect = by_part.defect
    bound = (
        compute_zero_bound(by_part.weight[defect], by_part.clip[defect])
        if defect.any() and not escape_rates.escaped
        else None
    )
    return replace(escape_rates, parts=by_part.units, escape_below=bound, parts_reason="")


def _add_plant(project: Project, escape_rates: EscapeRates) -> EscapeRates:
    return replace(
        escape_rates, plant=compute_plant_consequences(escape_rates, get_plant_figures(project))
    )


ANALYSIS: Analysis[EscapeRates] = Analysis(
    key="inspection",
    result=EscapeRates,
    compute=load_escape_rates,
    report_section=build_escape_rate_section,
    sheets={"parts.csv": lambda report: format_parts_csv(ANALYSIS.get_result(report))},
)
