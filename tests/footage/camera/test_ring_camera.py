import numpy as np
import pytest

from fieldcheck.footage.camera.camera import CapturedFrame, FrameRing, RingCamera
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.raw import RawImage

RGB = np.zeros((4, 6, 3), np.uint8)


@pytest.fixture
def camera():
    ring = FrameRing()
    made = RingCamera("HD webcam", ring)
    made.ring = ring
    return made


def frame(index, picture=RGB):
    return CapturedFrame(picture, index, index / 10, "v4l2:one", monotonic_ns=index, utc_ns=index)


def test_frames_come_from_the_opening_on_and_count_from_nought(camera):
    camera.ring.push(frame(100))
    camera.open()
    assert camera.read(0) is None or camera.read(0) is None
    camera.ring.push(frame(101))
    camera.ring.push(frame(104))
    found = camera.read(1.0)
    assert (found.index, found.t_s, found.source, found.monotonic_ns) in (
        (0, 10.4, "HD webcam", 104),
        (4, 10.4, "HD webcam", 104),
    )
    camera.ring.push(frame(110))
    assert camera.read(1.0).index > found.index
    camera.close()


def test_whoever_records_keeps_the_very_frames(camera):
    camera.open()
    own = frame(3)
    camera.ring.push(own)
    found = camera.read(1.0)
    assert found is not own
    assert found.rgb is own.rgb
    assert own.source == "v4l2:one"


def test_a_damaged_frame_is_passed_over_and_an_empty_wait_gives_none(camera):
    camera.open()
    whole = encode_jpeg(np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8), 90)
    broken = RawImage("jpeg", whole[:700])  # its header is whole and its pixels are not
    camera.ring.push(frame(0, broken))
    assert camera.read(1.0) is None
    assert camera.read(0.01) is None
    camera.ring.push(frame(1))
    assert camera.read(1.0).rgb.shape == (4, 6, 3)


def test_a_camera_that_counts_anew_never_counts_below_nought(camera):
    camera.open()
    camera.ring.push(frame(50))
    camera.read(1.0)
    camera.ring.push(frame(0))
    assert camera.read(1.0).index == 0
