"""The repeat table (edits): frames that are labelled a second time, and what was said then."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.repeat import Repeat
from fieldcheck.plain_name import clean_name
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.shapes import format_boxes, format_points, parse_boxes, parse_points

REPEAT_COLUMNS = "frame_id, round, place, how, state, class_name, boxes, points, by_whom, at"


def list_repeats(db: Database) -> tuple[Repeat, ...]:
    """Every repeat, round after round, in the order in which they are shown."""
    return tuple(_parse_repeat(row) for row in db.execute(f"SELECT {REPEAT_COLUMNS} FROM repeat ORDER BY round, place, frame_id"))


def make_repeat_row(repeat: Repeat) -> TableRow:
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
            "boxes": format_boxes(repeat.boxes),
            "points": format_points(repeat.points),
            "by_whom": clean_name(repeat.by),
            "at": repeat.at,
        },
    )


def make_repeat_key(repeat: Repeat) -> Key:
    """A repeat for an edit to delete."""
    return Key("repeat", repeat.repeat_id)


def _parse_repeat(found: tuple[Any, ...]) -> Repeat:
    frame_id, number, place, how, state, class_name, box_text, point_text, by, at = found
    return Repeat(frame_id, number, place, how, state, class_name, parse_boxes(box_text), parse_points(point_text), by, at)
