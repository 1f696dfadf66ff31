"""The models table (facts): every model the project has seen, oldest first."""

from __future__ import annotations

from sqlite_utils import Database

from fieldcheck.domain.run import StoredModel
from fieldcheck.project.tables.values import from_place

COLUMNS = "name, sha256, file, card, added"


def put(db: Database, model: StoredModel) -> None:
    """A model at the end of the list. The same name, file and card again add nothing; sqlite3.IntegrityError where only the name fits."""
    db.execute(
        f"""INSERT INTO model ({COLUMNS}) SELECT :name, :sha256, :file, :card, :added
        WHERE NOT EXISTS (SELECT 1 FROM model WHERE name = :name AND sha256 = :sha256 AND card = :card)""",
        {"name": model.name, "sha256": model.sha256, "file": model.file, "card": model.card, "added": model.added},
    )


def get(db: Database, name: str) -> StoredModel | None:
    """The model of that name, None where there is none."""
    row = db.execute(f"SELECT {COLUMNS} FROM model WHERE name = ?", [name]).fetchone()
    return _model(row) if row else None


def all(db: Database) -> tuple[StoredModel, ...]:  # noqa: A001
    """Every model, oldest first."""
    return tuple(_model(row) for row in db.execute(f"SELECT {COLUMNS} FROM model ORDER BY place"))


def newest(db: Database) -> StoredModel | None:
    """The model that came last, None where there is none yet."""
    row = db.execute(f"SELECT {COLUMNS} FROM model ORDER BY place DESC LIMIT 1").fetchone()
    return _model(row) if row else None


def _model(row: tuple[str, str, str, str, str]) -> StoredModel:
    name, sha256, file, card, added = row
    return StoredModel(name, sha256, from_place(file, "model.file"), card, added)
