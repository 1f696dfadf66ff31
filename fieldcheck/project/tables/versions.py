"""The version table: which versions of the program have written this project."""

from __future__ import annotations

from sqlite_utils import Database


def get_newest_version(db: Database) -> str:
    """The version that came last, empty where none is noted."""
    row = db.execute("SELECT version FROM version ORDER BY place DESC LIMIT 1").fetchone()
    return str(row[0]) if row else ""


def store_version(db: Database, version: str) -> None:
    """This version writes the project from now on."""
    db.execute("DELETE FROM version WHERE version = ?", [version])
    db.execute("INSERT INTO version (place, version) VALUES ((SELECT coalesce(max(place), 0) + 1 FROM version), ?)", [version])
