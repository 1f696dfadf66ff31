"""Integrity check of a database, by SQLite itself."""

from __future__ import annotations

from sqlite_utils import Database

from fieldcheck.project import schema
from fieldcheck.project.table import TableReference


def check_quick(db: Database) -> str:
    """The first fault of the pages, empty where there is none."""
    found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    return "" if found == "ok" else found


def check_thorough(db: Database) -> tuple[str, ...]:
    """Every fault of pages and indices, at most 100."""
    found = [str(text) for (text,) in db.execute("PRAGMA integrity_check(100)")]
    return () if found == ["ok"] else tuple(found)


def find_dangling_rows(db: Database) -> tuple[tuple[str, str], ...]:
    """Rows that speak of something that is not there: table and name, in the order of the alphabet."""
    asked = [(table.name, table.reference) for table in schema.TABLES if table.reference is not None]
    return tuple(sorted((table, str(name)) for table, refers in asked for (name,) in db.execute(_make_dangling_query(table, refers))))


def _make_dangling_query(table: str, refers: TableReference) -> str:
    there = f"SELECT {refers.column} FROM {refers.target_table}"
    return f"SELECT DISTINCT {refers.label_column or refers.column} FROM {table} WHERE {refers.column} NOT IN ({there})"
