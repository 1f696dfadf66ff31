import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from fieldcheck import paths
from fieldcheck.imaging.codec import read_image
from tests import makers
from tests.models import exporters, graphs


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def model(tmp_path):
    return makers.colour_model(tmp_path / "net.onnx")


def test_the_document_is_the_one_that_others_rely_on(terminal, tmp_path, model):
    found = terminal.document("model", "check", model)
    assert found["schema"] == "fieldcheck.model_check/1"
    assert {"ok", "model", "card", "receipt", "findings", "candidates"} <= set(found)
    assert set(found["model"]) == {"name", "sha256", "opset", "inputs", "outputs"}
    expected = [{"name": "x", "shape": [None, 3, 32, 32], "type": "tensor(float)"}]
    assert found["model"]["inputs"] == expected
    assert (found["ok"], found["findings"]) == (True, [])
    assert found["card"]["classes"] == ["red", "green", "blue"]
    assert found["receipt"]["colour"] == "RGB"


@pytest.mark.long
def test_a_wrong_card_is_named_with_what_to_change_and_exits_0(terminal, tmp_path, model):
    wrong = {**makers.COLOUR_CARD, "input": {**makers.COLOUR_CARD["input"], "colour": "BGR"}}
    card = makers.write_card(tmp_path / "wrong.json", wrong)
    field = makers.benchmark_folder(tmp_path / "few", each=8)
    found = terminal.document("model", "check", model, "--card", card, "--labelled", field)
    (finding,) = found["findings"]
    assert (found["ok"], finding["code"], finding["level"]) == (False, "channel_order", "error")
    assert all(finding[key].endswith(".") for key in ("what", "seen", "todo"))
    best = found["candidates"][0]
    assert best["change"] == {"colour": "RGB"}
    assert (best["score"]["value"], best["score"]["n"]) == (1.0, 24)
    assert {} in [one["change"] for one in found["candidates"]]
    said = terminal.said("model", "check", model, "--card", card, "--labelled", field)
    assert "net: 1 problem found (checked with 24 labelled frames)." in said
    assert "In the model card, set: colour RGB." in said


@pytest.mark.long
def test_what_nobody_says_is_proposed(terminal, tmp_path):
    path = graphs.convolutions(tmp_path / "bare.onnx", last="Softmax")
    found = terminal.document("model", "check", path)
    fed = {
        f"input.{key}"
        for key in ("size", "resize", "colour", "scale", "mean", "std", "interpolation", "crop")
    }
    assert set(found["proposed"]) == {"task", "classes", "output.kind"} | fed
    assert "proposals to confirm" in terminal.said("model", "check", path)


@pytest.mark.long
def test_outputs_that_fit_several_kinds_need_an_option_that_says_which(terminal, tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["sigmoids"])
    said = terminal.refusal("model", "check", path)
    assert "classification sigmoid (5), multilabel sigmoid (5)" in said
    assert "--task TASK --kind KIND" in said
    actual = terminal.document("model", "check", path, "--task", "multilabel")["card"]["task"]
    assert actual == "multilabel"
    decoded = exporters.write(tmp_path / "d.onnx", exporters.BY_NAME["YOLOX, decoded"])
    assert (
        len(terminal.document("model", "check", decoded, "--kind", "yolo_obj")["card"]["classes"])
        == 80
    )
    none = terminal.refusal(
        "model", "check", exporters.write(tmp_path / "n.onnx", exporters.BY_NAME["NanoDet"])
    )
    assert "No known output type matches all outputs" in none
    assert "output.names" in none


@pytest.mark.long
def test_outputs_that_are_unclear_are_told_beside_what_the_graph_shows(terminal, tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["sigmoids"])
    model = onnx.load(path)
    noise = onnx.helper.make_node("RandomNormalLike", ["flat"], ["noise"])
    model.graph.node.append(noise)
    onnx.save(model, path)
    found = terminal.document("model", "check", path)
    expected = [("dropout_active", "error"), ("class_count", "error")]
    assert [(one["code"], one["level"]) for one in found["findings"]] == expected
    assert (found["card"], found["ok"]) == (None, False)


@pytest.mark.long
def test_a_file_of_the_future_is_an_answer_and_a_file_that_is_none_a_refusal(terminal, tmp_path):
    found = terminal.document("model", "check", graphs.passing_on(tmp_path / "new.onnx", opset=99))
    assert [one["code"] for one in found["findings"]] == ["unsupported_operator"]
    assert (found["ok"], found["card"]) == (False, None)
    assert (found["receipt"], found["model"]["sha256"]) == (None, None)
    (tmp_path / "text.onnx").write_text("no model")
    assert "is not an ONNX model" in terminal.refusal("model", "check", tmp_path / "text.onnx")
    assert "none.onnx" in terminal.refusal("model", "check", tmp_path / "none.onnx")


@pytest.mark.long
def test_the_sample_is_sound_and_says_so_in_its_own_words(terminal):
    said = terminal.said("model", "check", paths.get_resource_path("demo/model.onnx"))
    assert said.startswith("model: no problem found (checked with rendered images only).\n")
    assert (
        json.loads(paths.get_resource_path("demo/model.card.json").read_text())["classes"][0]
        == "ok"
    )


@pytest.mark.long
def test_a_mobilenet_with_a_scale_of_0_to_255_is_corrected(terminal, tmp_path, shared_data):
    folder = shared_data / "models"
    spec = {"size": [128, 128], "resize": "centre_crop", "crop": 0.875, "scale": 1}
    classes = (folder / "imagenet_labels.txt").read_text().splitlines()
    card = makers.write_card(tmp_path / "card.json", {
        "task": "classification", "input": spec, "output": {"kind": "softmax"}, "classes": classes,
    })  # fmt: skip
    found = terminal.document(
        "model", "check", folder / "mobilenet_v1_0.25_128_quant.onnx", "--card", card
    )
    assert "scale" in [one["code"] for one in found["findings"]]
    change = found["candidates"][0]["change"]
    low = (0 - change.get("mean", [0])[0]) / change.get("std", [1])[0]
    high = (255 * change["scale"] - change.get("mean", [0])[0]) / change.get("std", [1])[0]
    assert (low, high) == pytest.approx((-1, 1), abs=0.01)


@pytest.mark.long
def test_a_model_that_answers_with_a_sequence_is_refused_in_a_sentence(terminal, tmp_path):
    path = makers.colour_model(tmp_path / "net.onnx")
    model = onnx.load(path)
    model.graph.node.append(helper.make_node("SequenceConstruct", ["y"], ["s"]))
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_sequence_value_info("s", TensorProto.FLOAT, None))
    onnx.save(model, path)
    assert "s is seq(tensor(float))" in terminal.refusal("model", "check", path)


@pytest.mark.long
def test_a_proposed_card_is_written_with_the_classes_of_a_list_and_is_read_back(terminal, tmp_path):
    path, card = graphs.convolutions(tmp_path / "bare.onnx", last="Softmax"), tmp_path / "card.json"
    expected = "--write-card"
    assert expected in terminal.refusal("try", path, paths.get_resource_path("demo/model.onnx"))
    names = [
        f"part {k}"
        for k in range(len(terminal.document("model", "check", path)["card"]["classes"]))
    ]
    (tmp_path / "names.txt").write_text("\n".join(names) + "\n", "utf-8")
    said = terminal.said(
        "model", "check", path, "--classes", tmp_path / "names.txt", "--write-card", card
    )
    assert f"Model card written: {card}." in said
    found = terminal.document("model", "check", path, "--card", card)
    assert (found["card"], found["proposed"]) == (json.loads(card.read_text("utf-8")), [])
    assert found["card"]["classes"] == names
    assert "card.json" in terminal.refusal("model", "check", path, "--write-card", card)


def test_no_card_is_written_for_a_file_of_the_future(terminal, tmp_path):
    new, card = graphs.passing_on(tmp_path / "new.onnx", opset=99), tmp_path / "card.json"
    expected = "No model card written: the model file cannot be opened."
    assert expected in terminal.said("model", "check", new, "--write-card", card)
    assert not card.exists()


@pytest.mark.long
def test_the_what_if_of_int8_says_size_time_and_score(terminal, place):
    project = place("labelled")
    document = terminal.document("model", "quantise", project, "net")
    assert document["schema"] == "fieldcheck.model_quantise/1"
    assert {
        "model", "file", "n_calibrated", "bytes_before", "bytes_after", "ms_before", "ms_after",
        "time", "field", "benchmark",
    } <= set(document)  # fmt: skip
    assert set(document["field"]) == {"before", "after", "change", "p", "p_reason", "cameras"}
    said = terminal.said("model", "quantise", project, "net")
    assert "net in INT8, calibrated on 20 field frames." in said
    assert "on the same 18 images" in said
    assert "exports/net.int8.onnx" in said


@pytest.fixture
def red(tmp_path):
    return makers.save_picture(tmp_path / "red.png", "red")


def test_try_answers_with_what_the_model_saw_and_what_it_says(terminal, tmp_path, home, red):
    document = terminal.document("try", makers.colour_model(tmp_path / "net.onnx"), red)
    assert set(document) == {"schema", "model", "card", "receipt", "pictures"}
    assert document["schema"] == "fieldcheck.try/1"
    assert document["model"]["classes"] == ["red", "green", "blue"]
    (picture,) = document["pictures"]
    assert (picture["width"], picture["height"], picture["crop"]) == (64, 48, [0, 0, 64, 48])
    assert picture["seen"] == str(home / "cache" / "try" / "red.seen.png")
    assert picture["answers"][0]["class"] == "red"
    assert sum(answer["score"] for answer in picture["answers"]) == pytest.approx(1, abs=1e-5)


def test_boxes_are_told_with_their_place(terminal, tmp_path, red):
    path = tmp_path / "box.onnx"
    document = terminal.document("try", makers.box_model(path), red, "--out", tmp_path / "seen")
    (answer,) = document["pictures"][0]["answers"]
    expected = {"class": "part", "class_index": 0, "x": 0, "y": 0, "w": 32, "h": 24}
    assert {key: answer[key] for key in ("class", "class_index", "x", "y", "w", "h")} == expected
    assert read_image(tmp_path / "seen" / "red.seen.png").shape == (32, 32, 3)


def test_try_says_it_in_words(terminal, tmp_path, red):
    said = terminal.said("try", makers.colour_model(tmp_path / "net.onnx"), red)
    assert "net input: channel order RGB; stretched to 32 × 32 (linear)" in said
    assert "red.png: 64 × 48, fully visible to the model" in said
    assert "\n  red 1.00\n" in said
    assert "Model input saved to " in said
    blue = makers.save_picture(tmp_path / "blue.png", "blue")
    expected = "nothing detected above the threshold"
    assert expected in terminal.said("try", makers.box_model(tmp_path / "box.onnx"), blue)


def test_what_cannot_be_tried_is_said(terminal, tmp_path, red):
    assert "--card" in terminal.refusal("try", makers.tiny_model(tmp_path / "bare.onnx"), red)
    path = tmp_path / "net.onnx"
    assert "none.png" in terminal.refusal("try", makers.colour_model(path), tmp_path / "none.png")
    assert terminal("try", tmp_path / "net.onnx").code == 2


def test_a_figure_that_is_not_finite_is_no_answer(terminal, tmp_path, red):
    model = makers.scaled_model(tmp_path / "nan.onnx", np.nan)
    card = makers.write_card(tmp_path / "card.json", makers.COLOUR_CARD)
    document = terminal.document("try", model, red, "--card", card)
    assert document["pictures"][0]["nan"]
    assert document["pictures"][0]["answers"] == []
    assert "NaN" in terminal.said("try", model, red, "--card", card)
