"""Conversion of values for SQLite (JSON, vectors, hashes, NaN, boxes), rows as objects of one
dataclass (a new column is one field and one step of the migration), rows kept by the history, and
the tables of settings and slices."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from math import isnan, nan
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.items import Filter, SavedSlice
from fieldcheck.domain.label import Box, Point
from fieldcheck.files import find_path_problem
from fieldcheck.project import migrations
from fieldcheck.project.memoise import memoisable
from fieldcheck.safe_json_yaml import parse_json
from fieldcheck.safe_text import clean_name

SIGN = 1 << 63
RANGE = 1 << 64


class UnfitValue(Exception):
    """A stored value that no version of the product can have written; the text names it."""


def to_json(value: object) -> str:
    """JSON text of a value: the same value, the same text."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def from_json(text: str, what: str) -> Any:
    """The value that `to_json` wrote. Raises UnfitValue."""
    try:
        return parse_json(text)
    except ValueError as error:
        raise UnfitValue(f"{what}: {error}") from error


def to_blob(vector: NDArray[np.float32]) -> bytes:
    """float32, little-endian, row after row."""
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def from_blob(blob: bytes, shape: tuple[int, ...], what: str) -> NDArray[np.float32]:
    """float32 of that shape, not writeable. Raises UnfitValue where the size is not that of the
    shape."""
    if min(shape) < 0 or len(blob) != 4 * int(np.prod(shape, dtype=object)):
        raise UnfitValue(f"{what}: {len(blob)} bytes for {shape}")
    return np.frombuffer(blob, dtype="<f4").reshape(shape).astype(np.float32, copy=False)


def to_signed(bits: int) -> int:
    """64 bits as the signed number that SQLite stores."""
    return bits - RANGE if bits & SIGN else int(bits)


def from_signed(number: int) -> int:
    """The 64 bits that `to_signed` stored."""
    return number + RANGE if number < 0 else number


def to_real(value: float | None) -> float | None:
    """NaN and "not known" are both NULL."""
    return None if value is None or isnan(value) else float(value)


def from_real(stored: float | None) -> float:
    """NULL is NaN."""
    return nan if stored is None else stored


def from_place(stored: str, what: str) -> str:
    """A path relative to the project, empty for none. Raises UnfitValue for one that leads out of
    it, or names another computer."""
    if stored and (problem := find_path_problem(stored)):
        raise UnfitValue(f"{what}: {problem}")
    return stored


def from_id(stored: str, what: str) -> str:
    """A name that files and folders are called by. Raises UnfitValue for one with a separator in
    it."""
    if (
        not stored
        or "/" in stored
        or "\\" in stored
        or ":" in stored
        or "\0" in stored
        or stored in (".", "..")
    ):
        raise UnfitValue(what)
    return stored


def to_flag(value: bool | None) -> int | None:
    """None stays None: not known."""
    return None if value is None else int(value)


def from_flag(stored: int | None) -> bool | None:
    """None stays None: not known."""
    return None if stored is None else bool(stored)


# Boxes and points as JSON text, the same for labels and benchmark items.


def format_boxes(boxes: Iterable[Box]) -> str:
    """`[[class, x, y, w, h, crowd], …]`; after that `occluded, truncated` where one of them is
    so."""
    return to_json([_get_box_fields(box) for box in boxes])


def parse_boxes(text: str) -> tuple[Box, ...]:
    """The boxes that `format_boxes` wrote."""
    if text == "[]":  # what stands at each picture of a classifier's benchmark
        return ()
    return tuple(Box(*fields) for fields in from_json(text, "boxes"))


def _get_box_fields(box: Box) -> list[str | float | bool]:
    fields: list[str | float | bool] = [
        box.class_name,
        float(box.x),
        float(box.y),
        float(box.w),
        float(box.h),
        bool(box.crowd),
    ]
    return (
        [*fields, bool(box.occluded), bool(box.truncated)]
        if box.occluded or box.truncated
        else fields
    )


def format_points(points: Iterable[Point]) -> str:
    """`[[class, x, y], …]`."""
    return to_json([[point.class_name, float(point.x), float(point.y)] for point in points])


def parse_points(text: str) -> tuple[Point, ...]:
    """The points that `format_points` wrote."""
    if text == "[]":
        return ()
    return tuple(Point(*fields) for fields in from_json(text, "points"))


# Rows of the tables that a person's acts change, as the history keeps them.

Value = str | int | float | None

KEYS = migrations.EDITED


@dataclass(frozen=True, slots=True)
class Key:
    """One row of an edit table, by name. `kind` is the table."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One whole row of an edit table: a value for every column."""

    kind: str
    values: Mapping[str, Value]

    @property
    def key(self) -> Key:
        """Which row it is."""
        return Key(self.kind, str(self.values[KEYS[self.kind]]))


def get_row(db: Database, key: Key) -> Mapping[str, Value] | None:
    """The row as it stands, None where there is none."""
    cursor = db.execute(f"SELECT * FROM {key.kind} WHERE {KEYS[key.kind]} = ?", [key.key])
    row = cursor.fetchone()
    return (
        dict(zip((column[0] for column in cursor.description), row, strict=True)) if row else None
    )


def is_complete_row(db: Database, row: TableRow) -> bool:
    """Whether the row has exactly the table's columns."""
    return set(row.values) == set(migrations.list_columns(db, row.kind))


def put_row(db: Database, row: TableRow) -> None:
    """Insert the row, replacing one with the same key."""
    names = ", ".join(row.values)
    marks = ", ".join(f":{name}" for name in row.values)
    db.execute(f"INSERT OR REPLACE INTO {row.kind} ({names}) VALUES ({marks})", dict(row.values))


def remove_row(db: Database, key: Key) -> None:
    """Delete the row."""
    db.execute(f"DELETE FROM {key.kind} WHERE {KEYS[key.kind]} = ?", [key.key])


# The settings table (edits): what a person says about the project as a whole, key by key.


def get_setting(db: Database, key: str, default: Any = None) -> Any:
    """The value of a key, `default` where it was not set."""
    row = db.execute("SELECT value FROM setting WHERE key = ?", [key]).fetchone()
    return from_json(row[0], "setting.value") if row else default


@memoisable
def list_settings(db: Database) -> dict[str, Any]:
    """Every key that is set, in alphabetical order."""
    return {
        key: from_json(value, "setting.value")
        for key, value in db.execute("SELECT key, value FROM setting ORDER BY key")
    }


def store_setting(db: Database, name: str, value: Any) -> None:
    """Store a value that the program notes for itself. It is no act of a person, so it cannot be
    undone. An existing value is replaced."""
    db.conn.execute(
        (
            "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value "
            "= excluded.value"
        ),
        [name, to_json(value)],
    )


def drop_setting(db: Database, name: str) -> None:
    """Delete a value that the program noted for itself."""
    db.conn.execute("DELETE FROM setting WHERE key = ?", [name])


def make_setting_row(key: str, value: Any) -> TableRow:
    """A setting for an edit to put; `value` is anything that is read back. Raises InvalidDocument
    for what is not, so that no project keeps it."""
    text = to_json(value)
    parse_json(text)
    return TableRow("setting", {"key": key, "value": text})


def make_setting_key(name: str) -> Key:
    """A setting for an edit to delete."""
    return Key("setting", name)


REMOVALS = "removals"  # how often facts were deleted


def count_removal(db: Database) -> None:
    """Counts that facts were deleted: SQLite gives the highest number of a row out again, so
    neither it nor the number of rows tells that others stand there."""
    db.conn.execute(
        (
            "INSERT INTO setting (key, value) VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET "
            "value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
        ),
        [REMOVALS],
    )


def insert_initial_settings(db: Database, values: Mapping[str, Any]) -> None:
    """Sets what a new project starts with: no act of a person, so nothing to undo. A key that is
    set already keeps its value."""
    db.conn.executemany(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
        [(name, to_json(value)) for name, value in values.items()],
    )


# The slices table (edits): filters with a name.


@memoisable
def list_saved_slices(db: Database) -> tuple[SavedSlice, ...]:
    """Every saved slice by name. Raises UnfitValue for a filter that no version of ours can have
    written."""
    return tuple(
        SavedSlice(str(name), _parse_filter(text))
        for name, text in db.execute("SELECT name, filter FROM slice ORDER BY name")
    )


def make_slice_row(saved: SavedSlice) -> TableRow:
    """A slice for an edit to put, in place of one of that name."""
    return TableRow(
        "slice", {"name": clean_name(saved.name), "filter": to_json(saved.wanted.to_json())}
    )


def make_slice_key(name: str) -> Key:
    """A slice for an edit to delete."""
    return Key("slice", name)


def _parse_filter(text: str) -> Filter:
    try:
        return Filter.from_json(from_json(text, "slice.filter"))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnfitValue("slice.filter: no filter") from error


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Converter:
    """How a field is written into its column and read from it; None leaves it as it is. `read` is
    given the stored value and the name of the column, and may raise UnfitValue."""

    write: Callable[[Any], object] | None = None
    read: Callable[[Any, str], object] | None = None


PLAIN = Converter()
ID = Converter(read=from_id)
FILE_PATH = Converter(read=from_place)  # of a file of the project
NAME = Converter(clean_name)  # that a person gave
REAL = Converter(to_real, lambda stored, _: from_real(stored))  # NaN where it is not known
NAMES = Converter(
    lambda names: to_json(list(names)), lambda stored, what: tuple(from_json(stored, what))
)
BOXES = Converter(format_boxes, lambda stored, _: parse_boxes(stored))
POINTS = Converter(format_points, lambda stored, _: parse_points(stored))
# By the type of a field; the numbers of NumPy become Python's, or SQLite would keep them as bytes.
BY_TYPE = {
    "int": Converter(int),
    "float": Converter(float),
    "float | None": Converter(to_real),
    "bool": Converter(int, lambda stored, _: bool(stored)),
    "bool | None": Converter(to_flag, lambda stored, _: from_flag(stored)),
}
NOTHING: Mapping[str, Any] = MappingProxyType({})


class RowMapper(Generic[T]):
    """Maps the rows of one table to objects of one dataclass and back.

    Args:
        table: name of the table.
        kind: the dataclass.
        converters: by field, where the one of its type does not fit.
        columns: by field, where the column is named otherwise.
        without: fields that are no column.
    """

    def __init__(
        self,
        table: str,
        kind: type[T],
        converters: Mapping[str, Converter] = NOTHING,
        columns: Mapping[str, str] = NOTHING,
        without: Collection[str] = (),
    ) -> None:
        kept = [field for field in fields(kind) if field.name not in without]  # type: ignore[arg-type]
        self.table, self._kind = table, kind
        self.columns = tuple(columns.get(field.name, field.name) for field in kept)
        self.selection = ", ".join(f"{table}.{column}" for column in self.columns)
        self._get = attrgetter(*(field.name for field in kept))
        chosen = [converters.get(field.name) or _get_converter(field.type) for field in kept]
        self._writes = [
            (i, converter.write)
            for i, converter in enumerate(chosen)
            if converter.write is not None
        ]
        self._reads = [
            (i, converter.read, f"{table}.{self.columns[i]}")
            for i, converter in enumerate(chosen)
            if converter.read is not None
        ]

    def to_values(self, item: T) -> list[Value]:
        """The values of an object's columns, in their order."""
        values = list(self._get(item))
        for i, write in self._writes:
            values[i] = write(values[i])
        return values

    def from_values(self, row: Sequence[Any]) -> T:
        """The object of a row of these columns. Raises UnfitValue."""
        values = list(row)
        for i, read, what in self._reads:
            values[i] = read(values[i], what)
        return self._kind(*values)

    def make_row(self, item: T, **more: Value) -> TableRow:
        """A row for an edit to put; `more`: columns that no field holds."""
        return TableRow(
            self.table, {**dict(zip(self.columns, self.to_values(item), strict=True)), **more}
        )

    def select(self, db: Database, rest: str = "", parameters: Sequence[Any] = ()) -> tuple[T, ...]:
        """The objects of some rows; `rest`: what stands in the query behind the table."""
        result = db.execute(f"SELECT {self.selection} FROM {self.table} {rest}", parameters)
        return tuple(map(self.from_values, result))

    def get(self, db: Database, rest: str, parameters: Sequence[Any] = ()) -> T | None:
        """The object of the first row that is found; None without one."""
        result = db.execute(f"SELECT {self.selection} FROM {self.table} {rest}", parameters)
        row = result.fetchone()
        return self.from_values(row) if row else None

    def insert(
        self,
        db: Database,
        items: Iterable[T],
        more: Mapping[str, object] = NOTHING,
        otherwise: str = "",
    ) -> None:
        """Inserts a row for each object.

        Args:
            db: the database.
            items: the objects.
            more: columns that no field holds, with their value in all rows.
            otherwise: what stands in the statement behind the values.
        """
        columns = (*self.columns, *more)
        marks, own = ", ".join("?" * len(columns)), list(more.values())
        db.conn.executemany(
            f"INSERT INTO {self.table} ({', '.join(columns)}) VALUES ({marks}) {otherwise}",
            ((*self.to_values(item), *own) for item in items),
        )


def _get_converter(kind: Any) -> Converter:
    """The converter of a field by its type, which is a name where annotations are kept as text."""
    return BY_TYPE.get(kind.__name__ if isinstance(kind, type) else str(kind), PLAIN)
