"""The runs table (facts): which model went over which frames, with everything needed to do it again."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.run import On, Run

COLUMNS = "run_id, model_sha256, card_sha256, subjects, recipe, severity, seed, code_version, n, created"


def put_run(db: Database, run: Run) -> None:
    """A new run. One that is there already stays as it is: its name is the hash of what it does."""
    values = (
        run.run_id, run.model_sha256, run.card_sha256, run.on, run.recipe, float(run.severity), int(run.seed), run.code_version,
        int(run.n), run.created,
    )  # fmt: skip
    db.execute(f"INSERT INTO run ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id) DO NOTHING", values)


def get_run(db: Database, run_id: str) -> Run | None:
    """The run of that name, None where there is none."""
    row = db.execute(f"SELECT {COLUMNS} FROM run WHERE run_id = ?", [run_id]).fetchone()
    return _parse_run(row) if row else None


def list_all_runs(db: Database) -> tuple[Run, ...]:
    """Every run, oldest first."""
    return tuple(_parse_run(row) for row in db.execute(f"SELECT {COLUMNS} FROM run ORDER BY rowid"))


def list_run_page(db: Database, limit: int, offset: int) -> tuple[Run, ...]:
    """At most `limit` runs behind the `offset` newest, the newest first: a list of a thousand is not read whole."""
    found = db.execute(f"SELECT {COLUMNS} FROM run ORDER BY rowid DESC LIMIT ? OFFSET ?", [limit, offset])
    return tuple(_parse_run(row) for row in found)


def count_runs(db: Database) -> int:
    """How many runs there are."""
    return int(db.execute("SELECT count(*) FROM run").fetchone()[0])


def find_runs_by_prefix(db: Database, run_id: str) -> tuple[Run, ...]:
    """The run of that id alone, else at most two whose ids begin so."""
    found = get_run(db, run_id)
    rows = db.execute(f"SELECT {COLUMNS} FROM run WHERE run_id >= ? AND run_id < ? LIMIT 2", [run_id, run_id + "g"])
    return (found,) if found else tuple(_parse_run(row) for row in rows)


def find_runs(db: Database, model_sha256: str, card_sha256: str, on: On, recipe: str = "none") -> tuple[Run, ...]:
    """The runs of one model with one card over one kind of subjects, oldest first."""
    found = db.execute(
        f"SELECT {COLUMNS} FROM run WHERE model_sha256 = ? AND card_sha256 = ? AND subjects = ? AND recipe = ? ORDER BY rowid",
        [model_sha256, card_sha256, on, recipe],
    )
    return tuple(_parse_run(row) for row in found)


def _parse_run(row: tuple[Any, ...]) -> Run:
    return Run(*row)
