"""Surfaces: what a lamp and a camera need to know of a thing that lies flat, as maps seen from
straight above."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]


@dataclass(slots=True)
class Surface:
    """Height in pixels above the belt, albedo (H, W, 3) linear RGB 0..1, gloss 0..1 and how much of
    each pixel is covered, 0..1."""

    height: Map
    albedo: Map
    gloss: Map
    cover: Map


def noise(rng: np.random.Generator, shape: tuple[int, int], cells: tuple[int, int]) -> Map:
    """Smooth noise of `shape` (H, W), mean 0 and sd about 1, drawn on a grid of `cells` (rows,
    columns).

    What is drawn depends on `cells` alone, so the same part has the same blemishes at every size it
    is rendered at.
    """
    grid = rng.standard_normal((cells[0] + 3, cells[1] + 3), dtype=np.float32)
    shrinks = grid.shape[0] > shape[0] or grid.shape[1] > shape[1]
    size = (shape[1], shape[0])
    return np.asarray(
        cv2.resize(grid, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC),
        np.float32,
    )


def octaves(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[int, int], count: int = 3
) -> Map:
    """Sum of `count` noises, each twice as fine and half as strong as the one before."""
    total = np.zeros(shape, np.float32)
    for k in range(count):
        total += noise(rng, shape, (cells[0] << k, cells[1] << k)) * np.float32(0.5**k)
    return total


def ramp(values: Map, lo: float, hi: float) -> Map:
    """Smooth step from 0 at `lo` to 1 at `hi`."""
    t = np.clip((values - np.float32(lo)) / np.float32(hi - lo), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def lay(ground: Surface, thing: Surface, row: int, column: int) -> None:
    """Lay `thing` on `ground` in place, its upper left corner at (row, column); what hangs over the
    edge is cut off."""
    h, w = thing.height.shape
    top, left = max(row, 0), max(column, 0)
    bottom, right = min(row + h, ground.height.shape[0]), min(column + w, ground.height.shape[1])
    if top >= bottom or left >= right:
        return
    there = np.s_[top:bottom, left:right]
    here = np.s_[top - row : bottom - row, left - column : right - column]
    cover = thing.cover[here]
    ground.height[there] += (
        np.maximum(thing.height[here], ground.height[there]) - ground.height[there]
    ) * cover
    ground.albedo[there] += (thing.albedo[here] - ground.albedo[there]) * cover[..., None]
    ground.gloss[there] += (thing.gloss[here] - ground.gloss[there]) * cover
