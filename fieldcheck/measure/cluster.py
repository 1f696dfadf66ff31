"""Clustered change: what changed on the same frames, with clips, not frames, as the independent units."""

from __future__ import annotations

from math import sqrt

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.camera_interval import FEW_CLIPS, FEWEST_CLIPS
from fieldcheck.measure.interval import estimate_bonett_price
from fieldcheck.measure.weighted import compute_weighted_mean


def estimate_change_by_clip(change: ArrayLike, weight: ArrayLike, clip: ArrayLike, comparisons: int = 1) -> Estimate:
    """Weighted mean of (n,) changes on the same frames (new − old, each −1, 0 or 1) with clips as units: mean ± t·√v (methods 6.4).

    `weight`: (n,) ≥ 0; `clip`: (n,) ids of any kind. v is never less than it were for frames without clips. Where every frame changed alike
    it says nothing: then each clip counts as one frame, with Bonett and Price's limits. `comparisons`: how many such changes are looked at
    together; limits are at 1 − .05 / that many (Bonferroni). Raises ValueError where the shapes differ.
    """
    d, w, member, clips = _drop_unweighted(change, weight, clip)
    if d.size == 0:
        return Estimate.not_measured("no_labels")
    if clips < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", d.size)
    mean = compute_weighted_mean(d, w)
    if bool((d == mean).all()):
        alike = estimate_bonett_price(clips * (mean > 0), clips * (mean < 0), clips, comparisons)
        lo, hi = alike.lo, alike.hi
    else:
        of_frames = float(w @ (d - mean) ** 2 / w.sum()) / d.size
        half = float(scipy.special.stdtrit(clips - 1, 1 - 0.025 / comparisons)) * sqrt(
            max(of_frames, _compute_clip_variance(d - mean, w, member, clips))
        )
        lo, hi = max(-1.0, mean - half), min(1.0, mean + half)
    estimate = Estimate.from_limits(mean, lo, hi, n=d.size, n_eff=float(clips), method="cluster_t")
    return estimate.with_weak_status("few_clips") if clips < FEW_CLIPS else estimate


def _drop_unweighted(
    values: ArrayLike, weight: ArrayLike, clip: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp], int]:
    """Values and weights of the frames that weigh something, the index of each one's clip, and the number of clips."""
    y, w, ids = np.asarray(values, dtype=np.float64), np.asarray(weight, dtype=np.float64), np.asarray(clip)
    if not y.shape == w.shape == ids.shape or y.ndim != 1:
        raise ValueError(f"answers, weights and clips differ in shape: {y.shape}, {w.shape}, {ids.shape}")
    counted = w > 0
    names, member = np.unique(ids[counted], return_inverse=True)
    return y[counted], w[counted], member, names.size


def _compute_clip_variance(deviation: NDArray[np.float64], weight: NDArray[np.float64], member: NDArray[np.intp], clips: int) -> float:
    """Variance of a weighted mean between clips."""
    sums = np.bincount(member, weights=weight * deviation / weight.sum(), minlength=clips)
    return float(clips / (clips - 1) * (sums @ sums))
