"""Integrity check of a database, by SQLite itself."""

from __future__ import annotations

from sqlite_utils import Database

from fieldcheck.project import schema
from fieldcheck.project.table import Reference


def quick(db: Database) -> str:
    """The first fault of the pages, empty where there is none."""
    found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    return "" if found == "ok" else found


def thorough(db: Database) -> tuple[str, ...]:
    """Every fault of pages and indices, at most 100."""
    found = [str(text) for (text,) in db.execute("PRAGMA integrity_check(100)")]
    return () if found == ["ok"] else tuple(found)


def loose(db: Database) -> tuple[tuple[str, str], ...]:
    """Rows that speak of something that is not there: table and name, in the order of the alphabet."""
    asked = [(table.name, table.refers) for table in schema.TABLES if table.refers is not None]
    return tuple(sorted((table, str(name)) for table, refers in asked for (name,) in db.execute(_unanswered(table, refers))))


def _unanswered(table: str, refers: Reference) -> str:
    there = f"SELECT {refers.column} FROM {refers.to}"
    return f"SELECT DISTINCT {refers.named or refers.column} FROM {table} WHERE {refers.column} NOT IN ({there})"
