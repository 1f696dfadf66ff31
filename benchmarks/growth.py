"""Growth: processor time of one work at a small size and at four times that, which is to take no
more than four times as long, and the memory of each, in a process of its own.

`python -m benchmarks.growth --full [NAME…]` does the works at the sizes that the product is held
to and writes docs/evidence/growth_full.json: an hour and more.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.graphs import CLASSES, mobilenet
from benchmarks.row import Row, machine, row
from benchmarks.usage import get_peak_bytes
from fieldcheck.analyses.slices import Group, LabelledDraw, compute_slices
from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.footage.camera.playback import SyntheticCamera
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.run import run_on_set
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project
from fieldcheck.project.recent_projects import load_recent
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.camera_interval import estimate_camera_interval, estimate_clip_correlation
from fieldcheck.stats.confusion_matrix import estimate_class_scores

BAR, MEMORY_BAR_MB = 1.3, 1024
SLICES, N_DISTINCT, NOW = 40, 50, "2026-01-01T00:00:00+00:00"
EVIDENCE = Path(__file__).resolve().parent.parent / "docs" / "evidence" / "growth_full.json"
Work = Callable[[], object]


def import_frames(n: int, root: Path) -> Work:
    """The import of a video of which `n` frames are listed, two a second: 72,000 are ten hours."""
    video, camera, numbers = root / f"footage {n}.avi", SyntheticCamera(320, 180), count()
    scenes = [camera.render_frame(number)[:, :, ::-1].copy() for number in range(N_DISTINCT)]
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 2, (320, 180))
    for number in range(n):
        writer.write(scenes[number % N_DISTINCT])
    writer.release()

    def work() -> None:
        path = root / f"footage {n} {next(numbers)}.fieldcheck"
        with set_up_project(
            path, NewProjectRequest(classes=("ok", "dent")), NOW
        ).project as project:
            import_footage(project, [video], FootageInfo(), NullProgress(), NOW)

    return work


def run_benchmark(n: int, root: Path) -> Work:
    """A run of a model of MobileNet size over `n` benchmark images, links to fifty files."""
    folder, numbers, rng = root / f"benchmark {n}", count(), np.random.default_rng(0)
    folder.mkdir()
    for number in range(n):
        file = folder / f"{number:06d}.jpg"
        if number < N_DISTINCT:
            coarse = rng.integers(0, 256, (16, 16, 3), np.uint8)
            cv2.imwrite(str(file), cv2.resize(coarse, (256, 256), interpolation=cv2.INTER_CUBIC))
        else:
            os.link(folder / f"{number % N_DISTINCT:06d}.jpg", file)
    model = mobilenet(root / f"model {n}.onnx")
    names = tuple(f"class {k}" for k in range(CLASSES))
    items = tuple(BenchmarkItem(file.name, "class 0") for file in sorted(folder.iterdir()))

    def work() -> None:
        path = root / f"run {n} {next(numbers)}.fieldcheck"
        with set_up_project(path, NewProjectRequest(model=model), NOW).project as project:
            benchmark = Benchmark(str(folder), "csv", None, names, items)
            project.write(lambda db: models_table.put_benchmark(db, benchmark)).result()
            run_on_set(project, find_model(project), "benchmark", NullProgress(), NOW)

    return work


def compute_figures(labels: int, clips: int) -> Work:
    """Camera interval with its correlation, and blind spots over 40 slices."""
    rng, index = np.random.default_rng(0), np.arange(labels)
    stratum = np.where(index % 5 < 2, "hard", "rest")
    right: NDArray[np.bool_] = rng.random(labels) < rng.beta(2.0, 0.5, clips)[index % clips]
    labelled_draw = LabelledDraw(
        right, np.where(stratum == "hard", 6.0, 16.0), stratum, (index % clips).astype(str)
    )
    groups = [Group("condition", str(k), rng.random(labels) < 0.3) for k in range(SLICES)]

    def work() -> None:
        estimate_camera_interval(labelled_draw.right, labelled_draw.weight, labelled_draw.clip)
        estimate_clip_correlation(labelled_draw.right, labelled_draw.weight, labelled_draw.clip)
        compute_slices(labelled_draw, groups)

    return work


def score_classes(n: int) -> Work:
    """Balanced accuracy and macro-F1 of 5,000 images with bootstrap limits."""
    truth, predicted = np.random.default_rng(0).integers(0, n, (2, 5_000))
    return lambda: estimate_class_scores(
        truth, predicted, n, np.ones(5_000), np.zeros(5_000, np.int64), 0
    )


def load_recents(n: int, root: Path) -> Work:
    """The list of `n` recent projects, each looked into once and read from what is kept then."""
    paths, numbers = [root / f"recent {k}.fieldcheck" for k in range(n)], count()
    for path in paths:
        if not path.exists():
            create_project(path).close()
    recents = tuple(map(str, paths))

    def work() -> None:
        cache = root / f"cache {n} {next(numbers)}"
        cache.mkdir()
        for _ in range(2):
            for path in paths:
                load_recent(path, cache, recents)

    return work


WORKS: dict[str, Callable[[int, Path], Work]] = {
    "footage": import_frames,
    "benchmark": run_benchmark,
    "labels": lambda n, _: compute_figures(n, 12),
    "clips": lambda n, _: compute_figures(10 * n, n),
    "classes": lambda n, _: score_classes(n),
    "recent": load_recents,
}
SIZES = {
    "footage": (300, 72_000),
    "benchmark": (200, 100_000),
    "labels": (500, 10_000),
    "clips": (50, 1_000),
    "classes": (25, 500),
    "recent": (10, 200),
}
"""Of each work: the small size, and that which the product is held to."""
GROWN = 4


def rows(smoke: bool) -> list[Row]:
    """A row for each work, and one for the largest memory of all."""
    runs, largest, table = 1 if smoke else 3, 0.0, []
    measure = measure_here if smoke else measure_alone
    for name, (small, _) in SIZES.items():
        n = max(2, small // 10) if smoke else small
        pairs = [(measure(name, GROWN * n), measure(name, n)) for _ in range(runs)]
        many, few = (
            statistics.median(side["s"] for side in sides) for sides in zip(*pairs, strict=True)
        )
        largest = max(largest, *(side["mb"] for pair in pairs for side in pair))
        other_is = f"{GROWN} times the processor seconds of {n:,} for {GROWN * n:,}"
        table.append(row(f"growth_{name}", many, GROWN * few, other_is, BAR, "<=", runs))
    other_is = "limit, MB of the largest process"
    return [*table, row("growth_memory", largest, MEMORY_BAR_MB, other_is, 1.0, "<=", runs)]


def measure_alone(name: str, n: int) -> dict[str, float]:
    """Processor seconds `s` of one work of that size after a small one, and the most memory `mb`
    of its process."""
    command = [sys.executable, "-m", "benchmarks.growth", name, "--size", str(n)]
    completed = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(completed.stdout.splitlines()[-1])
    return figures


def measure_here(name: str, n: int) -> dict[str, float]:
    """The same in this process."""
    with tempfile.TemporaryDirectory() as folder:
        before, root = Path(folder) / "before", Path(folder) / "measured"
        before.mkdir()
        root.mkdir()
        WORKS[name](2, before)()
        work = WORKS[name](n, root)
        began, began_s = time.process_time(), time.perf_counter()
        work()
        spent, clock = time.process_time() - began, time.perf_counter() - began_s
    most = get_peak_bytes() / 2**20
    return {"n": n, "s": spent, "clock_s": clock, "mb": most}


def main(arguments: Sequence[str]) -> None:
    """One work in this process, or with `--full` those that are named at their largest size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SIZES, []], default=[])
    parser.add_argument("--size", type=int)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args(arguments)
    if not options.full:
        print(json.dumps(measure_here(options.names[0], options.size)))
        return
    figures = json.loads(EVIDENCE.read_text("utf-8"))["figures"] if EVIDENCE.exists() else {}
    for name in options.names or SIZES:
        small, full = SIZES[name]
        figures[name] = {"small": measure_alone(name, small), "full": measure_alone(name, full)}
        document = {"machine": machine(), "figures": figures}
        EVIDENCE.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
