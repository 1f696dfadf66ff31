"""Robustness statistics: fall of a score with severity and its tipping point (methods 5.2),
out-of-distribution detection, shortcuts."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.stats.wilson_interval import estimate_wilson

# Out-of-distribution detection: confidence of a model on frames of its own kind against that on
# pictures of nothing (methods 4).

# of the frames of its own kind, at the threshold of `compute_false_positive_rates`
KEPT_SHARE = 0.95


def compute_auroc(own: ArrayLike, strange: ArrayLike) -> float:
    """AUROC: how often an in-distribution score exceeds an out-of-distribution one, ties counting
    half; NaN where either is missing.

    `own`: (n,) in-distribution, `strange`: (m,) out-of-distribution scores; those that are not
        finite are left out. Source: Mann & Whitney
    1947."""
    a, b = _filter_finite(own), _filter_finite(strange)
    if not a.size or not b.size:
        return nan
    below = np.searchsorted(np.sort(b), a, side="left") + np.searchsorted(
        np.sort(b), a, side="right"
    )
    return float(below.sum() / (2 * a.size * b.size))


def compute_false_positive_rates(own: ArrayLike, strange: ArrayLike) -> tuple[float, float]:
    """False positive rate at 95 % true positives: the share of `strange`, (m,) out-of-distribution
    scores, at or above the score that keeps 95 % of `own`, (n,) in-distribution scores; and that
    score. NaN where either is missing. Scores that are not finite are left out."""
    a, b = np.sort(_filter_finite(own)), _filter_finite(strange)
    if not a.size or not b.size:
        return nan, nan
    threshold = float(a[int(np.floor((1 - KEPT_SHARE) * a.size + 1e-9))])
    return float((b >= threshold).mean()), threshold


def estimate_confident_ood_rate(sure: ArrayLike, allowed: ArrayLike) -> Estimate:
    """The share of strange pictures that are answered with confidence, answers that were allowed
    not counted. (n,) bool each."""
    counted = np.asarray(sure, dtype=np.bool_) & ~np.asarray(allowed, dtype=np.bool_)
    return estimate_wilson(int(counted.sum()), counted.size)


def _filter_finite(scores: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(scores, dtype=np.float64)
    return values[np.isfinite(values)]


TIPPING_DROP = 0.20  # a loss of twenty points is a tip
CONFIDENT = 0.90  # confidence from which a wrong answer is a sure one


def compute_corruption_error(error: ArrayLike, reference: ArrayLike | None = None) -> float:
    """Σ error over Σ reference, both (S,) error rates at the same severities; without a reference
    the mean error.

    NaN where the reference makes no error. Source: Hendrycks & Dietterich 2019, CE.
    """
    ours = np.asarray(error, dtype=np.float64)
    theirs = np.ones_like(ours) if reference is None else np.asarray(reference, dtype=np.float64)
    return _divide_or_nan(float(ours.sum()), float(theirs.sum()))


def compute_severity_area(severity: ArrayLike, score: ArrayLike) -> float:
    """Area under (S,) scores over (S,) severities rising from 0, as a share of the area of a score
    that never falls.

    NaN with fewer than two severities or a clean score of 0."""
    s, y = _check_curve(severity, score)
    return (
        _divide_or_nan(float(np.trapezoid(y, s)), float((s[-1] - s[0]) * y[0]))
        if s.size > 1
        else nan
    )


def find_tipping_severity(
    severity: ArrayLike, score: ArrayLike, drop: float = TIPPING_DROP
) -> float | None:
    """Severity at which a score has first lost `drop` compared with severity 0, interpolated
    linearly; None where it never does. A later recovery is ignored, so that one lucky cell hides
    nothing.

    Args:
        severity: (k,) rising from 0.
        score: (k,) in the unit of `drop`.

    Raises:
        ValueError: the arrays do not fit these conditions.
    """
    s, y = _check_curve(severity, score)
    lowest = np.minimum.accumulate(y)
    limit = y[0] - drop
    below = np.flatnonzero(lowest <= limit + 1e-12)
    if not below.size:
        return None
    index = int(below[0])
    if index == 0:
        return float(s[0])
    before, after = lowest[index - 1], lowest[index]
    return float(s[index - 1] + (s[index] - s[index - 1]) * (before - limit) / (before - after))


def find_tipping_range(
    severity: ArrayLike, lo: ArrayLike, hi: ArrayLike, drop: float = TIPPING_DROP
) -> tuple[float | None, float | None]:
    """The earliest and the latest severity at which a score has lost `drop`, as far as the
    intervals of its loss tell: where their upper and where their lower ends reach it first.

    Each severity is taken by itself: nothing is said of all of them at once.

    Args:
        severity: (k,) rising from 0.
        lo: (k,) lower ends of the loss against severity 0, itself 0 there.
        hi: (k,) upper ends.

    Returns:
        Both severities; None for one that is not reached.

    Raises:
        ValueError: the arrays do not fit these conditions.
    """
    earliest, latest = (
        find_tipping_severity(severity, -np.asarray(ends, dtype=np.float64), drop)
        for ends in (hi, lo)
    )
    return earliest, latest


def find_confident_errors(
    right: Sequence[bool] | NDArray[np.bool_], confidence: ArrayLike
) -> NDArray[np.bool_]:
    """(n,) bool: wrong predictions with a confidence of at least 0.9; one that is not finite does
    not count. `right`: (n,) bool; `confidence`: (n,) shares."""
    sure = np.asarray(confidence, dtype=np.float64) >= CONFIDENT
    return np.asarray(~np.asarray(right, dtype=np.bool_) & sure, dtype=np.bool_)


def _check_curve(
    severity: ArrayLike, score: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    s, y = np.asarray(severity, dtype=np.float64), np.asarray(score, dtype=np.float64)
    if s.shape != y.shape or s.ndim != 1 or not s.size or s[0] != 0 or (np.diff(s) <= 0).any():
        raise ValueError(
            f"severities rise from 0 and have a score each, not {s.tolist()} with {y.tolist()}"
        )
    return s, y


def _divide_or_nan(part: float, whole: float) -> float:
    return part / whole if whole > 0 else nan


# Shortcuts: where a model looks, from what may be taken away before its answer changes.

# answers that stay although the object is hidden: more than that come from the background
STAYS = 0.30
MOSTLY = 0.50  # answers that stay although no shape is left: more than that come from the texture


def estimate_unchanged_answers(before: ArrayLike, after: ArrayLike) -> Estimate:
    """The share of classifications that a probe leaves as they were. `before`, `after`: (n,) class
    indices, −1 for none.

    Frames whose clean answer is the one most often given under the probe are left out: a model that
    answers everything it cannot read with one class has not recognised that class again. Fewer than
    ten frames are "na".
    """
    clean, probed = np.asarray(before, dtype=np.int64), np.asarray(after, dtype=np.int64)
    if not clean.size:
        return Estimate.not_measured("no_labels")
    usual = np.bincount(probed[probed >= 0]).argmax() if (probed >= 0).any() else -1
    counted = (clean != usual) & (clean >= 0)
    if counted.sum() < FEW_FRAMES:
        return Estimate.not_measured("one_answer", int(counted.sum()))
    return estimate_wilson(int((clean == probed)[counted].sum()), int(counted.sum()))


def estimate_unchanged_boxes(match: ArrayLike, has_boxes: ArrayLike) -> Estimate:
    """Kept boxes of a detector: the mean (n,) match of its boxes over the frames in which it had
    `has_boxes` any, (n,) bool."""
    scores, had = np.asarray(match, dtype=np.float64), np.asarray(has_boxes, dtype=np.bool_)
    if had.sum() < FEW_FRAMES:
        return Estimate.not_measured("no_boxes", int(had.sum()))
    return estimate_wilson(float(scores[had].sum()), int(had.sum()))


def is_background_dependent(object_hidden: Estimate) -> bool:
    """Whether at least three answers in ten stay although the object is hidden, beyond chance."""
    return object_hidden.measured and object_hidden.lo >= STAYS


def is_texture_dependent(patches_shuffled: Estimate, strong_blur: Estimate) -> bool:
    """Whether most answers survive the loss of every shape, and more of them than survive the loss
    of all texture."""
    if not (patches_shuffled.measured and strong_blur.measured):
        return False
    return patches_shuffled.value >= MOSTLY and patches_shuffled.lo > strong_blur.hi
