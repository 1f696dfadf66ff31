"""Masks: segmentation, the class of every pixel brought back onto the frame; anomaly detectors, one
score a picture or a score a pixel, held against the card's threshold; instances, a mask a box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

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
    find_best_class,
    get_score_floor,
    is_finite,
    is_in_unit_range,
    make_box_rows,
    select_boxes,
    split_along_batch,
    to_corners,
)
from fieldcheck.models.decoders.detr_ssd_torchvision import (
    find_detections,
    sort_torchvision_outputs,
    split_torchvision_outputs,
)
from fieldcheck.models.decoders.nms import Candidates
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
    is_class = np.isfinite(index) & (index >= 0) & (index < n_classes) & (index == np.floor(index))
    return np.where(is_class, index, OUTSIDE).astype(np.uint8)


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


# Anomaly detectors: one score a picture, or a score a pixel, held against the card's threshold.

Array = NDArray[np.float32]
EVEN = np.float32(0.5)


def compute_confidence(score: Array, threshold: float) -> Array:
    """(N,) scores → (N, 2) float32 shares of "in order" and "anomaly", even where the score is the
    threshold.

    With a threshold in [0, 1] the score is a share already: it is bent to pass through one half at
    the threshold, and at 0.5 it stays what it is. With a greater one it has no upper end; then the
    share is s/(s + t). A score at the threshold is an anomaly. A score that is not finite gives
    NaN.
    """
    with np.errstate(all="ignore"):
        clipped = np.clip(score.astype(np.float64), 0, 1 if threshold <= 1 else None)
        if threshold > 1:
            share = clipped / (clipped + threshold)
        else:
            below = clipped * (0.5 / threshold) if threshold > 0 else np.full(clipped.shape, 0.5)
            above = (
                0.5 + (clipped - threshold) * (0.5 / (1 - threshold))
                if threshold < 1
                else np.full(clipped.shape, 0.5)
            )
            share = np.where(clipped < threshold, below, above)
    anomaly = share.astype(np.float32)
    reached = score >= np.float32(threshold)
    anomaly = np.where(
        reached, np.maximum(anomaly, np.nextafter(EVEN, np.float32(1))), np.minimum(anomaly, EVEN)
    )
    anomaly = np.where(np.isfinite(score), anomaly, np.float32(np.nan))
    return np.stack([1 - anomaly, anomaly], axis=1).astype(np.float32)


def max_of_map(maps: Array) -> Array:
    """(N, …) scores of pixels → (N,) score of the picture, its highest pixel; NaN where a pixel
    is."""
    score: Array = maps.reshape(maps.shape[0], -1).max(axis=1)
    return score


def squeeze_map(array: NDArray[np.generic]) -> NDArray[np.generic] | None:
    """Return an image's map as (h, w), also from (1, h, w) or (h, w, 1); None for another shape."""
    if array.ndim == 3 and 1 in (array.shape[0], array.shape[2]):
        return array[0] if array.shape[0] == 1 else array[..., 0]
    return array if array.ndim == 2 else None


def find_anomaly_misfit(outputs: Tensors, card: Card) -> Misfit:
    """One floating figure a picture, or a plane of them: (h, w), (1, h, w) or (h, w, 1)."""
    if not np.issubdtype(outputs[0].dtype, np.floating) or (
        outputs[0].size != 1 and card.output.kind == "anomaly"
    ):
        return Misfit.KIND
    if card.output.kind == "anomaly_map" and squeeze_map(outputs[0]) is None:
        return Misfit.KIND
    return Misfit.NONE if len(card.classes) == 2 else Misfit.CLASSES


def _decode_anomaly(outputs: Tensors, card: Card, placement: FramePlacement) -> InferenceResult:
    scores = outputs[0].astype(np.float32, copy=False)
    answer = compute_confidence(max_of_map(scores.reshape(1, -1)), card.output.threshold)[0]
    plane = squeeze_map(scores) if card.output.kind == "anomaly_map" else None
    masks = (
        ()
        if plane is None
        else (make_mask(plane.astype(np.float32) >= card.output.threshold, card, placement),)
    )
    return InferenceResult(answer, not bool(np.isfinite(answer).all()), masks)


# Instance masks: one mask a box, from prototypes and coefficients or as the graph paints them.
# Source: Bolya et al. 2019, arXiv 1904.02689 (prototypes, cropped by the box); He et al. 2017,
# arXiv 1703.06870 (one mask a box).

EVEN_SHARE = 0.5  # share from which a pixel belongs to an instance
END_TO_END_COLUMNS = 6


def find_prototypes(tensors: tuple[NDArray[np.generic], ...]) -> tuple[Array, Array] | None:
    """(boxes, prototypes) of one picture – (…, …) and (M, h, w) – in whatever order they come; None
    where they are no such pair."""
    if len(tensors) != 2 or {tensor.ndim for tensor in tensors} != {2, 3}:
        return None
    rows, planes = sorted(tensors, key=lambda output: output.ndim)
    return rows.astype(np.float32, copy=False), planes.astype(np.float32, copy=False)


def to_rows(raw: Array, n_classes: int, n_prototypes: int) -> Array | None:
    """(n, columns) boxes of one picture, whichever way round; None where no reading fits.

    Columns are 4 + K + M before, and 6 + M after the graph has settled overlaps.
    """
    for width in (4 + n_classes + n_prototypes, END_TO_END_COLUMNS + n_prototypes):
        if raw.shape[0] == width and raw.shape[1] != width:
            return raw.T
        if raw.shape[1] == width:
            return raw
    return None


def is_suppressed(rows: Array, n_classes: int, n_prototypes: int) -> bool:
    """Whether the graph has applied suppression, for (n, columns) as `to_rows` gives them. With two
    classes both layouts have the same width; few rows then mean that it has."""
    return rows.shape[1] == END_TO_END_COLUMNS + n_prototypes and (
        n_classes != END_TO_END_COLUMNS - 4 or len(rows) <= 300
    )


def decode_boxes(
    rows: Array, n_classes: int, n_prototypes: int, least: float
) -> tuple[Candidates, NDArray[np.int64]]:
    """Boxes that reach `least`, and their places, (k,) int64, among the rows, (n, columns) as
    `to_rows` gives them."""
    if is_suppressed(rows, n_classes, n_prototypes):
        chosen = np.flatnonzero(rows[:, 4] >= least)
        index = np.nan_to_num(rows[chosen, 5], nan=-1, posinf=-1, neginf=-1).astype(np.int64)
        return Candidates(rows[chosen, :4], rows[chosen, 4], index), chosen
    chosen, classes, best = find_best_class(rows[:, 4 : 4 + n_classes], least)
    return Candidates(to_corners(rows[chosen, :4]), best, classes), chosen


def mix_prototypes(coefficients: Array, planes: Array) -> Array:
    """(n, M) coefficients and (M, h, w) prototypes → (n, h, w) logits."""
    logits: Array = np.tensordot(coefficients, planes, axes=1)
    return logits


def draw_mask_in_box(
    plane: Array,
    least: float,
    box: Array,
    placement: Placement,
    size: tuple[int, int],
    frame: tuple[int, int],
) -> Mask:
    """The pixels of a frame (height, width) inside `box` (4,) x1, y1, x2, y2 of the frame where
    `plane`, (h, w) over the tensor of `size`, interpolated between its cells' centres, is above
    `least`."""
    left, right = max(0, floor(box[0])), min(frame[1], ceil(box[2]))
    top, bottom = max(0, floor(box[1])), min(frame[0], ceil(box[3]))
    if right <= left or bottom <= top:
        return Mask(max(left, 0), max(top, 0), np.zeros((0, 0), np.uint8))
    columns = map_pixel_centres(0, plane.shape[1], placement, size, left, right)
    rows = map_pixel_centres(1, plane.shape[0], placement, size, top, bottom)
    high = _interpolate_axis(_interpolate_axis(plane, rows, 0), columns, 1)
    x, y = np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5
    inside = ((y >= box[1]) & (y <= box[3]))[:, None] & ((x >= box[0]) & (x <= box[2]))[None, :]
    return Mask(left, top, ((high > least) & inside).astype(np.uint8))


def _interpolate_axis(plane: Array, positions: NDArray[np.float64], axis: int) -> Array:
    """Linear interpolation along one axis; beyond the outermost centres their value."""
    last = plane.shape[axis] - 1
    clipped = np.clip(positions - 0.5, 0, last)
    before = np.floor(clipped).astype(np.int64)
    after = np.minimum(before + 1, last)
    share = (clipped - before).astype(np.float32)
    share = share[:, None] if axis == 0 else share[None, :]
    value, other = np.take(plane, before, axis), np.take(plane, after, axis)
    mixed: Array = value + (other - value) * share
    return mixed


def find_instance_misfit(outputs: Tensors, card: Card) -> Misfit:
    """Boxes with a mask each as torchvision gives them, or rows of coefficients, (n, columns) or
    turned, and prototypes, (M, h, w)."""
    torchvision_outputs = sort_torchvision_outputs(outputs)
    if torchvision_outputs is not None:
        return Misfit.NONE if torchvision_outputs.masks is not None else Misfit.KIND
    pair = find_prototypes(outputs)
    if pair is None:
        return Misfit.KIND
    return (
        Misfit.CLASSES if to_rows(pair[0], len(card.classes), len(pair[1])) is None else Misfit.NONE
    )


@dataclass(frozen=True, slots=True, eq=False)
class _LazyMasks:
    """Masks that are computed only for the boxes that are shown."""

    coefficients: NDArray[np.float32]
    prototypes: NDArray[np.float32]

    def __getitem__(self, index: int) -> NDArray[np.float32]:
        plane: NDArray[np.float32] = mix_prototypes(
            self.coefficients[index][None], self.prototypes
        )[0]
        return plane


def _decode_prototypes(outputs: Tensors, card: Card) -> tuple[Candidates, _LazyMasks, bool]:
    pair, k = find_prototypes(outputs), len(card.classes)
    rows = to_rows(pair[0], k, len(pair[1])) if pair else None
    if pair is None or rows is None:
        raise ValueError(f"{[tensor.shape for tensor in outputs]} for {k} classes")
    candidates, places_kept = decode_boxes(rows, k, len(pair[1]), get_score_floor(card))
    return (
        candidates,
        _LazyMasks(rows[places_kept, -len(pair[1]) :], pair[1]),
        not is_suppressed(rows, k, len(pair[1])),
    )


def _decode_instances(outputs: Tensors, card: Card, placement: FramePlacement) -> InferenceResult:
    torchvision_outputs = sort_torchvision_outputs(outputs)
    if torchvision_outputs is not None:
        candidates, rows = find_detections(torchvision_outputs, card.classes, get_score_floor(card))
        planes = (
            None
            if torchvision_outputs.masks is None
            else torchvision_outputs.masks[rows, 0].astype(np.float32, copy=False)
        )
        suppress_here, least = False, EVEN_SHARE
    else:
        candidates, planes, suppress_here = _decode_prototypes(outputs, card)
        least = 0.0
    if planes is None:
        raise ValueError("no masks")
    kept, order, dropped = select_boxes(candidates, card, suppress_here)
    answer = make_box_rows(kept, placement)
    shown = int((answer[:, 4] >= card.output.threshold).sum())
    masks = tuple(
        draw_mask_in_box(
            planes[order[k]], least, answer[k, :4], placement[0], card.input.size, placement[1]
        )
        for k in range(shown)
    )
    return InferenceResult(answer, dropped or not is_finite(outputs), masks)


def _split_outputs(outputs: Sequence[NDArray[np.generic]], n: int) -> list[Tensors]:
    return (
        split_torchvision_outputs(outputs, n)
        if any(output.ndim == 1 for output in outputs)
        else split_along_batch(outputs, n)
    )


DECODERS = {
    "instance_masks": Decoder(find_instance_misfit, _decode_instances, split=_split_outputs),
    "masks": Decoder(find_misfit, _decode),
    "anomaly": Decoder(find_anomaly_misfit, _decode_anomaly),
    "anomaly_map": Decoder(find_anomaly_misfit, _decode_anomaly),
}
