"""Precision–recall curves of a project's classes over the confidence threshold, on benchmark and
field, with the report section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses.analysis import Analysis
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import LabelledSet
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.models.embeddings import load_similarity_index
from fieldcheck.models.evaluate import BoxJudgement, ClassJudgement, Judgement
from fieldcheck.models.scored_sides import load_scored_sides, stack_probabilities
from fieldcheck.project.project import Project
from fieldcheck.stats.mean_average_precision import match_all_classes, select_first_threshold
from fieldcheck.stats.wilson_interval import estimate_wilson


@dataclass(frozen=True, slots=True)
class ThresholdPoint:
    """Precision of the answers at or above `threshold` and recall of what is labelled,
    unweighted."""

    threshold: float
    precision: Estimate
    recall: Estimate


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """One class on one side, by falling threshold; `n`: its labelled frames, or objects of a
    detector at IoU 0.5."""

    class_name: str
    on: LabelledSet
    n: int
    points: tuple[ThresholdPoint, ...]


@dataclass(frozen=True, slots=True)
class UnlikenessStep:
    """A stretch of the sampling list, places `first` to `last`: `middle` and quartiles of the
    distance to the nearest benchmark picture. `at`: when its first frame was taken, empty where
    nobody knows."""

    first: int
    last: int
    at: str
    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Unlikeness:
    """Distance (1 − cosine, 0 alike to 2) of `n` frames to the nearest of `n_pictures` benchmark
    pictures over time. `own`: 95 of 100 benchmark pictures are nearer than this to another one.
    `of_model`: by the model's embeddings, else by image statistics."""

    steps: tuple[UnlikenessStep, ...]
    n: int
    n_pictures: int
    own: float
    of_model: bool


# Precision–recall curves of a project's classes, on benchmark and field, over the confidence
# threshold.

# Unlikeness of a project's footage over time: how far each stretch lies from the nearest benchmark
# picture, by kept embeddings.

STEPS, FEWEST_EMBEDDINGS, CHUNK = 40, 10, 256
OWN_SHARE = 95


def compute_unlikeness(project: Project) -> Unlikeness | None:
    """None before embeddings of footage and benchmark were made, or with fewer than ten of
    either."""
    similarity_index, listing = load_similarity_index(project), project.read(list_sampling_lines)
    if (
        similarity_index is None
        or min(
            similarity_index.n_frames, len(similarity_index.subjects) - similarity_index.n_frames
        )
        < FEWEST_EMBEDDINGS
    ):
        return None
    row = {
        name: index
        for index, name in enumerate(similarity_index.subjects[: similarity_index.n_frames])
    }
    positions = [index for index, line in enumerate(listing) if line.frame.frame_id in row]
    if len(positions) < FEWEST_EMBEDDINGS:
        return None
    frames = similarity_index.vectors[[row[listing[index].frame.frame_id] for index in positions]]
    benchmark = similarity_index.vectors[similarity_index.n_frames :]
    distance, own = (
        _compute_nearest_distance(frames, benchmark),
        _compute_nearest_distance(benchmark, benchmark, itself=True),
    )
    parts = np.array_split(np.arange(len(positions)), min(STEPS, len(positions)))
    steps = [
        _build_step(positions, distance, part, listing[positions[part[0]]].taken_at)
        for part in parts
    ]
    return Unlikeness(
        tuple(steps),
        len(positions),
        len(benchmark),
        float(np.percentile(own, OWN_SHARE)),
        similarity_index.of_model,
    )


def _build_step(
    positions: list[int], distance: NDArray[np.float64], part: NDArray[np.int64], moment: str
) -> UnlikenessStep:
    low, middle, high = np.percentile(distance[part], (25, 50, 75)).tolist()
    return UnlikenessStep(positions[part[0]], positions[part[-1]], moment, middle, low, high)


def _compute_nearest_distance(
    rows: NDArray[np.float32], others: NDArray[np.float32], itself: bool = False
) -> NDArray[np.float64]:
    """(n,) distance to the nearest of `others`, both of unit length; `itself`: they are the same,
    and each one's own is left out."""
    result = np.zeros(len(rows))
    for start in range(0, len(rows), CHUNK):
        likeness_of = (rows[start : start + CHUNK] @ others.T).astype(np.float64)
        if itself:
            indices = np.arange(len(likeness_of))
            likeness_of[indices, start + indices] = -np.inf
        result[start : start + CHUNK] = 1 - likeness_of.max(axis=1)
    return result


MOST_CLASSES, MOST_POINTS, FEWEST = 6, 12, 10
# scores by falling score, whether right, how many are labelled
Ranked = tuple[NDArray[np.float64], NDArray[np.bool_], int]


def compute_precision_recall(project: Project) -> tuple[PrecisionRecall, ...] | None:
    """Classes with ten labels or more in the field, the most frequent first; None where there is
    none, or answers name no class."""
    sides = load_scored_sides(project)
    if sides is None or sides.field.judgement is None:
        return None
    field = sides.field
    names = [field.picks[index].frame_id for index in field.labelled.tolist()]
    here = _rank_answers(sides.card, field.judgement, [field.answers[name] for name in names])
    frequent = sorted((k for k in here if here[k][2] >= FEWEST), key=lambda k: -here[k][2])[
        :MOST_CLASSES
    ]
    curves = [
        curve for k in frequent for curve in _build_curve(sides.card.classes[k], "field", here[k])
    ]
    if sides.benchmark is not None:
        answers = [sides.benchmark.answers[item.path] for item in sides.benchmark.items]
        there = _rank_answers(sides.card, sides.benchmark.judgement, answers)
        curves += [
            curve
            for k in frequent
            for curve in _build_curve(sides.card.classes[k], "benchmark", there[k])
        ]
    return tuple(curves) or None


def _build_curve(name: str, set_name: LabelledSet, ranked: Ranked) -> Iterator[PrecisionRecall]:
    """At twelve thresholds at most, evenly spread over the answers; answers that tie stand or fall
    together."""
    score, right, n = ranked
    if not n or not score.size:
        return
    last = np.flatnonzero(np.diff(score, append=-np.inf))  # the last answer of each threshold
    chosen = last[np.unique(np.linspace(0, last.size - 1, MOST_POINTS).round().astype(int))]
    hits = np.cumsum(right)
    points = (
        ThresholdPoint(
            float(score[index]),
            estimate_wilson(int(hits[index]), int(index) + 1),
            estimate_wilson(int(hits[index]), n),
        )
        for index in chosen.tolist()
    )
    yield PrecisionRecall(name, set_name, n, tuple(points))


def _rank_answers(
    card: Card, judgement: Judgement | None, answers: list[Prediction]
) -> dict[int, Ranked]:
    """By class: a classifier's probability of it on every frame, a detector's boxes of it."""
    if isinstance(judgement, BoxJudgement):
        table = select_first_threshold(
            match_all_classes(judgement.truths, judgement.answers, len(answers), len(card.classes))
        )
        counted = [~judgement_row.ignored[0] for judgement_row in table]
        return {
            k: (judgement_row.score[c], judgement_row.right[0][c], int(judgement_row.truths.sum()))
            for k, (judgement_row, c) in enumerate(zip(table, counted, strict=True))
        }
    if not isinstance(judgement, ClassJudgement):
        return {}
    p, ranked = stack_probabilities(card, answers), {}
    for k in range(len(card.classes)):
        order = np.argsort(-p[:, k], kind="stable")
        order = order[np.isfinite(p[order, k])]
        ranked[k] = (
            p[order, k],
            np.asarray(judgement.truth[order] == k, np.bool_),
            int((judgement.truth == k).sum()),
        )
    return ranked


PRECISION_RECALL: Analysis[tuple[PrecisionRecall, ...]] = Analysis(
    key="precision_recall", result=tuple[PrecisionRecall, ...], compute=compute_precision_recall
)


UNLIKENESS: Analysis[Unlikeness] = Analysis(
    key="unlikeness", result=Unlikeness, compute=compute_unlikeness
)
