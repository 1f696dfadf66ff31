"""WEATHER: what hangs or falls between lens and scene. Drawn on a layer of one size and laid over
the picture."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.transforms.pixels import (
    Picture,
    cover_image,
    get_layer_size,
    make_cloud_noise,
    make_grey_levels,
    stretch_layer,
    to_bytes,
    to_three_channels,
)
from fieldcheck.corruptions.transforms.transform import PixelCorruption, apply_lut, require_range

AIRLIGHT = 217.0  # grey levels of fog and of drops of water
FINER = 4  # bits of a pixel that OpenCV's drawing takes places in


def make_haze_lut(transmission: float, airlight: float) -> NDArray[np.float64]:
    """(256,) even haze: `transmission` of the light arrives, the rest is replaced."""
    return np.asarray(make_grey_levels() * transmission + airlight * (1 - transmission), np.float64)


def add_fog(img: Picture, thickness: float, seed: int) -> Picture:
    """Fog in banks, thicker towards the top where a camera looks farther: `thickness` of the light
    of the picture, (H, W, 3) uint8 RGB, replaced where it is thickest."""
    height, width, unit = get_layer_size(img)
    small = (max(2, height // 4), max(2, width // 4))
    banks = make_cloud_noise(*small, 80 * unit / 4, np.random.default_rng(seed))
    depth = np.linspace(1, 0.55, small[0], dtype=np.float32)[:, None]
    return cover_image(img, thickness * depth * (0.6 + 0.4 * banks), (AIRLIGHT,) * 3)


def add_rain(img: Picture, drops: float, seed: int) -> Picture:
    """Rain on the picture, (H, W, 3) uint8 RGB: `drops` streaks in a square of the reference side,
    all nearly of one direction, brighter than what is behind; and less contrast."""
    height, width, unit = get_layer_size(img)
    rng = np.random.default_rng(seed)
    many = round(drops * height * width / (192 * unit) ** 2)
    layer = np.zeros((height, width), np.uint8)
    slant, long = rng.uniform(-0.35, 0.35), rng.uniform(0.6, 1.4, many) * 13 * unit
    places, bright = rng.random((many, 2)) * (width, height), rng.integers(70, 150, many)
    along, across = (
        np.array([np.sin(slant), np.cos(slant)]),
        np.array([np.cos(slant), -np.sin(slant)]) * 0.45 * unit,
    )
    ends = places + long[:, None] * along
    # As polygons: a line has a whole number of pixels across, which is another share of a picture
    # of another size.
    corners = np.stack([places - across, places + across, ends + across, ends - across], axis=1)
    for streak, level in zip(
        np.rint(corners * 2**FINER).astype(np.int32), bright.tolist(), strict=True
    ):
        cv2.fillConvexPoly(layer, streak, level, cv2.LINE_AA, FINER)
    veil = 0.25 * min(1.0, drops / 600)
    streaks = to_three_channels(
        stretch_layer(np.asarray(cv2.GaussianBlur(layer, (0, 0), 0.7 * unit), np.uint8), img)
    )
    return np.asarray(cv2.addWeighted(img, 1 - veil, streaks, 1, AIRLIGHT * veil / 2), np.uint8)


def add_snow(img: Picture, flakes: float, seed: int) -> Picture:
    """Snow on the picture, (H, W, 3) uint8 RGB: `flakes` soft white dots in a square of the
    reference side, and a veil of those farther off."""
    height, width, unit = get_layer_size(img)
    rng = np.random.default_rng(seed)
    many = round(flakes * height * width / (192 * unit) ** 2)
    layer = np.zeros((height, width), np.uint8)
    sizes = 0.7 + 2.2 * rng.random(many) ** 3
    for centre, size in zip(
        to_fixed_point(rng.random((many, 2)) * (width, height)), sizes.tolist(), strict=True
    ):
        cv2.circle(
            layer,
            centre,
            round(size * unit * 2**FINER),
            min(255, round(275 - 20 * size)),
            cv2.FILLED,
            cv2.LINE_AA,
            FINER,
        )
    soft = cv2.GaussianBlur(layer, (0, 0), 0.75 * unit)
    whole = stretch_layer(np.asarray(cv2.cvtColor(soft, cv2.COLOR_GRAY2RGB), np.uint8), img)
    veil = 0.8 * (1 - float(np.exp(-flakes / 700)))  # flakes too far off to be told apart
    away = np.asarray(cv2.multiply(img, cv2.bitwise_not(whole), scale=(1 - veil) / 255), np.uint8)
    return np.asarray(cv2.addWeighted(away, 1, whole, 1 - veil, AIRLIGHT * veil), np.uint8)


def to_fixed_point(points: NDArray[np.floating]) -> list[tuple[int, int]]:
    """(n, 2) pixels as OpenCV's drawing wants them: whole numbers of their `FINER`."""
    return [(int(x), int(y)) for x, y in np.rint(points * 2**FINER)]


def rotate_points(points: NDArray[np.floating], angle: float) -> NDArray[np.float64]:
    """(n, 2) points turned about the origin by `angle` radians."""
    return np.asarray(
        points @ np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]]), np.float64
    )


def make_outline(radii: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, 2) a closed curve about the origin, (n,) pixels from it all round."""
    angles = np.linspace(0, 2 * pi, len(radii), endpoint=False)
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


class Haze(PixelCorruption):
    """Even haze: `transmission` of the light arrives, the rest is replaced by `airlight` grey
    levels."""

    def __init__(self, transmission: float, airlight: float = 217.0, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.transmission = require_range("transmission", transmission, 0, 1)
        self.airlight = require_range("airlight", airlight, 0, 255)
        self._table = to_bytes(make_haze_lut(self.transmission, self.airlight))

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return apply_lut(img, self._table)


class Fog(PixelCorruption):
    """Fog in banks: `thickness` of the light is replaced where it is thickest."""

    def __init__(self, thickness: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.thickness = require_range("thickness", thickness, 0, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_fog(img, self.thickness, seed)


class Rain(PixelCorruption):
    """`drops` streaks in a square of the reference side."""

    def __init__(self, drops: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.drops = require_range("drops", drops, 0, 5000)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_rain(img, self.drops, seed)


class Snow(PixelCorruption):
    """`flakes` in a square of the reference side."""

    def __init__(self, flakes: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.flakes = require_range("flakes", flakes, 0, 5000)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_snow(img, self.flakes, seed)
