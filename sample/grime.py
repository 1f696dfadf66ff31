"""Dirt on castings: sand and grime, old oil, settled dust."""

from __future__ import annotations

import numpy as np

from sample.surface import Surface, noise, octaves, ramp


def soil(thing: Surface, rng: np.random.Generator, amount: float) -> None:
    """Sand from the mould and grime from hands: specks and a coarse grain that a studio wipes
    off."""
    shape = thing.height.shape
    grain = np.float32(0.13) * noise(rng, shape, (shape[0] // 3, shape[1] // 3)) + np.float32(
        0.08
    ) * noise(rng, shape, (shape[0] // 7, shape[1] // 7))
    specks = ramp(noise(rng, shape, (shape[0] // 4, shape[1] // 4)), 2.0, 2.5)
    dull = np.clip((1 + grain) * (1 - np.float32(0.5) * specks) * np.float32(0.8), 0.2, 1.6)
    thing.albedo *= (1 + np.float32(amount) * (dull - 1))[..., None]
    thing.height += np.float32(0.25 * amount) * noise(rng, shape, (shape[0] // 4, shape[1] // 4))


def oil(thing: Surface, rng: np.random.Generator) -> None:
    """A film of old oil: darker, glossy, with runs and stains that have hard edges."""
    shape = thing.height.shape
    film = ramp(octaves(rng, shape, (5, 5)), -0.7, 0.1)
    stains = ramp(octaves(rng, shape, (13, 13)), -0.10, 0.10)
    runs = ramp(noise(rng, shape, (34, 4)), 0.30, 0.50)
    thing.albedo *= (1 - np.float32(0.70) * film)[..., None]
    brown = np.array([0.030, 0.024, 0.016], np.float32)
    thing.albedo += (brown - thing.albedo) * (np.float32(0.92) * np.maximum(stains, runs))[
        ..., None
    ]
    thing.gloss += (np.float32(1.0) - thing.gloss) * np.float32(0.8) * np.maximum(film, stains)


def settle(thing: Surface, rng: np.random.Generator, amount: float) -> None:
    """Dust that has settled: pale, dull, thicker in some places."""
    rows, columns = thing.height.shape
    cells = (max(2, rows // 70), max(2, columns // 70))
    thick = np.clip(amount * (0.62 + 0.28 * octaves(rng, (rows, columns), cells)), 0, 0.92).astype(
        np.float32
    )
    thing.albedo += (np.array([0.30, 0.25, 0.19], np.float32) - thing.albedo) * thick[..., None]
    thing.gloss *= 1 - thick
