"""Exported labels in FiftyOne's importer."""

from tests.peers.sets import SIZE, gone_through, written


def test_fiftyones_importer_reads_every_box_and_flag(ask_peer, tmp_path):
    truth = written(tmp_path, "fiftyone")
    found = ask_peer("fiftyone", tmp_path)
    width, height = SIZE
    boxes = {
        name: [[k, x * width, y * height, w * width, h * height] for k, x, y, w, h in said]
        for name, said in found["boxes"].items()
    }
    gone_through(boxes, truth, 1e-9)
    assert found["flags"] == {"Prüfung_3": [["occluded"], []], "检查": [["truncated"]], "empty": []}
