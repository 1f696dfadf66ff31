"""Growth plots of docs/performance.md: processor time over frames, labels, clips, classes and
corruptions, as one SVG.

`PYTHONPATH=. .venv/bin/python packaging/growth.py` measures them (two minutes of processor time)
and writes docs/growth.svg. Medians of five runs in turn, of all threads.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from explain import WIDTH, Drawing, scale
from numpy.typing import NDArray

from benchmarks.row import machine
from fieldcheck.analyses.slices import Group, LabelledDraw, compute_slices
from fieldcheck.corruptions.catalogue import IN_PLACE, apply_corruption
from fieldcheck.footage.camera.playback import SyntheticCamera
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.progress import NullProgress
from fieldcheck.stats.camera_interval import estimate_camera_interval, estimate_clip_correlation
from fieldcheck.stats.confusion_matrix import estimate_class_scores

KEPT = Path(__file__).resolve().parent.parent / "docs" / "growth.svg"
RUNS, SLICES, NOW = 5, 40, "2026-01-01T00:00:00+00:00"
Work = Callable[[], object]


def frames(n: int, root: Path) -> Work:
    """The import of a folder of `n` pictures of 640 × 360: read, measured, hashed, stored."""
    folder, camera, numbers = root / f"pictures {n}", SyntheticCamera(640, 360), count()
    folder.mkdir()
    for number in range(n):
        cv2.imwrite(str(folder / f"{number:04d}.jpg"), camera.render_frame(number)[:, :, ::-1])

    def work() -> None:
        with set_up_project(
            root / f"{n} {next(numbers)}.fieldcheck", NewProjectRequest(classes=("ok", "dent")), NOW
        ).project as project:
            import_footage(project, [folder], FootageInfo(), NullProgress(), NOW)

    return work


def statistics(labels: int, clips: int) -> Work:
    """Camera interval with its correlation, and blind spots over 40 slices."""
    rng, at = np.random.default_rng(0), np.arange(labels)
    stratum = np.where(at % 5 < 2, "hard", "rest")
    right: NDArray[np.bool_] = rng.random(labels) < rng.beta(2.0, 0.5, clips)[at % clips]
    drawn = LabelledDraw(
        right, np.where(stratum == "hard", 6.0, 16.0), stratum, (at % clips).astype(str)
    )
    groups = [Group("condition", str(k), rng.random(labels) < 0.3) for k in range(SLICES)]

    def work() -> None:
        estimate_camera_interval(drawn.right, drawn.weight, drawn.clip)
        estimate_clip_correlation(drawn.right, drawn.weight, drawn.clip)
        compute_slices(drawn, groups)

    return work


def classes(n: int) -> Work:
    """Balanced accuracy and macro-F1 of 5,000 images with bootstrap limits."""
    truth, predicted = np.random.default_rng(0).integers(0, n, (2, 5_000))
    return lambda: estimate_class_scores(
        truth, predicted, n, np.ones(5_000), np.zeros(5_000, np.int64), 0
    )


def corruptions(n: int) -> Work:
    """Twelve pictures of 640 × 360 at severity 3, through the core twelve of the catalogue again
    and again, `n` in all."""
    pictures = [SyntheticCamera(640, 360).render_frame(number) for number in range(12)]

    def work() -> None:
        for k in range(n):
            for rgb in pictures:
                apply_corruption(rgb, IN_PLACE[k % 12], 3.0, 0)

    return work


def measured(works: Sequence[Work]) -> list[float]:
    """Median seconds of processor time of each, in turn, after one warm-up of the smallest."""
    works[0]()
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for seconds, work in zip(taken, works, strict=True):
            began = time.process_time()
            work()
            seconds.append(time.process_time() - began)
    return [median(one) for one in taken]


def panel(
    drawing: Drawing,
    left: float,
    top: float,
    said: str,
    sizes: Sequence[int],
    seconds: Sequence[float],
) -> None:
    """One plot: the measured, and the line on which twice as much takes twice as long as the
    smallest did."""
    right, bottom, height = (
        left + 190,
        top + 150,
        1.08 * max(seconds[-1], seconds[0] * sizes[-1] / sizes[0]),
    )
    across = [scale(left, right, 0, sizes[-1], size) for size in sizes]
    places = [
        (x, scale(bottom, top + 30, 0, height, taken))
        for x, taken in zip(across, seconds, strict=True)
    ]
    drawing.text(left, top + 14, said, "b")
    drawing.line(left, bottom, right, bottom)
    drawing.line(left, bottom, left, top + 30)
    drawing.line(
        left,
        bottom,
        right,
        scale(bottom, top + 30, 0, height, seconds[0] * sizes[-1] / sizes[0]),
        "d",
    )
    drawing.path(places, "R")
    for place in places:
        drawing.frame(*place, right=True, size=3.5)
    drawing.text(places[-1][0], bottom + 20, f"{sizes[-1]:,}", "q m")
    drawing.text(places[0][0], bottom + 20, f"{sizes[0]:,}", "q m")
    drawing.text(left, bottom + 40, f"{1000 * seconds[0]:,.0f} → {1000 * seconds[-1]:,.0f} ms", "q")


def main() -> None:
    """Measures and draws everything anew."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        works: dict[str, dict[int, Work]] = {
            "frames imported": {n: frames(n, root) for n in (50, 100, 200, 400)},
            "labels (12 clips)": {n: statistics(n, 12) for n in (50, 100, 200, 400)},
            "clips (400 labels)": {n: statistics(400, n) for n in (10, 20, 40, 80)},
            "classes (5,000 images)": {n: classes(n) for n in (10, 50, 100, 200)},
            "corruptions (12 pictures)": {n: corruptions(n) for n in (12, 24, 36, 48)},
        }
        found = {
            said: (list(sizes), measured(list(sizes.values()))) for said, sizes in works.items()
        }
    drawing = Drawing(
        "Processor time over the number of frames, labels, clips, classes and corruptions", 470
    )
    for at, (said, (sizes, seconds)) in enumerate(found.items()):
        panel(drawing, 30 + 245 * (at % 3), 16 + 210 * (at // 3), said, sizes, seconds)
    drawing.line(530, 300, 560, 300, "d")
    drawing.text(568, 305, "twice as much, twice as long", "q")
    drawing.text(
        30, 452, f"Milliseconds of processor time, medians of {RUNS} runs; {machine()}", "q"
    )
    assert WIDTH >= 30 + 245 * 2 + 190, "three panels stand side by side"
    KEPT.write_text(drawing.svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
