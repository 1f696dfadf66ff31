"""Boxes: overlap, matching of predictions to labels, and agreement of two predictions without a
label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Matches:
    """Matching of n predictions to labels at T thresholds. `truth`: (T, n) int64 index of the
    matched label, −1 where none; `ignored`: (T, n) bool, matched to an ignore region: neither
    correct nor wrong."""

    truth: NDArray[np.int64]
    ignored: NDArray[np.bool_]

    @property
    def right(self) -> NDArray[np.bool_]:
        """(T, n) bool: predictions matched to a label that counts."""
        return (self.truth >= 0) & ~self.ignored


def compute_iou(
    a: NDArray[np.floating], b: NDArray[np.floating], crowd: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Intersection over union.

    Args:
        a: (n, 4) xyxy in pixels.
        b: (m, 4) xyxy in pixels.
        crowd: (m,) bool: boxes of `b` for which the union is the area of `a` alone (COCO).

    Returns:
        (n, m) float64. Boxes without area overlap nothing.
    """
    corners, other = (
        np.asarray(a, dtype=np.float64).reshape(-1, 4),
        np.asarray(b, dtype=np.float64).reshape(-1, 4),
    )
    sides = np.minimum(corners[:, None, 2:], other[None, :, 2:]) - np.maximum(
        corners[:, None, :2], other[None, :, :2]
    )
    shared = np.prod(np.clip(sides, 0.0, None), axis=2)
    area, others = (
        np.prod(np.clip(box[:, 2:] - box[:, :2], 0.0, None), axis=1) for box in (corners, other)
    )
    union = area[:, None] + others[None, :] - shared
    if crowd is not None:
        union = np.where(np.asarray(crowd, dtype=bool)[None, :], area[:, None], union)
    overlap: NDArray[np.float64] = np.divide(
        shared, union, out=np.zeros_like(shared), where=union > 0
    )
    return overlap


def match_boxes(
    overlap: NDArray[np.float64], thresholds: NDArray[np.float64], ignore: NDArray[np.bool_]
) -> Matches:
    """Greedy COCO matching of one class on one frame, at all thresholds at once.

    Each prediction takes the free label of highest overlap that counts, else the best ignore
    region, where the overlap reaches the threshold; of equal overlaps the later label. Source: Lin
    et al. 2014 and its evaluation code's rules.

    Args:
        overlap: (n, m) IoU of predictions, by falling score, with labels.
        thresholds: (T,) IoU thresholds.
        ignore: (m,) bool: labels that do not count and may be matched repeatedly.
    """
    n, m = overlap.shape
    truth = np.full((thresholds.size, n), -1, dtype=np.int64)
    ignored = np.zeros((thresholds.size, n), dtype=bool)
    counting, regions = np.flatnonzero(~ignore), np.flatnonzero(ignore)
    free = np.ones((thresholds.size, counting.size), dtype=bool)
    level = np.minimum(thresholds, 1 - 1e-10)
    rows = np.arange(thresholds.size)
    for answer in range(n if m else 0):
        if counting.size:
            open_overlap = np.where(free, overlap[answer, counting], -1.0)
            best = counting.size - 1 - np.argmax(open_overlap[:, ::-1], axis=1)
            is_match = open_overlap[rows, best] >= level
            truth[is_match, answer] = counting[best[is_match]]
            free[rows[is_match], best[is_match]] = False
        if regions.size:
            best_region = regions.size - 1 - int(np.argmax(overlap[answer, regions][::-1]))
            fits = (truth[:, answer] < 0) & (overlap[answer, regions[best_region]] >= level)
            truth[fits, answer] = regions[best_region]
            ignored[fits, answer] = True
    return Matches(truth, ignored)


def count_pairs(
    overlap: NDArray[np.float64], same: NDArray[np.bool_], threshold: float = 0.5
) -> int:
    """Number of one-to-one pairs, highest overlap first. `overlap`: (n, m); `same`: (n, m) bool,
    which may pair; both must hold: `same`, and overlap ≥ `threshold`."""
    rows, columns = np.nonzero(same & (overlap >= threshold))
    used_rows: set[int] = set()
    used_columns: set[int] = set()
    for best in np.argsort(-overlap[rows, columns], kind="stable"):
        row, column = int(rows[best]), int(columns[best])
        if row not in used_rows and column not in used_columns:
            used_rows.add(row)
            used_columns.add(column)
    return len(used_rows)


# Agreement of two predictions of a model, without any label.

BOX, SCORE, CLASS = slice(0, 4), 4, 5  # columns of a detection answer


def detect_class_flips(before: ArrayLike, after: ArrayLike) -> NDArray[np.bool_]:
    """(n,) bool: whether the top class changed. `before`, `after`: (n,) integer classes. Raises
    ValueError for different shapes (methods
    5.2)."""
    a, b = np.asarray(before), np.asarray(after)
    if a.shape != b.shape:
        raise ValueError(f"answers to different frames: {a.shape} and {b.shape}")
    return np.asarray(a != b, dtype=np.bool_)


def compute_f1_agreement(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Agreement of two detections in [0, 1]: 2M/(D+D′) with M pairs of one class and IoU ≥ 0.5, D
    and D′ boxes; 1 where both are empty.

    `a`: (n, 6), `b`: (m, 6) rows x1, y1, x2, y2, score, class; the caller drops boxes below its
    threshold (methods 3.2 F)."""
    if not len(a) and not len(b):
        return 1.0
    return 2 * count_agreeing_boxes(a, b) / (len(a) + len(b))


def count_agreeing_boxes(a: NDArray[np.floating], b: NDArray[np.floating]) -> int:
    """Pairs of one class and IoU ≥ 0.5 of two detections. `a`: (n, 6), `b`: (m, 6) rows as of
    `compute_f1_agreement`."""
    same = np.asarray(a[:, CLASS, None] == b[None, :, CLASS], dtype=np.bool_)
    return count_pairs(compute_iou(a[:, BOX], b[:, BOX]), same)
