"""Pixel formulas' common ground: lengths that grow with the picture, tables of grey levels, and
layers that are drawn small and laid over it.

Pictures are (H, W, 3) uint8 RGB and are never altered. The formulas need cv2 and numpy alone: they
go along with an exported recipe.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

REFERENCE_SIDE = 192  # lengths are pixels of a picture whose shorter side has that many
# what lies in front of the scene is drawn at this size, whatever the picture's, so that it is as
# coarse on any
LAYER_SIDE = 360
LONGEST_LAYER = 1536

Picture = NDArray[np.uint8]


def compute_scale(img: Picture) -> float:
    """Scale of a picture, (H, W, 3) uint8 RGB: how many of its pixels a pixel of the reference size
    is."""
    return float(min(img.shape[:2]) / REFERENCE_SIDE)


def make_grey_levels() -> NDArray[np.float64]:
    """(256,) every level there is."""
    return np.arange(256, dtype=np.float64)


def to_bytes(values: NDArray[np.floating]) -> Picture:
    """Grey levels as bytes, (…,) of any shape → uint8 of the same: rounded and clipped to what a
    pixel can be."""
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def shrink_image(img: Picture, width: int, height: int, quick: bool = False) -> Picture:
    """The picture, (H, W, 3) uint8 RGB, averaged down to (height, width), by halves as far as they
    go: a fifth of the time of one step.

    `quick`: the step that is left then, by less than half, by straight lines between pixels after a
    small blur: a third of the time of areas.
    """
    while (
        img.shape[0] >= 2 * height
        and img.shape[1] >= 2 * width
        and img.shape[0] % 2 == 0
        and img.shape[1] % 2 == 0
    ):
        img = np.asarray(
            cv2.resize(img, (img.shape[1] // 2, img.shape[0] // 2), interpolation=cv2.INTER_AREA),
            np.uint8,
        )
    if img.shape[:2] == (height, width):
        return img
    if not quick or img.shape[0] >= 2 * height or img.shape[1] >= 2 * width:
        return np.asarray(cv2.resize(img, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    soft = cv2.GaussianBlur(img, (3, 3), img.shape[0] / height / 3)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def stretch_layer(layer: NDArray[np.uint8], img: Picture) -> NDArray[np.uint8]:
    """The layer, (h, w) or (h, w, 3), brought to the size of the picture, (H, W, 3): straight lines
    between its pixels, or their mean where the picture is the smaller one."""
    height, width = img.shape[:2]
    way = cv2.INTER_LINEAR if layer.shape[0] <= height else cv2.INTER_AREA
    return np.asarray(cv2.resize(layer, (width, height), interpolation=way), np.uint8)


def get_layer_size(img: Picture) -> tuple[int, int, float]:
    """(height, width) of a layer for the picture, (H, W, 3), and how many pixels of it a pixel of
    the reference size is."""
    height, width = img.shape[:2]
    factor = min(LAYER_SIDE / min(height, width), LONGEST_LAYER / max(height, width))
    return (
        max(2, round(height * factor)),
        max(2, round(width * factor)),
        factor * min(height, width) / REFERENCE_SIDE,
    )


def overlay_layers(
    img: Picture, keep: NDArray[np.floating] | None, add: NDArray[np.floating] | None
) -> Picture:
    """Layers over a picture, (H, W, 3) uint8 RGB: img · keep + add, both of their own small size:
    `keep` (h, w) or (h, w, 3) from 0 to 1, `add` likewise, in grey levels."""
    out = img
    if keep is not None:
        out = np.asarray(
            cv2.multiply(
                out, to_three_channels(stretch_layer(to_bytes(keep * 255), img)), scale=1 / 255
            ),
            np.uint8,
        )
    if add is not None:
        out = np.asarray(
            cv2.add(out, to_three_channels(stretch_layer(to_bytes(add), img))), np.uint8
        )
    return out.copy() if out is img else out


def to_three_channels(layer: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 3) of a layer that may have one channel only."""
    return (
        layer if layer.ndim == 3 else np.asarray(cv2.cvtColor(layer, cv2.COLOR_GRAY2RGB), np.uint8)
    )


def cover_image(
    img: Picture,
    cover: NDArray[np.floating],
    colour: NDArray[np.floating] | tuple[float, float, float],
) -> Picture:
    """The picture behind a layer: `cover` (h, w) from 0 to 1 hides that much of it, and `colour`
    (3,) or (h, w, 3) is seen instead."""
    return overlay_layers(img, 1 - cover, cover[..., None] * np.asarray(colour, np.float32))


def make_cloud_noise(
    height: int, width: int, coarse: float, rng: np.random.Generator, octaves: int = 4
) -> NDArray[np.float32]:
    """Make smooth noise, (h, w) float32 from 0 to 1: lumps `coarse` pixels wide, and in each
    further octave lumps of half the width and half the weight."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        step = max(1.0, coarse / 2**octave)
        grid = rng.random(
            (max(2, round(height / step) + 2), max(2, round(width / step) + 2)), dtype=np.float32
        )
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) / 2**octave
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / max(high - low, 1e-6), np.float32)
