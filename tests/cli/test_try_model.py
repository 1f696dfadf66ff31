import numpy as np
import pytest

from fieldcheck.imaging.codec import read_image
from tests import makers


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


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
