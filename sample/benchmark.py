"""The benchmark, a few training pictures and an empty picture, as files; and the wrong labels
planted among them."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from sample.clean import LIGHTS, Shot, clean_picture
from sample.parts import CLASSES, Part
from sample.training import training_shot

SIDE = 288
COUNTS = {kind: 100 if kind == "ok" else 50 for kind in CLASSES}
TOTAL = sum(COUNTS.values())
WRONG_LABELS = round(0.03 * TOTAL)
NEVER = ("porosity", "dim")  # the class and the light that the benchmark never shows together
COPIES = 8  # benchmark pictures that show a training casting again
TRAINING_SHOWN = 40
QUALITY = 85
BLANK_SEED = 4242
# the studio's lens is soft and its camera smooths: less noise than any camera on the line
BLUR = 1.0


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A picture: its path under `benchmark/`, what it shows, what it is filed under, and the
    training picture it repeats. Within its class it lies in a folder of its light, from which the
    coverage of conditions knows it."""

    path: str
    shot: Shot
    true: str
    filed: str
    repeats: int | None = None


def exhibits() -> list[Exhibit]:
    """The benchmark's pictures in the order they are made: classes and wrong labels as planted,
    COPIES of them training castings."""
    rng = np.random.default_rng(31)
    kinds = [kind for kind, count in COUNTS.items() for _ in range(count)]
    order = rng.permutation(TOTAL)
    wrong = {int(place) for place in rng.choice(TOTAL, WRONG_LABELS, replace=False)}
    repeated = {
        int(place) for place in rng.choice(sorted(set(range(TOTAL)) - wrong), COPIES, replace=False)
    }
    made = []
    for place in range(TOTAL):
        kind = kinds[int(order[place])]
        light = str(rng.choice(LIGHTS, p=(0.5, 0.3, 0.2)))
        shot = Shot(
            Part(kind, int(rng.integers(1, 2**31))),
            "studio" if (kind, light) == NEVER else light,
            int(rng.integers(1, 2**31)),
        )
        filed = (
            str(rng.choice([other for other in CLASSES if other != kind]))
            if place in wrong
            else kind
        )
        # nor by a picture that is another class and only filed there
        if (filed, shot.light) == NEVER:
            filed = next(other for other in CLASSES if other not in (kind, NEVER[0]))
        source = _training_like(kind, place) if place in repeated else None
        if source is not None:
            shot = training_shot(source)
        made.append(Exhibit(f"{filed}/{shot.light}/{place:04d}.jpg", shot, kind, filed, source))
    return made


def _training_like(kind: str, place: int) -> int:
    """A shown training picture of the same class and not in the light the benchmark never shows for
    it."""
    fitting = [
        k
        for k in range(TRAINING_SHOWN)
        if k % len(CLASSES) == CLASSES.index(kind) and (kind, training_shot(k).light) != NEVER
    ]
    return fitting[place % len(fitting)]


def _write(shot: Shot, target: Path, side: int) -> None:
    cv2.setNumThreads(1)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.jpg")
    cv2.imwrite(
        str(part),
        cv2.cvtColor(clean_picture(shot, side, BLUR), cv2.COLOR_RGB2BGR),
        [cv2.IMWRITE_JPEG_QUALITY, QUALITY],
    )
    part.replace(target)


def render_benchmark(folder: Path, processes: int) -> None:
    """Write `benchmark/`, `training/` (the first TRAINING_SHOWN pictures the model learned from)
    and `blank.png` into `folder`."""
    jobs = [(made.shot, folder / "benchmark" / made.path, SIDE) for made in exhibits()]
    jobs += [
        (training_shot(k), folder / "training" / CLASSES[k % len(CLASSES)] / f"{k:04d}.jpg", SIDE)
        for k in range(TRAINING_SHOWN)
    ]
    with ProcessPoolExecutor(processes) as pool:
        for done in [pool.submit(_write, *job) for job in jobs]:
            done.result()
    blank = cv2.cvtColor(
        clean_picture(Shot(None, "studio", BLANK_SEED), SIDE, BLUR), cv2.COLOR_RGB2BGR
    )
    cv2.imwrite(str(folder / "blank.png"), blank, [cv2.IMWRITE_PNG_COMPRESSION, 9])
