"""Labelled frames of a classifier with all its probabilities: what thresholds and what-ifs of the class mix are made from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.project.folder import Project
from fieldcheck.scoring.decision_thresholds import Floats, JudgedClasses
from fieldcheck.workflows.models.judge_answers import ClassJudgement
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report.two_sides import FieldSide, load_benchmark_side, load_field_side


def load_field_classes(project: Project, model: StoredModel) -> tuple[FieldSide, JudgedClasses] | None:
    """The labelled frames of the draw; None for models that name no one class a frame, and while nothing was labelled and run."""
    side = load_field_side(project, model)
    weight = side.scores.weight[side.at]
    if not isinstance(side.judgement, ClassJudgement) or not (weight > 0).any():
        return None
    counted = weight > 0
    names = [side.picks[k].frame_id for k in side.at[counted].tolist()]
    return side, JudgedClasses(
        stack_probabilities(get_card(model), (side.answers[name] for name in names)),
        side.judgement.truth[counted],
        side.judgement.predicted[counted],
        weight[counted],
        np.asarray(side.sample.clip[side.at][counted], np.str_),
    )


def load_benchmark_classes(project: Project, model: StoredModel, field: JudgedClasses) -> JudgedClasses | None:
    """The benchmark's pictures, each weighing as much more as its class is commoner in the field; None where it was not run."""
    side = load_benchmark_side(project, model)
    if side is None or not isinstance(side.judgement, ClassJudgement):
        return None
    card = get_card(model)
    truth = side.judgement.truth
    shown, met = compute_class_shares(truth, np.ones(truth.size), card), compute_class_shares(field.truth, field.weight, card)
    weight = np.divide(met, shown, out=np.zeros_like(met), where=shown > 0)[truth]
    kept = weight > 0
    return JudgedClasses(
        stack_probabilities(card, (side.answers[item.path] for item in side.items))[kept],
        truth[kept],
        side.judgement.predicted[kept],
        weight[kept],
        np.array([item.path for item in side.items], np.str_)[kept],
    )


def compute_class_shares(truth: NDArray[np.int64], weight: Floats, card: Card) -> Floats:
    """(n,) class indices with (n,) weights → (K,) shares."""
    counted = np.bincount(truth, weights=weight, minlength=len(card.classes))
    return np.asarray(counted / counted.sum(), np.float64)


def stack_probabilities(card: Card, answers: Iterable[Prediction]) -> Floats:
    """(n, K) float64; figures that are not finite count as no probability."""
    rows = [one.answer for one in answers]
    return np.nan_to_num(np.array(rows, np.float64).reshape(len(rows), len(card.classes)), nan=0.0, posinf=0.0, neginf=0.0)
