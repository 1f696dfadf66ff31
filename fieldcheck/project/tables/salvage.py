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
class SalvagedRows:
    """Rows that could be read of one table; `whole` where that is all of it. Every row has all `columns`."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    whole: bool


def list_tables(db: Database) -> tuple[str, ...]:
    """The tables that hold the project's rows."""
    return tuple(name for kind, name, _, _ in schema.read_schema(db) if kind == "table" and name not in ("_sqlite_migrations", "version"))


def read_rows(db: Database, table: str, columns: tuple[str, ...]) -> SalvagedRows:
    """The rows of a table as far as pages can be read: from its beginning up to the first fault, and from its end back to the last."""
    order = _list_order_columns(db, table)
    forward, whole = _read_until_fault(db, f"SELECT {', '.join(columns)} FROM {table} ORDER BY {', '.join(order)}")
    if whole:
        return _drop_unreadable(SalvagedRows(table, columns, tuple(forward), True))
    falling = ", ".join(f"{name} DESC" for name in order)
    backward, _ = _read_until_fault(db, f"SELECT {', '.join(columns)} FROM {table} ORDER BY {falling}")
    return _drop_unreadable(SalvagedRows(table, columns, (*forward, *reversed(backward)), False))


def restore_rows(db: Database, saved: SalvagedRows) -> int:
    """Put rows where none stands under their key, and return how many fitted."""
    statement = f"INSERT OR IGNORE INTO {saved.table} ({', '.join(saved.columns)}) VALUES ({', '.join('?' * len(saved.columns))})"
    return sum(_put_if_missing(db, statement, row) for row in saved.rows)


def remove_all_rows(db: Database, table: str) -> None:
    """Takes every row away."""
    db.execute(f"DELETE FROM {table}")


def restore_fitting(db: Database, saved: SalvagedRows, fits: Callable[[Database], bool]) -> int:
    """Put rows where none stands under their key, without those after which `fits(db)` is no longer so; how many came in. They are halved
    until each that is to blame stands alone."""
    if not saved.rows:
        return 0
    db.execute("SAVEPOINT part")
    n = restore_rows(db, saved)
    good = fits(db)
    if not good:
        db.execute("ROLLBACK TO part")
    db.execute("RELEASE part")
    if good or len(saved.rows) == 1:
        return n if good else 0
    half = len(saved.rows) // 2
    return sum(restore_fitting(db, replace(saved, rows=some), fits) for some in (saved.rows[:half], saved.rows[half:]))


def _put_if_missing(db: Database, statement: str, row: tuple[object, ...]) -> int:
    try:
        return db.conn.execute(statement, row).rowcount
    except (sqlite3.IntegrityError, sqlite3.InterfaceError):
        return 0  # a fault that the page check missed left a value that cannot be one of ours


def _list_order_columns(db: Database, table: str) -> list[str]:
    """The columns by which the table lies on disk."""
    text = next(sql for kind, name, _, sql in schema.read_schema(db) if kind == "table" and name == table)
    if "WITHOUT ROWID" not in text:
        return ["rowid"]
    return [str(name) for (name,) in db.execute("SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", [table])]


def _read_until_fault(db: Database, question: str) -> tuple[list[tuple[object, ...]], bool]:
    rows: list[tuple[object, ...]] = []
    try:
        for row in db.conn.execute(question):
            rows.append(row)  # one by one: what came before a fault is kept
    except sqlite3.DatabaseError:
        return rows, False
    return rows, True


def _drop_unreadable(saved: SalvagedRows) -> SalvagedRows:
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
