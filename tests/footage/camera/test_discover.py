import shutil
import sys
from pathlib import Path

import pytest

from fieldcheck.errors.files import CameraRefused
from fieldcheck.footage.camera.usb import find_device_path, list_usb_cameras
from tests.footage import device_tree

C920 = "v4l2:usb-046d_HD_Pro_Webcam_C920_8A5C2B1F-video-index0"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a device tree of Linux")


@pytest.fixture
def root(tmp_path):
    return device_tree.laptop(tmp_path)


def test_every_camera_is_listed_once_by_its_first_node(root):
    found = {camera.id: (camera.name, Path(camera.path).name) for camera in list_usb_cameras(root)}
    assert found == {
        C920: ("HD Pro Webcam C920", "video2"),
        "v4l2:usb-13d3_Integrated_Camera_0001-video-index0": ("Integrated Camera", "video0"),
        "v4l2:pci-0000:00:14.0-usb-0:7:1.0-video-index0": ("USB Camera", "video4"),
        "v4l2:pci-0000:00:14.0-usb-0:8:1.0-video-index0": ("USB Camera", "video5"),
        "v4l2:virtual/video4linux/video9": ("Dummy video device (0x0000)", "video9"),
    }


def test_a_serial_number_is_told(root):
    assert {camera.serial for camera in list_usb_cameras(root)} == {"8A5C2B1F", "0001", ""}


def test_an_identity_finds_its_camera_under_whatever_number_it_has_now(root):
    assert find_device_path(C920, root) == str(root / "dev/video2")
    for part in (root / "sys", root / "dev"):
        shutil.rmtree(part)
    device_tree.usb(
        root, "1-2", "Integrated Camera: Integrated C", "0001", {2: 0}, "13d3 56ff",
        "Integrated Camera",
    )  # fmt: skip
    device_tree.usb(
        root, "1-5", "HD Pro Webcam C920", "8A5C2B1F", {0: 0}, "046d 082d", "HD Pro Webcam C920"
    )
    assert find_device_path(C920, root) == str(root / "dev/video0")


def test_a_camera_that_is_not_plugged_in_is_not_replaced_by_another_one(root):
    shutil.rmtree(root / "sys")
    shutil.rmtree(root / "dev")
    device_tree.usb(root, "1-2", "Other", "1234", {2: 0}, "046d 0825", "Webcam C270")
    with pytest.raises(CameraRefused) as caught:
        find_device_path(C920, root)
    assert (caught.value.camera, caught.value.problem) == (C920, "unknown")


def test_a_camera_that_somebody_has_open_is_busy(root):
    device_tree.open_by(root, 4711, 2)
    assert [camera.id for camera in list_usb_cameras(root) if camera.busy] == [C920]


def test_two_cameras_with_one_identity_are_both_left_out_rather_than_mixed_up(root):
    device_tree.usb(
        root, "1-9", "HD Pro Webcam C920", "8A5C2B1F", {11: 0}, "046d 082d", "HD Pro Webcam C920",
        by_id=False,
    )  # fmt: skip
    link = root / "dev/v4l/by-path/pci-0000:00:14.0-usb-0:9:1.0-video-index0"
    assert len(list_usb_cameras(root)) == 6  # the second one is known by its socket
    link.unlink()
    link.with_name("pci-0000:00:14.0-usb-0:7:1.0-video-index0").unlink()
    assert len({camera.id for camera in list_usb_cameras(root)}) == len(list_usb_cameras(root))


def test_listing_opens_no_device(root, monkeypatch):
    for device in (root / "dev").glob("video*"):
        device.chmod(0)
    opened = []
    read_text = Path.read_text
    monkeypatch.setattr(
        Path, "read_text", lambda path, *rest: opened.append(path) or read_text(path, *rest)
    )
    list_usb_cameras(root)
    assert opened
    assert not [path for path in opened if "/dev/" in str(path)]


def test_a_machine_without_video_has_no_camera(tmp_path):
    assert list_usb_cameras(tmp_path) == ()


def test_the_cameras_of_this_machine_are_listed():
    if not any(Path("/dev").glob("video*")):
        pytest.skip("not run: no device")
    assert all(Path(camera.path).exists() for camera in list_usb_cameras())
