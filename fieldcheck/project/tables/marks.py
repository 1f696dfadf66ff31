"""The marks table (edits): what was noted about frames beside their labels."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.pick import Mark
from fieldcheck.plain_name import plain_name
from fieldcheck.project.tables.rows import Key, TableRow

COLUMNS = "frame_id, person, expert, by_whom"


def all(db: Database) -> dict[str, Mark]:  # noqa: A001
    """Every mark, by frame id."""
    return {row[0]: _mark(row) for row in db.execute(f"SELECT {COLUMNS} FROM mark ORDER BY frame_id")}


def with_person(db: Database) -> frozenset[str]:
    """The frame ids on which a person was marked."""
    return frozenset(row[0] for row in db.execute("SELECT frame_id FROM mark WHERE person"))


def get(db: Database, frame_id: str) -> Mark:
    """The mark of one frame; a blank one where nothing was noted."""
    row = db.execute(f"SELECT {COLUMNS} FROM mark WHERE frame_id = ?", [frame_id]).fetchone()
    return _mark(row) if row else Mark(frame_id)


def row(mark: Mark) -> TableRow:
    """A mark for an edit to put."""
    return TableRow(
        "mark", {"frame_id": mark.frame_id, "person": int(mark.person), "expert": int(mark.expert), "by_whom": plain_name(mark.by)}
    )


def key(frame_id: str) -> Key:
    """A mark for an edit to delete."""
    return Key("mark", frame_id)


def _mark(found: tuple[Any, ...]) -> Mark:
    frame_id, person, expert, by = found
    return Mark(frame_id, bool(person), bool(expert), by)
