"""Segmentation: the class of every pixel, brought back onto the frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.imaging.masks import OUTSIDE, Mask, compute_class_shares
from fieldcheck.models.decoders.decoder import (
    Decoder,
    FramePlacement,
    InferenceResult,
    Misfit,
    Tensors,
    compute_sigmoid,
    is_finite,
    is_in_unit_range,
)
from fieldcheck.models.preprocess import Placement

MOST_CLASSES = OUTSIDE


def compute_class_map(
    array: NDArray[np.generic], n_classes: int, threshold: float, layout: str
) -> NDArray[np.uint8] | None:
    """(h, w) class indices from one picture's output; None where it is none for that many classes.

    Read are scores of every class, (K, h, w) or (h, w, K), of which the highest counts; one score a
    pixel for two classes, the second's share or its logit; and indices. Pixels of a class that is
    not there are 255, as those with a figure that is not finite.
    """
    if array.ndim == 3 and n_classes > 1 and n_classes in (array.shape[0], array.shape[2]):
        first = array.shape[0] == n_classes and (array.shape[2] != n_classes or layout == "NCHW")
        scores = array if first else array.transpose(2, 0, 1)
        return np.where(np.isfinite(scores).all(axis=0), scores.argmax(axis=0), OUTSIDE).astype(
            np.uint8
        )
    plane = (
        array[0]
        if array.ndim == 3 and array.shape[0] == 1
        else array[..., 0]
        if array.ndim == 3 and array.shape[2] == 1
        else array
    )
    if plane.ndim != 2:
        return None
    if n_classes == 2 and np.issubdtype(plane.dtype, np.floating):
        return _threshold_two_classes(plane.astype(np.float32), threshold)
    index = plane.astype(np.float64)
    known = np.isfinite(index) & (index >= 0) & (index < n_classes) & (index == np.floor(index))
    return np.where(known, index, OUTSIDE).astype(np.uint8)


def _threshold_two_classes(plane: NDArray[np.float32], threshold: float) -> NDArray[np.uint8]:
    finite = np.isfinite(plane)
    shares = (
        plane
        if is_in_unit_range(plane[finite][None])[0]
        else compute_sigmoid(np.where(finite, plane, np.float32(0)))
    )
    return np.where(finite, shares >= threshold, OUTSIDE).astype(np.uint8)


def resize_map_to_frame(
    grid: NDArray[np.uint8], placement: Placement, size: tuple[int, int], frame: tuple[int, int]
) -> NDArray[np.uint8]:
    """A map (h, w) over a tensor of `size` (height, width), sampled at the centre of each pixel of
    a frame (height, width).

    Pixels of the frame that the tensor does not hold are 255.
    """
    rows, columns = (
        map_pixel_centres(axis, grid.shape[1 - axis], placement, size, 0, frame[1 - axis])
        for axis in (1, 0)
    )
    row, column = (np.floor(coordinates).astype(np.int64) for coordinates in (rows, columns))
    inside_row, inside_column = (
        (row >= 0) & (row < grid.shape[0]),
        (column >= 0) & (column < grid.shape[1]),
    )
    indices = grid[np.clip(row, 0, grid.shape[0] - 1)][:, np.clip(column, 0, grid.shape[1] - 1)]
    return np.where(inside_row[:, None] & inside_column[None, :], indices, np.uint8(OUTSIDE))


def map_pixel_centres(
    axis: int, cells: int, placement: Placement, size: tuple[int, int], first: int, stop: int
) -> NDArray[np.float64]:
    """Where the centres of the frame's pixels `first` … `stop` lie on a grid of `cells` over the
    tensor, (k,) for k pixels, in cells; axis 0 is x, 1 is y. `size` of the tensor: (height, width).
    """
    centres = np.arange(first, stop) + 0.5
    tensor = centres * placement.scale[axis] + placement.shift[axis]
    return np.asarray(tensor * (cells / size[1 - axis]), np.float64)


def make_mask(grid: NDArray[np.generic], card: Card, placement: FramePlacement) -> Mask:
    """Mask as large as the frame, from `grid`, (h, w) class indices over the tensor."""
    return Mask(
        0,
        0,
        resize_map_to_frame(grid.astype(np.uint8), placement[0], card.input.size, placement[1]),
    )


def find_misfit(outputs: Tensors, card: Card) -> Misfit:
    """Scores of every class a pixel, (K, h, w) or (h, w, K), one share a pixel for two classes, or
    indices, (h, w)."""
    plane, k = outputs[0], len(card.classes)
    if (
        compute_class_map(plane, k, card.output.threshold, card.input.layout) is not None
        and k <= MOST_CLASSES
    ):
        return Misfit.NONE
    return Misfit.CLASSES if plane.ndim == 3 else Misfit.KIND


def _decode(outputs: Tensors, card: Card, placement: FramePlacement) -> InferenceResult:
    """The share of the frame that each class covers, and the map itself."""
    grid = compute_class_map(
        outputs[0], len(card.classes), card.output.threshold, card.input.layout
    )
    if grid is None:
        raise ValueError(f"{outputs[0].shape} for {len(card.classes)} classes")
    mask = make_mask(grid, card, placement)
    return InferenceResult(
        compute_class_shares(mask.pixels, len(card.classes)), not is_finite(outputs), (mask,)
    )


DECODERS = {"masks": Decoder(find_misfit, _decode)}
