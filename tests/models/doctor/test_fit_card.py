from dataclasses import replace

import onnx
import pytest

from fieldcheck.domain.model_card import dump_card
from fieldcheck.errors.models import CardRejected, ModelRejected
from fieldcheck.models.doctor.fit_card import fit_card, read_graph
from fieldcheck.models.session import open_model
from tests.models import exporters, graphs
from tests.models.doctor.patients import patient, renamed
from tests.models.doctor.signs import save

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
    assert (found.findings, found.proposed_keys, found.readable) == ((), (), True)
    assert found.card.classes == ("a", "b", "c")


@pytest.mark.parametrize(("last", "kind"), [(None, "logits"), ("Softmax", "softmax")])
def test_what_nobody_says_is_proposed_from_the_file(tmp_path, last, kind):
    found = fitted(graphs.convolutions(tmp_path / "m.onnx", last=last), classes=("x", "y", "z"))
    assert {"task", "classes", "input.size", "input.resize", "output.kind"} <= set(
        found.proposed_keys
    )
    assert (found.card.task, found.card.output.kind) == ("classification", kind)
    assert (found.card.input.size, found.card.classes) == ((32, 32), ("x", "y", "z"))
    assert found.findings == ()


def test_every_key_that_nobody_says_is_marked_as_proposed(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    fed = {
        f"input.{key}"
        for key in ("resize", "size", "colour", "scale", "mean", "std", "interpolation", "crop")
    }
    assert set(fitted(path).proposed_keys) == fed | {"task", "classes", "output.kind"}
    assert set(fitted(path, {"input": {"size": [32, 32], "scale": 1.0}}).proposed_keys) == fed - {"input.size", "input.scale"} | {
        "task", "classes", "output.kind",
    }  # fmt: skip
    letterbox = fitted(path, {"input": {"resize": "letterbox"}})
    assert not {"input.colour", "input.scale"} & set(letterbox.proposed_keys), (
        "who says how a frame goes in leaves the rest to the card's own words"
    )
    of_boxes = fitted(exporters.write(tmp_path / "b.onnx", exporters.BY_NAME["YOLOX"]))
    assert "input.pad" not in of_boxes.proposed_keys
    fed_fitted = replace(
        of_boxes,
        card=replace(of_boxes.card, input=replace(of_boxes.card.input, resize="letterbox")),
    )
    assert {"input.pad", "input.pad_position"} <= set(fed_fitted.proposed_keys)


@pytest.mark.parametrize(
    "name",
    [
        "YOLOX", "YOLOX, one class", "YOLOv5", "YOLOv8", "SSD", "SSD, Caffe", "DETR",
        "U-Net, softmax",
    ],
)  # fmt: skip
def test_a_proposal_reads_the_file(tmp_path, name):
    found = fitted(exporters.write(tmp_path / "m.onnx", exporters.BY_NAME[name]))
    actual = (found.card.task, found.card.output.kind, len(found.card.classes))
    assert actual == exporters.BY_NAME[name].right
    assert (found.readable, found.card.output.names) == (True, exporters.BY_NAME[name].names)


@pytest.mark.parametrize(
    "name", ["NanoDet", "sigmoids", "YOLOX, decoded", "U-Net", "key point maps", "YOLOv8-pose"]
)
def test_outputs_that_fit_several_kinds_or_none_are_asked_about(tmp_path, name):
    one = exporters.BY_NAME[name]
    with pytest.raises(ModelRejected) as asked:
        fitted(exporters.write(tmp_path / "m.onnx", one))
    assert asked.value.problem == "output_unclear"
    assert tuple(label.split()[1] for label in asked.value.fits) == one.among


def test_whoever_says_task_or_kind_is_not_asked(tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["sigmoids"])
    assert fitted(path, {"task": "multilabel"}).card.task == "multilabel"
    decoded = exporters.write(tmp_path / "d.onnx", exporters.BY_NAME["YOLOX, decoded"])
    assert len(fitted(decoded, {"output": {"kind": "yolo_obj"}}).card.classes) == 80
    assert fitted(decoded, classes=tuple(map(str, range(80)))).card.output.kind == "yolo_obj"


def test_labels_of_one_class_a_frame_tell_sigmoids_of_several(tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["sigmoids"])
    model = open_model(path, threads=1)
    found = fit_card(model, read_graph(path), {}, tuple("abcde"), ("classification", "anomaly"))
    assert (found.card.task, found.card.output.kind) == ("classification", "sigmoid")


def test_classes_that_nothing_tells_are_asked_for(tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["YOLOv10"])
    with pytest.raises(ModelRejected) as asked:
        fitted(path)
    assert asked.value.problem == "classes_unknown"
    names = tuple(f"n{k}" for k in range(80))
    assert fitted(path, classes=names).card.classes == names


def test_a_card_whose_shapes_fit_and_whose_figures_do_not_is_told(tmp_path):
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME["YOLOX, one class"])
    card = {
        "task": "detection",
        "input": {"size": [192, 192], "resize": "letterbox"},
        "classes": ["person"],
    }
    wrong = fitted(path, card | {"output": {"kind": "yolo_end2end"}})
    expected = [("class_count", "figures", ("yolox",))]
    assert [(one.code, one.how, one.facts["fits"]) for one in wrong.findings] == expected
    assert not wrong.readable
    assert fitted(path, card | {"output": {"kind": "yolox"}}).findings == ()


def test_denoted_axes_tell_the_layout(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", shape=("n", 3, 32, 3))
    model = onnx.load(path)
    model.graph.input[0].type.tensor_type.shape.dim[1].denotation = "DATA_CHANNEL"
    onnx.save(model, path)
    assert fitted(path).card.input.layout == "NCHW"


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
    assert found.card.input.size == (32, 32)
    assert (found.card.input.layout, found.card.input.channels) == ("NCHW", 3)


def test_a_model_that_reads_height_first_is_told_by_running_it(tmp_path):
    turned = patient("turned")
    path = save(renamed(turned, 5).model, tmp_path / "m.onnx")
    card = dump_card(turned.card)
    card["input"]["layout"] = "NCHW"
    found = fitted(path, card)
    assert [one.code for one in found.findings] == ["layout"]
    assert found.card.input.layout == "NHWC"
    assert found.layouts == ("NHWC",)


def test_names_that_the_file_does_not_have_mean_the_first_tensors(tmp_path):
    card = CARD | {
        "input": {**CARD["input"], "name": "pixels"},
        "output": {"kind": "logits", "names": ["probabilities"]},
    }
    found = fitted(graphs.convolutions(tmp_path / "m.onnx"), card)
    assert (found.card.input.name, found.card.output.names, found.findings) == ("", (), ())


def test_a_file_that_takes_no_picture_and_a_card_that_makes_no_sense_are_refused(tmp_path):
    with pytest.raises(ModelRejected) as refused:
        fitted(graphs.passing_on(tmp_path / "m.onnx", shape=("n", 5)))
    assert refused.value.problem == "rank"
    with pytest.raises(CardRejected):
        fitted(
            graphs.convolutions(tmp_path / "c.onnx"),
            CARD | {"input": {"size": "large", "resize": "stretch"}},
        )
