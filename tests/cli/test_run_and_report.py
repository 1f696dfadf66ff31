import csv
import json
import logging
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from fieldcheck.report.csv_files import FRAME_COLUMNS, PREDICTION_COLUMNS
from tests import makers

RUN_KEYS = {
    "providers", "run_id", "model", "on", "n", "n_done", "n_nan", "resumed", "left_out", "renewed",
    "seconds", "metric", "score",
}  # fmt: skip
ESTIMATE_KEYS = {"value", "lo", "hi", "n", "n_eff", "method", "status", "note"}
REPORT_KEYS = {
    "schema", "project", "report", "files", "sentence", "verdict", "readiness", "readiness_reason",
    "gap",
}  # fmt: skip
CONTRACT_FRAMES = (
    "frame_id, clip_id, camera, location, taken_at, source, source_index, t_s, width, height, "
    "conditions, stratum, hardness, picked, probability, weight, reason, label, label_state, "
    "prediction, confidence, right, sha256, file, draw"
)
CONTRACT_PREDICTIONS = (
    "on, model, run_id, frame_id, rank, class, class_index, score, x, y, w, h, truth, right"
)


def rows(path):
    with path.open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def test_run_answers_with_what_was_done_on_what(terminal, place):
    document = terminal.document("run", place("drawn"))
    assert set(document) == {"schema", "project", "runs", "parity", "masks"}
    assert document["parity"] is None
    assert {tuple(one["providers"]) for one in document["runs"]} == {("cpu",)}
    assert document["schema"] == "fieldcheck.run/1"
    assert {frozenset(one) for one in document["runs"]} == {frozenset(RUN_KEYS)}
    actual = [(one["on"], one["n"], one["n_done"], one["n_nan"]) for one in document["runs"]]
    assert actual == [("field", 20, 20, 0), ("footage", 120, 120, 0), ("benchmark", 18, 18, 0)]
    scores = {one["on"]: one["score"] for one in document["runs"]}
    assert scores["footage"] is None
    assert set(scores["benchmark"]) == ESTIMATE_KEYS
    assert scores["field"]["value"] is None


def test_timing_prints_the_stages_beside_the_answer(terminal, place, caplog):
    caplog.set_level(logging.INFO)
    outcome = terminal("run", place("drawn"), "--on", "benchmark", "--timing", "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["runs"]
    assert {"read image files", "preprocess", "run the model", "whole command"} <= {
        line.partition("  ")[0] for line in outcome.err.splitlines()
    }
    assert "times: Stage wall time" in caplog.text


def test_a_second_run_says_that_it_goes_on(terminal, place):
    project = place("drawn")
    first = terminal.document("run", project, "--on", "field")["runs"][0]
    second = terminal.document("run", project, "--on", "field")["runs"][0]
    assert (first["resumed"], second["resumed"]) == (False, True)
    assert first["run_id"] == second["run_id"]
    assert "20 predictions; no score: no labels." in terminal.said("run", project, "--on", "field")


def test_an_unreadable_benchmark_image_is_told_and_stops_nothing(terminal, place, tmp_path):
    project = place("drawn")
    terminal.document("benchmark", "set", project, makers.benchmark_folder(tmp_path / "clean"))
    victim = tmp_path / "clean" / "red" / "001.png"
    victim.write_bytes(victim.read_bytes()[:60])
    outcome = terminal("run", project, "--json")
    assert outcome.code == 0, outcome.err
    benchmark = json.loads(outcome.out)["runs"][2]
    assert (benchmark["n"], benchmark["n_done"], benchmark["score"]["n"]) == (18, 17, 17)
    assert [Path(name).name for name in benchmark["left_out"]] == [victim.name]
    assert victim.name in outcome.err.splitlines()[0]
    assert "was modified later; the frame was skipped" not in terminal("run", project).out


def test_what_cannot_be_run_is_said(terminal, place, tmp_path):
    project = place("empty")
    assert "pick" in terminal.refusal("run", project, "--on", "field")
    assert "import" in terminal.refusal("run", project, "--on", "footage")
    terminal.document("new", tmp_path / "bare.fieldcheck")
    assert "model set" in terminal.refusal("run", tmp_path / "bare.fieldcheck")
    assert terminal("run", project, "--on", "everything").code == 2


@pytest.mark.long
def test_report_answers_with_folder_files_and_gap(terminal, place):
    project = place("labelled")
    document = terminal.document("report", project)
    assert set(document) == REPORT_KEYS
    assert document["schema"] == "fieldcheck.report/1"
    assert Path(document["report"]).parent == project / "reports"
    assert Path(document["report"]).name.startswith("Fieldcheck_Hall-3_20")
    assert all(Path(path).is_file() for path in document["files"])
    assert set(document["gap"]) == ESTIMATE_KEYS
    assert document["gap"]["lo"] <= document["gap"]["value"] <= document["gap"]["hi"]
    assert terminal.said("report", project).splitlines()[0] == document["sentence"]


@pytest.mark.long
def test_report_goes_where_it_is_told_and_speaks_german(terminal, place, tmp_path, monkeypatch):
    project = place("labelled")
    monkeypatch.chdir(tmp_path)
    english = terminal.document("report", project, "--out", "here/deep")
    german = terminal.document("report", project, "--out", "here/deep", "--lang", "de")
    assert (
        Path(english["report"]).parent
        == Path(german["report"]).parent
        == tmp_path / "here" / "deep"
    )
    assert german["sentence"] != english["sentence"]
    assert german["gap"] == english["gap"]
    printed = terminal.said("report", project, "--out", "here/deep", "--lang", "de")
    assert "Grenzwert" in printed.splitlines()[1]


@pytest.mark.long
@pytest.mark.parametrize("name", ["empty", "footed", "drawn", "labelled"])
def test_report_never_fails_for_lack_of_data(terminal, place, name):
    document = terminal.document("report", place(name))
    assert document["sentence"]
    assert (document["gap"]["value"] is None) == (name != "labelled")


@pytest.mark.long
def test_where_nobody_could_judge_a_frame_the_report_says_to_record_more(terminal, place):
    project = place("drawn")
    for pick in terminal.document("pick", project)["picks"]:
        terminal.document("label", "set", project, pick["frame_id"], "--unsure")
    assert "fieldcheck import" in terminal.said("report", project)


@pytest.mark.long
def test_the_sheets_have_the_columns_of_the_contract(terminal, place):
    folder = Path(terminal.document("report", place("labelled"))["report"])
    cases = (("frames.csv", CONTRACT_FRAMES), ("predictions.csv", CONTRACT_PREDICTIONS))
    for name, columns in cases:
        data = (folder / name).read_bytes()
        assert data.split(b"\n")[0].decode().split(",") == columns.split(", ")
        assert b"\r" not in data
    assert ", ".join(FRAME_COLUMNS) == CONTRACT_FRAMES
    assert ", ".join(PREDICTION_COLUMNS) == CONTRACT_PREDICTIONS


@pytest.mark.long
def test_the_sheet_of_frames_keeps_the_rules(terminal, place):
    project = place("labelled")
    found = rows(Path(terminal.document("report", project)["report"]) / "frames.csv")
    assert len(found) == 120
    assert [int(row["source_index"]) for row in found] == list(range(0, 240, 2))
    assert [float(row["t_s"]) for row in found] == [index / 4 for index in range(0, 240, 2)]
    assert Counter(row["stratum"] for row in found) == {"hard": 24, "rest": 96}
    assert Counter(row["picked"] for row in found) == {"0": 100, "1": 20}
    assert {row["conditions"] for row in found} == {"dark|glare"}
    for row in found:
        picked = row["picked"] == "1"
        assert all(
            (row[name] != "") == picked
            for name in ("probability", "weight", "reason", "label", "label_state", "right", "file")
        )
        if picked:
            assert row["right"] == str(int(row["label"] == row["prediction"]))
            assert (project / row["file"]).is_file()
    for name, listed in (("hard", 24), ("rest", 96)):
        labelled = [row for row in found if row["stratum"] == name and row["label_state"] == "done"]
        assert {float(row["weight"]) for row in labelled} == {listed / len(labelled)}


@pytest.mark.long
def test_the_sheet_of_predictions_keeps_the_rules(terminal, place):
    found = rows(Path(terminal.document("report", place("labelled"))["report"]) / "predictions.csv")
    expected = {"field": 20, "footage": 100, "benchmark": 18}
    assert Counter(row["on"] for row in found if row["rank"] == "1") == expected
    assert {row["rank"] for row in found} == {"1", "2", "3"}
    assert {row["x"] for row in found} == {""}
    assert all(
        (row["truth"] != "") == (row["rank"] == "1" and row["on"] != "footage") for row in found
    )
    wrong = [row for row in found if row["on"] == "benchmark" and row["right"] == "0"]
    expected = [("red/000.png", "blue", "red")]
    assert [(row["frame_id"], row["class"], row["truth"]) for row in wrong] == expected


@pytest.mark.long
def test_two_reports_differ_in_created_and_provenance_and_what_changed_only(terminal, place):
    project = place("labelled")
    folders = [Path(terminal.document("report", project)["report"]) for _ in range(2)]
    assert folders[1].name == f"{folders[0].name}_2"
    found = [
        json.loads((folder / "summary.json").read_text(encoding="utf-8")) for folder in folders
    ]
    assert {key for key in found[0] if found[0][key] != found[1][key]} <= {
        "created", "provenance", "change",
    }  # fmt: skip


@pytest.mark.long
def test_a_report_says_what_changed_since_another_one_that_is_named(terminal, place, tmp_path):
    project = place("labelled")
    first = Path(terminal.document("report", project, "--out", tmp_path)["report"])
    second = Path(
        terminal.document("report", project, "--out", tmp_path, "--compare", first)["report"]
    )
    change = json.loads((second / "summary.json").read_text(encoding="utf-8"))["change"]
    assert (change["named"], change["same_frames"], change["differs"]) == (True, True, [])
    assert "Change since an earlier report" in (second / "report.html").read_text(encoding="utf-8")


def test_a_report_is_not_compared_with_what_is_none(terminal, place, tmp_path):
    (tmp_path / "summary.json").write_text("{}")
    said = terminal.refusal("report", place("labelled"), "--out", tmp_path, "--compare", tmp_path)
    assert "is not a summary of a Fieldcheck report. Nothing was written." in said
    assert not list(tmp_path.glob("Fieldcheck_*"))


@pytest.mark.long
def test_the_same_commands_in_two_projects_give_the_same_digits(terminal, material, tmp_path):
    said = []
    for name in ("a", "b"):
        project = tmp_path / name / "p.fieldcheck"
        terminal.document(
            "new", project, "--model", material / "net.onnx", "--benchmark", material / "clean"
        )
        terminal.document("import", project, material / "belt.avi")
        picks = terminal.document("pick", project, "--count", 20, "--seed", 3)["picks"]
        labels = tmp_path / f"{name}.csv"
        labels.write_text(
            "file,class\n" + "".join(f"belt.avi#{int(one['frame_id'][-6:])},red\n" for one in picks)
        )
        terminal.document("label", "import", project, labels)
        terminal.document("run", project)
        folder = Path(terminal.document("report", project)["report"])
        document = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        said.append(
            (picks, document["gap"], document["field"], (folder / "frames.csv").read_bytes())
        )
    assert said[0] == said[1]


@pytest.mark.long
def test_embed_answers_with_the_tensor_and_how_far_it_came(terminal, place):
    project = place("footed")
    document = terminal.document("embed", project)
    assert set(document) == {"schema", "project", "model", "tensor", "sets"}
    assert document["schema"] == "fieldcheck.embed/1"
    assert (document["model"], document["tensor"]) == ("net", "f")
    assert document["sets"] == [
        {"on": "footage", "n": 120, "n_done": 120, "resumed": False},
        {"on": "benchmark", "n": 18, "n_done": 18, "resumed": False},
    ]
    assert terminal.document("embed", project, "--on", "benchmark")["sets"][0]["resumed"]
    said = terminal.said("embed", project)
    assert "footage: 120 embeddings; from inside net (f)." in said


def test_embed_says_where_image_statistics_stand_in(terminal, tmp_path, material):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
    assert (
        terminal.document("embed", tmp_path / "p.fieldcheck", "--on", "footage")["tensor"] is None
    )
    expected = "from image statistics"
    assert expected in terminal.said("embed", tmp_path / "p.fieldcheck", "--on", "footage")


@pytest.mark.long
def test_masks_are_held_against_points_from_the_run_to_the_report(terminal, place, tmp_path):
    project = place("pointed")
    run = terminal.document("run", project, "--on", "field")["runs"][0]
    assert (run["metric"], run["score"]["n"]) == ("point_score", 20)
    assert 0 < run["score"]["lo"] < run["score"]["value"] < run["score"]["hi"] < 1
    assert "frames whose points are all covered" in terminal.said("run", project, "--on", "field")
    document = terminal.document("report", project, "--out", tmp_path / "out")
    summary = json.loads(Path(document["report"], "summary.json").read_text())
    assert summary["field"]["footage"]["value"] == run["score"]["value"]
    assert set(summary["field"]["metrics"]) == {"points_hit", "false_area"}
    shown = [
        row for row in rows(Path(document["report"], "frames.csv")) if row["label_state"] == "done"
    ]
    expected = {("red", "1"), ("blue", "1"), ("", "1"), ("red", "0")}
    assert {(row["prediction"], row["right"]) for row in shown} == expected
    pointed = rows(Path(document["report"], "labels.csv"))
    assert list(pointed[0]) == ["file", "class", "x", "y"]
    assert {row["class"] for row in pointed} == {"red", "blue", ""}
    looked = terminal.document("look", "show", project)
    assert {(row["truth"][0], row["said"][0]) for row in looked["rows"]} == {("blue", "red")}


@pytest.mark.long
def test_sections_and_notes_are_chosen_kept_and_undone(terminal, place, tmp_path):
    path = place("labelled")
    chosen = (
        "--without", "latency", "--without", "worst", "--with", "worst", "--notes",
        "Lamp 2 was off.", "--everything",
    )  # fmt: skip
    folder = terminal.document("report", path, "--out", tmp_path, *chosen)["report"]
    expected = {"left_out": ["latency"], "notes": "Lamp 2 was off.", "everything": True}
    assert json.loads((tmp_path / folder / "summary.json").read_text("utf-8"))["form"] == expected
    assert terminal.document("undo", path)["act"] == "report.form"
    assert terminal("report", path, "--without", "decision").code == 2
    assert "limited to 4,000 characters." in terminal("report", path, "--notes", "x" * 4001).err


def test_runs_are_listed_the_newest_first(terminal, place):
    project = place("labelled")
    document = terminal.document("runs", project, "--most", 2)
    assert document["schema"] == "fieldcheck.runs/1"
    assert (document["n"], len(document["runs"])) == (3, 2)
    assert set(document["runs"][0]) == {
        "run_id", "model", "on", "recipe", "severity", "seed", "n_done", "created", "code_version",
        "providers",
    }  # fmt: skip
    said = terminal.said("runs", project, "--most", 2, "--skip", 1)
    assert document["runs"][1]["run_id"] in said
    assert "3 runs saved; showing 2 to 3, newest first." in said


def test_a_run_that_is_repeated_to_the_digit_exits_0(terminal, place):
    project = place("labelled")
    run_id = terminal.document("runs", project)["runs"][0]["run_id"]
    document = terminal.document("replay", project, run_id)
    assert set(document) == {
        "schema", "project", "run_id", "model", "on", "same", "n", "n_different", "differences",
    }  # fmt: skip
    assert (document["run_id"], document["same"], document["differences"]) == (run_id, True, [])
    expected = "reproduced: all 18 predictions identical."
    assert expected in terminal.said("replay", project, run_id[:6])


def test_what_is_not_as_it_was_is_named_with_exit_1(terminal, place):
    project = place("labelled")
    run_id = next(
        one["run_id"] for one in terminal.document("runs", project)["runs"] if one["on"] == "field"
    )
    (model,) = (project / "models").rglob("*.onnx")
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(data)
    outcome = terminal("replay", project, run_id, "--json")
    document = json.loads(outcome.out)
    assert outcome.code == 1
    assert (document["same"], document["differences"][0]["kind"]) == (False, "model")
    said = terminal("replay", project, run_id)
    assert said.code == 1
    assert "cannot be reproduced: model file changed." in said.out
    assert "Model file net: SHA-256" in said.out


def test_a_run_that_is_not_there_is_refused_and_the_newest_are_named(terminal, place):
    assert "Latest runs: " in terminal.refusal("replay", place("labelled"), "ffffffff")


@pytest.mark.long
def test_labels_without_predictions_ask_for_a_run_and_not_for_labels(terminal, drawn):
    """As after an update: predictions count in the version that made them."""
    makers.label_all(drawn)
    drawn.close()
    with closing(sqlite3.connect(drawn.path / "project.db")) as db, db:
        db.execute("UPDATE prediction SET run_id = 'of another version'")
    said = terminal.said("report", drawn.path)
    assert "predictions for the labelled frames are missing" in said
    assert "no frame is labelled yet" not in said
    assert "Do the next step (`fieldcheck run`)" in said
