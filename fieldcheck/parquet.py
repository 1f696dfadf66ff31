"""Parquet files, read and written by DuckDB in memory: it fetches nothing, keeps no file of its own
and is installed with the extra `fleet`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from fieldcheck.errors.files import ExtraMissing, ParquetUnreadable
from fieldcheck.files import find_write_error, map_os_errors, sync_folder

EXTRA = "fleet"
MAGIC = b"PAR1"  # begins every Parquet file
# Whatever a query says, nothing is downloaded, and no later statement changes that.
SETTINGS: Mapping[str, str] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "lock_configuration": "true",
}
# A time with a zone is fetched through a library of zones that need not be there, so it is read as
# text in UTC.
# Whatever stands in the path of a file says nothing of what is in it.
FILES = "read_parquet(?, hive_partitioning = false)"
ZONED = "TIMESTAMP WITH TIME ZONE"


@cache
def import_duckdb() -> Any:
    """DuckDB's module where it is installed, else None: it is 69 MB that few need."""
    try:
        return import_module("duckdb")
    except ImportError:
        return None


@contextmanager
def open_engine(purpose: str) -> Iterator[Any]:
    """A connection to DuckDB in memory for the length of the block.

    Args:
        purpose: What needs it, for the sentence.

    Raises:
        ExtraMissing: DuckDB is not installed.
    """
    duckdb = import_duckdb()
    if duckdb is None:
        raise ExtraMissing(purpose, EXTRA)
    connection = duckdb.connect(":memory:", config=dict(SETTINGS))
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def map_parquet_errors(path: Path) -> Iterator[None]:
    """Turn what DuckDB says about a file into ParquetUnreadable."""
    try:
        yield
    except import_duckdb().Error as error:
        raise ParquetUnreadable(path, str(error).splitlines()[0][:100]) from error


def read_column_types(engine: Any, path: Path) -> dict[str, str]:
    """Column names of a Parquet file in their order, with their types. Raises ParquetUnreadable."""
    with map_parquet_errors(path):
        rows = engine.execute(f"DESCRIBE SELECT * FROM {FILES}", [str(path)]).fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


def iter_row_blocks(
    engine: Any, path: Path, columns: Mapping[str, str], n_rows: int
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of a Parquet file in their order, `n_rows` at a time.

    Args:
        engine: An open connection.
        path: The file.
        columns: Names of the wanted columns with their types.
        n_rows: Most rows that are held at a time.

    Raises:
        ParquetUnreadable: The file is damaged.
    """
    wanted = ", ".join(_select_column(name, kind) for name, kind in columns.items())
    with map_parquet_errors(path):
        rows = engine.execute(f"SELECT {wanted} FROM {FILES}", [str(path)])
        while block := rows.fetchmany(n_rows):
            yield block


def query_columns(
    engine: Any, sql: str, paths: Sequence[str], values: Sequence[Any] = ()
) -> dict[str, Any]:
    """Columns of a question over Parquet files, each an array; `sql` names the files by its first
    question mark, the `values` by the others. A column with empty cells is a masked array. Raises
    ParquetUnreadable."""
    with map_parquet_errors(Path(paths[0])):
        answer: dict[str, Any] = engine.execute(sql, [list(paths), *values]).fetchnumpy()
    return answer


def _select_column(name: str, kind: str) -> str:
    quoted = quote_name(name)
    if kind != ZONED:
        return quoted
    return f"replace(CAST(make_timestamp(epoch_us({quoted})) AS VARCHAR), ' ', 'T') || '+00:00'"


def quote_name(name: str) -> str:
    """A column's name as SQL takes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def write_table(
    engine: Any, path: Path, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]
) -> None:
    """Write rows as one zstd Parquet file, in their order; a whole file or none.

    Args:
        engine: An open connection.
        path: The file, which is replaced.
        columns: Names of the columns with their SQL types.
        rows: One sequence of plain values a row; None where a cell is empty.

    Raises:
        DiskFull, ReadOnlyPlace, PathMissing: It cannot be written there.
    """
    import numpy as np  # few modules that read a small file need arrays

    table = {}
    for index, name in enumerate(columns):
        cells = np.empty(len(rows), dtype=object)
        cells[:] = [row[index] for row in rows]
        table[name] = cells
    wanted = ", ".join(
        f"CAST({quote_name(name)} AS {kind}) AS {quote_name(name)}"
        for name, kind in columns.items()
    )
    part = path.with_name(path.name + ".part")
    target = str(part).replace("'", "''")
    engine.register("written_rows", table)
    try:
        engine.execute(
            f"COPY (SELECT {wanted} FROM written_rows) TO '{target}' "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        with map_os_errors(path):
            _sync_file(part)
            part.replace(path)
            sync_folder(path.parent)
    except import_duckdb().IOException as error:
        raise find_write_error(path) from error
    finally:
        engine.unregister("written_rows")
        part.unlink(missing_ok=True)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
