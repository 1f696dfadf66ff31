"""YOLO heads whose boxes the graph has decoded already: v5 and v7 with objectness, v8 and later without, and end to end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.inference.candidates import Candidates, best_class, corners


def grid_rows(raw: NDArray[np.float32], n_classes: int, kind: str) -> NDArray[np.float32]:
    """(n, 4 + K) or (n, 5 + K) from one picture's output, which may lie the other way round.

    Without objectness the channels come first in most exports, so that reading is tried first; the class count tells the rest.
    Raises ValueError where no reading fits.
    """
    widths = (5 + n_classes,) if kind == "yolo_obj" else (4 + n_classes, 5 + n_classes)
    for width in widths:
        if raw.ndim == 2 and raw.shape[0] == width:
            return raw.T
        if raw.ndim == 2 and raw.shape[1] == width:
            return raw
    raise ValueError(f"{raw.shape} holds no boxes of {n_classes} classes")


def grid(raw: NDArray[np.float32], n_classes: int, floor: float, kind: str) -> Candidates:
    """One picture of `yolo` or `yolo_obj`: rows of centre x, centre y, width, height, [objectness,] K class scores."""
    rows = grid_rows(raw, n_classes, kind)
    scores = rows[:, -n_classes:]
    if rows.shape[1] == 5 + n_classes:
        scores = scores * rows[:, 4:5]
    chosen, classes, best = best_class(scores, floor)
    return Candidates(corners(rows[chosen, :4]), best, classes)


def end_to_end(raw: NDArray[np.float32], floor: float) -> Candidates:
    """One picture of `yolo_end2end`: (n, 6) rows of x1, y1, x2, y2, score, class; rows below the floor are filling."""
    chosen = raw[raw[:, 4] >= floor]
    return Candidates(chosen[:, :4], chosen[:, 4], np.nan_to_num(chosen[:, 5], nan=-1, posinf=-1, neginf=-1).astype(np.int64))
