"""A million logged predictions taken into the monitor, against pandas reading the same CSV with its
times."""

from __future__ import annotations

import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.graphs import mobilenet
from benchmarks.row import Row, in_turn, row
from fieldcheck.domain.shift import MonitoredShift
from fieldcheck.models.store import add_model
from fieldcheck.monitoring.log_monitor import compute_followed_shifts, import_log
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project
from fieldcheck.project.project import Project
from fieldcheck.timestamp import get_timestamp

BAR = 3.0
N, SMALL = 1_000_000, 2_000
NAMES = ("ok", "crack", "pore")
FIRST = datetime.fromisoformat("2026-10-01T06:00:00+01:00")
WEEKS = timedelta(days=42)


def rows(smoke: bool) -> list[Row]:
    """The row `log`: processor seconds of both, so that who else is at work counts for neither."""
    n, runs = (SMALL, 1) if smoke else (N, 3)
    with (
        tempfile.TemporaryDirectory() as folder,
        create_project(Path(folder) / "line.fieldcheck") as project,
    ):
        add_model(project, mobilenet(Path(folder) / "net.onnx"), None, "")
        log = made_up(Path(folder) / "log.csv", n)
        medians = in_turn(
            lambda: taken_in(project, log), lambda: read(log), runs, time.process_time
        )
    other_is = f"pandas reading the same {n:,} rows, processor seconds"
    return [row("log", medians.ours, medians.other, other_is, BAR, "<=", runs, floor=medians.floor)]


def made_up(path: Path, n: int) -> Path:
    """A log of `n` results over six weeks: time, prediction, confidence, picture."""
    rng = np.random.default_rng(0)
    name_indices, confidences = (
        rng.integers(0, len(NAMES), n),
        np.clip(rng.normal(0.9, 0.05, n), 0, 1),
    )
    with path.open("w", encoding="utf-8") as file:
        file.write("time,prediction,confidence,picture\n")
        for index in range(n):
            moment = (FIRST + WEEKS * index / n).isoformat(timespec="milliseconds")
            file.write(
                f"{moment},{NAMES[name_indices[index]]},{confidences[index]:.4f},belt/{index}.png\n"
            )
    return path


def taken_in(project: Project, log: Path) -> tuple[MonitoredShift, ...]:
    """The log as shifts, followed."""
    import_log(project, log, 8, None, 0, NullProgress(), get_timestamp())
    return compute_followed_shifts(project)


def read(log: Path) -> pd.DataFrame:
    """The same rows as pandas has them."""
    return pd.read_csv(log, parse_dates=["time"])
