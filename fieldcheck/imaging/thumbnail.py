"""Small versions of a frame: a thumbnail for people, a look for comparing frames with each other."""

from __future__ import annotations

from math import gcd
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.convert import to_luma

WORKING_SIDE = 512  # luma is measured at this longer side, so that figures of different cameras compare (methods 5.4)
EXACT = range(3, 16, 2)  # rows of which the sums of areas fit into 16 bits
LOOK_HEIGHT, LOOK_WIDTH = 90, 160
THUMBNAIL_SIDE, THUMBNAIL_QUALITY = 320, 80


def downscale_image(picture: NDArray[np.uint8], longer: int) -> NDArray[np.uint8]:
    """(H, W) or (H, W, 3) uint8, scaled by area averaging so that the longer side has `longer` pixels; a smaller one stays as it is."""
    height, width = picture.shape[:2]
    scale = longer / max(height, width)
    if scale >= 1:
        return picture
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    of, to = height // gcd(height, tall), tall // gcd(height, tall)
    if height * wide == width * tall and to > 1 and of in EXACT:
        return _compute_area_means(picture, of, to)
    return np.asarray(cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_AREA), np.uint8)


def _compute_area_means(picture: NDArray[np.uint8], of: int, to: int) -> NDArray[np.uint8]:
    """Area averages that make `to` of every `of` rows and columns, in whole numbers: OpenCV's pixels in a third of its time. By an odd `of`
    no mean lies halfway between two grey levels, so there is one way to round."""
    sums = _sum_rows(cv2.transpose(_sum_rows(picture, of, to)), of, to)
    sums += of * of // 2
    sums //= of * of
    return np.asarray(cv2.transpose(sums.astype(np.uint8)), np.uint8)


def _sum_rows(rows: NDArray[Any], of: int, to: int) -> NDArray[np.uint16]:
    """(n · of, …) → (n · to, …) uint16: `of` times the mean of the rows that each new one covers, the outer two of them in part."""
    found = np.empty((len(rows) // of, to, *rows.shape[1:]), np.uint16)
    for new in range(to):
        covered = range(new * of // to, ((new + 1) * of - 1) // to + 1)
        shares = {row: min((row + 1) * to, (new + 1) * of) - max(row * to, new * of) for row in covered}  # in parts of which a row has `to`
        sums = np.zeros_like(found[:, new])
        for row in (row for row in covered if shares[row] == to):
            sums += rows[row::of]
        sums *= to
        for row in (row for row in covered if shares[row] < to):
            sums += rows[row::of] * np.uint16(shares[row])
        found[:, new] = sums
    return found.reshape(-1, *rows.shape[1:])


def downscale_by_halves(picture: NDArray[np.uint8], longer: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8, halved while even sides allow it and the longer stays at least twice `longer`.

    Exact halves are averaged five times as fast as an odd ratio. Two steps weigh the edges of the averaged areas a little otherwise,
    which no thumbnail shows, but sharpness would: luma is made in one.
    """
    height, width = picture.shape[:2]
    while max(height, width) >= 2 * longer and height % 2 == 0 and width % 2 == 0:
        height, width = height // 2, width // 2
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return picture


def make_thumbnail_pixels(rgb: NDArray[np.uint8], longer: int = THUMBNAIL_SIDE) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → the pixels of its thumbnail."""
    return downscale_image(downscale_by_halves(rgb, longer), longer)


def make_thumbnail(rgb: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) uint8 RGB → JPEG of its thumbnail."""
    return encode_jpeg(make_thumbnail_pixels(rgb), THUMBNAIL_QUALITY)


def make_look(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → (90, 160) uint8 luma: luma at working size, stretched to that shape by area averaging."""
    return make_look_from_luma(downscale_image(to_luma(rgb), WORKING_SIDE))


def make_look_from_luma(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) uint8 luma at working size → (90, 160) uint8."""
    return np.asarray(cv2.resize(small, (LOOK_WIDTH, LOOK_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
