"""Rendered recordings as the cut sees them: machines, shelves, gravel and lattices, with belts,
noise, light and coding."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

WIDTH, HEIGHT = 320, 180
MARGIN = 160  # pixels around the picture that a camera move may bring into it
FPS = 2.0

Light = Callable[[np.ndarray, float], np.ndarray]


@dataclass
class Take:
    """One stretch of a recording: `scene`, seen from (`dx`, `dy`) pixels aside, for `seconds`,
    after a gap of `pause` seconds."""

    scene: np.ndarray
    seconds: float
    dx: int = 0
    dy: int = 0
    pause: float = 0.0
    pan: float = 0.0  # seconds that the camera takes to come from where the take before stood


@dataclass
class Recording:
    looks: np.ndarray
    times: np.ndarray
    borders: list[int] = field(default_factory=list)


def machine(rng):
    """Smooth ground with boxes, round parts and lines."""
    coarse = rng.integers(50, 200, (5, 8)).astype(np.float32)
    ground = cv2.resize(coarse, size(), interpolation=cv2.INTER_CUBIC)
    for _ in range(45):
        x, y = int(rng.integers(size()[0])), int(rng.integers(size()[1]))
        w = int(rng.integers(8, 90))
        h = int(rng.integers(8, 70))
        grey = float(rng.integers(10, 245))
        if rng.random() < 0.6:
            cv2.rectangle(ground, (x, y), (x + w, y + h), grey, cv2.FILLED)
        else:
            cv2.circle(ground, (x, y), h // 2, grey, cv2.FILLED)
        cv2.line(
            ground, (x, y), (x + int(rng.integers(-80, 80)), y + h), 255 - grey,
            1 + int(rng.integers(3)),
        )  # fmt: skip
    return ground


def shelves(rng):
    """Rows of packets of many heights and greys."""
    ground = np.full(size()[::-1], float(rng.integers(30, 90)), np.float32)
    for top in range(0, size()[1], int(rng.integers(45, 65))):
        left = 0
        while left < size()[0]:
            w, h = int(rng.integers(8, 34)), int(rng.integers(14, 40))
            cv2.rectangle(
                ground, (left, top + 42 - h), (left + w - 2, top + 42),
                float(rng.integers(40, 240)), cv2.FILLED,
            )  # fmt: skip
            left += w + int(rng.integers(0, 12))
        shade = float(rng.integers(120, 220))
        cv2.rectangle(ground, (0, top + 42), (size()[0], top + 46), shade, cv2.FILLED)
    return ground


def gravel(rng):
    """Stones of several sizes."""
    ground = np.zeros(size()[::-1], np.float32)
    for scale, weight in ((1.5, 15), (4, 22), (12, 28)):
        noise = cv2.GaussianBlur(rng.normal(0, 1, ground.shape).astype(np.float32), (0, 0), scale)
        ground += weight * noise / noise.std()
    return np.clip(ground + float(rng.integers(80, 170)), 3, 250)


def lattice(rng):
    """A hall: floor and wall with lines that run together, pillars and crates."""
    ground = np.full(size()[::-1], float(rng.integers(120, 210)), np.float32)
    horizon, vanish = int(rng.integers(120, 220)), int(rng.integers(150, 450))
    ground[horizon:] -= float(rng.integers(40, 100))
    for foot in range(-900, 1600, int(rng.integers(70, 130))):
        cv2.line(ground, (vanish, horizon), (foot, size()[1]), float(rng.integers(20, 120)), 2)
    for _ in range(22):
        x = int(rng.integers(size()[0]))
        base = int(rng.integers(horizon, size()[1]))
        h = int(rng.integers(20, 120))
        shade = float(rng.integers(10, 245))
        cv2.rectangle(ground, (x, base - h), (x + h // 2, base), shade, cv2.FILLED)
        cv2.rectangle(
            ground, (x + 4, base - h + 4), (x + h // 4, base - h // 2),
            float(rng.integers(10, 245)), cv2.FILLED,
        )  # fmt: skip
    return ground


KINDS = (machine, shelves, gravel, lattice)


def size():
    return WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN


def belt(scene, t_s, goods, speed):
    """The scene with a band across it on which goods pass; how high it lies is the scene's own."""
    scene = scene.copy()
    top = MARGIN + 20 + int(scene[0, :20].sum()) % 90
    strip = scene[top : top + 50]
    strip[:] = 70
    for n, place in enumerate(range(0, 16 * 46, 46)):
        cv2.circle(
            strip, (int((place + speed * t_s) % (16 * 46)) - 40, 25), 12 + place % 7,
            float(goods[n % len(goods)]), cv2.FILLED,
        )  # fmt: skip
    return scene


def frames(rng, takes, *, light: Light | None = None, speed=0.0, noise=3.0, fps=FPS):
    """(picture, time, whether a take begins) at every listed instant; (180, 320) uint8."""
    goods, t_s, before = rng.integers(20, 245, 9), 0.0, (0, 0)
    for take in takes:
        t_s += take.pause
        for k in range(round(take.seconds * fps)):
            share = min(1.0, (k + 1) / fps / take.pan) if take.pan else 1.0
            pairs = zip(before, (take.dx, take.dy), strict=True)
            dx, dy = (round(a + (b - a) * share) for a, b in pairs)
            scene = belt(take.scene, t_s, goods, speed) if speed else take.scene
            picture = scene[MARGIN + dy : MARGIN + dy + HEIGHT, MARGIN + dx : MARGIN + dx + WIDTH]
            picture = light(picture, t_s) if light else picture
            picture = picture + rng.normal(0, noise, picture.shape)
            yield np.clip(picture, 0, 255).astype(np.uint8), t_s, k == 0
            t_s += 1 / fps
        before = (take.dx, take.dy)


def recording(rng, takes, *, quality=0, **how):
    """What the cut gets of it: looks, times and the places at which takes begin. `quality`: of JPEG
    coding, 0 for none."""
    looks, times, begins = [], [], []
    for at, (picture, t_s, begin) in enumerate(frames(rng, takes, **how)):
        coded = (
            cv2.imdecode(
                cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1],
                cv2.IMREAD_GRAYSCALE,
            )
            if quality
            else picture
        )
        looks.append(cv2.resize(coded, (160, 90), interpolation=cv2.INTER_AREA))
        times.append(t_s)
        if begin:
            begins.append(at)
    return Recording(np.stack(looks), np.array(times), begins)


def planted(seed):
    """Takes that begin with cuts, moves of the camera and pauses, and how they are filmed."""
    rng = np.random.default_rng(seed)
    kinds = [KINDS[place] for place in rng.permutation(len(KINDS))]
    takes = [Take(kinds[0](rng), float(rng.uniform(14, 25)))]
    acts = [
        *rng.permutation(["cut", "move", "cut", "move"])[: int(rng.integers(1, 4))],
        *(["pause"] if seed % 2 else ["move"]),
    ]
    for n, act in enumerate(acts, 1):
        last, seconds = takes[-1], float(rng.uniform(14, 25))
        if act == "cut":
            takes.append(Take(kinds[n % 4](rng), seconds))
        elif act == "pause":
            take = Take(last.scene, seconds, last.dx, last.dy, pause=float(rng.uniform(60, 200)))
            takes.append(take)
        else:
            dx = int(rng.integers(48, 120)) * int(rng.choice([-1, 1]))
            dy = int(rng.integers(-30, 31))
            dx = dx if abs(last.dx + dx) <= MARGIN else -dx
            pan = float(rng.choice([0, 0.8]))
            takes.append(Take(last.scene, seconds, last.dx + dx, last.dy + dy, pan=pan))
    how = {"noise": float(rng.uniform(1, 10)), "speed": float(rng.choice([0, 37, 90]))}
    return rng, takes, how


LIGHTS = ("flicker", "exposure", "shadow", "all")


def unruly(seed):
    """One take in bad light: flicker, exposure jumps, a shadow that passes, or all of it; three of
    four with a moving belt."""
    rng, what = np.random.default_rng(1000 + seed), LIGHTS[seed % 4]
    jumps = np.sort(rng.uniform(5, 60, 4))
    gains = np.concatenate([[1], rng.choice([0.25, 0.4, 0.6, 1.6, 2.5], 4)])
    across = np.arange(WIDTH, dtype=np.float32)

    def light(picture, t_s):
        if what in ("flicker", "all"):
            picture = picture * (1 + 0.35 * np.sin(7.7 * t_s))
        if what in ("exposure", "all"):
            picture = picture * gains[np.searchsorted(jumps, t_s)]
        if what in ("shadow", "all"):
            shade = np.clip((66 - np.abs(across - 25 * (t_s - 20))) / 12, 0, 1)
            picture = picture * (1 - 0.75 * shade)[None]
        return np.clip(picture, 0, 255)

    takes = [Take(KINDS[seed // 4 % 4](rng), float(rng.uniform(50, 70)))]
    speed = float([0, 37, 90, 123][(seed + seed // 4) % 4])
    return (rng, takes, {"light": light, "noise": float(rng.uniform(1, 8)), "speed": speed})
