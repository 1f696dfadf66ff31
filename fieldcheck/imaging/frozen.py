"""Stretches in which the sensor stood still: the same picture again and again is a fault of the camera, not footage."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

SHORTEST_S = 3.0
SAME = 0.3  # grey levels; a still scene on a live sensor differs by its noise, at least 0.5


def frozen_frames(looks: NDArray[np.uint8], t_s: ArrayLike) -> NDArray[np.bool_]:
    """(n,) whether a frame belongs to a frozen stretch of at least 3 s.

    `looks`: (n, h, w) uint8 luma of the listed frames in time order, `t_s`: (n,) their times. A frame is the same as the one before
    when they differ by less than 0.3 grey levels on average and the median pixel not at all (methods 8.6).
    """
    times = np.asarray(t_s, dtype=np.float64)
    frozen = np.zeros(len(looks), dtype=bool)
    start = 0
    for at in range(1, len(looks) + 1):
        if at < len(looks) and _same(looks[at - 1], looks[at]):
            continue
        if at - start > 1 and times[at - 1] - times[start] >= SHORTEST_S:
            frozen[start:at] = True
        start = at
    return frozen


def _same(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> bool:
    difference = np.abs(a.astype(np.int16) - b)
    return bool(difference.mean() < SAME and np.median(difference) == 0)
