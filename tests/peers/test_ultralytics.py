"""Exported labels in Ultralytics."""

from tests.peers.sets import gone_through, written


def test_ultralytics_finds_the_set_and_reads_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "yolo")
    gone_through(ask_peer("ultralytics", tmp_path), truth, 1e-4)
