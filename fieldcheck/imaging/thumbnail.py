"""Small versions of a frame: a thumbnail for people, a look for comparing frames with each other."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.convert import luma

LOOK_HEIGHT, LOOK_WIDTH = 90, 160
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 320, 80


def smaller(picture: NDArray[np.uint8], longer: int) -> NDArray[np.uint8]:
    """(H, W) or (H, W, 3) uint8, scaled by area averaging so that the longer side has `longer` pixels; a smaller one stays as it is.

    Halved as often as that goes first: exact halves are averaged five times as fast as the odd ratio that remains.
    """
    height, width = picture.shape[:2]
    while max(height, width) >= 2 * longer and height % 2 == width % 2 == 0:
        height, width = height // 2, width // 2
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    scale = longer / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def thumbnail(rgb: NDArray[np.uint8], longer: int = THUMBNAIL_SIDE) -> bytes:
    """(H, W, 3) uint8 RGB → JPEG with the longer side at most `longer` pixels."""
    return encode_jpeg(smaller(rgb, longer), THUMBNAIL_QUALITY)


def look(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → (90, 160) uint8 luma, stretched to that shape by area averaging."""
    return look_of_luma(luma(rgb))


def look_of_luma(y: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) uint8 luma → (90, 160) uint8."""
    return np.asarray(cv2.resize(y, (LOOK_WIDTH, LOOK_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
