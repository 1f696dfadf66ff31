"""Calibration of the newest model on benchmark and field, and the temperature that would suit the benchmark (methods 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.calibration import Calibration, ClassConfidence, SideCalibration, Temperature
from fieldcheck.domain.label_review import LabelledSet
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.measure.weighted import compute_weighted_mean, compute_weighted_median
from fieldcheck.project.folder import Project
from fieldcheck.scoring.calibration import (
    ClassProbabilities,
    Floats,
    JudgedAnswers,
    compute_calibration_errors,
    compute_logits,
    fit_temperature,
    is_probability_table,
    measure_calibration,
    scale_by_temperature,
)
from fieldcheck.scoring.detections import list_judged_boxes
from fieldcheck.workflows.models.judge_answers import BoxJudgement, ClassJudgement, Judgement, get_top_class
from fieldcheck.workflows.report.both_sides import ScoredSides, load_scored_sides
from fieldcheck.workflows.report.two_sides import BOOTSTRAP_SEED, FieldSide

MOST_FITTED = 2000  # benchmark pictures that a temperature is fitted on
FEWEST_FITTED = 30
MOST_CELLS = 1_000_000  # probabilities looked at in each step: a thousand classes take a thousand pictures


@dataclass(frozen=True, slots=True, eq=False)
class _SideAnswers:
    """One side: its answers, how many were left out, and the probabilities of all classes where answers are such."""

    answers: JudgedAnswers
    n_dropped: int
    classes: ClassProbabilities | None = None


def compute_calibration(project: Project) -> Calibration | None:
    """None without a model, where it gives no confidence (masks), or where neither side has labelled answers."""
    sides = load_scored_sides(project)
    if sides is None:
        return None
    found: dict[LabelledSet, _SideAnswers] = {}
    if sides.benchmark is not None:
        given = [sides.benchmark.answers[item.path] for item in sides.benchmark.items]
        alone = np.arange(len(given))
        _add_side(found, "benchmark", _build_side_answers(sides.card, sides.benchmark.judgement, given, np.ones(len(given)), alone, alone))
    _add_side(found, "field", _get_field_answers(sides.card, sides.field))
    if not found:
        return None
    calibrated = tuple(_compute_side(on, one) for on, one in found.items())
    return Calibration(
        "box" if sides.card.answers.labels == "boxes" else "frame", calibrated, _fit_temperature(found), _compute_class_confidence(sides)
    )


def _add_side(found: dict[LabelledSet, _SideAnswers], on: LabelledSet, one: _SideAnswers | None) -> None:
    if one is not None and one.answers.confidence.size:
        found[on] = one


def _get_field_answers(card: Card, side: FieldSide) -> _SideAnswers | None:
    if side.judgement is None:
        return None
    clip = np.array([side.lines[k].clip.clip_id for k in side.at.tolist()], np.str_)
    given = [side.answers[side.picks[k].frame_id] for k in side.at.tolist()]
    return _build_side_answers(card, side.judgement, given, side.scores.weight[side.at], np.arange(side.at.size), clip)


def _build_side_answers(
    card: Card, judgement: Judgement, given: Sequence[Prediction], weight: Floats, unit: NDArray[np.intp], clip: NDArray[np.generic]
) -> _SideAnswers | None:  # fmt: skip
    """`weight`, `unit` and `clip` are those of the frames, (n,)."""
    if isinstance(judgement, BoxJudgement):
        boxes = list_judged_boxes(judgement.truths, judgement.answers, len(given), len(card.classes), card.output.threshold)
        kept = np.isfinite(boxes.score) & (weight[boxes.image] > 0)
        image = boxes.image[kept]
        return _SideAnswers(JudgedAnswers(boxes.score[kept], boxes.right[kept], weight[image], unit[image], clip[image]), 0)
    if not isinstance(judgement, ClassJudgement):
        return None
    finite, drawn = np.isfinite(judgement.confidence), weight > 0
    kept = finite & drawn
    answers = JudgedAnswers(judgement.confidence[kept], judgement.right[kept], weight[kept], unit[kept], clip[kept])
    rows = [given[at].answer for at in np.flatnonzero(kept).tolist()]
    probability = np.stack(rows) if rows else np.empty((0, len(card.classes)), np.float32)
    dropped = int((drawn & ~finite).sum())
    if not np.isfinite(probability).all() or not is_probability_table(probability):
        return _SideAnswers(answers, dropped)
    return _SideAnswers(answers, dropped, ClassProbabilities(probability, judgement.truth[kept]))


def _compute_side(on: LabelledSet, one: _SideAnswers) -> SideCalibration:
    return measure_calibration(on, one.answers, BOOTSTRAP_SEED, one.n_dropped, one.classes)


def _fit_temperature(found: Mapping[LabelledSet, _SideAnswers]) -> Temperature | None:
    """Fitted on the benchmark only, told for the field."""
    fitted_on, field = found.get("benchmark"), found.get("field")
    known = fitted_on.classes if fitted_on else None
    if known is None or known.truth.size < FEWEST_FITTED:
        return None
    n = min(MOST_FITTED, known.truth.size, max(FEWEST_FITTED, MOST_CELLS // known.probability.shape[1]))
    chosen = np.random.default_rng(BOOTSTRAP_SEED).permutation(known.truth.size)[:n]
    fit = fit_temperature(compute_logits(known.probability[chosen]), known.truth[chosen])
    if fit is None:
        return None
    told = field.classes if field else None
    figures = (
        (nan,) * 4
        if field is None or told is None
        else (*_compute_field_errors(field, told, 1.0), *_compute_field_errors(field, told, fit.value))
    )
    before, ece_before, after, ece_after = figures
    return Temperature(fit.value, n, fit.nll_before, fit.nll_after, before, after, ece_before, ece_after)


def _compute_field_errors(field: _SideAnswers, classes: ClassProbabilities, temperature: float) -> tuple[float, float]:
    """Signed gap and calibration error of the field at a temperature, which changes no answer."""
    confidence = scale_by_temperature(compute_logits(classes.probability), temperature).max(axis=1).astype(np.float64)
    right, weight = field.answers.right, field.answers.weight
    return compute_weighted_mean(confidence - right, weight), compute_calibration_errors(confidence, right, weight, BOOTSTRAP_SEED)[0].value


def _compute_class_confidence(sides: ScoredSides) -> tuple[ClassConfidence, ...]:
    """Median confidence of each class that is named: over the footage where it was run, else over the picks by their weights."""
    card, side = sides.card, sides.field
    if card.answers.labels != "class":
        return ()
    names = [line.frame.frame_id for line in side.listing]
    if names and all(name in side.footage_answers for name in names):
        given, weight = [side.footage_answers[name] for name in names], np.ones(len(names))
    else:
        given = [side.answers[side.picks[k].frame_id] for k in side.at.tolist()]
        weight = side.scores.weight[side.at]
    tops = [get_top_class(one.answer) for one in given]
    called, sure = np.array([k for k, _ in tops], np.int64), np.array([c for _, c in tops], np.float64)
    return tuple(
        ClassConfidence(card.classes[k], int((called == k).sum()), compute_weighted_median(sure[called == k], weight[called == k]))
        for k in np.unique(called[called >= 0]).tolist()
    )
