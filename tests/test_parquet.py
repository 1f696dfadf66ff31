"""Parquet read and written by DuckDB in memory."""

import sys

import pytest

from fieldcheck import parquet
from fieldcheck.errors.files import ExtraMissing, ParquetUnreadable, PathMissing

COLUMNS = {"name": "VARCHAR", 'a "b"': "DOUBLE", "n": "INTEGER", "right": "BOOLEAN"}
ROWS = [["ä", 0.5, 1, None], ["", None, 2, True], ["x" * 300, -1.0, None, False]]


def test_rows_come_back_in_their_order(tmp_path):
    path = tmp_path / "it's.parquet"
    with parquet.open_engine("Parquet") as engine:
        parquet.write_table(engine, path, COLUMNS, ROWS)
        assert parquet.read_column_types(engine, path) == COLUMNS
        blocks = list(parquet.iter_row_blocks(engine, path, COLUMNS, 2))
    assert [len(block) for block in blocks] == [2, 1]
    assert [list(row) for block in blocks for row in block] == ROWS
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_a_time_with_a_zone_is_read_in_utc(tmp_path):
    path = tmp_path / "log.parquet"
    zoned = {"at": parquet.ZONED}
    with parquet.open_engine("Parquet") as engine:
        parquet.write_table(engine, path, zoned, [["2026-11-02T06:00:00.25+01:00"]])
        rows = list(parquet.iter_row_blocks(engine, path, zoned, 9))
    assert rows == [[("2026-11-02T05:00:00.25+00:00",)]]


def test_nothing_is_fetched_and_no_statement_changes_that(tmp_path):
    with parquet.open_engine("Parquet") as engine:
        for statement in ("SET autoinstall_known_extensions = true", "SET threads = 9"):
            with pytest.raises(parquet.import_duckdb().Error, match="locked"):
                engine.execute(statement)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" * 9, b"file,class\n"])
def test_a_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / "log.parquet"
    path.write_bytes(content)
    with parquet.open_engine("Parquet") as engine, pytest.raises(ParquetUnreadable) as refused:
        parquet.read_column_types(engine, path)
    assert refused.value.path == path


def test_nothing_is_left_where_a_file_cannot_be_written(tmp_path):
    with parquet.open_engine("Parquet") as engine, pytest.raises(PathMissing):
        parquet.write_table(engine, tmp_path / "gone" / "a.parquet", COLUMNS, ROWS)
    assert not list(tmp_path.iterdir())


def test_without_the_extra_a_sentence_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    parquet.import_duckdb.cache_clear()
    try:
        with pytest.raises(ExtraMissing) as missing, parquet.open_engine("Parquet"):
            pass
    finally:
        parquet.import_duckdb.cache_clear()
    assert missing.value.extra == "fleet"
