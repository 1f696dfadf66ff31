"""Distance between two clouds of points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def compute_mean_distances(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n,) the mean Euclidean distance of each point of `a` (n, d) to those of `b` (m, d)."""
    squares = (a.astype(np.float64) ** 2).sum(axis=1)[:, None] + (b.astype(np.float64) ** 2).sum(axis=1)[None] - 2 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)).mean(axis=1), np.float64)
