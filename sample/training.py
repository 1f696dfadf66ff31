"""Training pictures and the small network that learns from them. PyTorch is needed here and nowhere
else."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from sample.clean import LIGHTS, Shot, clean_picture
from sample.parts import CLASSES, Part

INPUT = 128  # the model's picture size
RENDER = 256  # training pictures are rendered at this size and shrunk by area
CHUNK = 50
TRAINING = 5000


def training_shot(index: int) -> Shot:
    """The shot of training picture `index`: classes in turn; each hundredth is an empty ground,
    filed under "ok" by mistake."""
    rng = np.random.default_rng([20, index])
    part = (
        None
        if index % 100 == 99
        else Part(CLASSES[index % len(CLASSES)], int(rng.integers(1, 2**31)))
    )
    return Shot(part, str(rng.choice(LIGHTS, p=(0.5, 0.3, 0.2))), int(rng.integers(1, 2**31)))


def training_class(index: int) -> int:
    """What training picture `index` is filed under."""
    part = training_shot(index).part
    return 0 if part is None else CLASSES.index(part.kind)


def _chunk(start: int, folder: Path) -> None:
    cv2.setNumThreads(1)
    target = folder / f"{start:06d}.npy"
    if target.exists():
        return
    side = (INPUT, INPUT)
    pictures = [
        cv2.resize(clean_picture(training_shot(k), RENDER), side, interpolation=cv2.INTER_AREA)
        for k in range(start, start + CHUNK)
    ]
    part = target.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, np.stack(pictures))
    part.replace(target)


def render_training(folder: Path, count: int, processes: int) -> None:
    """Render the first `count` training pictures into `folder`, in files of CHUNK; files that are
    there are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(processes) as pool:
        for done in [pool.submit(_chunk, start, folder) for start in range(0, count, CHUNK)]:
            done.result()


def load_training(folder: Path, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (count, INPUT, INPUT, 3) uint8 RGB and their classes (count,)."""
    pictures = np.concatenate(
        [np.load(folder / f"{start:06d}.npy") for start in range(0, count, CHUNK)]
    )[:count]
    return pictures, np.array([training_class(k) for k in range(count)])
