"""Exported labels in labelme."""

from tests.peers.sets import gone_through, pointed, written


def test_labelme_reads_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "labelme")
    gone_through(ask_peer("labelme", tmp_path), truth, 1e-9)


def test_it_reads_every_point(ask_peer, tmp_path):
    truth = pointed(tmp_path, "labelme")
    gone_through(ask_peer("labelme", tmp_path), truth, 1e-9)
