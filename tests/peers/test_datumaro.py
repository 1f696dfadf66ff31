"""Exported labels in Datumaro and pycocotools."""

from pathlib import Path

from fieldcheck.labels.formats.registry import read_labels
from tests.peers.sets import gone_through, pointed, written

KINDS = ("coco", "voc", "yolo", "cvat")


def test_datumaro_and_pycocotools_read_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, *KINDS)
    found = ask_peer("datumaro", tmp_path)
    gone_through(found.pop("pycocotools"), truth, 1e-9)
    assert set(found) == set(KINDS)
    for boxes in found.values():
        gone_through(boxes, truth, 0.011)  # it rounds to hundredths


def test_they_read_points_as_key_points(ask_peer, tmp_path):
    truth = pointed(tmp_path, "coco", "cvat")
    found = ask_peer("datumaro", tmp_path, "points")
    gone_through(found.pop("pycocotools"), truth, 1e-9)
    assert set(found) == {"coco", "cvat"}
    for points in found.values():
        gone_through(points, truth, 0.011)


def test_what_datumaro_writes_is_read_to_the_last_box(ask_peer, tmp_path):
    given = ask_peer("datumaro", tmp_path, "writes")
    for kind in KINDS:
        found = read_labels(tmp_path / kind)
        assert (found.format, found.skipped.losses) == (kind, ())
        boxes = {
            Path(item.path).stem: [
                [one.class_name, one.x, one.y, one.w, one.h] for one in item.boxes
            ]
            for item in found.items
        }
        gone_through(boxes, given, 1e-4)
    masks = read_labels(tmp_path / "masks", "masks")
    expected = [["Kratzer groß"]] * 2
    assert [[one.class_name for one in item.points] for item in masks.items] == expected
    assert all(0 < one.x < 32 for item in masks.items for one in item.points)
