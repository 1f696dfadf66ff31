import os
import sys

import pytest

from fieldcheck.errors.files import VideoUnreadable
from fieldcheck.footage.video import index
from fieldcheck.footage.video.decode_all import main
from fieldcheck.footage.video.index import probe_decoder
from tests import makers
from tests.hostile import videos


def test_a_video_of_a_known_kind_is_not_tried(tmp_path, monkeypatch):
    path = makers.video(tmp_path / "a.avi", makers.cycle(5))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    probe_decoder(path)


def test_one_that_ends_the_child_is_refused_each_time_and_tried_once(tmp_path, monkeypatch):
    path = videos.raw_avi(tmp_path / "a.avi")
    for _ in range(2):
        with pytest.raises(VideoUnreadable) as refused:
            probe_decoder(path)
        assert refused.value.problem == "crashed"
        monkeypatch.setattr(sys, "executable", "/nowhere/python")


def test_one_that_holds_the_child_up_is_refused_after_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(index, "SECONDS", 0.01)
    monkeypatch.setattr(index, "SECONDS_A_MB", 0.0)
    with pytest.raises(VideoUnreadable) as refused:
        probe_decoder(videos.raw_avi(tmp_path / "b.avi"))
    assert refused.value.problem == "time"


def test_one_that_was_given_no_time_is_tried_again(tmp_path, monkeypatch):
    path = videos.raw_avi(tmp_path / "c.avi")
    monkeypatch.setattr(index, "START_S", 0.01)
    monkeypatch.setattr(index, "WAITED", 0)
    with pytest.raises(VideoUnreadable) as refused:
        probe_decoder(path)
    assert refused.value.problem == "busy"
    monkeypatch.undo()
    with pytest.raises(VideoUnreadable) as refused:
        probe_decoder(path)
    assert refused.value.problem == "crashed"


def test_what_the_program_refuses_itself_is_no_failure_of_the_child(tmp_path, monkeypatch):
    (tmp_path / "a.ts").write_bytes(b"no video")
    probe_decoder(tmp_path / "a.ts")
    monkeypatch.setenv(index.UNDER_TRIAL, "1")
    main(tmp_path / "a.ts")
    assert os.environ[index.UNDER_TRIAL] == "1"
