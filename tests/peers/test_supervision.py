"""Exported labels in supervision."""

from tests.peers.sets import gone_through, written


def test_supervision_reads_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "coco", "yolo", "voc")
    found = ask_peer("supervision", tmp_path)
    gone_through(found["coco"], truth, 1e-4)
    gone_through(found["yolo"], truth, 1e-4)
    # It takes the left upper corner of Pascal VOC for one that is counted from 1, which most writers of today do not mean.
    counted_from_1 = {name: [[k, x - 1, y - 1, w + 1, h + 1] for k, x, y, w, h in boxes] for name, boxes in truth.items()}
    gone_through(found["voc"], counted_from_1, 1e-4)
