"""Fingerprints of 64 bits that near-alike pictures share almost all bits of; the same as ImageHash gives for `dhash` and `phash`."""

from __future__ import annotations

from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 8
DCT_SIDE = 32
SLOW = 4.0  # pixels of 32 over which light changes slowly
LEAST_DETAIL = 1.0  # grey levels in all cells together: less is rounding
FROM_ORTHONORMAL = np.array([sqrt(2)] + [1.0] * (SIDE - 1))  # OpenCV's transform is orthonormal, that of the definition is not


def compute_dhash(y: NDArray[np.uint8]) -> int:
    """(H, W) uint8 luma → 64 bits: whether each of 8 x 8 pixels is darker than its right neighbour. Source: Krawetz 2013."""
    small = _resize_lanczos(y, SIDE + 1, SIDE)
    return _pack_bits(small[:, 1:] > small[:, :-1])


def compute_phash(y: NDArray[np.uint8]) -> int:
    """(H, W) uint8 luma → 64 bits: whether each of the 8 x 8 lowest frequencies is above their median. Source: Zauner 2010."""
    low = np.asarray(cv2.dct(_resize_lanczos(y, DCT_SIDE, DCT_SIDE).astype(np.float64)), np.float64)[:SIDE, :SIDE]
    low = low * np.outer(FROM_ORTHONORMAL, FROM_ORTHONORMAL)
    low = low.round(6)  # what is nought but for rounding is nought
    return _pack_bits(low > np.median(low))


def compute_detail_vector(y: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W) uint8 luma → (256,) float32 of unit length: 16 x 16 cells of the picture without its slow changes of light, zeros where it has
    no others. Two pictures of one moment correlate in it however they were coded; two like ones do not."""
    small = _resize_lanczos(y, DCT_SIDE, DCT_SIDE).astype(np.float32)
    cells = cv2.resize(small - cv2.GaussianBlur(small, (0, 0), SLOW), (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_AREA).ravel()
    cells = cells - cells.mean()
    length = float(np.linalg.norm(cells))
    return np.asarray(cells / length if length > LEAST_DETAIL else np.zeros_like(cells), np.float32)


def compute_hamming_distance(a: int, b: int) -> int:
    """In how many bits two fingerprints differ."""
    return (a ^ b).bit_count()


def _resize_lanczos(y: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Pillow's Lanczos, which averages over the whole picture; OpenCV's does not."""
    return np.asarray(Image.fromarray(y).resize((width, height), Image.Resampling.LANCZOS), np.uint8)


def _pack_bits(flags: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(flags.ravel()).tobytes(), "big")
