"""Everything that one look at a frame gives, sharing the steps: the hot path of an import."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.quality import Quality
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.convert import to_luma
from fieldcheck.imaging.fingerprint import compute_dhash, compute_phash
from fieldcheck.imaging.quality import compute_level_shares, compute_noise_levels, compute_quality, crop_native
from fieldcheck.imaging.statistics import compute_statistics
from fieldcheck.imaging.thumbnail import THUMBNAIL_QUALITY, WORKING_SIDE, downscale_image, make_look_from_luma, make_thumbnail_pixels


@dataclass(frozen=True, slots=True)
class ImageAnalysis:
    """`thumbnail` is a JPEG, `look` (90, 160) uint8 luma, `statistics` (16,) float32; the fingerprints are 64 bits each."""

    quality: Quality
    dhash: int
    phash: int
    statistics: NDArray[np.float32]
    thumbnail: bytes
    look: NDArray[np.uint8]


def analyse_image(rgb: NDArray[np.uint8]) -> ImageAnalysis:
    """(H, W, 3) uint8 RGB → all of it. The fingerprints are those of the look, which is kept, so they can be had again."""
    y, tiny_rgb = to_luma(rgb), make_thumbnail_pixels(rgb)
    small, crop = downscale_image(y, WORKING_SIDE), crop_native(y)
    shares, noise, look = compute_level_shares(small), compute_noise_levels(crop), make_look_from_luma(small)
    found = compute_quality(small, shares, noise)
    figures = compute_statistics(found, small, shares, crop, noise, tiny_rgb)
    return ImageAnalysis(found, compute_dhash(look), compute_phash(look), figures, encode_jpeg(tiny_rgb, THUMBNAIL_QUALITY), look)
