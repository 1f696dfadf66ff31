"""What comes between the belt and the sensor: motion, dust in the air, glare, a dirty lens,
flickering mains light."""

from __future__ import annotations

import cv2
import numpy as np

from sample.surface import Map, noise, octaves, ramp


def smear(light: Map, mask: Map, pixels: float, turn: float) -> Map:
    """Motion over `pixels` along the belt (turned by `turn` degrees in the picture), where `mask`
    is 1."""
    if pixels < 1.2:
        return light
    side = 2 * int(np.ceil(pixels / 2)) + 3
    kernel = np.zeros((side, side), np.float32)
    middle, half = (side - 1) / 2, (pixels - 1) / 2
    dx, dy = half * np.cos(np.radians(turn)), half * np.sin(np.radians(turn))
    ends = [(round((middle + s * dx) * 16), round((middle + s * dy) * 16)) for s in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_8, 4)
    kernel /= kernel.sum()
    return light + (cv2.filter2D(light, -1, kernel) - light) * mask


def dusty(light: Map, seed: int, seconds: float, amount: float) -> Map:
    """A veil that drifts, and grains near the lens, out of focus, that float through the
    picture."""
    rows, columns = light.shape[:2]
    rng = np.random.default_rng([seed, 5])
    veil = noise(rng, (rows, columns * 2), (5, 16))
    shift = int(seconds * 22) % columns
    thin = np.clip(amount * (0.30 + 0.07 * veil[:, shift : shift + columns]), 0, 0.6).astype(
        np.float32
    )
    glow = np.array([0.21, 0.185, 0.15], np.float32)
    out = light + (glow - light) * thin[..., None]
    grains = np.zeros((rows // 2, columns // 2), np.float32)
    count = int(150 * amount)
    start, drift = rng.uniform(0, 1, (count, 2)), rng.normal((0.03, 0.015), 0.05, (count, 2))
    sizes, strengths = rng.uniform(1.0, 5.5, count), rng.uniform(0.05, 0.30, count)
    for at, size, strength in zip(
        np.mod(start + drift * seconds, 1), sizes, strengths, strict=True
    ):
        spot = (round(at[0] * columns / 2), round(at[1] * rows / 2))
        cv2.circle(
            grains, spot, max(1, round(size)), float(strength * min(1.0, 3 / size)), -1, cv2.LINE_AA
        )
    grains = cv2.resize(
        cv2.GaussianBlur(grains, (0, 0), 1.1), (columns, rows), interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(out + grains[..., None] * (glow * 2.2), np.float32)


def glaring(light: Map, seed: int, seconds: float, amount: float) -> Map:
    """Low sun through a gate: a bright patch that wanders a little, a streak across it, and a veil
    over all."""
    rows, columns = light.shape[:2]
    rng = np.random.default_rng([seed, 6])
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    x0 = columns * rng.uniform(0.40, 0.56) + 26 * np.sin(seconds * 0.35)
    y0 = rows * rng.uniform(0.34, 0.48) + 10 * np.sin(seconds * 0.23 + 1)
    swell = 1 + 0.16 * np.sin(seconds * 0.9) + 0.08 * np.sin(seconds * 2.3)
    r2 = ((x - x0) / 150) ** 2 + ((y - y0) / 115) ** 2
    u, v = (x - x0) * 0.94 + (y - y0) * 0.34, (y - y0) * 0.94 - (x - x0) * 0.34
    patch = (
        1.25 * np.exp(-r2)
        + 0.22 * np.exp(-r2 / 9)
        + 0.55 * np.exp(-((v / 20) ** 2)) * np.exp(-((u / 460) ** 2))
    )
    sun = np.array([1.0, 0.90, 0.72], np.float32) * np.float32(amount * swell)
    return np.asarray(
        light + patch.astype(np.float32)[..., None] * sun * (0.35 + light * 0.9), np.float32
    )


def bloom(light: Map) -> Map:
    """What is brighter than white spills over."""
    over = cv2.resize(
        np.maximum(light - 0.85, 0), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA
    )
    spill = cv2.GaussianBlur(over, (0, 0), 9)
    return np.asarray(
        light + 0.5 * cv2.resize(spill, light.shape[1::-1], interpolation=cv2.INTER_LINEAR),
        np.float32,
    )


def flickering(light: Map, seed: int, index: int, amount: float) -> Map:
    """Mains light on a rolling shutter: bands across the rows that jump from frame to frame, and
    the whole breathes."""
    rows = np.arange(light.shape[0], dtype=np.float32)[:, None, None]
    phase = np.random.default_rng([seed, 7]).uniform() + 0.381966 * index
    band = np.sin(2 * np.pi * (rows / np.float32(430) + phase))
    whole = 1 + 0.18 * amount * np.sin(2 * np.pi * 0.236068 * index)
    return np.asarray(light * ((1 - amount * (0.5 + 0.5 * band)) * whole), np.float32)


def dirty(light: Map, seed: int, amount: float) -> Map:
    """A lens with grease, dried drops and specks; the dirt does not move."""
    rows, columns = light.shape[:2]
    rng = np.random.default_rng([seed, 8])
    grease = ramp(octaves(rng, (rows, columns), (3, 5)), -0.3, 1.3) * np.float32(amount)
    soft = cv2.GaussianBlur(light, (0, 0), 9)
    veil = np.array([0.060, 0.056, 0.050], np.float32)
    out = light + (soft * np.float32(0.85) + veil - light) * grease[..., None]
    shade = np.zeros((rows, columns), np.float32)
    for _ in range(46):
        spot = (int(rng.integers(columns)), int(rng.integers(rows)))
        axes = (int(rng.integers(4, 26)), int(rng.integers(4, 20)))
        cv2.ellipse(
            shade,
            spot,
            axes,
            float(rng.uniform(0, 180)),
            0,
            360,
            float(rng.uniform(0.25, 0.8)),
            -1,
            cv2.LINE_AA,
        )
    shade = cv2.GaussianBlur(shade, (0, 0), 5)
    drops = np.zeros((rows, columns), np.float32)
    for _ in range(9):
        spot = (int(rng.integers(columns)), int(rng.integers(rows)))
        cv2.circle(
            drops, spot, int(rng.integers(22, 60)), float(rng.uniform(0.3, 0.7)), -1, cv2.LINE_AA
        )
    drops = cv2.GaussianBlur(drops, (0, 0), 4)
    out += (cv2.GaussianBlur(light, (0, 0), 15) * np.float32(1.1) - out) * drops[..., None]
    return np.asarray(
        out * (1 - np.float32(amount) * np.clip(shade, 0, 0.9))[..., None], np.float32
    )
