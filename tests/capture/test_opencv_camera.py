from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck.capture.discover import attached
from fieldcheck.capture.opencv_camera import OpencvCamera, handed_over
from fieldcheck.capture.sources import camera_of
from fieldcheck.errors import CameraRefused
from tests.capture.servers.mjpeg import jpegs


def test_jpeg_bytes_that_the_driver_hands_over_are_kept():
    (jpeg,) = jpegs(1)
    for row in (np.frombuffer(jpeg, np.uint8).reshape(1, -1), np.frombuffer(jpeg, np.uint8).reshape(-1, 1)):
        raw, decoded_from = handed_over(row)
        assert raw is not None
        assert (raw.format, raw.encoded, decoded_from) == ("jpeg", jpeg, "")


def test_a_damaged_jpeg_is_no_frame():
    assert handed_over(np.zeros((1, 500), np.uint8)) == (None, "")


@pytest.mark.parametrize(
    ("shape", "pixel", "decoded_from"), [((6, 8, 2), "yuyv8", ""), ((6, 8), "mono8", ""), ((6, 8, 3), "bgr8", "unknown")]
)
def test_pixels_say_whether_they_are_those_of_the_camera(shape, pixel, decoded_from):
    data = np.arange(int(np.prod(shape)), dtype=np.uint8).reshape(shape)
    raw, seen = handed_over(data)
    assert raw is not None
    assert (raw.format, seen) == (pixel, decoded_from)
    assert np.array_equal(raw.pixels, data)


def test_a_camera_that_is_not_there_is_refused_and_no_other_one_is_opened(tmp_path):
    camera = OpencvCamera("Camera 2", lambda: str(tmp_path / "video7"))
    with pytest.raises(CameraRefused) as caught:
        camera.open()
    assert caught.value.camera == "Camera 2"
    camera.close()


def test_a_real_camera_gives_frames():
    if not attached() or not any(Path("/dev").glob("video*")):
        pytest.skip("not run: no device")
    camera = camera_of(attached()[0].id)
    camera.open()
    frames = [camera.read(1.0) for _ in range(5)]
    camera.close()
    assert any(frame is not None for frame in frames)
    assert cv2.CAP_V4L2
