"""Rows of a table as objects of one dataclass: each field is the column of its name, so a new
column is one field and one step of the migration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from sqlite_utils import Database

from fieldcheck.project.tables.values import (
    TableRow,
    Value,
    format_boxes,
    format_points,
    from_flag,
    from_id,
    from_json,
    from_place,
    from_real,
    parse_boxes,
    parse_points,
    to_flag,
    to_json,
    to_real,
)
from fieldcheck.safe_text import clean_name

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Converter:
    """How a field is written into its column and read from it; None leaves it as it is. `read` is
    given the stored value and the name of the column, and may raise UnfitValue."""

    write: Callable[[Any], object] | None = None
    read: Callable[[Any, str], object] | None = None


PLAIN = Converter()
ID = Converter(read=from_id)
PLACE = Converter(read=from_place)  # of a file of the project
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
