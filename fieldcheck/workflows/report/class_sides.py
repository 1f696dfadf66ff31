"""Classes on both sides of the gap: recall and precision of each on benchmark and field, with the change and its interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.class_sides import ClassSides
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.measure.camera_interval import estimate_camera_interval
from fieldcheck.measure.interval import estimate_difference
from fieldcheck.project.folder import Project
from fieldcheck.scoring.classes import score_classes
from fieldcheck.scoring.detections import list_judged_boxes, list_labelled_objects
from fieldcheck.workflows.models.judge_answers import BoxJudgement, ClassJudgement, Judgement, PointJudgement
from fieldcheck.workflows.report._failure_analysis import select_scored_picks
from fieldcheck.workflows.report.both_sides import load_scored_sides

Scores = dict[str, tuple[int, Estimate, Estimate]]  # class → labels, recall, precision


def compute_class_sides(project: Project) -> tuple[ClassSides, ...] | None:
    """None without a benchmark that was run and labelled frames of the draw, or where answers name no class."""
    sides = load_scored_sides(project)
    if sides is None or sides.benchmark is None or sides.field.judgement is None:
        return None
    field, kept = sides.field, select_scored_picks(sides.field)
    here = _compute_class_scores(sides.card, field.judgement, field.scores.weight[field.at] * kept)
    there = _compute_class_scores(sides.card, sides.benchmark.judgement, np.ones(len(sides.benchmark.items)))
    rows = [_build_class_sides(name, there[name], here[name]) for name in here if here[name][0] or there[name][0]]
    return tuple(rows) or None


def _build_class_sides(name: str, there: tuple[int, Estimate, Estimate], here: tuple[int, Estimate, Estimate]) -> ClassSides:
    (n_there, recall_there, precision_there), (n_here, recall_here, precision_here) = there, here
    return ClassSides(
        name,
        n_there,
        n_here,
        recall_there,
        recall_here,
        estimate_difference(recall_here, recall_there),
        precision_there,
        precision_here,
        estimate_difference(precision_here, precision_there),
    )


def _compute_class_scores(card: Card, found: Judgement | None, weight: NDArray[np.float64]) -> Scores:
    """By class, over the frames with a weight; `weight`: (n,)."""
    if isinstance(found, ClassJudgement):
        kept = weight > 0
        rows = score_classes(found.truth[kept], found.predicted[kept], len(card.classes), weight[kept])
        return {name: (row.n, row.recall, row.precision) for name, row in zip(card.classes, rows, strict=True)}
    if isinstance(found, BoxJudgement):
        return {name: _score_boxes(found, weight, k, card) for k, name in enumerate(card.classes)}
    if isinstance(found, PointJudgement):
        return {name: _score_points(found, weight, k) for k, name in enumerate(card.classes)}
    return {}


def _score_points(found: PointJudgement, weight: NDArray[np.float64], category: int) -> tuple[int, Estimate, Estimate]:
    """One class of a segmenter: the points of a frame stand or fall together. Points say nothing of precision, which is not measured."""
    of = found.found
    mine = (of.category == category) & (weight[of.image] > 0)
    image = of.image[mine]
    return image.size, estimate_camera_interval(of.covered[mine], weight[image], image), estimate_camera_interval([], [], [])


def _score_boxes(found: BoxJudgement, weight: NDArray[np.float64], category: int, card: Card) -> tuple[int, Estimate, Estimate]:
    """One class of a detector: objects of a frame stand or fall together, so the interval is that of whole frames (methods 2.4)."""
    mine = found.answers.category == category
    answers = replace(
        found.answers, image=found.answers.image[mine], category=found.answers.category[mine], box=found.answers.box[mine],
        score=found.answers.score[mine],
    )  # fmt: skip
    size, threshold = weight.size, card.output.threshold
    image, classes, missed = list_labelled_objects(found.truths, found.answers, size, len(card.classes), threshold)
    counted = (classes == category) & (weight[image] > 0)
    boxes = list_judged_boxes(found.truths, answers, size, len(card.classes), threshold)
    called = weight[boxes.image] > 0
    return (
        int(counted.sum()),
        estimate_camera_interval(~missed[counted], weight[image[counted]], image[counted]),
        estimate_camera_interval(boxes.right[called], weight[boxes.image[called]], boxes.image[called]),
    )
