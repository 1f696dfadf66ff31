"""Near-duplicates: the same picture coded, resized or taken a moment later, found by perceptual hash and confirmed by fine structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_BITS = 12  # of pHash: pictures two video frames apart differ in up to ten
LEAST_ALIKE = 0.9  # pictures of like parts on one ground reach 0.8
ROWS, COLUMNS = 256, 4096  # pairs held at once
NOBODY = -1


@dataclass(frozen=True, slots=True)
class FineFingerprints:
    """Perceptual hash and fine structure of n pictures. `phash`: (n,) uint64; `detail`: (n, d) float32 of unit length, or zeros where a
    picture has no structure: it is nobody's duplicate."""

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


def match_near_duplicates(a: FineFingerprints, b: FineFingerprints | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(n,) place in `b` of each picture's nearest near-duplicate, -1 where it has none, and (n,) how alike the two are, at most 1.

    Without `b` among the others of `a`. Near-duplicates differ in at most 12 bits of pHash and their fine structures correlate at 0.9 or
    more: pHash alone takes pictures of like parts for duplicates. Memory does not grow with the number of pairs.
    """
    among = a if b is None else b
    place, alike = np.full(a.phash.size, NOBODY, np.int64), np.zeros(a.phash.size, np.float32)
    for row in range(0, a.phash.size, ROWS):
        mine = slice(row, row + ROWS)
        for column in range(0, among.phash.size, COLUMNS):
            others = slice(column, column + COLUMNS)
            near = np.bitwise_count(a.phash[mine, None] ^ among.phash[None, others]) <= MOST_BITS
            if b is None:
                near &= np.arange(row, row + near.shape[0])[:, None] != np.arange(column, column + near.shape[1])[None]
            if not near.any():
                continue
            found = np.where(near, a.detail[mine] @ among.detail[others].T, 0)
            best = found.argmax(axis=1)
            value = np.minimum(found[np.arange(best.size), best], 1)
            better = (value >= LEAST_ALIKE) & (value > alike[mine])
            place[mine] = np.where(better, best + column, place[mine])
            alike[mine] = np.where(better, value, alike[mine])
    return place, alike
