"""A camera that looks at the belt at a slant, and its sensor."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sample.surface import Map

# pixels from the lens to the middle of the picture; also the focal length, so 1 belt pixel = 1
# picture pixel there
DISTANCE = 1750.0


@dataclass(frozen=True, slots=True)
class Camera:
    """A fixed mount: slant and turn in degrees, where it aims (belt pixels), and its white balance
    (RGB gains)."""

    slant: float
    turn: float
    aim: tuple[float, float] = (0.0, 0.0)
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(slots=True)
class View:
    """Per pixel: the belt point it looks at (H, W, 2), how that point moves per pixel of height (H,
    W, 2), the way to the eye (H, W, 3)."""

    base: Map
    slope: Map
    to_eye: Map


@dataclass(frozen=True, slots=True)
class Sensor:
    """Exposure, read and shot noise (linear, white = 1), how much of the noise is coloured, lens
    blur, the sharpening cheap cameras do, and vignette."""

    exposure: float = 1.0
    read: float = 0.001
    shot: float = 0.00002
    chroma: float = 0.5
    blur: float = 0.55
    sharpen: float = 0.0
    vignette: float = 0.18


def view(camera: Camera, shape: tuple[int, int], scale: float) -> View:
    """The view of `camera` for a picture of `shape` (H, W) in which one belt pixel is `scale`
    pixels in the middle."""
    rows, columns = shape
    b, a = np.mgrid[0:rows, 0:columns].astype(np.float32)
    a, b = a + np.float32(0.5 - columns / 2), b + np.float32(0.5 - rows / 2)
    turn, slant = np.radians(camera.turn), np.radians(camera.slant)
    focal = DISTANCE * scale
    right = (a * np.float32(np.cos(turn)) + b * np.float32(np.sin(turn))) / np.float32(focal)
    down = (b * np.float32(np.cos(turn)) - a * np.float32(np.sin(turn))) / np.float32(focal)
    dx = right
    dy = np.float32(-np.sin(slant)) + down * np.float32(np.cos(slant))
    dz = np.float32(-np.cos(slant)) - down * np.float32(np.sin(slant))
    far = np.float32(-focal * np.cos(slant)) / dz
    base = np.dstack([dx * far, np.float32(focal * np.sin(slant)) + dy * far]) + np.array(
        camera.aim, np.float32
    ) * np.float32(scale)
    to_eye = -np.dstack([dx, dy, dz])
    to_eye /= np.linalg.norm(to_eye, axis=2, keepdims=True)
    return View(
        base.astype(np.float32),
        np.dstack([dx / dz, dy / dz]).astype(np.float32),
        to_eye.astype(np.float32),
    )


def meet(
    height: Map, sight: View, middle: tuple[float, float], top: float, steps: int = 9
) -> tuple[Map, Map]:
    """Where each pixel's ray first meets the height field: canvas maps (x, y) for cv2.remap.
    `middle` is (x, y) of the belt's origin.

    The ray is walked from the highest plane down; between the last plane above the surface and the
    first below it, a chord decides.
    """
    x0, y0 = sight.base[..., 0] + np.float32(middle[0]), sight.base[..., 1] + np.float32(middle[1])
    sx, sy = sight.slope[..., 0], sight.slope[..., 1]
    found = np.zeros(x0.shape, np.float32)
    open_rays = np.ones(x0.shape, bool)
    gap_before = np.full(x0.shape, 1, np.float32)
    step = np.float32(top / steps)
    for k in range(steps, -1, -1):
        level = np.float32(k) * step
        ground = cv2.remap(
            height,
            x0 + sx * level,
            y0 + sy * level,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        gap = level - ground
        hit = open_rays & (gap <= 0)
        chord = np.clip(gap / np.minimum(gap - gap_before, -1e-4), 0, 1)
        found = np.where(hit, level + chord * step, found)
        open_rays &= ~hit
        gap_before = gap
    return x0 + sx * found, y0 + sy * found


def lens_mask(shape: tuple[int, int], strength: float) -> Map:
    """Darkening towards the corners: 1 in the middle."""
    b, a = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    r2 = ((a / shape[1] - 0.5) ** 2 + (b / shape[0] - 0.5) ** 2) * 2
    return (1 - np.float32(strength) * r2 * (1 + r2))[..., None].astype(np.float32)


def develop(
    light: Map, sensor: Sensor, balance: tuple[float, float, float], rng: np.random.Generator
) -> np.ndarray:
    """From linear light (H, W, 3) to a picture (H, W, 3) uint8 RGB: lens blur, sharpening,
    exposure, noise, shoulder, gamma 2.2."""
    seen = cv2.GaussianBlur(light, (0, 0), sensor.blur) if sensor.blur > 0 else light
    if sensor.sharpen:
        seen = np.maximum(
            seen + np.float32(sensor.sharpen) * (seen - cv2.GaussianBlur(seen, (0, 0), 1.3)), 0
        )
    seen = seen * (np.float32(sensor.exposure) * np.array(balance, np.float32))
    luma = rng.standard_normal(seen.shape[:2], dtype=np.float32)
    colour = cv2.GaussianBlur(
        rng.standard_normal(seen.shape, dtype=np.float32), (0, 0), 1.1
    ) * np.float32(2.2 * sensor.chroma)
    sigma = np.sqrt(np.float32(sensor.read**2) + np.float32(sensor.shot) * np.maximum(seen, 0))
    seen = seen + sigma * (luma[..., None] + colour)
    toned = 1 - np.exp(-1.15 * np.maximum(seen, 0))
    return np.clip(np.power(toned, 1 / 2.2) * 255 + 0.5, 0, 255).astype(np.uint8)
