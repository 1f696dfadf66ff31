"""Label reviews, table `second_looks` (edits): what was said of disagreements between label and model. Labels never change by it."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.label_review import LabelReview
from fieldcheck.plain_name import plain_name
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.shapes import boxes, boxes_text

COLUMNS = "subject, answer, of_label, class_name, boxes, by_whom, at"


def all(db: Database) -> dict[str, LabelReview]:  # noqa: A001
    """Subject → what was said of it, by subject."""
    return {str(row[0]): _look(row) for row in db.execute(f"SELECT {COLUMNS} FROM second_look ORDER BY subject")}


def row(look: LabelReview) -> TableRow:
    """A label review for an edit to put."""
    return TableRow(
        "second_look",
        {
            "subject": look.subject,
            "answer": look.answer,
            "of_label": look.of_label,
            "class_name": look.class_name,
            "boxes": boxes_text(look.boxes),
            "by_whom": plain_name(look.by),
            "at": look.at,
        },
    )


def key(subject: str) -> Key:
    """A label review for an edit to delete."""
    return Key("second_look", subject)


def _look(found: tuple[Any, ...]) -> LabelReview:
    subject, answer, of_label, class_name, text, by_whom, at = found
    return LabelReview(subject, answer, of_label, class_name, boxes(text), by_whom, at)
