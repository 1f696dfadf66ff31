import csv
import json
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def short_warm_up(monkeypatch):
    monkeypatch.setattr("fieldcheck.workflows.bench.timing.WARM_UP_S", 0.2)


def test_bench_prints_the_latency_its_stages_and_whether_it_keeps_up(terminal, place, tmp_path):
    project, kept = place("footed"), tmp_path / "frames.csv"
    document = terminal.document("bench", project, "--seconds", "0.5", "--keep", kept)
    assert set(document) >= {
        "machine",
        "load",
        "seconds",
        "n",
        "warm_up",
        "stages",
        "total",
        "blocks_ms",
        "throughput_fps",
        "late",
        "memory",
    }
    assert document["schema"] == "fieldcheck.bench/1"
    assert set(document["stages"]) == {"decode", "resize", "normalise", "forward", "post"}
    assert document["throttling"]["flag"] is None
    with kept.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == document["n"]
    assert set(rows[0]) == {"frame", "total_ms", "decode_ms", "resize_ms", "normalise_ms", "forward_ms", "post_ms"}
    said = terminal.said("bench", project, "--seconds", "0.5", "--target", "1", "--target", "100000", "--load", "encode")
    assert "It keeps up with 1 frames a second, not with 100000." in said
    assert "Too short to say whether it gets slower with heat" in said
    assert "a recording is compressed" in said


def test_a_source_that_is_not_there_is_one_sentence(terminal, place, tmp_path):
    assert "gone.mp4" in terminal.refusal("bench", place("footed"), "--seconds", "0.5", "--source", tmp_path / "gone.mp4")


def test_the_report_shows_the_newest_run(terminal, place):
    project = place("labelled")
    assert json.loads(summary_of(terminal, project))["latency"] is None
    document = terminal.document("bench", project, "--seconds", "0.2")
    assert json.loads(summary_of(terminal, project))["latency"]["n"] == document["n"]


def summary_of(terminal, project):
    return (Path(terminal.document("report", project)["report"]) / "summary.json").read_text("utf-8")
