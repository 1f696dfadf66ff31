"""Exported labels in pyarrow, which also writes them."""

import os
import sys
from pathlib import Path

import pytest

from tests.peers.sets import SIZE, gone_through, written


@pytest.fixture
def with_pyarrow(monkeypatch):
    """Lets the product find the library where the peer has it, behind its own."""
    peers = Path(os.environ.get("FIELDCHECK_PEERS", "nowhere"))
    found = list((peers / "pyarrow" / "env").glob("lib/python*/site-packages"))
    if not found:
        pytest.skip("only in the share of peers: packaging/test.sh --peers pyarrow")
    monkeypatch.setattr(sys, "path", [*sys.path, str(found[0])])


@pytest.mark.usefixtures("with_pyarrow")
def test_pyarrow_reads_typed_columns_and_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "parquet")
    found = ask_peer("pyarrow", tmp_path / "parquet" / "labels.parquet")
    assert list(found["schema"]) == [
        "file", "class", "x", "y", "w", "h", "crowd", "occluded", "truncated", "width", "height",
    ]  # fmt: skip
    assert (found["schema"]["x"], found["schema"]["crowd"]) == ("double", "bool")
    rows = {
        name: [row for row in found["rows"] if Path(row["file"]).stem == name] for name in truth
    }
    boxes = {
        name: [[row[key] for key in ("class", *"xywh")] for row in said if row["class"]]
        for name, said in rows.items()
    }
    gone_through(boxes, truth, 0)
    assert [row["occluded"] for row in rows["Prüfung_3"]] == [True, False]
    assert {(row["width"], row["height"]) for row in found["rows"]} == {SIZE}
