import pytest

from fieldcheck.models.card import parse_ultralytics_metadata

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


@pytest.mark.parametrize(
    ("metadata", "shape"),
    [
        (DETECTOR | {"end2end": "True"}, GRID),
        (DETECTOR | {"args": "{'nms': True}"}, GRID),
        (DETECTOR, (1, 300, 6)),
    ],
)
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


@pytest.mark.parametrize(
    "names",
    [
        "{0: 'a', 2: 'b'}", "{'x': 'a'}", "__import__('os').getcwd()", "[" * 500,
        "-" * 100_000 + "1", "{" + "0: 'a'," * 400_000, "17", "",
    ],
)  # fmt: skip
def test_names_that_are_no_plain_list_are_not_believed(names):
    assert parse_ultralytics_metadata(DETECTOR | {"names": names}, GRID) == {}


def test_a_size_that_cannot_be_read_is_left_open():
    assert (
        parse_ultralytics_metadata(DETECTOR | {"imgsz": "[640]"}, GRID)["input"].get("size") is None
    )
