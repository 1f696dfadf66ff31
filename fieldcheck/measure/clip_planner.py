"""Clip planner: how wide a camera interval will be for so many clips and labels a clip, before one is recorded (methods 2.7)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy

from fieldcheck.measure.camera_interval import FEWEST_CLIPS, ClipSums, Figures, compute_clip_posterior

ICC_BEFORE = 0.3  # correlation within clips that is assumed until a first visit has measured one
SHIFTS = (0.2, 0.5, 0.8)  # where in each of G equal parts of the distribution a clip of a typical visit lies
MOST_CLIPS = 400
STEADY = 4  # a width must also hold for the next three numbers of clips, since whole frames make it jump


@lru_cache(maxsize=512)
def plan_half_width(clips: int, frames: int, accuracy: float, icc: float = ICC_BEFORE) -> float:
    """Expected half-width of the camera interval, a fraction, from `clips` clips of `frames` labelled frames each.

    The mean of three typical visits; `accuracy` and `icc` are fractions. Needs three clips and a frame a clip, else ValueError.
    """
    if clips < FEWEST_CLIPS or frames < 1:
        raise ValueError(f"no camera interval from {clips} clips of {frames} frames")
    weight = np.full(clips, float(frames))
    limits = [
        compute_clip_posterior(ClipSums(weight, weight, make_typical_counts(clips, frames, accuracy, icc, shift))).get_limits()
        for shift in SHIFTS
    ]
    return sum(hi - lo for lo, hi in limits) / (2 * len(limits))


def make_typical_counts(clips: int, frames: int, accuracy: float, icc: float, shift: float = 0.5) -> Figures:
    """(clips,) right frames of a typical visit: beta-binomial quantiles at (g + shift)/clips."""
    x = np.arange(frames + 1)
    rho = min(max(icc, 1e-6), 1 - 1e-6)
    a, b = accuracy * (1 - rho) / rho, (1 - accuracy) * (1 - rho) / rho
    gammaln = scipy.special.gammaln
    coefficient = gammaln(frames + 1) - gammaln(x + 1) - gammaln(frames - x + 1)
    alike = gammaln(a + b) - gammaln(a) - gammaln(b)
    below = np.cumsum(np.exp(coefficient + gammaln(x + a) + gammaln(frames - x + b) - gammaln(frames + a + b) + alike))
    levels = (np.arange(clips) + shift) / clips - 1e-9
    return np.searchsorted(below, levels).clip(0, frames).astype(np.float64)


def plan_clips(half_width: float, frames: int, accuracy: float, icc: float = ICC_BEFORE, most: int = MOST_CLIPS) -> int | None:
    """Fewest clips whose planned half-width, and that of the next three numbers of clips, is within `half_width`; None beyond `most`."""
    run = 0
    for clips in range(FEWEST_CLIPS, most + STEADY):
        run = run + 1 if plan_half_width(clips, frames, accuracy, icc) <= half_width else 0
        if run == STEADY:
            return clips - STEADY + 1
    return None
