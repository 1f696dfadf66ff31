"""The raw grid of YOLOX: offsets and logarithms of sizes at three strides. Source: Ge et al. 2021, arXiv 2107.08430."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fieldcheck.inference.candidates import Candidates, best_class, corners

STRIDES = (8, 16, 32)  # pixels


def grid(raw: NDArray[np.float32], n_classes: int, floor: float, size: tuple[int, int]) -> Candidates:
    """One picture: rows of x, y, ln width, ln height in cells, objectness, K class scores, for a tensor of `size` (height, width)."""
    chosen, classes, scores = best_class(raw[:, 5:] * raw[:, 4:5], floor)
    cells, strides = (table[chosen] for table in cells_of(size))
    centres = np.concatenate([(raw[chosen, :2] + cells) * strides, np.exp(raw[chosen, 2:4]) * strides], axis=1)
    return Candidates(corners(centres), scores, classes)


@lru_cache(maxsize=8)
def cells_of(size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The cell (n, 2) as x, y and the stride (n, 1) of every row of the output, finest stride first, row by row."""
    cells, strides = [], []
    for stride in STRIDES:
        rows, columns = size[0] // stride, size[1] // stride
        y, x = np.mgrid[:rows, :columns]
        cells.append(np.stack([x, y], axis=-1).reshape(-1, 2))
        strides.append(np.full((rows * columns, 1), stride))
    found = np.concatenate(cells).astype(np.float32), np.concatenate(strides).astype(np.float32)
    for table in found:
        table.flags.writeable = False
    return found
