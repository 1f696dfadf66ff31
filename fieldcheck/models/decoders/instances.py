"""Instance masks: one mask a box, from prototypes and coefficients or as the graph paints them.

Source: Bolya et al. 2019, arXiv 1904.02689 (prototypes, cropped by the box); He et al. 2017, arXiv
1703.06870 (one mask a box).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.imaging.masks import Mask
from fieldcheck.models.decoders.decoder import (
    Decoder,
    FramePlacement,
    InferenceResult,
    Misfit,
    Tensors,
    find_best_class,
    is_finite,
    make_box_rows,
    select_boxes,
    split_along_batch,
    to_corners,
)
from fieldcheck.models.decoders.decoder import get_score_floor as least_score
from fieldcheck.models.decoders.detr_ssd_torchvision import (
    find_detections,
    sort_torchvision_outputs,
    split_torchvision_outputs,
)
from fieldcheck.models.decoders.nms import Candidates
from fieldcheck.models.decoders.segmentation_and_anomaly import map_pixel_centres
from fieldcheck.models.preprocess import Placement

Array = NDArray[np.float32]
EVEN = 0.5  # share from which a pixel belongs to an instance
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


def find_misfit(outputs: Tensors, card: Card) -> Misfit:
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
    candidates, places_kept = decode_boxes(rows, k, len(pair[1]), least_score(card))
    return (
        candidates,
        _LazyMasks(rows[places_kept, -len(pair[1]) :], pair[1]),
        not is_suppressed(rows, k, len(pair[1])),
    )


def _decode(outputs: Tensors, card: Card, placement: FramePlacement) -> InferenceResult:
    torchvision_outputs = sort_torchvision_outputs(outputs)
    if torchvision_outputs is not None:
        candidates, rows = find_detections(torchvision_outputs, card.classes, least_score(card))
        planes = (
            None
            if torchvision_outputs.masks is None
            else torchvision_outputs.masks[rows, 0].astype(np.float32, copy=False)
        )
        suppress_here, least = False, EVEN
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


def _split_outputs(came: Sequence[NDArray[np.generic]], n: int) -> list[Tensors]:
    return (
        split_torchvision_outputs(came, n)
        if any(output.ndim == 1 for output in came)
        else split_along_batch(came, n)
    )


DECODERS = {"instance_masks": Decoder(find_misfit, _decode, split=_split_outputs)}
