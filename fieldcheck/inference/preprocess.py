"""A frame as the model wants to see it: cropped, resized, in its colour order, scaled and laid out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import floor

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import InputSpec, Resize
from fieldcheck.imaging.convert import split_planes, to_luma
from fieldcheck.imaging.resize import crop_centre, resize


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the frame lies in the tensor: tensor pixel = frame pixel · scale + shift, by axis (x, y)."""

    scale: tuple[float, float]
    shift: tuple[float, float]

    def to_frame(self, xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes (n, 4) from pixels of the tensor to pixels of the frame; they may reach over its edge."""
        shift, scale = (np.array(pair * 2, np.float64) for pair in (self.shift, self.scale))
        back: NDArray[np.float32] = ((xyxy - shift) / scale).astype(np.float32)
        return back


@dataclass(frozen=True, slots=True)
class Preprocessed:
    """`tensor` is float32 without the batch axis, in the card's layout."""

    tensor: NDArray[np.float32]
    placement: Placement


def preprocess_image(rgb: NDArray[np.uint8], spec: InputSpec) -> Preprocessed:
    """Preprocessing of `rgb`, (H, W, 3) uint8 RGB, to the model's input tensor, exactly as the card says."""
    tensor = np.empty(spec.shape, np.float32)
    return Preprocessed(tensor, preprocess_into(tensor, rgb, spec))


def preprocess_into(tensor: NDArray[np.float32], rgb: NDArray[np.uint8], spec: InputSpec) -> Placement:
    """Preprocessing of `rgb`, (H, W, 3) uint8 RGB, into a tensor that is there already, (C, h, w) or (h, w, C) float32 by the card's
    layout: no frame is copied twice on its way into a batch."""
    return normalize_into(tensor, fit_image(rgb, spec), spec)


def fit_image(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Crop and resize of `rgb`, (H, W, 3) uint8 RGB, to the tensor's size; where it lies is told for the whole frame."""
    kept = rgb if spec.crop == 1.0 else crop_centre(rgb, spec.crop)
    fitted = FIT[spec.resize](kept, spec)
    if kept is rgb:
        return fitted
    (x_scale, y_scale), (x_shift, y_shift) = fitted.scale, fitted.shift
    cut_top, cut_left = ((whole - part) // 2 for whole, part in zip(rgb.shape[:2], kept.shape[:2], strict=True))
    return replace(fitted, shift=(x_shift - cut_left * x_scale, y_shift - cut_top * y_scale))


def normalize_into(tensor: NDArray[np.float32], fitted: FittedImage, spec: InputSpec) -> Placement:
    """Normalisation of a picture that fits into a tensor that is there already, (C, h, w) or (h, w, C) float32 by the card's layout."""
    planes = tensor if spec.layout == "NCHW" else tensor.transpose(2, 0, 1)
    height, width = fitted.picture.shape[:2]
    left, top = fitted.position
    if (height, width) != spec.size:
        planes[...] = _get_normalized_padding(spec)
    _normalize_planes(planes[:, top : top + height, left : left + width], fitted.picture, spec)
    return Placement(fitted.scale, fitted.shift)


@dataclass(frozen=True, slots=True)
class FittedImage:
    """A picture that fits the tensor: `position` is its (left, top) there, `scale` and `shift` by axis (x, y) as in Placement."""

    picture: NDArray[np.uint8]
    position: tuple[int, int]
    scale: tuple[float, float]
    shift: tuple[float, float]


def resize_by_stretch(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Stretch: both sides of the picture, (H, W, 3) uint8 RGB, to size, each by its own ratio."""
    (height, width), (tall, wide) = spec.size, rgb.shape[:2]
    return FittedImage(resize(rgb, height, width, spec.interpolation), (0, 0), (width / wide, height / tall), (0.0, 0.0))


def resize_by_letterbox(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Letterbox: the whole picture, (H, W, 3) uint8 RGB, by one ratio, the rest padded. Boxes go back by that ratio, as the detectors
    trained this way do it.

    Sides are rounded down in floating point, as there: a side that would fill the tensor may come out one pixel short.
    """
    (height, width), (tall, wide) = spec.size, rgb.shape[:2]
    ratio = min(height / tall, width / wide)
    inner_height, inner_width = max(1, floor(tall * ratio)), max(1, floor(wide * ratio))
    centred = spec.pad_position == "centre"
    left, top = ((width - inner_width) // 2, (height - inner_height) // 2) if centred else (0, 0)
    return FittedImage(resize(rgb, inner_height, inner_width, spec.interpolation), (left, top), (ratio, ratio), (float(left), float(top)))


def resize_by_short_side(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Shorter side to size: the picture, (H, W, 3) uint8 RGB, by the ratio at which it just covers the tensor; then the centre is kept.
    torchvision's Resize and CenterCrop."""
    (height, width), (tall, wide) = spec.size, rgb.shape[:2]
    ratio = max(height / tall, width / wide)
    outer_height, outer_width = max(height, floor(tall * ratio)), max(width, floor(wide * ratio))
    whole = resize(rgb, outer_height, outer_width, spec.interpolation)
    left, top = round((outer_width - width) / 2), round((outer_height - height) / 2)
    return FittedImage(whole[top : top + height, left : left + width], (0, 0), (ratio, ratio), (-float(left), -float(top)))


def crop_then_resize(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Centre crop, then resize: the largest central cut of the tensor's proportions from the picture, (H, W, 3) uint8 RGB, then both sides
    to size."""
    (height, width), (tall, wide) = spec.size, rgb.shape[:2]
    cut_height, cut_width = min(tall, max(1, round(wide * height / width))), min(wide, max(1, round(tall * width / height)))
    left, top = (wide - cut_width) // 2, (tall - cut_height) // 2
    cut = rgb[top : top + cut_height, left : left + cut_width]
    x_scale, y_scale = width / cut_width, height / cut_height
    return FittedImage(resize(cut, height, width, spec.interpolation), (0, 0), (x_scale, y_scale), (-left * x_scale, -top * y_scale))


FIT: dict[Resize, Callable[[NDArray[np.uint8], InputSpec], FittedImage]] = {
    "stretch": resize_by_stretch,
    "letterbox": resize_by_letterbox,
    "short_side": resize_by_short_side,
    "centre_crop": crop_then_resize,
}


def _normalize_planes(planes: NDArray[np.float32], picture: NDArray[np.uint8], spec: InputSpec) -> None:
    """Fills `planes` (C, h, w). Written as (pixel − mean/scale) · (scale/std): two passes, and no digits lost between them."""
    offset, factor = compute_offset_and_factor(spec)
    shifted = offset.any()
    for channels, source in _split_channels(picture, spec):
        filled = planes[channels]
        np.copyto(filled, source)  # first, since to reckon with two types takes twice as long
        if shifted:
            filled -= offset[channels]
        filled *= factor[channels]


def _split_channels(picture: NDArray[np.uint8], spec: InputSpec) -> list[tuple[slice, NDArray[np.uint8]]]:
    """Some channels with their (c, h, w) of an RGB picture. One at a time where the tensor keeps them apart: so both stay in the cache.

    Grey is made after the resize, from fewer pixels.
    """
    if spec.colour == "GRAY":
        return [(slice(0, 1), to_luma(picture)[None])]
    if spec.layout == "NHWC":
        ordered = picture[..., ::-1] if spec.colour == "BGR" else picture
        return [(slice(0, 3), ordered.transpose(2, 0, 1))]
    apart = split_planes(picture)
    return [(slice(k, k + 1), plane[None]) for k, plane in enumerate(apart[::-1] if spec.colour == "BGR" else apart)]


def _get_normalized_padding(spec: InputSpec) -> NDArray[np.float32]:
    offset, factor = compute_offset_and_factor(spec)
    pad: NDArray[np.float32] = (np.float32(spec.pad) - offset) * factor
    return pad


@lru_cache(maxsize=16)
def compute_offset_and_factor(spec: InputSpec) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Normalisation as (pixel − offset) · factor: two (C, 1, 1) arrays, worked out in double precision; nobody may write to them."""
    mean, std = np.array(spec.mean), np.array(spec.std)
    found = (mean / spec.scale).astype(np.float32)[:, None, None], (spec.scale / std).astype(np.float32)[:, None, None]
    for one in found:
        one.flags.writeable = False
    return found
