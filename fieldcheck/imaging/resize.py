"""Other sizes of a picture, by the very kernels that models were trained with."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

OPENCV = {"nearest": cv2.INTER_NEAREST, "linear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA, "cubic": cv2.INTER_CUBIC}
PILLOW = {"pil_bilinear": Image.Resampling.BILINEAR, "pil_bicubic": Image.Resampling.BICUBIC}

HALVE_FROM = 1.75  # times as large as wanted; from a bit below two, where what is left is hardly enlarged again


def resize(rgb: NDArray[np.uint8], height: int, width: int, interpolation: str) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 → (height, width, 3) uint8; the picture itself where it has that size already.

    `nearest`, `linear`, `area` and `cubic` are OpenCV's, which look at a few neighbours only; `pil_bilinear` and `pil_bicubic`
    are Pillow's, which widen with the ratio and so do not alias.
    """
    if rgb.shape[:2] == (height, width):
        return rgb
    if interpolation in PILLOW:
        return np.asarray(Image.fromarray(rgb).resize((width, height), PILLOW[interpolation]))
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=OPENCV[interpolation]), np.uint8)


def resize_for_display(rgb: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 → (height, width, 3) uint8 for a screen, at every frame: no model is asked about it.

    Halved by the mean of four pixels until it is nearly there, and then linear: fine stripes turn grey and not into broad ones, in a
    twentieth of the time that `area` takes for all of it. An odd row or column at the end is left out.
    """
    while min(rgb.shape[0] / height, rgb.shape[1] / width) >= HALVE_FROM:
        rows, columns = rgb.shape[0] // 2, rgb.shape[1] // 2
        rgb = resize(rgb[: 2 * rows, : 2 * columns], rows, columns, "area")
    return resize(rgb, height, width, "linear")


def crop_centre(rgb: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Centre crop: the central `share` of both sides, (H, W, 3) → (h, w, 3), a view. The same margin goes on both ends, rounded down to
    whole pixels.

    Source: TensorFlow's `central_crop`.
    """
    height, width = rgb.shape[:2]
    top, left = int((height - height * share) / 2), int((width - width * share) / 2)
    return rgb[top : height - top, left : width - left]
