"""Scores of a segmentation, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IGNORED = 255  # label of pixels that nobody judged


@dataclass(frozen=True, slots=True)
class MaskScores:
    """`iou` and `dice`: (K,) float64, NaN for classes in neither truth nor answer; `mean_iou` over the others; `accuracy` of pixels."""

    iou: NDArray[np.float64]
    dice: NDArray[np.float64]
    mean_iou: float
    accuracy: float


def pixel_confusion(truth: NDArray[np.integer], predicted: NDArray[np.integer], n_classes: int) -> NDArray[np.float64]:
    """Masks of one shape, (H, W) class indices → (K, K) counts, rows truth; pixels labelled 255 are left out. Raises ValueError for another
    class that is not there, 255 of an answer among them: it would be counted as a class it is not."""
    judged = truth != IGNORED
    highest = max((int(one[judged].max()) for one in (truth, predicted)), default=0) if judged.any() else 0
    if highest >= n_classes:
        raise ValueError(f"class {highest} of {n_classes}")
    cells = truth[judged].astype(np.int64) * n_classes + predicted[judged].astype(np.int64)
    return np.bincount(cells, minlength=n_classes**2).reshape(n_classes, n_classes).astype(np.float64)


def mask_scores(table: NDArray[np.float64]) -> MaskScores:
    """Scores of a (K, K) pixel confusion, of one frame or summed over many (methods 1.4). Without a pixel all are NaN."""
    hits, both = np.diag(table), table.sum(axis=0) + table.sum(axis=1)
    empty = np.full(hits.shape, np.nan)
    iou = np.divide(hits, both - hits, out=empty.copy(), where=both > 0)
    dice = np.divide(2 * hits, both, out=empty, where=both > 0)
    total = float(table.sum())
    if total == 0:
        return MaskScores(iou, dice, float("nan"), float("nan"))
    return MaskScores(iou, dice, float(np.nanmean(iou)), float(hits.sum()) / total)
