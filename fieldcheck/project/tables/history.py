"""The tables of the history: every act, and for each row it touched what stood there before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from fieldcheck.project.tables.rows import KEYS, Key, TableRow
from fieldcheck.project.tables.values import UnfitValue, from_json, to_json


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One row's part in an act; None: no such row."""

    key: Key
    before: TableRow | None
    after: TableRow | None


@dataclass(frozen=True, slots=True)
class EditEntry:
    """One act of a person."""

    edit_id: int
    act: str


def add_edit(db: Database, act: str, steps: Iterable[HistoryStep]) -> None:
    """Append an act; what was undone before it can no longer be redone."""
    db.execute("DELETE FROM edit_row WHERE edit_id IN (SELECT edit_id FROM edit WHERE undone)")
    db.execute("DELETE FROM edit WHERE undone")
    edit_id = db.execute("INSERT INTO edit (act, undone) VALUES (?, 0)", [act]).lastrowid
    rows = [(edit_id, place, step.key.kind, step.key.key, _to_text(step.before), _to_text(step.after)) for place, step in enumerate(steps)]
    db.conn.executemany("INSERT INTO edit_row (edit_id, place, kind, key, before, after) VALUES (?, ?, ?, ?, ?, ?)", rows)


def get_newest_done(db: Database) -> EditEntry | None:
    """The act that undo would take back, None where nothing is left."""
    row = db.execute("SELECT edit_id, act FROM edit WHERE NOT undone ORDER BY edit_id DESC LIMIT 1").fetchone()
    return EditEntry(*row) if row else None


def get_oldest_undone(db: Database) -> EditEntry | None:
    """The act that redo would do again, None where nothing is left."""
    row = db.execute("SELECT edit_id, act FROM edit WHERE undone ORDER BY edit_id LIMIT 1").fetchone()
    return EditEntry(*row) if row else None


def list_steps(db: Database, edit: EditEntry) -> tuple[HistoryStep, ...]:
    """The rows the act touched, in its order."""
    found = db.execute("SELECT kind, key, before, after FROM edit_row WHERE edit_id = ? ORDER BY place", [edit.edit_id])
    return tuple(HistoryStep(_make_key(kind, key), _parse_row(kind, before), _parse_row(kind, after)) for kind, key, before, after in found)


def set_undone(db: Database, edit: EditEntry, undone: bool) -> None:
    """Note that the act is taken back, or stands again."""
    db.execute("UPDATE edit SET undone = ? WHERE edit_id = ?", [int(undone), edit.edit_id])


def is_done_after(db: Database, beginning: str, other: str) -> bool:
    """Whether an act stands whose name begins with the one and that came after the first that begins with the other."""
    names = "SELECT edit_id FROM edit WHERE NOT undone AND substr(act, 1, ?) = ?"
    newest = db.execute(f"SELECT max(edit_id) FROM ({names})", [len(beginning), beginning]).fetchone()[0]
    first = db.execute(f"SELECT min(edit_id) FROM ({names})", [len(other), other]).fetchone()[0]
    return newest is not None and first is not None and newest > first


def count_edits(db: Database) -> tuple[int, int]:
    """How many acts can be undone, and redone."""
    done, undone = db.execute("SELECT count(*) FILTER (WHERE NOT undone), count(*) FILTER (WHERE undone) FROM edit").fetchone()
    return int(done), int(undone)


def _to_text(row: TableRow | None) -> str | None:
    return to_json(dict(row.values)) if row else None


def _make_key(kind: str, key: str) -> Key:
    if kind not in KEYS:
        raise UnfitValue(f"edit_row: {kind}")
    return Key(kind, key)


def _parse_row(kind: str, text: str | None) -> TableRow | None:
    return TableRow(kind, from_json(text, "edit_row")) if text else None
