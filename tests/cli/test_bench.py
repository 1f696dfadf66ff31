import csv
import json
from pathlib import Path

import pytest

from fieldcheck.domain.run import PROVIDER_NAMES
from fieldcheck.latency import bench_runner
from fieldcheck.models.providers import list_installed_providers


@pytest.fixture(autouse=True)
def short_warm_up(monkeypatch):
    monkeypatch.setattr("fieldcheck.latency.frame_timing.WARM_UP_S", 0.2)


@pytest.mark.long
def test_bench_prints_the_latency_its_stages_and_whether_it_keeps_up(terminal, place, tmp_path):
    project, kept = place("footed"), tmp_path / "frames.csv"
    document = terminal.document("latency", project, "--seconds", "0.5", "--keep", kept)
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
    graph = document["graph"]
    assert graph["parameters"] > 0
    actual = [one["size"] for one in graph["layers"]]
    assert actual == sorted((one["size"] for one in graph["layers"]), reverse=True)
    assert graph["peak"] >= graph["layers"][0]["size"]
    with kept.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == document["n"]
    assert set(rows[0]) == {
        "frame", "total_ms", "decode_ms", "resize_ms", "normalise_ms", "forward_ms", "post_ms",
    }  # fmt: skip
    said = terminal.said(
        "latency", project, "--seconds", "0.5", "--target", "1", "--target", "100000", "--load",
        "encode",
    )  # fmt: skip
    assert "Target met at 1 fps, missed at 100,000 fps." in said
    assert "Too short to detect throttling" in said
    assert "background load: video encoding." in said
    assert "Peak activation memory: " in said
    assert "Largest activations: " in said


def test_a_source_that_is_not_there_is_one_sentence(terminal, place, tmp_path):
    assert "gone.mp4" in terminal.refusal(
        "latency", place("footed"), "--seconds", "0.5", "--source", tmp_path / "gone.mp4"
    )


@pytest.mark.long
def test_the_report_shows_the_newest_run(terminal, place):
    project = place("labelled")
    assert json.loads(summary_of(terminal, project))["latency"] is None
    document = terminal.document("latency", project, "--seconds", "0.2")
    assert json.loads(summary_of(terminal, project))["latency"]["n"] == document["n"]


def summary_of(terminal, project):
    return (Path(terminal.document("report", project)["report"]) / "summary.json").read_text(
        "utf-8"
    )


@pytest.mark.long
def test_a_runner_is_exported_and_its_result_taken_in(terminal, place, tmp_path, monkeypatch):
    monkeypatch.setattr(bench_runner, "WARM_UP_S", 0.1)
    project, folder, result = place("labelled"), tmp_path / "runner", tmp_path / "bench.json"
    document = terminal.document("latency", project, "--export-runner", folder)
    assert (document["n_field"], document["n_benchmark"]) == (20, 18)
    assert set(document["files"]) == {
        one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()
    }
    expected = "On the device, run python -I run_bench.py, then import bench.json here."
    assert document["sentence"].endswith(expected)
    bench_runner.main(["--seconds", "0.3", "--out", str(result)], folder)
    said = terminal.said("latency", project, "--import", result)
    assert (
        "by the exported runner. Decoding, resizing and post-processing are not included." in said
    )
    assert "Prediction changed on 0 of 20 frames; largest difference 0." in said
    document = terminal.document("latency", project, "--import", result)
    assert set(document["stages"]) == {"read", "normalise", "forward"}
    accuracy = document["device_accuracy"]
    assert (accuracy["n"], accuracy["changed"], accuracy["moved"]) == (20, [], 0.0)
    assert accuracy["latency"]["p50_ms"] == document["total"]["p50_ms"]
    summary = json.loads(summary_of(terminal, project))
    assert summary["device_accuracy"] == accuracy
    assert summary["latency"]["total"] == document["total"]
    result.write_text(result.read_text()[:-20])
    assert "is an incomplete result" in terminal.refusal("latency", project, "--import", result)
    assert terminal("latency", project, "--import", result, "--export-runner", folder).code == 2


@pytest.mark.long
def test_thread_counts_stand_side_by_side_with_their_ranges_and_the_test_of_rounds(terminal, place):
    project = place("footed")
    document = terminal.document("latency", project, "--seconds", "0.8", "--threads", "1,2")
    expected = [("cpu", 1), ("cpu", 2)]
    assert [(one["provider"], one["threads"]) for one in document["variants"]] == expected
    assert (document["noise"], document["noise_reason"]) == (None, "rounds_are_tested")
    first, second = document["variants"]
    assert (first["ratio"], first["differs"]) == (1.0, False)
    assert second["ratio_lo"] < second["ratio"] < second["ratio_hi"]
    said = terminal.said("latency", project, "--seconds", "0.8", "--threads", "1,2")
    assert "Processor (CPU), 2 threads: p50 " in said
    assert "× the first (" in said
    assert "20 rounds in alternating order; " in said


def test_what_cannot_stand_side_by_side_is_a_wrong_call(terminal, place):
    project = place("footed")
    missing = next(one for one in PROVIDER_NAMES if one not in list_installed_providers())
    for wrong in (
        ("--threads", "1,x"), ("--threads", "0"), ("--provider", missing),
        ("--threads", "1,2", "--fps", "10"),
    ):  # fmt: skip
        assert terminal("latency", project, "--seconds", "0.5", *wrong).code == 2


@pytest.mark.long
def test_the_former_name_of_the_command_prints_the_same_document(terminal, place, tmp_path):
    project, folder, result = place("footed"), tmp_path / "runner", tmp_path / "bench.json"
    document = terminal.document("latency", project, "--export-runner", folder)
    bench_runner.main(["--seconds", "0.3", "--out", str(result)], Path(document["folder"]))
    by_name = {
        name: terminal.document(name, project, "--import", result) for name in ("latency", "bench")
    }
    for document in by_name.values():
        assert document["device_accuracy"].pop("imported")
    assert by_name["bench"] == by_name["latency"]
    assert by_name["bench"]["schema"] == "fieldcheck.bench/1"
