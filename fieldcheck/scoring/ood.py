"""Out-of-distribution detection: confidence of a model on frames of its own kind against that on pictures of nothing (methods 4)."""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import estimate_wilson

KEPT_SHARE = 0.95  # of the frames of its own kind, at the threshold of `compute_false_positive_rates`


def compute_auroc(own: ArrayLike, strange: ArrayLike) -> float:
    """How often a frame of its own kind scores above a strange one, ties counting half; NaN without either.

    `own`: (n,), `strange`: (m,) scores; what is not finite is left out. Source: Mann & Whitney 1947.
    """
    a, b = _filter_finite(own), _filter_finite(strange)
    if not a.size or not b.size:
        return nan
    below = np.searchsorted(np.sort(b), a, side="left") + np.searchsorted(np.sort(b), a, side="right")
    return float(below.sum() / (2 * a.size * b.size))


def compute_false_positive_rates(own: ArrayLike, strange: ArrayLike) -> tuple[float, float]:
    """False positive rate at 95 % true positives: the share of `strange`, (m,) scores, at or above the score that keeps 95 % of its `own`
    kind, (n,) scores, and that score; NaN without either. Scores that are not finite are left out."""
    a, b = np.sort(_filter_finite(own)), _filter_finite(strange)
    if not a.size or not b.size:
        return nan, nan
    threshold = float(a[int(np.floor((1 - KEPT_SHARE) * a.size + 1e-9))])
    return float((b >= threshold).mean()), threshold


def estimate_confident_ood_rate(sure: ArrayLike, allowed: ArrayLike) -> Estimate:
    """The share of strange pictures that are answered with confidence, answers that were allowed not counted. (n,) bool each."""
    counted = np.asarray(sure, dtype=np.bool_) & ~np.asarray(allowed, dtype=np.bool_)
    return estimate_wilson(int(counted.sum()), counted.size)


def _filter_finite(scores: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(scores, dtype=np.float64)
    return found[np.isfinite(found)]
