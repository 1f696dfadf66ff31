"""A person's acts: named, durable, undoable. One act is one transaction that keeps the rows before and after.

All functions run inside the caller's transaction (`Project.write`, or `db.atomic()`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from fieldcheck.domain.changes import Changes, RowChange
from fieldcheck.errors import NothingToUndo, UndoRefused
from fieldcheck.project import criteria
from fieldcheck.project.tables import history, rows
from fieldcheck.project.tables.history import EditEntry, HistoryStep
from fieldcheck.project.tables.rows import Key, TableRow, Value

Move = tuple[Key, TableRow | None, TableRow | None]
"""A row, what it must be and what it shall be."""


def apply_edit(db: Database, act: str, puts: Iterable[TableRow] = (), deletes: Iterable[Key] = ()) -> Changes:
    """Take rows away, then let rows stand, as one act under the name `act`. What can be redone is forgotten.

    Rows that stand already just so do not count; an act that changes nothing leaves no trace.
    """
    wanted: dict[Key, TableRow | None] = dict.fromkeys(deletes)
    wanted.update({row.key: row for row in puts})
    steps = tuple(
        step for step in (HistoryStep(key, _get_present_row(db, key), row) for key, row in wanted.items()) if step.before != step.after
    )
    if not steps:
        return Changes(act)
    kinds = {step.key.kind for step in steps}
    criteria.add_seal_before_labels(db, [str(step.after.values["at"]) for step in steps if step.key.kind == "label" and step.after])
    for step in steps:
        _put_row(db, step.key, step.after)
    history.add_edit(db, act, steps)
    criteria.update_seal_after_edit(db, act, kinds)
    return _make_changes(act, _list_moves(steps))


def undo_edit(db: Database, of: tuple[str, ...] = ()) -> Changes:
    """Take the newest act back; where `of` is given only one whose name begins so. Raises NothingToUndo; UndoRefused where a row is no
    longer as the act left it, and nothing changes."""
    edit = _check_edit(history.get_newest_done(db), of, "undo")
    steps = history.list_steps(db, edit)
    moves = [(step.key, step.after, step.before) for step in steps]
    _apply_moves(db, edit, moves)
    history.set_undone(db, edit, undone=True)
    return _make_changes(edit.act, moves)


def redo_edit(db: Database, of: tuple[str, ...] = ()) -> Changes:
    """Do the act again that was undone last; `of` as for `undo_edit`. Raises NothingToUndo, UndoRefused."""
    edit = _check_edit(history.get_oldest_undone(db), of, "redo")
    steps = history.list_steps(db, edit)
    moves = _list_moves(steps)
    _apply_moves(db, edit, moves)
    history.set_undone(db, edit, undone=False)
    return _make_changes(edit.act, moves)


def _check_edit(edit: EditEntry | None, of: tuple[str, ...], direction: str) -> EditEntry:
    if edit is None:
        raise NothingToUndo(direction)
    if of and not edit.act.startswith(of):
        raise NothingToUndo(direction, edit.act)
    return edit


def _list_moves(steps: Iterable[HistoryStep]) -> list[Move]:
    return [(step.key, step.before, step.after) for step in steps]


def _apply_moves(db: Database, edit: EditEntry, moves: list[Move]) -> None:
    """Each row from what it must be to what it shall be; all are looked at before the first is touched."""
    for key, must_be, shall_be in moves:
        if _get_present_row(db, key) != must_be or (shall_be is not None and not rows.is_complete_row(db, shall_be)):
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
    row_changes = tuple(RowChange(key.kind, key.key, _get_values(before), _get_values(after)) for key, before, after in moves)
    return Changes(act, frozenset(turn.kind for turn in row_changes), tuple(turn.key for turn in row_changes), row_changes)
