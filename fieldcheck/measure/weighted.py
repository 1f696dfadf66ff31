"""Shares and means from frames that were drawn with unequal probabilities, where the size of the population is not known."""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.camera_interval import estimate_camera_interval
from fieldcheck.measure.interval import compute_wilson_limits, estimate_wilson

MOST_GAIN = 1.5  # weights may make n frames worth at most this many times n


def compute_effective_n(weight: ArrayLike) -> float:
    """(Σw)²/Σw²: how many equally weighted frames (n,) weights are worth. Source: Kish 1965."""
    w = np.asarray(weight, dtype=np.float64)
    return float(w.sum() ** 2 / (w @ w))


def compute_weighted_mean(value: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """The mean of (n,) values with (n,) weights, n ≥ 1; exactly their value where all are the same. Rounding would make "all right"
    0.9999999999999998, and what is a share of its own to every interval, no longer one of 1."""
    first = float(value[0])
    return first if bool((value == first).all()) else float(weight @ value / weight.sum())


def estimate_weighted_share(right: ArrayLike, weight: ArrayLike) -> Estimate:
    """Weighted share right with Wilson's limits at the effective number of frames (methods 3.5); plain Wilson for equal weights.

    `right`: (n,) of 0 and 1, `weight`: (n,) ≥ 0; frames of weight 0 are left out. Source: Särndal, Swensson & Wretman 1992.
    """
    y, w = np.asarray(right, dtype=np.float64), np.asarray(weight, dtype=np.float64)
    y, w = y[w > 0], w[w > 0]
    if y.size == 0:
        return Estimate.not_measured("no_labels")
    if np.ptp(w) <= 1e-9 * w.max():
        return estimate_wilson(float(y.sum()), y.size)
    p = compute_weighted_mean(y, w)
    variance = _compute_ratio_variance(y, w, p)
    worth = min(p * (1 - p) / variance, MOST_GAIN * y.size) if 0 < p < 1 and variance > 0 else compute_effective_n(w)
    lo, hi = compute_wilson_limits(p, worth)
    return Estimate.from_limits(p, lo, hi, n=y.size, n_eff=worth, method="hajek_wilson")


def estimate_by_clips_or_frames(right: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> Estimate:
    """Weighted share right with the limits for other clips of the cameras; below three clips those of `estimate_weighted_share`, for this
    footage.

    `right`: (n,) of 0 and 1; `weight`: (n,) design weights; `clip`: (n,) ids.
    """
    cameras = estimate_camera_interval(right, weight, clip)
    return cameras if cameras.measured else estimate_weighted_share(right, weight)


def compute_weighted_median(value: ArrayLike, weight: ArrayLike) -> float:
    """The least of (n,) values with half of the weight, (n,), at or below it; NaN without one. Values that are not finite or weigh nothing
    are left out."""
    y, w = np.asarray(value, dtype=np.float64), np.asarray(weight, dtype=np.float64)
    kept = np.isfinite(y) & (w > 0)
    if not kept.any():
        return nan
    order = np.argsort(y[kept], kind="stable")
    reached = np.cumsum(w[kept][order])
    return float(y[kept][order][np.searchsorted(reached, reached[-1] / 2)])


def _compute_ratio_variance(y: NDArray[np.float64], w: NDArray[np.float64], p: float) -> float:
    """Variance of the ratio estimator."""
    n = y.size
    return float(n / (n - 1) * ((w * (y - p)) ** 2).sum() / w.sum() ** 2)
