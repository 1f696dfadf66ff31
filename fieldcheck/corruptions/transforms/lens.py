"""LENS: what sits on the lens or stands before it."""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.transforms.pixels import (
    Picture,
    cover_image,
    get_layer_size,
    make_cloud_noise,
    overlay_layers,
    shrink_image,
    to_three_channels,
)
from fieldcheck.corruptions.transforms.transform import ShareCorruption
from fieldcheck.corruptions.transforms.weather import (
    FINER,
    make_outline,
    rotate_points,
    to_fixed_point,
)

DIRT = (15.0, 12.0, 9.0)
SKIN = ((96, 66, 50), (150, 108, 84), (206, 160, 134), (232, 196, 172))
# place at the palm and length
FINGERS = (
    (-1.0, -0.1, 0.7),
    (-0.6, -0.7, 1.0),
    (-0.2, -0.9, 1.2),
    (0.2, -0.9, 1.15),
    (0.6, -0.75, 0.9),
)
MEASURED = 288  # pixels of the shorter side at which the share of a cover is measured
PATCHES = 8  # along each side


def add_dust(img: Picture, share: float, seed: int) -> Picture:
    """Dust and smears on the lens: soft grey specks that dim what is behind them, over `share` of
    the picture, (H, W, 3) uint8 RGB."""
    height, width, unit = get_layer_size(img)
    rng = np.random.default_rng(seed)
    cover, dull = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    dots = min(4000, int(1.4 * share * height * width / (pi * (3.1 * unit) ** 2)))
    for centre, size in zip(
        to_fixed_point(rng.random((dots, 2)) * (width, height)),
        (1.2 + 5 * rng.random(dots) ** 2).tolist(),
        strict=True,
    ):
        cv2.circle(
            cover,
            centre,
            round(size * unit * 2**FINER),
            round(180 + 60 * rng.random()),
            cv2.FILLED,
            cv2.LINE_AA,
            FINER,
        )
    smear = make_cloud_noise(height // 4, width // 4, 15 * unit, rng, octaves=3)
    dull = cv2.resize(
        np.clip((smear - 1 + 0.6 * share) * 4, 0, 0.75).astype(np.float32), (width, height)
    )
    soft = cv2.GaussianBlur(cover, (0, 0), 0.8 * unit).astype(np.float32) / 255
    return cover_image(img, np.maximum(soft, dull), DIRT)


def add_water_drops(img: Picture, share: float, seed: int) -> Picture:
    """Water drops on the lens, `share` times the picture, (H, W, 3) uint8 RGB, in all: each shows
    the scene upside down and blurred, bright at a rim."""
    height, width, unit = get_layer_size(img)
    rng = np.random.default_rng(seed)
    cover, rim = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    seen = cv2.GaussianBlur(
        to_three_channels(shrink_image(img, max(1, width // 8), max(1, height // 8))), (0, 0), 2
    )[::-1, ::-1]
    behind = cv2.resize(np.ascontiguousarray(seen), (width, height), interpolation=cv2.INTER_LINEAR)
    drops = int(share * height * width / (pi * (7.8 * unit) ** 2) + 0.999) if share else 0
    for x, y, chance in rng.random((drops, 3)).tolist():
        size = (4 + 9 * chance) * unit
        centre = np.array([[x * width, y * height]])
        cv2.circle(
            cover,
            to_fixed_point(centre)[0],
            round(size * 2**FINER),
            255,
            cv2.FILLED,
            cv2.LINE_AA,
            FINER,
        )
        cv2.circle(
            rim,
            to_fixed_point(centre - 0.3 * size)[0],
            round(0.3 * size * 2**FINER),
            90,
            cv2.FILLED,
            cv2.LINE_AA,
            FINER,
        )
    soft = cv2.GaussianBlur(cover, (0, 0), 1.2 * unit).astype(np.float32) / 255
    bright = np.minimum(
        255, behind.astype(np.float32) * 0.9 + cv2.GaussianBlur(rim, (0, 0), 1.5 * unit)[..., None]
    )
    return overlay_layers(img, 1 - soft, soft[..., None] * bright)


def add_reflection(img: Picture, share: float, seed: int) -> Picture:
    """Reflection in a pane before the lens: `share` of the light of the picture, (H, W, 3) uint8
    RGB, is that of another scene, a bright room with windows, out of focus."""
    height, width, unit = get_layer_size(img)
    tall, wide = max(2, height // 2), max(2, width // 2)
    rng = np.random.default_rng(seed)
    base = make_cloud_noise(tall, wide, 60 * unit / 2, rng, octaves=3)
    reflected = (40 + 90 * base[..., None] * rng.uniform(0.7, 1.0, 3)).astype(np.float32)
    for x, y, w, h in rng.uniform((0, 0, 0.08, 0.15), (0.9, 0.6, 0.3, 0.5), (6, 4)).tolist():
        corner, other = (int(x * wide), int(y * tall)), (int((x + w) * wide), int((y + h) * tall))
        cv2.rectangle(
            reflected,
            corner,
            other,
            (rng.uniform(150, 255) * rng.uniform(0.85, 1.0, 3)).tolist(),
            cv2.FILLED,
        )
    return overlay_layers(
        img,
        np.full((2, 2), 1 - share),
        share * 1.3 * cv2.GaussianBlur(reflected, (0, 0), 1.5 * unit),
    )


def add_occlusion(img: Picture, share: float, seed: int) -> Picture:
    """Occlusion: one opaque ellipse over `share` of the picture, (H, W, 3) uint8 RGB, its place,
    form and grey level by chance."""
    rng = np.random.default_rng(seed)
    across, down = rng.uniform(0, 1, 2)
    stretch, level = float(np.exp(rng.uniform(-0.2, 0.2))), int(rng.integers(256))
    height, width = img.shape[:2]
    root = (share / np.pi) ** 0.5
    half_width, half_height = width * root * stretch, height * root / stretch
    centre = np.array(
        [
            [
                half_width + across * (width - 2 * half_width) - 0.5,
                half_height + down * (height - 2 * half_height) - 0.5,
            ]
        ]
    )
    # OpenCV's ellipse covers half a pixel more on every side than its half axes say.
    axes = np.array([[max(0.0, half_width - 0.5), max(0.0, half_height - 0.5)]])
    out = img.copy()
    cv2.ellipse(
        out,
        to_fixed_point(centre)[0],
        to_fixed_point(axes)[0],
        0,
        0,
        360,
        (level,) * 3,
        cv2.FILLED,
        shift=FINER,
    )
    return out


def add_hand(img: Picture, share: float, seed: int) -> Picture:
    """A hand reaching in from an edge, over `share` of the picture, (H, W, 3) uint8 RGB."""
    rng = np.random.default_rng(seed)
    skin, turn = SKIN[int(rng.integers(len(SKIN)))], rng.uniform(0, 2 * pi)
    wobble = 1 + 0.06 * rng.standard_normal(24)

    def make_outlines(size: float) -> list[NDArray[np.float64]]:
        palm = [make_outline(size * wobble)]
        arm = [np.array([[-0.6, 0.3], [0.6, 0.3], [0.7, 2.6], [-0.7, 2.6]]) * size]
        fingers = [
            _make_capsule_outline(
                np.array([x, y]) * size, np.array([1.35 * x, y - length]) * size, 0.17 * size
            )
            for x, y, length in FINGERS
        ]
        return [rotate_points(part, turn) for part in palm + arm + fingers]

    return _draw_occluder(img, share, make_outlines, rng, skin)


def add_occluding_bar(img: Picture, share: float, seed: int) -> Picture:
    """A straight bar right across the picture, (H, W, 3) uint8 RGB, at any angle, over `share` of
    it."""
    rng = np.random.default_rng(seed)
    turn, level = rng.uniform(0, pi), rng.uniform(25, 190) * rng.uniform(0.85, 1.0, 3)

    def make_outlines(size: float) -> list[NDArray[np.float64]]:
        return [
            rotate_points(np.array([[-1e3, -size], [1e3, -size], [1e3, size], [-1e3, size]]), turn)
        ]

    return _draw_occluder(img, share, make_outlines, rng, level)


def add_patch(img: Picture, share: float, seed: int) -> Picture:
    """Erased patches: `share` of the 8 by 8 patches of the picture, (H, W, 3) uint8 RGB, erased to
    grey, which of them by chance."""
    height, width = img.shape[:2]
    rows, columns = (
        np.rint(np.linspace(0, side, PATCHES + 1)).astype(int) for side in (height, width)
    )
    out = img.copy()
    for patch in np.random.default_rng(seed).permutation(PATCHES**2)[: round(share * PATCHES**2)]:
        row, column = divmod(int(patch), PATCHES)
        cv2.rectangle(
            out,
            (int(columns[column]), int(rows[row])),
            (int(columns[column + 1]) - 1, int(rows[row + 1]) - 1),
            (128,) * 3,
            cv2.FILLED,
        )
    return out


def _make_capsule_outline(
    start: NDArray[np.float64], end: NDArray[np.float64], radius: float
) -> NDArray[np.float64]:
    """A line with round ends, as one outline."""
    round_about = make_outline(np.full(16, radius))
    hull = cv2.convexHull(
        np.concatenate([round_about + start, round_about + end]).astype(np.float32)
    )
    return np.asarray(hull[:, 0], np.float64)


def _draw_occluder(
    img: Picture,
    share: float,
    parts: Callable[[float], list[NDArray[np.float64]]],
    rng: np.random.Generator,
    colour: NDArray[np.float64] | tuple[int, int, int],
) -> Picture:
    """The picture with a filled shape before it, whose size is searched for until it hides `share`
    of the picture."""
    height, width = img.shape[:2]
    factor = MEASURED / min(height, width)
    rows, columns = max(2, round(height * factor)), max(2, round(min(width * factor, 4 * MEASURED)))
    across, down = rng.uniform(0.2, 0.8, 2)

    def draw_at_size(
        size: float, canvas: NDArray[np.uint8], value: tuple[float, ...], line: int
    ) -> NDArray[np.uint8]:
        tall, wide = canvas.shape[:2]
        unit = min(tall, wide) / 96
        for part in parts(size):
            points = part * unit + (across * wide, down * tall)
            whole = np.clip(np.rint(points * 2**FINER), -(2**20), 2**20).astype(np.int32)
            cv2.fillPoly(canvas, [whole], value, line, FINER)
        return canvas

    low, high = 0.0, 400.0
    for _ in range(12):
        size = (low + high) / 2
        hidden = float(
            np.mean(draw_at_size(size, np.zeros((rows, columns), np.uint8), (255,), cv2.LINE_8) > 0)
        )
        low, high = (size, high) if hidden < share else (low, size)
    return (
        draw_at_size((low + high) / 2, img.copy(), tuple(float(v) for v in colour), cv2.LINE_AA)
        if share
        else img.copy()
    )


class Dust(ShareCorruption):
    """Dust and smears on the lens over about `share` of the picture."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_dust(img, self.share, seed)


class WaterDrops(ShareCorruption):
    """Drops of water on the lens, `share` times the area of the picture in all; they overlap."""

    most = 3.0

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_water_drops(img, self.share, seed)


class Reflection(ShareCorruption):
    """A pane before the lens: `share` of the light is another scene's."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_reflection(img, self.share, seed)


class Occlusion(ShareCorruption):
    """Something before the lens: one opaque ellipse over `share` of the picture."""

    most = 0.5

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_occlusion(img, self.share, seed)


class Hand(ShareCorruption):
    """A hand before the lens, over `share` of the picture."""

    most = 0.6

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_hand(img, self.share, seed)


class Bar(ShareCorruption):
    """A straight bar before the lens, over `share` of the picture."""

    most = 0.6

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_occluding_bar(img, self.share, seed)


class Patches(ShareCorruption):
    """`share` of 8 by 8 patches erased to grey."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_patch(img, self.share, seed)
