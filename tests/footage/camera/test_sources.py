import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import CameraRefused, NoPictures
from fieldcheck.footage.camera.gige import GigeCamera
from fieldcheck.footage.camera.network import MjpegCamera, RtspCamera
from fieldcheck.footage.camera.playback import ImageCamera, SyntheticCamera, VideoCamera
from fieldcheck.footage.camera.sources import make_camera
from fieldcheck.footage.camera.usb import OpencvCamera
from tests.footage import made


@pytest.mark.parametrize(("source", "kind"), [
    ("http://cam/video", MjpegCamera),
    ("rtsp://tech@cam/video", RtspCamera),
    ("gige:FC01", GigeCamera),
    ("v4l2:usb-046d_C920_8A5C2B1F-video-index0", OpencvCamera),
    ("synthetic", SyntheticCamera),
    ("synthetic:640x480@15", SyntheticCamera),
])  # fmt: skip
def test_a_source_names_its_camera(source, kind):
    assert isinstance(make_camera(source), kind)


def test_files_and_folders_are_played(tmp_path):
    assert isinstance(make_camera(str(made.write_video(tmp_path / "belt.mp4", 3))), VideoCamera)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    with pytest.raises(NoPictures):
        make_camera(str(pictures))
    cv2.imwrite(str(pictures / "1.png"), np.zeros((4, 4, 3), np.uint8))
    assert isinstance(make_camera(str(pictures)), ImageCamera)


UNUSUAL = (
    "synthetic:big", "synthetic:0x0", "synthetic:320x240@0", "synthetic:99999x99999",
    f"synthetic:{'9' * 200}x1",
)  # fmt: skip


@pytest.mark.parametrize("source", ["0", "1", "", "/dev/video77", "nothing/here.mp4", *UNUSUAL])
def test_a_number_or_a_name_of_nothing_opens_no_camera(source):
    with pytest.raises(CameraRefused) as caught:
        make_camera(source)
    assert caught.value.problem == "unknown"


def test_a_camera_that_is_not_plugged_in_is_refused_when_it_is_opened():
    with pytest.raises(CameraRefused) as caught:
        make_camera("v4l2:usb-nobody-video-index0").open()
    assert caught.value.camera == "v4l2:usb-nobody-video-index0"
    assert caught.value.problem == "unknown"


def test_a_password_that_was_asked_for_goes_to_the_camera_and_not_into_its_name():
    camera = make_camera("http://tech@cam/video", "s3cret")
    assert camera._where.password == "s3cret"
    assert camera.name == "http://cam/video"
