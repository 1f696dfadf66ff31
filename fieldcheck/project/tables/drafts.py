"""The draft table (edits): boxes and points that were drawn and not accepted yet."""

from __future__ import annotations

from sqlite_utils import Database

from fieldcheck.domain.label import LabelDraft
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.shapes import format_boxes, format_points, parse_boxes, parse_points


def list_drafts(db: Database) -> dict[str, LabelDraft]:
    """Every draft, by frame id."""
    found = db.execute("SELECT frame_id, boxes, points FROM draft ORDER BY frame_id")
    return {frame_id: LabelDraft(frame_id, parse_boxes(box_text), parse_points(point_text)) for frame_id, box_text, point_text in found}


def make_draft_row(draft: LabelDraft) -> TableRow:
    """A draft for an edit to put."""
    return TableRow("draft", {"frame_id": draft.frame_id, "boxes": format_boxes(draft.boxes), "points": format_points(draft.points)})


def make_draft_key(frame_id: str) -> Key:
    """A draft for an edit to delete."""
    return Key("draft", frame_id)
