import shutil

import pytest

from fieldcheck.project.folder import open_project
from tests import makers

ESTIMATE_KEYS = {"value", "lo", "hi", "n", "n_eff", "method", "status", "note"}
COMPARE_KEYS = {
    "a", "b", "n", "both_right", "only_a", "only_b", "both_wrong", "p", "p_reason", "p_clips",
    "direction", "change", "flips",
}  # fmt: skip


def swapped(folder, name="other"):
    """A model that takes red for blue."""
    return makers.colour_model(folder / f"{name}.onnx", order=(2, 1, 0))


@pytest.mark.long
def test_compare_holds_two_models_against_each_other(terminal, place, tmp_path):
    project = place("labelled")
    terminal.document("model", "set", project, swapped(tmp_path))
    found = terminal.document("compare", project, "net", "other")
    assert found["schema"] == "fieldcheck.compare/1"
    assert set(found) >= COMPARE_KEYS
    assert (
        found["both_right"] + found["only_a"] + found["only_b"] + found["both_wrong"]
        == found["n"]
        == 20
    )
    assert set(found["change"]) == ESTIMATE_KEYS
    assert found["change"]["lo"] <= found["change"]["value"] < 0
    assert len(found["flips"]) == found["only_a"] + found["only_b"]
    assert set(found["flips"][0]) >= {"frame_id", "truth", "a", "b"}
    said = terminal.said("compare", project, "net", "other").splitlines()
    assert said[0] == "net and other on the same 20 labelled frames:"
    assert said[3].startswith("net is better in accuracy on this footage only")


@pytest.mark.long
def test_compare_is_told_what_to_score_by(terminal, place, tmp_path):
    project = place("labelled")
    terminal.document("model", "set", project, swapped(tmp_path))
    found = terminal.document("compare", project, "net", "other", "--metric", "balanced")
    assert found["metric"] == "balanced_accuracy"
    assert set(found["score_a"]) == set(found["score_b"]) == ESTIMATE_KEYS
    assert found["change"]["value"] == found["score_b"]["value"] - found["score_a"]["value"]
    expected = "balanced accuracy"
    assert expected in terminal.said("compare", project, "net", "other", "--metric", "balanced")
    expected = "Unknown metric (other: map)"
    assert expected in terminal.refusal("compare", project, "other", "net", "--metric", "map")
    assert terminal("compare", project, "net", "other", "--metric", "beauty").code == 2


@pytest.mark.long
def test_what_cannot_be_compared_is_said(terminal, place, tmp_path):
    project = place("drawn")
    assert "net" in terminal.refusal("compare", project, "net", "other")
    terminal.document("model", "set", project, swapped(tmp_path))
    assert "label" in terminal.refusal("compare", project, "net", "other")
    assert terminal("compare", project, "net").code == 2
    assert terminal("compare", project, "net", "net").code == 2


@pytest.mark.long
def test_three_models_are_ranked_and_frames_on_which_all_agree_are_not_waited_for(
    terminal, place, tmp_path
):
    project = place("drawn")
    for name, order in (("other", (2, 1, 0)), ("third", (1, 0, 2))):
        path = makers.colour_model(tmp_path / f"{name}.onnx", order=order)
        terminal.document("model", "set", project, path)
    assert "label" in terminal.refusal("compare", project, "net", "other", "third")
    with open_project(project) as opened:
        makers.label_some(opened, 12)
    found = terminal.document("compare", project)  # without names all of them
    assert found["schema"] == "fieldcheck.compare/1"
    assert {one["model"] for one in found["models"]} == {"net", "other", "third"}
    assert len(found["pairs"]) == 3
    assert len(found["left"]) == 8  # every colour is another's to one of them
    assert found == terminal.document("compare", project, "net", "other", "third")
    said = terminal.said("compare", project).splitlines()
    assert said[-1] == (
        "8 picked frames without a label have different predictions. Label these to complete the "
        "ranking."
    )
    assert terminal.document("compare", project, "--metric", "accuracy") == found
    refused = terminal("compare", project, "--metric", "balanced")
    assert refused.code == 2
    assert (
        "Three or more models are ranked by correct frames: there is no test of all pairs together "
        "for balanced accuracy. Omit --metric, or name two models."
    ) in " ".join(refused.err.split())
    assert terminal("compare", project, "net", "other", "net").code == 2
    assert "third" in terminal.refusal("compare", project, "net", "other", "thirdly")


GATE_KEYS = {
    "schema", "project", "model", "against", "card_of", "verdict", "tolerance", "severity", "seed",
    "n_skipped", "sets", "required", "undecided", "metric", "leaked",
}  # fmt: skip


@pytest.mark.long
def test_gate_exits_0_3_and_4(terminal, place, tmp_path):
    project = place("labelled")
    large = makers.benchmark_folder(tmp_path / "large", each=40)
    again = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    too_small = terminal.document("gate", project, "--model", again, code=4)
    assert too_small["verdict"] == "not_enough"
    terminal.document("benchmark", "set", project, large)
    passed = terminal.document("gate", project, "--model", again)
    assert set(passed) == GATE_KEYS
    assert passed["schema"] == "fieldcheck.gate/1"
    assert (passed["verdict"], passed["against"]) == ("pass", "net")
    failed = terminal.document(
        "gate", project, "--model", swapped(tmp_path), "--against", "net", "--severity", "mild",
        code=3,
    )  # fmt: skip
    assert failed["severity"] == 1.0
    assert {one["set"] for one in failed["sets"]} == {"clean", "corrupted", "field", "slice"}
    clean = failed["sets"][0]
    assert set(clean["change"]) == ESTIMATE_KEYS
    assert (clean["state"], clean["n"], len(clean["lost"])) == ("fail", 120, 80)
    outcome = terminal("gate", project, "--model", swapped(tmp_path))
    assert outcome.code == 3
    assert outcome.out.splitlines()[-1].startswith("Failed: the new model shows a regression.")


@pytest.mark.long
def test_gate_takes_what_has_to_be_decided_and_writes_files_for_servers(terminal, place, tmp_path):
    project = place("labelled")
    path = tmp_path / "large"
    terminal.document("benchmark", "set", project, makers.benchmark_folder(path, each=40))
    again = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    files = ("--junit", tmp_path / "gate.xml", "--markdown", tmp_path / "gate.md")
    held = terminal.document(
        "gate", project, "--model", again, "--require", "field,clean", *files, code=4
    )
    assert (held["verdict"], held["required"]) == ("not_enough", ["clean", "field"])
    assert "field" in {one["set"] for one in held["undecided"]}
    assert "<failure" in (tmp_path / "gate.xml").read_text()
    expected = "Insufficient data: a regression can neither be demonstrated nor excluded."
    assert expected in (tmp_path / "gate.md").read_text()
    wide = ("--require", "field", "--tolerance", "0.3")
    of_one_clip = terminal.document("gate", project, "--model", again, *wide, code=4)
    assert of_one_clip["verdict"] == "not_enough"  # one clip speaks for no other
    actual = terminal.document("gate", project, "--model", again, "--tolerance", "0.3")["verdict"]
    assert actual == "pass"
    assert terminal("gate", project, "--model", again, "--require", "weather").code == 2
    unexpected = "a regression beyond the tolerance is excluded"
    assert unexpected not in terminal.said("gate", project, "--model", again)


def test_gate_says_what_the_candidate_has_seen_in_training(terminal, place, tmp_path):
    project = place("labelled")
    large = makers.benchmark_folder(tmp_path / "large", each=2)
    terminal.document("benchmark", "set", project, large)
    again = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    one = sorted((large / "red").iterdir())[0]
    (tmp_path / "training").mkdir()
    shutil.copy(one, tmp_path / "training" / "t.png")
    found = terminal.document(
        "gate", project, "--model", again, "--trained-on", tmp_path / "training", code=4
    )
    pairs = [{"set": "clean", "picture": f"red/{one.name}", "twin": "t.png"}]
    assert found["leaked"] == {"pairs": pairs, "n_training": 1, "n_unreadable": 0}
    told = terminal("gate", project, "--model", again, "--trained-on", tmp_path / "training")
    assert "Data leakage: 1 benchmark image" in told.out
    assert "(1 checked)" in told.out


def test_golden_add_names_a_folder(terminal, place, tmp_path):
    project = place("empty")
    folder = makers.benchmark_folder(tmp_path / "worst", each=2)
    found = terminal.document("golden", "add", project, "worst", folder)
    assert found["schema"] == "fieldcheck.golden_add/1"
    assert (found["name"], found["path"], found["n"]) == ("worst", str(folder), 6)
    assert "worst: 6 images" in terminal.said("golden", "add", project, "worst", folder)
    assert "none" in terminal.refusal("golden", "add", project, "worst", tmp_path / "none")


@pytest.mark.long
def test_model_set_tells_what_the_training_recipe_left_out(terminal, place, tmp_path):
    project = place("labelled")
    recipe = tmp_path / "train.json"
    again = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    recipe.write_text("[]")
    expected = "is not an albumentations pipeline"
    assert expected in terminal.refusal("model", "set", project, again, "--training-recipe", recipe)
    recipe.write_text(
        '{"transform": {"__class_fullname__": "Compose", "p": 1, "transforms": '
        '[{"__class_fullname__": "HorizontalFlip"}]}}'
    )
    said = terminal.said("model", "set", project, again, "--training-recipe", recipe)
    assert "1 of 1 corruptions of this camera lies outside the trained range." in said
    assert "; never trained." in said
    assert "Not comparable with the field: HorizontalFlip." in said


@pytest.mark.long
def test_a_comparison_on_frames_that_were_exported_is_told_to_be_no_test(terminal, place, tmp_path):
    project = place("labelled")
    terminal.document("model", "set", project, swapped(tmp_path))
    assert terminal.document("compare", project, "net", "other")["exported"] == 0
    terminal.document("export", project, "--format", "csv", "--out", tmp_path / "labels")
    assert terminal.document("compare", project, "net", "other")["exported"] == 20
    assert terminal.said("compare", project, "net", "other").startswith(
        "Not a valid test for a model trained since: 20 of 20 frames were exported for training."
    )
