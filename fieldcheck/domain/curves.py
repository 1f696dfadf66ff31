"""Curves of a model's answers: precision and recall over the confidence threshold, and how unlike the benchmark frames are over time."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label_review import LabelledSet


@dataclass(frozen=True, slots=True)
class ThresholdPoint:
    """Precision of the answers at or above `threshold` and recall of what is labelled, unweighted."""

    threshold: float
    precision: Estimate
    recall: Estimate


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """One class on one side, by falling threshold; `n`: its labelled frames, or objects of a detector at IoU 0.5."""

    class_name: str
    on: LabelledSet
    n: int
    points: tuple[ThresholdPoint, ...]


@dataclass(frozen=True, slots=True)
class UnlikenessStep:
    """A stretch of the sampling list, places `first` to `last`: `middle` and quartiles of the distance to the nearest benchmark picture.
    `at`: when its first frame was taken, empty where nobody knows."""

    first: int
    last: int
    at: str
    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Unlikeness:
    """Distance (1 − cosine, 0 alike to 2) of `n` frames to the nearest of `n_pictures` benchmark pictures over time. `own`: 95 of 100
    benchmark pictures are nearer than this to another one. `of_model`: by the model's embeddings, else by image statistics."""

    steps: tuple[UnlikenessStep, ...]
    n: int
    n_pictures: int
    own: float
    of_model: bool
