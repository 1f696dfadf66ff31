"""Rows out of a damaged database, and into a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlite_utils import Database

from fieldcheck.project import schema
from fieldcheck.project.tables.values import UnfitValue, from_json

JSON_COLUMN = {"setting": "value"}


@dataclass(frozen=True, slots=True)
class Saved:
    """Rows that could be read of one table; `whole` where that is all of it. Every row has all `columns`."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    whole: bool


def tables(db: Database) -> tuple[str, ...]:
    """The tables that hold the project's rows."""
    return tuple(name for kind, name, _, _ in schema.text(db) if kind == "table" and name not in ("_sqlite_migrations", "version"))


def save(db: Database, table: str, columns: tuple[str, ...]) -> Saved:
    """The rows of a table as far as pages can be read: from its beginning up to the first fault, and from its end back to the last."""
    order = _order(db, table)
    forward, whole = _until_fault(db, f"SELECT {', '.join(columns)} FROM {table} ORDER BY {', '.join(order)}")
    if whole:
        return _readable(Saved(table, columns, tuple(forward), True))
    falling = ", ".join(f"{name} DESC" for name in order)
    backward, _ = _until_fault(db, f"SELECT {', '.join(columns)} FROM {table} ORDER BY {falling}")
    return _readable(Saved(table, columns, (*forward, *reversed(backward)), False))


def restore(db: Database, saved: Saved) -> int:
    """Put rows where none stands under their key, and return how many fitted."""
    statement = f"INSERT OR IGNORE INTO {saved.table} ({', '.join(saved.columns)}) VALUES ({', '.join('?' * len(saved.columns))})"
    return sum(_put(db, statement, row) for row in saved.rows)


def empty(db: Database, table: str) -> None:
    """Takes every row away."""
    db.execute(f"DELETE FROM {table}")


def restore_fitting(db: Database, saved: Saved, fits: Callable[[Database], bool]) -> int:
    """Put rows where none stands under their key, without those after which `fits(db)` is no longer so; how many came in. They are halved
    until each that is to blame stands alone."""
    if not saved.rows:
        return 0
    db.execute("SAVEPOINT part")
    n = restore(db, saved)
    good = fits(db)
    if not good:
        db.execute("ROLLBACK TO part")
    db.execute("RELEASE part")
    if good or len(saved.rows) == 1:
        return n if good else 0
    half = len(saved.rows) // 2
    return sum(restore_fitting(db, replace(saved, rows=some), fits) for some in (saved.rows[:half], saved.rows[half:]))


def _put(db: Database, statement: str, row: tuple[object, ...]) -> int:
    try:
        return db.conn.execute(statement, row).rowcount
    except (sqlite3.IntegrityError, sqlite3.InterfaceError):
        return 0  # a fault that the page check missed left a value that cannot be one of ours


def _order(db: Database, table: str) -> list[str]:
    """The columns by which the table lies on disk."""
    text = next(sql for kind, name, _, sql in schema.text(db) if kind == "table" and name == table)
    if "WITHOUT ROWID" not in text:
        return ["rowid"]
    return [str(name) for (name,) in db.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", [table])]


def _until_fault(db: Database, question: str) -> tuple[list[tuple[object, ...]], bool]:
    rows: list[tuple[object, ...]] = []
    try:
        for row in db.conn.execute(question):
            rows.append(row)  # one by one: what came before a fault is kept
    except sqlite3.DatabaseError:
        return rows, False
    return rows, True


def _readable(saved: Saved) -> Saved:
    """Without rows whose value is no JSON: the page is sound, and nobody can read what stands on it."""
    name = JSON_COLUMN.get(saved.table)
    if name is None:
        return saved
    at = saved.columns.index(name)
    rows = tuple(row for row in saved.rows if _is_json(row[at]))
    return replace(saved, rows=rows, whole=saved.whole and len(rows) == len(saved.rows))


def _is_json(value: object) -> bool:
    try:
        from_json(str(value), "")
    except UnfitValue:
        return False
    return True
