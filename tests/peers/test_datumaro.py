"""Exported labels in Datumaro and pycocotools."""

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
