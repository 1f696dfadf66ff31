"""The tags table (edits): words that a person put on frames and benchmark pictures."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from fieldcheck.plain_name import clean_name
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.values import from_json, to_json


def list_tags(db: Database) -> dict[str, tuple[str, ...]]:
    """Subject → its tags, both in alphabetical order."""
    return {
        str(subject): tuple(from_json(names, "tag.names"))
        for subject, names in db.execute("SELECT subject, names FROM tag ORDER BY subject")
    }


def get_tags(db: Database, subject: str) -> tuple[str, ...]:
    """The tags of one frame or picture."""
    row = db.execute("SELECT names FROM tag WHERE subject = ?", [subject]).fetchone()
    return tuple(from_json(row[0], "tag.names")) if row else ()


def make_tags_row(subject: str, names: Iterable[str]) -> TableRow:
    """All tags of a subject, for an edit to put."""
    return TableRow("tag", {"subject": subject, "names": to_json(sorted(set(map(clean_name, names))))})


def make_tags_key(subject: str) -> Key:
    """A subject without tags, for an edit to delete."""
    return Key("tag", subject)
