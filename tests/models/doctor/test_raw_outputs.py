import numpy as np

from fieldcheck.domain.model_card import parse_card
from fieldcheck.models.doctor.feed import (
    compute_raw_outputs,
    get_output_shapes,
    list_alternative_kinds,
)
from fieldcheck.models.session import open_model
from tests.models.exporters import BY_NAME, write

INPUT = {"size": [96, 96], "resize": "stretch"}


def card_for(kind, task="detection"):
    return parse_card(
        {"task": task, "input": INPUT, "output": {"kind": kind}, "classes": ["a", "b", "c"]}
    )


def test_unlike_pictures_are_shown_one_by_one(tmp_path):
    model = open_model(write(tmp_path / "m.onnx", BY_NAME["SSD"]), threads=1)
    raw = compute_raw_outputs(model, INPUT)
    assert (raw.names, raw.shapes, len(raw.runs)) == (("scores", "boxes"), "1×400×4, 1×400×4", 4)
    assert not np.array_equal(raw.runs[0][0], raw.runs[1][0])
    assert get_output_shapes(model, card_for("ssd")) == raw.shapes


def test_a_wrong_kind_is_told_what_could_stand_in_its_place_whatever_its_task(tmp_path):
    masks = open_model(write(tmp_path / "m.onnx", BY_NAME["U-Net, softmax"]), threads=1)
    ssd = open_model(write(tmp_path / "s.onnx", BY_NAME["SSD"]), threads=1)
    for model, kind in ((masks, "masks (task: segmentation)"), (ssd, "ssd")):
        card = card_for("yolox")
        came = model.warm_up((1, 3, 96, 96))
        assert kind in list_alternative_kinds(model, card, came[:1])
