"""The model facts table (facts): what was found out, or told, about a model; of one kind about one thing the newest counts."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from fieldcheck.project.tables.values import from_json, to_json


def put_fact(db: Database, kind: str, model_sha256: str, card_sha256: str, about: str, found: Any, created: str) -> None:
    """`about` names what it was found on, such as a benchmark's key; `found` is anything JSON can hold."""
    values = [kind, model_sha256, card_sha256, about, to_json(found), created]
    db.execute("INSERT INTO model_fact (kind, model_sha256, card_sha256, about, found, created) VALUES (?, ?, ?, ?, ?, ?)", values)


def get_newest_fact(db: Database, kind: str, model_sha256: str, card_sha256: str, about: str) -> Any | None:
    """Newest facts found, None where nobody looked."""
    row = db.execute(
        """SELECT found FROM model_fact WHERE kind = ? AND model_sha256 = ? AND card_sha256 = ? AND about = ?
        ORDER BY fact_id DESC LIMIT 1""",
        [kind, model_sha256, card_sha256, about],
    ).fetchone()
    return from_json(row[0], "model_fact.found") if row else None


def list_facts(db: Database, kind: str) -> tuple[tuple[str, str, Any, str], ...]:
    """Model, what it is about, what was found and when, oldest first."""
    rows = db.execute("SELECT model_sha256, about, found, created FROM model_fact WHERE kind = ? ORDER BY fact_id", [kind])
    return tuple((sha256, about, from_json(found, "model_fact.found"), created) for sha256, about, found, created in rows)


def list_all_facts(db: Database) -> tuple[Any, ...]:
    """Facts of all kinds, oldest first. Raises UnfitValue for what is no JSON."""
    return tuple(from_json(row[0], "model_fact.found") for row in db.execute("SELECT found FROM model_fact ORDER BY fact_id"))


def list_fact_subjects(db: Database, kind: str) -> tuple[tuple[str, str, str, str], ...]:
    """Model, card, what each fact of a kind is about and when it was found, oldest first; not what was found."""
    rows = db.execute("SELECT model_sha256, card_sha256, about, created FROM model_fact WHERE kind = ? ORDER BY fact_id", [kind])
    return tuple((str(sha256), str(card), str(about), str(created)) for sha256, card, about, created in rows)


def list_facts_of_model(db: Database, kind: str, model_sha256: str, card_sha256: str) -> tuple[tuple[str, Any], ...]:
    """Facts of one kind of one model with one card: what each is about and what was found, oldest first."""
    asked = [kind, model_sha256, card_sha256]
    rows = db.execute("SELECT about, found FROM model_fact WHERE kind = ? AND model_sha256 = ? AND card_sha256 = ? ORDER BY fact_id", asked)
    return tuple((about, from_json(found, "model_fact.found")) for about, found in rows)


def get_fact_sizes(db: Database, kind: str, model_sha256: str, card_sha256: str) -> dict[str, int]:
    """Bytes that the facts of one kind of one model with one card take, by what each is about."""
    asked = [kind, model_sha256, card_sha256]
    rows = db.execute("SELECT about, length(found) FROM model_fact WHERE kind = ? AND model_sha256 = ? AND card_sha256 = ?", asked)
    return {str(about): int(n) for about, n in rows}


def replace_fact(db: Database, kind: str, model_sha256: str, card_sha256: str, about: str, found: Any, created: str) -> None:
    """Puts what was found, and forgets what was found on the same thing before: of facts that come every day only the newest is kept."""
    db.execute(
        "DELETE FROM model_fact WHERE kind = ? AND model_sha256 = ? AND card_sha256 = ? AND about = ?",
        [kind, model_sha256, card_sha256, about],
    )
    put_fact(db, kind, model_sha256, card_sha256, about, found, created)


def remove_fact(db: Database, kind: str, model_sha256: str, card_sha256: str, about: str) -> None:
    """Forgets what was found on one thing, and on its parts: those whose name goes on behind a line break."""
    db.execute(
        "DELETE FROM model_fact WHERE kind = ? AND model_sha256 = ? AND card_sha256 = ? AND (about = ? OR about LIKE ? || char(10) || '%')",
        [kind, model_sha256, card_sha256, about, about],
    )
