"""Albumentations transforms of our own, what they have in common: each stands with its formula, in
the module of its cause.

They are for what the library has not, has too slowly or cannot be told in physical units. They go
along with an exported training recipe as one file `fieldcheck_transforms.py`, and every class
reports that path. Pictures are (H, W, 3) uint8 RGB. Lengths are pixels of a picture whose shorter
side has 192, and are scaled with it.
"""

from __future__ import annotations

from typing import Any

import albumentations as A
import cv2
import numpy as np
from albucore import sz_lut
from numpy.typing import NDArray

from fieldcheck.corruptions.transforms.pixels import Picture

MODULE = "fieldcheck_transforms"


class ExportedTransform:
    """A transform that reports the path of the carried file as its own. Chance is one seed a
    picture."""

    random_generator: np.random.Generator

    @classmethod
    def get_class_fullname(cls) -> str:
        """The name under which a pipeline that was saved finds this class again."""
        return f"{MODULE}.{cls.__name__}"

    def get_params(self) -> dict[str, Any]:
        """The seed that `apply` is called with."""
        return {"seed": int(self.random_generator.integers(2**32))}


class PixelCorruption(ExportedTransform, A.ImageOnlyTransform):
    """Corruption of pixels that moves none: boxes, points and masks stay as they are. `apply`: (H,
    W, 3) uint8 RGB → the same shape."""


def require_range(name: str, value: float, low: float, high: float) -> float:
    """The value as a float. Raises ValueError with the value where it lies outside."""
    if not low <= value <= high:
        raise ValueError(f"{name} lies between {low} and {high}, not at {value}")
    return float(value)


class ShareCorruption(PixelCorruption):
    """Corruption of `share` of the picture, from nothing up to `most`."""

    most = 1.0

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = require_range("share", share, 0, self.most)


def apply_lut(img: Picture, table: NDArray[np.uint8]) -> Picture:
    """Every grey level replaced by another, `table` (256,) for all channels or (256, 3): the
    library's own way takes a tenth of the time of OpenCV's, and a quarter where the channels are
    parted for it."""
    if table.ndim == 1:
        return np.asarray(sz_lut(np.ascontiguousarray(img), table, False), np.uint8)
    planes = [
        sz_lut(np.asarray(plane, np.uint8), np.ascontiguousarray(table[:, channel]))
        for channel, plane in enumerate(cv2.split(img))
    ]
    return np.asarray(cv2.merge(planes), np.uint8)
