"""Clean renders: one casting in studio light, for the benchmark and for training."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sample.belt import add_rails, rubber, studio
from sample.camera import Camera, Sensor, View, develop, lens_mask, meet, view
from sample.clutter import clutter_surface
from sample.grime import soil
from sample.light import Lamp, Packed, lamp_field, pack, shade, shadow
from sample.parts import CLASSES, Part, part_surface
from sample.surface import Surface, lay

RADIUS = 215.0  # a casting's radius in belt pixels
FRAME = 720.0  # the central square of the footage that the model sees
LIGHTS = ("studio", "side", "dim")


@dataclass(frozen=True, slots=True)
class Shot:
    """One clean picture: the part (None = nothing on the ground), the light by name, and the seed
    of everything else."""

    part: Part | None
    light: str
    seed: int


def clean_picture(shot: Shot, side: int, blur: float = 0.6) -> np.ndarray:
    """The picture (side, side, 3) uint8 RGB, framed as the central square of the footage; `blur` is
    the lens's, in pixels."""
    rng = np.random.default_rng([shot.seed, 77])
    scale = side / FRAME
    camera = Camera(
        rng.uniform(4, 27), rng.uniform(-5, 5), (rng.uniform(-15, 15), rng.uniform(-15, 15))
    )
    tone, on_rubber, wear, size = (
        rng.uniform(0.14, 0.5),
        rng.random() < 0.6,
        rng.uniform(0, 0.9),
        rng.uniform(0.93, 1.07),
    )
    lamp, sensor = _light(shot.light, rng, blur)
    canvas = round(side * 1.8)
    ground = (
        rubber(rng, (canvas, canvas), scale, wear)
        if on_rubber
        else studio(rng, (canvas, canvas), tone)
    )
    if on_rubber and rng.random() < 0.6:
        add_rails(ground, rng, canvas / 2, scale)
    if shot.part is not None:
        _furnish(ground, shot.part, RADIUS * size * scale, scale, rng)
    light = look(pack(ground, scale), view(camera, (side, side), scale), lamp, scale)
    return develop(light * lens_mask((side, side), sensor.vignette), sensor, (1.0, 1.0, 1.0), rng)


def look(packed: Packed, sight: View, lamp: Lamp, scale: float) -> np.ndarray:
    """Linear light (H, W, 3) of a canvas seen by a camera that aims at its middle."""
    height = np.ascontiguousarray(packed.shape[..., 0])
    middle = (height.shape[1] / 2, height.shape[0] / 2)
    map_x, map_y = meet(height, sight, middle, float(height.max()))
    lit = cv2.remap(
        shadow(height, lamp, scale), map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    shape = cv2.remap(packed.shape, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    skin = cv2.remap(packed.skin, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return shade(shape, skin, lit, lamp_field(lamp, sight.base, sight.to_eye, scale), lamp)


def _furnish(
    ground: Surface, part: Part, radius: float, scale: float, rng: np.random.Generator
) -> None:
    """The casting near the middle and, in half of the pictures, its neighbours on the line and a
    few loose bolts and nuts."""
    middle = ground.height.shape[0] / 2
    x, y = (
        middle + scale * float(np.clip(rng.normal(0, 70), -170, 170)),
        middle + scale * rng.uniform(-40, 40),
    )
    casting = part_surface(part, radius)
    soil(casting, rng, rng.uniform(0, 0.9))
    _put(ground, casting, x, y)
    if rng.random() < 0.5:
        return
    for side in (-1, 1):
        if rng.random() < 0.7:
            other = Part(str(rng.choice(CLASSES)), int(rng.integers(1, 2**31)))
            _put(
                ground,
                part_surface(other, radius),
                x + side * scale * rng.uniform(610, 740),
                y + scale * rng.uniform(-45, 45),
            )
    for _ in range(int(rng.integers(0, 5))):
        size, angle = rng.uniform(48, 92), rng.uniform(0, 2 * np.pi)
        away = rng.uniform(265 + 0.75 * size, 470)
        thing = clutter_surface(rng, size * scale)
        if abs(np.cos(angle)) * away < 400:
            _put(
                ground,
                thing,
                x + scale * away * float(np.cos(angle)),
                y + scale * away * float(np.sin(angle)),
            )


def _put(ground: Surface, thing: Surface, x: float, y: float) -> None:
    lay(ground, thing, round(y - thing.height.shape[0] / 2), round(x - thing.height.shape[1] / 2))


def _light(name: str, rng: np.random.Generator, blur: float) -> tuple[Lamp, Sensor]:
    """A big soft lamp high above; "side" stands lower, "dim" exposes less."""
    turn = rng.uniform(0, 2 * np.pi)
    away, high = {
        "studio": (rng.uniform(250, 600), 1150.0),
        "side": (rng.uniform(700, 950), 760.0),
        "dim": (rng.uniform(300, 700), 1000.0),
    }[name]
    warm, sharpen = rng.uniform(-0.05, 0.05), rng.uniform(0, 0.5)
    exposure = rng.uniform(0.55, 0.85) if name == "dim" else rng.uniform(0.95, 1.35)
    lamp = Lamp(
        (away * float(np.cos(turn)), away * float(np.sin(turn)), high),
        (1 + warm, 1.0, 1 - warm),
        (0.42, 0.42, 0.43),
        0.22,
    )
    return lamp, Sensor(
        exposure=exposure,
        read=0.0012,
        shot=0.000006,
        chroma=0.2,
        blur=blur,
        sharpen=sharpen,
        vignette=0.08,
    )
