"""Accuracy at chance: whether answers have anything to do with the labels. Binomial test against the no-information rate."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

BEYOND_P = 0.05
NEAR = 0.25  # of the way from chance to every answer right: what is further off is good, however few frames show it


def is_beyond_chance(given: NDArray[np.int64], truth: NDArray[np.int64]) -> bool:
    """Whether (n,) answered classes fit the (n,) true ones better than saying the commonest class every time would (one-sided, exact)."""
    if not truth.size:
        return False
    right = int((given == truth).sum())
    return float(scipy.stats.binom.sf(right - 1, truth.size, compute_chance_rate(truth))) < BEYOND_P


def is_at_chance(given: NDArray[np.int64], truth: NDArray[np.int64]) -> bool:
    """Accuracy at chance: whether (n,) answered classes are neither beyond chance, held against the (n,) true ones, nor so often right that
    more frames would show them to be; of nothing False."""
    if not truth.size or is_beyond_chance(given, truth):
        return False
    rate = compute_chance_rate(truth)
    return float((given == truth).mean()) <= rate + NEAR * (1 - rate)


def compute_chance_rate(truth: NDArray[np.int64]) -> float:
    """No-information rate: the share of the commonest of (n,) true classes, half where there is only one or none: what is reached without
    looking."""
    shares = np.unique(truth, return_counts=True)[1] / truth.size
    return float(shares.max()) if shares.size > 1 else 0.5
