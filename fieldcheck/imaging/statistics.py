"""The vector of image statistics that tells one camera's look from another's (methods 5.4)."""

from __future__ import annotations

from functools import lru_cache
from math import log

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.quality import Quality
from fieldcheck.imaging.convert import luma
from fieldcheck.imaging.quality import (
    WORKING_SIDE,
    level_at,
    level_shares,
    native_crop,
    noise_response,
    quality_of,
)
from fieldcheck.imaging.thumbnail import smaller

NAMES = (
    "mean", "contrast", "p1", "clipped_low", "clipped_high", "sharpness", "noise", "flat_noise", "direction", "blockiness", "band_low",
    "band_middle", "band_high", "a", "b", "chroma",
)  # fmt: skip
BANDS = ((0.06, 0.125), (0.125, 0.25), (0.25, 0.5))  # cycles a pixel
BLOCK = 8


def statistics(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W, 3) uint8 RGB → (16,) float32 in the order of `NAMES`."""
    small_rgb, crop = smaller(rgb, WORKING_SIDE), luma(native_crop(rgb))
    small, response = luma(small_rgb), noise_response(crop)
    return statistics_of(quality_of(small, response), small_rgb, small, crop, response)


def statistics_of(
    quality: Quality, small_rgb: NDArray[np.uint8], small: NDArray[np.uint8], crop: NDArray[np.uint8], response: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The same from what one pass has made already: RGB and luma at working size, luma of the native crop and its noise response."""
    flat = level_at(np.bincount(response.ravel().astype(np.int64)) / response.size, 0.5) if response.size else 0
    a, b, chroma = _colour(small_rgb)
    return np.array(
        [
            quality.mean, quality.contrast, level_at(level_shares(small), 0.01), quality.clipped_low, quality.clipped_high, quality.sharpness,
            log(quality.noise + 0.1), log(flat + 0.1), direction(small), blockiness(crop), *band_shares(small), a, b, chroma,
        ],
        np.float32,
    )  # fmt: skip


def direction(y: NDArray[np.uint8]) -> float:
    """Share of the larger eigenvalue of the mean gradient tensor: 0.5 where no direction prevails, up to 1 for streaks and motion."""
    dx = np.asarray(cv2.Sobel(y, cv2.CV_32F, 1, 0), np.float32)
    dy = np.asarray(cv2.Sobel(y, cv2.CV_32F, 0, 1), np.float32)
    xx, yy, xy = (float((p * q).mean(dtype=np.float64)) for p, q in ((dx, dx), (dy, dy), (dx, dy)))
    if xx + yy == 0:
        return 0.5
    return 0.5 + float(np.hypot((xx - yy) / 2, xy)) / (xx + yy)


def blockiness(crop: NDArray[np.uint8]) -> float:
    """Mean horizontal step across the borders of 8-pixel blocks over the mean of all steps: 1 without block coding."""
    steps = np.abs(np.diff(crop.astype(np.int16), axis=1))
    borders = steps[:, BLOCK - 1 :: BLOCK]
    return float(borders.mean() / steps.mean()) if borders.size and steps.any() else 1.0


def band_shares(y: NDArray[np.uint8]) -> tuple[float, float, float]:
    """log10 share of the spectral power in three bands of spatial frequency, of the picture without its mean, faded out at the edges."""
    window, masks = _spectrum_plan(*y.shape)
    picture = (y - y.mean(dtype=np.float64)).astype(np.float32) * window
    power = np.abs(np.fft.rfft2(picture)) ** 2
    total = float(power.sum()) or 1.0
    low, middle, high = (float(np.log10(power[mask].sum() / total + 1e-12)) for mask in masks)
    return low, middle, high


@lru_cache(maxsize=8)
def _spectrum_plan(height: int, width: int) -> tuple[NDArray[np.float32], tuple[NDArray[np.bool_], ...]]:
    """Hann window and the masks of the bands for pictures of one size."""
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    return window, tuple((radius >= low) & (radius < high) for low, high in BANDS)


def _colour(rgb: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Mean a*, mean b* and mean chroma in CIELAB units."""
    lab = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB), np.float32)
    a, b = lab[..., 1] - 128, lab[..., 2] - 128
    return float(a.mean()), float(b.mean()), float(np.hypot(a, b).mean())
