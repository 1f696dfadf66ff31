import numpy as np
import pytest

from fieldcheck.domain.model_card import card_to_json
from fieldcheck.errors import CardRejected, ModelRejected
from fieldcheck.inference.doctor.fit_card import fit_card
from fieldcheck.inference.doctor.graph import read_graph
from fieldcheck.inference.open_model import open_model
from tests.inference import graphs
from tests.inference.doctor.patients import patient, renamed
from tests.inference.doctor.signs import save

CARD = {
    "task": "classification",
    "input": {"size": [32, 32], "resize": "stretch"},
    "output": {"kind": "logits"},
    "classes": ["a", "b", "c"],
}


def fitted(path, card=None, classes=()):
    return fit_card(open_model(path, threads=1), read_graph(path), card or {}, classes)


def test_a_card_that_fits_is_left_as_it_is(tmp_path):
    found = fitted(graphs.convolutions(tmp_path / "m.onnx"), CARD)
    assert (found.findings, found.proposed, found.readable) == ((), (), True)
    assert found.card.classes == ("a", "b", "c")


@pytest.mark.parametrize(("last", "kind"), [(None, "logits"), ("Softmax", "softmax"), ("Sigmoid", "sigmoid")])
def test_what_nobody_says_is_proposed_from_the_file(tmp_path, last, kind):
    found = fitted(graphs.convolutions(tmp_path / "m.onnx", last=last), classes=("x", "y", "z"))
    assert {"task", "classes", "input.size", "input.resize", "output.kind"} <= set(found.proposed)
    assert (found.card.task, found.card.output.kind, found.card.input.size, found.card.classes) == (
        "classification",
        kind,
        (32, 32),
        ("x", "y", "z"),
    )
    assert found.findings == ()


@pytest.mark.parametrize(
    ("shape", "kind", "n"),
    [((84, 189), "yolo", 80), ((189, 85), "yolox", 80), ((567, 85), "yolo_obj", 80), ((7, 189), "yolo", 3), ((100, 6), "yolo_end2end", 1)],
)
def test_a_grid_is_known_by_its_shape(tmp_path, shape, kind, n):
    found = fitted(graphs.constant_head(tmp_path / "m.onnx", np.zeros(shape), shape=(1, 3, 96, 96)))
    assert (found.card.task, found.card.output.kind, len(found.card.classes)) == ("detection", kind, n)
    assert found.readable


@pytest.mark.parametrize(
    ("changed", "code", "how"),
    [
        ({"input": {**CARD["input"], "size": [16, 48]}}, "resize", "size"),
        ({"input": {**CARD["input"], "colour": "GRAY"}}, "channel_order", "channels"),
        ({"input": {**CARD["input"], "layout": "NHWC"}}, "layout", "shape"),
        ({"classes": ["a", "b"]}, "class_count", "classes"),
        ({"task": "detection", "output": {"kind": "yolox"}}, "class_count", "kind"),
    ],
)
def test_what_goes_against_the_file_is_corrected_and_told(tmp_path, changed, code, how):
    found = fitted(graphs.convolutions(tmp_path / "m.onnx", shape=(1, 3, 32, 32)), CARD | changed)
    assert [(one.code, one.how, one.level) for one in found.findings] == [(code, how, "error")]
    assert (found.card.input.size, found.card.input.layout, found.card.input.channels) == ((32, 32), "NCHW", 3)


def test_a_model_that_reads_height_first_is_told_by_running_it(tmp_path):
    turned = patient("turned")
    path = save(renamed(turned, 5).model, tmp_path / "m.onnx")
    card = card_to_json(turned.card)
    card["input"]["layout"] = "NCHW"
    found = fitted(path, card)
    assert [one.code for one in found.findings] == ["layout"]
    assert found.card.input.layout == "NHWC"
    assert found.layouts == ("NHWC",)


def test_names_that_the_file_does_not_have_mean_the_first_tensors(tmp_path):
    card = CARD | {"input": {**CARD["input"], "name": "pixels"}, "output": {"kind": "logits", "names": ["probabilities"]}}
    found = fitted(graphs.convolutions(tmp_path / "m.onnx"), card)
    assert (found.card.input.name, found.card.output.names, found.findings) == ("", (), ())


def test_a_file_that_takes_no_picture_and_a_card_that_makes_no_sense_are_refused(tmp_path):
    with pytest.raises(ModelRejected) as refused:
        fitted(graphs.passing_on(tmp_path / "m.onnx", shape=("n", 5)))
    assert refused.value.problem == "rank"
    with pytest.raises(CardRejected):
        fitted(graphs.convolutions(tmp_path / "c.onnx"), CARD | {"input": {"size": "large", "resize": "stretch"}})
