"""Answers held against labels: the same judgement on the benchmark and in the field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.box import Box, Point
from fieldcheck.domain.label import Label
from fieldcheck.domain.model_card import BOX_TASKS, POINT_TASKS, Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.measure.masks import OUTSIDE, unpack
from fieldcheck.scoring.detections import AtThreshold, DetectedBoxes, Truths, answers_from, at_threshold, truths_from
from fieldcheck.scoring.points import GROUND, SPECK, PointOutcomes, point_outcomes

NO_ANSWER = -1


@dataclass(frozen=True, slots=True)
class ClassJudgement:
    """`truth`, `predicted`: (n,) class indices, -1 where the model gave no finite answer; `confidence`: (n,) probability of the answer,
    NaN without one; `right`: (n,) bool."""

    truth: NDArray[np.int64]
    predicted: NDArray[np.int64]
    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BoxJudgement:
    """`found`: outcomes of each frame at the deployed threshold, over the classes counted; `right`: (n,) no miss and no false alarm."""

    truths: Truths
    answers: DetectedBoxes
    found: AtThreshold
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PointJudgement:
    """`found`: what the masks cover on each frame; `right`: (n,) bool, every point is hit, and nothing is marked where nothing is."""

    found: PointOutcomes
    right: NDArray[np.bool_]


Judgement = ClassJudgement | BoxJudgement | PointJudgement


def top_class(answer: NDArray[np.float32]) -> tuple[int, float]:
    """The index of the largest finite probability of (K,), ties to the lowest index, and that probability; (-1, NaN) without one."""
    finite = np.isfinite(answer)
    if not finite.any():
        return NO_ANSWER, nan
    best = int(np.argmax(np.where(finite, answer, -np.inf)))
    return best, float(answer[best])


def painted(answer: NDArray[np.float32], card: Card) -> tuple[str, ...]:
    """The things that a map of classes shows, by falling area: every class but the ground that covers more than a speck."""
    order = np.argsort(-np.nan_to_num(answer), kind="stable")
    return tuple(card.classes[k] for k in order.tolist() if k != GROUND and answer[k] >= SPECK)


def things(given: Prediction) -> NDArray[np.uint8] | None:
    """(h, w) 255 where the answer's map shows a thing and not the ground; None without a map."""
    if not given.masks:
        return None
    classes = unpack(given.masks)[0].pixels
    return np.where((classes != GROUND) & (classes != OUTSIDE), 255, 0).astype(np.uint8)


def sureness(answer: NDArray[np.float32], card: Card) -> float:
    """How sure the model is: the probability of the class it names, or the score of its surest box; NaN without either, and for masks."""
    if card.task in BOX_TASKS:
        return float(answer[:, 4].max()) if len(answer) else nan
    if card.task in POINT_TASKS:
        return nan
    return top_class(answer)[1]


def judge_labels(card: Card, counted: frozenset[str], labels: Sequence[Label], predictions: Sequence[Prediction]) -> Judgement:
    """A label for each prediction, by what the model's task is labelled in; `counted` as of `judge_boxes`."""
    if card.task in BOX_TASKS:
        return judge_boxes(card, counted, [label.boxes for label in labels], predictions)
    if card.task in POINT_TASKS:
        return judge_points(card, [label.points for label in labels], predictions)
    return judge_classes(card.classes, [label.class_name for label in labels], predictions)


def judge_points(card: Card, truths: Sequence[Sequence[Point]], predictions: Sequence[Prediction]) -> PointJudgement:
    """`truths`: the points of each frame, of classes that the card has; each prediction carries its mask."""
    index = {name: k for k, name in reversed(list(enumerate(card.classes)))}
    points = [np.array([[p.x, p.y, index[p.class_name]] for p in found], np.float64).reshape(-1, 3) for found in truths]
    found = point_outcomes([unpack(one.masks)[0].pixels for one in predictions], points)
    return PointJudgement(found, found.frame_right)


def judge_classes(classes: Sequence[str], truths: Sequence[str], predictions: Sequence[Prediction]) -> ClassJudgement:
    """`truths`: a class name for each prediction, each among `classes`."""
    index = {name: k for k, name in reversed(list(enumerate(classes)))}
    truth = np.array([index[name] for name in truths], dtype=np.int64)
    tops = [top_class(prediction.answer) for prediction in predictions]
    predicted = np.array([best for best, _ in tops], dtype=np.int64)
    return ClassJudgement(truth, predicted, np.array([score for _, score in tops], dtype=np.float64), truth == predicted)


def judge_boxes(card: Card, counted: frozenset[str], truths: Sequence[Sequence[Box]], predictions: Sequence[Prediction]) -> BoxJudgement:
    """Over the classes in `counted` only, so that benchmark and field are asked the same question (methods 2)."""
    index = {name: k for k, name in reversed(list(enumerate(card.classes))) if name in counted}
    wanted = [
        np.array([[b.x, b.y, b.x + b.w, b.y + b.h, index[b.class_name], b.crowd] for b in boxes if b.class_name in index]).reshape(-1, 6)
        for boxes in truths
    ]
    kept = list(index.values())
    given = [prediction.answer[np.isin(prediction.answer[:, 5], kept)] for prediction in predictions]
    real, said = truths_from(wanted), answers_from(given)
    found = at_threshold(real, said, len(wanted), len(card.classes), card.output.threshold)
    return BoxJudgement(real, said, found, found.frame_right)
