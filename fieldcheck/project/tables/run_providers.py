"""The run_provider table (facts): where the answers of a run were computed; several where it was begun on one and ended on another."""

from __future__ import annotations

from sqlite_utils import Database


def put_run_provider(db: Database, run_id: str, provider: str) -> None:
    """Some of the run's answers are computed there. Saying it again adds nothing."""
    db.execute("INSERT INTO run_provider (run_id, provider) VALUES (?, ?) ON CONFLICT (run_id, provider) DO NOTHING", [run_id, provider])


def get_run_providers(db: Database, run_id: str) -> tuple[str, ...]:
    """By name; none for a run of a version that knew only the processor."""
    return tuple(str(name) for (name,) in db.execute("SELECT provider FROM run_provider WHERE run_id = ? ORDER BY provider", [run_id]))


def get_providers_of_model(db: Database, model_sha256: str) -> tuple[str, ...]:
    """Of all runs of one model, by name."""
    found = db.execute(
        "SELECT DISTINCT provider FROM run_provider JOIN run USING (run_id) WHERE model_sha256 = ? ORDER BY provider", [model_sha256]
    )
    return tuple(str(name) for (name,) in found)
