"""What lies about on the belt: bolts, nuts and washers."""

from __future__ import annotations

import numpy as np

from sample.surface import Map, Surface, noise, ramp


def clutter_surface(rng: np.random.Generator, size: float) -> Surface:
    """A bolt, a nut or a washer, turned at random; `size` is about its half length in pixels."""
    half = round(size * 1.3)
    axis = np.arange(-half, half, dtype=np.float32) + np.float32(0.5)
    x, y = np.meshgrid(axis / np.float32(size), axis / np.float32(size))
    turn = rng.uniform(0, 2 * np.pi)
    u = x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn))
    v = y * np.float32(np.cos(turn)) - x * np.float32(np.sin(turn))
    outside, height = (_bolt, _nut, _washer)[int(rng.integers(3))](u, v)
    tone = rng.uniform(0.18, 0.42) * (1 + np.float32(0.14) * noise(rng, x.shape, (9, 9)))
    albedo = (
        np.array([1.0, 0.96, 0.88], np.float32)
        * np.clip(tone, 0.03, 0.8).astype(np.float32)[..., None]
    )
    rough = np.float32(0.006) * noise(rng, x.shape, (60, 60))
    cover = np.clip(0.5 - outside * np.float32(size), 0, 1).astype(np.float32)
    gloss = np.full_like(x, rng.uniform(0.25, 0.6))
    return Surface(
        ((height + rough) * np.float32(size)).astype(np.float32),
        albedo.astype(np.float32),
        gloss,
        cover,
    )


def _hexagon(u: Map, v: Map, reach: float) -> Map:
    folded = [
        np.abs(u * np.float32(np.cos(a)) + v * np.float32(np.sin(a)))
        for a in (0, np.pi / 3, 2 * np.pi / 3)
    ]
    return np.maximum(np.maximum(folded[0], folded[1]), folded[2]) - np.float32(reach)


def _nut(u: Map, v: Map) -> tuple[Map, Map]:
    r = np.hypot(u, v)
    hexagon = _hexagon(u, v, 0.52)
    outside = np.maximum(hexagon, np.float32(0.30) - r)
    height = (
        np.float32(0.40) * ramp(-hexagon, 0, 0.06)
        - np.float32(0.09) * (1 - ramp(r, 0.30, 0.38))
        - np.float32(0.06) * ramp(r, 0.48, 0.58)
    )
    return outside, height


def _washer(u: Map, v: Map) -> tuple[Map, Map]:
    r = np.hypot(u, v)
    outside = np.maximum(r - np.float32(0.56), np.float32(0.30) - r)
    return outside, np.float32(0.09) * ramp(-outside, 0, 0.04)


def _bolt(u: Map, v: Map) -> tuple[Map, Map]:
    """A lying bolt: a round shank with a thread along it and a hexagonal head seen from the
    side."""
    across = np.clip(1 - (v / np.float32(0.19)) ** 2, 0, 1)
    thread = np.float32(0.018) * np.sin(u * np.float32(2 * np.pi / 0.075) + v * 4)
    shank = np.maximum(
        np.abs(v) - np.float32(0.19) - thread * np.float32(0.6),
        np.maximum(u - np.float32(0.95), np.float32(-0.45) - u),
    )
    head = np.maximum(np.abs(v) - np.float32(0.36), np.abs(u + np.float32(0.62)) - np.float32(0.19))
    facets = (
        np.float32(0.46)
        - np.float32(0.12) * ramp(np.abs(v), 0.14, 0.18)
        - np.float32(0.05) * ramp(np.abs(u + np.float32(0.62)), 0.14, 0.19)
    )
    height = np.where(head < 0, facets, np.float32(0.34) * np.sqrt(across) + thread)
    return np.minimum(shank, head), np.asarray(height, np.float32)
