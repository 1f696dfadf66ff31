"""How unlike the benchmark a frame is, by vectors of both (methods 3.2, component V)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

NEAREST = 10
MOST_CELLS = 1 << 22  # distances held at once


def compute_embedding_novelty(frames: Vectors, benchmark: Vectors) -> NDArray[np.float64]:
    """(N, d) and (M, d) of unit length → (N,) mean cosine distance to the ten nearest benchmark vectors; NaN for a zero vector.

    With fewer than ten, to all of them. Raises ValueError without any.
    """
    known = benchmark[np.abs(benchmark).any(axis=1)]
    return _mean_nearest_distance(frames, known, lambda some: 1 - some.astype(np.float64) @ known.T.astype(np.float64))


def compute_statistics_novelty(frames: Vectors, benchmark: Vectors) -> NDArray[np.float64]:
    """Novelty by image statistics, (N, s) and (M, s) in units of their own → (N,) mean Euclidean distance in the benchmark's deviations.

    To the ten nearest, as `compute_embedding_novelty`; an angle between statistics would mean nothing for a frame that is like the average.
    Raises ValueError without any.
    """
    spread = benchmark.std(axis=0, dtype=np.float64)
    scale = np.where(spread > 1e-6, spread, 1.0)
    own, other = frames / scale, benchmark / scale
    squares = (other**2).sum(axis=1)

    def compute_distance(some: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.sqrt(np.maximum(0, (some**2).sum(axis=1)[:, None] + squares[None] - 2 * some @ other.T)), np.float64)

    return _mean_nearest_distance(own, other, compute_distance)


def _mean_nearest_distance(
    frames: Vectors | NDArray[np.float64], benchmark: Vectors | NDArray[np.float64], distance: Callable[[Any], NDArray[np.float64]]
) -> NDArray[np.float64]:
    if not len(benchmark):
        raise ValueError("there is no benchmark picture to compare with")
    found = np.full(len(frames), np.nan)
    k = min(NEAREST, len(benchmark))
    step = max(1, MOST_CELLS // len(benchmark))
    for first in range(0, len(frames), step):
        some = frames[first : first + step]
        apart = distance(some)
        found[first : first + step] = np.where(np.abs(some).any(axis=1), np.partition(apart, k - 1, axis=1)[:, :k].mean(axis=1), np.nan)
    return found
