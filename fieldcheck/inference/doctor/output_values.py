"""Output values: what the figures of a tensor can be – shares, pixels, corners, whole numbers – where shapes alone fit several kinds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.inference.object_loss import BOXES_A_CELL, STRIDES

Floats = NDArray[np.float32]

SLACK = 1e-3
AROUND = 0.25  # of the picture: boxes reach a little beyond its edges
SPREAD = 0.3  # of the picture: centres of a whole grid lie on both sides of its middle, this far out
MOST_CELLS = 16.0  # cells of offset, and ln of a side in cells: what a grid that is not decoded holds
ALMOST_ALL = 0.98
GRID_LEVELS = (2, 3, 4, 5)


def is_in_unit_range(values: Floats) -> bool:
    """Whether every figure of the tensor, (…,), lies in [0, 1]."""
    return bool(values.size) and bool(((values >= -SLACK) & (values <= 1 + SLACK)).all())


def is_whole_numbers(values: Floats) -> bool:
    """Whether every figure of the tensor, (…,), is a whole number of 0 or more."""
    return bool((values >= 0).all()) and bool((values == np.floor(values)).all())


def is_corner_boxes(rows: Floats) -> bool:
    """Whether no row, (n, 4) x1, y1, x2, y2, ends before it begins."""
    return bool((rows[:, 2] >= rows[:, 0] - SLACK).all() and (rows[:, 3] >= rows[:, 1] - SLACK).all())


def is_relative_to_image(rows: Floats) -> bool:
    """Whether coordinates, (n, 4), are shares of the picture's sides and some differ: no pixels, and no filling of zeros alone."""
    return bool(rows.size) and bool((np.abs(rows) <= 1 + AROUND).all()) and bool(np.ptp(rows) > 0)


def is_centred_in_image(rows: Floats) -> bool:
    """Whether rows, (n, 4) centre and size as shares of the picture, lie in it, as corners read this way do not."""
    if not is_relative_to_image(rows) or bool((rows[:, 2:] < 0).any()):
        return False
    half = rows[:, 2:] / 2
    low, high = rows[:, :2] - half, rows[:, :2] + half
    return float(((low >= -AROUND) & (high <= 1 + AROUND)).all(axis=1).mean()) >= ALMOST_ALL


def is_decoded_grid(rows: Floats, size: tuple[int, int]) -> bool:
    """Whether rows, (n, 4) centre and size in pixels of a tensor of `size` (height, width), are boxes of a grid over all of it."""
    sides = np.array([size[1], size[0]], np.float32)
    centres = rows[:, :2] / sides
    inside = float(((centres >= -AROUND) & (centres <= 1 + AROUND)).all(axis=1).mean()) >= ALMOST_ALL
    spread = bool((centres.min(axis=0) <= 0.5 - SPREAD).all() and (centres.max(axis=0) >= 0.5 + SPREAD).all())
    return inside and spread and bool((rows[:, 2:] >= -SLACK).all()) and not is_corner_boxes(rows)


def is_grid_offsets(rows: Floats) -> bool:
    """Whether rows, (n, 4), are offsets in cells and logarithms of sides, as a grid that the graph has not decoded holds."""
    return bool((np.abs(rows) <= MOST_CELLS).all())


def count_boxes_per_cell(n: int, size: tuple[int, int]) -> int | None:
    """How many boxes a cell `n` rows are over a tensor of `size` (height, width), for usual strides; None where it is no grid."""
    for boxes in BOXES_A_CELL:
        for levels in GRID_LEVELS:
            if any(n == boxes * _count_cells(size, stride, levels) for stride in STRIDES):
                return boxes
    return None


def _count_cells(size: tuple[int, int], stride: int, levels: int) -> int:
    sides = [(-(-size[0] // (stride << level)), -(-size[1] // (stride << level))) for level in range(levels)]
    return sum(rows * columns for rows, columns in sides)
