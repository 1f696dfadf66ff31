import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.label import BenchmarkItem, Box
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import coco_fiftyone
from fieldcheck.labels.formats.label_set import LabelledImage


def document():
    return {
        "images": [
            {"id": 1, "file_name": "a.png", "width": 90, "height": 60},
            {"id": 7, "file_name": "b.png"},
        ],
        "annotations": [
            {
                "id": 1, "image_id": 1, "category_id": 2, "bbox": [1, 2.5, 30, 40],
                "segmentation": {"counts": [3, 4], "size": [60, 90]}, "iscrowd": 1,
            },
            {"id": 2, "image_id": 1, "category_id": 1, "bbox": [0, 0, 5, 5], "iscrowd": 0},
        ],
        "categories": [{"id": 2, "name": "car"}, {"id": 1, "name": "bus"}],
    }  # fmt: skip


def written(folder, said, name="labels.json"):
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return path


def test_boxes_crowds_and_empty_pictures_are_read(tmp_path):
    found = coco_fiftyone.read_coco(written(tmp_path, document()))
    boxes = (Box("car", 1, 2.5, 30, 40, crowd=True), Box("bus", 0, 0, 5, 5))
    assert found.items == (BenchmarkItem("a.png", boxes=boxes), BenchmarkItem("b.png"))
    assert (found.classes, found.root) == (("bus", "car"), tmp_path)


@pytest.mark.parametrize(("file", "pictures", "root", "path"), [
    ("labels.json", "images", "", "images/a.png"),
    ("labels.json", "", "", "a.png"),
    ("annotations/instances_val2017.json", "val2017", "", "val2017/a.png"),
    ("annotations/instances_default.json", "images/default", "", "images/default/a.png"),
    ("annotations/labels.json", "nowhere", "annotations", "a.png"),
])  # fmt: skip
def test_pictures_are_found_where_sets_of_coco_keep_them(tmp_path, file, pictures, root, path):
    (tmp_path / pictures).mkdir(parents=True, exist_ok=True)
    (tmp_path / pictures / "a.png").write_bytes(b"")
    found = coco_fiftyone.read_coco(written(tmp_path, document(), file))
    assert (found.root, found.items[0].path, found.names[0]) == (tmp_path / root, path, "a.png")


def changed(part, at, key, value):
    said = document()
    said[part][at][key] = value
    return said


@pytest.mark.parametrize("said", [
    "",
    "[]",
    "{}",
    "{" * 2000,
    "[" * 100_000,
    json.dumps(document())[:-20],
    '{"images": [], "annotations": [], "categories": ' + "9" * 5000 + "}",
    {**document(), "images": "none"},
    {**document(), "annotations": [3]},
    changed("images", 0, "file_name", "../a.png"),
    changed("images", 0, "file_name", None),
    changed("images", 0, "id", 7),
    changed("images", 0, "file_name", "b.png"),
    changed("images", 0, "id", [1]),
    changed("annotations", 0, "image_id", 3),
    changed("annotations", 0, "category_id", 3),
    changed("annotations", 0, "category_id", True),
    changed("annotations", 0, "bbox", [1, 2, 3]),
    changed("annotations", 0, "bbox", [1, 2, float("nan"), 3]),
    changed("annotations", 0, "bbox", [1, 2, 10**400, 3]),
    changed("annotations", 0, "bbox", [1, 2, -3, 3]),
    changed("annotations", 0, "bbox", None),
    changed("categories", 0, "id", 1),
    changed("categories", 0, "name", ""),
    changed("categories", 0, "name", "\ud800"),
])  # fmt: skip
def test_a_file_that_does_not_hold_together_is_refused(tmp_path, said):
    with pytest.raises(LabelsRefused) as caught:
        coco_fiftyone.read_coco(written(tmp_path, said))
    assert caught.value.problem == "malformed"


sides = st.floats(0, 5000, allow_nan=False)
sets = st.lists(
    st.lists(st.tuples(st.integers(0, 3), sides, sides, sides, sides, st.booleans()), max_size=4),
    min_size=1,
    max_size=5,
)


@given(sets)
def test_what_is_written_is_read_back_the_same(tmp_path_factory, labelled):
    classes = ["a", "b", "c", "d"]
    said = {
        "images": [
            {"id": image, "file_name": f"{image:04d}.png"} for image in range(len(labelled))
        ],
        "annotations": [
            {"image_id": image, "category_id": category, "bbox": box, "iscrowd": int(crowd)}
            for image, boxes in enumerate(labelled)
            for category, *box, crowd in boxes
        ],
        "categories": [{"id": at, "name": name} for at, name in enumerate(classes)],
    }
    found = coco_fiftyone.read_coco(written(tmp_path_factory.mktemp("set"), said))
    assert [item.boxes for item in found.items] == [
        tuple(Box(classes[category], *box, crowd) for category, *box, crowd in boxes)
        for boxes in labelled
    ]


@pytest.mark.parametrize("name", ["/a.png", "\\\\host\\share\\a.png", " /a.png"])
def test_an_absolute_name_is_refused_though_a_folder_stands_before_it(tmp_path, name):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(b"")
    said = document()
    said["images"][1]["file_name"] = name
    with pytest.raises(LabelsRefused):
        coco_fiftyone.read_coco(written(tmp_path, said))


def test_outline_and_mask_are_points_beside_their_box_the_unreadable_are_counted(tmp_path):
    said = document()
    outlines = [
        [[0.5, 0.25, 10.5, 0.25, 10.5, 8.75], [20, 20, 30, 20, 30, 30, 20, 30]],
        {"counts": [60, 4, 56, 4, 5276], "size": [60, 90]},
        {"counts": "no", "size": [60, 90]},
        [[1, 2]],
        [],
    ]
    said["annotations"] = [
        {"id": at, "image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9], "segmentation": one}
        for at, one in enumerate(outlines)
    ]
    said["annotations"][0] |= {
        "num_keypoints": 3,
        "attributes": {"occluded": True, "colour": "red"},
    }
    found = coco_fiftyone.read_coco(written(tmp_path, said))
    (item, _) = found.items
    assert len(item.boxes) == len(outlines)
    assert (item.boxes[0].occluded, item.boxes[1].occluded) == (True, False)
    assert len(item.points) == 3
    assert 0.5 < item.points[0].x < 10.5
    assert (item.points[1].x, 20 < item.points[1].y < 30) == (25, True)
    assert (item.points[2].x, item.points[2].y) == (1.5, 0.5)
    expected = (("attributes", 1), ("keypoints", 1), ("masks", 2), ("outlines_unread", 2))
    assert found.skipped.losses == expected


def test_a_class_with_one_key_point_holds_points_and_a_box_around_one_stays(tmp_path):
    said = document()
    said["categories"][0]["keypoints"] = ["tip"]
    one = {"image_id": 1, "category_id": said["categories"][0]["id"], "num_keypoints": 1}
    other = one | {"keypoints": [9, 9, 1], "bbox": [8, 8, 2, 2]}
    said["annotations"] = [one | {"keypoints": [3, 4.5, 2]}, other]
    found = coco_fiftyone.read_coco(written(tmp_path, said))
    (item, _) = found.items
    assert [(one.x, one.y) for one in item.points] == [(3, 4.5), (9, 9)]
    assert [(one.x, one.w) for one in item.boxes] == [(8, 2)]
    assert found.skipped.losses == ()
    said["annotations"][0]["keypoints"] = [3, 4.5]
    with pytest.raises(LabelsRefused):
        coco_fiftyone.read_coco(written(tmp_path, said))


def test_boxes_are_shares_of_the_picture_and_an_empty_picture_has_an_empty_list(tmp_path):
    boxes = (Box("划痕", 10, 5, 20, 10, crowd=True),)
    first = LabelledImage("a", "ü.png", (40, 20), "", boxes, lambda: b"a")
    pictures = [first, LabelledImage("b", "b.png", (40, 20), "", (), lambda: b"b")]
    labels, *saved = coco_fiftyone.write_fiftyone(tmp_path / "out", ("Riß", "划痕"), pictures)
    assert json.loads(labels.read_text("utf-8")) == {
        "classes": ["Riß", "划痕"],
        "labels": {"ü": [{"label": 1, "bounding_box": [0.25, 0.25, 0.5, 0.5],
                          "attributes": {"iscrowd": True}}], "b": []},
    }  # fmt: skip
    expected = ["out/data/ü.png", "out/data/b.png"]
    assert [path.relative_to(tmp_path).as_posix() for path in saved] == expected


def test_a_class_is_its_index(tmp_path):
    image = LabelledImage("a", "a.png", (4, 4), "Riß", (), lambda: b"a")
    labels, _ = coco_fiftyone.write_fiftyone(tmp_path, ("ok", "Riß"), [image])
    assert json.loads(labels.read_text("utf-8"))["labels"] == {"a": 1}
