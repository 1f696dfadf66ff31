"""The tags table (edits): words that a person put on frames and benchmark pictures."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from fieldcheck.plain_name import plain_name
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.values import from_json, to_json


def all(db: Database) -> dict[str, tuple[str, ...]]:  # noqa: A001
    """Subject → its tags, both in alphabetical order."""
    return {
        str(subject): tuple(from_json(names, "tag.names"))
        for subject, names in db.execute("SELECT subject, names FROM tag ORDER BY subject")
    }


def of(db: Database, subject: str) -> tuple[str, ...]:
    """The tags of one frame or picture."""
    row = db.execute("SELECT names FROM tag WHERE subject = ?", [subject]).fetchone()
    return tuple(from_json(row[0], "tag.names")) if row else ()


def row(subject: str, names: Iterable[str]) -> TableRow:
    """All tags of a subject, for an edit to put."""
    return TableRow("tag", {"subject": subject, "names": to_json(sorted(set(map(plain_name, names))))})


def key(subject: str) -> Key:
    """A subject without tags, for an edit to delete."""
    return Key("tag", subject)
