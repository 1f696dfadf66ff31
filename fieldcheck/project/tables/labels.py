"""The labels table (edits): what was said about each picked frame."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.label import Label
from fieldcheck.plain_name import clean_name
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.shapes import format_boxes, format_points, parse_boxes, parse_points
from fieldcheck.project.tables.values import from_flag, to_flag, to_real

LABEL_COLUMNS = "frame_id, state, class_name, boxes, points, why, by_whom, at, seconds, blind"


def list_labels(db: Database) -> tuple[Label, ...]:
    """Every label, by frame id."""
    return tuple(_parse_label(row) for row in db.execute(f"SELECT {LABEL_COLUMNS} FROM label ORDER BY frame_id"))


def get_label(db: Database, frame_id: str) -> Label | None:
    """The label of one frame, None where nobody has said anything yet."""
    row = db.execute(f"SELECT {LABEL_COLUMNS} FROM label WHERE frame_id = ?", [frame_id]).fetchone()
    return _parse_label(row) if row else None


def count_labels(db: Database) -> int:
    """How many frames carry a label of any state."""
    return int(db.execute("SELECT count(*) FROM label").fetchone()[0])


def make_label_row(label: Label) -> TableRow:
    """A label for an edit to put."""
    return TableRow(
        "label",
        {
            "frame_id": label.frame_id,
            "state": label.state,
            "class_name": label.class_name,
            "boxes": format_boxes(label.boxes),
            "points": format_points(label.points),
            "why": label.why,
            "by_whom": clean_name(label.by),
            "at": label.at,
            "seconds": to_real(label.seconds),
            "blind": to_flag(label.blind),
        },
    )


def make_label_key(frame_id: str) -> Key:
    """A label for an edit to delete."""
    return Key("label", frame_id)


def _parse_label(found: tuple[Any, ...]) -> Label:
    frame_id, state, class_name, box_text, point_text, why, by_whom, at, seconds, blind = found
    return Label(frame_id, state, class_name, parse_boxes(box_text), parse_points(point_text), why, by_whom, at, seconds, from_flag(blind))
