"""Label reviews, table `second_looks` (edits): what was said of disagreements between label and model. Labels never change by it."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.label_review import LabelReview
from fieldcheck.plain_name import clean_name
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.shapes import format_boxes, parse_boxes

LABEL_REVIEW_COLUMNS = "subject, answer, of_label, class_name, boxes, by_whom, at"


def list_label_reviews(db: Database) -> dict[str, LabelReview]:
    """Subject → what was said of it, by subject."""
    return {str(row[0]): _parse_label_review(row) for row in db.execute(f"SELECT {LABEL_REVIEW_COLUMNS} FROM second_look ORDER BY subject")}


def make_label_review_row(look: LabelReview) -> TableRow:
    """A label review for an edit to put."""
    return TableRow(
        "second_look",
        {
            "subject": look.subject,
            "answer": look.answer,
            "of_label": look.of_label,
            "class_name": look.class_name,
            "boxes": format_boxes(look.boxes),
            "by_whom": clean_name(look.by),
            "at": look.at,
        },
    )


def make_label_review_key(subject: str) -> Key:
    """A label review for an edit to delete."""
    return Key("second_look", subject)


def _parse_label_review(found: tuple[Any, ...]) -> LabelReview:
    subject, answer, of_label, class_name, text, by_whom, at = found
    return LabelReview(subject, answer, of_label, class_name, parse_boxes(text), by_whom, at)
