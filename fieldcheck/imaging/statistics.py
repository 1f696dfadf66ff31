"""The vector of image statistics that tells one camera's look from another's (methods 5.4)."""

from __future__ import annotations

from functools import lru_cache
from math import hypot, log, log10
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.quality import Quality
from fieldcheck.imaging.convert import to_luma
from fieldcheck.imaging.quality import (
    compute_level_shares,
    compute_noise_levels,
    compute_quality,
    crop_native,
    find_level_at,
)
from fieldcheck.imaging.thumbnail import WORKING_SIDE, downscale_image, make_thumbnail_pixels

NAMES = (
    "mean", "contrast", "p1", "clipped_low", "clipped_high", "sharpness", "noise", "flat_noise", "direction", "blockiness", "band_low",
    "band_middle", "band_high", "a", "b", "chroma",
)  # fmt: skip
BANDS = ((0.06, 0.125), (0.125, 0.25), (0.25, 0.5))  # cycles a pixel
BLOCK = 8


def measure_statistics(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W, 3) uint8 RGB → (16,) float32 in the order of `NAMES`."""
    y = to_luma(rgb)
    small, crop = downscale_image(y, WORKING_SIDE), crop_native(y)
    shares, noise = compute_level_shares(small), compute_noise_levels(crop)
    return compute_statistics(compute_quality(small, shares, noise), small, shares, crop, noise, make_thumbnail_pixels(rgb))


def compute_statistics(
    quality: Quality,
    small: NDArray[np.uint8],
    shares: NDArray[np.float64],
    crop: NDArray[np.uint8],
    noise: NDArray[np.float64],
    tiny_rgb: NDArray[np.uint8],
) -> NDArray[np.float32]:
    """Image statistics, (16,) float32, from what one pass has made already.

    `small`: (h, w) uint8 luma at working size and `shares`: (256,) its `compute_level_shares`; `crop`: (h, w) uint8 luma of the native crop
    and `noise`: (2041,) its noise levels; `tiny_rgb`: (h, w, 3) uint8 RGB thumbnail, which serves for mean colours, since these do not
    depend on the size they are taken at.
    """
    figures = [quality.mean, quality.contrast, find_level_at(shares, 0.01), quality.clipped_low, quality.clipped_high]
    figures += [quality.sharpness, log(quality.noise + 0.1), log(find_level_at(noise, 0.5) + 0.1)]
    figures += [compute_direction(small), compute_blockiness(crop), *compute_band_shares(small), *compute_mean_colour(tiny_rgb)]
    return np.array(figures, np.float32)


def compute_direction(y: NDArray[np.uint8]) -> float:
    """Share of the larger eigenvalue of the mean gradient tensor: 0.5 where no direction prevails, up to 1 for streaks and motion. `y`:
    (h, w) uint8 luma."""
    dx, dy = (cv2.Sobel(y, cv2.CV_16S, *order) for order in ((1, 0), (0, 1)))
    # Sums of whole numbers are exact in any order, and 2·xy is what (x + y)² has beyond x² and y².
    xx, yy, both = (cv2.norm(one, cv2.NORM_L2SQR) for one in (dx, dy, cv2.add(dx, dy)))
    xy = (both - xx - yy) / 2
    if xx + yy == 0:
        return 0.5
    return 0.5 + hypot((xx - yy) / 2, xy) / (xx + yy)


def compute_blockiness(crop: NDArray[np.uint8]) -> float:
    """Blockiness: mean horizontal step across the borders of 8-pixel blocks over the mean of all steps, 1 without block coding. `crop`:
    (h, w) uint8 luma that begins at such a border."""
    if crop.shape[1] <= BLOCK:
        return 1.0
    steps = cv2.reduce(cv2.absdiff(crop[:, 1:], crop[:, :-1]), 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    return float(steps[BLOCK - 1 :: BLOCK].mean() / steps.mean()) if steps.any() else 1.0


def compute_band_shares(y: NDArray[np.uint8]) -> tuple[float, float, float]:
    """log10 share of the spectral power in three bands of spatial frequency, low to high, of the picture without its mean, faded out at the
    edges. `y`: (h, w) uint8 luma."""
    from scipy import fft  # a fifth of a second, paid only by those who measure; numpy's takes three times as long a picture

    window, everything, bands = _make_spectrum_plan(*y.shape)
    spectrum = fft.rfft2((y - np.float32(cv2.mean(y)[0])) * window)
    power = spectrum.real**2 + spectrum.imag**2
    total = _sum_products(everything, power) or 1.0
    low, middle, high = (log10(_sum_products(band, power) / total + 1e-12) for band in bands)
    return low, middle, high


def _sum_products(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Σ a·b in an order of its own. Not `a @ b` and not OpenCV's sums: their last digit depends on how many threads are free and on where
    in memory the arrays lie, and a frame must measure the same in every process."""
    return float(np.multiply(a, b, dtype=np.float64).sum())


@lru_cache(maxsize=8)
def _make_spectrum_plan(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32], tuple[NDArray[np.float32], ...]]:
    """For pictures of one size: Hann window, and how often each value of the half spectrum counts, in all and in each band."""
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    counted = np.full(radius.shape, 2, np.float32)  # for its mirror image, which the half spectrum leaves out
    counted[:, 0] = 1
    if width % 2 == 0:
        counted[:, -1] = 1
    return window, counted, tuple(counted * ((radius >= low) & (radius < high)) for low, high in BANDS)


def compute_mean_colour(rgb: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Mean a*, mean b* and mean chroma in CIELAB units of a picture, (H, W, 3) uint8 RGB."""
    # As a single row: OpenCV shares rows out among as many threads as are free, and where it parts them decides the last digit.
    lab = cv2.cvtColor(rgb.reshape(1, -1, 3).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    a, b = (lab[0, :, channel].astype(np.float64) for channel in (1, 2))
    return float(a.mean()), float(b.mean()), float(np.sqrt(a * a + b * b).mean())
