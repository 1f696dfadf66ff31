"""Pictures that the doctor renders himself, for models that come without frames: unlike each other, lit and textured as scenes are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIDE = 160  # pixels


def render_probe_images(n: int) -> tuple[NDArray[np.uint8], ...]:
    """`n` pictures, (160, 160, 3) uint8 RGB: shaded discs and bars over a texture whose contrast falls with frequency."""
    draw = np.random.default_rng([0, 0x0D0C])
    return tuple(_render_image(draw) for _ in range(n))


def _render_image(draw: np.random.Generator) -> NDArray[np.uint8]:
    texture = _render_texture(draw)
    picture = draw.uniform(50, 200, 3) + texture * draw.uniform(12, 45)
    for _ in range(int(draw.integers(1, 5))):
        inside, shade = _render_shape(draw)
        colour = draw.uniform(15, 240, 3)
        picture = np.where(inside[..., None], colour * shade[..., None] + texture * 6, picture)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _render_texture(draw: np.random.Generator) -> NDArray[np.float64]:
    """(side, side, 3), mean 0, deviation 1, mostly the same in all channels."""
    across, down = np.meshgrid(np.fft.fftfreq(SIDE), np.fft.fftfreq(SIDE))
    frequency = np.maximum(np.hypot(across, down), 1 / SIDE)
    fall = frequency ** draw.uniform(0.8, 1.4)
    planes = np.stack([np.fft.ifft2(np.fft.fft2(draw.standard_normal((SIDE, SIDE))) / fall).real for _ in range(3)], axis=-1)
    mixed = 0.7 * planes.mean(axis=-1, keepdims=True) + 0.3 * planes
    whole: NDArray[np.float64] = (mixed - mixed.mean()) / mixed.std()
    return whole


def _render_shape(draw: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Where a disc or a bar lies, and how much light each of its points gets."""
    down, across = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    turn, radius, squeeze = draw.uniform(0, np.pi), draw.uniform(0.08, 0.35), draw.uniform(0.7, 2.0)
    x, y = across - draw.uniform(0.2, 0.8), down - draw.uniform(0.2, 0.8)
    u, v = x * np.cos(turn) + y * np.sin(turn), (y * np.cos(turn) - x * np.sin(turn)) * squeeze
    inside = np.hypot(u, v) < radius if draw.random() < 0.5 else np.maximum(np.abs(u), np.abs(v)) < radius
    return inside, 1 + 0.4 * (u - v) / radius
