"""Everything that one look at a frame gives, sharing the steps: the hot path of an import."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.quality import Quality
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.convert import luma
from fieldcheck.imaging.fingerprint import dhash64, phash64
from fieldcheck.imaging.quality import level_shares, native_crop, noise_levels, quality_of
from fieldcheck.imaging.statistics import statistics_of
from fieldcheck.imaging.thumbnail import THUMBNAIL_QUALITY, WORKING_SIDE, look_of_luma, smaller, tiny


@dataclass(frozen=True, slots=True)
class Analysis:
    """`thumbnail` is a JPEG, `look` (90, 160) uint8 luma, `statistics` (16,) float32; the fingerprints are 64 bits each."""

    quality: Quality
    dhash: int
    phash: int
    statistics: NDArray[np.float32]
    thumbnail: bytes
    look: NDArray[np.uint8]


def analyse(rgb: NDArray[np.uint8]) -> Analysis:
    """(H, W, 3) uint8 RGB → all of it. The fingerprints are those of the look, which is kept, so they can be had again."""
    y, tiny_rgb = luma(rgb), tiny(rgb)
    small, crop = smaller(y, WORKING_SIDE), native_crop(y)
    shares, noise, look = level_shares(small), noise_levels(crop), look_of_luma(small)
    found = quality_of(small, shares, noise)
    figures = statistics_of(found, small, shares, crop, noise, tiny_rgb)
    return Analysis(found, dhash64(look), phash64(look), figures, encode_jpeg(tiny_rgb, THUMBNAIL_QUALITY), look)
