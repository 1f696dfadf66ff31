"""The list of stored runs, page by page, the newest first."""

from __future__ import annotations

from sqlite_utils import Database

from fieldcheck.corruption.catalog import IN_PLACE
from fieldcheck.domain.run import RunLine
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import components as components_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.project.tables import run_providers as providers_table
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.workflows.stress.sweep_scores import CONFIDENCE

PAGE = 20


def list_runs(project: Project, most: int = PAGE, skip: int = 0) -> tuple[int, tuple[RunLine, ...]]:
    """How many runs there are, and at most `most` of them behind the `skip` newest."""
    return project.read(lambda db: (runs_table.count_runs(db), _read_page(db, most, skip)))


def _read_page(db: Database, most: int, skip: int) -> tuple[RunLine, ...]:
    runs = runs_table.list_run_page(db, most, skip)
    names = {model.sha256: model.name for model in models_table.list_models(db)}
    done = predictions_table.count_predictions(db, [run.run_id for run in runs])
    found: list[RunLine] = []
    for run in runs:
        n = done.get(run.run_id, 0)
        if not n and run.on == "footage" and run.recipe in IN_PLACE:  # of footage under a corruption only how sure each answer was is kept
            n = components_table.count_component(db, f"{CONFIDENCE}-{run.run_id}", run.model_sha256)
        found.append(RunLine(run, names.get(run.model_sha256, ""), n, providers_table.get_run_providers(db, run.run_id)))
    return tuple(found)
