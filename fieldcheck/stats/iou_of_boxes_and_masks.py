"""Boxes and masks: overlap of boxes, matching of predictions to labels, agreement of two
predictions without a label; predicted masks against labelled ones, pixel by pixel, as intersection
over union of each class and F score of its boundary (methods 1.4), and against labelled points:
whether each is covered and how much area is without a point."""

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


TOLERANCE = 0.0075  # of the image's diagonal (Csurka et al. 2013)


@dataclass(frozen=True, slots=True)
class MaskOutcomes:
    """(n, K) each, a row an image: pixels of each class that label and prediction share, pixels
    that either has, and the F score of the class's boundary, NaN where neither side has one."""

    shared: NDArray[np.int64]
    united: NDArray[np.int64]
    boundary: NDArray[np.float64]


def fill_outlines(
    outlines: Sequence[Sequence[tuple[float, float]]], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """(h, w) bool of the pixels within any of some outlines, as COCO's own tools fill them. Raises
    ValueError for a corner further outside than the image is large: filling takes as long."""
    from faster_coco_eval.core import mask as coco

    height, width = size
    corners = np.array([corner for outline in outlines for corner in outline])
    if (np.abs(corners - (width / 2, height / 2)) > 1.5 * np.array([width, height])).any():
        raise ValueError("outline")
    runs = coco.frPyObjects([np.ravel(outline).tolist() for outline in outlines], height, width)
    return np.asarray(coco.decode(coco.merge(runs)), np.bool_)


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
    is_measured = ~np.isnan(outcomes.boundary)
    return divide_or_nan(
        weights @ np.where(is_measured, outcomes.boundary, 0.0), weights @ is_measured
    )


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
    is_measured = ~np.isnan(table)
    return divide_or_nan(np.where(is_measured, table, 0.0).sum(axis=1), is_measured.sum(axis=1))


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
    wanted, predicted_edge = (_find_boundary(mask, ignored) for mask in (labelled, predicted))
    if not wanted.any() and not predicted_edge.any():
        return float("nan")
    if not wanted.any() or not predicted_edge.any():
        return 0.0
    rows, columns = np.nonzero(wanted | predicted_edge)
    part = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    wanted, predicted_edge = wanted[part], predicted_edge[part]
    precision, recall = (
        float((scipy.ndimage.distance_transform_edt(~there)[here] <= reach).mean())
        for there, here in ((wanted, predicted_edge), (predicted_edge, wanted))
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


# Scores of masks against labelled points: whether each point is covered, and how much area without
# a point is (ux 3.5).

GROUND = 0  # the class of what is no thing, unless somebody pointed at it
SPECK = 1e-4  # share of a frame below which a mask on a frame without things is no false alarm
TOUCHING = np.ones((3, 3), np.bool_)  # pixels that touch at a corner are of one region
X, Y, POINT_CLASS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class PointOutcomes:
    """(n,) each, a row a frame: `points` that were set on it, how many of them are `hit`, and the
    share of its pixels that is `false`: in regions of a thing's class which no point of that class
    lies in. `image`, `category`, `covered`: (m,) each, a row a point: its frame, its class, and
    whether the mask covers it with that class."""

    points: NDArray[np.int64]
    hit: NDArray[np.int64]
    false: NDArray[np.float64]
    image: NDArray[np.int64]
    category: NDArray[np.int64]
    covered: NDArray[np.bool_]

    @property
    def frame_right(self) -> NDArray[np.bool_]:
        """(n,) whether every point is hit; where there is none, whether nothing but specks is
        marked."""
        return np.asarray(
            (self.hit == self.points) & ((self.points > 0) | (self.false < SPECK)), np.bool_
        )


def match_points(
    masks: list[NDArray[np.uint8]], points: list[NDArray[np.float64]]
) -> PointOutcomes:
    """Judges masks by labelled points. Class 0 is background, whose area is never false, unless a
    point of any frame names it: then every class is an object.

    Args:
        masks: (h, w) class indices for each frame, 255 where the model did not see.
        points: (m, 3) for each frame: x, y in pixels and class index.
    """
    things_from = (
        GROUND if any((point[:, POINT_CLASS] == GROUND).any() for point in points) else GROUND + 1
    )
    per_frame = np.array([len(point) for point in points], np.int64)
    image = np.repeat(np.arange(len(points)), per_frame)
    category = np.array([k for point in points for k in point[:, POINT_CLASS]], np.int64)
    covered = np.array(
        [
            hit
            for mask, point in zip(masks, points, strict=True)
            for hit in _get_classes_at(mask, point) == point[:, POINT_CLASS]
        ],
        np.bool_,
    )
    hits = np.bincount(image, weights=covered, minlength=len(points)).astype(np.int64)
    false = [
        _compute_false_share(mask, point, things_from)
        for mask, point in zip(masks, points, strict=True)
    ]
    return PointOutcomes(per_frame, hits, np.array(false, np.float64), image, category, covered)


def estimate_point_scores(
    point_outcomes: PointOutcomes, weight: ArrayLike, strata: ArrayLike, seed: int
) -> dict[str, Estimate]:
    """`points_hit`, the share of points that are covered, and `false_area`, the mean share of a
    frame that is wrongly marked, with bootstrap limits (methods 2.6).

    `weight`: (n,) design weights; `strata`: (n,) ids of any type."""
    return {
        "points_hit": bootstrap_draw.estimate_by_frame(
            lambda w: divide_or_nan(w @ point_outcomes.hit, w @ point_outcomes.points),
            weight,
            strata,
            seed,
        ),
        "false_area": bootstrap_draw.estimate_by_frame(
            lambda w: divide_or_nan(w @ point_outcomes.false, w.sum(axis=1)), weight, strata, seed
        ),
    }


def _get_classes_at(mask: NDArray[np.uint8], points: NDArray[np.float64]) -> NDArray[np.int64]:
    """The class of the pixel under each point; a point on the far edge lies in the last pixel."""
    x = np.clip(np.floor(points[:, X]), 0, mask.shape[1] - 1).astype(np.int64)
    y = np.clip(np.floor(points[:, Y]), 0, mask.shape[0] - 1).astype(np.int64)
    return mask[y, x].astype(np.int64)


def _compute_false_share(
    mask: NDArray[np.uint8], points: NDArray[np.float64], things_from: int
) -> float:
    marked = np.unique(mask)
    wrong = 0
    for k in marked[(marked >= things_from) & (marked != OUTSIDE)].tolist():
        regions, n = scipy.ndimage.label(mask == k, TOUCHING)
        marked_regions = _get_classes_at(regions, points[points[:, POINT_CLASS] == k])
        wrong += int(np.isin(regions, np.setdiff1d(np.arange(1, n + 1), marked_regions)).sum())
    return wrong / mask.size
