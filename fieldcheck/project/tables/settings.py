"""The settings table (edits): what a person says about the project as a whole, key by key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from fieldcheck.plain_json import parse_json
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.values import from_json, to_json


def get_setting(db: Database, key: str, default: Any = None) -> Any:
    """The value of a key, `default` where nobody has set it."""
    row = db.execute("SELECT value FROM setting WHERE key = ?", [key]).fetchone()
    return from_json(row[0], "setting.value") if row else default


def list_settings(db: Database) -> dict[str, Any]:
    """Every key that is set, in alphabetical order."""
    return {key: from_json(value, "setting.value") for key, value in db.execute("SELECT key, value FROM setting ORDER BY key")}


def store_setting(db: Database, name: str, value: Any) -> None:
    """Keeps what the program notes for itself: no act of a person, so nothing to undo. A value that stands is replaced."""
    db.conn.execute(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [name, to_json(value)]
    )


def drop_setting(db: Database, name: str) -> None:
    """Takes away what the program noted for itself."""
    db.conn.execute("DELETE FROM setting WHERE key = ?", [name])


def make_setting_row(key: str, value: Any) -> TableRow:
    """A setting for an edit to put; `value` is anything that is read back. Raises NotPlain for what is not, so that no project keeps it."""
    text = to_json(value)
    parse_json(text)
    return TableRow("setting", {"key": key, "value": text})


def make_setting_key(name: str) -> Key:
    """A setting for an edit to delete."""
    return Key("setting", name)


def insert_initial_settings(db: Database, values: Mapping[str, Any]) -> None:
    """Sets what a new project starts with: no act of a person, so nothing to undo. A key that is set already keeps its value."""
    db.conn.executemany(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
        [(name, to_json(value)) for name, value in values.items()],
    )
