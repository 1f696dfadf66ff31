"""What is wrong with a picture as a picture: light, contrast, sharpness, noise."""

from __future__ import annotations

from math import log, pi, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.quality import Quality
from fieldcheck.imaging.convert import luma
from fieldcheck.imaging.thumbnail import smaller

WORKING_SIDE = 512  # luma is measured at this longer side, so that figures of different cameras compare (methods 5.4)
CROP = 512  # noise and blocks do not survive a resize: they are measured on a central crop at native resolution
NEAR_BLACK, NEAR_WHITE = 10, 245
NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
LAPLACE_KERNEL = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)


def quality(rgb: NDArray[np.uint8]) -> Quality:
    """The figures of one frame. `rgb`: (H, W, 3) uint8."""
    return quality_of(luma(smaller(rgb, WORKING_SIDE)), noise_response(luma(native_crop(rgb))))


def quality_of(small: NDArray[np.uint8], response: NDArray[np.float32]) -> Quality:
    """The same from luma at working size, (h, w) uint8, and the noise response of the native crop."""
    shares = level_shares(small)
    return Quality(
        mean=float(shares @ np.arange(256)),
        contrast=float(level_at(shares, 0.99) - level_at(shares, 0.01)),
        clipped_low=float(shares[: NEAR_BLACK + 1].sum()),
        clipped_high=float(shares[NEAR_WHITE:].sum()),
        sharpness=log(laplace_variance(small) + 1),
        noise=noise_sigma(response),
        backlight=_backlight(small),
    )


def native_crop(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The central square of at most 512 pixels; its corner lies on a multiple of 8, so that coding blocks keep their place."""
    height, width = picture.shape[:2]
    top, left = max(0, height - CROP) // 2 // 8 * 8, max(0, width - CROP) // 2 // 8 * 8
    return picture[top : top + CROP, left : left + CROP]


def level_shares(y: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(256,) share of the pixels at each grey level."""
    return np.bincount(y.ravel(), minlength=256) / y.size


def level_at(shares: NDArray[np.float64], quantile: float) -> int:
    """The lowest grey level at or below which `quantile` of the pixels lie."""
    return int(np.searchsorted(np.cumsum(shares), quantile - 1e-12))


def laplace_variance(y: NDArray[np.uint8]) -> float:
    """Variance of the 4-neighbour Laplacian over the pixels that have all neighbours; 0 for a picture without any."""
    response = _inner(y, LAPLACE_KERNEL)
    return float(response.var()) if response.size else 0.0


def noise_response(y: NDArray[np.uint8]) -> NDArray[np.float32]:
    """|Y * [[1,-2,1],[-2,4,-2],[1,-2,1]]| over the pixels that have all neighbours: blind to flat and sloping areas."""
    return np.abs(_inner(y, NOISE_KERNEL))


def noise_sigma(response: NDArray[np.float32]) -> float:
    """Standard deviation of the noise in grey levels. Source: Immerkær 1996, fast noise variance estimation."""
    return sqrt(pi / 2) / 6 * float(response.mean(dtype=np.float64)) if response.size else 0.0


def _inner(y: NDArray[np.uint8], kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """The filter's response where it does not reach over the border."""
    return np.asarray(cv2.filter2D(y, cv2.CV_32F, kernel), np.float32)[1:-1, 1:-1]


def _backlight(y: NDArray[np.uint8]) -> float:
    """Mean of the border minus mean of the centre, a quarter of each side away from the edge."""
    height, width = y.shape
    centre = y[height // 4 : height - height // 4, width // 4 : width - width // 4]
    rest = y.size - centre.size
    if not centre.size or not rest:
        return 0.0
    inside = float(centre.sum(dtype=np.int64))
    return (float(y.sum(dtype=np.int64)) - inside) / rest - inside / centre.size
