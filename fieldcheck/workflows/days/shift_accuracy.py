"""Accuracy of each shift without a label of its own: from the labelled clips of the project and the confidence of the shift."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.shift import ConfidenceAccuracy
from fieldcheck.measure.answers import SCORE
from fieldcheck.project.folder import Project
from fieldcheck.scoring.shift_accuracy import (
    ClipRegression,
    estimate_accuracy_of_all,
    estimate_shift_accuracy,
    fit_clip_regression,
    is_at_risk,
)
from fieldcheck.workflows.days.monitor import compute_followed_shifts, load_model_shifts
from fieldcheck.workflows.project.describe_project import get_gap_limits
from fieldcheck.workflows.report.both_sides import load_scored_sides
from fieldcheck.workflows.report.two_sides import FieldSide

FEWEST_RESULTS = 20  # of a shift


def estimate_accuracy_by_shift(project: Project) -> tuple[dict[str, ConfidenceAccuracy], str]:
    """Accuracy of each shift of the newest model by its start, and why there is none, as a code: `few_clips` (less than twelve labelled),
    `unrelated` (confidence says nothing of accuracy), `not_random` (the labelled clips are no random subset of the footage), `few_others`,
    `not_run` (the model was not run on all footage), `no_labels`. A shift with a fault of the camera has none."""
    sides = load_scored_sides(project)
    if sides is None or sides.field.judgement is None or not sides.field.at.size:
        return {}, "no_labels"
    confidence = _compute_clip_confidence(sides.field, sides.card)
    found = _fit_regression(sides.field, confidence)
    if found is None:
        return {}, "not_run"
    labelled = {sides.field.lines[at].clip.clip_id for at in sides.field.at.tolist()}
    inside = [one for name, one in confidence.items() if name in labelled]
    others = [one for name, one in confidence.items() if name not in labelled]
    reason = found.reason or (estimate_accuracy_of_all(found, inside, others)[1] if others else "")
    if reason in ("few_clips", "unrelated", "not_random"):
        return {}, reason
    figures = load_model_shifts(project)
    sound = [one.began for one in compute_followed_shifts(project) if not one.health and one.n >= FEWEST_RESULTS]
    line = found.value - get_gap_limits(project).tolerance
    told = {began: estimate_shift_accuracy(found, figures[began].mean_confidence) for began in sound}
    return {began: replace(one, line=line, at_risk=is_at_risk(one, line)) for began, one in told.items()}, ""


def _fit_regression(field: FieldSide, confidence: Mapping[str, float]) -> ClipRegression | None:
    """None where no labelled frame was drawn at random, or a labelled clip was not answered throughout."""
    at = field.at
    weight, right = field.scores.weight[at], field.sample.right[at]
    clips = np.array([field.lines[one].clip.clip_id for one in at.tolist()], np.str_)
    drawn = weight > 0
    if not drawn.any() or not set(clips[drawn].tolist()) <= set(confidence):
        return None
    return fit_clip_regression(right[drawn], weight[drawn], clips[drawn], confidence)


def _compute_clip_confidence(field: FieldSide, card: Card) -> dict[str, float]:
    """Mean confidence over all answered frames of each clip of the footage."""
    found = defaultdict[str, list[float]](list)
    for line in field.listing:
        answer = field.footage_answers.get(line.frame.frame_id)
        if answer is not None and (sure := _get_confidence(answer, card)) is not None:
            found[line.clip.clip_id].append(sure)
    return {name: float(np.mean(sures)) for name, sures in found.items()}


def _get_confidence(given: Prediction, card: Card) -> float | None:
    """Confidence of the class, or of the surest box; None where it is not finite."""
    if given.nan:
        return None
    if card.answers.labels == "boxes":
        return float(given.answer[:, SCORE].max(initial=0.0))
    return float(given.answer.max(initial=0.0))
