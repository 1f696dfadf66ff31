"""Decomposition of the gap into class mix, image quality and remainder by Shapley values (methods
11.2), with the report section."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.analyses.shared_classes import load_compared_sides
from fieldcheck.corruptions.match_field import get_match
from fieldcheck.corruptions.messages import get_corruption_name
from fieldcheck.corruptions.sweep_scores import get_newest_seed, list_swept_severities, load_cell
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.robustness import CandidateCorruption
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.message_format import format_report_remedy
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import (
    format_number,
    format_points,
    format_points_interval,
    format_points_range,
)
from fieldcheck.models.evaluate import ClassJudgement, evaluate_classes
from fieldcheck.models.scored_sides import BOOTSTRAP_SEED, BenchmarkSide, FieldSide
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.bootstrap_draw import percentile_limits
from fieldcheck.stats.camera_interval import FEW_CLIPS, FEWEST_CLIPS

# Decomposition of the gap: how much of it the class mix, the image quality and everything else
# make.

NotEstimated = Literal["", "not_compared", "no_match", "not_swept"]


@dataclass(frozen=True, slots=True)
class GapPart:
    """`estimate`: the average of both orders in which mix and quality can be changed; `first`,
    `second`: what each order gives."""

    estimate: Estimate
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Parts that add up to the gap `total`, benchmark − field over the classes of both sides.
    `quality` is None where nobody asked which corruption the field looks like, no single one is
    named, or it was not swept on the benchmark (`reason`); `remainder` then holds it. `corruption`
    at `severity` stands for the field's image quality.

    `absent`: what frames of `absent_classes`, which the benchmark does not contain, add beside the
    gap; None without such frames. `weak_classes`: with fewer than 20 benchmark pictures, taken to
    be as the whole benchmark.
    """

    total: float
    mix: GapPart
    quality: GapPart | None
    remainder: Estimate
    reason: NotEstimated
    corruption: str
    severity: float
    absent: Estimate | None
    absent_classes: tuple[str, ...]
    weak_classes: tuple[str, ...]


Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RESAMPLES = 1000
ENOUGH_OF_A_CLASS = 20  # benchmark pictures; a smaller class is taken to be as the whole benchmark


@dataclass(frozen=True, slots=True, eq=False)
class BenchmarkAnswers:
    """Pictures of the benchmark, each (n,): class index `truth`, `right` bool, and `drop`, right −
    right under the matched corruption, in [−1, 1] (fractions between two severities), NaN where
    that was not asked."""

    truth: NDArray[np.int64]
    right: Bools
    drop: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FieldAnswers:
    """Labelled frames of the draw, each (m,): class index `truth`, `right` bool, `weight` > 0 and
    `clip` ids; `shared` bool: of a class that the benchmark contains."""

    truth: NDArray[np.int64]
    right: Bools
    weight: Floats
    clip: NDArray[np.generic]
    shared: Bools


@dataclass(frozen=True, slots=True, eq=False)
class GapBars:
    """Bars of one or many gaps, each (...): `mix` and `quality` in the two orders, and the
    remainder."""

    mix: tuple[Floats, Floats]
    quality: tuple[Floats, Floats]
    remainder: Floats


def compute_gap_bars(
    share_b: Floats, share_f: Floats, accuracy: Floats, filled: Floats, drop: Floats, field: Floats
) -> GapBars:
    """Gap bars from (..., K) shares of the classes on benchmark and field, `accuracy` of each on
    the benchmark, `filled` the same with small classes replaced, `drop` of each under the matched
    corruption, and (...) the field's score. In either order they add up."""
    clean, clean_mix = (share_b * accuracy).sum(axis=-1), (share_f * filled).sum(axis=-1)
    harm, harm_mix = (share_b * drop).sum(axis=-1), (share_f * drop).sum(axis=-1)
    mix = clean - clean_mix
    return GapBars((mix, mix - harm + harm_mix), (harm_mix, harm), clean_mix - harm_mix - field)


def decompose_gap(
    benchmark: BenchmarkAnswers,
    field: FieldAnswers,
    classes: Sequence[str],
    reason: NotEstimated,
    corruption: str,
    severity: float,
    seed: int,
) -> Decomposition:
    """Parts of the gap with limits by bootstrap of field clips × benchmark pictures; n ≥ 1
    pictures, m ≥ 1 frames of a shared class.

    `reason`: why the quality is not estimated, empty where it is. Below three clips the parts have
    no limits.
    """
    k, counts = len(classes), np.bincount(benchmark.truth, minlength=len(classes))
    small = counts < ENOUGH_OF_A_CLASS
    is_known = np.isfinite(benchmark.drop)
    few_swept = np.bincount(benchmark.truth[is_known], minlength=k) < ENOUGH_OF_A_CLASS
    bars = _compute_bars(
        *_sum_benchmark(benchmark, k, None), *_sum_field(field, k, None), small, few_swept
    )
    rng = np.random.default_rng(seed)
    drawn = _compute_bars(
        *_sum_benchmark(benchmark, k, rng), *_sum_field(field, k, rng), small, few_swept
    )
    clips, n = np.unique(field.clip[field.shared]).size, int(field.shared.sum())
    is_small_class = field.shared & small[field.truth]
    weak = tuple(classes[index] for index in np.unique(field.truth[is_small_class]).tolist())

    def make_part(value: Floats, resampled: Floats) -> Estimate:
        return _estimate_percentile_limits(float(value[0]), resampled, n, clips, bool(weak))

    mix, quality = (
        GapPart(make_part((a + b) / 2, (c + d) / 2), float(a[0]), float(b[0]))
        for (a, b), (c, d) in _make_bar_pairs(bars, drawn)
    )
    total = bars.mix[0] + bars.quality[0] + bars.remainder
    return Decomposition(
        total=float(total[0]),
        mix=mix,
        quality=None if reason else quality,
        remainder=make_part(bars.remainder, drawn.remainder),
        reason=reason,
        corruption=corruption,
        severity=severity,
        absent=_estimate_absent_classes(benchmark, field, seed),
        absent_classes=tuple(
            classes[index] for index in np.unique(field.truth[~field.shared]).tolist()
        ),
        weak_classes=weak,
    )


def _make_bar_pairs(
    bars: GapBars, drawn: GapBars
) -> tuple[tuple[tuple[Floats, Floats], tuple[Floats, Floats]], ...]:
    return (bars.mix, drawn.mix), (bars.quality, drawn.quality)


def _compute_bars(
    counts: Floats,
    right: Floats,
    swept: Floats,
    dropped: Floats,
    weight: Floats,
    score: Floats,
    small: Bools,
    few: Bools,
) -> GapBars:
    """Bars from sums by class, (b, K) each, and the field's score (b,)."""
    overall = (right.sum(axis=1) / counts.sum(axis=1))[:, None]
    harm = _divide_or_zero(dropped.sum(axis=1), swept.sum(axis=1))[:, None]
    accuracy = np.where(counts > 0, _divide_or_zero(right, counts), overall)
    drop = np.where(few | (swept == 0), harm, _divide_or_zero(dropped, swept))
    shares = counts / counts.sum(axis=1, keepdims=True), weight / weight.sum(axis=1, keepdims=True)
    return compute_gap_bars(*shares, accuracy, np.where(small, overall, accuracy), drop, score)


def _sum_benchmark(
    answers: BenchmarkAnswers, k: int, rng: np.random.Generator | None
) -> tuple[Floats, Floats, Floats, Floats]:
    """(b, K) pictures, right ones, those asked under the corruption, and their drops; b = 1 as it
    is, else 1,000 resamples.

    Pictures of one class and outcome are alike, so a resample of them is a multinomial draw of how
    many there are of each kind.
    """
    is_known = np.isfinite(answers.drop)
    kinds, n = np.unique(
        np.stack(
            [answers.truth, answers.right, is_known, np.where(is_known, answers.drop, 0.0)], axis=1
        ),
        axis=0,
        return_counts=True,
    )
    drawn = (
        n[None].astype(np.float64)
        if rng is None
        else rng.multinomial(n.sum(), n / n.sum(), RESAMPLES).astype(np.float64)
    )
    names, starts = np.unique(kinds[:, 0].astype(np.int64), return_index=True)
    sums = []
    for value in (np.ones(len(kinds)), kinds[:, 1], kinds[:, 2], kinds[:, 3]):
        table = np.zeros((len(drawn), k))
        table[:, names] = np.add.reduceat(drawn * value, starts, axis=1)
        sums.append(table)
    return sums[0], sums[1], sums[2], sums[3]


def _sum_field(
    answers: FieldAnswers, k: int, rng: np.random.Generator | None
) -> tuple[Floats, Floats]:
    """(b, K) weight of each shared class and (b,) score over them; b as above, whole clips
    resampled. One that draws nothing is left as it is."""
    own = answers.shared
    names, member = np.unique(answers.clip[own], return_inverse=True)
    weight = np.zeros((names.size, k))
    np.add.at(weight, (member, answers.truth[own]), answers.weight[own])
    right = np.bincount(
        member, weights=answers.weight[own] * answers.right[own], minlength=names.size
    )
    drawn = (
        np.ones((1, names.size))
        if rng is None
        else rng.multinomial(names.size, np.full(names.size, 1 / names.size), RESAMPLES)
    )
    by_class = drawn @ weight
    return np.asarray(by_class, np.float64), np.asarray(
        drawn @ right / by_class.sum(axis=1), np.float64
    )


def _estimate_absent_classes(
    benchmark: BenchmarkAnswers, field: FieldAnswers, seed: int
) -> Estimate | None:
    """Share of the frames of absent classes times how much worse they are than the benchmark."""
    if field.shared.all():
        return None
    names, member = np.unique(field.clip, return_inverse=True)
    absent, wrong = ~field.shared, ~field.right
    score = float(benchmark.right.mean())
    every = np.bincount(member, weights=field.weight, minlength=names.size)
    extra = np.bincount(
        member, weights=field.weight * absent * (score - 1 + wrong), minlength=names.size
    )
    drawn = np.random.default_rng(seed).multinomial(
        names.size, np.full(names.size, 1 / names.size), RESAMPLES
    )
    return _estimate_percentile_limits(
        float(extra.sum() / every.sum()),
        drawn @ extra / (drawn @ every),
        int(absent.sum()),
        names.size,
        weak=False,
    )


def _estimate_percentile_limits(
    value: float, drawn: Floats, n: int, clips: int, weak: bool
) -> Estimate:
    """Percentile limits, both arms widened for few clips."""
    if clips < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", n, value)
    lo, hi = percentile_limits(drawn[np.isfinite(drawn)])
    wider = sqrt(clips / (clips - 1))
    estimate = Estimate.from_limits(
        value,
        value - wider * (value - lo),
        value + wider * (hi - value),
        n=n,
        n_eff=float(clips),
        method="bootstrap_clips",
    )
    estimate = estimate.with_weak_status("few_clips") if clips < FEW_CLIPS else estimate
    return estimate.with_weak_status("few_in_class") if weak else estimate


def _divide_or_zero(part: Floats, whole: Floats) -> Floats:
    """part / whole, 0 where there is no whole."""
    return np.asarray(
        np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0)
    )


# Where the gap of a project comes from: its parts, from both sides, the corruption that its field
# looks like, and the sweep.


def compute_decomposition(project: Project) -> Decomposition | None:
    """None where there is no gap, or a model does not name one class a frame."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return None
    card, sides = get_card(model), load_compared_sides(project, model)
    benchmark, field = sides.benchmark, sides.field_all
    drawn = field.scores.weight[field.labelled] > 0
    if (
        benchmark is None
        or not benchmark.score.measured
        or not isinstance(benchmark.judgement, ClassJudgement)
        or not drawn.any()
    ):
        return None
    frames = _build_field_answers(
        field,
        sides.benchmark_counts.keys() if sides.benchmark_counts else card.classes,
        card,
        drawn,
    )
    if not frames.shared.any():
        return None
    match = get_match(project)
    named = match.named if match else None
    drop = _compute_drops(project, model, card, benchmark, named) if named else None
    reason: NotEstimated = (
        "not_compared"
        if match is None
        else "no_match"
        if named is None
        else "not_swept"
        if drop is None
        else ""
    )
    judged = benchmark.judgement
    pictures = BenchmarkAnswers(
        judged.truth, judged.right, np.full(judged.truth.size, np.nan) if drop is None else drop
    )
    corruption = (named.corruption, named.severity) if named else ("", 0.0)
    return decompose_gap(pictures, frames, card.classes, reason, *corruption, BOOTSTRAP_SEED)


def _build_field_answers(
    side: FieldSide, benchmark_classes: Collection[str], card: Card, drawn: NDArray[np.bool_]
) -> FieldAnswers:
    assert isinstance(side.judgement, ClassJudgement), "both sides are judged alike"
    clip = np.array([side.lines[k].clip.clip_id for k in side.labelled.tolist()], np.str_)
    there = np.array([name in benchmark_classes for name in card.classes], np.bool_)
    truth = side.judgement.truth[drawn]
    return FieldAnswers(
        truth,
        side.judgement.right[drawn],
        side.scores.weight[side.labelled][drawn],
        clip[drawn],
        there[truth],
    )


def _compute_drops(
    project: Project,
    model: StoredModel,
    card: Card,
    side: BenchmarkSide,
    named: CandidateCorruption,
) -> NDArray[np.float64] | None:
    """(n,) what the corruption takes from each picture at the field's severity, between the two
    that were swept about it; NaN for pictures that the sweep did not draw, None where it was not
    swept so far."""
    seed = get_newest_seed(project, model)
    severities = (
        []
        if seed is None
        else list_swept_severities(project, model, "benchmark", named.corruption, seed)
    )
    above = next((severity for severity in severities if severity >= named.severity), None)
    if seed is None or above is None:
        return None
    below = max((severity for severity in severities if severity < named.severity), default=0.0)
    part = (named.severity - below) / (above - below)
    drop_above = (
        _compute_lost_answers(project, model, card, side, (named.corruption, above), seed) * part
    )
    return (
        drop_above
        + _compute_lost_answers(project, model, card, side, (named.corruption, below), seed)
        * (1 - part)
        if below
        else drop_above
    )


def _compute_lost_answers(
    project: Project, model: StoredModel, card: Card, side: BenchmarkSide, cell: tuple[str, float],
    seed: int
) -> NDArray[np.float64]:  # fmt: skip
    """(n,) right − right under one cell of the sweep, NaN where it has no answer."""
    stored, drop = (
        load_cell(project, model, "benchmark", cell, seed),
        np.full(len(side.items), np.nan),
    )
    there = [index for index, item in enumerate(side.items) if item.path in stored]
    predictions = [stored[side.items[index].path] for index in there]
    again = evaluate_classes(
        card.classes, [side.items[index].class_name for index in there], predictions
    ).right
    drop[there] = side.judgement.right[there].astype(np.float64) - again
    return drop


# Where the gap comes from: class mix, image quality and the rest, on the page.


def build_decomposition_section(report: Report) -> Section:
    """The parts with their limits and what each order gives, and what is not in them."""
    title, short = tr("Gap decomposition (association, not cause)"), tr("Gap decomposition")
    result = ANALYSIS.get_result(report)
    if result is None:
        sentence = tr(
            "Not estimated. Requires a measured gap and a model that outputs one class per frame."
        )
        return Section("decomposition", short, title, (Paragraph(sentence, quiet=True),))
    n = report.field.footage.n
    if n < FEW_FRAMES:
        few = tr_plural(
            "Insufficient data: {n} labelled frame is too few to decompose the gap.",
            "Insufficient data: {n} labelled frames are too few to decompose the gap.",
            n,
        )
        return Section("decomposition", short, title, (Paragraph(few.format(n=n), quiet=True),))
    blocks: list[Block] = [
        _build_part_table(result),
        *(Paragraph(line, quiet=True) for line in _list_notes(result)),
    ]
    return Section("decomposition", short, title, tuple(blocks))


def _build_part_table(decomposition: Decomposition) -> Table:
    heads = (
        Cell(tr("Part of the gap"), head=True),
        *(Cell(text, figure=True) for text in (tr("pp"), tr("95% CI"), tr("both orders"))),
    )
    rows = [(tr("class mix"), *_format_part(decomposition.mix)), _build_quality_row(decomposition)]
    rows.append((tr("remainder"), *_format_estimate(decomposition.remainder), "–"))
    rows.append(
        (tr("gap over the classes of both sides"), format_points(decomposition.total), "", "")
    )
    if decomposition.absent is not None:
        rows.append(
            (
                tr("additionally: classes missing from the benchmark"),
                *_format_estimate(decomposition.absent),
                "–",
            )
        )
    caption = tr(
        "Shapley decomposition: mean over both orders of changing class mix and quality; "
        "association, not cause"
    )
    return Table(
        caption,
        heads,
        tuple(
            (Cell(name, head=True), *(Cell(text, figure=True) for text in cells))
            for name, *cells in rows
        ),
    )


def _build_quality_row(decomposition: Decomposition) -> tuple[str, str, str, str]:
    if decomposition.quality is None:
        return tr("image quality"), tr("not estimated"), "", ""
    name = tr("image quality ({corruption}, severity {severity})")
    sentence = name.format(
        corruption=get_corruption_name(decomposition.corruption),
        severity=format_number(decomposition.severity, 1),
    )
    return (sentence, *_format_part(decomposition.quality))


def _format_part(part: GapPart) -> tuple[str, str, str]:
    return (
        *_format_estimate(part.estimate),
        format_points_range(min(part.first, part.second), max(part.first, part.second)),
    )


LEAST_POINTS = 5e-5  # below it both limits print as 0.00


def _format_estimate(estimate: Estimate) -> tuple[str, str]:
    if not estimate.measured:
        return format_points(estimate.value), tr("not enough clips")
    limits = format_points_interval(estimate)
    alike = max(abs(estimate.lo), abs(estimate.hi)) < LEAST_POINTS
    return format_points(estimate.value), format_points_range(0.0, 0.0) if alike else limits


def _list_notes(decomposition: Decomposition) -> list[str]:
    lines = []
    if decomposition.reason == "not_compared":
        text = tr(
            "Contribution of image quality not estimated: the field has not been matched to a "
            "corruption yet{remedy}."
        )
        lines.append(text.format(remedy=format_report_remedy("stress")))
    if decomposition.reason == "no_match":
        lines.append(
            tr(
                "Contribution of image quality not estimated: no single corruption explains "
                "the field. It is part of the remainder."
            )
        )
    if decomposition.reason == "not_swept":
        text = tr(
            "Contribution of image quality not estimated: no sweep of {corruption} on the "
            "benchmark up to severity {severity}."
        )
        lines.append(
            text.format(
                corruption=get_corruption_name(decomposition.corruption),
                severity=format_number(decomposition.severity, 1),
            )
        )
    lines.append(
        tr(
            "Remainder: new appearance, unusual poses, wrong labels, or corruptions that cannot "
            "be simulated."
        )
    )
    if decomposition.absent_classes:
        lines.append(
            tr("Not in the benchmark: {names}.", names=", ".join(decomposition.absent_classes))
        )
    if decomposition.weak_classes:
        few = tr(
            "Weak estimate: fewer than 20 benchmark images of {names}; the overall benchmark "
            "score is used instead."
        )
        lines.append(few.format(names=", ".join(decomposition.weak_classes)))
    return lines


ANALYSIS: Analysis[Decomposition] = Analysis(
    key="decomposition",
    result=Decomposition,
    compute=compute_decomposition,
    report_section=build_decomposition_section,
)
