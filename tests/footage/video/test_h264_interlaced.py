from math import inf
from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import VideoUnreadable
from fieldcheck.errors.messages import format_error
from fieldcheck.footage.video import h264_interlaced
from fieldcheck.footage.video import reader as video_file
from fieldcheck.footage.video.h264_interlaced import (
    FlvStream,
    H264FrameReader,
    NeededPackets,
    Packet,
    has_interlaced_frames,
    is_h264,
    is_interlaced,
    parse_packet,
)
from fieldcheck.footage.video.index import load_video_index
from fieldcheck.footage.video.reader import FullVideoDecoder, VideoReader, read_video_info
from tests.footage.made import write_video


@pytest.fixture(scope="module")
def filmed(shared_data) -> Path:
    return shared_data / "videos" / "intel-bottle-detection.mp4"


@pytest.fixture(scope="module")
def whole(filmed) -> dict[int, np.ndarray]:
    """Every frame of a stretch in the middle, as the whole file's decoder gives it."""
    with VideoReader(filmed, inf) as reader:
        return {frame.index: frame.rgb for frame in reader.read_listed(540, 640)}


def test_listed_frames_have_the_very_pixels_that_the_whole_file_gives(filmed, whole):
    with VideoReader(filmed, 2.0) as reader:
        # in any order, as workers take them
        for first, stop in ((590, 640), (540, 590), (590, 640)):
            listed = list(reader.read_listed(first, stop))
            assert len(listed) > 2
            assert all(np.array_equal(frame.rgb, whole[frame.index]) for frame in listed)
            assert reader.n_unreadable == 0


def test_frames_asked_for_by_their_places_have_them_too(filmed, whole):
    with VideoReader(filmed, 2.0) as reader:
        found = list(reader.read_frames_at((541, 580, 639, 700), 541, 640))
    assert [frame.index for frame in found] == [541, 580, 639]
    assert all(np.array_equal(frame.rgb, whole[frame.index]) for frame in found)


def test_the_whole_is_not_decoded_for_them(filmed, monkeypatch):
    """The whole's decoder is asked for the first frame at most, which both must show; fewer packets
    are decoded than there are."""
    calls = []
    go_on = FullVideoDecoder.next_frame
    monkeypatch.setattr(
        FullVideoDecoder, "next_frame", lambda whole: (calls.append(1), go_on(whole))[1]
    )
    with VideoReader(filmed, 2.0) as reader:
        places = [frame.index for frame in reader.read_listed(540, 640)]
    assert len(calls) <= 1
    with NeededPackets(filmed, load_video_index(filmed), places) as packets:
        given = [packet.place for packet in packets]
    assert set(places) <= set(given)
    assert len(given) < 100


def test_the_first_frame_asks_for_no_second_decoder(filmed, monkeypatch):
    with VideoReader(filmed, 2.0) as reader:
        alone = reader.read_frame(0).rgb
        # it is known from here on how frames of this file are had
        next(reader.read_listed(560, 640))
    monkeypatch.setattr(
        video_file,
        "FullVideoDecoder",
        lambda path, _: pytest.fail(f"the whole of {path} was opened"),
    )
    with VideoReader(filmed, 2.0) as reader:
        for _ in range(2):
            assert np.array_equal(next(reader.read_listed(0, 30)).rgb, alone)


def test_a_frame_that_does_not_come_out_is_left_to_the_whole_decoder(filmed, whole, monkeypatch):
    monkeypatch.setattr(
        H264FrameReader,
        "seek_frame",
        lambda frames, place: (place == 0 and went(frames, place)[0], []),
    )
    with VideoReader(filmed, 2.0) as reader:
        (frame,) = reader.read_frames_at((580,), 0, 600)
    assert np.array_equal(frame.rgb, whole[580])


went = H264FrameReader.seek_frame


def test_a_frame_that_shows_the_first_is_no_suspect_in_joined_film(filmed, monkeypatch):
    """Between the two another was converted, so the memory would show that one."""
    index = load_video_index(filmed)
    with NeededPackets(filmed, index, [0, 1]) as packets:
        begin = list(packets)
    joined = [*begin, begin[0]._replace(place=30)]
    monkeypatch.setattr(NeededPackets, "__iter__", lambda _: iter(joined))
    monkeypatch.setattr(
        h264_interlaced, "has_interlaced_frames", lambda path: pytest.fail(f"{path} was suspected")
    )
    with H264FrameReader(filmed, index, [30]) as frames:
        first = np.array(frames.first)
        assert frames.seek_frame(30) == (True, [])
        assert np.array_equal(frames.retrieve_image(), first)


def test_frames_that_were_decoded_in_vain_are_told_by_their_places(filmed, monkeypatch):
    index = load_video_index(filmed)
    blank = {5, 6}
    needed = NeededPackets._read_packet
    monkeypatch.setattr(
        NeededPackets, "_read_packet", lambda packets: blanked(needed(packets), blank)
    )
    with H264FrameReader(filmed, index, [20]) as frames:
        is_held, lost = frames.seek_frame(20)
    assert is_held
    assert set(lost) <= blank
    assert lost


def blanked(packet: Packet | None, places: set[int]) -> Packet | None:
    """A packet whose slices are gone, at these places."""
    return (
        packet._replace(data=b"\0\0\1\x09\x10")
        if packet is not None and packet.place in places
        else packet
    )


def test_an_error_while_packets_are_read_is_raised_and_ends_nothing_else(filmed, monkeypatch):
    def none_left(packets):
        raise MemoryError

    monkeypatch.setattr(NeededPackets, "_read_packet", none_left)
    with pytest.raises(MemoryError):
        H264FrameReader(filmed, load_video_index(filmed), [20])


@pytest.mark.parametrize(("data", "is_key", "is_reference"), [
    (b"\0\0\0\1\x67abc\0\0\1\x68a\0\0\1\x65slice", True, True),
    (b"\0\0\1\x41slice", False, True),
    (b"\0\0\1\x06message\0\0\1\x01slice", False, False),
    (b"\0\0\1\x09\xf0", False, True),
    (b"nothing of it", False, True),
    (b"\0\0\1", False, True),
])  # fmt: skip
def test_a_packet_is_known_by_its_first_slice(data, is_key, is_reference):
    assert parse_packet(3, data) == Packet(3, data, is_key, is_reference)


def test_the_stream_is_read_in_pieces_of_any_size_and_may_be_gone_back_in():
    packets = [Packet(place, bytes([place]) * 1000, place % 4 == 0, True) for place in range(8)]
    at_once = FlvStream(packets).read()
    stream = FlvStream(packets)
    pieces = [stream.read(size) for size in (13, *[700] * 9)]
    assert all(pieces)
    assert stream.seek(13) == 13
    assert at_once[13:].startswith(behind := stream.read(100))
    assert behind
    assert at_once.startswith(b"".join(pieces))
    assert sorted(stream.read_indices) == list(range(len(stream.read_indices)))


def test_what_its_container_calls_h264_is(filmed, tmp_path):
    assert is_h264(filmed)
    assert not is_h264(write_video(tmp_path / "a.mp4", 2, code="mp4v"))


# Interlaced video is told from a picture that stands still: OpenCV gives out memory that nobody
# wrote for the one.

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
    monkeypatch.setattr(h264_interlaced, "SECONDS", 0.01)
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
