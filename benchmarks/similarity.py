"""The hundred most alike of 20,000 embeddings, for a hundred frames in turn, against the matrix product alone."""

from __future__ import annotations

import numpy as np

from benchmarks.row import Row, in_turn, row
from fieldcheck.measure.similarity import nearest, unit

BAR = 2.0
N, D, QUERIES, NEAREST = 20_000, 512, 100, 100


def rows(smoke: bool) -> list[Row]:
    """The row `similarity`."""
    n = 500 if smoke else N
    vectors = made_up(n, D, seed=0)
    queries = vectors[:QUERIES]

    def ours() -> None:
        for query in queries:
            nearest(vectors, query, NEAREST)

    def product() -> None:
        for query in queries:
            vectors @ query

    taken = in_turn(ours, product, runs=1 if smoke else 5)
    said = "numpy's matrix product alone, seconds for 100 frames"
    return [row("similarity", taken.ours, taken.other, said, BAR, "<=", 1 if smoke else 5, floor=taken.floor)]


def made_up(n: int, d: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """(n, d) float32 of unit length in clusters, as frames of the same things lie."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(50, d))
    return unit((centres[rng.integers(0, 50, n)] + 0.7 * rng.normal(size=(n, d))).astype(np.float32))
