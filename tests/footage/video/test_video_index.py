import os
import threading

import cv2
import pytest

from fieldcheck.errors.files import PathMissing, VideoUnreadable
from fieldcheck.footage.video import index as module
from fieldcheck.footage.video.index import load_video_index, read_frame_rate
from tests.footage.made import moov_first, write_uneven, write_video


def test_packets_promise_what_the_decoder_keeps(tmp_path):
    path = write_uneven(tmp_path / "uneven.mkv", [0, 1, 2, 10, 11, 30, 31, 32, 90])
    capture = cv2.VideoCapture(str(path))
    decoded = []
    while capture.grab():
        decoded.append(capture.get(cv2.CAP_PROP_POS_MSEC))
    capture.release()
    index = load_video_index(path)
    assert index.times_ms == tuple(decoded)
    assert index.timestamps == "container"
    assert index.get_time_s(3) == pytest.approx(0.333)


def test_a_time_names_its_frame_and_no_other(tmp_path):
    index = load_video_index(write_video(tmp_path / "even.mp4", 10))
    assert len(index) == 10
    assert [index.find_frame(time) for time in index.times_ms] == list(range(10))
    assert index.find_frame(index.times_ms[4] + 0.5) == -1
    assert index.find_frame(1e9) == -1


def test_an_index_is_made_once_and_anew_when_the_file_changes(tmp_path):
    path = write_video(tmp_path / "even.mp4", 10)
    first = load_video_index(path)
    assert load_video_index(path) is first
    write_video(path, 12)
    os.utime(path, ns=(1, 1))
    assert len(load_video_index(path)) == 12


def test_threads_that_ask_at_once_get_the_same_index(tmp_path):
    path = write_video(tmp_path / "even.mp4", 60)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(load_video_index(path))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(index) for index in found}) == 1


def test_what_a_torn_file_promises_beyond_its_end_is_lost(tmp_path):
    data = moov_first(write_video(tmp_path / "whole.mp4", 100), tmp_path / "first.mp4").read_bytes()
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(data[: len(data) // 2])
    index = load_video_index(torn)
    assert 0 < len(index) < 100
    assert len(index) + index.lost == pytest.approx(100, abs=1)


def test_a_whole_file_loses_nothing_however_its_frames_are_spaced(tmp_path):
    assert load_video_index(write_video(tmp_path / "even.avi", 77, fps=12.5, code="MJPG")).lost == 0
    actual = load_video_index(write_uneven(tmp_path / "uneven.mkv", [0, 1, 50, 51, 52, 200])).lost
    assert actual == 0


def test_times_that_do_not_rise_are_replaced_by_the_rate():
    assert not module._is_rising([0.0, 0.0, 0.0])
    assert not module._is_rising([0.0, float("nan")])
    assert not module._is_rising([])
    assert module._is_rising([3.0])


def test_a_file_that_promises_nonsense_promises_nothing(tmp_path):
    path = write_video(tmp_path / "killed.avi", 30, code="MJPG")
    data = bytearray(path.read_bytes())
    at = data.index(b"avih") + 8 + 16
    data[at : at + 4] = b"\xff\xff\xff\xff"
    at = data.index(b"strh") + 8 + 32
    data[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert read_frame_rate(path) == (30.0, 0)
    assert (len(load_video_index(path)), load_video_index(path).lost) == (30, 0)


def test_what_is_missing_or_no_video_is_refused(tmp_path):
    with pytest.raises(PathMissing):
        load_video_index(tmp_path / "nothing.mp4")
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(VideoUnreadable):
        load_video_index(tmp_path / "text.mp4")
