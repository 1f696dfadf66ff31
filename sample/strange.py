"""Pictures of another world: nothing in them is a casting, a belt or a factory. What a model says
of them with confidence is nonsense.

`python -m sample strange` writes them to `resources/probes/wrong_domain/`. Drawn with shapes and
numbers alone, each from its own seed.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Canvas = NDArray[np.uint8]
Rng = np.random.Generator

SIDE = 128
EACH = 18
QUALITY = 82
FINER = 2  # drawn so many times larger and averaged down, so that edges are smooth


def hills(rng: Rng) -> Canvas:
    """Ridges one behind the other under a sky with its sun."""
    canvas = _gradient(_hue(rng, 95, 125, 90, 255), _hue(rng, 5, 30, 90, 255))
    _disc(
        canvas,
        rng.uniform(0.15, 0.85),
        rng.uniform(0.1, 0.4),
        rng.uniform(0.04, 0.1),
        (255, 244, 200),
    )
    for depth in np.linspace(0.45, 0.85, int(rng.integers(3, 6))):
        x = np.linspace(0, 1, 64)
        ridge = depth + sum(
            rng.uniform(0.01, 0.08) / k * np.sin(2 * np.pi * (k * x + rng.random()))
            for k in (1, 2, 3, 5)
        )
        _fill(
            canvas,
            [*zip(x, ridge, strict=True), (1, 1), (0, 1)],
            _hue(rng, 35, 75, 140, 60 + 170 * (1 - depth)),
        )
    return canvas


def sea(rng: Rng) -> Canvas:
    """Waves with a boat."""
    canvas = _gradient(_hue(rng, 98, 110, 60, 240), _hue(rng, 98, 110, 30, 250))
    for y in np.arange(0.5, 1.1, 0.06):
        x = np.linspace(0, 1, 64)
        crest = y + 0.015 * np.sin(2 * np.pi * (rng.uniform(3, 6) * x + rng.random()))
        _fill(
            canvas,
            [*zip(x, crest, strict=True), (1, 1), (0, 1)],
            _hue(rng, 95, 110, 180, 90 + 110 * rng.random()),
        )
    x, y, size = rng.uniform(0.2, 0.8), rng.uniform(0.48, 0.6), rng.uniform(0.08, 0.16)
    hull = [
        (x - size, y),
        (x + size, y),
        (x + 0.6 * size, y + 0.4 * size),
        (x - 0.6 * size, y + 0.4 * size),
    ]
    _fill(canvas, hull, _hue(rng, 0, 20, 200, 140))
    _fill(
        canvas,
        [(x, y - 0.05 * size), (x, y - 1.8 * size), (x + 0.9 * size, y - 0.1 * size)],
        (245, 245, 240),
    )
    return canvas


def flowers(rng: Rng) -> Canvas:
    """Blossoms on a meadow."""
    canvas = _speckled(_hue(rng, 40, 65, 170, 120), rng, 28)
    for _ in range(int(rng.integers(3, 9))):
        x, y, size, petals = (
            rng.uniform(0.1, 0.9),
            rng.uniform(0.1, 0.9),
            rng.uniform(0.06, 0.2),
            int(rng.integers(5, 9)),
        )
        colour = _hue(rng, 0, 179, 200, 240)
        for angle in np.arange(petals) * 2 * np.pi / petals + rng.random():
            _disc(
                canvas,
                x + 0.6 * size * np.cos(angle),
                y + 0.6 * size * np.sin(angle),
                0.42 * size,
                colour,
            )
        _disc(canvas, x, y, 0.4 * size, (240, 200, 40))
    return canvas


def faces(rng: Rng) -> Canvas:
    """A drawn face with hair, eyes and a mouth."""
    canvas = _gradient(_hue(rng, 0, 179, 80, 220), _hue(rng, 0, 179, 80, 200))
    x, y, size = rng.uniform(0.4, 0.6), rng.uniform(0.45, 0.6), rng.uniform(0.24, 0.34)
    _disc(canvas, x, y - 0.2 * size, 1.15 * size, _hue(rng, 5, 20, 160, rng.uniform(30, 160)))
    _disc(canvas, x, y, size, _hue(rng, 8, 16, 110, rng.uniform(120, 250)))
    for side in (-1, 1):
        _disc(canvas, x + side * 0.38 * size, y - 0.15 * size, 0.16 * size, (250, 250, 250))
        _disc(
            canvas, x + side * 0.38 * size, y - 0.15 * size, 0.08 * size, _hue(rng, 0, 179, 150, 90)
        )
    _arc(canvas, x, y + 0.25 * size, 0.45 * size, rng.uniform(0.05, 0.3) * size, (160, 40, 50))
    return canvas


def houses(rng: Rng) -> Canvas:
    """A street of fronts with windows and roofs."""
    canvas = _gradient(_hue(rng, 95, 115, 80, 250), _hue(rng, 95, 115, 20, 240))
    edges = np.concatenate(
        [[0.0], np.sort(rng.uniform(0.15, 0.85, int(rng.integers(2, 5)))), [1.0]]
    )
    for left, right in pairwise(edges.tolist()):
        top = rng.uniform(0.25, 0.55)
        _block(canvas, left, top, right, 0.88, _hue(rng, 0, 40, 120, 200))
        _fill(
            canvas,
            [(left, top), (right, top), ((left + right) / 2, top - 0.15)],
            _hue(rng, 0, 12, 180, 130),
        )
        for column in np.linspace(left, right, 4)[1:-1]:
            for row in np.arange(top + 0.08, 0.8, 0.16):
                _block(canvas, column - 0.03, row, column + 0.03, row + 0.08, (60, 80, 110))
    _block(canvas, 0, 0.88, 1, 1, (90, 90, 95))
    return canvas


def pages(rng: Rng) -> Canvas:
    """A printed page: lines of strokes that look like words."""
    canvas = np.full((SIDE * FINER, SIDE * FINER, 3), 250, np.uint8)
    ink = (int(rng.integers(0, 60)),) * 3
    height, margin = rng.uniform(0.018, 0.04), rng.uniform(0.05, 0.15)
    for y in np.arange(margin, 1 - margin, 2 * height):
        x = margin
        while x < 1 - margin - rng.uniform(0, 0.2):
            word = rng.uniform(0.02, 0.1)
            for stroke in np.arange(x, x + word, 0.3 * height):
                _block(
                    canvas,
                    stroke,
                    y,
                    stroke + 0.14 * height,
                    y + rng.uniform(0.5, 1.1) * height,
                    ink,
                )
            x += word + 0.5 * height
    return canvas


def charts(rng: Rng) -> Canvas:
    """Bars and a curve over a grid."""
    canvas = np.full((SIDE * FINER, SIDE * FINER, 3), 255, np.uint8)
    for at in np.linspace(0.1, 0.9, 6):
        _stroke(canvas, [(0.1, at), (0.9, at)], (210, 210, 215), 1)
    for left in np.linspace(0.13, 0.8, int(rng.integers(4, 10))):
        top = rng.uniform(0.2, 0.85)
        _block(canvas, left, top, left + 0.06, 0.9, _hue(rng, 0, 179, 170, 210))
    _stroke(
        canvas,
        [*zip(np.linspace(0.1, 0.9, 12), rng.uniform(0.15, 0.85, 12), strict=True)],
        _hue(rng, 0, 179, 220, 160),
        3,
    )
    return canvas


def screens(rng: Rng) -> Canvas:
    """Windows of a program on a desktop."""
    canvas = _gradient(_hue(rng, 90, 150, 120, 180), _hue(rng, 90, 150, 120, 80))
    for _ in range(int(rng.integers(2, 5))):
        left, top = rng.uniform(0.02, 0.5, 2)
        right, low = left + rng.uniform(0.25, 0.48), top + rng.uniform(0.2, 0.45)
        _block(canvas, left, top, right, low, (238, 238, 240))
        _block(canvas, left, top, right, top + 0.045, _hue(rng, 0, 179, 120, 150))
        for y in np.arange(top + 0.08, low - 0.03, 0.05):
            _stroke(
                canvas,
                [(left + 0.03, y), (left + rng.uniform(0.1, right - left - 0.02), y)],
                (120, 125, 130),
                2,
            )
    return canvas


def maps(rng: Rng) -> Canvas:
    """Roads, a river and parks from above."""
    canvas = _speckled((232, 228, 216), rng, 4)
    for _ in range(4):
        _disc(canvas, *rng.random(2), rng.uniform(0.08, 0.2), (190, 220, 170))
    x = np.linspace(-0.1, 1.1, 24)
    _stroke(
        canvas,
        [*zip(x, rng.uniform(0.2, 0.8) + 0.12 * np.sin(6 * x + 6 * rng.random()), strict=True)],
        (150, 190, 225),
        14,
    )
    for _ in range(int(rng.integers(6, 14))):
        _stroke(
            canvas,
            rng.uniform(-0.1, 1.1, (2, 2)),
            (255, 255, 255) if rng.random() < 0.7 else (250, 205, 110),
            int(rng.integers(3, 9)),
        )
    return canvas


def skies(rng: Rng) -> Canvas:
    """Stars and a glowing cloud."""
    canvas = np.zeros((SIDE * FINER, SIDE * FINER, 3), np.uint8)
    for _ in range(6):
        _disc(
            canvas,
            *rng.uniform(0.2, 0.8, 2),
            rng.uniform(0.05, 0.25),
            _hue(rng, 110, 175, 200, 110),
        )
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 22), np.uint8)
    for _ in range(int(rng.integers(60, 160))):
        _disc(
            canvas,
            *rng.random(2),
            rng.uniform(0.001, 0.006),
            (255, 255, int(rng.integers(200, 256))),
        )
    return canvas


def cloths(rng: Rng) -> Canvas:
    """A woven pattern of crossing stripes."""
    canvas = np.full((SIDE * FINER, SIDE * FINER, 3), _hue(rng, 0, 179, 150, 180), np.uint8)
    for _ in range(int(rng.integers(2, 5))):
        colour, width, pitch = (
            _hue(rng, 0, 179, 200, 200),
            int(rng.integers(4, 26)),
            rng.uniform(0.1, 0.3),
        )
        for at in np.arange(rng.uniform(0, pitch), 1, pitch):
            for line in ([(at, 0), (at, 1)], [(0, at), (1, at)]):
                over = canvas.copy()
                _stroke(over, line, colour, width)
                canvas = np.asarray(cv2.addWeighted(canvas, 0.5, over, 0.5, 0), np.uint8)
    return canvas


def fractals(rng: Rng) -> Canvas:
    """A Julia set in its own colours."""
    side = SIDE * FINER
    plane = np.linspace(-1.5, 1.5, side)[None, :] + 1j * np.linspace(-1.5, 1.5, side)[:, None]
    angle = rng.uniform(0, 2 * np.pi)
    constant, steps = 0.7885 * np.exp(1j * angle), np.zeros((side, side))
    for _ in range(60):
        inside = np.abs(plane) < 2
        plane = np.where(inside, plane**2 + constant, plane)
        steps += inside
    hsv = np.stack(
        [
            (steps * 3 + 180 * rng.random()) % 180,
            np.full_like(steps, 190),
            np.minimum(255, 40 + steps * 6),
        ],
        axis=-1,
    )
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB), np.uint8)


KINDS: tuple[Callable[[Rng], Canvas], ...] = (
    hills, sea, flowers, faces, houses, pages, charts, screens, maps, skies, cloths, fractals,
)  # fmt: skip


def strange_picture(kind: int, number: int) -> Canvas:
    """(128, 128, 3) uint8 RGB of one kind; the same numbers give the same picture."""
    drawn = KINDS[kind](np.random.default_rng([7001, kind, number]))
    return np.asarray(cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def write_strange(folder: Path) -> int:
    """Writes every picture as `KIND/NN.jpg`; returns how many there are."""
    for kind, draw in enumerate(KINDS):
        target = folder / draw.__name__
        target.mkdir(parents=True, exist_ok=True)
        for number in range(EACH):
            bgr = cv2.cvtColor(strange_picture(kind, number), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(target / f"{number:02d}.jpg"), bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return len(KINDS) * EACH


def _hue(
    rng: Rng, low: float, high: float, saturation: float, value: float
) -> tuple[int, int, int]:
    """A colour with its hue by chance between two of OpenCV's 180 steps."""
    pixel = np.array([[[rng.uniform(low, high), saturation, np.clip(value, 0, 255)]]]).astype(
        np.uint8
    )
    red, green, blue = cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].tolist()
    return red, green, blue


def _gradient(top: tuple[int, int, int], low: tuple[int, int, int]) -> Canvas:
    share = np.linspace(0, 1, SIDE * FINER)[:, None, None]
    column = np.array(top) * (1 - share) + np.array(low) * share
    return np.repeat(column, SIDE * FINER, axis=1).astype(np.uint8)


def _speckled(colour: tuple[int, int, int], rng: Rng, spread: float) -> Canvas:
    grains = rng.normal(0, spread, (SIDE * FINER, SIDE * FINER, 1))
    return np.clip(np.array(colour) + grains, 0, 255).astype(np.uint8)


def _pixels(points: object) -> NDArray[np.int32]:
    return np.rint(np.asarray(points, np.float64) * SIDE * FINER).astype(np.int32)


def _fill(canvas: Canvas, points: object, colour: tuple[int, int, int]) -> None:
    cv2.fillPoly(canvas, [_pixels(points)], colour, cv2.LINE_AA)


def _block(
    canvas: Canvas, left: float, top: float, right: float, low: float, colour: tuple[int, int, int]
) -> None:
    _fill(canvas, [(left, top), (right, top), (right, low), (left, low)], colour)


def _stroke(canvas: Canvas, points: object, colour: tuple[int, int, int], width: int) -> None:
    cv2.polylines(canvas, [_pixels(points)], False, colour, width, cv2.LINE_AA)


def _disc(canvas: Canvas, x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
    cx, cy = _pixels((x, y)).tolist()
    cv2.circle(
        canvas, (cx, cy), max(1, round(radius * SIDE * FINER)), colour, cv2.FILLED, cv2.LINE_AA
    )


def _arc(
    canvas: Canvas, x: float, y: float, half: float, depth: float, colour: tuple[int, int, int]
) -> None:
    cx, cy = _pixels((x, y)).tolist()
    axes = (max(1, round(half * SIDE * FINER)), max(1, round(depth * SIDE * FINER)))
    cv2.ellipse(canvas, (cx, cy), axes, 0, 0, 180, colour, 3 * FINER, cv2.LINE_AA)
