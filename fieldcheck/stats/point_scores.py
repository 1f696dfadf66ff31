"""Scores of masks against labelled points: whether each point is covered, and how much area without
a point is (ux 3.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.imaging.masks import OUTSIDE
from fieldcheck.stats import bootstrap_draw
from fieldcheck.stats.confusion_matrix import divide_or_nan

GROUND = 0  # the class of what is no thing, unless somebody pointed at it
SPECK = 1e-4  # share of a frame below which a mask on a frame without things is no false alarm
TOUCHING = np.ones((3, 3), np.bool_)  # pixels that touch at a corner are of one region
X, Y, CLASS = 0, 1, 2


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
        GROUND if any((point[:, CLASS] == GROUND).any() for point in points) else GROUND + 1
    )
    per_frame = np.array([len(point) for point in points], np.int64)
    image = np.repeat(np.arange(len(points)), per_frame)
    category = np.array([k for point in points for k in point[:, CLASS]], np.int64)
    covered = np.array(
        [
            hit
            for mask, point in zip(masks, points, strict=True)
            for hit in _get_classes_at(mask, point) == point[:, CLASS]
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
        meant = _get_classes_at(regions, points[points[:, CLASS] == k])
        wrong += int(np.isin(regions, np.setdiff1d(np.arange(1, n + 1), meant)).sum())
    return wrong / mask.size
