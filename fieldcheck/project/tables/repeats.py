"""The repeat table (edits): frames that are labelled a second time, and what was said then."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.repeat import Repeat
from fieldcheck.plain_name import plain_name
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.shapes import boxes, boxes_text, points, points_text

COLUMNS = "frame_id, round, place, how, state, class_name, boxes, points, by_whom, at"


def all(db: Database) -> tuple[Repeat, ...]:  # noqa: A001
    """Every repeat, round after round, in the order in which they are shown."""
    return tuple(_repeat(row) for row in db.execute(f"SELECT {COLUMNS} FROM repeat ORDER BY round, place, frame_id"))


def row(repeat: Repeat) -> TableRow:
    """A repeat for an edit to put."""
    return TableRow(
        "repeat",
        {
            "repeat_id": repeat.repeat_id,
            "frame_id": repeat.frame_id,
            "round": int(repeat.round),
            "place": int(repeat.place),
            "how": repeat.how,
            "state": repeat.state,
            "class_name": repeat.class_name,
            "boxes": boxes_text(repeat.boxes),
            "points": points_text(repeat.points),
            "by_whom": plain_name(repeat.by),
            "at": repeat.at,
        },
    )


def key(repeat: Repeat) -> Key:
    """A repeat for an edit to delete."""
    return Key("repeat", repeat.repeat_id)


def _repeat(found: tuple[Any, ...]) -> Repeat:
    frame_id, number, place, how, state, class_name, box_text, point_text, by, at = found
    return Repeat(frame_id, number, place, how, state, class_name, boxes(box_text), points(point_text), by, at)
