"""The structure of a look: what stays of a scene when the light changes, and where it has gone when the camera moves."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]

DETAIL = 3.0  # pixels: sigma of the surroundings that a pixel is held against
NOISE = 4.0  # grey levels of local contrast that count half: what noise and coding leave
AREA = 15  # pixels of the side of the areas that tell what went from what stayed
ALIKE = 0.5  # correlation from which on an area is recognised
CLEARLY = 0.2  # by how much one place must suit better than another
LEAST_IN_VIEW = 1 / 3
TEXTURED = 0.02  # share of the pixels that must lie near some structure for a look to be compared at all
LEAST_WENT = 0.25  # share of the structure in view that must have gone with the camera
MOST_STAYED = 0.2  # of what went: a belt moves before what stands still, a camera moves everything


def compute_structure(look: NDArray[np.uint8]) -> Map:
    """(h, w) uint8 luma → (h, w) float32, about -1 to 1: detail over its local contrast, so light and shadow hardly change it."""
    picture = look.astype(np.float32)
    detail = picture - _filter_gaussian(picture)
    return np.asarray(detail / (np.sqrt(_filter_gaussian(detail * detail)) + NOISE), np.float32)


def is_textured(found: Map) -> bool:
    """Whether there is enough structure to know the scene by: not so in the dark, in glare or behind a hand."""
    return float((_filter_gaussian(found * found) > 0.15).mean()) >= TEXTURED


def compute_correlation(a: Map, b: Map, where: NDArray[np.bool_] | None = None) -> float:
    """Of two structures, -1 to 1, over the pixels of `where`; 0 where there is nothing to compare."""
    x, y = (a, b) if where is None else (a[where], b[where])
    # Plain sums: a product of matrices goes to a pool of threads, which costs more than it saves here.
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / scale if scale > 0 else 0.0


def find_best_shift(a: Map, where: NDArray[np.bool_], b: Map) -> tuple[int, int, float]:
    """By how many pixels to the right and down `a` fits `b` best, and the correlation over what of `where` is then still in view.

    Shifts that leave less than a third of the picture in view, or of its structure, are not tried. Source: Padfield 2012, masked
    normalised correlation.
    """
    height, width = a.shape
    size = (2 * height, 2 * width)
    mask = where.astype(np.float32)
    kept = a * mask
    seen = np.fft.rfft2(np.ones_like(a), size)
    of_a, of_squares, of_mask = (np.conj(np.fft.rfft2(part, size)) for part in (kept, kept * kept, mask))
    product = np.fft.irfft2(of_a * np.fft.rfft2(b, size), size)
    energy_a = np.fft.irfft2(of_squares * seen, size)
    energy_b = np.fft.irfft2(of_mask * np.fft.rfft2(b * b, size), size)
    area = np.outer(1 - np.abs(np.fft.fftfreq(2 * height, 1 / 2)), 1 - np.abs(np.fft.fftfreq(2 * width, 1 / 2)))
    enough = (area >= LEAST_IN_VIEW) & (energy_a >= LEAST_IN_VIEW * (kept * kept).sum())
    fit = np.where(enough, product / np.sqrt(np.maximum(energy_a * energy_b, 1e-6)), -1)
    dy, dx = (int(place) for place in np.unravel_index(int(np.argmax(fit)), fit.shape))
    return dx - 2 * width * (dx >= width), dy - 2 * height * (dy >= height), float(fit[dy, dx])


def shift_array(found: NDArray[np.generic], dx: int, dy: int) -> NDArray[np.generic]:
    """The array moved to the right and down; zeros come in."""
    height, width = found.shape
    moved = np.zeros_like(found)
    if abs(dx) < width and abs(dy) < height:
        moved[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)] = found[
            max(0, -dy) : height - max(0, dy), max(0, -dx) : width - max(0, dx)
        ]
    return moved


def has_whole_scene_moved(before: Map, after: Map, dx: int, dy: int) -> bool:
    """Whether the whole scene and not something in it went by (`dx`, `dy`): hardly an area is still recognised at its old place."""
    gone = np.asarray(shift_array(before, dx, dy), np.float32)
    at_old, at_new = _compute_local_correlation(before, after), _compute_local_correlation(gone, after)
    in_view = _compute_local_deviation(gone * gone) > 0.05
    if not in_view.any():
        return False
    went = float(((at_new >= ALIKE) & (at_old < at_new - CLEARLY))[in_view].mean())
    stayed = float(((at_old >= ALIKE) & (at_new < at_old - CLEARLY))[in_view].mean())
    return went >= LEAST_WENT and stayed <= MOST_STAYED * went


def _compute_local_correlation(a: Map, b: Map) -> Map:
    return np.asarray(
        _compute_local_deviation(a * b) / np.sqrt(_compute_local_deviation(a * a) * _compute_local_deviation(b * b) + 1e-4), np.float32
    )


def _filter_gaussian(picture: Map) -> Map:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), DETAIL), np.float32)


def _compute_local_deviation(picture: Map) -> Map:
    return np.asarray(cv2.blur(picture, (AREA, AREA)), np.float32)
