"""Losses of a labelled object on its way into the model: parts that the crop cuts off, pixels that the resize merges, too little to see.

For an object's box B in a frame of which the model sees the part C, scaled by (sx, sy) to the pixels of the tensor:

* kept share      k = area(B ∩ C) / area(B); the object is cut where k < 0.99 – a crop is right within a pixel of the tensor –, gone at 0
* pixels that survive   k · min(1, sx) · min(1, sy): pixels of the tensor for each of the object's own; enlarging adds none
* thin            the shorter side of B ∩ C, in pixels of the tensor, is shorter than the finest stride: one cell holds it and more
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import InputSpec
from fieldcheck.domain.output_kind import BY_NAME
from fieldcheck.inference.input_picture import Rectangle, compute_visible_crop
from fieldcheck.inference.preprocess import preprocess_image

WHOLE = 0.99
USUAL_STRIDE = 8  # pixels of the tensor; of YOLO from the third version on
STRIDES, LEVELS, BOXES_A_CELL = (4, 8, 16), (1, 2, 3, 4, 5), (1, 3)


@dataclass(frozen=True, slots=True)
class InputGeometry:
    """How frames of one size go in: `crop` in pixels of the frame, `scale` tensor pixels for one of the frame, by axis (x, y)."""

    crop: Rectangle
    scale: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ObjectLosses:
    """Over `n` objects: how many are cut, how many of those left are thinner than `stride` (None: the
    model's grid is not known, and `n_thin` 0), and the median share of an object's pixels that survive (NaN without any)."""

    n: int
    n_cut: int
    n_thin: int
    stride: int | None
    surviving: float


@lru_cache(maxsize=64)
def compute_input_geometry(height: int, width: int, spec: InputSpec) -> InputGeometry:
    """Found by sending an empty frame of that size through the very code that prepares frames."""
    empty = np.zeros((height, width, 3), np.uint8)
    placement = preprocess_image(empty, spec).placement
    return InputGeometry(compute_visible_crop(empty, placement, spec), placement.scale)


def compute_visible_shares(xyxy: NDArray[np.float64], way: InputGeometry) -> NDArray[np.float64]:
    """(n, 4) boxes in pixels of the frame → (n,) share of each that the model sees; a box without area keeps nothing."""
    area, inside = _compute_area(xyxy), _compute_area(clip_boxes(xyxy, way))
    return np.divide(inside, area, out=np.zeros(len(xyxy)), where=area > 0)


def clip_boxes(xyxy: NDArray[np.float64], way: InputGeometry) -> NDArray[np.float64]:
    """(n, 4) → (n, 4), what of each box lies in the part that is seen; without area where nothing does."""
    x1, y1, x2, y2 = way.crop
    low, high = np.array([x1, y1, x1, y1]), np.array([x2, y2, x2, y2])
    return np.asarray(np.clip(xyxy, low, high), np.float64)


def count_losses(frames: Sequence[tuple[NDArray[np.float64], InputGeometry]], stride: int | None) -> ObjectLosses:
    """Over the objects of all frames: each its boxes (n, 4) xyxy, pixels of the frame, and the way it goes in."""
    kept, surviving, sides = [np.empty(0)], [np.empty(0)], [np.empty(0)]
    for xyxy, way in frames:
        boxes = xyxy[_compute_area(xyxy) > 0]
        share, (sx, sy) = compute_visible_shares(boxes, way), way.scale
        left = clip_boxes(boxes, way)
        kept.append(share)
        surviving.append(share * min(1.0, sx) * min(1.0, sy))
        sides.append(np.minimum((left[:, 2] - left[:, 0]) * sx, (left[:, 3] - left[:, 1]) * sy))
    k, s, side = (np.concatenate(parts) for parts in (kept, surviving, sides))
    n_thin = 0 if stride is None else int(((side < stride) & (k > 0)).sum())
    median = float(np.median(s)) if s.size else nan
    return ObjectLosses(k.size, int((k < WHOLE).sum()), n_thin, stride, median)


def find_finest_stride(kind: str, size: tuple[int, int], n_rows: int | None = None) -> int | None:
    """Pixels of the tensor that one cell of the finest grid covers; None for an output that shows no grid.

    Found from the number of rows of the output, which is a · Σ ⌊H/s·2⁻ˡ⌋·⌊W/s·2⁻ˡ⌋ over the levels with `a` boxes a cell; 8 where the
    file leaves that number open.
    """
    if not BY_NAME[kind].grid:
        return None
    if n_rows is None:
        return USUAL_STRIDE
    for stride in STRIDES:
        for boxes in BOXES_A_CELL:
            if any(n_rows == boxes * _count_cells(size, stride, levels) for levels in LEVELS):
                return stride
    return None


def _count_cells(size: tuple[int, int], stride: int, levels: int) -> int:
    height, width = size
    return sum((height // (stride << level)) * (width // (stride << level)) for level in range(levels))


def _compute_area(xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
    sides: NDArray[np.float64] = np.clip(xyxy[:, 2:] - xyxy[:, :2], 0, None)
    return np.asarray(sides.prod(axis=1), np.float64)
