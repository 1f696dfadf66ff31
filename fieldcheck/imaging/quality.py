"""Picture quality: light, contrast, sharpness, noise of a picture as a picture."""

from __future__ import annotations

from functools import lru_cache
from math import log, pi, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.quality import Quality
from fieldcheck.imaging.convert import to_luma
from fieldcheck.imaging.thumbnail import WORKING_SIDE, downscale_image

CROP = 512  # noise and blocks do not survive a resize: they are measured on a central crop at native resolution
NEAR_BLACK, NEAR_WHITE = 10, 245
STRONGEST_RESPONSE = 8 * 255
NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
LAPLACE_KERNEL = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)
PERIOD, WIDTH = 8, 2  # pixels from stripe to stripe, and of a stripe
ON_WHITE, ON_BLACK = (255, 176, 0), (37, 136, 245)  # amber stripes rise, blue ones fall: told apart also without colour


def measure_quality(rgb: NDArray[np.uint8]) -> Quality:
    """Picture quality of one frame. `rgb`: (H, W, 3) uint8 RGB."""
    y = to_luma(rgb)
    small = downscale_image(y, WORKING_SIDE)
    return compute_quality(small, compute_level_shares(small), compute_noise_levels(crop_native(y)))


def compute_quality(small: NDArray[np.uint8], shares: NDArray[np.float64], noise: NDArray[np.float64]) -> Quality:
    """Picture quality from luma at working size, `small`: (h, w) uint8, `shares`: (256,) its `compute_level_shares`, and `noise`: (2041,)
    the `compute_noise_levels` of the native crop."""
    return Quality(
        mean=float(shares @ np.arange(256)),
        contrast=float(find_level_at(shares, 0.99) - find_level_at(shares, 0.01)),
        clipped_low=float(shares[: NEAR_BLACK + 1].sum()),
        clipped_high=float(shares[NEAR_WHITE:].sum()),
        sharpness=log(compute_laplace_variance(small) + 1),
        noise=estimate_noise_sigma(noise),
        backlight=_compute_backlight(small),
    )


def crop_native(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Central crop at native resolution of a picture, (H, W) or (H, W, 3) uint8: a square of at most 512 pixels, a view; its corner lies on
    a multiple of 8, so that coding blocks keep their place."""
    height, width = picture.shape[:2]
    top, left = max(0, height - CROP) // 2 // 8 * 8, max(0, width - CROP) // 2 // 8 * 8
    return picture[top : top + CROP, left : left + CROP]


def compute_level_shares(y: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(256,) share of the pixels at each grey level. `y`: (h, w) uint8 luma."""
    return _compute_shares(y, 256)


def find_level_at(shares: NDArray[np.float64], quantile: float) -> int:
    """Quantile of a histogram: the lowest level at or below which `quantile` of the pixels lie. `shares`: (k,) fractions by level."""
    return int(np.searchsorted(np.cumsum(shares), quantile - 1e-12))


def compute_laplace_variance(y: NDArray[np.uint8]) -> float:
    """Variance of the 4-neighbour Laplacian over the pixels that have all neighbours; 0 for a picture without any. `y`: (h, w) uint8
    luma."""
    if min(y.shape) < 3:
        return 0.0
    _, deviation = cv2.meanStdDev(_filter_inner(y, LAPLACE_KERNEL))
    return float(deviation[0, 0]) ** 2


def compute_noise_levels(y: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(2041,) share of the pixels at each level of |Y * [[1,-2,1],[-2,4,-2],[1,-2,1]]|, which is blind to flat and sloping areas.

    `y`: (h, w) uint8 luma. Of the pixels that have all neighbours; nothing but 0 for a picture without any. Source: Immerkær 1996.
    """
    if min(y.shape) < 3:
        return np.bincount([0], minlength=STRONGEST_RESPONSE + 1).astype(np.float64)
    return _compute_shares(np.abs(_filter_inner(y, NOISE_KERNEL)).astype(np.uint16), STRONGEST_RESPONSE + 1)


def estimate_noise_sigma(levels: NDArray[np.float64]) -> float:
    """Standard deviation of the noise in grey levels, from `compute_noise_levels`, (2041,). Source: Immerkær 1996, fast noise variance
    estimation."""
    return sqrt(pi / 2) / 6 * float(levels @ np.arange(len(levels)))


def _compute_shares(levels: NDArray[np.uint8] | NDArray[np.uint16], n: int) -> NDArray[np.float64]:
    counts = np.asarray(cv2.calcHist([levels], [0], None, [n], [0, n]), np.float64).ravel()
    return counts / levels.size


def _filter_inner(y: NDArray[np.uint8], kernel: NDArray[np.float32]) -> NDArray[np.int16]:
    """The filter's response where it does not reach over the border."""
    return np.asarray(cv2.filter2D(y, cv2.CV_16S, kernel), np.int16)[1:-1, 1:-1]


def _compute_backlight(y: NDArray[np.uint8]) -> float:
    """Mean of the border minus mean of the centre, a quarter of each side away from the edge."""
    height, width = y.shape
    centre = y[height // 4 : height - height // 4, width // 4 : width - width // 4]
    rest = y.size - centre.size
    if not centre.size or not rest:
        return 0.0
    inside = cv2.sumElems(centre)[0]
    return float((cv2.sumElems(y)[0] - inside) / rest - inside / centre.size)


def mark_clipping(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB → a copy with stripes over what is as good as white (Y >= 245) and over what is as good as black (Y <= 10)."""
    y = to_luma(rgb)
    shown = rgb.copy()
    rising, falling = _make_stripes(*y.shape)
    shown[(y >= NEAR_WHITE) & rising] = ON_WHITE
    shown[(y <= NEAR_BLACK) & falling] = ON_BLACK
    return shown


@lru_cache(maxsize=4)
def _make_stripes(height: int, width: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    rows, columns = np.ogrid[:height, :width]
    return (rows + columns) % PERIOD < WIDTH, (columns - rows) % PERIOD < WIDTH
