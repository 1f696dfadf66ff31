"""Stretches in which the sensor stood still: the same picture again and again is a fault of the camera, not footage."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

SHORTEST_S = 3.0
FEWEST = 3  # looks that must be the same
SAME = 0.3  # grey levels; a still scene on a live sensor differs by its noise, at least 0.5
# Of the pixels that never change. A look averages noise away, so that of one grey level half of them do not in a still scene either;
# coding a frozen picture anew, key frame by key frame, leaves four fifths.
UNCHANGED = 0.75


def find_frozen_frames(looks: NDArray[np.uint8], t_s: ArrayLike) -> NDArray[np.bool_]:
    """(n,) whether a frame belongs to a frozen stretch of at least 3 s.

    `looks`: (n, h, w) uint8 luma of the listed frames in time order, `t_s`: (n,) their times. Frozen: each frame differs from the one
    before by less than 0.3 grey levels on average, and three quarters of the pixels do not change at all (methods 8.6). The noise of
    a still scene counts as life; where coding has taken that away for three seconds, nothing tells it from a fault.
    """
    times = np.asarray(t_s, dtype=np.float64)
    frozen = np.zeros(len(looks), dtype=bool)
    same = [_compute_mean_difference(before, after) < SAME for before, after in pairwise(looks)]
    for first in range(len(looks)):
        last = max(first + FEWEST - 1, int(np.searchsorted(times, times[first] + SHORTEST_S - 1e-6)))
        if last < len(looks) and all(same[first:last]) and _compute_unchanged_share(looks[first : last + 1]) >= UNCHANGED:
            frozen[first : last + 1] = True
    return frozen


def _compute_mean_difference(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    return float(np.abs(a.astype(np.int16) - b).mean())


def _compute_unchanged_share(looks: NDArray[np.uint8]) -> float:
    """Share of the pixels that are the same in all."""
    return float((looks == looks[0]).all(axis=0).mean())
