"""Small versions of a frame: a thumbnail for people, a look for comparing frames with each other."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.convert import luma

WORKING_SIDE = 512  # luma is measured at this longer side, so that figures of different cameras compare (methods 5.4)
LOOK_HEIGHT, LOOK_WIDTH = 90, 160
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 320, 80


def smaller(picture: NDArray[np.uint8], longer: int) -> NDArray[np.uint8]:
    """(H, W) or (H, W, 3) uint8, scaled by area averaging so that the longer side has `longer` pixels; a smaller one stays as it is."""
    height, width = picture.shape[:2]
    scale = longer / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def halved(picture: NDArray[np.uint8], longer: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8, halved while even sides allow it and the longer stays at least twice `longer`.

    Exact halves are averaged five times as fast as an odd ratio. Two steps weigh the edges of the averaged areas a little otherwise,
    which no thumbnail shows, but sharpness would: luma is made in one.
    """
    height, width = picture.shape[:2]
    while max(height, width) >= 2 * longer and height % 2 == 0 and width % 2 == 0:
        height, width = height // 2, width // 2
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return picture


def tiny(rgb: NDArray[np.uint8], longer: int = THUMBNAIL_SIDE) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → the pixels of its thumbnail."""
    return smaller(halved(rgb, longer), longer)


def thumbnail(rgb: NDArray[np.uint8], longer: int = THUMBNAIL_SIDE) -> bytes:
    """(H, W, 3) uint8 RGB → JPEG with the longer side at most `longer` pixels."""
    return encode_jpeg(tiny(rgb, longer), THUMBNAIL_QUALITY)


def look(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → (90, 160) uint8 luma: luma at working size, stretched to that shape by area averaging."""
    return look_of_luma(smaller(luma(rgb), WORKING_SIDE))


def look_of_luma(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) uint8 luma at working size → (90, 160) uint8."""
    return np.asarray(cv2.resize(small, (LOOK_WIDTH, LOOK_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
