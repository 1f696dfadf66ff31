import os
import random
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import PathMissing, VideoUnreadable
from fieldcheck.errors.messages import format_error
from fieldcheck.footage.video import index as video_index
from fieldcheck.footage.video import reader as video_reader
from fieldcheck.footage.video.index import (
    is_known_good,
    load_video_index,
    probe_decoder,
    read_codecs,
    read_frame_rate,
)
from fieldcheck.footage.video.reader import (
    LEAP,
    FullVideoDecoder,
    MjpegFrameReader,
    VideoReader,
    has_interlaced_frames,
    is_interlaced,
    is_mjpeg,
    main,
    read_frame,
    read_video_info,
)
from fieldcheck.imaging.contrast_and_colour import to_rgb_from_bgr
from tests import makers
from tests.footage.made import moov_first, number_of, write_uneven, write_video
from tests.hostile import videos

TO_THE_END = 2**62
UNEVEN = [tick + tick // 10 * 7 for tick in range(400) if tick * 7919 % 13 < 8]


@pytest.fixture(scope="module")
def even(tmp_path_factory) -> Path:
    return write_video(tmp_path_factory.mktemp("v") / "even.mp4", 300)


@pytest.fixture(scope="module")
def uneven(tmp_path_factory) -> Path:
    return write_uneven(tmp_path_factory.mktemp("v") / "uneven.mkv", UNEVEN)


@pytest.fixture(scope="module")
def timeless(shared_data, tmp_path_factory) -> Path:
    """The bare H.264 pictures of a recording: without their container they have no times."""
    film = str(shared_data / "videos" / "udacity-test_video.mp4")
    packets = cv2.VideoCapture(film, cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])
    path = tmp_path_factory.mktemp("v") / "timeless.h264"
    with path.open("wb") as stream:
        while packets.grab():
            stream.write(np.asarray(packets.retrieve()[1], np.uint8).tobytes())
    packets.release()
    return path


def found(path: Path, list_fps: float = 2.0) -> list[tuple[int, float, int]]:
    with VideoReader(path, list_fps) as reader:
        listed = reader.read_listed(0, TO_THE_END)
        return [(frame.index, frame.t_s, number_of(frame.rgb)) for frame in listed]


def test_a_video_says_its_size_its_rate_and_about_how_long_it_is(even):
    info = read_video_info(even)
    assert (info.width, info.height, info.fps, info.n_hint) == (160, 120, 30.0, 300)


def test_two_frames_a_second_are_listed_from_the_first_on(even):
    listed = found(even)
    assert [index for index, _, _ in listed] == list(range(0, 300, 15))
    assert [number for _, _, number in listed] == [index for index, _, _ in listed]
    actual = [t_s for _, t_s, _ in listed]
    assert actual == pytest.approx([index / 30 for index, _, _ in listed], abs=0.001)


def test_another_rate_lists_other_frames(even):
    assert [index for index, _, _ in found(even, 5.0)] == list(range(0, 300, 6))


@pytest.mark.parametrize("list_fps", [30.0, 200.0])
def test_no_more_frames_are_listed_than_there_are(even, list_fps):
    assert [index for index, _, _ in found(even, list_fps)] == list(range(300))


@pytest.mark.long
def test_pixels_are_rgb_and_cannot_be_written(tmp_path):
    code = cv2.VideoWriter.fourcc(*"HFYU")
    writer = cv2.VideoWriter(str(tmp_path / "red.avi"), cv2.CAP_FFMPEG, code, 10, (64, 48))
    writer.write(np.full((48, 64, 3), (0, 0, 250), np.uint8))
    writer.release()
    frame = read_frame(tmp_path / "red.avi", 0)
    assert frame.rgb.mean(axis=(0, 1)) == pytest.approx([250, 0, 0], abs=3)
    assert not frame.rgb.flags.writeable


def test_uneven_frames_have_their_true_times_and_the_first_after_each_half_second_is_listed(uneven):
    times = [round(tick * 1000 / 30) / 1000 for tick in UNEVEN]
    due = [
        i
        for i in range(len(times))
        if i == 0 or int(times[i] * 2 + 1e-3) > int(times[i - 1] * 2 + 1e-3)
    ]
    listed = found(uneven)
    assert [(index, number) for index, _, number in listed] == [(index, index) for index in due]
    actual = [t_s for _, t_s, _ in listed]
    assert actual == pytest.approx([times[index] for index in due], abs=0.0011)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["even", "uneven", "mjpeg", "huffyuv"])
def test_stretches_read_in_any_order_give_what_one_pass_gives(kind, request, tmp_path):
    if kind in ("even", "uneven"):
        path = request.getfixturevalue(kind)
    else:
        code = {"mjpeg": "MJPG", "huffyuv": "HFYU"}[kind]
        path = write_video(tmp_path / "short.avi", 120, code=code)
    whole, chance = found(path), random.Random(5)
    for _ in range(4):
        cuts = [0, *sorted(chance.sample(range(1, 260), 5)), 1000, TO_THE_END]
        stretches = list(pairwise(cuts))
        chance.shuffle(stretches)
        with VideoReader(path, 2.0) as reader:
            pieces = [
                (f.index, f.t_s, number_of(f.rgb))
                for first, stop in stretches
                for f in reader.read_listed(first, stop)
            ]
        assert sorted(pieces) == whole


@pytest.mark.parametrize("kind", ["even", "uneven"])
def test_a_single_frame_is_the_one_that_was_listed(kind, request):
    path = request.getfixturevalue(kind)
    for index in (70, 0, 71, 30, 89):
        frame = read_frame(path, index)
        assert (frame.index, number_of(frame.rgb)) == (index, index)


def test_single_frames_and_stretches_may_come_in_turn(uneven):
    with VideoReader(uneven, 2.0) as reader:
        assert number_of(reader.read_frame(200).rgb) == 200
        assert number_of(reader.read_frame(201).rgb) == 201
        assert number_of(reader.read_frame(201).rgb) == 201
        actual = [number_of(frame.rgb) for frame in reader.read_listed(0, 40)][:2]
        assert actual == [0, number_of(read_frame(uneven, found(uneven)[1][0]).rgb)]
        assert number_of(reader.read_frame(3).rgb) == 3


def test_a_stretch_left_in_the_middle_does_no_harm(even):
    with VideoReader(even, 2.0) as reader:
        next(reader.read_listed(0, TO_THE_END))
        assert [frame.index for frame in reader.read_listed(15, 31)] == [15, 30]


@pytest.mark.long
def test_a_bare_stream_is_counted_through_and_says_so(timeless, shared_data):
    with VideoReader(shared_data / "videos" / "udacity-test_video.mp4", 25.0) as reader:
        pictures = [frame.rgb.tobytes() for frame in reader.read_listed(0, TO_THE_END)]
    with VideoReader(timeless, 25.0) as reader:
        assert reader.timestamps == "nominal"
        spans = ((20, 99), (0, 7), (7, 20))
        pieces = [frame for first, stop in spans for frame in reader.read_listed(first, stop)]
        assert reader.read_frame(30).rgb.tobytes() == pictures[30]
    pieces.sort(key=lambda frame: frame.index)
    assert [frame.rgb.tobytes() for frame in pieces] == pictures
    actual = [frame.t_s for frame in pieces]
    assert actual == pytest.approx([index / read_video_info(timeless).fps for index in range(38)])


def test_container_times_are_called_so(even):
    with VideoReader(even, 2.0) as reader:
        assert reader.timestamps == "container"


def test_the_end_is_told_by_the_stretch_that_holds_it_and_by_no_other(even):
    with VideoReader(even, 2.0) as reader:
        told = {}
        for first, stop in ((0, 100), (100, 300), (300, 400), (280, TO_THE_END)):
            assert all(first <= frame.index < stop for frame in reader.read_listed(first, stop))
            told[first] = (reader.ended_at, reader.n_unreadable)
    assert told == {0: (None, 0), 100: (300, 0), 300: (None, 0), 280: (300, 0)}


@pytest.mark.long
@pytest.mark.parametrize("container", ["mp4", "avi", "mkv"])
def test_a_torn_end_costs_its_own_frames_only_and_is_counted(container, tmp_path):
    code = {"mp4": "mp4v", "avi": "MJPG", "mkv": "mp4v"}[container]
    whole = write_video(tmp_path / f"whole.{container}", 200, code=code)
    if container == "mp4":
        whole = moov_first(whole, tmp_path / "first.mp4")
    data = whole.read_bytes()
    torn = tmp_path / f"torn.{container}"
    torn.write_bytes(data[: int(len(data) * 0.6)])
    with VideoReader(torn, 5.0) as reader:
        listed = [
            (frame.index, number_of(frame.rgb)) for frame in reader.read_listed(0, TO_THE_END)
        ]
        assert reader.ended_at is not None
        assert 80 < reader.ended_at < 160
        assert listed == [(index, index) for index in range(0, reader.ended_at, 6)]
        assert reader.n_unreadable == pytest.approx(200 - reader.ended_at, abs=1)


def test_a_damaged_middle_is_passed_over(tmp_path):
    path = write_video(tmp_path / "whole.avi", 100, code="MJPG")
    data = bytearray(path.read_bytes())
    places = range(data.index(b"movi"), data.index(b"idx1"))
    pictures = [at for at in places if data[at : at + 4] == b"00dc"]
    for at, following in pairwise(pictures[40:45]):
        data[at + 8 : following] = bytes(following - at - 8)
    path.write_bytes(data)
    with VideoReader(path, 30.0) as reader:
        listed = [
            (frame.index, number_of(frame.rgb)) for frame in reader.read_listed(0, TO_THE_END)
        ]
        assert listed == [(index, index) for index in range(100) if not 40 <= index < 44]
        assert (reader.ended_at, reader.n_unreadable) == (100, 4)
        assert list(reader.read_listed(0, 40))[-1].index == 39
        assert reader.n_unreadable == 0
        with pytest.raises(VideoUnreadable) as raised:
            reader.read_frame(42)
    assert raised.value.problem == "frame_missing"


def test_a_frame_past_the_end_is_missing(even):
    for index in (-1, 300):
        with pytest.raises(VideoUnreadable) as raised:
            read_frame(even, index)
        assert raised.value.problem == "frame_missing"


@pytest.mark.long
@pytest.mark.parametrize(("name", "content"), [
    ("empty.mp4", b""),
    ("text.mp4", b"this is no video\n" * 50),
    ("text.txt", b"nor is this\n" * 50),
    ("torn.mp4", None),
])  # fmt: skip
def test_what_is_no_video_is_refused_without_a_word_on_stderr(name, content, tmp_path, capfd):
    path = tmp_path / name
    if content is None:
        # its table stood at its end
        content = write_video(tmp_path / "whole.mp4", 60).read_bytes()[:4000]
    path.write_bytes(content)
    for attempt in (read_video_info, lambda path: VideoReader(path, 2.0)):
        with pytest.raises(VideoUnreadable) as raised:
            attempt(path)
        assert raised.value.problem == "not_a_video"
    assert capfd.readouterr() == ("", "")


def test_a_video_without_a_frame_is_refused(tmp_path, capfd):
    path = tmp_path / "none.mp4"
    whole = moov_first(write_video(tmp_path / "whole.mp4", 60), tmp_path / "first.mp4").read_bytes()
    path.write_bytes(whole[: whole.index(b"mdat") + 4])
    with pytest.raises(VideoUnreadable) as raised:
        read_video_info(path)
    assert raised.value.problem == "no_frames"
    with VideoReader(path, 2.0) as reader:
        assert list(reader.read_listed(0, TO_THE_END)) == []
        assert reader.ended_at is None
    assert capfd.readouterr() == ("", "")


def test_damage_all_over_says_nothing_on_stderr(tmp_path, capfd):
    path = write_video(tmp_path / "whole.mp4", 120)
    data = bytearray(path.read_bytes())
    for at in random.Random(1).sample(range(60, len(data) - 4000), 400):
        data[at] ^= 0xFF
    path.write_bytes(data)
    with VideoReader(path, 2.0) as reader:
        assert list(reader.read_listed(0, TO_THE_END))
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_is_told_from_one_that_cannot_be_read(tmp_path):
    for attempt in (read_video_info, lambda path: VideoReader(path, 2.0)):
        with pytest.raises(PathMissing):
            attempt(tmp_path / "nothing.mp4")


@pytest.mark.long
def test_a_real_recording_is_listed_whole(shared_data):
    path = shared_data / "videos" / "intel-bottle-detection.mp4"
    with VideoReader(path, 2.0) as reader:
        frames = [(frame.index, frame.rgb.tobytes()) for frame in reader.read_listed(0, TO_THE_END)]
        assert (reader.ended_at, reader.n_unreadable, reader.timestamps) == (1189, 0, "container")
        assert len(frames) == 80
        index, pixels = frames[50]
        assert reader.read_frame(index).rgb.tobytes() == pixels


@pytest.fixture(scope="module")
def filmed(tmp_path_factory) -> Path:
    return write_video(tmp_path_factory.mktemp("v") / "filmed.avi", 60, code="MJPG")


def with_damage(path: Path, target: Path, places: range) -> Path:
    """The same AVI with nothing but noughts in the packets of these frames."""
    data = bytearray(path.read_bytes())
    packets = [
        at for at in range(data.index(b"movi"), data.index(b"idx1")) if data[at : at + 4] == b"00dc"
    ]
    for at, following in list(pairwise(packets))[places.start : places.stop]:
        data[at + 8 : following] = bytes(following - at - 8)
    target.write_bytes(data)
    return target


@pytest.mark.parametrize("kind", ["even", "uneven"])
def test_packets_in_any_order_give_the_pixels_that_the_whole_file_gives(kind, filmed, tmp_path):
    """Where frames come unevenly a jump leads too far: the packets are gone through then."""
    path = (
        filmed
        if kind == "even"
        else write_uneven(tmp_path / "uneven.mkv", [*range(30), *range(90, 120)], code="MJPG")
    )
    with VideoReader(path, 30.0) as reader:
        whole = [frame.rgb for frame in reader.read_listed(0, TO_THE_END)]
    with MjpegFrameReader(path, load_video_index(path)) as packets:
        for index in (0, 15, 16, 45, 45, 7, 59):
            bgr = packets.decode_frame(index)
            assert bgr is not None
            assert np.array_equal(to_rgb_from_bgr(bgr), whole[index])


def test_a_listing_decodes_what_it_lists_and_passes_over_the_rest(filmed, tmp_path, monkeypatch):
    """Ten frames that do not decode stand between two listed ones, and a listed one is among five
    others: only that one is told of."""
    monkeypatch.setattr(
        FullVideoDecoder, "next_frame", counted := Counted(FullVideoDecoder.next_frame)
    )
    between = with_damage(filmed, tmp_path / "between.avi", range(31, 41))
    assert listed(between) == ([0, 15, 30, 45], 60, 0)
    assert counted.calls == 1
    assert listed(with_damage(filmed, tmp_path / "at.avi", range(28, 33))) == ([0, 15, 45], 60, 1)


def listed(path: Path) -> tuple[list[int], int | None, int]:
    """Numbers that two frames a second carry, where the file ends, and how many were unreadable."""
    with VideoReader(path, 2.0) as reader:
        numbers = [number_of(frame.rgb) for frame in reader.read_listed(0, TO_THE_END)]
        return (numbers, reader.ended_at, reader.n_unreadable)


class Counted:
    """A method that counts how often it is called."""

    def __init__(self, method) -> None:
        self.method, self.calls = method, 0

    def __get__(self, owner, kind):
        def called(*given):
            self.calls += 1
            return self.method(owner, *given)

        return called


@pytest.mark.parametrize(
    ("name", "code", "is_one"),
    [("a.mkv", "MJPG", True), ("a.mp4", "mp4v", False), ("a.avi", "HFYU", False)],
)
def test_what_its_container_calls_mjpeg_is(name, code, is_one, tmp_path):
    assert is_mjpeg(write_video(tmp_path / name, 2, code=code)) is is_one


@pytest.fixture(scope="module", params=["even", "uneven"])
def reader_path(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("v")
    if request.param == "even":
        return write_video(folder / "even.mp4", 150)
    return write_uneven(folder / "uneven.mkv", [tick + tick // 10 * 7 for tick in range(150)])


def test_it_holds_the_first_frame_and_goes_on_to_the_end(reader_path):
    with FullVideoDecoder(reader_path, load_video_index(reader_path)) as whole:
        seen = [number_of(whole.retrieve_image()[..., ::-1])]
        assert whole.current_index == 0
        while whole.current_index < 150:
            seen.append(whole.current_index)
            whole.next_frame()
        assert seen == [0, *range(150)]


def test_any_frame_is_held_that_is_gone_to_near_or_far_ahead_or_behind(reader_path):
    with FullVideoDecoder(reader_path, load_video_index(reader_path)) as whole:
        for index in (3, 3 + LEAP, 3 + LEAP, 148, 20, 1):
            whole.seek_frame(index)
            assert whole.current_index == index
            assert number_of(whole.retrieve_image()[..., ::-1]) == index


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
    monkeypatch.setattr(video_reader, "SECONDS", 0.01)
    with pytest.raises(VideoUnreadable) as refused:
        is_interlaced(path)
    assert refused.value.problem == "busy"
    monkeypatch.undo()
    assert not is_interlaced(path)


@pytest.mark.long
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


@pytest.mark.long
def test_the_indexes_of_many_clips_are_kept_and_of_long_ones_as_many_as_fit(tmp_path, monkeypatch):
    paths = [write_video(tmp_path / f"{number}.mp4", 3) for number in range(40)]
    first = [load_video_index(path) for path in paths]
    assert all(load_video_index(path) is index for path, index in zip(paths, first, strict=True))
    monkeypatch.setattr(video_index, "_indexes", video_index._IndexCache())
    monkeypatch.setattr(video_index, "REMEMBERED_FRAMES", 7)
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
    assert not video_index._is_rising([0.0, 0.0, 0.0])
    assert not video_index._is_rising([0.0, float("nan")])
    assert not video_index._is_rising([])
    assert video_index._is_rising([3.0])


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
    monkeypatch.setattr(video_index, "SECONDS", 0.01)
    monkeypatch.setattr(video_index, "SECONDS_A_MB", 0.0)
    with pytest.raises(VideoUnreadable) as refused:
        probe_decoder(videos.raw_avi(tmp_path / "b.avi"))
    assert refused.value.problem == "time"


def test_one_that_was_given_no_time_is_tried_again(tmp_path, monkeypatch):
    path = videos.raw_avi(tmp_path / "c.avi")
    monkeypatch.setattr(video_index, "START_S", 0.01)
    monkeypatch.setattr(video_index, "WAITED", 0)
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
    monkeypatch.setenv(video_index.UNDER_TRIAL, "1")
    main(tmp_path / "a.ts")
    assert os.environ[video_index.UNDER_TRIAL] == "1"


@pytest.mark.long
def test_a_video_that_is_decoded_to_its_end_or_refused_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv(video_index.UNDER_TRIAL, "1")
    good = makers.video(tmp_path / "a.avi", makers.cycle(5))
    (tmp_path / "b.ts").write_bytes(b"no video")
    for path in (good, tmp_path / "b.ts"):
        child = [sys.executable, "-m", "fieldcheck.footage.video.reader", str(path), "60"]
        actual = subprocess.run(child, capture_output=True, text=True, check=True).stdout.strip()
        assert actual == video_index.DONE
