import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected
from fieldcheck.models.card import (
    LONGEST,
    merge_card_keys,
    parse_image_metadata,
    parse_literal,
    parse_ultralytics_metadata,
    read_card,
    read_sidecar_metadata,
)
from fieldcheck.models.doctor.fit_card import fit_card
from fieldcheck.models.doctor.graph_faults import read_graph
from fieldcheck.models.doctor.preprocessing_variants import find_known_preprocessing
from fieldcheck.models.session import open_model
from fieldcheck.progress import NullProgress
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
    model = graphs.convolutions(path)
    actual = rejected(model, CARD | {"input": CARD["input"] | {"colour": "GRAY"}}).problem
    assert actual == "channels"


def test_channels_in_the_wrong_place_are_refused(tmp_path):
    card = CARD | {"input": CARD["input"] | {"layout": "NHWC"}}
    assert rejected(graphs.convolutions(tmp_path / "m.onnx"), card).problem == "channels"


@pytest.mark.parametrize("shape", [("n", 3), (1, 3, 32, 32, 1), ()])
def test_an_input_that_is_no_picture_is_refused_by_its_rank(tmp_path, shape):
    assert rejected(graphs.passing_on(tmp_path / "m.onnx", shape=shape), CARD).problem == "rank"


def test_an_input_of_whole_numbers_is_refused(tmp_path):
    node = helper.make_node("Cast", ["images"], ["output"], to=TensorProto.FLOAT)
    picture = graphs.picture(kind=TensorProto.INT64)
    path = graphs.write(tmp_path / "m.onnx", [node], [picture], [graphs.output()])
    refused = rejected(path, CARD | {"input": {"size": [8, 8], "resize": "stretch"}})
    assert refused.detail.startswith("tensor(int64)")


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
    model = graphs.convolutions(tmp_path / "m.onnx")
    refused = rejected(model, BOXES | {"output": {"kind": "ssd"}})
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
    rows = np.pad(np.full((100, 6), 0.5), ((0, 0), (1, 0)))
    path = graphs.constant_head(tmp_path / "g.onnx", rows, shape=("n", 3, 32, 32))
    refused = rejected(path, BOXES | {"classes": ["a", "b", "c"], "output": {"kind": "yolo"}})
    assert (refused.problem, refused.fits) == ("output_kind", ())
    assert "no decoder for this output (yolo, output 1×100×7, 3 classes)" in format_error(refused)


def test_a_head_of_another_kind_is_told_which_it_can_be(tmp_path):
    path = graphs.constant_head(tmp_path / "g.onnx", np.zeros((300, 6)), shape=("n", 3, 32, 32))
    refused = rejected(path, COCO_BOXES | {"output": {"kind": "yolox"}})
    assert refused.fits == ("yolo_end2end",)
    assert "Set output.kind to one of: yolo_end2end." in format_error(refused)
    card = BOXES | {"classes": ["a", "b", "c"], "output": {"kind": "yolox"}}
    classifier = rejected(graphs.convolutions(tmp_path / "m.onnx"), card)
    assert classifier.fits == ("logits", "softmax", "sigmoid")


def test_a_model_of_two_inputs_is_refused(tmp_path):
    second = helper.make_tensor_value_info("sizes", TensorProto.FLOAT, [1])
    node = helper.make_node("Mul", ["images", "sizes"], ["output"])
    first = graphs.picture((1, 3, 32, 32))
    path = graphs.write(tmp_path / "m.onnx", [node], [first, second], [graphs.output()])
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
        path = graphs.constant_head(tmp_path / "m.onnx", values, shape=(1, 3, 32, 32))
        assert read_card(open_model(path), CARD)


@pytest.mark.parametrize("kind", ["yolo", "yolo_obj", "yolox", "yolo_end2end"])
def test_a_list_from_a_background_is_asked_about_where_the_output_has_none(tmp_path, kind):
    name = {"yolo": "YOLOv8", "yolo_obj": "YOLOv5", "yolox": "YOLOX", "yolo_end2end": "YOLOv10"}[
        kind
    ]
    path = exporters.write(tmp_path / "m.onnx", exporters.BY_NAME[name])
    names = [f"c{at}" for at in range(80)]
    spec = {"size": [96, 96], "resize": "letterbox"}
    card = {"task": "detection", "input": spec, "output": {"kind": kind}}
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


LABELS = {"id2label": {"0": "crack", "1": "fine"}}
RESNET = {"architectures": ["ResNetForImageClassification"], **LABELS}
PREPROCESSOR = {
    "do_center_crop": True, "crop_size": {"height": 224, "width": 224},
    "size": {"shortest_edge": 256}, "resample": 3, "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
}  # fmt: skip
PRESET = """ImageClassification(
    crop_size=[224]
    resize_size=[256]
    mean=[0.485, 0.456, 0.406]
    std=[0.229, 0.224, 0.225]
    interpolation=InterpolationMode.BILINEAR
)"""
ANOMALIB = {
    "image_threshold": 11.25, "pixel_threshold": 12.5,
    "transform": {
        "__version__": "1.3.1",
        "transform": {
            "__class_fullname__": "Compose",
            "transforms": [
                {"__class_fullname__": "Resize", "height": 256, "width": 256, "interpolation": 1},
                {"__class_fullname__": "CenterCrop", "height": 224, "width": 224},
                {
                    "__class_fullname__": "Normalize", "mean": [0.5, 0.5, 0.5],
                    "std": [0.2, 0.2, 0.2], "max_pixel_value": 255.0,
                },
                {"__class_fullname__": "ToTensorV2"},
            ],
        },
    },
}  # fmt: skip


def told(folder, metadata=None, model="m.onnx", **files):
    for name, said in files.items():
        (folder / f"{name}.json").write_text(json.dumps(said))
    return read_sidecar_metadata(folder / model, metadata or {})


def test_hugging_face_says_classes_task_and_how_pictures_are_made(tmp_path):
    keys = told(tmp_path, config=RESNET, preprocessor_config=PREPROCESSOR)
    card = parse_card(keys)
    assert card.task == "classification"
    assert (card.output.kind, card.classes) == ("logits", ("crack", "fine"))
    assert (card.input.size, card.input.resize) == ((224, 224), "short_side")
    assert (card.input.crop, card.input.interpolation) == (0.875, "pil_bicubic")
    assert card.input.mean == (0.485, 0.456, 0.406)
    assert card.input.scale == pytest.approx(1 / 255)


def test_the_files_may_lie_above_a_folder_called_onnx(tmp_path):
    (tmp_path / "onnx").mkdir()
    assert told(tmp_path, config=RESNET, model="onnx/m.onnx")["classes"] == ["crack", "fine"]
    assert told(tmp_path, model="other/m.onnx") == {}


@pytest.mark.parametrize(("said", "wanted"), [
    ({"size": {"height": 320, "width": 384}}, {"size": [320, 384], "resize": "stretch"}),
    ({"size": 224}, {"size": [224, 224], "resize": "stretch"}),
    ({"size": {"shortest_edge": 224}, "crop_pct": 0.9},
     {"size": [224, 224], "resize": "short_side", "crop": 0.9}),
    ({"size": {"shortest_edge": 800, "longest_edge": 1333}}, {}),
    ({"size": {"height": 256, "width": 256}, "do_center_crop": True, "crop_size": 192},
     {"size": [192, 192], "crop": 0.75}),
])  # fmt: skip
def test_sizes_are_said_in_many_ways(tmp_path, said, wanted):
    found = told(tmp_path, config=RESNET, preprocessor_config=said)["input"]
    assert {key: found.get(key) for key in wanted} == wanted
    assert wanted or "size" not in found


def test_other_tasks_of_hugging_face(tmp_path):
    card = told(tmp_path, config={"architectures": ["DetrForObjectDetection"], **LABELS})
    actual = card["output"]["kind"]
    assert actual == "detr"
    config = {"architectures": ["SegformerForSemanticSegmentation"], **LABELS}
    actual = told(tmp_path, config=config)["task"]
    assert actual == "segmentation"
    kinds = ["ViTForImageClassification"]
    several = {"architectures": kinds, "problem_type": "multi_label_classification", **LABELS}
    assert told(tmp_path, config=several)["task"] == "multilabel"


def test_timm_says_its_share_of_the_centre(tmp_path):
    trained = {
        "input_size": [3, 288, 288], "mean": [0.5] * 3, "std": [0.5] * 3, "crop_pct": 0.95,
        "interpolation": "bicubic",
    }  # fmt: skip
    config = {"architecture": "resnet50", "pretrained_cfg": trained, "label_names": ["a", "b"]}
    card = parse_card(told(tmp_path, config=config))
    assert (card.input.size, card.input.crop) == ((288, 288), 0.95)
    assert (card.input.mean, card.classes) == ((0.5,) * 3, ("a", "b"))


def test_anomalib_says_its_threshold_and_the_transform_it_was_trained_with(tmp_path):
    (tmp_path / "metadata.json").write_text(json.dumps(ANOMALIB))
    card = parse_card(told(tmp_path))
    assert (card.task, card.output.kind, card.output.threshold) == ("anomaly", "anomaly_map", 11.25)
    assert card.input.size == (224, 224)
    assert (card.input.crop, card.input.interpolation) == (0.875, "linear")
    assert (card.input.mean, card.input.std) == ((0.5,) * 3, (0.2,) * 3)


def test_torchvision_says_it_in_the_files_metadata(tmp_path):
    card = parse_card(told(tmp_path, {"transforms": PRESET, "categories": "['tench', 'goldfish']"}))
    assert (card.task, card.classes) == ("classification", ("tench", "goldfish"))
    assert (card.input.size, card.input.crop) == ((224, 224), 0.875)
    assert (card.input.resize, card.input.interpolation) == ("short_side", "pil_bilinear")
    metadata = {"transforms": "ObjectDetection()", "categories": "['__background__', 'person']"}
    boxes = told(tmp_path, metadata)
    assert boxes["output"] == {"kind": "torchvision"}
    assert boxes["classes"] == ["__background__", "person"]


def test_a_file_of_another_meaning_says_nothing(tmp_path):
    assert told(tmp_path, config={"name": "my app", "version": 3}) == {}
    (tmp_path / "metadata.json").write_text("[1, 2]")
    metadata = {"transforms": "os.system('x')", "categories": "[1"}
    actual = read_sidecar_metadata(tmp_path / "m.onnx", metadata)
    assert actual == {}


def test_the_card_is_read_through_the_graphs_own_size_where_a_tool_named_none(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", n_classes=2, shape=("n", 3, 32, 48))
    (tmp_path / "config.json").write_text(json.dumps(RESNET))
    card = read_card(open_model(path), {"input": {"resize": "stretch"}})
    assert (card.input.size, card.classes) == ((32, 48), ("crack", "fine"))
    read = read_card(open_model(path), {"input": {"resize": "stretch"}, "classes": ["x", "y"]})
    assert read.classes == ("x", "y")
    assert np.prod(card.input.size) == 32 * 48


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from([
    *PREPROCESSOR, *RESNET, *ANOMALIB, "pretrained_cfg", "crop_pct", "rescale_factor", "do_rescale",
    "size", "problem_type", "label_names",
])  # fmt: skip


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(*(st.dictionaries(KEYS, JSON, max_size=8) for _ in range(3)))
def test_whatever_lies_beside_a_model_is_a_card_or_refused_as_one(config, preprocessor, metadata):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        for name, said in (
            ("config", config | LABELS),
            ("preprocessor_config", preprocessor),
            ("metadata", metadata),
        ):
            (path / f"{name}.json").write_text(json.dumps(said))
        try:
            parse_card(read_sidecar_metadata(path / "m.onnx", {}))
        except CardRejected:
            return


@pytest.mark.parametrize("largest", ["255", [255], {"a": 1}, None, 0, True])
def test_a_largest_pixel_value_that_is_no_figure_leaves_pixels_as_they_are(tmp_path, largest):
    steps = [
        {"__class_fullname__": "Normalize", "mean": [0.5] * 3, "std": [0.2] * 3,
         "max_pixel_value": largest},
    ]  # fmt: skip
    document = json.dumps({"image_threshold": 1.5, "transform": {"transforms": steps}})
    (tmp_path / "metadata.json").write_text(document)
    found = read_sidecar_metadata(tmp_path / "m.onnx", {})
    assert found["input"]["scale"] == 1.0


SAID = st.sampled_from([
    "[224]", "['a']", "[None]", "[[1]]", "[True]", "[-1]", "[1e400]", "[]", "[1, 2]",
    "[0x" + "F" * 5000 + "]", "x",
])  # fmt: skip
NAMED = st.sampled_from(["['a', 'b']", "{0: 'a'}", "[0x" + "F" * 5000 + "]", "[1]", "5", "['a'"])


@settings(max_examples=60, deadline=None)
@given(SAID, SAID, SAID, NAMED)
def test_whatever_stands_in_a_files_metadata_is_a_card_or_refused_as_one(crop, edge, mean, names):
    transforms = (
        f"ImageClassification(crop_size={crop}, resize_size={edge}, mean={mean}, std={mean})"
    )
    try:
        parse_card(
            read_sidecar_metadata(
                Path("/nowhere/m.onnx"), {"transforms": transforms, "categories": names}
            )
        )
    except CardRejected:
        return


@pytest.mark.parametrize(("pixels", "wanted"), [
    ("NominalRange_0_255", (1.0, 0.0, 1.0)),
    ("Normalized_0_1", (1 / 255, 0.0, 1.0)),
    ("Normalized_1_1", (1 / 255, 0.5, 0.5)),
    ("NominalRange_16_235", None),
    ("rubbish", None),
])  # fmt: skip
def test_onnx_says_the_range_of_pixels_and_their_order(pixels, wanted):
    metadata = {"Image.NominalPixelRange": pixels, "Image.BitmapPixelFormat": "Bgr8"}
    keys = parse_image_metadata(metadata)
    assert keys["input"]["colour"] == "BGR"
    told = tuple(keys["input"].get(key) for key in ("scale", "mean", "std"))
    assert told == ((wanted[0], [wanted[1]], [wanted[2]]) if wanted else (None, None, None))
    assert parse_image_metadata({"author": "somebody"}) == {}


def test_what_onnx_says_of_pixels_is_neither_proposed_nor_replaced_by_a_known_recipe(tmp_path):
    said = {"Image.NominalPixelRange": "NominalRange_0_255", "Image.BitmapPixelFormat": "Bgr8"}
    path = graphs.convolutions(tmp_path / "m.onnx", metadata=said)
    model = open_model(path, threads=1)
    fitted = fit_card(model, read_graph(path), {})
    keys = set(fitted.proposed_keys)
    assert not {"input.scale", "input.colour", "input.mean", "input.std"} & keys
    fed = find_known_preprocessing(model, fitted, [], NullProgress()).card.input
    assert (fed.scale, fed.colour, fed.mean) == (1.0, "BGR", (0.0, 0.0, 0.0))


@pytest.mark.parametrize(("text", "said"), [
    ("{0: 'person', 1: 'bus'}", {0: "person", 1: "bus"}),
    ("[640, 640]", [640, 640]),
    ("(0.5, None)", (0.5, None)),
])  # fmt: skip
def test_a_literal_is_what_it_says(text, said):
    assert parse_literal(text) == said


@pytest.mark.parametrize("text", [
    None, "", "person", "__import__('os').getcwd()", "[" * 5000, "{[]: 1}", "0x" + "F" * 6000,
    "[0x" + "F" * 6000 + "]", "'a'\0", "9" * 5000,
])  # fmt: skip
def test_anything_else_is_nothing(text):
    assert parse_literal(text) is None


def test_what_is_too_long_is_not_looked_at():
    assert parse_literal("'" + "x" * LONGEST + "'") is None


DETECTOR = {
    "task": "detect", "stride": "32", "imgsz": "[480, 640]", "names": "{0: 'person', 1: 'car'}",
}  # fmt: skip
GRID = (1, 6, 6300)


def test_a_detector_says_everything_a_card_needs():
    keys = parse_ultralytics_metadata(DETECTOR, GRID)
    assert keys["task"] == "detection"
    assert keys["classes"] == ["person", "car"]
    assert keys["input"]["size"] == [480, 640]
    assert keys["input"]["resize"] == "letterbox"
    assert (keys["input"]["pad"], keys["input"]["colour"]) == (114, "RGB")
    assert keys["output"] == {"kind": "yolo"}


def test_a_classifier_gives_probabilities_of_the_covered_centre():
    keys = parse_ultralytics_metadata(DETECTOR | {"task": "classify", "imgsz": "224"}, (1, 2))
    assert (keys["task"], keys["output"]["kind"]) == ("classification", "softmax")
    assert (keys["input"]["size"], keys["input"]["resize"]) == ([224, 224], "short_side")
    assert keys["input"]["interpolation"] == "pil_bilinear"


@pytest.mark.parametrize(("metadata", "shape"), [
    (DETECTOR | {"end2end": "True"}, GRID),
    (DETECTOR | {"args": "{'nms': True}"}, GRID),
    (DETECTOR, (1, 300, 6)),
])  # fmt: skip
def test_a_graph_that_picks_its_boxes_is_read_end_to_end(metadata, shape):
    assert parse_ultralytics_metadata(metadata, shape)["output"] == {"kind": "yolo_end2end"}


def test_rows_of_six_from_a_whole_grid_are_not_picked_yet():
    actual = parse_ultralytics_metadata(DETECTOR | {"names": "['thing']"}, (1, 25200, 6))["output"]
    assert actual == {"kind": "yolo"}


def test_other_exporters_files_say_nothing():
    assert parse_ultralytics_metadata({}, GRID) == {}
    assert parse_ultralytics_metadata({"names": "{0: 'a'}", "author": "somebody"}, GRID) == {}


def test_a_task_that_is_not_known_here_is_left_open():
    keys = parse_ultralytics_metadata(DETECTOR | {"task": "pose"}, GRID)
    assert "task" not in keys
    assert keys["classes"] == ["person", "car"]


@pytest.mark.parametrize("names", [
    "{0: 'a', 2: 'b'}", "{'x': 'a'}", "__import__('os').getcwd()", "[" * 500,
    "-" * 100_000 + "1", "{" + "0: 'a'," * 400_000, "17", "",
])  # fmt: skip
def test_names_that_are_no_plain_list_are_not_believed(names):
    assert parse_ultralytics_metadata(DETECTOR | {"names": names}, GRID) == {}


def test_a_size_that_cannot_be_read_is_left_open():
    size = parse_ultralytics_metadata(DETECTOR | {"imgsz": "[640]"}, GRID)["input"].get("size")
    assert size is None
