"""The belt and its frame: dark woven rubber that moves, rails and housing that do not, and plain
studio grounds."""

from __future__ import annotations

import numpy as np

from sample.surface import Surface, noise, octaves, ramp

HALF_BELT = 318.0  # pixels from the belt's middle to the rail
RAIL = 62.0  # a rail's width in pixels
RAIL_HEIGHT = 34.0


def rubber(
    rng: np.random.Generator, shape: tuple[int, int], scale: float = 1.0, wear: float = 0.0
) -> Surface:
    """Woven rubber with scuffs and streaks along the travel; `scale` = 1 at the footage's size,
    `wear` = 1 a belt after years."""
    rows, columns = shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    step = np.float32(2 * np.pi / (9.5 * scale))
    weave = np.sin(x * step) * np.sin(y * step) * np.float32(0.55 * scale)
    cells = (max(2, round(rows / scale / 60)), max(2, round(columns / scale / 60)))
    grain = noise(rng, shape, (cells[0] * 14, cells[1] * 14))
    grit = noise(rng, shape, (cells[0] * 32, cells[1] * 32))
    slow = octaves(rng, shape, cells)
    streaks = noise(
        rng, shape, (max(2, round(rows / scale / 5)), max(2, round(columns / scale / 400)))
    )
    scuffs = ramp(octaves(rng, shape, (cells[0] * 2, cells[1])), 1.3, 2.6)
    tone = (
        np.float32(0.062)
        * (
            1
            + np.float32(0.13) * slow
            + np.float32(0.16) * streaks
            + np.float32(0.28) * grain
            + np.float32(0.30) * grit
        )
        + np.float32(0.05) * scuffs
    )
    if wear:
        weave = weave * np.float32(1 + 1.1 * wear)
        tone = tone * (
            1
            + np.float32(wear)
            * (
                np.float32(0.26) * weave / np.float32(scale)
                + np.float32(0.45) * noise(rng, shape, (rows // 3, columns // 3))
            )
        )
        tone = np.float32(1 + 0.35 * wear) * tone + np.float32(0.10 * wear) * ramp(
            noise(rng, shape, (rows // 4, columns // 4)), 1.9, 2.6
        )
    tint = np.array([1.0, 0.97, 0.93], np.float32)
    albedo = np.clip(tone, 0.012, 0.4).astype(np.float32)[..., None] * tint
    height = weave + np.float32(0.30 * scale) * grain + np.float32(0.5 * scale) * slow
    gloss = np.clip(0.10 + 0.05 * slow - 0.05 * scuffs, 0.01, 1)
    return Surface(
        height.astype(np.float32), albedo, gloss.astype(np.float32), np.ones(shape, np.float32)
    )


def studio(rng: np.random.Generator, shape: tuple[int, int], tone: float) -> Surface:
    """A matt ground of one tone with the faintest unevenness."""
    slow = octaves(rng, shape, (3, 3))
    albedo = (np.float32(tone) * (1 + np.float32(0.025) * slow))[..., None] * np.array(
        [1.0, 1.0, 0.99], np.float32
    )
    height = np.float32(0.12) * noise(rng, shape, (40, 40))
    return Surface(
        height,
        albedo.astype(np.float32),
        np.full(shape, 0.04, np.float32),
        np.ones(shape, np.float32),
    )


def add_rails(ground: Surface, rng: np.random.Generator, middle: float, scale: float = 1.0) -> None:
    """Steel rails with screws along both edges of the belt, and the dark housing beyond them, in
    place."""
    rows, columns = ground.height.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / np.float32(scale)
    middle = middle / scale
    off = np.abs(y - np.float32(middle)) - np.float32(HALF_BELT)
    brushed = noise(rng, (rows, columns), (rows, max(2, round(columns / scale / 260))))
    steel = np.clip(
        0.34 + 0.035 * brushed + 0.03 * octaves(rng, (rows, columns), (4, 12)), 0.05, 0.9
    )
    pitch = np.float32(168)
    screw = np.hypot(
        np.mod(x + 30 * np.sign(y - middle), pitch) - pitch / 2, off - np.float32(RAIL / 2)
    )
    head = 1 - ramp(screw, 10.5, 12.5)
    slot = head * (
        1
        - ramp(
            np.abs(
                np.mod(x + 30 * np.sign(y - middle), pitch)
                - pitch / 2
                + 0.35 * (off - np.float32(RAIL / 2))
            ),
            1.6,
            2.8,
        )
    )
    rail = ramp(off, 0, 3) * (1 - ramp(off, RAIL - 3, RAIL))
    housing = ramp(off, RAIL - 1, RAIL + 1)
    top = np.float32(scale) * (
        np.float32(RAIL_HEIGHT) * rail
        + np.float32(5) * head
        - np.float32(4) * slot
        + np.float32(0.12) * brushed * rail
    )
    ground.height[:] = np.where(off > 0, top, ground.height)
    metal = (
        steel.astype(np.float32)[..., None]
        * np.array([1.0, 0.99, 0.96], np.float32)
        * (1 - np.float32(0.6) * slot)[..., None]
    )
    dark = (
        np.array([0.035, 0.037, 0.040], np.float32)
        * (1 + np.float32(0.3) * octaves(rng, (rows, columns), (6, 10)))[..., None]
    )
    ground.albedo += (metal - ground.albedo) * np.where(off > 0, rail, 0).astype(np.float32)[
        ..., None
    ]
    ground.albedo += (dark - ground.albedo) * housing[..., None]
    ground.gloss += (np.float32(0.5) - ground.gloss) * rail
