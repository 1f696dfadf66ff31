from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import VideoUnreadable
from fieldcheck.errors.messages import format_error
from fieldcheck.footage.video import interlaced
from fieldcheck.footage.video.interlaced import has_interlaced_frames, is_interlaced
from fieldcheck.footage.video.reader import VideoReader, read_video_info
from tests.footage.made import write_video

PACKETS = Path(__file__).parent.parent / "packets"
INTERLACED = PACKETS / "interlaced.mp4"  # H.264 of 64 × 48, eight frames of two fields each
MIXED = PACKETS / "mixed.mp4"  # fifteen frames, then fifteen of two fields each


def still(path: Path, shade: int) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25, (64, 48))
    for _ in range(12):
        writer.write(np.full((48, 64, 3), shade, np.uint8))
    writer.release()
    return path


def test_an_interlaced_video_is_refused_with_what_to_do():
    assert is_interlaced(INTERLACED)
    with pytest.raises(VideoUnreadable) as refused:
        read_video_info(INTERLACED)
    assert refused.value.problem == "interlaced"
    expected = "Nothing was added. Deinterlace it and save it as MP4 with H.264"
    assert expected in format_error(refused.value)


def test_what_opencv_reads_of_it_is_no_picture():
    """Every frame is the same memory. Where this fails, OpenCV has learned to convert."""
    capture = cv2.VideoCapture(str(INTERLACED), cv2.CAP_FFMPEG, [])
    frames = [capture.retrieve()[1].copy() for _ in range(8) if capture.grab()]
    capture.release()
    assert len(frames) == 8
    assert all((frame == frames[0]).all() for frame in frames)


def test_a_busy_computer_tells_nothing_of_a_video(tmp_path, monkeypatch):
    path = still(tmp_path / "still.mp4", 90)
    monkeypatch.setattr(interlaced, "SECONDS", 0.01)
    with pytest.raises(VideoUnreadable) as refused:
        is_interlaced(path)
    assert refused.value.problem == "busy"
    monkeypatch.undo()
    assert not is_interlaced(path)


@pytest.mark.parametrize("shade", [0, 128])
def test_a_picture_that_stands_still_is_not_called_interlaced(tmp_path, shade):
    assert not is_interlaced(still(tmp_path / "still.mp4", shade))


def test_a_moving_picture_is_not_called_interlaced(tmp_path):
    assert not is_interlaced(write_video(tmp_path / "even.mp4", 12))


def test_a_video_that_becomes_interlaced_is_refused_where_it_does():
    assert not is_interlaced(MIXED)
    assert has_interlaced_frames(MIXED)
    with VideoReader(MIXED, 1e9) as reader, pytest.raises(VideoUnreadable, match="interlaced"):
        list(reader.read_listed(0, 30))
    with VideoReader(MIXED, 1e9) as reader:
        assert [frame.index for frame in reader.read_listed(0, 15)] == list(range(15))


@pytest.mark.parametrize("index", [15, 20, 29])
def test_an_interlaced_frame_is_refused_also_where_it_is_the_first_that_is_asked_for(index):
    with VideoReader(MIXED, 1e9) as reader, pytest.raises(VideoUnreadable, match="interlaced"):
        reader.read_frame(index)


def test_frames_that_stand_still_are_read_all_the_same(tmp_path):
    path = still(tmp_path / "still.mp4", 90)
    assert not has_interlaced_frames(path)
    with VideoReader(path, 1e9) as reader:
        assert len(list(reader.read_listed(0, 100))) == 12
