"""Fits an image to the size of a model's input: stretch, letterbox, short side and centre crop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import floor

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import InputSpec, Resize
from fieldcheck.imaging.contrast_and_colour import crop_centre, resize


@dataclass(frozen=True, slots=True)
class FittedImage:
    """An image resized to the model's input. `position`: its (left, top) in the input tensor;
    `scale` and `shift` per axis (x, y) as in Placement."""

    picture: NDArray[np.uint8]
    position: tuple[int, int]
    scale: tuple[float, float]
    shift: tuple[float, float]


def resize_by_stretch(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Stretch: resizes both sides of `rgb`, (H, W, 3) uint8 RGB, to the input size, each by its own
    ratio."""
    (height, width), (tall, wide) = spec.size, rgb.shape[:2]
    return FittedImage(
        resize(rgb, height, width, spec.interpolation),
        (0, 0),
        (width / wide, height / tall),
        (0.0, 0.0),
    )


def resize_by_letterbox(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Letterbox: resizes the whole image, (H, W, 3) uint8 RGB, by one ratio and pads the rest.
    Boxes are mapped back by that ratio, as in the detectors trained this way.

    Sides are rounded down in floating point, as there: a side that would fill the tensor may be one
    pixel short."""
    (height, width), (tall, wide) = spec.size, rgb.shape[:2]
    ratio = min(height / tall, width / wide)
    inner_height, inner_width = max(1, floor(tall * ratio)), max(1, floor(wide * ratio))
    centred = spec.pad_position == "centre"
    left, top = ((width - inner_width) // 2, (height - inner_height) // 2) if centred else (0, 0)
    return FittedImage(
        resize(rgb, inner_height, inner_width, spec.interpolation),
        (left, top),
        (ratio, ratio),
        (float(left), float(top)),
    )


def resize_by_short_side(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Resizes the image, (H, W, 3) uint8 RGB, until both sides cover the input, then crops the
    centre; for a square input torchvision's Resize and CenterCrop."""
    (height, width), (tall, wide) = spec.size, rgb.shape[:2]
    ratio = max(height / tall, width / wide)
    outer_height, outer_width = max(height, floor(tall * ratio)), max(width, floor(wide * ratio))
    whole = resize(rgb, outer_height, outer_width, spec.interpolation)
    left, top = round((outer_width - width) / 2), round((outer_height - height) / 2)
    return FittedImage(
        whole[top : top + height, left : left + width],
        (0, 0),
        (ratio, ratio),
        (-float(left), -float(top)),
    )


def crop_then_resize(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Cuts the largest central part with the input's aspect ratio from the image, (H, W, 3) uint8
    RGB, then resizes it."""
    (height, width), (tall, wide) = spec.size, rgb.shape[:2]
    cut_height, cut_width = (
        min(tall, max(1, round(wide * height / width))),
        min(wide, max(1, round(tall * width / height))),
    )
    left, top = (wide - cut_width) // 2, (tall - cut_height) // 2
    cut = rgb[top : top + cut_height, left : left + cut_width]
    x_scale, y_scale = width / cut_width, height / cut_height
    return FittedImage(
        resize(cut, height, width, spec.interpolation),
        (0, 0),
        (x_scale, y_scale),
        (-left * x_scale, -top * y_scale),
    )


FIT: dict[Resize, Callable[[NDArray[np.uint8], InputSpec], FittedImage]] = {
    "stretch": resize_by_stretch,
    "letterbox": resize_by_letterbox,
    "short_side": resize_by_short_side,
    "centre_crop": crop_then_resize,
}


def fit_image(rgb: NDArray[np.uint8], spec: InputSpec) -> FittedImage:
    """Crops and resizes `rgb`, (H, W, 3) uint8 RGB, to the size of the input. The returned
    placement is relative to the whole frame."""
    kept = rgb if spec.crop == 1.0 else crop_centre(rgb, spec.crop)
    fitted = FIT[spec.resize](kept, spec)
    if kept is rgb:
        return fitted
    (x_scale, y_scale), (x_shift, y_shift) = fitted.scale, fitted.shift
    cut_top, cut_left = (
        (whole - part) // 2 for whole, part in zip(rgb.shape[:2], kept.shape[:2], strict=True)
    )
    return replace(fitted, shift=(x_shift - cut_left * x_scale, y_shift - cut_top * y_scale))
