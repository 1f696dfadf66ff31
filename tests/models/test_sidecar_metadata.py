import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.models import CardRejected
from fieldcheck.models.card import parse_image_metadata, read_card, read_sidecar_metadata
from fieldcheck.models.doctor.fit_card import fit_card, read_graph
from fieldcheck.models.doctor.preprocessing_variants import find_known_preprocessing
from fieldcheck.models.session import open_model
from fieldcheck.progress import NullProgress
from tests.models import graphs

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


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"size": {"height": 320, "width": 384}}, {"size": [320, 384], "resize": "stretch"}),
        ({"size": 224}, {"size": [224, 224], "resize": "stretch"}),
        (
            {"size": {"shortest_edge": 224}, "crop_pct": 0.9},
            {"size": [224, 224], "resize": "short_side", "crop": 0.9},
        ),
        ({"size": {"shortest_edge": 800, "longest_edge": 1333}}, {}),
        (
            {"size": {"height": 256, "width": 256}, "do_center_crop": True, "crop_size": 192},
            {"size": [192, 192], "crop": 0.75},
        ),
    ],
)
def test_sizes_are_said_in_many_ways(tmp_path, said, wanted):
    found = told(tmp_path, config=RESNET, preprocessor_config=said)["input"]
    assert {key: found.get(key) for key in wanted} == wanted
    assert wanted or "size" not in found


def test_other_tasks_of_hugging_face(tmp_path):
    actual = told(tmp_path, config={"architectures": ["DetrForObjectDetection"], **LABELS})[
        "output"
    ]["kind"]
    assert actual == "detr"
    actual = told(
        tmp_path, config={"architectures": ["SegformerForSemanticSegmentation"], **LABELS}
    )["task"]
    assert actual == "segmentation"
    several = {
        "architectures": ["ViTForImageClassification"],
        "problem_type": "multi_label_classification",
        **LABELS,
    }
    assert told(tmp_path, config=several)["task"] == "multilabel"


def test_timm_says_its_share_of_the_centre(tmp_path):
    trained = {
        "input_size": [3, 288, 288], "mean": [0.5] * 3, "std": [0.5] * 3, "crop_pct": 0.95,
        "interpolation": "bicubic",
    }  # fmt: skip
    card = parse_card(
        told(
            tmp_path,
            config={
                "architecture": "resnet50",
                "pretrained_cfg": trained,
                "label_names": ["a", "b"],
            },
        )
    )
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
    boxes = told(
        tmp_path, {"transforms": "ObjectDetection()", "categories": "['__background__', 'person']"}
    )
    assert boxes["output"] == {"kind": "torchvision"}
    assert boxes["classes"] == ["__background__", "person"]


def test_a_file_of_another_meaning_says_nothing(tmp_path):
    assert told(tmp_path, config={"name": "my app", "version": 3}) == {}
    (tmp_path / "metadata.json").write_text("[1, 2]")
    actual = read_sidecar_metadata(
        tmp_path / "m.onnx", {"transforms": "os.system('x')", "categories": "[1"}
    )
    assert actual == {}


def test_the_card_is_read_through_the_graphs_own_size_where_a_tool_named_none(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", n_classes=2, shape=("n", 3, 32, 48))
    (tmp_path / "config.json").write_text(json.dumps(RESNET))
    card = read_card(open_model(path), {"input": {"resize": "stretch"}})
    assert (card.input.size, card.classes) == ((32, 48), ("crack", "fine"))
    assert read_card(
        open_model(path), {"input": {"resize": "stretch"}, "classes": ["x", "y"]}
    ).classes == ("x", "y")
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
        {
            "__class_fullname__": "Normalize",
            "mean": [0.5] * 3,
            "std": [0.2] * 3,
            "max_pixel_value": largest,
        }
    ]
    (tmp_path / "metadata.json").write_text(
        json.dumps({"image_threshold": 1.5, "transform": {"transforms": steps}})
    )
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


@pytest.mark.parametrize(
    ("pixels", "wanted"),
    [
        ("NominalRange_0_255", (1.0, 0.0, 1.0)),
        ("Normalized_0_1", (1 / 255, 0.0, 1.0)),
        ("Normalized_1_1", (1 / 255, 0.5, 0.5)),
        ("NominalRange_16_235", None),
        ("rubbish", None),
    ],
)
def test_onnx_says_the_range_of_pixels_and_their_order(pixels, wanted):
    keys = parse_image_metadata(
        {"Image.NominalPixelRange": pixels, "Image.BitmapPixelFormat": "Bgr8"}
    )
    assert keys["input"]["colour"] == "BGR"
    told = tuple(keys["input"].get(key) for key in ("scale", "mean", "std"))
    assert told == ((wanted[0], [wanted[1]], [wanted[2]]) if wanted else (None, None, None))
    assert parse_image_metadata({"author": "somebody"}) == {}


def test_what_onnx_says_of_pixels_is_neither_proposed_nor_replaced_by_a_known_recipe(tmp_path):
    said = {"Image.NominalPixelRange": "NominalRange_0_255", "Image.BitmapPixelFormat": "Bgr8"}
    path = graphs.convolutions(tmp_path / "m.onnx", metadata=said)
    model = open_model(path, threads=1)
    fitted = fit_card(model, read_graph(path), {})
    assert not {"input.scale", "input.colour", "input.mean", "input.std"} & set(
        fitted.proposed_keys
    )
    fed = find_known_preprocessing(model, fitted, [], NullProgress()).card.input
    assert (fed.scale, fed.colour, fed.mean) == (1.0, "BGR", (0.0, 0.0, 0.0))
