"""Preprocessing: a fitted frame scaled and laid out as the model's input, the input shown as an
image, and what objects lose on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card, InputSpec
from fieldcheck.domain.prediction import BOXES, BY_NAME
from fieldcheck.imaging.contrast_and_colour import crop_centre, split_planes, to_luma
from fieldcheck.models.letterbox import FittedImage, fit_image


@dataclass(frozen=True, slots=True)
class Placement:
    """Position of the frame in the input tensor: tensor pixel = frame pixel · scale + shift, per
    axis (x, y)."""

    scale: tuple[float, float]
    shift: tuple[float, float]

    def to_frame(self, xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes (n, 4) xyxy from pixels of the input tensor to pixels of the frame; they may extend
        beyond its edges."""
        offset, scale = (np.array(pair * 2, np.float64) for pair in (self.shift, self.scale))
        back: NDArray[np.float32] = ((xyxy - offset) / scale).astype(np.float32)
        return back


@dataclass(frozen=True, slots=True)
class Preprocessed:
    """`tensor`: float32 input without the batch axis, in the card's layout."""

    tensor: NDArray[np.float32]
    placement: Placement


def preprocess_image(rgb: NDArray[np.uint8], spec: InputSpec) -> Preprocessed:
    """Preprocesses a frame as the card says.

    Args:
        rgb: (H, W, 3) uint8 RGB.
        spec: preprocessing of the card.

    Returns:
        The input tensor, float32 without the batch axis, and where the frame lies in it.
    """
    tensor = np.empty(spec.shape, np.float32)
    return Preprocessed(tensor, preprocess_into(tensor, rgb, spec))


def preprocess_into(
    tensor: NDArray[np.float32], rgb: NDArray[np.uint8], spec: InputSpec
) -> Placement:
    """Preprocesses a frame into an existing tensor, which saves a copy on the way into a batch.

    Args:
        tensor: (C, h, w) or (h, w, C) float32 by the card's layout, overwritten.
        rgb: (H, W, 3) uint8 RGB.
        spec: preprocessing of the card.

    Returns:
        Where the frame lies in the tensor.
    """
    return normalize_into(tensor, fit_image(rgb, spec), spec)


def normalize_into(tensor: NDArray[np.float32], fitted: FittedImage, spec: InputSpec) -> Placement:
    """Normalises a fitted image into an existing tensor, (C, h, w) or (h, w, C) float32 by the
    card's layout."""
    planes = tensor if spec.layout == "NCHW" else tensor.transpose(2, 0, 1)
    height, width = fitted.picture.shape[:2]
    left, top = fitted.position
    if (height, width) != spec.size:
        planes[...] = _get_normalized_padding(spec)
    _normalize_planes(planes[:, top : top + height, left : left + width], fitted.picture, spec)
    return Placement(fitted.scale, fitted.shift)


def _normalize_planes(
    planes: NDArray[np.float32], picture: NDArray[np.uint8], spec: InputSpec
) -> None:
    """Fills `planes` (C, h, w). Written as (pixel − mean/scale) · (scale/std): two passes, and no
    digits lost between them."""
    offset, factor = compute_offset_and_factor(spec)
    shifted = offset.any()
    for channels, source in _split_channels(picture, spec):
        filled = planes[channels]
        np.copyto(filled, source)  # Converted first, because mixed types take twice as long.
        if shifted:
            filled -= offset[channels]
        filled *= factor[channels]


def _split_channels(
    picture: NDArray[np.uint8], spec: InputSpec
) -> list[tuple[slice, NDArray[np.uint8]]]:
    """Channels of an RGB image, (c, h, w), in groups. One at a time where the tensor stores planes,
    so that both stay in the cache. Grey is computed after the resize, from fewer pixels."""
    if spec.colour == "GRAY":
        return [(slice(0, 1), to_luma(picture)[None])]
    if spec.layout == "NHWC":
        ordered = picture[..., ::-1] if spec.colour == "BGR" else picture
        return [(slice(0, 3), ordered.transpose(2, 0, 1))]
    apart = split_planes(picture)
    return [
        (slice(k, k + 1), plane[None])
        for k, plane in enumerate(apart[::-1] if spec.colour == "BGR" else apart)
    ]


def _get_normalized_padding(spec: InputSpec) -> NDArray[np.float32]:
    offset, factor = compute_offset_and_factor(spec)
    pad: NDArray[np.float32] = (np.float32(spec.pad) - offset) * factor
    return pad


@lru_cache(maxsize=16)
def compute_offset_and_factor(spec: InputSpec) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Normalisation as (pixel − offset) · factor: two read-only (C, 1, 1) arrays, computed in
    double precision."""
    mean, std = np.array(spec.mean), np.array(spec.std)
    offset_and_factor = (
        (mean / spec.scale).astype(np.float32)[:, None, None],
        (spec.scale / std).astype(np.float32)[:, None, None],
    )
    for array in offset_and_factor:
        array.flags.writeable = False
    return offset_and_factor


# Model input as a picture: the input tensor turned back into one, and the part of the frame that
# went into it.

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ModelInput:
    """The model input as an image. `rgb`: (h, w, 3) uint8 of the tensor's size, read-only,
    greyscale as three equal channels. `crop`: x1, y1, x2, y2 of the part of the frame that is in
    it, in pixels of the frame."""

    rgb: NDArray[np.uint8]
    crop: Rectangle

    def __post_init__(self) -> None:
        self.rgb.flags.writeable = False


def make_model_input(rgb: NDArray[np.uint8], spec: InputSpec) -> ModelInput:
    """The model input of a frame, (H, W, 3) uint8 RGB, as an image."""
    return invert_preprocessed(preprocess_image(rgb, spec), rgb, spec)


def invert_preprocessed(
    prepared: Preprocessed, rgb: NDArray[np.uint8], spec: InputSpec
) -> ModelInput:
    """The model input as an image, for a frame, (H, W, 3) uint8 RGB, that is preprocessed
    already."""
    return ModelInput(
        convert_to_image(prepared.tensor, spec), compute_visible_crop(rgb, prepared.placement, spec)
    )


def convert_to_image(tensor: NDArray[np.float32], spec: InputSpec) -> NDArray[np.uint8]:
    """Converts an input tensor, float32 without the batch axis, back to (h, w, 3) uint8 RGB: the
    inverse of scale, mean, deviation and channel order."""
    planes = tensor if spec.layout == "NCHW" else tensor.transpose(2, 0, 1)
    factor = (np.array(spec.std) / spec.scale).astype(np.float32)[:, None, None]
    offset = (np.array(spec.mean) / spec.scale).astype(np.float32)[:, None, None]
    back = planes * factor
    back += offset
    np.clip(np.rint(back, out=back), 0, 255, out=back)
    channels = {"GRAY": (0, 0, 0), "BGR": (2, 1, 0)}.get(spec.colour, (0, 1, 2))
    pixels = np.empty((*back.shape[1:], 3), np.uint8)
    # Plane by plane, which takes half the time of transposing the whole.
    for index, channel in enumerate(channels):
        pixels[..., index] = back[channel]
    return pixels


def compute_visible_crop(
    rgb: NDArray[np.uint8], placement: Placement, spec: InputSpec
) -> Rectangle:
    """The part of the frame, (H, W, 3) uint8 RGB, that is in the input tensor, without padding: x1,
    y1, x2, y2 in pixels of the frame.

    Exact to a pixel of the tensor, because a resize rounds its sides to whole pixels."""
    height, width = spec.size
    reach = placement.to_frame(np.array([[0, 0, width, height]], np.float32))[0]
    kept = crop_centre(rgb, spec.crop).shape[:2]
    top, left = ((whole - part) // 2 for whole, part in zip(rgb.shape[:2], kept, strict=True))
    x1, y1, x2, y2 = (float(side) for side in reach)
    return max(x1, left), max(y1, top), min(x2, left + kept[1]), min(y2, top + kept[0])


# Losses of a labelled object on its way into the model: parts that the crop cuts off, pixels that
# the resize merges, too little to
# see.

WHOLE = 0.99
USUAL_STRIDE = 8  # pixels of the tensor; of YOLO from the third version on
STRIDES, LEVELS, BOXES_A_CELL = (4, 8, 16), (1, 2, 3, 4, 5), (1, 3)


@dataclass(frozen=True, slots=True)
class InputGeometry:
    """How frames of one size map to the input: `crop` in pixels of the frame, `scale` in tensor
    pixels per frame pixel, per axis (x, y)."""

    crop: Rectangle
    scale: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ObjectLosses:
    """Losses over `n` objects: how many are cut off, how many of the others are thinner than
    `stride` (None: the model's grid is unknown, and `n_thin` is 0), and the median share of an
    object's pixels that remain (NaN without objects)."""

    n: int
    n_cut: int
    n_thin: int
    stride: int | None
    surviving: float


@lru_cache(maxsize=64)
def compute_input_geometry(height: int, width: int, spec: InputSpec) -> InputGeometry:
    """How frames of this size map to the input, measured by preprocessing an empty frame."""
    empty = np.zeros((height, width, 3), np.uint8)
    placement = preprocess_image(empty, spec).placement
    return InputGeometry(compute_visible_crop(empty, placement, spec), placement.scale)


def compute_visible_shares(xyxy: NDArray[np.float64], way: InputGeometry) -> NDArray[np.float64]:
    """(n, 4) boxes xyxy in pixels of the frame → (n,) share of each box inside the visible part; 0
    for a box without area."""
    area, inside = _compute_area(xyxy), _compute_area(clip_boxes(xyxy, way))
    return np.divide(inside, area, out=np.zeros(len(xyxy)), where=area > 0)


def clip_boxes(xyxy: NDArray[np.float64], way: InputGeometry) -> NDArray[np.float64]:
    """Clips (n, 4) boxes xyxy to the visible part → (n, 4); a box outside it has no area."""
    x1, y1, x2, y2 = way.crop
    low, high = np.array([x1, y1, x1, y1]), np.array([x2, y2, x2, y2])
    return np.asarray(np.clip(xyxy, low, high), np.float64)


def count_losses(
    frames: Sequence[tuple[NDArray[np.float64], InputGeometry]], stride: int | None
) -> ObjectLosses:
    """Losses over the objects of all frames; each frame is given by its boxes (n, 4) xyxy in pixels
    and its input geometry."""
    kept, surviving, sides = [np.empty(0)], [np.empty(0)], [np.empty(0)]
    for xyxy, way in frames:
        boxes = xyxy[_compute_area(xyxy) > 0]
        share, (sx, sy) = compute_visible_shares(boxes, way), way.scale
        visible = clip_boxes(boxes, way)
        kept.append(share)
        surviving.append(share * min(1.0, sx) * min(1.0, sy))
        sides.append(
            np.minimum((visible[:, 2] - visible[:, 0]) * sx, (visible[:, 3] - visible[:, 1]) * sy)
        )
    k, s, side = (np.concatenate(parts) for parts in (kept, surviving, sides))
    n_thin = 0 if stride is None else int(((side < stride) & (k > 0)).sum())
    median = float(np.median(s)) if s.size else nan
    return ObjectLosses(k.size, int((k < WHOLE).sum()), n_thin, stride, median)


def find_finest_stride(kind: str, size: tuple[int, int], n_rows: int | None = None) -> int | None:
    """Size in tensor pixels of a cell of the model's finest grid; None for an output that shows no
    grid.

    Computed from the number of output rows, a · Σ ⌊H/s·2⁻ˡ⌋·⌊W/s·2⁻ˡ⌋ over the levels with `a`
    boxes per cell; 8 where the file leaves that number open."""
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
    return sum(
        (height // (stride << level)) * (width // (stride << level)) for level in range(levels)
    )


def _compute_area(xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
    sides: NDArray[np.float64] = np.clip(xyxy[:, 2:] - xyxy[:, :2], 0, None)
    return np.asarray(sides.prod(axis=1), np.float64)


# The preprocessing record: what is done to a frame before the model, as plain values.


def make_preprocessing_record(card: Card) -> dict[str, Any]:
    """Everything that is done to a frame before the model, as plain values; keys without effect are
    left out (no pad without a letterbox).

    `range`: lowest and highest value that the input tensor can hold, one pair per channel; a wrong
    scale shows there."""
    spec = card.input
    if card.is_foreign:
        threshold = {"threshold": card.output.threshold} if card.answers is BOXES else {}
        return {"output": card.output.kind, **threshold}
    ends = (np.array([[0.0], [255.0]]) * spec.scale - np.array(spec.mean)) / np.array(spec.std)
    record: dict[str, Any] = {
        "size": list(spec.size),
        "colour": spec.colour,
        "layout": spec.layout,
        "crop": spec.crop,
        "resize": spec.resize,
        "interpolation": spec.interpolation,
        "scale": spec.scale,
        "mean": list(spec.mean),
        "std": list(spec.std),
        "range": [[round(float(low), 6), round(float(high), 6)] for low, high in ends.T],
        "output": card.output.kind,
    }
    if spec.resize == "letterbox":
        record |= {"pad": spec.pad, "pad_position": spec.pad_position}
    if card.answers is BOXES:
        record["threshold"] = card.output.threshold
    if BY_NAME[card.output.kind].suppressed_here:
        record["iou"] = card.output.iou
    return record
