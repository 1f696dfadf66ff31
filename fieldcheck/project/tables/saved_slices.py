"""The slices table (edits): filters with a name."""

from __future__ import annotations

from sqlite_utils import Database

from fieldcheck.domain.filter import Filter, SavedSlice
from fieldcheck.plain_name import clean_name
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.values import UnfitValue, from_json, to_json


def list_saved_slices(db: Database) -> tuple[SavedSlice, ...]:
    """Every saved slice by name. Raises UnfitValue for a filter that no version of ours can have written."""
    return tuple(SavedSlice(str(name), _parse_filter(text)) for name, text in db.execute("SELECT name, filter FROM slice ORDER BY name"))


def make_slice_row(saved: SavedSlice) -> TableRow:
    """A slice for an edit to put, in place of one of that name."""
    return TableRow("slice", {"name": clean_name(saved.name), "filter": to_json(saved.wanted.to_json())})


def make_slice_key(name: str) -> Key:
    """A slice for an edit to delete."""
    return Key("slice", name)


def _parse_filter(text: str) -> Filter:
    try:
        return Filter.from_json(from_json(text, "slice.filter"))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnfitValue("slice.filter: no filter") from error
