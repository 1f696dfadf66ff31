"""What `cameras` says of device trees of real machines; each file of trees/ says its origin."""

import sys
from pathlib import Path

import pytest

from fieldcheck.footage.camera.usb import find_device_path, list_usb_cameras
from tests.footage import device_tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="device trees of Linux")

SAID = {
    "c930e": ("v4l2:usb-046d_Logitech_Webcam_C930e_80C0D3BE-video-index0", "Logitech Webcam C930e",
              "80C0D3BE"),
    "c615_behind_hubs": ("v4l2:usb-046d_HD_Webcam_C615_1563CF40-video-index0", "HD Webcam C615",
                         "1563CF40"),
    # all of them are SN0001
    "chicony_built_in": ("v4l2:pci-0000:00:1a.7-usb-0:6:1.0-video-index0", "Chicony USB 2.0 Camera",
                         ""),
}  # fmt: skip


@pytest.mark.parametrize("name", device_tree.trees())
def test_the_camera_of_a_real_machine_is_listed_once_by_what_it_is(name, tmp_path):
    root = device_tree.replay(device_tree.read(name), tmp_path)
    actual = [(one.id, one.name, one.serial, Path(one.path).name) for one in list_usb_cameras(root)]
    assert actual == [(*SAID[name], "video0")]
    assert find_device_path(SAID[name][0], root) == str(root / "dev/video0")


def test_a_node_for_metadata_is_no_camera(tmp_path):
    root = device_tree.replay(device_tree.read("c930e"), tmp_path)
    assert (root / "dev/video1").exists()
    assert len(list_usb_cameras(root)) == 1


@pytest.mark.parametrize("name", device_tree.trees())
def test_every_tree_says_how_it_came_about(name):
    tree = device_tree.read(name)
    assert (
        tree["made"] == "recorded" or "Not recorded by packaging/record_devices.py." in tree["made"]
    )
    assert tree["about"]
    assert tree["kernel"]
