"""Cameras of Windows, on answers in the form in which Media Foundation gives them; on Windows
itself also on its own."""

import subprocess
import sys

import pytest

from fieldcheck.errors.files import CameraRefused
from fieldcheck.footage.camera.sources import make_camera
from fieldcheck.footage.camera.usb import (
    MediaFoundationCamera,
    OpencvCamera,
    find_camera_number,
    list_media_foundation,
    list_windows_cameras,
)

USE = "#{e5323777-f976-4f5b-9b55-b94699c46e44}\\global"
C930E = MediaFoundationCamera(
    "Logitech Webcam C930e", "\\\\?\\usb#vid_046d&pid_0843&mi_00#7&2a1b6d5c&0&0000" + USE
)
C270 = MediaFoundationCamera("HD Webcam C270", "\\\\?\\USB#VID_046D&PID_0825#80C0D3BE" + USE)
NAMELESS = MediaFoundationCamera("", "\\\\?\\usb#vid_32e4&pid_9230&mi_00#6&1&0&0000" + USE)
ANSWERS = [C930E, C270, NAMELESS, MediaFoundationCamera("no link", "")]


def test_every_camera_is_listed_by_the_link_of_its_device_and_not_by_a_number():
    found = {
        camera.id: (camera.name, camera.serial, camera.driver)
        for camera in list_windows_cameras(ANSWERS)
    }
    assert found == {
        "msmf:usb#vid_046d&pid_0843&mi_00#7&2a1b6d5c&0&0000": ("Logitech Webcam C930e", "", "msmf"),
        "msmf:usb#vid_046d&pid_0825#80c0d3be": ("HD Webcam C270", "80c0d3be", "msmf"),
        "msmf:usb#vid_32e4&pid_9230&mi_00#6&1&0&0000": (
            "usb#vid_32e4&pid_9230&mi_00#6&1&0&0000",
            "",
            "msmf",
        ),
    }


def test_an_identity_finds_its_camera_under_whatever_number_it_has_now():
    identity = "msmf:usb#vid_046d&pid_0825#80c0d3be"
    assert find_camera_number(identity, ANSWERS) == 1
    assert find_camera_number(identity, [C270, C930E]) == 0
    with pytest.raises(CameraRefused) as caught:
        find_camera_number(identity, [C930E])
    assert (caught.value.camera, caught.value.problem) == (identity, "unknown")


def test_two_devices_of_one_identity_are_both_left_out():
    expected = ["Logitech Webcam C930e"]
    assert [camera.name for camera in list_windows_cameras([C270, C270, C930E])] == expected


@pytest.mark.skipif(sys.platform == "win32", reason="a machine without Media Foundation")
def test_where_there_is_no_media_foundation_no_camera_is_listed_and_none_opened():
    assert list_media_foundation() == ()
    camera = make_camera("msmf:usb#vid_046d&pid_0825#80c0d3be")
    with pytest.raises(CameraRefused):
        camera.open()


def test_an_answer_that_is_none_lists_no_camera(monkeypatch):
    for said in (b"", b"[1]", b"{}", b'[{"name": "x"}]'):
        answer = subprocess.CompletedProcess([], 0, said)
        monkeypatch.setattr(
            "fieldcheck.footage.camera.usb.subprocess.run", lambda *_, answer=answer, **__: answer
        )
        assert list_media_foundation() == ()


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
    camera = OpencvCamera("HD Webcam C270", lambda: next(numbers))
    with pytest.raises(CameraRefused):
        camera.open()
    assert opened == [1, "released"]


def test_the_cameras_of_this_machine_are_listed():
    if sys.platform != "win32" or not list_media_foundation():
        pytest.skip("not run: no device")
    assert all(camera.id.startswith("msmf:") for camera in list_windows_cameras())
