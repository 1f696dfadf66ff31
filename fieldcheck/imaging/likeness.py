"""How like its original a damaged picture still is: measured and printed beside a severity, never used to set one (methods 5.1)."""

from __future__ import annotations

from math import inf, log10

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.convert import luma

WINDOW, SIGMA = 11, 1.5
VIEWED = 256
FLOOR_LIGHT, FLOOR_STRUCTURE = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def psnr(rgb: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Decibel between the luma of two (H, W, 3) uint8 RGB pictures of one size; infinite where there is no difference."""
    one = luma(rgb)
    error = cv2.norm(one, luma(other), cv2.NORM_L2SQR) / one.size  # a sum of whole numbers, exact in any order
    return inf if error == 0 else 10 * log10(255**2 / error)


def ssim(rgb: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Structural likeness of their luma, 1 for no difference: Gaussian window of 11 pixels. Source: Wang et al. 2004.

    Large pictures are averaged down by a whole factor first, to about 256 pixels of the shorter side, as the authors' own program does.
    """
    a, b = (_viewed(luma(picture)).astype(np.float64) for picture in (rgb, other))
    mean_a, mean_b = _local(a), _local(b)
    var_a, var_b = _local(a * a) - mean_a**2, _local(b * b) - mean_b**2
    both = _local(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + FLOOR_LIGHT) / (mean_a**2 + mean_b**2 + FLOOR_LIGHT)
    return float(np.mean(light * (2 * both + FLOOR_STRUCTURE) / (var_a + var_b + FLOOR_STRUCTURE)))


def _viewed(y: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = y.shape
    factor = max(1, round(min(height, width) / VIEWED))
    return y if factor == 1 else np.asarray(cv2.resize(y, (width // factor, height // factor), interpolation=cv2.INTER_AREA), np.uint8)


def _local(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted means of the neighbourhood, without those that reach over the border."""
    whole = cv2.GaussianBlur(values, (WINDOW, WINDOW), SIGMA)
    edge = WINDOW // 2
    return np.asarray(whole[edge:-edge, edge:-edge] if min(values.shape) > WINDOW else whole, np.float64)
