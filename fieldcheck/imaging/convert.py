"""Between orders of colours, and to grey."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def to_luma(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → (H, W) uint8 luma, 0.299 R + 0.587 G + 0.114 B. Source: ITU-R BT.601."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def to_rgb_from_bgr(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 as OpenCV has it → the same picture in RGB."""
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def to_bgr(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → as OpenCV wants it."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8)


def split_planes(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """(H, W, 3) uint8 → its three planes, (H, W) uint8 each, without gaps."""
    return tuple(np.asarray(plane, np.uint8) for plane in cv2.split(rgb))
