"""Everything that one look at a frame gives, sharing the steps: the hot path of an import."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.quality import Quality
from fieldcheck.imaging.convert import luma
from fieldcheck.imaging.fingerprint import dhash64, phash64
from fieldcheck.imaging.quality import WORKING_SIDE, native_crop, noise_response, quality_of
from fieldcheck.imaging.statistics import statistics_of
from fieldcheck.imaging.thumbnail import look_of_luma, smaller, thumbnail


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
    """(H, W, 3) uint8 RGB → all of it. Fingerprint and thumbnail are made from the picture at working size."""
    small_rgb, crop = smaller(rgb, WORKING_SIDE), luma(native_crop(rgb))
    small, response = luma(small_rgb), noise_response(crop)
    found = quality_of(small, response)
    figures = statistics_of(found, small_rgb, small, crop, response)
    return Analysis(found, dhash64(small), phash64(small), figures, thumbnail(small_rgb), look_of_luma(small))
