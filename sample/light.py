"""One near lamp over a surface: normals, openness to the sky, cast shadows and the light that
reaches the eye."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sample.surface import Map, Surface


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp at `place` (x right, y towards the camera, z up; pixels at the footage's size, from
    the middle of the picture).

    `colour` and `ambient` are linear RGB; 1 lights a white sheet in the middle fully. `softness`
    widens the shadows' edges.
    """

    place: tuple[float, float, float]
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    ambient: tuple[float, float, float] = (0.1, 0.1, 0.1)
    softness: float = 0.05


@dataclass(slots=True)
class Packed:
    """A surface ready to be looked up in one go: (H, W, 4) height, slope x, slope y, openness and
    (H, W, 4) albedo RGB, gloss."""

    shape: Map
    skin: Map


@dataclass(slots=True)
class LampField:
    """What a lamp that does not move does to each pixel of a camera that does not move: directions
    (3, H, W) and falloff (H, W)."""

    towards: Map
    halfway: Map
    falloff: Map


def pack(surface: Surface, scale: float) -> Packed:
    """Slopes by central differences; openness from how far the surroundings, blurred, rise above
    the pixel."""
    height = surface.height
    slope_x = cv2.filter2D(height, -1, np.array([[-0.5, 0, 0.5]], np.float32))
    slope_y = cv2.filter2D(height, -1, np.array([[-0.5], [0], [0.5]], np.float32))
    wide = cv2.GaussianBlur(height, (0, 0), 20 * scale) - height
    near = cv2.GaussianBlur(height, (0, 0), 5 * scale) - height
    open_sky = (
        1
        - np.clip(wide / np.float32(46 * scale), 0, 0.65)
        - np.clip(near / np.float32(34 * scale), 0, 0.3)
    )
    return Packed(
        cv2.merge([height, slope_x, slope_y, open_sky.astype(np.float32)]),
        np.dstack([surface.albedo, surface.gloss]),
    )


def lamp_field(lamp: Lamp, base: Map, to_eye: Map, scale: float) -> LampField:
    """`base` (H, W, 2) is where each pixel looks at, from the middle, in canvas pixels; `to_eye`
    (H, W, 3) points to the camera."""
    place = np.array(lamp.place, np.float32) * np.float32(scale)
    towards = np.stack([
        place[0] - base[..., 0], place[1] - base[..., 1],
        np.full(base.shape[:2], place[2], np.float32),
    ])  # fmt: skip
    squared = (towards**2).sum(0)
    towards /= np.sqrt(squared)
    halfway = towards + np.moveaxis(to_eye, 2, 0)
    halfway /= np.sqrt((halfway**2).sum(0))
    falloff = np.float32((place**2).sum()) / squared
    return LampField(
        towards.astype(np.float32), halfway.astype(np.float32), falloff.astype(np.float32)
    )


def shadow(height: Map, lamp: Lamp, scale: float, shrink: int = 1, steps: int = 22) -> Map:
    """How much of the lamp each canvas pixel sees, 0..1: the height field is walked towards the
    lamp in `steps` steps."""
    small = (
        height
        if shrink == 1
        else cv2.resize(height, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    )
    rows, columns = small.shape
    unit = shrink / scale
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    dx = np.float32(lamp.place[0] / unit) - (x - np.float32(columns / 2))
    dy = np.float32(lamp.place[1] / unit) - (y - np.float32(rows / 2))
    flat = np.hypot(dx, dy)
    rise = np.float32(lamp.place[2] / unit) / np.maximum(flat, 1)
    dx, dy = dx / np.maximum(flat, 1), dy / np.maximum(flat, 1)
    top, own = float(small.max()) / shrink, small / np.float32(shrink)
    reach = max(3.0, top / max(float(rise.min()), 0.05))
    blocked = np.zeros_like(small)
    for k in range(1, steps + 1):
        d = np.float32(reach * (k / steps) ** 1.4 + 0.6)
        there = cv2.remap(
            small, x + dx * d, y + dy * d, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ) / np.float32(shrink)
        over = (there - own - rise * d) / (np.float32(lamp.softness) * d + np.float32(0.6))
        np.maximum(blocked, over, out=blocked)
    seen = np.clip(1 - blocked, 0, 1).astype(np.float32)
    soft = cv2.GaussianBlur(seen, (0, 0), 0.8)
    return (
        soft
        if shrink == 1
        else cv2.resize(soft, height.shape[::-1], interpolation=cv2.INTER_LINEAR)
    )


def shade(shape: Map, skin: Map, lit: Map, field: LampField, lamp: Lamp) -> Map:
    """Linear RGB (H, W, 3) that reaches the camera: ambient and Lambert on the albedo, a sharp and
    a broad Blinn lobe on the gloss."""
    slope_x, slope_y, open_sky = shape[..., 1], shape[..., 2], shape[..., 3]
    up = 1 / np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)
    facing = (field.towards[2] - slope_x * field.towards[0] - slope_y * field.towards[1]) * up
    mirror = np.clip(
        (field.halfway[2] - slope_x * field.halfway[0] - slope_y * field.halfway[1]) * up, 0, 1
    )
    light = field.falloff * lit
    lambert = np.maximum(facing, 0) * light
    squared = mirror * mirror
    broad = squared**4
    sharp = broad**6
    shine = (
        skin[..., 3]
        * light
        * (np.float32(0.16) * broad + np.float32(0.75) * sharp)
        * (0.35 + skin[..., 3])
    )
    sky = open_sky * (np.float32(0.55) + np.float32(0.45) * up)
    colour, ambient = np.array(lamp.colour, np.float32), np.array(lamp.ambient, np.float32)
    out = skin[..., :3] * (sky[..., None] * ambient + lambert[..., None] * colour)
    out += shine[..., None] * colour
    out += (skin[..., 3] * sky * np.float32(0.10))[..., None] * ambient
    return out
