"""The draft table (edits): boxes and points that were drawn and not accepted yet."""

from __future__ import annotations

from sqlite_utils import Database

from fieldcheck.domain.label import LabelDraft
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.shapes import boxes, boxes_text, points, points_text


def all(db: Database) -> dict[str, LabelDraft]:  # noqa: A001
    """Every draft, by frame id."""
    found = db.execute("SELECT frame_id, boxes, points FROM draft ORDER BY frame_id")
    return {frame_id: LabelDraft(frame_id, boxes(box_text), points(point_text)) for frame_id, box_text, point_text in found}


def row(draft: LabelDraft) -> TableRow:
    """A draft for an edit to put."""
    return TableRow("draft", {"frame_id": draft.frame_id, "boxes": boxes_text(draft.boxes), "points": points_text(draft.points)})


def key(frame_id: str) -> Key:
    """A draft for an edit to delete."""
    return Key("draft", frame_id)
