import os
import subprocess
import sys
import threading

import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import PathMissing, VideoUnreadable
from fieldcheck.footage.video import index
from fieldcheck.footage.video.index import (
    is_known_good,
    load_video_index,
    probe_decoder,
    read_codecs,
    read_frame_rate,
)
from fieldcheck.footage.video.reader import main
from tests import makers
from tests.footage.made import moov_first, write_uneven, write_video
from tests.hostile import videos


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


def test_the_indexes_of_many_clips_are_kept_and_of_long_ones_as_many_as_fit(tmp_path, monkeypatch):
    paths = [write_video(tmp_path / f"{number}.mp4", 3) for number in range(40)]
    first = [load_video_index(path) for path in paths]
    assert all(load_video_index(path) is index for path, index in zip(paths, first, strict=True))
    monkeypatch.setattr(index, "_indexes", index._IndexCache())
    monkeypatch.setattr(index, "REMEMBERED_FRAMES", 7)
    first = [load_video_index(path) for path in paths[:3]]
    assert load_video_index(paths[2]) is first[2]
    assert load_video_index(paths[1]) is first[1]
    assert load_video_index(paths[0]) is not first[0]


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
    assert not index._is_rising([0.0, 0.0, 0.0])
    assert not index._is_rising([0.0, float("nan")])
    assert not index._is_rising([])
    assert index._is_rising([3.0])


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


def written(path, code):
    out = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), 10, (64, 48))
    for at in range(5):
        out.write(np.full((48, 64, 3), at * 20, np.uint8))
    out.release()
    return path


@pytest.mark.parametrize(
    ("name", "code"),
    [("a.avi", "MJPG"), ("a.avi", "XVID"), ("a.mp4", "mp4v"), ("a.mkv", "MJPG"), ("a.mov", "mp4v")],
)
def test_what_cameras_write_is_known_without_a_decoder(tmp_path, name, code):
    assert is_known_good(written(tmp_path / name, code))


def test_real_footage_is_known(shared_data):
    found = [path for path in (shared_data / "videos").iterdir() if path.suffix == ".mp4"]
    assert found
    assert all(read_codecs(path) == {"avc1"} for path in found)


def test_what_is_uncompressed_is_not_taken_for_known(tmp_path):
    assert read_codecs(videos.raw_avi(tmp_path / "a.avi")) == {"raw"}
    assert read_codecs(videos.raw_avi(tmp_path / "b.avi", bits=16, code=b"YUY2")) == {"yuy2"}
    assert not is_known_good(tmp_path / "a.avi")


@pytest.mark.parametrize(
    ("part", "instead"), [(b"hdlr", b"free"), (b"stsd\0\0\0\0\0\0\0\1", b"stsd\0\0\0\0\0\0\0\2")]
)
def test_a_track_that_may_be_something_else_is_not_taken_for_known(tmp_path, part, instead):
    """Nobody said what the track holds, or it holds a second kind that is not looked at: the
    decoder may come to it all the same."""
    data = written(tmp_path / "a.mp4", "mp4v").read_bytes()
    assert part in data
    (tmp_path / "b.mp4").write_bytes(data.replace(part, instead))
    assert read_codecs(tmp_path / "b.mp4") == {"raw"}
    assert not is_known_good(tmp_path / "b.mp4")


def test_a_file_of_another_kind_names_nothing(tmp_path):
    for data in (
        b"", b"RIFF", b"\0" * 100, b"\x1a\x45\xdf\xa3", b"\0\0\0\x18ftypisom", b"\0\0\0\1moov",
    ):  # fmt: skip
        (tmp_path / "a").write_bytes(data)
        assert read_codecs(tmp_path / "a") == frozenset()
        assert not is_known_good(tmp_path / "a")


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


def test_a_video_that_is_decoded_to_its_end_or_refused_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv(index.UNDER_TRIAL, "1")
    good = makers.video(tmp_path / "a.avi", makers.cycle(5))
    (tmp_path / "b.ts").write_bytes(b"no video")
    for path in (good, tmp_path / "b.ts"):
        child = [sys.executable, "-m", "fieldcheck.footage.video.reader", str(path), "60"]
        actual = subprocess.run(child, capture_output=True, text=True, check=True).stdout.strip()
        assert actual == index.DONE
