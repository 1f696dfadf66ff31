import numpy as np
import pytest

from fieldcheck.capture.camera import Camera, CapturedFrame
from fieldcheck.capture.file_camera import PictureCamera, VideoCamera
from fieldcheck.capture.synthetic_camera import SyntheticCamera


def test_a_captured_frame_cannot_be_written():
    frame = CapturedFrame(np.zeros((2, 3, 3), np.uint8), 0, 0.0, "left")
    with pytest.raises(ValueError, match="read-only"):
        frame.rgb[0, 0, 0] = 1


@pytest.mark.parametrize("wrong", [np.zeros((2, 3), np.uint8), np.zeros((2, 3, 4), np.uint8), np.zeros((2, 3, 3), np.float32)])
def test_what_is_no_picture_is_refused(wrong):
    with pytest.raises(ValueError, match="a frame is"):
        CapturedFrame(wrong, 0, 0.0, "left")


def test_every_camera_keeps_the_protocol(tmp_path):
    """mypy proves it too; here it is what a window would rely on."""
    cameras: list[Camera] = [SyntheticCamera(8, 8), VideoCamera(tmp_path / "a.mp4"), PictureCamera("p", [tmp_path / "b.png"])]
    assert [camera.name for camera in cameras] == ["synthetic", "a.mp4", "p"]
