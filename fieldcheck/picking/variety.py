"""Spreading extra hard frames over what the camera saw, so that they are not a hundred views of one moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def k_center(points: NDArray[np.floating], count: int, start: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Greedy k-center: from (n, d) points take `start`, then always the point farthest from all taken so far, lowest index first.

    Returns the (count,) order, `start` included, and the (count − 1,) distance at which each further point was taken.
    Source: Sener & Savarese 2018; methods 3.4.
    """
    if not 1 <= count <= len(points):
        raise ValueError(f"{count} of {len(points)} points")
    x = np.asarray(points, dtype=np.float64)
    order, radii = [start], []
    distance = np.linalg.norm(x - x[start], axis=1)
    for _ in range(count - 1):
        farthest = int(np.argmax(distance))
        order.append(farthest)
        radii.append(float(distance[farthest]))
        distance = np.minimum(distance, np.linalg.norm(x - x[farthest], axis=1))
    return np.array(order, dtype=np.int64), np.array(radii, dtype=np.float64)
