"""Exported tasks in Label Studio's converter."""

from tests.peers.sets import gone_through, written


def test_label_studios_converter_finds_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "label-studio")
    gone_through(ask_peer("labelstudio", tmp_path, tmp_path / "out"), truth, 1e-6)
