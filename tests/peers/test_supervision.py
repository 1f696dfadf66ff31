"""Exported labels in supervision."""

from pathlib import Path

from fieldcheck.labels.formats.registry import read_labels
from tests.peers.sets import gone_through, written


def test_supervision_reads_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "coco", "yolo", "voc")
    found = ask_peer("supervision", tmp_path)
    gone_through(found["coco"], truth, 1e-4)
    gone_through(found["yolo"], truth, 1e-4)
    # It takes the left upper corner of Pascal VOC for one that is counted from 1, which most
    # writers of today do not mean.
    counted_from_1 = {
        name: [[k, x - 1, y - 1, w + 1, h + 1] for k, x, y, w, h in boxes]
        for name, boxes in truth.items()
    }
    gone_through(found["voc"], counted_from_1, 1e-4)


def test_what_supervision_writes_is_read_to_the_last_box(ask_peer, tmp_path):
    truth = written(tmp_path, "coco")
    gone_through(ask_peer("supervision", tmp_path, "writes")["coco"], truth, 1e-4)
    # whole pixels, the first corner counted from 1
    for kind, within in (("coco", 1e-3), ("yolo", 1e-3), ("voc", 1.51)):
        found = read_labels(tmp_path / "written" / kind)
        assert found.format == kind
        boxes = {
            Path(item.path).stem: [
                [one.class_name, one.x, one.y, one.w, one.h] for one in item.boxes
            ]
            for item in found.items
        }
        gone_through(boxes, truth, within)
