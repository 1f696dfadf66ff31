"""Precision–recall curves of a project's classes, on benchmark and field, over the confidence threshold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.curves import PrecisionRecall, ThresholdPoint
from fieldcheck.domain.label_review import LabelledSet
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.measure.interval import estimate_wilson
from fieldcheck.project.folder import Project
from fieldcheck.scoring.detections import match_all_classes, select_first_threshold
from fieldcheck.workflows.models.judge_answers import BoxJudgement, ClassJudgement, Judgement
from fieldcheck.workflows.report.both_sides import load_scored_sides
from fieldcheck.workflows.report.labelled_probabilities import stack_probabilities

MOST_CLASSES, MOST_POINTS, FEWEST = 6, 12, 10
Ranked = tuple[NDArray[np.float64], NDArray[np.bool_], int]  # scores by falling score, whether right, how many are labelled


def compute_precision_recall(project: Project) -> tuple[PrecisionRecall, ...] | None:
    """Classes with ten labels or more in the field, the most frequent first; None where there is none, or answers name no class."""
    sides = load_scored_sides(project)
    if sides is None or sides.field.judgement is None:
        return None
    field = sides.field
    names = [field.picks[at].frame_id for at in field.at.tolist()]
    here = _rank_answers(sides.card, field.judgement, [field.answers[name] for name in names])
    frequent = sorted((k for k in here if here[k][2] >= FEWEST), key=lambda k: -here[k][2])[:MOST_CLASSES]
    found = [curve for k in frequent for curve in _build_curve(sides.card.classes[k], "field", here[k])]
    if sides.benchmark is not None:
        answers = [sides.benchmark.answers[item.path] for item in sides.benchmark.items]
        there = _rank_answers(sides.card, sides.benchmark.judgement, answers)
        found += [curve for k in frequent for curve in _build_curve(sides.card.classes[k], "benchmark", there[k])]
    return tuple(found) or None


def _build_curve(name: str, on: LabelledSet, ranked: Ranked) -> Iterator[PrecisionRecall]:
    """At twelve thresholds at most, evenly spread over the answers; answers that tie stand or fall together."""
    score, right, n = ranked
    if not n or not score.size:
        return
    last = np.flatnonzero(np.diff(score, append=-np.inf))  # the last answer of each threshold
    chosen = last[np.unique(np.linspace(0, last.size - 1, MOST_POINTS).round().astype(int))]
    hits = np.cumsum(right)
    points = (
        ThresholdPoint(float(score[at]), estimate_wilson(int(hits[at]), int(at) + 1), estimate_wilson(int(hits[at]), n))
        for at in chosen.tolist()
    )
    yield PrecisionRecall(name, on, n, tuple(points))


def _rank_answers(card: Card, found: Judgement | None, answers: list[Prediction]) -> dict[int, Ranked]:
    """By class: a classifier's probability of it on every frame, a detector's boxes of it."""
    if isinstance(found, BoxJudgement):
        table = select_first_threshold(match_all_classes(found.truths, found.answers, len(answers), len(card.classes)))
        counted = [~one.ignored[0] for one in table]
        return {k: (one.score[c], one.right[0][c], int(one.truths.sum())) for k, (one, c) in enumerate(zip(table, counted, strict=True))}
    if not isinstance(found, ClassJudgement):
        return {}
    p, ranked = stack_probabilities(card, answers), {}
    for k in range(len(card.classes)):
        order = np.argsort(-p[:, k], kind="stable")
        order = order[np.isfinite(p[order, k])]
        ranked[k] = (p[order, k], np.asarray(found.truth[order] == k, np.bool_), int((found.truth == k).sum()))
    return ranked
