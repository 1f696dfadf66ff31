"""Rows of the tables that a person's acts change, as the history keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from fieldcheck.project import schema

Value = str | int | float | None

KEYS = schema.EDITED


@dataclass(frozen=True, slots=True)
class Key:
    """One row of an edit table, by name. `kind` is the table."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One whole row of an edit table: a value for every column."""

    kind: str
    values: Mapping[str, Value]

    @property
    def key(self) -> Key:
        """Which row it is."""
        return Key(self.kind, str(self.values[KEYS[self.kind]]))


def get_row(db: Database, key: Key) -> Mapping[str, Value] | None:
    """The row as it stands, None where there is none."""
    cursor = db.execute(f"SELECT * FROM {key.kind} WHERE {KEYS[key.kind]} = ?", [key.key])
    row = cursor.fetchone()
    return dict(zip((column[0] for column in cursor.description), row, strict=True)) if row else None


def is_complete_row(db: Database, row: TableRow) -> bool:
    """Whether the row has exactly the table's columns."""
    return set(row.values) == set(schema.list_columns(db, row.kind))


def put_row(db: Database, row: TableRow) -> None:
    """Let the row stand, in place of one with the same key."""
    names = ", ".join(row.values)
    marks = ", ".join(f":{name}" for name in row.values)
    db.execute(f"INSERT OR REPLACE INTO {row.kind} ({names}) VALUES ({marks})", dict(row.values))


def remove_row(db: Database, key: Key) -> None:
    """Take the row away."""
    db.execute(f"DELETE FROM {key.kind} WHERE {KEYS[key.kind]} = ?", [key.key])
