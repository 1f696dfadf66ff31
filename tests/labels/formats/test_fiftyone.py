import json

from fieldcheck.domain.label import Box
from fieldcheck.labels.formats import coco_fiftyone
from fieldcheck.labels.formats.label_set import LabelledImage


def test_boxes_are_shares_of_the_picture_and_an_empty_picture_has_an_empty_list(tmp_path):
    boxes = (Box("划痕", 10, 5, 20, 10, crowd=True),)
    pictures = [
        LabelledImage("a", "ü.png", (40, 20), "", boxes, lambda: b"a"),
        LabelledImage("b", "b.png", (40, 20), "", (), lambda: b"b"),
    ]
    labels, *saved = coco_fiftyone.write_fiftyone(tmp_path / "out", ("Riß", "划痕"), pictures)
    assert json.loads(labels.read_text("utf-8")) == {
        "classes": ["Riß", "划痕"],
        "labels": {
            "ü": [
                {
                    "label": 1,
                    "bounding_box": [0.25, 0.25, 0.5, 0.5],
                    "attributes": {"iscrowd": True},
                }
            ],
            "b": [],
        },
    }
    expected = ["out/data/ü.png", "out/data/b.png"]
    assert [path.relative_to(tmp_path).as_posix() for path in saved] == expected


def test_a_class_is_its_index(tmp_path):
    labels, _ = coco_fiftyone.write_fiftyone(
        tmp_path, ("ok", "Riß"), [LabelledImage("a", "a.png", (4, 4), "Riß", (), lambda: b"a")]
    )
    assert json.loads(labels.read_text("utf-8"))["labels"] == {"a": 1}
