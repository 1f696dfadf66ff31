"""The run_environment table (facts): libraries and machine that answers of a run were computed with; several where it went on elsewhere."""

from __future__ import annotations

from dataclasses import asdict

from sqlite_utils import Database

from fieldcheck.domain.run import RunEnvironment
from fieldcheck.project.tables.values import from_json, to_json


def put_run_environment(db: Database, run_id: str, environment: RunEnvironment) -> None:
    """Some of the run's answers are computed there. Saying it again adds nothing."""
    db.execute(
        "INSERT INTO run_environment (run_id, environment) VALUES (?, ?) ON CONFLICT (run_id, environment) DO NOTHING",
        [run_id, to_json(asdict(environment))],
    )


def get_run_environments(db: Database, run_id: str) -> tuple[RunEnvironment, ...]:
    """In a fixed order; none for a run of a version that did not keep them."""
    found = db.execute("SELECT environment FROM run_environment WHERE run_id = ? ORDER BY environment", [run_id])
    return tuple(RunEnvironment(**from_json(text, "run_environment.environment")) for (text,) in found)
