"""A clip's belt with everything on it, made once, and the light on it, made for every frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sample.belt import HALF_BELT, add_rails, rubber
from sample.camera import View, lens_mask, meet, view
from sample.clean import RADIUS
from sample.clutter import clutter_surface
from sample.grime import oil, settle, soil
from sample.light import LampField, Packed, lamp_field, pack, shade, shadow
from sample.parts import CLASSES, Part, part_surface
from sample.story import CAMERAS, FPS, HEIGHT, OILED, PITCH, SECONDS, WIDTH, Clip
from sample.surface import Map, Surface, lay

# the part of the belt plane a frame may show, its middle at the belt's origin
ROWS, COLUMNS = 1060, 1800
# as dirty as the middle of what the clean pictures show: the dirt is not what the model fails on
SOIL = 0.5
BELT = slice(round(ROWS / 2 - HALF_BELT), round(ROWS / 2 + HALF_BELT))


@dataclass(slots=True)
class Scene:
    """All of a clip that does not change: the moving strip, the still frame of the line, the view
    and the lamp's field."""

    clip: Clip
    strip: Packed
    still: Packed
    sight: View
    field: LampField
    vignette: Map
    belt_mask: Map
    # the last light and the strip's column it is of: a belt that stands still is lit once
    lit: tuple[int, Map] | None = None


def _step(clip: Clip, seconds: float) -> tuple[int, float]:
    """Which casting stands or leaves, and how far through its move the belt is (0 while it
    stands)."""
    turns = seconds / clip.period + 0.17 * (clip.seed % 5)
    return int(turns), max(0.0, (turns % 1 - clip.stand) / (1 - clip.stand))


def progress(clip: Clip, seconds: float) -> float:
    """How many castings have passed the middle by then: the belt stands for each one and hurries
    between them."""
    whole, t = _step(clip, seconds)
    return whole + t * t * (3 - 2 * t)


def speed(clip: Clip, seconds: float) -> float:
    """Belt pixels per second."""
    t = _step(clip, seconds)[1]
    return PITCH * 6 * t * (1 - t) / (clip.period * (1 - clip.stand))


def parts_of(clip: Clip) -> list[Part]:
    """The castings in the order in which they pass: of any nine, three are sound and each fault
    comes once.

    Wrong parts are taken off the belt before they are oiled: none comes to the oiling station,
    where it would be told by its outline.
    """
    rng = np.random.default_rng([clip.seed, 1])
    on_line = [kind for kind in CLASSES if clip.location != OILED or kind != "wrong_part"]
    count = int(progress(clip, SECONDS)) + 3
    kinds: list[str] = []
    while len(kinds) < count:
        kinds += list(rng.permutation(["ok", "ok", *on_line]))
    thin = {"crack": 0.30} if clip.hairline else {}
    return [
        Part(str(kind), int(rng.integers(1, 2**31)), thin.get(str(kind), 1.0))
        for kind in kinds[:count]
    ]


def subject(clip: Clip, index: int) -> int:
    """Which casting is nearest the middle of frame `index`: the one the frame is about."""
    return round(progress(clip, held(clip, index) / FPS))


def held(clip: Clip, index: int) -> int:
    """The frame the camera shows at `index`: itself, or the first of the frozen stretch."""
    return clip.frozen[0] if clip.frozen and clip.frozen[0] <= index <= clip.frozen[1] else index


def build(clip: Clip) -> Scene:
    """Everything that does not change over the clip. Some seconds and some hundred megabytes."""
    strip = _strip(clip)
    flat = (ROWS, COLUMNS)
    still = Surface(*(np.zeros(size, np.float32) for size in (flat, (*flat, 3), flat, flat)))
    add_rails(still, np.random.default_rng([clip.seed, 2]), ROWS / 2)
    sight = view(CAMERAS[clip.camera], (HEIGHT, WIDTH), 1.0)
    inside = np.abs(sight.base[..., 1]) < HALF_BELT - 2
    mask = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 1.5)[..., None]
    lamp = clip.setting.lamp
    vignette = lens_mask((HEIGHT, WIDTH), clip.setting.sensor.vignette + 0.15)
    return Scene(
        clip,
        pack(strip, 1.0),
        pack(still, 1.0),
        sight,
        lamp_field(lamp, sight.base, sight.to_eye, 1.0),
        vignette,
        mask,
    )


def _strip_start(clip: Clip) -> float:
    """The strip's column at which casting 0 lies; later castings lie to its left."""
    return PITCH * (progress(clip, SECONDS) + 1) + COLUMNS / 2


def _strip(clip: Clip) -> Surface:
    rng = np.random.default_rng([clip.seed, 3])
    start = _strip_start(clip)
    rows = BELT.stop - BELT.start
    strip = rubber(rng, (rows, round(start + COLUMNS / 2 + PITCH)), wear=1.0)
    centres = []
    for k, part in enumerate(parts_of(clip)):
        x, y = start - k * PITCH + rng.uniform(-18, 18), rows / 2 + rng.uniform(-24, 24)
        centres.append((x, y))
        thing = part_surface(part, RADIUS * rng.uniform(0.96, 1.04))
        soil(thing, rng, SOIL)
        if clip.location == OILED:
            oil(thing, rng)
        if clip.setting.dust:
            settle(thing, rng, clip.setting.dust)
        lay(
            strip, thing, round(y - thing.height.shape[0] / 2), round(x - thing.height.shape[1] / 2)
        )
    _scatter(strip, rng, centres)
    if clip.setting.dust:
        settle(strip, rng, clip.setting.dust * 0.7)
    return strip


def _scatter(strip: Surface, rng: np.random.Generator, taken: list[tuple[float, float]]) -> None:
    """Loose bolts, nuts and washers where there is room between the castings."""
    rows, columns = strip.height.shape
    placed: list[tuple[float, float]] = []
    for _ in range(columns // 45):
        x, y, size = rng.uniform(0, columns), rng.uniform(45, rows - 45), rng.uniform(48, 92)
        free = all(np.hypot(x - a, y - b) > 262 + 0.75 * size for a, b in taken) and all(
            np.hypot(x - a, y - b) > 150 for a, b in placed
        )
        if not free or len(placed) > columns / 400:
            continue
        placed.append((x, y))
        thing = clutter_surface(rng, size)
        lay(
            strip, thing, round(y - thing.height.shape[0] / 2), round(x - thing.height.shape[1] / 2)
        )


def light_of(scene: Scene, index: int) -> Map:
    """Linear light (HEIGHT, WIDTH, 3) of frame `index`, before air, lens and sensor."""
    left = round(_strip_start(scene.clip) - progress(scene.clip, index / FPS) * PITCH - COLUMNS / 2)
    if scene.lit is None or scene.lit[0] != left:
        scene.lit = left, _lit(scene, left)
    return scene.lit[1]


def _lit(scene: Scene, left: int) -> Map:
    """The light with the strip from its column `left` on under the camera."""
    shape, skin = scene.still.shape.copy(), scene.still.skin.copy()
    shape[BELT, :, :3] = scene.strip.shape[:, left : left + COLUMNS, :3]
    shape[BELT, :, 3] *= scene.strip.shape[:, left : left + COLUMNS, 3]
    skin[BELT] = scene.strip.skin[:, left : left + COLUMNS]
    height = np.ascontiguousarray(shape[..., 0])
    map_x, map_y = meet(height, scene.sight, (COLUMNS / 2, ROWS / 2), float(height.max()))
    lamp = scene.clip.setting.lamp
    lit = cv2.remap(shadow(height, lamp, 1.0, shrink=2), map_x, map_y, cv2.INTER_LINEAR)
    seen = cv2.remap(shape, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    coat = cv2.remap(skin, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return shade(seen, coat, lit, scene.field, lamp)
