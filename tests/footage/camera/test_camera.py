import threading

import numpy as np
import pytest

from fieldcheck.footage.camera.camera import (
    Camera,
    CapturedFrame,
    FrameFormat,
    FrameRing,
    RingCamera,
)
from fieldcheck.footage.camera.exposure_control import HasExposureControl
from fieldcheck.footage.camera.playback import ImageCamera, SyntheticCamera, VideoCamera
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.raw import RawImage

JPEG = encode_jpeg(np.full((40, 60, 3), 90, np.uint8), 90)


def from_webcam(index=0):
    return CapturedFrame(RawImage("jpeg", JPEG), index, 0.0, "left")


def test_a_captured_frame_cannot_be_written():
    frame = CapturedFrame(np.zeros((2, 3, 3), np.uint8), 0, 0.0, "left")
    with pytest.raises(ValueError, match="read-only"):
        frame.rgb[0, 0, 0] = 1


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((2, 3), np.uint8), np.zeros((2, 3, 4), np.uint8), np.zeros((2, 3, 3), np.float32)],
)
def test_what_is_no_picture_is_refused(wrong):
    with pytest.raises(ValueError, match="a frame is"):
        CapturedFrame(wrong, 0, 0.0, "left")


def test_every_camera_keeps_the_protocol(tmp_path):
    """mypy proves it too; here it is what a window would rely on."""
    cameras: list[Camera] = [
        SyntheticCamera(8, 8),
        VideoCamera(tmp_path / "a.mp4"),
        ImageCamera("p", [tmp_path / "b.png"]),
    ]
    assert [camera.name for camera in cameras] == ["synthetic", "a.mp4", "p"]


def test_a_jpeg_is_decoded_when_it_is_looked_at_and_only_once():
    frame = from_webcam()
    assert frame.n_bytes == len(JPEG)
    assert frame.rgb is frame.rgb
    assert frame.rgb.shape == (40, 60, 3)
    assert frame.n_bytes == len(JPEG) + 40 * 60 * 3
    assert frame.raw.encoded == JPEG


def test_what_was_decoded_is_kept_for_as_long_as_somebody_looks_at_it():
    frame = from_webcam()
    held = frame.rgb
    frame.release_decoded()
    assert frame.n_bytes == len(JPEG)
    assert frame.rgb is held
    del held
    frame.release_decoded()
    assert frame.rgb.shape == (40, 60, 3)


def test_pixels_handed_over_as_rgb_are_not_taken_away():
    frame = CapturedFrame(np.zeros((2, 3, 3), np.uint8), 0, 0.0, "left")
    frame.release_decoded()
    assert frame.rgb is frame.rgb
    assert frame.n_bytes == 18


def test_a_frame_says_what_kind_of_frame_it_is_and_when_it_came():
    first = from_webcam()
    second = CapturedFrame(np.zeros((2, 3, 3), np.uint8), 1, 0.0, "left", decoded_from="h264")
    assert first.frame_format == FrameFormat("jpeg", 60, 40)
    assert second.frame_format == FrameFormat("rgb8", 3, 2, "h264")
    assert 0 < first.monotonic_ns <= second.monotonic_ns
    actual = CapturedFrame(RawImage("jpeg", JPEG), 0, 0.0, "left", monotonic_ns=5, utc_ns=7).utc_ns
    assert actual == 7


def test_a_camera_without_controls_is_told_apart():
    assert not isinstance(SyntheticCamera(8, 8), HasExposureControl)


SIDE = 10
BYTES = SIDE * SIDE * 3


def frame(index, side=SIDE):
    return CapturedFrame(np.full((side, side, 3), index % 256, np.uint8), index, index / 10, "left")


def filled(n, limit_bytes=5 * BYTES):
    ring = FrameRing(limit_bytes)
    for index in range(n):
        ring.push(frame(index))
    return ring


def test_the_latest_frame_is_there_for_everyone_and_stays():
    ring = filled(3)
    assert [ring.get_latest().index, ring.get_latest().index] == [2, 2]
    assert FrameRing().get_latest() is None


def test_the_bytes_are_bounded_and_the_frames_counted():
    ring = filled(100)
    assert ring.n_bytes == 5 * BYTES
    assert ring.n_pushed == 100


def test_a_frame_larger_than_the_ring_is_held_alone():
    ring = filled(3)
    ring.push(frame(3, side=100))
    assert ring.n_bytes == 30_000
    assert ring.get_latest().index == 3


def test_a_reader_in_time_gets_every_frame_once():
    ring = FrameRing(5 * BYTES)
    reader, got = ring.subscribe(), []
    for index in range(20):
        ring.push(frame(index))
        got.append(reader.get_next().index)
    assert got == list(range(20))
    assert reader.get_next() is None
    assert reader.n_lost == 0


def test_a_reader_that_falls_behind_loses_the_oldest_and_knows_how_many():
    ring = FrameRing(5 * BYTES)
    reader = ring.subscribe()
    for index in range(12):
        ring.push(frame(index))
    assert [reader.get_next().index for _ in range(5)] == [7, 8, 9, 10, 11]
    assert reader.n_lost == 7


def test_a_reader_of_the_newest_counts_those_it_passed_over():
    ring = FrameRing(5 * BYTES)
    reader = ring.subscribe()
    for index in range(4):
        ring.push(frame(index))
    assert reader.get_newest().index == 3
    assert reader.get_newest() is None
    assert reader.n_lost == 3


def test_what_is_passed_over_on_purpose_is_not_lost():
    ring = FrameRing(5 * BYTES)
    reader = ring.subscribe()
    for index in range(4):
        ring.push(frame(index))
    reader.skip_pending()
    assert reader.get_newest() is None
    assert reader.n_lost == 0


def test_a_subscription_begins_with_what_comes_next():
    reader = filled(3).subscribe()
    assert reader.get_next() is None


def test_waiting_readers_are_woken_and_one_holds_up_no_other():
    ring, got = FrameRing(), {}
    a, b, idle = ring.subscribe(), ring.subscribe(), ring.subscribe()
    readers = [
        threading.Thread(target=lambda: got.update(a=a.get_next(10).index)),
        threading.Thread(target=lambda: got.update(b=b.get_next(10).index)),
    ]
    for reader in readers:
        reader.start()
    ring.push(frame(0))
    for reader in readers:
        reader.join(60)
    assert got == {"a": 0, "b": 0}
    assert idle.get_next().index == 0


def test_a_fast_writer_and_slow_readers_lose_count_of_nothing():
    ring, n = FrameRing(5 * BYTES), 3000
    found = {"get_next": [], "get_newest": []}
    places = {kind: ring.subscribe() for kind in found}

    def read(kind):
        while not found[kind] or found[kind][-1] != n - 1:
            got = getattr(places[kind], kind)(5.0)
            found[kind].append(got.index)

    readers = [threading.Thread(target=read, args=(kind,)) for kind in found]
    for reader in readers:
        reader.start()
    for index in range(n):
        ring.push(frame(index))
        assert ring.n_bytes <= 5 * BYTES
    for reader in readers:
        reader.join(10)
    for kind, got in found.items():
        assert got == sorted(set(got))
        assert len(got) + places[kind].n_lost == n


def test_decoded_pixels_are_held_for_the_newest_frame_only():
    ring, jpeg = FrameRing(), encode_jpeg(np.zeros((SIDE, SIDE, 3), np.uint8), 90)
    for index in range(3):
        ring.push(CapturedFrame(RawImage("jpeg", jpeg), index, 0.0, "left"))
        assert ring.get_latest().rgb.nbytes == BYTES
    assert ring.n_bytes == 3 * len(jpeg) + BYTES


RGB = np.zeros((4, 6, 3), np.uint8)


@pytest.fixture
def camera():
    ring = FrameRing()
    made = RingCamera("HD webcam", ring)
    made.ring = ring
    return made


def full_frame(index, picture=RGB):
    return CapturedFrame(picture, index, index / 10, "v4l2:one", monotonic_ns=index, utc_ns=index)


def test_frames_come_from_the_opening_on_and_count_from_nought(camera):
    camera.ring.push(full_frame(100))
    camera.open()
    assert camera.read(0) is None or camera.read(0) is None
    camera.ring.push(full_frame(101))
    camera.ring.push(full_frame(104))
    found = camera.read(1.0)
    facts = (found.index, found.t_s, found.source, found.monotonic_ns)
    assert facts in ((0, 10.4, "HD webcam", 104), (4, 10.4, "HD webcam", 104))
    camera.ring.push(full_frame(110))
    assert camera.read(1.0).index > found.index
    camera.close()


def test_whoever_records_keeps_the_very_frames(camera):
    camera.open()
    own = full_frame(3)
    camera.ring.push(own)
    found = camera.read(1.0)
    assert found is not own
    assert found.rgb is own.rgb
    assert own.source == "v4l2:one"


def test_a_damaged_frame_is_passed_over_and_an_empty_wait_gives_none(camera):
    camera.open()
    whole = encode_jpeg(np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8), 90)
    broken = RawImage("jpeg", whole[:700])  # its header is whole and its pixels are not
    camera.ring.push(full_frame(0, broken))
    assert camera.read(1.0) is None
    assert camera.read(0.01) is None
    camera.ring.push(full_frame(1))
    assert camera.read(1.0).rgb.shape == (4, 6, 3)


def test_a_camera_that_counts_anew_never_counts_below_nought(camera):
    camera.open()
    camera.ring.push(full_frame(50))
    camera.read(1.0)
    camera.ring.push(full_frame(0))
    assert camera.read(1.0).index == 0
