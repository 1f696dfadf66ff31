"""How far two answers of a model agree, without any label."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.measure.boxes import compute_iou, count_pairs

BOX, SCORE, CLASS = slice(0, 4), 4, 5  # columns of a detection answer


def detect_class_flips(before: ArrayLike, after: ArrayLike) -> NDArray[np.bool_]:
    """(n,) whether the top class changed. `before`, `after`: (n,) classes as integers of any kind, equal shapes, else ValueError
    (methods 5.2)."""
    a, b = np.asarray(before), np.asarray(after)
    if a.shape != b.shape:
        raise ValueError(f"answers to different frames: {a.shape} and {b.shape}")
    return np.asarray(a != b, dtype=np.bool_)


def compute_f1_agreement(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """2M/(D+D′) of two detection answers, in [0, 1]: M pairs of one class with IoU ≥ 0.5, D and D′ boxes; 1 where both are empty.

    `a`: (n, 6), `b`: (m, 6) rows x1, y1, x2, y2, score, class; the caller leaves out boxes below its threshold (methods 3.2 F).
    """
    if not len(a) and not len(b):
        return 1.0
    same = np.asarray(a[:, CLASS, None] == b[None, :, CLASS], dtype=np.bool_)
    return 2 * count_pairs(compute_iou(a[:, BOX], b[:, BOX]), same) / (len(a) + len(b))
