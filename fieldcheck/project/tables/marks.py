"""The marks table (edits): what was noted about frames beside their labels."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.pick import ReviewRequest
from fieldcheck.plain_name import clean_name
from fieldcheck.project.tables.rows import Key, TableRow

MARK_COLUMNS = "frame_id, person, expert, by_whom"


def list_marks(db: Database) -> dict[str, ReviewRequest]:
    """Every mark, by frame id."""
    return {row[0]: _parse_mark(row) for row in db.execute(f"SELECT {MARK_COLUMNS} FROM mark ORDER BY frame_id")}


def list_with_person(db: Database) -> frozenset[str]:
    """The frame ids on which a person was marked."""
    return frozenset(row[0] for row in db.execute("SELECT frame_id FROM mark WHERE person"))


def get_mark(db: Database, frame_id: str) -> ReviewRequest:
    """The mark of one frame; a blank one where nothing was noted."""
    row = db.execute(f"SELECT {MARK_COLUMNS} FROM mark WHERE frame_id = ?", [frame_id]).fetchone()
    return _parse_mark(row) if row else ReviewRequest(frame_id)


def make_mark_row(mark: ReviewRequest) -> TableRow:
    """A mark for an edit to put."""
    return TableRow(
        "mark", {"frame_id": mark.frame_id, "person": int(mark.person), "expert": int(mark.expert), "by_whom": clean_name(mark.by)}
    )


def make_mark_key(frame_id: str) -> Key:
    """A mark for an edit to delete."""
    return Key("mark", frame_id)


def _parse_mark(found: tuple[Any, ...]) -> ReviewRequest:
    frame_id, person, expert, by = found
    return ReviewRequest(frame_id, bool(person), bool(expert), by)
