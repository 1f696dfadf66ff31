"""A Parquet log with pyarrow in reach of the product, as with the extra `parquet`; without it the
sentence is tested with the reader."""

import json
import os
import sys

from tests.monitoring.test_log_monitor import log
from tests.programs import run_program


def test_a_parquet_log_says_what_the_same_log_as_csv_says(ask_peer, empty, tmp_path):
    csv, packed = log(tmp_path / "a.csv", shifts=8, per_shift=30), tmp_path / "a.parquet"
    told = ask_peer("parquet", csv, packed)
    place = empty.path
    empty.close()

    def said(path):
        command = [sys.executable, "-m", "fieldcheck", "monitor", place, path, "--json"]
        got = run_program(command, env=os.environ | {"PYTHONPATH": told["packages"]})
        assert got.returncode == 0, got.stderr
        return json.loads(got.stdout)

    by_csv, by_parquet = said(csv), said(packed)
    assert by_parquet["log"]["n"] == told["rows"] == 240
    actual = [one["began"] for one in by_parquet["shifts"]]
    assert actual == [one["began"] for one in by_csv["shifts"]]
    actual = [one["state"] for one in by_parquet["shifts"]]
    assert actual == [one["state"] for one in by_csv["shifts"]]
    damaged = tmp_path / "b.parquet"
    damaged.write_bytes(packed.read_bytes()[:200])
    command = [sys.executable, "-m", "fieldcheck", "monitor", place, damaged]
    got = run_program(command, env=os.environ | {"PYTHONPATH": told["packages"]})
    assert got.returncode == 1
    assert "is Parquet that cannot be read" in got.stderr
