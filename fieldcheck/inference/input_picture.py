"""Model input as a picture: the input tensor turned back into one, and the part of the frame that went into it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import InputSpec
from fieldcheck.imaging.resize import crop_centre
from fieldcheck.inference.preprocess import Placement, Preprocessed, preprocess_image

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ModelInput:
    """`rgb`: (h, w, 3) uint8 of the tensor's size, not writeable, grey as three equal channels. `crop`: x1, y1, x2, y2 of the part of
    the frame that is in it, pixels of the frame."""

    rgb: NDArray[np.uint8]
    crop: Rectangle

    def __post_init__(self) -> None:
        self.rgb.flags.writeable = False


def make_model_input(rgb: NDArray[np.uint8], spec: InputSpec) -> ModelInput:
    """Model input made of a frame, (H, W, 3) uint8 RGB, as a picture."""
    return invert_preprocessed(preprocess_image(rgb, spec), rgb, spec)


def invert_preprocessed(prepared: Preprocessed, rgb: NDArray[np.uint8], spec: InputSpec) -> ModelInput:
    """Model input as a picture, where the frame, (H, W, 3) uint8 RGB, has been prepared already."""
    return ModelInput(convert_to_image(prepared.tensor, spec), compute_visible_crop(rgb, prepared.placement, spec))


def convert_to_image(tensor: NDArray[np.float32], spec: InputSpec) -> NDArray[np.uint8]:
    """The tensor, float32 without the batch axis, back into (h, w, 3) uint8 RGB: the inverse of scale, mean, deviation and order."""
    planes = tensor if spec.layout == "NCHW" else tensor.transpose(2, 0, 1)
    factor = (np.array(spec.std) / spec.scale).astype(np.float32)[:, None, None]
    offset = (np.array(spec.mean) / spec.scale).astype(np.float32)[:, None, None]
    back = planes * factor
    back += offset
    np.clip(np.rint(back, out=back), 0, 255, out=back)
    channels = {"GRAY": (0, 0, 0), "BGR": (2, 1, 0)}.get(spec.colour, (0, 1, 2))
    pixels = np.empty((*back.shape[1:], 3), np.uint8)
    for place, channel in enumerate(channels):  # plane by plane: half the time of turning the axes of the whole
        pixels[..., place] = back[channel]
    return pixels


def compute_visible_crop(rgb: NDArray[np.uint8], placement: Placement, spec: InputSpec) -> Rectangle:
    """x1, y1, x2, y2 in pixels of the frame, (H, W, 3) uint8 RGB: where the tensor reaches back to, without padding and without what was
    cropped away.

    Right within a pixel of the tensor, because a resize rounds its sides to whole pixels.
    """
    height, width = spec.size
    reach = placement.to_frame(np.array([[0, 0, width, height]], np.float32))[0]
    kept = crop_centre(rgb, spec.crop).shape[:2]
    top, left = ((whole - part) // 2 for whole, part in zip(rgb.shape[:2], kept, strict=True))
    x1, y1, x2, y2 = (float(side) for side in reach)
    return max(x1, left), max(y1, top), min(x2, left + kept[1]), min(y2, top + kept[0])
