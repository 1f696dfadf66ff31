"""Undo history: acts of a person, each one transaction that keeps the rows before and after.

All functions run inside the caller's transaction (`Project.write`, or `db.atomic()`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from fieldcheck.domain.project_state import Changes, RowChange
from fieldcheck.errors.projects import NothingToUndo, UndoRefused
from fieldcheck.project import criteria
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.tables import values as rows
from fieldcheck.project.tables.values import (
    KEYS,
    Key,
    TableRow,
    UnfitValue,
    Value,
    from_json,
    to_json,
)

# The tables of the history: every act, and for each row it touched what stood there before and
# after.


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
    rows = [
        (
            edit_id,
            position,
            step.key.kind,
            step.key.key,
            _to_text(step.before),
            _to_text(step.after),
        )
        for position, step in enumerate(steps)
    ]
    db.conn.executemany(
        (
            "INSERT INTO edit_row (edit_id, place, kind, key, before, after) VALUES (?, ?, ?, ?, "
            "?, ?)"
        ),
        rows,
    )


def get_newest_done(db: Database) -> EditEntry | None:
    """The act that undo would take back, None where nothing is left."""
    row = db.execute(
        "SELECT edit_id, act FROM edit WHERE NOT undone ORDER BY edit_id DESC LIMIT 1"
    ).fetchone()
    return EditEntry(*row) if row else None


def get_oldest_undone(db: Database) -> EditEntry | None:
    """The act that redo would do again, None where nothing is left."""
    row = db.execute(
        "SELECT edit_id, act FROM edit WHERE undone ORDER BY edit_id LIMIT 1"
    ).fetchone()
    return EditEntry(*row) if row else None


def list_steps(db: Database, edit: EditEntry) -> tuple[HistoryStep, ...]:
    """The rows the act touched, in its order."""
    cursor = db.execute(
        "SELECT kind, key, before, after FROM edit_row WHERE edit_id = ? ORDER BY place",
        [edit.edit_id],
    )
    return tuple(
        HistoryStep(_make_key(kind, key), _parse_row(kind, before), _parse_row(kind, after))
        for kind, key, before, after in cursor
    )


def set_undone(db: Database, edit: EditEntry, undone: bool) -> None:
    """Record whether the act is undone."""
    db.execute("UPDATE edit SET undone = ? WHERE edit_id = ?", [int(undone), edit.edit_id])


def is_done_after(db: Database, beginning: str, other: str) -> bool:
    """Whether an act in effect whose name begins with the first text came after the first act that
    begins with the second."""
    names = "SELECT edit_id FROM edit WHERE NOT undone AND substr(act, 1, ?) = ?"
    newest = db.execute(
        f"SELECT max(edit_id) FROM ({names})", [len(beginning), beginning]
    ).fetchone()[0]
    first = db.execute(f"SELECT min(edit_id) FROM ({names})", [len(other), other]).fetchone()[0]
    return newest is not None and first is not None and newest > first


@memoisable
def count_edits(db: Database) -> tuple[int, int]:
    """How many acts can be undone, and redone."""
    n_done, n_undone = db.execute(
        "SELECT count(*) FILTER (WHERE NOT undone), count(*) FILTER (WHERE undone) FROM edit"
    ).fetchone()
    return int(n_done), int(n_undone)


def _to_text(row: TableRow | None) -> str | None:
    return to_json(dict(row.values)) if row else None


def _make_key(kind: str, key: str) -> Key:
    if kind not in KEYS:
        raise UnfitValue(f"edit_row: {kind}")
    return Key(kind, key)


def _parse_row(kind: str, text: str | None) -> TableRow | None:
    return TableRow(kind, from_json(text, "edit_row")) if text else None


Move = tuple[Key, TableRow | None, TableRow | None]
"""The key of a row, the row expected now, and the row to write."""


def apply_edit(
    db: Database, act: str, puts: Iterable[TableRow] = (), deletes: Iterable[Key] = ()
) -> Changes:
    """Delete rows, then put rows, as one act named `act`. Acts that could be redone are dropped.
    Unchanged rows are ignored; an act that changes nothing is not recorded."""
    wanted: dict[Key, TableRow | None] = dict.fromkeys(deletes)
    wanted.update({row.key: row for row in puts})
    steps = tuple(
        step
        for step in (
            HistoryStep(key, _get_present_row(db, key), row) for key, row in wanted.items()
        )
        if step.before != step.after
    )
    if not steps:
        return Changes(act)
    kinds = {step.key.kind for step in steps}
    criteria.add_seal_before_labels(
        db,
        [str(step.after.values["at"]) for step in steps if step.key.kind == "label" and step.after],
    )
    for step in steps:
        _put_row(db, step.key, step.after)
    add_edit(db, act, steps)
    criteria.update_seal_after_edit(db, act, kinds)
    return _make_changes(act, _list_moves(steps))


def undo_edit(db: Database, prefixes: tuple[str, ...] = ()) -> Changes:
    """Take the newest act back; where `prefixes` is given only one whose name begins so. Raises
    NothingToUndo; UndoRefused where a row is no longer as the act left it, and nothing changes."""
    edit = _check_edit(get_newest_done(db), prefixes, "undo")
    steps = list_steps(db, edit)
    moves = [(step.key, step.after, step.before) for step in steps]
    _apply_moves(db, edit, moves)
    set_undone(db, edit, undone=True)
    return _make_changes(edit.act, moves)


def redo_edit(db: Database, prefixes: tuple[str, ...] = ()) -> Changes:
    """Do the act again that was undone last; `prefixes` as for `undo_edit`. Raises NothingToUndo,
    UndoRefused."""
    edit = _check_edit(get_oldest_undone(db), prefixes, "redo")
    steps = list_steps(db, edit)
    moves = _list_moves(steps)
    _apply_moves(db, edit, moves)
    set_undone(db, edit, undone=False)
    return _make_changes(edit.act, moves)


def _check_edit(edit: EditEntry | None, prefixes: tuple[str, ...], direction: str) -> EditEntry:
    if edit is None:
        raise NothingToUndo(direction)
    if prefixes and not edit.act.startswith(prefixes):
        raise NothingToUndo(direction, edit.act)
    return edit


def _list_moves(steps: Iterable[HistoryStep]) -> list[Move]:
    return [(step.key, step.before, step.after) for step in steps]


def _apply_moves(db: Database, edit: EditEntry, moves: list[Move]) -> None:
    """Move each row from its expected to its new state; all rows are checked before the first is
    changed."""
    for key, must_be, shall_be in moves:
        if _get_present_row(db, key) != must_be or (
            shall_be is not None and not rows.is_complete_row(db, shall_be)
        ):
            raise UndoRefused(edit.act, key.kind, key.key)
    for key, _, shall_be in moves:
        _put_row(db, key, shall_be)
    criteria.update_seal_after_edit(db, edit.act, {key.kind for key, _, _ in moves})


def _get_present_row(db: Database, key: Key) -> TableRow | None:
    values = rows.get_row(db, key)
    return TableRow(key.kind, values) if values is not None else None


def _put_row(db: Database, key: Key, row: TableRow | None) -> None:
    if row is None:
        rows.remove_row(db, key)
    else:
        rows.put_row(db, row)


def _get_values(row: TableRow | None) -> Mapping[str, Value] | None:
    return row.values if row is not None else None


def _make_changes(act: str, moves: list[Move]) -> Changes:
    row_changes = tuple(
        RowChange(key.kind, key.key, _get_values(before), _get_values(after))
        for key, before, after in moves
    )
    return Changes(
        act,
        frozenset(turn.kind for turn in row_changes),
        tuple(turn.key for turn in row_changes),
        row_changes,
    )
