"""The list of stored runs as the terminal prints it: a project with 1,000 runs against one with 10,
a page of ten from each."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.row import Row, in_turn, row
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import Run
from fieldcheck.evidence.messages import list_run_lines
from fieldcheck.models.providers import insert_run
from fieldcheck.models.runs_mlflow import list_runs
from fieldcheck.project.folder import create_project
from fieldcheck.project.project import Project
from fieldcheck.project.tables import runs as predictions_table

if TYPE_CHECKING:
    from sqlite_utils import Database

BAR = 2.0
MANY, FEW = 1_000, 10
SMALL_MANY = 50
ANSWERS = 100  # of each run, of ten classes


def rows(smoke: bool) -> list[Row]:
    """One row: seconds for the newest ten of many runs against seconds for all ten of few."""
    many, times = (SMALL_MANY, 1) if smoke else (MANY, 25)
    with (
        tempfile.TemporaryDirectory() as folder,
        made_up(Path(folder) / "m.fieldcheck", many) as big,
        made_up(Path(folder) / "f.fieldcheck", FEW) as small,
    ):
        medians = in_turn(partial(listed, big), partial(listed, small), times)
    return [
        row(
            "runs", medians.ours, medians.other, f"the list of {FEW} runs, seconds", BAR, "<=",
            times, floor=medians.floor,
        ),
    ]  # fmt: skip


def listed(project: Project) -> tuple[str, ...]:
    """The newest ten runs in words, as `fieldcheck runs` prints them."""
    n, lines = list_runs(project, FEW)
    return list_run_lines(n, lines, 0)


def made_up(path: Path, n: int) -> Project:
    """A project that holds nothing but `n` runs with their answers."""
    project, answers = (
        create_project(path),
        np.random.default_rng(0).random((ANSWERS, 10)).astype(np.float32),
    )

    def fill(db: Database) -> None:
        for index in range(n):
            run = Run(
                f"{index:016x}", "m" * 64, "c" * 64, "field", "none", 0.0, 0, "0.1.0", ANSWERS,
                "2026-11-27T04:00:00+00:00",
            )  # fmt: skip
            insert_run(db, run, "cpu")
            predictions_table.insert_predictions(
                db,
                run.run_id,
                [Prediction(f"f{frame:05d}", answers[frame]) for frame in range(ANSWERS)],
            )

    project.write(fill).result()
    return project
