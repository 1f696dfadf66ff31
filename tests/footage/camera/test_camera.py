import numpy as np
import pytest

from fieldcheck.footage.camera.camera import Camera, CapturedFrame, FrameFormat, HasExposureControl
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
