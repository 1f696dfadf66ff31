import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from fieldcheck.domain.label import Box, Point
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import labelme
from fieldcheck.labels.formats.registry import read_labels
from tests import makers

SQUARE = [[10, 10], [20, 10], [20, 20], [10, 20]]


def shape(kind, points, label="Riß", **more):
    return {
        "label": label, "points": points, "shape_type": kind, "group_id": None, "flags": {}, **more,
    }  # fmt: skip


def written(root, name, *shapes, mark="", **more):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "version": "5.5.0", "flags": {}, "shapes": list(shapes), "imagePath": f"{path.stem}.jpg",
        "imageData": None, **more,
    }  # fmt: skip
    text = json.dumps(document, ensure_ascii=False, indent=2).replace("\n", "\r\n")
    path.write_bytes((mark + text).encode())
    Image.new("RGB", (40, 30)).save(path.with_suffix(".jpg"))
    return path


def stamp(width, height):
    data = io.BytesIO()
    pixels = np.zeros((height, width), np.uint8)
    pixels[2:5, 2:5] = 255
    Image.fromarray(pixels).save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def test_every_shape_that_has_a_place_is_read_and_the_others_are_counted(tmp_path):
    written(
        tmp_path, "1.json", shape("rectangle", [[30.5, 20], [10, 5.25]], flags={"occluded": True}),
        shape("polygon", SQUARE),
        shape("point", [[3, 4]]), shape("mask", [[20, 10], [27, 17]], mask=stamp(8, 8)),
            shape("circle", [[5, 5], [9, 9]]),
        shape("linestrip", [[5, 5], [9, 9]]),
            shape("polygon", [[0, 0], [2, 0], [2, 2]], group_id=1),
        shape("polygon", [[6, 0], [8, 0], [8, 2]], group_id=1), mark="\ufeff",
    )  # fmt: skip
    found = read_labels(tmp_path)
    (item,) = found.items
    assert found.format == "labelme"
    assert item.boxes == (
        Box("Riß", 10, 5.25, 20.5, 14.75, occluded=True), Box("Riß", 10, 10, 10, 10),
            Box("Riß", 20, 10, 7, 7), Box("Riß", 0, 0, 8, 2)
    )  # fmt: skip
    assert item.points[1:3] == (Point("Riß", 3, 4), Point("Riß", 23.5, 13.5))
    assert (len(item.points), found.skipped.losses) == (5, (("masks", 4), ("shapes", 2)))


def test_one_name_in_two_folders_is_two_pictures_and_one_without_a_file_is_silent(tmp_path):
    written(tmp_path, "links/1.json", shape("rectangle", SQUARE[::2]))
    written(tmp_path, "rechts/1.json")
    Image.new("RGB", (40, 30)).save(tmp_path / "rechts" / "2.jpg")
    found = labelme.read_labelme(tmp_path)
    expected = [("links/1.jpg", 1), ("rechts/1.jpg", 0)]
    assert [(item.path, len(item.boxes)) for item in found.items] == expected
    assert found.skipped.unlabelled == ("rechts/2.jpg",)


@pytest.mark.parametrize(
    "said", ["..\\other\\1.jpg", "C:\\Users\\x\\1.jpg", "/home/x/1.jpg", "../../1.jpg", None, 3]
)
def test_a_picture_that_lay_elsewhere_is_found_beside_its_file(tmp_path, said):
    written(tmp_path / "set", "1.json", shape("point", [[1, 1]]), imagePath=said)
    assert [item.path for item in labelme.read_labelme(tmp_path / "set").items] == ["1.jpg"]


def test_a_region_that_nobody_judged_is_no_class(tmp_path):
    ignored = shape("polygon", SQUARE, label="__ignore__")
    found = labelme.read_labelme(written(tmp_path, "1.json", ignored, shape("point", [[1, 1]])))
    assert ("__ignore__" in found.classes, found.skipped.losses) == (False, (("ignored", 1),))
    assert len(found.items[0].points) == 1


def test_flags_are_classes_where_no_picture_has_a_shape(tmp_path):
    written(tmp_path, "1.json", flags={"Riß": True, "gut": False})
    written(tmp_path, "2.json", flags={"Riß": False, "gut": True})
    found = labelme.read_labelme(tmp_path)
    assert [item.class_name for item in found.items] == ["Riß", "gut"]
    assert found.classes == ("Riß", "gut")
    written(tmp_path, "3.json", shape("point", [[1, 1]]))
    assert dict(labelme.read_labelme(tmp_path).skipped.losses)["tags"] == 2


@pytest.mark.parametrize("shape_said", [
    {"points": []},
    shape("rectangle", [[1, 2, 3]]),
    shape("rectangle", "12"),
    shape("polygon", SQUARE, label=""),
    shape("point", [["a", 1]]),
    shape("mask", [[0, 0], [8, 8]], mask="!"),
    shape("mask", [[0, 0], [8, 8]]),
    7,
])  # fmt: skip
def test_a_shape_that_makes_no_sense_is_refused(tmp_path, shape_said):
    path = written(tmp_path, "1.json", shape_said)
    with pytest.raises(LabelsRefused) as caught:
        read_labels(path)
    assert caught.value.problem == "malformed"


def test_files_however_deep_are_read_and_flags_of_shapes_are_counted(tmp_path):
    flags = {"blurred": True, "crowd": True, "old": False}
    shape = {"label": "a", "points": [[1, 1], [5, 5]], "shape_type": "rectangle", "flags": flags}
    for name in ("1", "a/2", "a/b/c/3"):
        makers.save_picture(tmp_path / f"{name}.png", "red")
        document = json.dumps({"shapes": [shape], "imagePath": f"{name[-1]}.png"})
        (tmp_path / f"{name}.json").write_text(document)
    makers.save_picture(tmp_path / "a" / "b" / "4.png", "red")
    found = read_labels(tmp_path)
    assert [item.path for item in found.items] == ["1.png", "a/2.png", "a/b/c/3.png"]
    assert found.skipped.unlabelled == ("a/b/4.png",)
    assert dict(found.skipped.losses) == {"attributes": 3}
