"""Scores of predicted masks against labelled masks, pixel by pixel: intersection over union of each
class and the F score of its boundary (methods 1.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.imaging.masks import OUTSIDE
from fieldcheck.stats import bootstrap_draw
from fieldcheck.stats.confusion_matrix import divide_or_nan

TOLERANCE = 0.0075  # of the image's diagonal (Csurka et al. 2013)


@dataclass(frozen=True, slots=True)
class MaskOutcomes:
    """(n, K) each, a row an image: pixels of each class that label and prediction share, pixels
    that either has, and the F score of the class's boundary, NaN where neither side has one."""

    shared: NDArray[np.int64]
    united: NDArray[np.int64]
    boundary: NDArray[np.float64]


def match_masks(
    truths: Sequence[NDArray[np.uint8]], predictions: Sequence[NDArray[np.uint8]], n_classes: int
) -> MaskOutcomes:
    """Judges class maps by labelled class maps.

    Args:
        truths: (h, w) class indices of each image; 255 was not judged and does not count; another
            index of no class is an object that the model does not know.
        predictions: (h, w) class indices of each image; an index of no class, such as 255 where the
            model did not see, is no prediction.
        n_classes: number of classes K, whose indices are 0 to K − 1.
    """
    rows = [
        _match_image(truth, prediction, n_classes)
        for truth, prediction in zip(truths, predictions, strict=True)
    ]
    shared, united, boundary = (
        np.array([row[part] for row in rows]).reshape(len(rows), n_classes) for part in range(3)
    )
    return MaskOutcomes(shared.astype(np.int64), united.astype(np.int64), boundary)


def compute_class_iou(outcomes: MaskOutcomes, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of each class over all images together: (b, n) weights → (b, K); NaN
    where a class is neither labelled nor predicted."""
    return divide_or_nan(weights @ outcomes.shared, weights @ outcomes.united)


def compute_class_boundary(
    outcomes: MaskOutcomes, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean F score of each class's boundary over the images that show one: (b, n) weights → (b, K);
    NaN where none does."""
    known = ~np.isnan(outcomes.boundary)
    return divide_or_nan(weights @ np.where(known, outcomes.boundary, 0.0), weights @ known)


def estimate_mask_scores(
    outcomes: MaskOutcomes, weight: ArrayLike, strata: ArrayLike, seed: int
) -> dict[str, Estimate]:
    """`mean_iou` and `boundary_f`, means over the classes, with bootstrap limits over images
    (methods 2.6).

    `weight`: (n,) design weights; `strata`: (n,) ids of any type."""
    return {
        "mean_iou": bootstrap_draw.estimate_by_frame(
            lambda w: _average_classes(compute_class_iou(outcomes, w)), weight, strata, seed
        ),
        "boundary_f": bootstrap_draw.estimate_by_frame(
            lambda w: _average_classes(compute_class_boundary(outcomes, w)), weight, strata, seed
        ),
    }


def _average_classes(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """(b, K) scores → (b,) their mean without NaN, NaN where nothing else is."""
    known = ~np.isnan(table)
    return divide_or_nan(np.where(known, table, 0.0).sum(axis=1), known.sum(axis=1))


def _match_image(
    truth: NDArray[np.uint8], prediction: NDArray[np.uint8], n_classes: int
) -> tuple[list[int], list[int], list[float]]:
    """Shared pixels, united pixels and boundary F of each class on one image."""
    if truth.shape != prediction.shape:
        raise ValueError(f"masks of {truth.shape} and {prediction.shape} pixels")
    judged = truth != OUTSIDE
    reach = TOLERANCE * float(np.hypot(*truth.shape))
    shared, united, boundary = [], [], []
    for k in range(n_classes):
        labelled, predicted = (truth == k), (prediction == k) & judged
        shared.append(int((labelled & predicted).sum()))
        united.append(int((labelled | predicted).sum()))
        boundary.append(_compute_boundary_f(labelled, predicted, ~judged, reach))
    return shared, united, boundary


def _compute_boundary_f(
    labelled: NDArray[np.bool_],
    predicted: NDArray[np.bool_],
    ignored: NDArray[np.bool_],
    reach: float,
) -> float:
    """F score of two boundaries whose points match within `reach` pixels; NaN without either."""
    wanted, given = (_find_boundary(mask, ignored) for mask in (labelled, predicted))
    if not wanted.any() and not given.any():
        return float("nan")
    if not wanted.any() or not given.any():
        return 0.0
    rows, columns = np.nonzero(wanted | given)
    part = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    wanted, given = wanted[part], given[part]
    precision, recall = (
        float((scipy.ndimage.distance_transform_edt(~there)[here] <= reach).mean())
        for there, here in ((wanted, given), (given, wanted))
    )
    both = precision + recall
    return 2 * precision * recall / both if both else 0.0


def _find_boundary(mask: NDArray[np.bool_], ignored: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels of a class beside a pixel of another. Neither the edge of the image nor pixels that
    were not judged make one."""
    if not mask.any():
        return mask
    inner = scipy.ndimage.binary_erosion(mask | ignored, border_value=1)
    return np.asarray(mask & ~inner, np.bool_)
