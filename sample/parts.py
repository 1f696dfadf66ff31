"""Flange castings, sound and faulty, as surfaces. Lengths are in units of the flange's radius;
`radius` turns them into pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sample.surface import Map, Surface, noise, octaves, ramp

CLASSES = ("ok", "crack", "porosity", "scratch", "missing_hole", "burr", "wrong_part")
REACH = 1.3  # half a part's map; a burr sticks out beyond the radius
# strokes are drawn at this size and then scaled, so that thin ones survive small renders
CANVAS = 832
WRONG = ("four_holes", "eight_holes", "gear", "square", "ring", "lobes")


@dataclass(frozen=True, slots=True)
class Part:
    """One casting: what it is, the seed of its shape and skin, how bold its fault is (1 = the
    benchmark's; 0.3 = a hairline)."""

    kind: str
    seed: int
    boldness: float = 1.0


@dataclass(slots=True)
class _Plan:
    """Maps every step needs: radius and angle of each pixel, the pixel size, and the marks drawn so
    far."""

    r: Map
    angle: Map
    x: Map
    y: Map
    pixel: float


def part_surface(part: Part, radius: float) -> Surface:
    """The part's maps, square, side 2 · REACH · radius pixels, lying flat with its centre in the
    middle."""
    rng = np.random.default_rng(part.seed)
    side = 2 * round(REACH * radius)
    axis = (np.arange(side, dtype=np.float32) + 0.5) / np.float32(radius) - np.float32(
        side / 2 / radius
    )
    x, y = np.meshgrid(axis, axis)
    turn = rng.uniform(0, 2 * np.pi)
    plan = _Plan(
        np.hypot(x, y),
        np.mod(np.arctan2(y, x) + np.float32(turn), np.float32(2 * np.pi)),
        x,
        y,
        1 / radius,
    )
    style = str(rng.choice(WRONG)) if part.kind == "wrong_part" else "flange"
    outside, height = _body(plan, rng, style, part)
    surface = _skin(plan, rng, outside, height)
    _FAULTS.get(part.kind, _no_fault)(
        surface, plan, np.random.default_rng([part.seed, 1]), part.boldness
    )
    surface.height *= np.float32(radius)
    return surface


def _body(plan: _Plan, rng: np.random.Generator, style: str, part: Part) -> tuple[Map, Map]:
    """Signed distance to the outline with its holes (negative inside) and the plain height."""
    hub, bore = rng.uniform(0.40, 0.46), rng.uniform(0.25, 0.29)
    holes = {"four_holes": 4, "eight_holes": 8, "gear": 5, "square": 4, "ring": 0, "lobes": 3}.get(
        style, 6
    )
    if style == "ring":
        hub, bore = 0.0, rng.uniform(0.48, 0.56)
    outside = _outline(plan, style)
    height = 0.13 * _bevel(-outside, 0.05)
    if part.kind == "burr":
        outside, height = _burr(
            plan, np.random.default_rng([part.seed, 2]), outside, height, part.boldness
        )
    if hub:
        height = (
            height
            + np.float32(0.12) * (1 - ramp(plan.r, hub, hub + 0.07))
            + np.float32(0.012) * (1 - ramp(plan.r, hub + 0.1, hub + 0.13))
        )
    groove = np.exp(-(((plan.r - 0.90) / 0.012) ** 2)) if style == "flange" else np.float32(0)
    height = height - np.float32(0.016) * groove
    height = height - np.float32(0.03) * (1 - ramp(plan.r, bore, bore + 0.035))
    missing = int(rng.integers(6)) if part.kind == "missing_hole" else -1
    distance, lip = _holes(
        plan, holes, 0.66 if style == "square" else 0.70, rng.uniform(0.105, 0.125), missing
    )
    height = height - np.float32(0.02) * (1 - ramp(distance, 0.0, 0.03)) * lip
    return np.maximum(np.maximum(outside, np.float32(bore) - plan.r), -distance), np.asarray(
        height, np.float32
    )


def _outline(plan: _Plan, style: str) -> Map:
    if style == "gear":
        return (
            plan.r
            - np.float32(0.93)
            - np.float32(0.075) * np.clip(np.sin(plan.angle * 20) * 2.2, -1, 1)
        )
    if style == "lobes":
        return plan.r - np.float32(0.86) - np.float32(0.16) * np.cos(plan.angle * 3)
    if style == "square":
        u, v = plan.r * np.cos(plan.angle), plan.r * np.sin(plan.angle)
        edge = np.hypot(
            np.maximum(np.abs(u) - 0.62, 0), np.maximum(np.abs(v) - 0.62, 0)
        ) - np.float32(0.22)
        return np.asarray(edge, np.float32)
    return plan.r - np.float32(1.0)


def _holes(plan: _Plan, count: int, ring: float, size: float, missing: int) -> tuple[Map, Map]:
    """Distance to the nearest bolt hole's edge (negative in the hole) and a map of ones where holes
    are drilled at all."""
    nearest = np.full_like(plan.r, 9)
    for k in range(count):
        if k == missing:
            continue
        a = 2 * np.pi * (k + 0.5) / count
        u, v = (
            plan.r * np.cos(plan.angle - np.float32(a)),
            plan.r * np.sin(plan.angle - np.float32(a)),
        )
        nearest = np.minimum(nearest, np.hypot(u - np.float32(ring), v) - np.float32(size))
    return nearest, np.ones_like(plan.r)


def _bevel(inside: Map, width: float) -> Map:
    t = np.clip(inside / np.float32(width), 0, 1)
    return np.asarray(np.sqrt(1 - (1 - t) ** 2), np.float32)


def _skin(plan: _Plan, rng: np.random.Generator, outside: Map, height: Map) -> Surface:
    """Casting bumps, machining rings, slow colour changes and rust over a plain body."""
    shape = plan.r.shape
    bumps = octaves(rng, shape, (26, 26))
    rings = np.sin(
        plan.r * np.float32(2 * np.pi / rng.uniform(0.030, 0.042))
        + noise(rng, shape, (5, 5)) * np.float32(0.7)
    )
    machined = (
        1
        - ramp(np.abs(plan.r - np.float32(0.36)), 0.05, 0.10)
        + np.float32(0.55) * ramp(plan.r, 0.72, 0.78)
    )
    height = (
        height
        + np.float32(0.0042) * bumps * (1 - np.float32(0.6) * np.clip(machined, 0, 1))
        + np.float32(0.0010) * rings * machined
    )
    tone = rng.uniform(0.24, 0.46) * (
        1
        + np.float32(0.10) * octaves(rng, shape, (5, 5))
        + np.float32(0.05) * noise(rng, shape, (70, 70))
        + np.float32(0.11) * noise(rng, shape, (230, 230))
    )
    metal = (
        np.array([1.0, 0.97, 0.92], np.float32)
        * np.asarray(np.clip(tone, 0.05, 0.9), np.float32)[..., None]
    )
    rust = ramp(octaves(rng, shape, (9, 9)), 1.0, 2.2) * np.float32(rng.uniform(0, 0.8))
    albedo = metal + (np.array([0.25, 0.12, 0.06], np.float32) - metal) * rust[..., None]
    gloss = np.clip(0.30 + 0.35 * machined + 0.06 * bumps - 0.4 * rust, 0.02, 1).astype(np.float32)
    cover = np.clip(0.5 - outside / np.float32(plan.pixel), 0, 1).astype(np.float32)
    return Surface(np.asarray(height, np.float32), albedo.astype(np.float32), gloss, cover)


def _stroke(plan: _Plan, points: np.ndarray, widths: np.ndarray) -> Map:
    """A line through `points` (n, 2) with a width for each piece, as a map 0..1 of the part's
    size."""
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    scale = CANVAS / (2 * REACH)
    at = np.round((points + REACH) * scale * 16).astype(int)
    for a, b, width in zip(at, at[1:], widths, strict=False):
        cv2.line(
            canvas, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), 255,
            max(1, round(width * scale)), cv2.LINE_AA, 4,
        )  # fmt: skip
    soft = cv2.GaussianBlur(canvas, (0, 0), 1.2)
    return cv2.resize(soft, plan.r.shape[::-1], interpolation=cv2.INTER_AREA).astype(
        np.float32
    ) / np.float32(255)


def _no_fault(surface: Surface, plan: _Plan, rng: np.random.Generator, boldness: float) -> None:
    """A sound part, or one whose fault is in its outline."""


def _crack(surface: Surface, plan: _Plan, rng: np.random.Generator, boldness: float) -> None:
    """A random walk from the rim or a hole inwards, cut into the surface, with one branch."""
    start = rng.uniform(0, 2 * np.pi)
    r, heading = rng.uniform(0.90, 0.99), start + np.pi + rng.uniform(-0.9, 0.9)
    walk = [np.array([r * np.cos(start), r * np.sin(start)])]
    steps = int(rng.integers(15, 22))
    for _ in range(steps):
        heading += rng.normal(0, 0.42)
        pull = walk[-1] / max(float(np.hypot(*walk[-1])), 1e-6)
        if np.hypot(*walk[-1]) < 0.5:
            heading = float(np.arctan2(pull[1], pull[0])) + rng.choice([-1.4, 1.4])
        elif np.hypot(*walk[-1]) > 0.93:
            heading = float(np.arctan2(-pull[1], -pull[0])) + rng.uniform(-1.0, 1.0)
        walk.append(walk[-1] + 0.055 * np.array([np.cos(heading), np.sin(heading)]))
    width = np.linspace(0.052, 0.026, steps) * rng.uniform(0.9, 1.25) * boldness
    line = _stroke(plan, np.array(walk), width)
    at = walk[steps // 2]
    branch = [at]
    heading += rng.choice([-1.1, 1.1])
    for _ in range(5):
        heading += rng.normal(0, 0.4)
        branch.append(branch[-1] + 0.05 * np.array([np.cos(heading), np.sin(heading)]))
    line = np.maximum(line, _stroke(plan, np.array(branch), np.full(5, 0.022 * boldness)))
    _cut(surface, line, 0.055, 0.88)


def _cut(surface: Surface, mark: Map, depth: float, darkness: float) -> None:
    surface.height -= np.float32(depth) * mark
    surface.albedo *= (1 - np.float32(darkness) * mark)[..., None]
    surface.gloss *= 1 - mark


def _porosity(surface: Surface, plan: _Plan, rng: np.random.Generator, boldness: float) -> None:
    """A cluster of gas pits, most of them small."""
    angle, r = rng.uniform(0, 2 * np.pi), rng.uniform(0.55, 0.76)
    centre = np.array([r * np.cos(angle), r * np.sin(angle)])
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    scale = CANVAS / (2 * REACH)
    for _ in range(int(rng.integers(16, 28))):
        at = (centre + np.clip(rng.normal(0, 0.095, 2), -0.2, 0.2) + REACH) * scale * 16
        size = rng.uniform(0.018, 0.046) * boldness * scale * 16
        cv2.circle(canvas, (round(at[0]), round(at[1])), round(size), 255, -1, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(canvas, (0, 0), 1.6)
    pits = cv2.resize(soft, plan.r.shape[::-1], interpolation=cv2.INTER_AREA).astype(
        np.float32
    ) / np.float32(255)
    _cut(surface, pits, 0.045, 0.80)


def _scratch(surface: Surface, plan: _Plan, rng: np.random.Generator, boldness: float) -> None:
    """One to three long shallow lines of bare metal, almost straight, almost parallel."""
    heading, bow = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5)
    middle = rng.uniform(0.45, 0.75) * np.array(
        [np.cos(heading + np.pi / 2), np.sin(heading + np.pi / 2)]
    )
    marks = np.zeros_like(plan.r)
    for k in range(int(rng.integers(1, 4))):
        along = np.linspace(-1, 1, 14) * rng.uniform(0.46, 0.66)
        bend = bow * along**2 * 0.5 + k * 0.09
        points = (
            middle
            + np.outer(along, [np.cos(heading), np.sin(heading)])
            + np.outer(bend, [-np.sin(heading), np.cos(heading)])
        )
        marks = np.maximum(
            marks, _stroke(plan, points, np.full(14, rng.uniform(0.036, 0.054) * boldness))
        )
    bare = np.array([0.94, 0.95, 0.96], np.float32)
    surface.albedo += (bare - surface.albedo) * (np.float32(0.96) * marks)[..., None]
    surface.height -= np.float32(0.010) * marks
    surface.gloss += (np.float32(0.75) - surface.gloss) * marks


def _burr(
    plan: _Plan, rng: np.random.Generator, outside: Map, height: Map, boldness: float
) -> tuple[Map, Map]:
    """Flash: thin ragged metal beyond the rim over a part of the turn, in one to three tongues."""
    reach = np.zeros_like(plan.r)
    for _ in range(int(rng.integers(1, 4))):
        middle, wide, tall = (
            rng.uniform(0, 2 * np.pi),
            rng.uniform(0.12, 0.34),
            rng.uniform(0.13, 0.22),
        )
        off = np.abs(
            np.mod(plan.angle - np.float32(middle) + np.float32(np.pi), np.float32(2 * np.pi))
            - np.float32(np.pi)
        )
        reach = np.maximum(reach, np.float32(tall) * (1 - ramp(off, wide * 0.6, wide)))
    phase = rng.uniform(0, 2 * np.pi, 3)
    ragged = (
        0.72
        + 0.16 * np.sin(plan.angle * 23 + phase[0])
        + 0.12 * np.sin(plan.angle * 41 + phase[1])
        + 0.10 * np.sin(plan.angle * 67 + phase[2])
    )
    flash = outside - np.asarray(reach * ragged * boldness, np.float32)
    thin = np.float32(0.06) * _bevel(-flash, 0.025)
    return np.minimum(outside, flash), np.maximum(
        height, np.where(outside > 0, thin, np.float32(0))
    )


_FAULTS = {"crack": _crack, "porosity": _porosity, "scratch": _scratch}
