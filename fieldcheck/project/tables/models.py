"""The models table (facts): every model the project has seen, oldest first."""

from __future__ import annotations

from functools import lru_cache

from sqlite_utils import Database

from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import CardRejected
from fieldcheck.project.tables.values import UnfitValue, from_json, from_place

COLUMNS = "name, sha256, file, card, added"


def put_model(db: Database, model: StoredModel) -> None:
    """A model at the end of the list. The same name, file and card again add nothing; sqlite3.IntegrityError where only the name fits."""
    db.execute(
        f"""INSERT INTO model ({COLUMNS}) SELECT :name, :sha256, :file, :card, :added
        WHERE NOT EXISTS (SELECT 1 FROM model WHERE name = :name AND sha256 = :sha256 AND card = :card)""",
        {"name": model.name, "sha256": model.sha256, "file": model.file, "card": model.card, "added": model.added},
    )


def get_model(db: Database, name: str) -> StoredModel | None:
    """The model of that name, None where there is none."""
    row = db.execute(f"SELECT {COLUMNS} FROM model WHERE name = ?", [name]).fetchone()
    return _parse_model(row) if row else None


def list_models(db: Database) -> tuple[StoredModel, ...]:
    """Every model, oldest first."""
    return tuple(_parse_model(row) for row in db.execute(f"SELECT {COLUMNS} FROM model ORDER BY place"))


def get_newest_model(db: Database) -> StoredModel | None:
    """The model that came last, None where there is none yet."""
    row = db.execute(f"SELECT {COLUMNS} FROM model ORDER BY place DESC LIMIT 1").fetchone()
    return _parse_model(row) if row else None


def _parse_model(row: tuple[str, str, str, str, str]) -> StoredModel:
    name, sha256, file, card, added = row
    _check_card(card)
    if not sha256:
        raise UnfitValue("model.sha256: none, so no run could say which file it is")
    return StoredModel(name, sha256, from_place(file, "model.file"), card, added)


@lru_cache(maxsize=64)
def _check_card(card: str) -> None:
    """Raises UnfitValue for a text that is no model card: whoever reads the model next would blame the person who never wrote it."""
    found = from_json(card, "model.card")
    if not isinstance(found, dict):
        raise UnfitValue("model.card: no object")
    try:
        parse_card(found)
    except CardRejected as error:
        raise UnfitValue(f"model.card: {error.field}, {error.problem}") from error
