"""Boxes on their way from a decoder to an answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUMBERED_COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes of one picture that reach the floor.

    `xyxy`: (n, 4) float32, pixels of the tensor; `scores`: (n,) float32; `classes`: (n,) int64.
    """

    xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]

    def select(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Candidates:
        """Boxes at the given places, (k,) int64, in that order, or those marked, (n,) bool."""
        return Candidates(self.xyxy[chosen], self.scores[chosen], self.classes[chosen])


def find_best_class(scores: NDArray[np.float32], floor: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Of (n, K) scores: which rows' best class reaches `floor`, that class, and its score. A row with NaN reaches nothing."""
    # The maximum of all rows is several times cheaper than its place, which few rows are asked for.
    highest = scores.max(axis=1)
    rows = np.flatnonzero(highest >= floor)
    return rows, scores[rows].argmax(axis=1), highest[rows]


def find_all_classes(scores: NDArray[np.float32], floor: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Of (n, K) scores every one that reaches `floor`: its row, its class and itself, row by row. NaN reaches nothing."""
    rows, classes = np.nonzero(scores >= floor)
    return rows, classes, scores[rows, classes]


def to_corners(centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 4) centre x, centre y, width, height → x1, y1, x2, y2."""
    half = centres[:, 2:] / 2
    return np.concatenate([centres[:, :2] - half, centres[:, :2] + half], axis=1)


def has_image_numbers(rows: NDArray[np.generic]) -> bool:
    """Whether (n, 7) rows begin with the number of the picture, 0 of one alone and −1 of filling, with box, class and score after it in
    some order, as those of graphs with suppression inside. No grid or set of queries has all its centres at the left edge, nor none."""
    return rows.shape[1] == NUMBERED_COLUMNS and bool(np.isin(rows[:, 0], (0, -1)).all())
