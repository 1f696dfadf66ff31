"""`fieldcheck run --on all` from files to stored answers, in processor time, against the bare loop
that a person would write over the same files (`bare_run.py`)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.graphs import CLASSES, mobilenet
from benchmarks.row import Row, in_turn, row
from benchmarks.usage import get_children_seconds
from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import models as benchmarks_table

NOW = "2026-01-01T00:00:00+00:00"
BAR = 3.0
BARE = Path(__file__).with_name("bare_run.py")
FULL, SMALL = (600, 10, 30, 5), (12, 2, 6, 1)  # pictures, videos, frames of each, rounds


def rows(smoke: bool) -> list[Row]:
    """One row: processor seconds of the command against those of the loop, starts included."""
    n_pictures, n_videos, n_frames, rounds = SMALL if smoke else FULL
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        pictures, videos = make_files(root, n_pictures, n_videos, n_frames)
        project = make_project(root, pictures, videos)
        model = root / "model.onnx"
        medians = in_turn(
            partial(run_command, project, root / "copy.fieldcheck"),
            partial(run_bare, model, pictures, videos),
            rounds,
            get_children_seconds,
        )
    other_is = f"bare loop over {n_pictures} pictures and {n_videos * n_frames} frames, processor s"
    return [
        row("run", medians.ours, medians.other, other_is, BAR, "<=", rounds, floor=medians.floor)
    ]


def make_files(root: Path, pictures: int, videos: int, frames: int) -> tuple[Path, list[Path]]:
    """A folder of square JPEG pictures, and square videos with two frames a second."""
    rng, folder = np.random.default_rng(0), root / "pictures"
    folder.mkdir()
    for number in range(pictures):
        cv2.imwrite(str(folder / f"{number:05d}.jpg"), _draw_scene(rng, 480))
    files = [root / f"clip {number}.mp4" for number in range(videos)]
    for file in files:
        writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), 2, (720, 720))
        for _ in range(frames):
            writer.write(_draw_scene(rng, 720))
        writer.release()
    return folder, files


def _draw_scene(rng: np.random.Generator, size: int) -> NDArray[np.uint8]:
    coarse = rng.integers(0, 256, (24, 24, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.uint8)


def make_project(root: Path, pictures: Path, videos: list[Path]) -> Path:
    """A project with these files whose model has answered nothing yet."""
    path = root / "line.fieldcheck"
    names = tuple(f"class {k}" for k in range(CLASSES))
    items = tuple(
        BenchmarkItem(file.name, names[number % CLASSES])
        for number, file in enumerate(sorted(pictures.iterdir()))
    )
    with create_project(path) as project:
        import_footage(project, videos, FootageInfo(), NullProgress(), NOW)
        add_model(project, mobilenet(root / "model.onnx"), None, NOW)
        benchmark = Benchmark(str(pictures), "csv", None, names, items)
        project.write(lambda db: benchmarks_table.put_benchmark(db, benchmark)).result()
    return path


def run_command(project: Path, copy: Path) -> None:
    """The command on a fresh copy of the project."""
    shutil.copytree(project, copy)
    subprocess.run(
        [sys.executable, "-m", "fieldcheck", "run", copy, "--on", "all"],
        check=True,
        capture_output=True,
    )
    shutil.rmtree(copy)


def run_bare(model: Path, pictures: Path, videos: list[Path]) -> str:
    """The loop; returns what it prints."""
    return subprocess.run(
        [sys.executable, BARE, model, pictures, *videos], check=True, capture_output=True, text=True
    ).stdout
