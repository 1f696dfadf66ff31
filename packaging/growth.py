"""Growth plots of docs/performance.md: processor time over frames, images, labels, clips, classes,
projects and corruptions, as one SVG. The works are those of `benchmarks/growth.py`.

`PYTHONPATH=. .venv/bin/python packaging/growth.py` measures them (two minutes of processor time)
and writes docs/growth.svg. Medians of five runs in turn, of all threads.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from explain import WIDTH, Drawing, scale

from benchmarks.growth import (
    Work,
    compute_figures,
    import_frames,
    load_recents,
    run_benchmark,
    score_classes,
)
from benchmarks.row import machine
from fieldcheck.corruptions.catalogue import IN_PLACE, apply_corruption
from fieldcheck.footage.camera.playback import SyntheticCamera

KEPT = Path(__file__).resolve().parent.parent / "docs" / "growth.svg"
RUNS = 5


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
    rounds: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for seconds, work in zip(rounds, works, strict=True):
            began = time.process_time()
            work()
            seconds.append(time.process_time() - began)
    return [median(seconds) for seconds in rounds]


def panel(
    drawing: Drawing,
    left: float,
    top: float,
    title: str,
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
        (x, scale(bottom, top + 30, 0, height, seconds_at))
        for x, seconds_at in zip(across, seconds, strict=True)
    ]
    drawing.text(left, top + 14, title, "b")
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
    for point in places:
        drawing.frame(*point, right=True, size=3.5)
    drawing.text(places[-1][0], bottom + 20, f"{sizes[-1]:,}", "q m")
    drawing.text(places[0][0], bottom + 20, f"{sizes[0]:,}", "q m")
    drawing.text(left, bottom + 40, f"{1000 * seconds[0]:,.0f} → {1000 * seconds[-1]:,.0f} ms", "q")


def main() -> None:
    """Measures and draws everything anew."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        works: dict[str, dict[int, Work]] = {
            "frames imported": {n: import_frames(n, root) for n in (50, 100, 200, 400)},
            "images answered": {n: run_benchmark(n, root) for n in (50, 100, 200, 400)},
            "labels (12 clips)": {n: compute_figures(n, 12) for n in (50, 100, 200, 400)},
            "clips (400 labels)": {n: compute_figures(400, n) for n in (10, 20, 40, 80)},
            "classes (5,000 images)": {n: score_classes(n) for n in (10, 50, 100, 200)},
            "projects in Recent": {n: load_recents(n, root) for n in (5, 10, 20, 40)},
            "corruptions (12 pictures)": {n: corruptions(n) for n in (12, 24, 36, 48)},
        }
        results = {
            title: (list(sizes), measured(list(sizes.values()))) for title, sizes in works.items()
        }
    drawing = Drawing(
        "Processor time over the number of frames, images, labels, clips, classes, projects and "
        "corruptions",
        680,
    )
    for index, (title, (sizes, seconds)) in enumerate(results.items()):
        panel(drawing, 30 + 245 * (index % 3), 16 + 210 * (index // 3), title, sizes, seconds)
    drawing.line(285, 510, 315, 510, "d")
    drawing.text(323, 515, "twice as much, twice as long", "q")
    drawing.text(
        30, 662, f"Milliseconds of processor time, medians of {RUNS} runs; {machine()}", "q"
    )
    assert WIDTH >= 30 + 245 * 2 + 190, "three panels stand side by side"
    KEPT.write_text(drawing.svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
