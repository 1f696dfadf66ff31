import json
import shutil
from dataclasses import replace

import pytest

from fieldcheck.cli.main import main
from fieldcheck.models.benchmark import read_benchmark
from fieldcheck.project.backup import list_backups
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels
from tests import makers
from tests.cli.other_door import Door

MODEL_KEYS = {"name", "sha256", "task", "classes"}
BENCHMARK_KEYS = {"guess", "claimed", "metric", "score", "spot_check", "reproduced"} | {
    "path",
    "format",
    "n",
    "n_boxes",
    "classes",
    "unmatched",
}


def test_new_answers_with_model_benchmark_and_site(terminal, material, tmp_path):
    project = tmp_path / "p.fieldcheck"
    document = terminal.document(
        "new", project, "--model", material / "net.onnx", "--benchmark", material / "clean",
        "--claimed", "0.971", "--site", "Hall 3",
    )  # fmt: skip
    assert set(document) == {
        "schema", "project", "model", "benchmark", "site", "limits", "receipt"
    }  # fmt: skip
    assert document["receipt"]["n_labelled"] == 18
    assert document["schema"] == "fieldcheck.new/1"
    assert document["project"] == str(project)
    assert set(document["model"]) == MODEL_KEYS
    assert document["model"]["classes"] == list(makers.COLOURS)
    assert set(document["benchmark"]) == BENCHMARK_KEYS
    assert document["benchmark"]["format"] == "imagefolder"
    assert (document["benchmark"]["n"], document["benchmark"]["n_boxes"]) == (18, 0)
    assert document["site"] == "Hall 3"
    assert {"recordings", "frames"} <= {path.name for path in project.iterdir()}


def test_new_alone_says_what_is_missing(terminal, tmp_path):
    said = terminal.said("new", tmp_path / "p.fieldcheck")
    assert "model set" in said
    assert "benchmark set" in said
    document = terminal.document("new", tmp_path / "q.fieldcheck")
    assert (document["model"], document["benchmark"]) == (None, None)


@pytest.mark.long
def test_the_search_after_a_missed_claim_is_said_even_without_result(terminal, material, tmp_path):
    """A minute of work that leaves no word looks like a fault."""
    asked = ("--model", material / "net.onnx", "--benchmark", material / "clean", "--claimed")
    tried = "Other preprocessing was tested on 18 labelled images: no gain demonstrated."
    assert tried in terminal.said("new", tmp_path / "p.fieldcheck", *asked, "0.5")
    unexpected = "Other preprocessing was tested"
    assert unexpected not in terminal.said("new", tmp_path / "q.fieldcheck", *asked, "0.95")
    card = makers.write_card(
        tmp_path / "wrong.json",
        makers.COLOUR_CARD | {"input": {**makers.CARD["input"], "colour": "BGR"}},
    )
    warned = terminal.said("new", tmp_path / "r.fieldcheck", "--card", card, *asked, "0.95")
    assert "In the model card, set: colour RGB." in warned
    assert "Other preprocessing was tested" not in warned


def test_new_that_fails_late_leaves_nothing_and_may_be_repeated(terminal, material, tmp_path):
    project, clean = tmp_path / "p.fieldcheck", tmp_path / "clean"
    shutil.copytree(material / "clean", clean)
    whole = {one: one.read_bytes() for one in clean.rglob("*.png")}
    for one, data in whole.items():
        one.write_bytes(data[:-60])  # its head is sound: only the check of the claim decodes it
    given = (
        "new", project, "--model", material / "net.onnx", "--benchmark", clean, "--claimed",
        "0.971",
    )  # fmt: skip
    terminal.refusal(*given)
    assert list(tmp_path.iterdir()) == [clean]
    for one, data in whole.items():
        one.write_bytes(data)
    assert terminal.document(*given)["benchmark"]["n"] == 18


@pytest.mark.long
def test_new_refuses_an_existing_place_and_what_does_not_fit(terminal, material, tmp_path):
    (tmp_path / "there").mkdir()
    assert "there" in terminal.refusal("new", tmp_path / "there")
    (tmp_path / "two.txt").write_text("a\nb\n")
    terminal.refusal(
        "new", tmp_path / "p", "--model", material / "net.onnx", "--classes", tmp_path / "two.txt"
    )
    grey = makers.tiny_model(tmp_path / "grey.onnx", channels=1)
    card = makers.write_card(tmp_path / "c.json", makers.CARD)
    assert "grey.onnx" in terminal.refusal("new", tmp_path / "p", "--model", grey, "--card", card)
    assert "none.txt" in terminal.refusal("new", tmp_path / "p", "--classes", tmp_path / "none.txt")
    assert terminal("new", tmp_path / "p", "--claimed", "97.1").code == 2
    assert not (tmp_path / "p").exists()


@pytest.mark.long
def test_a_model_is_added_and_the_older_one_stays(terminal, place, tmp_path):
    project = place("empty")
    path = tmp_path / "net.onnx"
    document = terminal.document("model", "set", project, makers.colour_model(path, gain=7.0))
    assert (document["schema"], document["model"]["name"]) == ("fieldcheck.model_set/1", "net-2")
    assert set(document["model"]) == MODEL_KEYS
    assert (
        terminal.document("run", project, "--on", "benchmark", "--model", "net")["runs"][0]["model"]
        == "net"
    )
    assert terminal.document("run", project, "--on", "benchmark")["runs"][0]["model"] == "net-2"
    said = terminal.refusal("run", project, "--model", "other")
    assert "net-2" in said
    expected = "net-2 is now the newest model of this project."
    assert terminal.said("model", "set", project, tmp_path / "net.onnx").startswith(expected)


def test_a_model_with_other_classes_is_refused(terminal, place, tmp_path):
    card = {**makers.COLOUR_CARD, "classes": ["red", "green", "black"]}
    other = makers.colour_model(tmp_path / "other.onnx", card)
    assert "blue" in terminal.refusal("model", "set", place("empty"), other)


@pytest.mark.parametrize("given", [(), ("--format", "auto"), ("--format", "imagefolder")])
def test_a_benchmark_is_named(terminal, place, tmp_path, given):
    folder = makers.benchmark_folder(tmp_path / "more", each=2)
    makers.save_picture(folder / "black" / "1.png", "red")
    document = terminal.document(
        "benchmark", "set", place("empty"), folder, "--claimed", "0.9", *given
    )
    assert document["schema"] == "fieldcheck.benchmark_set/1"
    assert set(document["benchmark"]) == BENCHMARK_KEYS
    assert (
        document["benchmark"]["path"],
        document["benchmark"]["n"],
        document["benchmark"]["unmatched"],
    ) == (str(folder), 7, ["black"])


def test_a_claim_names_its_metric(terminal, place, material, tmp_path):
    document = terminal.document(
        "benchmark", "set", place("empty"), material / "clean", "--claimed", "0.95", "--metric",
        "balanced",
    )  # fmt: skip
    expected = ("balanced_accuracy", True)
    assert (document["benchmark"]["metric"], document["benchmark"]["reproduced"]) == expected
    assert "frame, map, map50 or recall" in terminal.refusal(
        "benchmark",
        "set",
        place("empty"),
        material / "clean",
        "--claimed",
        "0.95",
        "--metric",
        "map",
    )
    made = tmp_path / "n.fieldcheck"
    given = ("--benchmark", material / "clean", "--claimed", "0.95")
    assert "map50" in terminal.refusal(
        "new", made, "--model", material / "net.onnx", *given, "--metric", "map50"
    )
    assert not made.exists()
    document = terminal.document(
        "new", made, "--model", material / "net.onnx", *given, "--metric", "balanced", "--strict"
    )
    assert document["benchmark"]["metric"] == "balanced_accuracy"


def test_a_benchmark_named_by_a_relative_path_is_found(terminal, place, tmp_path, monkeypatch):
    makers.benchmark_folder(tmp_path / "here" / "clean", each=2)
    project = place("empty")
    monkeypatch.chdir(tmp_path / "here")
    document = terminal.document("benchmark", "set", project, "clean")
    assert document["benchmark"]["path"] == str(tmp_path / "here" / "clean")
    monkeypatch.chdir(tmp_path)
    assert terminal.document("run", project, "--on", "benchmark")["runs"][0]["n_done"] == 6


def test_a_benchmark_that_is_gone_is_named_when_it_is_run(terminal, place, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "clean", each=2)
    project = place("empty")
    terminal.document("benchmark", "set", project, folder)
    shutil.rmtree(folder)
    assert str(folder) in terminal.refusal("run", project, "--on", "benchmark")


def test_a_benchmark_that_fits_nothing_is_refused(terminal, place, tmp_path):
    makers.save_picture(tmp_path / "cats" / "cat" / "1.png", "red")
    makers.save_picture(tmp_path / "cats" / "dog" / "1.png", "red")
    assert "cat" in terminal.refusal("benchmark", "set", place("empty"), tmp_path / "cats")
    actual = terminal.refusal("benchmark", "set", tmp_path / "empty.fieldcheck", tmp_path / "none")
    assert "none" in actual


def test_a_sound_project_is_in_order(terminal, place):
    document = terminal.document("check", place("drawn"))
    expected = {"schema", "project", "ok", "problems", "repaired", "backup", "taken_back"}
    assert set(document) == expected
    assert document["schema"] == "fieldcheck.check/1"
    assert (document["ok"], document["problems"]) == (True, [])


def test_check_prints_its_document_also_when_it_exits_1(terminal, place):
    project = place("drawn")
    saved = next((project / "frames").iterdir())
    makers.save_picture(saved, "green")
    document = terminal.document("check", project, code=1)
    assert document["ok"] is False
    (problem,) = document["problems"]
    assert set(problem) == {"kind", "where", "what"}
    assert problem["where"] == f"frames/{saved.name}"


def test_a_check_that_is_mended_exits_0(terminal, place):
    project = place("drawn")
    (project / "frames" / "stray.png").write_bytes(b"stray")
    assert terminal.document("check", project, code=1)["problems"][0]["kind"] == "orphan_file"
    document = terminal.document("check", project, "--repair")
    assert document["repaired"] == ["frames/stray.png"]
    assert document["backup"].startswith("backups/")
    assert terminal.document("check", project)["ok"]


def test_a_repair_says_which_rows_are_as_an_older_backup_held_them(terminal, place):
    project = place("labelled")
    with open_project(project) as opened:
        rows = [
            labels.make_label_row(replace(one, by="newer hand"))
            for one in opened.read(labels.list_labels)
        ]
        opened.edit("label.set", rows)
    newest, *older = list_backups(project)
    if older:
        newest.unlink()
    data = (project / "project.db").read_bytes()
    pages = [data[at : at + 4096] for at in range(0, len(data), 4096)]
    damaged = next(
        number for number, page in enumerate(pages) if page[0] == 13 and b"newer hand" in page
    )
    content = data[: damaged * 4096] + b"\xff" * 4096 + data[(damaged + 1) * 4096 :]
    (project / "project.db").write_bytes(content)
    outcome = terminal("check", project, "--repair", "--json")
    document = json.loads(outcome.out)
    assert "label" in {one["table"] for one in document["taken_back"] if one["rows"] > 0}, document
    said = terminal("check", project, "--repair").out
    assert (
        f"Unreadable rows restored from backup {document['backup']}; they may be outdated: " in said
    )
    assert (
        f"label {next(one['rows'] for one in document['taken_back'] if one['table'] == 'label')}"
    ) in said


@pytest.mark.long
def test_the_demo_prints_the_gap_and_where_the_report_lies(terminal, walked_demo, tmp_path):
    document = terminal.document("demo", walked_demo.copy(tmp_path / "sample"), "--headless")
    assert set(document) == {
        "schema", "project", "report", "files", "sentence", "verdict", "readiness",
        "readiness_reason", "gap", "healthy",
    }  # fmt: skip
    assert document["healthy"]["gap"]["lo"] < 0 < document["healthy"]["gap"]["hi"]
    assert document["schema"] == "fieldcheck.demo/1"
    assert document["gap"]["lo"] < document["gap"]["value"] < document["gap"]["hi"]
    said = walked_demo.outcome.out
    assert said.splitlines()[0] == document["sentence"]
    assert "report.html" in said


def test_the_demo_does_not_touch_what_is_not_its_own(terminal, tmp_path):
    makers.empty_project(tmp_path / "sample.fieldcheck").close()
    assert "sample.fieldcheck" in terminal.refusal("demo", tmp_path, "--headless", "--fresh")


def test_the_demo_leaves_the_making_to_the_window_where_there_is_a_display(tmp_path):
    """The window paints first: nothing is made before, and its strip says how far the making is."""
    door = Door(can_be_seen=True)
    assert main(["demo", str(tmp_path)], door) == 7
    assert main(["demo", str(tmp_path), "--fresh"], door) == 7
    assert door.opened == [(tmp_path, False), (tmp_path, True)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_model_set_keeps_how_it_was_trained(terminal, place, material, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("epoch,train_loss,val_loss\n1,0.5,0.71\n2,0.4,0.70\n3,0.3,0.71\n")
    notes = tmp_path / "notes.txt"
    notes.write_text("seed 7")
    project, model = place("empty"), material / "net.onnx"
    said = terminal.said(
        "model", "set", project, model, "--base", model, "--notes", notes, "--log", log
    )
    assert "1 of 1 layer is bit-identical to net.onnx." in said
    assert "Plateau at epoch 3" in said
    assert "train_loss" in terminal.refusal("model", "set", project, model, "--log", notes)


@pytest.mark.long
def test_the_class_list_of_a_later_model_overrides_its_card(terminal, place, tmp_path):
    project, classes = place("empty"), tmp_path / "classes.txt"
    card = {**makers.COLOUR_CARD, "classes": ["red", "green", "blue"]}
    model = makers.colour_model(tmp_path / "two.onnx", card, gain=7.0, order=(2, 1, 0))
    classes.write_text("blue\ngreen\nred\n")
    path = makers.write_card(tmp_path / "c.json", card)
    found = terminal.document("model", "set", project, model, "--card", path, "--classes", classes)
    assert found["model"]["classes"] == ["blue", "green", "red"]
    assert "none.txt" in terminal.refusal(
        "model", "set", project, model, "--classes", tmp_path / "none.txt"
    )
    classes.write_text("blue\ngreen\n")
    said = terminal.refusal("model", "set", project, model, "--card", path, "--classes", classes)
    assert "two.onnx" in said
    model.with_suffix(".card.json").unlink()
    classes.write_text("red\nblue\ngreen\n")
    found = terminal.document("model", "set", project, model, "--classes", classes)
    assert (found["card_of"], found["model"]["classes"]) == ("two", ["red", "blue", "green"])


@pytest.mark.parametrize(
    "option", ["--base", "--notes", "--log", "--training-recipe", "--checkpoint", "--training-seed"]
)
def test_predictions_refuse_what_says_how_a_model_was_trained(terminal, place, tmp_path, option):
    path = tmp_path / "answers.csv"
    path.write_text("file,prediction,confidence\na.png,red,0.9\n")
    outcome = terminal("model", "set", place("empty"), "--predictions", path, option, "7")
    assert outcome.code == 2
    assert f"{option} requires FILE. It cannot be used with --predictions." in outcome.err


def test_a_training_folder_is_searched_for_leaks(terminal, place, material, tmp_path):
    training = tmp_path / "training"
    shutil.copytree(material / "clean", training)
    project = place("empty")
    found = terminal.document(
        "benchmark", "set", project, material / "clean", "--training", training
    )
    told = found["near_duplicates"]
    assert told["n_training"] == 18
    assert set(told["in_training"]) <= {
        item.path for item in read_benchmark(material / "clean", None, None).items
    }
    actual = terminal.said(
        "benchmark", "set", project, material / "clean", "--training", training
    ).lower()
    assert "near-duplicates" in actual
    assert (
        terminal.document("benchmark", "set", project, material / "clean")["near_duplicates"]
        is None
    )
    assert "nowhere" in terminal.refusal(
        "benchmark", "set", project, material / "clean", "--training", tmp_path / "nowhere"
    )


@pytest.mark.long
def test_the_benchmark_tells_a_card_that_feeds_a_model_wrongly(terminal, place, tmp_path):
    project = place("labelled")
    card = {**makers.COLOUR_CARD, "input": {**makers.COLOUR_CARD["input"], "colour": "BGR"}}
    wrong = makers.colour_model(tmp_path / "wrong.onnx", card, gain=9.0)
    found = terminal.document("model", "set", project, wrong)
    assert [one["code"] for one in found["findings"]] == ["channel_order"]
    assert found["card_of"] is None
    sound = makers.colour_model(tmp_path / "sound.onnx", gain=8.0)
    sound.with_suffix(".card.json").unlink()
    again = terminal.document("model", "set", project, sound)
    assert again["card_of"] == "wrong"
    assert [one["code"] for one in again["findings"]] == ["channel_order"]
    path = tmp_path / "c.json"
    said = terminal.said("model", "set", project, sound, "--card", makers.write_card(path, card))
    assert "▲ The channel order differs from training (RGB/BGR)." in said
    assert "On 18 labelled frames the accuracy is 39% (20–61%) with the model card" in said
    assert "In the model card, set: colour RGB." in said


@pytest.mark.long
def test_a_card_that_is_taken_from_another_model_is_told(terminal, place, tmp_path):
    project = place("labelled")
    model = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    model.with_suffix(".card.json").unlink()
    expected = "The model card of net is used: its inputs and outputs are the same."
    assert expected in terminal.said("model", "set", project, model)


def test_a_new_project_is_given_its_limits_or_they_come_later(terminal, tmp_path):
    given = ("--tolerance", "2%", "--escape-rate", "1%", "--latency", "40", "--by", "Q. Manager")
    limits = terminal.document("new", tmp_path / "a.fieldcheck", *given)["limits"]
    assert (limits["tolerance"], limits["confirmed"], limits["by"]) == (0.02, True, "Q. Manager")
    assert (limits["escape_rate"], limits["false_reject_rate"], limits["latency_ms"]) == (
        0.01, None, 40.0,
    )  # fmt: skip
    later = terminal.document("new", tmp_path / "b.fieldcheck", "--tolerance", "later")["limits"]
    assert (later["tolerance"], later["confirmed"], later["date"]) == (0.03, False, None)
    said = terminal("new", tmp_path / "c.fieldcheck").out
    assert "Gap limit not set: the default of 3 pp holds, not confirmed." in said
    shown = terminal.document("limits", tmp_path / "a.fieldcheck")
    assert {key: shown[key] for key in limits} == limits
