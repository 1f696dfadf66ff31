"""Features of place, spectrum and time of a picture, with its borders and what stands still in it masked or not (methods 7b).

Each kind is made blind to the others as far as arithmetic can: the layout has no mean and no spread, frequencies and colours go relative
to the picture's own contrast and brightness, and only light keeps grey levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.convert import to_luma
from fieldcheck.imaging.statistics import NAMES, measure_statistics

Floats = NDArray[np.float64]

MARGIN = 0.125  # of either side of a picture: borders, time stamps and logos stand there
LAYOUT = 12  # cells of the masked picture's layout along each side
GRID = 64  # cells along each side in which what stands still is looked for
STILL, MOVED = 6.0, 12.0  # grey levels: a mark changes by less from clip to clip while the rest of the picture changes by more
EDGE = 20.0  # grey levels by which a mark stands out of what surrounds it
MOST_MARKED = 0.10  # of the picture: where more of it stands still, it is the scene
FEWEST = 3  # pictures or clips from which anything can be said to stand still


@dataclass(frozen=True, slots=True, eq=False)
class AspectFeatures:
    """One picture: `place` (144,) layout, `spectrum` (9,) frequencies and colours, `time` (5,) light."""

    place: Floats
    spectrum: Floats
    time: Floats


def compute_aspect_features(rgb: NDArray[np.uint8], masked: bool, marks: NDArray[np.bool_] | None = None) -> AspectFeatures:
    """Features of a picture, (H, W, 3) uint8 RGB; `masked`: without its outer eighths and with `marks`, (64, 64) bool, painted over."""
    seen = crop_borders(_mask_marks(rgb, marks)) if masked else rgb
    by = dict(zip(NAMES, measure_statistics(seen).astype(np.float64).tolist(), strict=True))
    contrast = max(by["contrast"], 1.0)
    red, green, blue = (float(seen[..., channel].mean()) + 1.0 for channel in range(3))
    spectrum = [by["sharpness"] - 2 * np.log(contrast), by["noise"] - np.log(contrast), by["direction"]]
    spectrum += [by[name] for name in ("band_low", "band_middle", "band_high")]
    spectrum += [np.log(red / green), np.log(blue / green), by["chroma"] / max(by["mean"], 1.0)]
    light = [by[name] for name in ("mean", "contrast", "p1", "clipped_low", "clipped_high")]
    return AspectFeatures(compute_layout(seen), np.array(spectrum), np.array(light))


def crop_borders(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle three quarters of either side of a picture, (H, W) or (H, W, 3) uint8, a view."""
    height, width = picture.shape[:2]
    top, left = round(MARGIN * height), round(MARGIN * width)
    return picture[top : height - top, left : width - left]


def compute_layout(rgb: NDArray[np.uint8]) -> Floats:
    """(144,) luma of 12 × 12 cells without its mean and spread, zeros for a picture of one grey. `rgb`: (H, W, 3) uint8."""
    cells = cv2.resize(to_luma(rgb), (LAYOUT, LAYOUT), interpolation=cv2.INTER_AREA).astype(np.float64).ravel()
    cells -= cells.mean()
    spread = float(cells.std())
    return cells / spread if spread > 1.0 else np.zeros_like(cells)


def make_grid(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(64, 64) uint8 luma of a picture, (H, W, 3) uint8 RGB, for `find_static_marks`."""
    return np.asarray(cv2.resize(to_luma(rgb), (GRID, GRID), interpolation=cv2.INTER_AREA), np.uint8)


def find_static_marks(grids: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(64, 64) bool: cells of a logo, a cross-hair or a caption, which stand out and keep their grey level while the picture changes.

    `grids`: (k, 64, 64) uint8, one a clip (the median of its frames) or one a picture. Nothing is marked with fewer than three, where the
    pictures hardly change, or where more than a tenth stands still: that is a fixed camera's scene and no mark.
    """
    none = np.zeros((GRID, GRID), dtype=bool)
    if len(grids) < FEWEST:
        return none
    low, middle, high = np.percentile(grids.astype(np.float64), [10, 50, 90], axis=0)
    changes = high - low
    if float(np.median(changes)) < MOVED:
        return none
    stands_out = np.abs(middle - cv2.medianBlur(middle.astype(np.float32), 5)) > EDGE
    found = (changes < STILL) & stands_out
    wide = np.asarray(cv2.dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8)), bool)
    return none if wide.mean() > MOST_MARKED else wide


def _mask_marks(rgb: NDArray[np.uint8], marks: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
    """A picture whose marked cells have its median colour."""
    if marks is None or not marks.any():
        return rgb
    height, width = rgb.shape[:2]
    where = np.asarray(cv2.resize(marks.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST), bool)
    return np.where(where[..., None], np.median(rgb, axis=(0, 1)).astype(np.uint8), rgb)
