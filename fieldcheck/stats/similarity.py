"""Similarity of vectors: nearest neighbours, projection to a plane, distance of two sets,
near-duplicates, and novelty (methods 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Distance between two clouds of points.


def compute_mean_distances(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n,) the mean Euclidean distance of each point of `a` (n, d) to those of `b` (m, d)."""
    squares = (
        (a.astype(np.float64) ** 2).sum(axis=1)[:, None]
        + (b.astype(np.float64) ** 2).sum(axis=1)[None]
        - 2 * a @ b.T
    )
    return np.asarray(np.sqrt(np.maximum(squares, 0)).mean(axis=1), np.float64)


# Near-duplicates: the same picture coded, resized or taken a moment later, found by perceptual hash
# and confirmed by fine
# structure.

MOST_BITS = 12  # of pHash: pictures two video frames apart differ in up to ten
LEAST_ALIKE = 0.9  # pictures of like parts on one ground reach 0.8
ROWS, COLUMNS = 256, 4096  # pairs held at once
NOBODY = -1


@dataclass(frozen=True, slots=True)
class FineFingerprints:
    """Perceptual hash and fine structure of n images. `phash`: (n,) uint64; `detail`: (n, d)
    float32 of unit length, or zeros for an image without structure, which then has no duplicates.
    """

    phash: NDArray[np.uint64]
    detail: NDArray[np.float32]

    @classmethod
    def from_vectors(cls, vectors: Sequence[NDArray[np.float32]]) -> FineFingerprints:
        """From vectors (64 + d,) as `pack_fingerprint` makes them."""
        if not vectors:
            return cls(np.empty(0, np.uint64), np.empty((0, 0), np.float32))
        rows = np.stack(vectors)
        bits = np.packbits(rows[:, :64] > 0, axis=1)
        return cls(bits.view(">u8").ravel().astype(np.uint64), np.ascontiguousarray(rows[:, 64:]))


def pack_fingerprint(phash: int, detail: NDArray[np.float32]) -> NDArray[np.float16]:
    """64 bits and (d,) float32 → (64 + d,) half-precision figures, the bits as 1 and -1."""
    bits = np.unpackbits(np.frombuffer(phash.to_bytes(8, "big"), np.uint8)).astype(np.float16)
    return np.concatenate([2 * bits - 1, detail.astype(np.float16)])


def match_near_duplicates(
    a: FineFingerprints, b: FineFingerprints | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Nearest near-duplicate of each image.

    Near-duplicates differ in at most 12 bits of pHash and their fine structures correlate at 0.9 or
    more: pHash alone would also match different images of similar parts. Memory does not grow with
    the number of pairs.

    Args:
        a: n images.
        b: images to search; without it, the others of `a`.

    Returns:
        (n,) index in `b`, −1 where there is none, and (n,) similarity, at most 1.
    """
    among = a if b is None else b
    nearest, alike = np.full(a.phash.size, NOBODY, np.int64), np.zeros(a.phash.size, np.float32)
    for row in range(0, a.phash.size, ROWS):
        mine = slice(row, row + ROWS)
        for column in range(0, among.phash.size, COLUMNS):
            others = slice(column, column + COLUMNS)
            near = np.bitwise_count(a.phash[mine, None] ^ among.phash[None, others]) <= MOST_BITS
            if b is None:
                near &= (
                    np.arange(row, row + near.shape[0])[:, None]
                    != np.arange(column, column + near.shape[1])[None]
                )
            if not near.any():
                continue
            likeness = np.where(near, a.detail[mine] @ among.detail[others].T, 0)
            best = likeness.argmax(axis=1)
            value = np.minimum(likeness[np.arange(best.size), best], 1)
            better = (value >= LEAST_ALIKE) & (value > alike[mine])
            nearest[mine] = np.where(better, best + column, nearest[mine])
            alike[mine] = np.where(better, value, alike[mine])
    return nearest, alike


Array = NDArray[np.float32]
LEAST_SPREAD = 1e-6


def find_nearest_vectors(vectors: Array, query: Array, n: int) -> tuple[NDArray[np.int64], Array]:
    """The `n` vectors most similar to a query, by dot product; ties by index. Zero vectors mean
    unknown and are never near.

    Args:
        vectors: (m, d); with unit length the product is the cosine.
        query: (d,).
        n: number of neighbours.

    Returns:
        Their indices and products, highest first.
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
    return np.asarray(
        np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0), np.float32
    )


def scale_by_deviation(vectors: Array, spread_of: Array | None = None) -> Array:
    """Standardises vectors in different units: each column minus its mean, divided by its
    deviation, both from `spread_of` (k, d), else from `vectors` (m, d) itself; then scaled to unit
    length."""
    base = vectors if spread_of is None or not len(spread_of) else spread_of
    if not len(base):
        return vectors.astype(np.float32)
    spread = base.std(axis=0)
    scaled = (vectors - base.mean(axis=0)) / np.where(spread > LEAST_SPREAD, spread, 1.0)
    return normalize_rows(np.asarray(scaled, np.float32))


def project_to_plane(vectors: Array) -> Array:
    """Projection to the first two principal components: (m, d) → (m, 2).

    Deterministic: no seed, and each axis points to where its largest component is positive."""
    if len(vectors) < 2 or vectors.shape[1] < 1:
        return np.zeros((len(vectors), 2), np.float32)
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    two = directions[:, ::-1][:, :2]
    two = two * np.sign(two[np.abs(two).argmax(axis=0), np.arange(two.shape[1])])
    points = (centred @ two).astype(np.float32)
    return (
        points
        if points.shape[1] == 2
        else np.column_stack([points, np.zeros(len(points), np.float32)])
    )


def find_points_inside(points: Array, corners: Array) -> NDArray[np.bool_]:
    """`points`: (m, 2); `corners`: (k, 2) of a closed line → (m,) bool: which lie within it, by the
    even-odd rule."""
    inside = np.zeros(len(points), np.bool_)
    x, y = points[:, 0], points[:, 1]
    for (x1, y1), (x2, y2) in zip(
        corners.tolist(), np.roll(corners, -1, axis=0).tolist(), strict=True
    ):
        crosses = (y1 > y) != (y2 > y)
        if y1 != y2:
            inside ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside


# How unlike the benchmark a frame is, by vectors of both (methods 3.2, component V).

Vectors = NDArray[np.float32]

NEAREST = 10
MOST_CELLS = 1 << 22  # distances held at once


def compute_embedding_novelty(frames: Vectors, benchmark: Vectors) -> NDArray[np.float64]:
    """(N, d) and (M, d) of unit length → (N,) mean cosine distance to the ten nearest benchmark
    vectors; NaN for a zero vector.

    With fewer than ten, to all of them. Raises ValueError without any.
    """
    embedded = benchmark[np.abs(benchmark).any(axis=1)]
    return _mean_nearest_distance(
        frames, embedded, lambda some: 1 - some.astype(np.float64) @ embedded.T.astype(np.float64)
    )


def compute_statistics_novelty(frames: Vectors, benchmark: Vectors) -> NDArray[np.float64]:
    """Novelty by image statistics, (N, s) and (M, s) in units of their own → (N,) mean Euclidean
    distance in the benchmark's deviations.

    To the ten nearest, as `compute_embedding_novelty`; an angle between statistics would mean
    nothing for a frame that is like the average. Raises ValueError without any.
    """
    spread = benchmark.std(axis=0, dtype=np.float64)
    scale = np.where(spread > 1e-6, spread, 1.0)
    own, other = frames / scale, benchmark / scale
    squares = (other**2).sum(axis=1)

    def compute_distance(some: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(
            np.sqrt(
                np.maximum(0, (some**2).sum(axis=1)[:, None] + squares[None] - 2 * some @ other.T)
            ),
            np.float64,
        )

    return _mean_nearest_distance(own, other, compute_distance)


def _mean_nearest_distance(
    frames: Vectors | NDArray[np.float64],
    benchmark: Vectors | NDArray[np.float64],
    distance: Callable[[Any], NDArray[np.float64]],
) -> NDArray[np.float64]:
    if not len(benchmark):
        raise ValueError("there is no benchmark picture to compare with")
    distances = np.full(len(frames), np.nan)
    k = min(NEAREST, len(benchmark))
    step = max(1, MOST_CELLS // len(benchmark))
    for first in range(0, len(frames), step):
        some = frames[first : first + step]
        apart = distance(some)
        distances[first : first + step] = np.where(
            np.abs(some).any(axis=1), np.partition(apart, k - 1, axis=1)[:, :k].mean(axis=1), np.nan
        )
    return distances
