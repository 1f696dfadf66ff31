"""Similarity of images: PSNR and SSIM of a corrupted image to its original (methods 5.1), and
64-bit perceptual hashes."""

from __future__ import annotations

from math import inf, log10, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fieldcheck.imaging.colour import to_luma

# Fingerprints of 64 bits that near-alike pictures share almost all bits of; the same as ImageHash
# gives for `dhash` and `phash`.

SIDE = 8
DCT_SIDE = 32
SLOW = 4.0  # pixels of 32 over which light changes slowly
LEAST_DETAIL = 1.0  # grey levels in all cells together: less is rounding
# OpenCV's transform is orthonormal, that of the definition is not
FROM_ORTHONORMAL = np.array([sqrt(2)] + [1.0] * (SIDE - 1))


def compute_dhash(y: NDArray[np.uint8]) -> int:
    """(H, W) uint8 luma → 64 bits: whether each of 8 x 8 pixels is darker than its right neighbour.
    Source: Krawetz 2013."""
    small = _resize_lanczos(y, SIDE + 1, SIDE)
    return _pack_bits(small[:, 1:] > small[:, :-1])


def compute_phash(y: NDArray[np.uint8]) -> int:
    """(H, W) uint8 luma → 64 bits: whether each of the 8 x 8 lowest frequencies is above their
    median. Source: Zauner 2010."""
    low = np.asarray(
        cv2.dct(_resize_lanczos(y, DCT_SIDE, DCT_SIDE).astype(np.float64)), np.float64
    )[:SIDE, :SIDE]
    low = low * np.outer(FROM_ORTHONORMAL, FROM_ORTHONORMAL)
    low = low.round(6)  # what is nought but for rounding is nought
    return _pack_bits(low > np.median(low))


def compute_detail_vector(y: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W) uint8 luma → (256,) float32 of unit length: 16 x 16 cells of the picture without its
    slow changes of light, zeros where it has no others. Two pictures of one moment correlate in it
    however they were coded; two like ones do not."""
    small = _resize_lanczos(y, DCT_SIDE, DCT_SIDE).astype(np.float32)
    cells = cv2.resize(
        small - cv2.GaussianBlur(small, (0, 0), SLOW),
        (2 * SIDE, 2 * SIDE),
        interpolation=cv2.INTER_AREA,
    ).ravel()
    cells = cells - cells.mean()
    length = float(np.linalg.norm(cells))
    return np.asarray(cells / length if length > LEAST_DETAIL else np.zeros_like(cells), np.float32)


def compute_hamming_distance(a: int, b: int) -> int:
    """In how many bits two fingerprints differ."""
    return (a ^ b).bit_count()


def _resize_lanczos(y: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Pillow's Lanczos, which averages over the whole picture; OpenCV's does not."""
    return np.asarray(
        Image.fromarray(y).resize((width, height), Image.Resampling.LANCZOS), np.uint8
    )


def _pack_bits(flags: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(flags.ravel()).tobytes(), "big")


WINDOW, SIGMA = 11, 1.5
VIEWED = 256
FLOOR_LIGHT, FLOOR_STRUCTURE = np.float32((0.01 * 255) ** 2), np.float32((0.03 * 255) ** 2)


def compute_psnr(rgb: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Decibel between the luma of two (H, W, 3) uint8 RGB pictures of one size; infinite where
    there is no difference."""
    return ReferenceImage(rgb).compare_with(other)[0]


def compute_ssim(rgb: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Structural similarity (SSIM) of the luma of two (H, W, 3) uint8 RGB pictures of one size, 1
    for no difference: Gaussian window of 11 pixels. Source: Wang et al. 2004.

    Large pictures are averaged down by a whole factor first, to about 256 pixels of the shorter
    side, as the authors' own program does.
    """
    return ReferenceImage(rgb).compare_with(other)[1]


class ReferenceImage:
    """A picture that others are compared with: what is known of it is worked out once."""

    def __init__(self, rgb: NDArray[np.uint8]) -> None:
        self._y = to_luma(rgb)
        self._a = _to_viewing_size(self._y)
        self._mean = _filter_local_mean(self._a)
        self._var = _filter_local_mean(self._a * self._a) - self._mean * self._mean

    def compare_with(self, other: NDArray[np.uint8]) -> tuple[float, float]:
        """PSNR in decibel and SSIM of another picture of its size, (H, W, 3) uint8 RGB."""
        y = to_luma(other)
        # a sum of whole numbers, exact in any order
        error = cv2.norm(self._y, y, cv2.NORM_L2SQR) / y.size
        a, b = self._a, _to_viewing_size(y)
        mean = _filter_local_mean(b)
        var, both = (
            _filter_local_mean(b * b) - mean * mean,
            _filter_local_mean(a * b) - self._mean * mean,
        )
        light = (2 * self._mean * mean + FLOOR_LIGHT) / (
            self._mean * self._mean + mean * mean + FLOOR_LIGHT
        )
        structure = (2 * both + FLOOR_STRUCTURE) / (self._var + var + FLOOR_STRUCTURE)
        return inf if error == 0 else 10 * log10(255**2 / error), float(
            np.mean(light * structure, dtype=np.float64)
        )


def _to_viewing_size(y: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = y.shape
    factor = max(1, round(min(height, width) / VIEWED))
    small = (
        y
        if factor == 1
        else cv2.resize(y, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    )
    return np.asarray(small, np.float32)


def _filter_local_mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weighted means of the neighbourhood, without those that reach over the border."""
    whole = cv2.GaussianBlur(values, (WINDOW, WINDOW), SIGMA)
    edge = WINDOW // 2
    return np.asarray(
        whole[edge:-edge, edge:-edge] if min(values.shape) > WINDOW else whole, np.float32
    )
