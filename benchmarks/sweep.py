"""A severity sweep of 100 pictures of 720p over the core twelve at three severities, files to heat
table – against a plain loop."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import cv2

from benchmarks.graphs import mobilenet
from benchmarks.peers import IMAGECORRUPTIONS, python_of
from benchmarks.row import Row, row
from fieldcheck.corruptions.sweep import SweepRequest as Sweep
from fieldcheck.corruptions.sweep import run_sweep
from fieldcheck.footage.camera.playback import SyntheticCamera
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.run import run_on_set
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress

BAR = 10.0
WIDTH, HEIGHT = 1280, 720
NOW = "2026-01-01T00:00:00+00:00"
QUALITY = 95
PEER_PICTURES = 5  # the loop takes seconds a picture; its median stands for all


def rows(smoke: bool) -> list[Row]:
    """The row `sweep`: seconds for all pictures; small, it is measured against nothing but
    itself."""
    n = 3 if smoke else 100
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        model = mobilenet(root / "mobilenet.onnx")
        files = pictures(root / "benchmark", n)
        side = int(
            json.loads(model.with_suffix(".card.json").read_text(encoding="utf-8"))["input"][
                "size"
            ][0]
        )
        ours_s = ours(root / "site.fieldcheck", model, root / "benchmark")
        each = ours_s / n if smoke else naive(model, side, files[:PEER_PICTURES])
    other_is = (
        "nothing (small run)"
        if smoke
        else "seconds: imagecorruptions + session.run in a plain loop, its median picture times all"
    )
    return [row("sweep", ours_s, each * n, other_is, BAR, ">=", n, ratio=each * n / ours_s)]


def pictures(folder: Path, n: int) -> list[Path]:
    """Rendered frames as JPEG, in a folder for each class of the model's first two."""
    camera, files = SyntheticCamera(WIDTH, HEIGHT), []
    for number in range(n):
        target = folder / f"class {number % 2}" / f"{number:04d}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(
            str(target),
            camera.render_frame(number)[:, :, ::-1],
            [cv2.IMWRITE_JPEG_QUALITY, QUALITY],
        )
        files.append(target)
    return files


def ours(path: Path, model: Path, benchmark: Path) -> float:
    """Seconds of the sweep in a project whose clean answers are known."""
    with set_up_project(
        path, NewProjectRequest(model=model, benchmark=benchmark), NOW
    ).project as project:
        run_on_set(project, find_model(project), "benchmark", NullProgress(), NOW)
        began = time.perf_counter()
        run_sweep(project, Sweep(on=("benchmark",)), NullProgress(), NOW)
        return time.perf_counter() - began


def naive(model: Path, side: int, files: list[Path]) -> float:
    """Seconds of the plain loop for one picture."""
    command = [
        str(python_of("imagecorruptions", IMAGECORRUPTIONS)),
        str(Path(__file__).with_name("naive_sweep.py")),
        str(model),
        str(side),
    ]
    variables = {**os.environ, "OMP_NUM_THREADS": str(os.cpu_count() or 1)}
    completed = subprocess.run(
        [*command, *map(str, files)], check=True, capture_output=True, text=True, env=variables,
        timeout=1800,
    )  # fmt: skip
    seconds: list[float] = json.loads(completed.stdout.strip().splitlines()[-1])
    return statistics.median(seconds)
