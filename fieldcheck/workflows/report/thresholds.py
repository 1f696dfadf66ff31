"""Per-class thresholds of a project's newest model under the field's class mix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import BOXES
from fieldcheck.domain.model_card import Card
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.decision_thresholds import (
    PRECISION,
    BinaryScores,
    Thresholds,
    find_box_thresholds,
    find_thresholds,
    split_clips_in_halves,
)
from fieldcheck.scoring.detections import DetectedBoxes, LabelledBoxes, list_judged_boxes
from fieldcheck.workflows.models.judge_answers import BoxJudgement
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report.labelled_probabilities import load_benchmark_classes, load_field_classes
from fieldcheck.workflows.report.two_sides import FieldSide, load_field_side


def compute_thresholds(project: Project, precision: float = PRECISION) -> Thresholds | None:
    """None where no labelled frame of the draw was answered with one class, or boxes. `precision`: the least a class shall have."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return None
    if get_card(model).answers is BOXES:
        return _compute_box_thresholds(get_card(model), load_field_side(project, model), precision)
    found = load_field_classes(project, model)
    if found is None:
        return None
    field = found[1]
    return find_thresholds(get_card(model).classes, field, load_benchmark_classes(project, model, field), precision)


def _compute_box_thresholds(card: Card, side: FieldSide, precision: float) -> Thresholds | None:
    weight, judged = side.scores.weight[side.at], side.judgement
    if not isinstance(judged, BoxJudgement) or not (weight > 0).any():
        return None
    clip = np.asarray(side.sample.clip[side.at], np.str_)
    counted = weight > 0
    first = np.zeros(weight.size, np.bool_)
    half = split_clips_in_halves(clip[counted])
    if half is not None:
        first[counted] = half
    named = []
    for k, name in enumerate(card.classes):
        image, score, positive = _build_candidates(judged, k, weight.size)
        kept = weight[image] > 0
        image, score, positive = image[kept], score[kept], positive[kept]
        called = score >= card.output.threshold
        named.append((name, BinaryScores(score, positive, called, weight[image], clip[image], first[image] if half is not None else None)))
    return find_box_thresholds(named, precision)


def _build_candidates(judged: BoxJudgement, k: int, n: int) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Every box of class `k` and every object of it that none found: frame, score, and whether an object is there."""
    wanted, given = judged.truths.category == k, judged.answers.category == k
    real, said = judged.truths, judged.answers
    truths = LabelledBoxes(real.image[wanted], np.zeros(int(wanted.sum()), np.int64), real.box[wanted], real.crowd[wanted])
    boxes = DetectedBoxes(said.image[given], np.zeros(int(given.sum()), np.int64), said.box[given], said.score[given])
    found = list_judged_boxes(truths, boxes, n, 1, 0.0)
    lost = np.bincount(truths.image[~truths.crowd], minlength=n) - np.bincount(found.image[found.right], minlength=n)
    missed = np.repeat(np.arange(n), lost)
    return (
        np.concatenate([found.image, missed]),
        np.concatenate([found.score, np.full(missed.size, -np.inf)]),
        np.concatenate([found.right, np.ones(missed.size, np.bool_)]),
    )
