"""A hundred field frames and 10,000 benchmark pictures, all answered, to the finished report
folder; and how that grows."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from benchmarks.graphs import CLASSES, mobilenet
from benchmarks.row import Row, in_turn, row
from fieldcheck.domain.label import Benchmark, BenchmarkItem, Label
from fieldcheck.domain.prediction import Prediction
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.run import compute_benchmark_key, run_on_set
from fieldcheck.models.store import find_model, make_run
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.report.assemble import write_report
from fieldcheck.sampling.pick_frames import pick_frames

NOW = "2026-01-01T00:00:00+00:00"
LIMIT_S = 10.0
NAMES = tuple(f"class {k}" for k in range(CLASSES))


class Field(NamedTuple):
    """How many labelled picks there are of how many frames, and how wide and high these are."""

    picks: int
    frames: int
    size: tuple[int, int]


def rows(smoke: bool) -> list[Row]:
    """The rows `report` (at most ten seconds) and `report_growth` (ten times the benchmark takes at
    most ten times as long)."""
    large, small, runs = (40, 4, 1) if smoke else (10_000, 1_000, 5)
    field = Field(20, 30, (160, 90)) if smoke else Field(100, 150, (1280, 720))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        of_large, of_small = (
            _writer(_project(root / f"{n}.fieldcheck", n, field, root), root / f"out-{n}")
            for n in (large, small)
        )
        medians = in_turn(of_large, of_small, runs, time.process_time)
        other_is = f"{small} benchmark pictures, seconds of machine time"
        return [
            row("report", medians.ours, LIMIT_S, "limit, seconds of machine time", 1.0, "<=", runs),
            row(
                "report_growth", medians.ours, medians.other, other_is, large / small, "<=", runs,
                floor=medians.floor,
            ),
        ]  # fmt: skip


def _writer(path: Path, out: Path) -> Callable[[], None]:
    def write() -> None:
        with open_project(path) as project:
            write_report(project, out, "en", NullProgress(), NOW)
        shutil.rmtree(out)

    return write


def _project(path: Path, n: int, field: Field, root: Path) -> Path:
    """A project with labelled picks and `n` answered benchmark pictures."""
    video = root / "field.avi"
    if not video.exists():
        writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 2, field.size)
        rng = np.random.default_rng(0)
        for _ in range(field.frames):
            writer.write(
                cv2.resize(
                    rng.integers(0, 256, (72, 128, 3), np.uint8),
                    field.size,
                    interpolation=cv2.INTER_CUBIC,
                )
            )
        writer.release()
    new_project = set_up_project(
        path, NewProjectRequest(model=mobilenet(root / "mobilenet.onnx")), NOW
    )
    with new_project.project as project:
        import_footage(project, [video], FootageInfo("cam", "hall"), NullProgress(), NOW)
        picked = pick_frames(
            project,
            count=field.picks,
            seed=0,
            design="balanced",
            required=(),
            progress=NullProgress(),
            now=NOW,
        )
        names = [proposed.pick.frame_id for proposed in picked.picks]
        labels = [
            Label(name, "done", NAMES[k % CLASSES], at=NOW, seconds=2.0, blind=True)
            for k, name in enumerate(names)
        ]
        project.edit("label.import", puts=[labels_table.make_label_row(label) for label in labels])
        run_on_set(project, find_model(project), "field", NullProgress(), NOW)
        _answer_benchmark(project, n, root)
    return path


def _answer_benchmark(project: Project, n: int, root: Path) -> None:
    """Stores made-up answers to `n` pictures that do not exist: a report reads answers, not
    pictures."""
    items = tuple(BenchmarkItem(f"{k:06d}.jpg", NAMES[k % CLASSES]) for k in range(n))
    benchmark = Benchmark(str(root), "csv", 0.9, NAMES, items)
    run = make_run(find_model(project), "benchmark", compute_benchmark_key(benchmark), n, NOW)
    rng = np.random.default_rng(1)
    scores = rng.dirichlet(np.full(CLASSES, 0.3), n).astype(np.float32)
    predictions = [Prediction(item.path, scores[k].copy()) for k, item in enumerate(items)]
    project.write(lambda db: benchmarks_table.put_benchmark(db, benchmark)).result()
    project.write(lambda db: runs_table.put_run(db, run)).result()
    project.write(lambda db: runs_table.insert_predictions(db, run.run_id, predictions)).result()
