"""The confusion matrix of a classifier and its scores: accuracy, recall, precision and F1 of each
class. Frames may carry weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.csv_json_xml import published_as
from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats import bootstrap_draw
from fieldcheck.stats.weighted_field_score import compute_effective_n, estimate_weighted_share
from fieldcheck.stats.wilson_interval import (
    compute_balanced_floor,
    compute_macro_f1_ceiling,
    compute_macro_f1_floor,
)

NO_ANSWER = -1  # Class index of a frame without a prediction: wrong, whatever the label.


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """Weighted counts by class, (..., K) float64 each: `hits` correct predictions, `truths` labels
    of the class, `answers` predictions of the class. Leading axes are resamples."""

    hits: NDArray[np.float64]
    truths: NDArray[np.float64]
    answers: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Scores of one class: `n` labelled frames, recall over them, precision over the frames
    predicted as it, F1 (NaN where undefined)."""

    name: str = field(metadata=published_as("class"))
    n: int
    recall: Estimate
    precision: Estimate
    f1: float


def count_confusion(
    truth: ArrayLike, predicted: ArrayLike, n_classes: int, weight: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Confusion matrix: (K, K) float64 weighted counts, rows labels, columns predictions.

    Frames without a prediction (−1) or with one beyond K are in no column, so a row may sum to less
    than its labels.

    Args:
        truth, predicted: (n,) class indices.
        n_classes: K.
        weight: (n,), 1 each where None.
    """
    t, p = np.asarray(truth, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    w = np.ones(t.size) if weight is None else np.asarray(weight, dtype=np.float64)
    fits = (p >= 0) & (p < n_classes)
    table = np.bincount(t[fits] * n_classes + p[fits], weights=w[fits], minlength=n_classes**2)
    return table.reshape(n_classes, n_classes).astype(np.float64)


def count_by_class(
    truth: ArrayLike, predicted: ArrayLike, n_classes: int, weights: NDArray[np.float64]
) -> ClassCounts:
    """Counts by class for every row of `weights`, (..., n). `truth`, `predicted`: (n,) class
    indices, −1 for no prediction."""
    t, p = np.asarray(truth, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    answered = (p >= 0) & (p < n_classes)
    return ClassCounts(
        _sum_by_class(weights, t, t == p, n_classes),
        _sum_by_class(weights, t, np.ones(t.size, dtype=bool), n_classes),
        _sum_by_class(weights, p, answered, n_classes),
    )


def compute_recall(counts: ClassCounts) -> NDArray[np.float64]:
    """(..., K) recall of each class; NaN for classes without a label."""
    return divide_or_nan(counts.hits, counts.truths)


def compute_precision(counts: ClassCounts) -> NDArray[np.float64]:
    """(..., K) precision of each class; NaN for classes never predicted."""
    return divide_or_nan(counts.hits, counts.answers)


def compute_f1(counts: ClassCounts) -> NDArray[np.float64]:
    """(..., K) harmonic mean of recall and precision; 0 for a labelled class that is never
    predicted, NaN for classes with neither."""
    return divide_or_nan(2 * counts.hits, counts.truths + counts.answers)


def compute_balanced_accuracy(counts: ClassCounts) -> NDArray[np.float64]:
    """(...,) mean recall over the labelled classes."""
    return _compute_mean_over_truth(compute_recall(counts), counts)


def compute_macro_f1(counts: ClassCounts) -> NDArray[np.float64]:
    """(...,) mean F1 over the labelled classes: a wrong prediction of any other class adds no class
    to the mean (methods 1.1)."""
    return _compute_mean_over_truth(compute_f1(counts), counts)


def score_classes(
    truth: ArrayLike, predicted: ArrayLike, names: Sequence[str], weight: ArrayLike | None = None
) -> tuple[ClassScore, ...]:
    """Computes recall, precision and F1 of each class.

    Intervals are Wilson's; with unequal weights, with the effective number of frames.

    Args:
        truth, predicted: (n,) indices of `names`, −1 for no prediction.
        names: The K classes.
        weight: (n,) ≥ 0; None weighs all alike.
    """
    t, p = np.asarray(truth, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    w = np.ones(t.size) if weight is None else np.asarray(weight, dtype=np.float64)
    scores = compute_f1(count_by_class(t, p, len(names), w))
    right = (t == p).astype(np.float64)
    return tuple(
        ClassScore(
            name,
            int((t == k).sum()),
            estimate_weighted_share(right[t == k], w[t == k]),
            estimate_weighted_share(right[p == k], w[p == k]),
            float(scores[k]),
        )
        for k, name in enumerate(names)
    )


def make_statistic(
    score: Callable[[ClassCounts], NDArray[np.float64]],
    truth: ArrayLike,
    predicted: ArrayLike,
    n_classes: int,
) -> bootstrap_draw.Statistic:
    """A score of this module as a function of (b, n) weights, for `estimate_by_frame` and
    `estimate_by_clip`.

    `truth`, `predicted`: (n,) class indices, −1 for no prediction."""
    return lambda weights: score(count_by_class(truth, predicted, n_classes, weights))


def estimate_class_scores(
    truth: ArrayLike,
    predicted: ArrayLike,
    n_classes: int,
    weight: ArrayLike,
    strata: ArrayLike,
    seed: int,
) -> dict[str, Estimate]:
    """`balanced_accuracy` and `macro_f1` with bootstrap limits; all arrays (n,). A benchmark has
    weights 1 and one stratum.

    Where all predictions are correct, or all wrong, every resample is alike: the limits are then
    exact ones (methods 2.6b)."""
    t, p, w = (
        np.asarray(truth, dtype=np.int64),
        np.asarray(predicted, dtype=np.int64),
        np.asarray(weight, dtype=np.float64),
    )
    right = (t == p)[w > 0]
    if right.size and (right.all() or not right.any()):
        return _estimate_without_spread(t[w > 0], w[w > 0], bool(right[0]))
    return bootstrap_draw.estimate_scores_by_frame(
        partial(count_by_class, t, p, n_classes),
        {"balanced_accuracy": compute_balanced_accuracy, "macro_f1": compute_macro_f1},
        weight,
        strata,
        seed,
    )


def _estimate_without_spread(
    truth: NDArray[np.int64], weight: NDArray[np.float64], right: bool
) -> dict[str, Estimate]:
    """Both scores of (n,) frames that are all right, or all wrong; weighted frames are worth as
    many as Kish says."""
    classes = [weight[truth == k] for k in np.unique(truth)]
    worth, share = (
        np.array([compute_effective_n(class_name) for class_name in classes]),
        np.array([class_name.sum() for class_name in classes]) / weight.sum(),
    )
    floor, n_eff = compute_balanced_floor(worth), compute_effective_n(weight)
    if right:
        limits = {
            "balanced_accuracy": (1.0, floor, 1.0),
            "macro_f1": (1.0, compute_macro_f1_floor(share, n_eff), 1.0),
        }
    else:
        limits = {
            "balanced_accuracy": (0.0, 0.0, 1 - floor),
            "macro_f1": (0.0, 0.0, compute_macro_f1_ceiling(share, n_eff)),
        }
    return {
        name: Estimate.from_limits(*bounds, n=truth.size, n_eff=n_eff, method="exact")
        for name, bounds in limits.items()
    }


def _sum_by_class(
    weights: NDArray[np.float64],
    index: NDArray[np.int64],
    counted: NDArray[np.bool_],
    n_classes: int,
) -> NDArray[np.float64]:
    """(..., n) weights summed by class index where `counted` → (..., K)."""
    frames = np.flatnonzero(counted)
    order = frames[np.argsort(index[frames], kind="stable")]
    classes, starts = np.unique(index[order], return_index=True)
    sums = np.zeros((*weights.shape[:-1], n_classes))
    if order.size:
        sums[..., classes] = np.add.reduceat(weights[..., order], starts, axis=-1)
    return sums


def divide_or_nan(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Element by element, NaN where the whole is 0.

    Args: `part`, `whole`: (n,) or any other shape, the same of both. Returns: `part / whole`, (n,)
    as they are.
    """
    quotient: NDArray[np.float64] = np.divide(
        part, whole, out=np.full(np.shape(part), nan), where=whole > 0
    )
    return quotient


def _compute_mean_over_truth(
    scores: NDArray[np.float64], counts: ClassCounts
) -> NDArray[np.float64]:
    present = counts.truths > 0
    return divide_or_nan(
        np.where(present, scores, 0.0).sum(axis=-1), present.sum(axis=-1).astype(np.float64)
    )
