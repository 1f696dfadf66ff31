"""The camera interval: clips, not frames, are the independent units."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import bonett_price, wilson_limits
from fieldcheck.measure.weighted import weighted_mean

FEWEST_CLIPS = 3  # below this the result describes the footage only
FEW_CLIPS = 8  # below this a camera interval is weak


@dataclass(frozen=True, slots=True)
class Spread:
    """How frames of the same clip hang together. `p` weighted share right, `v` its variance between clips, `deff` design effect,
    `t` the two-sided 95 % quantile with `clips` − 1 degrees of freedom; all of methods 2.4."""

    p: float
    v: float
    deff: float
    n: int
    n_eff: float
    clips: int
    t: float


def spread(right: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> Spread:
    """`right`: (n,) of 0 and 1; `weight`: (n,) ≥ 0; `clip`: (n,) ids of any kind. Needs two clips with weight, else ValueError.

    Frames of weight 0 are left out. Source: methods 2.4; linearised variance between clips, effective n as Korn & Graubard 1998.
    """
    y, w, member, clips = _weighed(right, weight, clip)
    if clips < 2:
        raise ValueError(f"a spread between clips needs two of them, not {clips}")
    p = weighted_mean(y, w)
    v = _variance(y - p, w, member, clips)
    variance_iid = p * (1 - p) / y.size
    if variance_iid <= 0:
        deff, n_eff = 1.0, float(min(y.size, clips))
    else:
        deff = max(1.0, v / variance_iid)
        n_eff = y.size / deff
    return Spread(p, v, deff, y.size, n_eff, clips, float(stdtrit(clips - 1, 0.975)))


def by_clip(right: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> Estimate:
    """Weighted share right with an interval for other clips of the same camera (methods 2.4).

    One or two clips give "na" with the note "too_few_clips"; three to seven a weak estimate, "few_clips".
    """
    y, _, _, clips = _weighed(right, weight, clip)
    if y.size == 0:
        return Estimate.na("no_labels")
    if clips < FEWEST_CLIPS:
        return Estimate.na("too_few_clips", y.size)
    found = spread(right, weight, clip)
    lo, hi = wilson_limits(found.p, found.n_eff, found.t)
    estimate = Estimate.of(found.p, lo, hi, n=found.n, n_eff=found.n_eff, method="cluster_wilson")
    return estimate.weakened("few_clips") if clips < FEW_CLIPS else estimate


def change_by_clip(change: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> Estimate:
    """Weighted mean of (n,) changes on the same frames (new − old, each −1, 0 or 1) with clips as units: mean ± t·√v (methods 6.4).

    v is never less than it were for frames without clips. Where every frame changed alike it says nothing: then each clip counts as one
    frame, with Bonett and Price's limits.
    """
    d, w, member, clips = _weighed(change, weight, clip)
    if d.size == 0:
        return Estimate.na("no_labels")
    if clips < FEWEST_CLIPS:
        return Estimate.na("too_few_clips", d.size)
    mean = weighted_mean(d, w)
    if bool((d == mean).all()):
        alike = bonett_price(clips * (mean > 0), clips * (mean < 0), clips)
        lo, hi = alike.lo, alike.hi
    else:
        of_frames = float(w @ (d - mean) ** 2 / w.sum()) / d.size
        half = float(stdtrit(clips - 1, 0.975)) * sqrt(max(of_frames, _variance(d - mean, w, member, clips)))
        lo, hi = max(-1.0, mean - half), min(1.0, mean + half)
    estimate = Estimate.of(mean, lo, hi, n=d.size, n_eff=float(clips), method="cluster_t")
    return estimate.weakened("few_clips") if clips < FEW_CLIPS else estimate


def intraclass_correlation(right: ArrayLike, clip: ArrayLike) -> float:
    """Share of the variance of (n,) answers that lies between clips, by one-way analysis of variance; may be negative.

    0 where nothing varies. Raises ValueError with fewer than two clips or no clip of two frames. Source: Kish 1965.
    """
    y = np.asarray(right, dtype=np.float64)
    _, member = np.unique(np.asarray(clip), return_inverse=True)
    sizes = np.bincount(member).astype(np.float64)
    clips = sizes.size
    if clips < 2 or y.size == clips:
        raise ValueError(f"no correlation within clips from {y.size} frames in {clips} clips")
    means = np.bincount(member, weights=y) / sizes
    between = float(sizes @ (means - y.mean()) ** 2) / (clips - 1)
    within = float(((y - means[member]) ** 2).sum()) / (y.size - clips)
    typical = (y.size - float(sizes @ sizes) / y.size) / (clips - 1)
    scale = between + (typical - 1) * within
    return (between - within) / scale if scale > 0 else 0.0


def _weighed(
    values: ArrayLike, weight: ArrayLike, clip: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp], int]:
    """Values and weights of the frames that weigh something, the index of each one's clip, and the number of clips."""
    y, w, ids = np.asarray(values, dtype=np.float64), np.asarray(weight, dtype=np.float64), np.asarray(clip)
    if not y.shape == w.shape == ids.shape or y.ndim != 1:
        raise ValueError(f"answers, weights and clips differ in shape: {y.shape}, {w.shape}, {ids.shape}")
    counted = w > 0
    names, member = np.unique(ids[counted], return_inverse=True)
    return y[counted], w[counted], member, names.size


def _variance(deviation: NDArray[np.float64], weight: NDArray[np.float64], member: NDArray[np.intp], clips: int) -> float:
    """Variance of a weighted mean between clips."""
    sums = np.bincount(member, weights=weight * deviation / weight.sum(), minlength=clips)
    return float(clips / (clips - 1) * (sums @ sums))
