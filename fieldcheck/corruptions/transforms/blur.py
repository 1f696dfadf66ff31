"""BLUR: what lens and shutter spread out."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, log2, sqrt
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.transforms.pixels import (
    REFERENCE_SIDE,
    Picture,
    compute_scale,
    get_layer_size,
    shrink_image,
)
from fieldcheck.corruptions.transforms.transform import PixelCorruption, require_range

SHARP = 1.5  # pixels of blur above which a smaller picture holds all that is left
# pixels of the shorter side from which on a long zoom is worked out on the half picture
LARGE = 720
SHORT = 8.0  # pixels of streak below which its points are shared out among the pixels around each
GLASS_ROOM = 64  # places across and down at which the pane may begin


def add_gaussian_blur(img: Picture, sigma: float) -> Picture:
    """Gaussian blur of `sigma` pixels of this picture, (H, W, 3) uint8 RGB → the same shape."""
    factor = 2 ** max(0, int(log2(max(sigma, 1e-9) / SHARP))) if sigma > SHARP else 1
    if factor == 1:
        return np.asarray(cv2.GaussianBlur(img, (0, 0), sigma), np.uint8) if sigma else img.copy()
    height, width = img.shape[:2]
    small = shrink_image(img, max(1, width // factor), max(1, height // factor))
    # Averaging boxes of `factor` and drawing straight lines between them blur by themselves.
    rest = sqrt(sigma**2 - factor**2 / 12 - factor**2 / 6) / factor
    return np.asarray(
        cv2.resize(
            cv2.GaussianBlur(small, (0, 0), rest), (width, height), interpolation=cv2.INTER_LINEAR
        ),
        np.uint8,
    )


def add_motion_blur(img: Picture, length: float, angle: float) -> Picture:
    """Motion blur: every point of the picture, (H, W, 3) uint8 RGB, a straight streak of `length`
    pixels of this picture, `angle` radians from the horizontal."""
    if length <= 1:
        return img.copy()
    if length < SHORT:
        return np.asarray(cv2.filter2D(img, -1, make_motion_kernel(length, angle)), np.uint8)
    height, width = img.shape[:2]
    by_half = min(height, width) >= LARGE and length >= 2 * SHORT
    small = shrink_image(img, width // 2, height // 2) if by_half else img
    four = _add_streak_by_doubling(
        np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2RGBA), np.uint8),
        length / 2 if by_half else length,
        angle,
    )
    blurred = np.asarray(cv2.cvtColor(four, cv2.COLOR_RGBA2RGB), np.uint8)
    return (
        np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
        if by_half
        else blurred
    )


def _add_streak_by_doubling(
    four: NDArray[np.uint8], length: float, angle: float
) -> NDArray[np.uint8]:
    """The streak of a picture of four channels, which OpenCV moves in half the time of three.

    Each stage is one mean of the picture with itself, moved; so n of them make a row of 2^n points
    less than a pixel apart.
    """
    stages = ceil(log2(length))
    whole = (length - 1) * np.array([np.cos(angle), np.sin(angle)])
    out = _shift_channels(four, -whole / 2)
    for stage in range(1, stages + 1):
        step = whole / (1 - 0.5**stages) / 2**stage
        # Halves of a grey level are rounded up and down in turn.
        out = np.asarray(
            cv2.addWeighted(out, 0.5, _shift_channels(out, step), 0.5, -0.01 * (stage % 2)),
            np.uint8,
        )
    return out


def _shift_channels(four: NDArray[np.uint8], shifts: NDArray[np.float64]) -> NDArray[np.uint8]:
    matrix = np.array([[1, 0, shifts[0]], [0, 1, shifts[1]]])
    size = (four.shape[1], four.shape[0])
    return np.asarray(
        cv2.warpAffine(
            four, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        ),
        np.uint8,
    )


def make_motion_kernel(length: float, angle: float) -> NDArray[np.float32]:
    """Motion blur kernel, (k, k) float32 of sum 1: a line of `length` pixels through the middle,
    `angle` in radians, its points shared out among the four pixels around each."""
    half = int(np.ceil((length - 1) / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float64)
    along = np.linspace(-(length - 1) / 2, (length - 1) / 2, 8 * int(np.ceil(length)) + 1)
    x, y = half + along * np.cos(angle), half + along * np.sin(angle)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for right in (0, 1):
        for low in (0, 1):
            weight = np.abs(1 - right - (x - left)) * np.abs(1 - low - (y - top))
            inside = (left + right < kernel.shape[1]) & (top + low < kernel.shape[0])
            np.add.at(kernel, (top[inside] + low, left[inside] + right), weight[inside])
    return np.asarray(kernel / kernel.sum(), np.float32)


def add_zoom_blur(img: Picture, zoom: float, seed: int) -> Picture:
    """Zoom blur: the lens zooms from 1 to `zoom` while the shutter is open, towards a place near
    the middle of the picture, (H, W, 3) uint8 RGB."""
    height, width = img.shape[:2]
    x, y = (0.5 + 0.2 * (np.random.default_rng(seed).random(2) - 0.5)) * (width, height)
    by_half = min(height, width) >= LARGE and (zoom - 1) * min(height, width) > 16
    small = shrink_image(img, width // 2, height // 2) if by_half else img
    factor = small.shape[1] / width
    # four channels are moved in half the time of three
    out = cv2.cvtColor(small, cv2.COLOR_RGB2RGBA)
    for stage in range(1, 1 + max(1, ceil(log2(max(2.0, (zoom - 1) * max(small.shape[:2]) / 2))))):
        step = zoom ** (1 / 2**stage)
        matrix = np.array([[step, 0, (1 - step) * x * factor], [0, step, (1 - step) * y * factor]])
        moved = cv2.warpAffine(
            out,
            matrix,
            (small.shape[1], small.shape[0]),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        out = cv2.addWeighted(out, 0.5, moved, 0.5, 0)
    blurred = np.asarray(cv2.cvtColor(out, cv2.COLOR_RGBA2RGB), np.uint8)
    return (
        blurred
        if small is img
        else np.asarray(
            cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8
        )
    )


def add_glass_blur(img: Picture, away: float, seed: int) -> Picture:
    """Glass blur: every point of the picture, (H, W, 3) uint8 RGB, is seen up to `away` pixels of
    the reference size beside its place, its neighbours elsewhere."""
    across, down = np.random.default_rng(seed).integers(0, GLASS_ROOM, 2)
    height, width = img.shape[:2]
    whole, rest = _make_glass_map(height, width, round(away * compute_scale(img), 2))
    part = (slice(down, down + height), slice(across, across + width))
    source_points = cv2.subtract(whole[part], np.array([across, down, 0, 0], np.float64))
    seen = cv2.remap(
        img,
        source_points,
        np.ascontiguousarray(rest[part]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return add_gaussian_blur(np.asarray(seen, np.uint8), 0.5 * away * compute_scale(img))


@lru_cache(maxsize=4)
def _make_glass_map(
    height: int, width: int, away: float
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    """A map of the glass for pictures of one size, with room to begin elsewhere; in OpenCV's fixed
    point, whole places and the rest."""
    tall, wide = height + GLASS_ROOM, width + GLASS_ROOM
    rows, columns, unit = get_layer_size(np.empty((tall, wide, 1), np.uint8))
    # a facet of the glass is one and a half reference pixels wide
    rng, step = np.random.default_rng(4), unit * 1.5
    facets = rng.uniform(
        -1, 1, (max(2, round(rows / step)), max(2, round(columns / step)), 2)
    ).astype(np.float32)
    moved = cv2.resize(facets, (wide, tall), interpolation=cv2.INTER_CUBIC) * away
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(tall, dtype=np.float32))
    whole, rest = cv2.convertMaps(x + moved[..., 0], y + moved[..., 1], cv2.CV_16SC2)
    return np.asarray(whole, np.int16), np.asarray(rest, np.uint16)


class Defocus(PixelCorruption):
    """A lens out of focus: Gaussian blur of `sigma` pixels."""

    def __init__(self, sigma: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.sigma = require_range("sigma", sigma, 0, REFERENCE_SIDE)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_gaussian_blur(img, self.sigma * compute_scale(img))


class Motion(PixelCorruption):
    """Motion blur: a straight streak of `length` pixels at a random angle."""

    def __init__(self, length: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.length = require_range("length", length, 1, REFERENCE_SIDE)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_motion_blur(
            img,
            1 + (self.length - 1) * compute_scale(img),
            float(np.random.default_rng(seed).uniform(0, np.pi)),
        )


class ZoomBlur(PixelCorruption):
    """The lens zooms from 1 to `zoom` while the shutter is open."""

    def __init__(self, zoom: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.zoom = require_range("zoom", zoom, 1, 3)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_zoom_blur(img, self.zoom, seed)


class GlassBlur(PixelCorruption):
    """Rough glass before the lens: points are seen up to `away` pixels beside their place."""

    def __init__(self, away: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.away = require_range("away", away, 0, 40)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_glass_blur(img, self.away, seed)
