import cv2
import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.models.doctor.fit_card import fit_card, read_graph
from fieldcheck.models.doctor.preprocessing_variants import find_best_recipe, iter_known_recipes
from fieldcheck.models.session import open_model
from fieldcheck.progress import NullProgress
from tests import makers


def card(kind, task="detection", **given):
    return parse_card({
        "task": task, "input": {"size": [32, 32], "resize": "stretch"} | given,
        "output": {"kind": kind}, "classes": list(makers.COLOURS),
    })  # fmt: skip


def test_yolox_is_fed_its_own_way_on_real_footage(shared_data):
    model = open_model(shared_data / "models" / "yolox_nano.onnx")
    film = cv2.VideoCapture(str(shared_data / "videos" / "intel-bottle-detection.mp4"))
    frames = [(film.read()[1][..., ::-1].copy(), "") for _ in range(2)]
    found = find_best_recipe(
        model, fit_card(model, read_graph(model.path), {}).card, {}, frames, NullProgress()
    )
    fed = found.card.input
    assert (found.name, found.n) == ("YOLOX", 3)
    assert (fed.colour, fed.scale) == ("BGR", 1.0)
    assert (fed.resize, fed.pad, fed.pad_position) == ("letterbox", 114, "top_left")


def test_what_somebody_said_stays():
    found = dict(iter_known_recipes(card("yolox", pad=0), {"colour": "RGB", "pad": 0}))
    assert {one.input.colour for one in found.values()} == {"RGB"}
    assert {one.input.pad for one in found.values()} == {0}
    assert {one.input.resize for one in found.values()} == {"letterbox"}


@pytest.mark.parametrize("kind", ["ssd", "detr"])
def test_of_an_unknown_export_nothing_is_said(kind):
    assert list(iter_known_recipes(card(kind), {})) == []
    actual = list(
        iter_known_recipes(card("softmax", "classification", colour="GRAY", mean=[0], std=[1]), {})
    )
    assert actual == []


def test_labelled_frames_tell_how_a_classifier_is_fed_and_unlabelled_ones_do_not(tmp_path):
    model = open_model(makers.colour_model(tmp_path / "m.onnx"))
    fitted = fit_card(model, read_graph(model.path), {}, makers.COLOURS).card
    pure = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200)}
    frames = [(np.full((40, 40, 3), pure[name], np.uint8), name) for name in makers.COLOURS]
    swapped = [(rgb[..., ::-1].copy(), name) for rgb, name in frames for _ in range(2)]
    assert find_best_recipe(model, fitted, {}, frames, NullProgress()).name == "÷ 255"
    # the one with the colours the other way round
    assert find_best_recipe(model, fitted, {}, swapped, NullProgress()).name == "Caffe"
    assert (
        find_best_recipe(model, fitted, {}, [(rgb, "") for rgb, _ in swapped], NullProgress()).name
        == "÷ 255"
    )
