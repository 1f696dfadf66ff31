"""Pictures that ask what a model looks at: nothing, noise, a frame in pieces, a frame without its
object or without all else.

Pictures are (H, W, 3) uint8 RGB and never altered; `size` is (height, width).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.imaging.colour import to_luma

Picture = NDArray[np.uint8]
Corners = tuple[float, float, float, float]  # x1, y1, x2, y2 in pixels
MIDDLE_GREY = 128


def make_blank_image(level: float, size: tuple[int, int]) -> Picture:
    """Blank picture, (H, W, 3) uint8 RGB, of one grey: `level` from 0 black to 1 white; `size`:
    (height, width)."""
    return np.full((*size, 3), round(255 * level), dtype=np.uint8)


def make_uniform_noise(size: tuple[int, int], seed: int) -> Picture:
    """Uniform noise, (H, W, 3) uint8 RGB: every value of every pixel alike probable. `size`:
    (height, width)."""
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)


def make_gaussian_noise(
    size: tuple[int, int], mean: NDArray[np.float64], deviation: NDArray[np.float64], seed: int
) -> Picture:
    """Gaussian noise, (H, W, 3) uint8 RGB: independent pixels with the (3,) mean and (3,) deviation
    of real pictures in each channel. `size`: (height, width)."""
    drawn = np.random.default_rng(seed).standard_normal((*size, 3), dtype=np.float32)
    return np.clip(np.rint(drawn * deviation + mean), 0, 255).astype(np.uint8)


def shuffle_patches(rgb: Picture, grid: int, seed: int) -> Picture:
    """Shuffled patches: (H, W, 3) uint8 RGB cut into `grid` × `grid` patches that change places,
    which keeps texture and removes shape.

    Pixels at the right and bottom that do not fill a patch stay in place."""
    height, width = rgb.shape[0] // grid, rgb.shape[1] // grid
    cut = (
        rgb[: grid * height, : grid * width]
        .reshape(grid, height, grid, width, 3)
        .swapaxes(1, 2)
        .reshape(-1, height, width, 3)
    )
    order = np.random.default_rng(seed).permutation(grid * grid)
    shuffled = rgb.copy()
    laid = cut[order].reshape(grid, grid, height, width, 3).swapaxes(1, 2)
    shuffled[: grid * height, : grid * width] = laid.reshape(grid * height, grid * width, 3)
    return shuffled


def convert_to_grey(rgb: Picture) -> Picture:
    """Greyscale: (H, W, 3) uint8 RGB → the same shape without colour, its luma in all three
    channels."""
    return np.repeat(to_luma(rgb)[:, :, None], 3, axis=2)


def flip_horizontally(rgb: Picture) -> Picture:
    """Horizontal flip: (H, W, 3) uint8 RGB → the same shape, left and right exchanged."""
    return np.ascontiguousarray(rgb[:, ::-1])


def remove_object(rgb: Picture, boxes: Sequence[Corners]) -> Picture:
    """Object removed: the boxes, in pixels of (H, W, 3) uint8 RGB, are filled with the mean colour
    of the rest, so that nothing marks the place."""
    inside = _make_box_mask(rgb, boxes)
    changed = rgb.copy()
    changed[inside] = np.rint(rgb[~inside].mean(axis=0)) if (~inside).any() else MIDDLE_GREY
    return changed


def remove_background(rgb: Picture, boxes: Sequence[Corners]) -> Picture:
    """Background removed: everything outside the boxes, in pixels of (H, W, 3) uint8 RGB, becomes
    middle grey, since the image's mean would still depend on the background."""
    changed = rgb.copy()
    changed[~_make_box_mask(rgb, boxes)] = MIDDLE_GREY
    return changed


def compute_channel_statistics(
    pictures: Sequence[Picture],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The (3,) mean and standard deviation of all pixels of some pictures, each counted alike
    whatever its size."""
    small = [
        cv2.resize(rgb, (64, 64), interpolation=cv2.INTER_NEAREST).reshape(-1, 3)
        for rgb in pictures
    ]
    every = np.concatenate(small).astype(np.float64)
    return every.mean(axis=0), every.std(axis=0)


def _make_box_mask(rgb: Picture, boxes: Sequence[Corners]) -> NDArray[np.bool_]:
    mask = np.zeros(rgb.shape[:2], dtype=np.bool_)
    for x1, y1, x2, y2 in boxes:
        mask[
            max(0, int(np.floor(y1))) : max(0, int(np.ceil(y2))),
            max(0, int(np.floor(x1))) : max(0, int(np.ceil(x2))),
        ] = True
    return mask
