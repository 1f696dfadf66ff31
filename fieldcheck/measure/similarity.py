"""Which vectors lie nearest, and where all of them lie on a plane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
LEAST_SPREAD = 1e-6


def find_nearest_vectors(vectors: Array, query: Array, n: int) -> tuple[NDArray[np.int64], Array]:
    """`vectors`: (m, d); `query`: (d,) → the places of the `n` most alike and how alike, by falling product, ties by place.

    One matrix product and one partial sort: vectors of unit length give cosines. Zeros stand for nothing and are never near.
    """
    alike: Array = vectors @ query
    n = min(n, alike.size)
    if n == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    near = np.argpartition(-alike, n - 1)[:n] if n < alike.size else np.arange(alike.size)
    order = near[np.lexsort((near, -alike[near]))]
    return order.astype(np.int64), np.asarray(alike[order], np.float32)


def normalize_rows(vectors: Array) -> Array:
    """(m, d) → the same directions with length 1; zeros stay zeros."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0), np.float32)


def scale_by_deviation(vectors: Array, spread_of: Array | None = None) -> Array:
    """Standardised (m, d) figures in units of their own → each less its mean, in its own deviations, as `spread_of`, (k, d), has them
    (else itself), so that no figure outweighs the others; then of unit length."""
    base = vectors if spread_of is None or not len(spread_of) else spread_of
    if not len(base):
        return vectors.astype(np.float32)
    spread = base.std(axis=0)
    scaled = (vectors - base.mean(axis=0)) / np.where(spread > LEAST_SPREAD, spread, 1.0)
    return normalize_rows(np.asarray(scaled, np.float32))


def project_to_plane(vectors: Array) -> Array:
    """(m, d) → (m, 2), the two directions in which they differ most (principal components).

    Exact and always the same: no seed is drawn, and each direction points to where its largest part is positive.
    """
    if len(vectors) < 2 or vectors.shape[1] < 1:
        return np.zeros((len(vectors), 2), np.float32)
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    two = directions[:, ::-1][:, :2]
    two = two * np.sign(two[np.abs(two).argmax(axis=0), np.arange(two.shape[1])])
    found = (centred @ two).astype(np.float32)
    return found if found.shape[1] == 2 else np.column_stack([found, np.zeros(len(found), np.float32)])


def find_points_inside(points: Array, corners: Array) -> NDArray[np.bool_]:
    """`points`: (m, 2); `corners`: (k, 2) of a closed line → (m,) bool: which lie within it, by the even-odd rule."""
    found = np.zeros(len(points), np.bool_)
    x, y = points[:, 0], points[:, 1]
    for (x1, y1), (x2, y2) in zip(corners.tolist(), np.roll(corners, -1, axis=0).tolist(), strict=True):
        crosses = (y1 > y) != (y2 > y)
        if y1 != y2:
            found ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return found
