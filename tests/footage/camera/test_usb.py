import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.footage.camera import usb
from fieldcheck.footage.camera.exposure_control import (
    CameraCapabilities,
    CameraSettings,
    ControlChange,
)
from fieldcheck.footage.camera.sources import make_camera
from tests.footage.servers.mjpeg import jpegs


def test_jpeg_bytes_that_the_driver_hands_over_are_kept():
    (jpeg,) = jpegs(1)
    for row in (
        np.frombuffer(jpeg, np.uint8).reshape(1, -1),
        np.frombuffer(jpeg, np.uint8).reshape(-1, 1),
    ):
        raw, decoded_from = usb.to_raw_image(row)
        assert raw is not None
        assert (raw.format, raw.encoded, decoded_from) == ("jpeg", jpeg, "")


def test_a_damaged_jpeg_is_no_frame():
    assert usb.to_raw_image(np.zeros((1, 500), np.uint8)) == (None, "")


@pytest.mark.parametrize(
    ("shape", "pixel", "decoded_from"),
    [((6, 8, 2), "yuyv8", ""), ((6, 8), "mono8", ""), ((6, 8, 3), "bgr8", "unknown")],
)
def test_pixels_say_whether_they_are_those_of_the_camera(shape, pixel, decoded_from):
    data = np.arange(int(np.prod(shape)), dtype=np.uint8).reshape(shape)
    raw, seen = usb.to_raw_image(data)
    assert raw is not None
    assert (raw.format, seen) == (pixel, decoded_from)
    assert np.array_equal(raw.pixels, data)


def test_a_camera_that_is_not_there_is_refused_and_no_other_one_is_opened(tmp_path):
    camera = usb.OpencvCamera("Camera 2", lambda: str(tmp_path / "video7"))
    with pytest.raises(CameraRefused) as caught:
        camera.open()
    assert caught.value.camera == "Camera 2"
    camera.close()


def test_a_real_camera_gives_frames():
    if not usb.list_usb_cameras() or not any(Path("/dev").glob("video*")):
        pytest.skip("not run: no device")
    camera = make_camera(usb.list_usb_cameras()[0].id)
    camera.open()
    frames = [camera.read(1.0) for _ in range(5)]
    camera.close()
    assert any(frame is not None for frame in frames)
    assert cv2.CAP_V4L2


class Driver:
    """A device as a driver shows it to OpenCV: figures that can be asked for and set, and pictures
    until it is pulled out."""

    def __init__(self, place, backend, _asked, pictures=2, **figures):
        self.place, self.backend, self.left, self.released = place, backend, pictures, False
        self.figures = {getattr(cv2, f"CAP_PROP_{name}"): value for name, value in figures.items()}

    def isOpened(self):
        return self.place != "/dev/busy"

    def set(self, prop, value):
        self.figures[prop] = float(value)

    def get(self, prop):
        return self.figures.get(prop, -1.0)

    def read(self):
        self.left -= 1
        return (False, None) if self.left < 0 else (True, np.full((6, 8, 2), 7, np.uint8))

    def release(self):
        self.released = True


@pytest.fixture
def plugged(monkeypatch):
    """`plugged(place, EXPOSURE=…)`: a camera at that place, opened, and its driver."""

    def open_at(place, **figures):
        made = []
        monkeypatch.setattr(
            cv2, "VideoCapture", lambda *asked: made.append(Driver(*asked, **figures)) or made[-1]
        )
        camera = usb.OpencvCamera("Camera 2", lambda: place, (640, 480))
        camera.open()
        return camera, made[0]

    return open_at


def test_a_camera_hands_over_frames_with_its_settings_until_it_is_pulled_out(plugged):
    camera, driver = plugged("/dev/video7", EXPOSURE=50.0, GAIN=3.0, AUTO_EXPOSURE=3.0, FPS=30.0)
    assert (driver.backend, driver.get(cv2.CAP_PROP_FRAME_WIDTH)) == (cv2.CAP_V4L2, 640.0)
    assert driver.get(cv2.CAP_PROP_CONVERT_RGB) == 0.0
    first, second = camera.read(1.0), camera.read(1.0)
    assert (first.index, second.index, first.raw.format) == (0, 1, "yuyv8")
    told = first.settings
    assert (told.exposure_ms, told.gain) == (5.0, 3.0)
    assert (told.white_balance_k, told.auto_exposure, told.fps) == (None, True, 30.0)
    with pytest.raises(CameraLost):
        camera.read(1.0)
    camera.close()
    assert driver.released


def test_a_camera_can_what_its_driver_answers_to(plugged):
    camera, driver = plugged("/dev/video7", EXPOSURE=50.0, AUTO_EXPOSURE=3.0)
    able = camera.get_capabilities()
    assert (able.exposure_ms is not None, able.gain) == (True, None)
    assert (able.auto_exposure, able.lock) == (True, True)
    camera.adjust(ControlChange(exposure_ms=2.5, gain=9.0))
    names = ("AUTO_EXPOSURE", "EXPOSURE", "GAIN")
    assert [driver.get(getattr(cv2, f"CAP_PROP_{name}")) for name in names] == [1.0, 25.0, 9.0]
    camera.adjust(ControlChange(locked=False))
    actual = [driver.get(prop) for prop in (cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_AUTO_WB)]
    assert actual == [3.0, 1.0]
    camera.adjust(ControlChange())
    assert driver.get(cv2.CAP_PROP_AUTO_EXPOSURE) == 3.0


def test_white_balance_and_focus_are_set_by_hand_and_given_back_to_the_camera(plugged):
    camera, driver = plugged(
        "/dev/video7", WB_TEMPERATURE=4600.0, AUTO_WB=1.0, FOCUS=30.0, AUTOFOCUS=1.0
    )
    able = camera.get_capabilities()
    assert (able.white_balance_k.low, able.white_balance_k.high) == (2800.0, 6500.0)
    assert able.focus is not None
    told = camera.read(1.0).settings
    assert (told.white_balance_k, told.focus) == (4600.0, 30.0)
    assert (told.auto_white_balance, told.auto_focus) == (True, True)
    camera.adjust(ControlChange(white_balance_k=3200.0, focus=55.0))
    names = ("AUTO_WB", "WB_TEMPERATURE", "AUTOFOCUS", "FOCUS")
    props = [getattr(cv2, f"CAP_PROP_{name}") for name in names]
    assert [driver.get(prop) for prop in props] == [0.0, 3200.0, 0.0, 55.0]
    told = camera.read(1.0).settings
    assert (told.auto_white_balance, told.auto_focus) == (False, False)
    camera.adjust(ControlChange(auto_white_balance=True, auto_focus=True))
    assert [driver.get(prop) for prop in props] == [1.0, 3200.0, 1.0, 55.0]


def test_of_a_driver_of_windows_no_figure_is_told(plugged):
    camera, driver = plugged(0, EXPOSURE=50.0)
    assert driver.backend == cv2.CAP_MSMF
    assert camera.read(1.0).settings == CameraSettings()
    assert camera.get_capabilities() == CameraCapabilities()


def test_a_camera_that_another_program_has_is_refused(plugged):
    with pytest.raises(CameraRefused) as caught:
        plugged("/dev/busy")
    assert caught.value.problem == "busy"


# Cameras of Windows, on answers in the form in which Media Foundation gives them; on Windows
# itself also on its own.

USE = "#{e5323777-f976-4f5b-9b55-b94699c46e44}\\global"
C930E = usb.MediaFoundationCamera(
    "Logitech Webcam C930e", "\\\\?\\usb#vid_046d&pid_0843&mi_00#7&2a1b6d5c&0&0000" + USE
)
C270 = usb.MediaFoundationCamera("HD Webcam C270", "\\\\?\\USB#VID_046D&PID_0825#80C0D3BE" + USE)
NAMELESS = usb.MediaFoundationCamera("", "\\\\?\\usb#vid_32e4&pid_9230&mi_00#6&1&0&0000" + USE)
ANSWERS = [C930E, C270, NAMELESS, usb.MediaFoundationCamera("no link", "")]


def test_every_camera_is_listed_by_the_link_of_its_device_and_not_by_a_number():
    cameras = usb.list_windows_cameras(ANSWERS)
    found = {camera.id: (camera.name, camera.serial, camera.driver) for camera in cameras}
    assert found == {
        "msmf:usb#vid_046d&pid_0843&mi_00#7&2a1b6d5c&0&0000": ("Logitech Webcam C930e", "", "msmf"),
        "msmf:usb#vid_046d&pid_0825#80c0d3be": ("HD Webcam C270", "80c0d3be", "msmf"),
        "msmf:usb#vid_32e4&pid_9230&mi_00#6&1&0&0000": ("usb#vid_32e4&pid_9230&mi_00#6&1&0&0000",
                                                        "", "msmf"),
    }  # fmt: skip


def test_an_identity_finds_its_camera_under_whatever_number_it_has_now():
    identity = "msmf:usb#vid_046d&pid_0825#80c0d3be"
    assert usb.find_camera_number(identity, ANSWERS) == 1
    assert usb.find_camera_number(identity, [C270, C930E]) == 0
    with pytest.raises(CameraRefused) as caught:
        usb.find_camera_number(identity, [C930E])
    assert (caught.value.camera, caught.value.problem) == (identity, "unknown")


def test_two_devices_of_one_identity_are_both_left_out():
    expected = ["Logitech Webcam C930e"]
    assert [camera.name for camera in usb.list_windows_cameras([C270, C270, C930E])] == expected


@pytest.mark.skipif(sys.platform == "win32", reason="a machine without Media Foundation")
def test_where_there_is_no_media_foundation_no_camera_is_listed_and_none_opened():
    assert usb.list_media_foundation() == ()
    camera = make_camera("msmf:usb#vid_046d&pid_0825#80c0d3be")
    with pytest.raises(CameraRefused):
        camera.open()


def test_an_answer_that_is_none_lists_no_camera(monkeypatch):
    for said in (b"", b"[1]", b"{}", b'[{"name": "x"}]'):
        answer = subprocess.CompletedProcess([], 0, said)
        monkeypatch.setattr(
            "fieldcheck.footage.camera.usb.subprocess.run", lambda *_, answer=answer, **__: answer
        )
        assert usb.list_media_foundation() == ()


def test_a_number_that_means_another_camera_after_the_opening_is_refused(monkeypatch):
    numbers = iter([1, 0])
    opened = []

    class Opened:
        def __init__(self, *place):
            opened.append(place[0])

        def isOpened(self):
            return True

        def release(self):
            opened.append("released")

    monkeypatch.setattr("fieldcheck.footage.camera.usb.cv2.VideoCapture", Opened)
    camera = usb.OpencvCamera("HD Webcam C270", lambda: next(numbers))
    with pytest.raises(CameraRefused):
        camera.open()
    assert opened == [1, "released"]


def test_the_cameras_of_this_machine_are_listed():
    if sys.platform != "win32" or not usb.list_media_foundation():
        pytest.skip("not run: no device")
    assert all(camera.id.startswith("msmf:") for camera in usb.list_windows_cameras())
