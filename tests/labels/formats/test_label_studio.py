import json

import pytest

from fieldcheck.domain.label import Box, Point
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import label_studio
from fieldcheck.labels.formats.registry import read_labels

SIZE = {"original_width": 200, "original_height": 100}


def result(kind, **value):
    return {"from_name": "label", "to_name": "image", "type": kind, "value": value, **SIZE}


RECTANGLE = result(
    "rectanglelabels", x=10, y=20, width=30.5, height=40, rotation=0, rectanglelabels=["Riß"]
)


def task(image, *answers, **more):
    notes = [{"result": list(one)} for one in answers]
    return {"id": 1, "data": {"image": image}, "annotations": notes, **more}


def written(root, *tasks):
    root.mkdir(exist_ok=True)
    document = ("\ufeff" + json.dumps(list(tasks), indent=1).replace("\n", "\r\n")).encode()
    (root / "export.json").write_bytes(document)
    return root / "export.json"


def read(root, *tasks):
    return label_studio.read_label_studio(written(root, *tasks))


def test_boxes_outlines_and_points_are_read_in_pixels(tmp_path):
    corners = [[0, 0], [10, 0], [10, 50], [0, 50]]
    polygon = result("polygonlabels", points=corners, polygonlabels=["划痕"])
    point = result("keypointlabels", x=1.5, y=3, width=0.5, keypointlabels=["划痕"])
    flagged = {**RECTANGLE, "meta": {"text": ["crowd", "truncated"]}}
    ellipse = result("ellipselabels", x=1)
    found = read(tmp_path, task("/data/x.png", [RECTANGLE, flagged, polygon, point, ellipse]))
    (item,) = found.items
    cut = Box("Riß", 20, 20, 61, 40, crowd=True, truncated=True)
    assert item.boxes == (Box("Riß", 20, 20, 61, 40), cut, Box("划痕", 0, 0, 20, 50))
    assert item.points[1] == Point("划痕", 3, 3)
    assert found.skipped.losses == (("masks", 1), ("shapes", 1))


@pytest.mark.parametrize(("address", "name"), [
    ("/data/upload/1/1a2b3c4d-Pr%C3%BCfung%201.png", "Prüfung 1.png"),
    ("/data/local-files/?d=set/images/%E6%A3%80%E6%9F%A5.png", "检查.png"),
    ("s3://bucket/a/1a2b3c4d-1.png", "1a2b3c4d-1.png"),
    ("https://host/1.png?token=x", "1.png"),
    ("C:\\data\\1.png", "1.png"),
])  # fmt: skip
def test_a_picture_is_called_as_it_was_before_it_was_uploaded_or_served(tmp_path, address, name):
    assert read(tmp_path, task(address, [RECTANGLE])).names == (name,)


def test_a_task_without_an_answer_is_silent_an_empty_one_says_nothing_is_there(tmp_path):
    answered = task("1.png", [RECTANGLE], predictions=[{"result": [RECTANGLE]}])
    unanswered = task("3.png", predictions=[{"result": [RECTANGLE]}])
    cancelled = task("4.png") | {"annotations": [{"result": [RECTANGLE], "was_cancelled": True}]}
    drawn = task("5.png", [], [RECTANGLE])
    found = read(tmp_path, answered, task("2.png", []), unanswered, cancelled, drawn)
    assert found.skipped.unlabelled == ("3.png", "4.png")
    assert [len(item.boxes) for item in found.items] == [1, 0, 0, 0, 1]
    assert found.skipped.losses == (("several_answers", 1),)


def test_choices_are_classes_where_nothing_is_drawn(tmp_path):
    choice = result("choices", choices=["Riß"])
    assert [item.class_name for item in read(tmp_path, task("1.png", [choice])).items] == ["Riß"]
    found = read(tmp_path, task("1.png", [choice]), task("2.png", [RECTANGLE]))
    assert [item.class_name for item in found.items] == ["", ""]
    assert found.skipped.losses == (("tags", 1),)


def test_a_turned_box_is_counted_and_becomes_the_upright_one_around_it(tmp_path):
    value = RECTANGLE["value"] | {"x": 20, "y": 20, "width": 10, "height": 10, "rotation": 90}
    found = read(tmp_path, task("1.png", [{**RECTANGLE, "value": value}]))
    (box,) = found.items[0].boxes
    assert (box.x, box.y, box.w, box.h) == pytest.approx((30, 20, 10, 20))
    assert found.skipped.losses == (("turned", 1),)


@pytest.mark.parametrize("rows", [
    [{"image": "1.png", "label": []}],
    [3],
    {"data": 1},
    [task("1.png", []), task("1.png", [])],
    [task("../1.png", [3])],
    [{"id": 1, "data": {}, "annotations": []}],
    [task("1.png", [result("choices", choices=["a", "b"])])],
    [task("1.png", [RECTANGLE | {"original_width": 0}])],
    [task("1.png", [RECTANGLE | {"value": {"x": "?", "y": 1}}])],
    [task("1.png", [result("brushlabels", rle=[1, 2], brushlabels=["a"])])],
    [task("http://[", [RECTANGLE])],
    [task("1.png", [result("polygonlabels", points=[[1, 2]], polygonlabels=["a"])])],
])  # fmt: skip
def test_a_file_that_makes_no_sense_is_refused(tmp_path, rows):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows))
    with pytest.raises(LabelsRefused) as caught:
        label_studio.read_label_studio(path)
    assert caught.value.problem == "malformed"


def test_it_is_told_from_coco_and_labelme_by_how_it_begins(tmp_path):
    assert read_labels(written(tmp_path, task("1.png", [RECTANGLE]))).format == "label-studio"
    assert read_labels(tmp_path).format == "label-studio"


def test_the_interface_names_the_classes_in_the_element_of_their_kind(tmp_path):
    cases = (("boxes", "RectangleLabels"), ("class", "Choices"), ("points", "KeyPointLabels"))
    for kind, element in cases:
        _, config = label_studio.save_tasks(tmp_path, [], ("Riß", "a<b"), kind)
        said = config.read_text("utf-8")
        assert f"<{element} " in said
        assert "a&lt;b" in said


def test_a_choice_of_a_region_is_no_class_of_the_picture(tmp_path):
    place = {"x": 10, "y": 10, "width": 20, "height": 20}
    result = [
        {
            "id": "r", "type": "rectanglelabels", "original_width": 40, "original_height": 30,
            "value": {**place, "rectanglelabels": ["car"]},
        },
        {
            "id": "r", "type": "choices", "original_width": 40, "original_height": 30,
            "value": {**place, "choices": ["dusty"]},
        },
    ]  # fmt: skip
    document = json.dumps([{"data": {"image": "1.png"}, "annotations": [{"result": result}]}])
    (tmp_path / "a.json").write_text(document)
    found = read_labels(tmp_path / "a.json")
    assert [item.names for item in found.items] == [("car",)]
    assert dict(found.skipped.losses) == {"attributes": 1}
