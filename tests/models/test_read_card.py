import numpy as np
import pytest
from onnx import TensorProto, helper

from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected
from fieldcheck.models.card import merge_card_keys, read_card
from fieldcheck.models.session import open_model
from tests.models import exporters, graphs

CARD = {
    "task": "classification",
    "input": {"size": [32, 32], "resize": "stretch"},
    "output": {"kind": "logits"},
    "classes": ["a", "b", "c"],
}
BOXES = {
    "task": "detection",
    "input": {"size": [32, 32], "resize": "letterbox"},
    "output": {"kind": "yolo"},
    "classes": ["a", "b"],
}


def rejected(path, card, classes=None):
    with pytest.raises(ModelRejected) as refused:
        read_card(open_model(path), card, classes)
    return refused.value


def test_a_whole_card_that_fits_is_taken(tmp_path):
    card = read_card(open_model(graphs.convolutions(tmp_path / "m.onnx")), CARD)
    assert (card.task, card.classes) == ("classification", ("a", "b", "c"))


def test_a_file_that_says_nothing_needs_a_card(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    with pytest.raises(CardNeeded) as needed:
        read_card(open_model(path), None)
    assert needed.value.fields == ("task", "input.size", "input.resize", "output.kind", "classes")
    with pytest.raises(CardNeeded) as needed:
        read_card(open_model(path), {key: value for key, value in CARD.items() if key != "classes"})
    assert needed.value.fields == ("classes",)


def test_classes_given_by_hand_stand_above_those_of_the_card(tmp_path):
    model = open_model(graphs.convolutions(tmp_path / "m.onnx"))
    assert read_card(model, CARD, ("x", "y", "z")).classes == ("x", "y", "z")


def test_the_files_own_words_are_read_first_and_the_card_overrides_them(tmp_path):
    metadata = {"task": "detect", "imgsz": "[32, 32]", "names": "{0: 'a', 1: 'b'}"}
    model = open_model(
        graphs.constant_head(
            tmp_path / "m.onnx", np.zeros((6, 20)), shape=("n", 3, 32, 32), metadata=metadata
        )
    )
    card = read_card(model, None)
    assert (card.task, card.input.resize) == ("detection", "letterbox")
    assert (card.output.kind, card.output.threshold) == ("yolo", 0.25)
    other = read_card(model, {"input": {"resize": "stretch"}, "output": {"threshold": 0.5}})
    assert (other.input.resize, other.output.threshold) == ("stretch", 0.5)
    assert (other.input.size, other.classes) == ((32, 32), ("a", "b"))


def test_two_objects_are_merged_key_by_key():
    actual = merge_card_keys({"a": {"x": 1, "y": 2}, "b": 3}, {"a": {"y": 4}, "b": {"z": 5}})
    assert actual == {"a": {"x": 1, "y": 4}, "b": {"z": 5}}


def test_a_null_in_the_card_says_nothing():
    assert merge_card_keys({"a": 1}, {"a": None, "b": None}) == {"a": 1}


def test_a_card_of_the_wrong_shape_is_wrong_not_missing(tmp_path):
    with pytest.raises(CardRejected) as refused:
        read_card(open_model(graphs.convolutions(tmp_path / "m.onnx")), CARD | {"input": [32, 32]})
    assert (refused.value.field, refused.value.problem) == ("input", "type")


def test_a_grey_model_refuses_a_colour_card(tmp_path):
    path = graphs.passing_on(tmp_path / "m.onnx", shape=("n", 1, 32, 32))
    refused = rejected(path, CARD)
    assert (refused.problem, refused.detail) == ("channels", "RGB NCHW, input ?×1×32×32")
    actual = rejected(
        graphs.convolutions(path), CARD | {"input": CARD["input"] | {"colour": "GRAY"}}
    ).problem
    assert actual == "channels"


def test_channels_in_the_wrong_place_are_refused(tmp_path):
    card = CARD | {"input": CARD["input"] | {"layout": "NHWC"}}
    assert rejected(graphs.convolutions(tmp_path / "m.onnx"), card).problem == "channels"


@pytest.mark.parametrize("shape", [("n", 3), (1, 3, 32, 32, 1), ()])
def test_an_input_that_is_no_picture_is_refused_by_its_rank(tmp_path, shape):
    assert rejected(graphs.passing_on(tmp_path / "m.onnx", shape=shape), CARD).problem == "rank"


def test_an_input_of_whole_numbers_is_refused(tmp_path):
    node = helper.make_node("Cast", ["images"], ["output"], to=TensorProto.FLOAT)
    path = graphs.write(
        tmp_path / "m.onnx", [node], [graphs.picture(kind=TensorProto.INT64)], [graphs.output()]
    )
    assert rejected(
        path, CARD | {"input": {"size": [8, 8], "resize": "stretch"}}
    ).detail.startswith("tensor(int64)")


def test_a_size_that_the_file_does_not_take_is_refused(tmp_path):
    refused = rejected(graphs.convolutions(tmp_path / "m.onnx", side=64), CARD)
    assert (refused.problem, refused.detail) == ("size", "32×32, input ?×3×64×64")


def test_classes_that_do_not_fit_the_output_are_refused(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", n_classes=3)
    refused = rejected(path, CARD, ("a", "b"))
    assert (refused.problem, refused.detail) == ("classes", "logits, output 1×3, 2 classes")
    grid = graphs.constant_head(tmp_path / "g.onnx", np.zeros((84, 20)), shape=("n", 3, 32, 32))
    assert rejected(grid, BOXES).problem == "classes"
    assert "m.onnx has 3 classes, but the class list has 2" in format_error(refused)


def test_an_output_of_another_kind_is_refused(tmp_path):
    classifier = graphs.convolutions(tmp_path / "m.onnx")
    expected = "output_kind"
    assert rejected(classifier, BOXES | {"output": {"kind": "yolo_end2end"}}).problem == expected
    grid = graphs.constant_head(tmp_path / "g.onnx", np.zeros((84, 20)), shape=("n", 3, 32, 32))
    assert rejected(grid, CARD).problem == "output_kind"


def test_an_output_of_another_kind_than_the_card_says_is_named_with_its_shape(tmp_path):
    refused = rejected(
        graphs.convolutions(tmp_path / "m.onnx"), BOXES | {"output": {"kind": "ssd"}}
    )
    assert refused.problem == "output_kind"
    assert refused.detail == "ssd, output 1×3, 2 classes"


COCO_BOXES = BOXES | {"classes": [f"c{at}" for at in range(80)]}


@pytest.mark.parametrize(
    ("kind", "head"),
    [("yolo", (85, 22, 22)), ("yolo_end2end", (5, 7)), ("yolo", (1, 300, 7))],
    ids=["FastestDet", "N×7 of YOLOv7", "1×N×7 of SSD"],
)  # fmt: skip
def test_a_head_that_nothing_reads_is_told_with_its_shape_and_what_is_known(tmp_path, kind, head):
    path = graphs.constant_head(tmp_path / "g.onnx", np.zeros(head), shape=("n", 3, 32, 32))
    refused = rejected(path, COCO_BOXES | {"output": {"kind": kind}})
    shape = "×".join(map(str, (1, *head)))
    assert (refused.problem, refused.fits) == ("output_kind", ())
    said = format_error(refused)
    assert f"no decoder for this output ({kind}, output {shape}, 80 classes)" in said
    assert "yolo 1×(4+K)×N" in said
    assert "correct output.kind" not in said


def test_a_head_with_suppression_inside_is_no_grid_of_three_classes(tmp_path):
    path = graphs.constant_head(
        tmp_path / "g.onnx",
        np.pad(np.full((100, 6), 0.5), ((0, 0), (1, 0))),
        shape=("n", 3, 32, 32),
    )
    refused = rejected(path, BOXES | {"classes": ["a", "b", "c"], "output": {"kind": "yolo"}})
    assert (refused.problem, refused.fits) == ("output_kind", ())
    assert "no decoder for this output (yolo, output 1×100×7, 3 classes)" in format_error(refused)


def test_a_head_of_another_kind_is_told_which_it_can_be(tmp_path):
    refused = rejected(
        graphs.constant_head(tmp_path / "g.onnx", np.zeros((300, 6)), shape=("n", 3, 32, 32)),
        COCO_BOXES | {"output": {"kind": "yolox"}},
    )
    assert refused.fits == ("yolo_end2end",)
    assert "Set output.kind to one of: yolo_end2end." in format_error(refused)
    classifier = rejected(
        graphs.convolutions(tmp_path / "m.onnx"),
        BOXES | {"classes": ["a", "b", "c"], "output": {"kind": "yolox"}},
    )
    assert classifier.fits == ("logits", "softmax", "sigmoid")


def test_a_model_of_two_inputs_is_refused(tmp_path):
    second = helper.make_tensor_value_info("sizes", TensorProto.FLOAT, [1])
    node = helper.make_node("Mul", ["images", "sizes"], ["output"])
    path = graphs.write(
        tmp_path / "m.onnx", [node], [graphs.picture((1, 3, 32, 32)), second], [graphs.output()]
    )
    refused = rejected(path, CARD)
    assert (refused.problem, refused.detail) == ("inputs", "images, sizes")


def test_tensors_that_the_file_does_not_have_are_the_cards_fault(tmp_path):
    model = open_model(graphs.convolutions(tmp_path / "m.onnx"))
    for change, field in (
        ({"input": CARD["input"] | {"name": "x"}}, "input.name"),
        ({"output": {"kind": "logits", "names": ["y"]}}, "output.names"),
    ):
        with pytest.raises(CardRejected) as refused:
            read_card(model, CARD | change)
        assert refused.value.field == field


def test_nan_and_constant_outputs_are_no_reason_to_refuse(tmp_path):
    for values in (np.full(3, np.nan), np.zeros(3)):
        assert read_card(
            open_model(graphs.constant_head(tmp_path / "m.onnx", values, shape=(1, 3, 32, 32))),
            CARD,
        )


@pytest.mark.parametrize("kind", ["yolo", "yolo_obj", "yolox", "yolo_end2end"])
def test_a_list_that_begins_with_a_background_is_asked_about_where_the_output_has_none(
    tmp_path, kind
):
    name = {"yolo": "YOLOv8", "yolo_obj": "YOLOv5", "yolox": "YOLOX", "yolo_end2end": "YOLOv10"}[
        kind
    ]
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME[name])
    names = [f"c{at}" for at in range(80)]
    card = {
        "task": "detection",
        "input": {"size": [96, 96], "resize": "letterbox"},
        "output": {"kind": kind},
    }
    assert read_card(open_model(path, threads=1), card | {"classes": names}).classes == tuple(names)
    with pytest.raises(CardRejected) as asked:
        read_card(open_model(path, threads=1), card | {"classes": ["background", *names[1:]]})
    assert (asked.value.field, asked.value.problem) == ("classes", "background")
    assert "Remove it, or rename it" in format_error(asked.value)


def test_lists_that_are_one_off_are_asked_about_with_the_background_in_mind(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", n_classes=3)
    assert "begin the list with background" in format_error(rejected(path, CARD, ("a", "b")))
    expected = "If the list names a background, remove it."
    assert expected in format_error(rejected(path, CARD, ("background", "a", "b", "c")))
