import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.footage import device_tree

SCRIPT = Path(__file__).parent.parent.parent / "packaging" / "record_devices.py"
spec = importlib.util.spec_from_file_location("record_devices", SCRIPT)
assert spec is not None
assert spec.loader is not None
record_devices = importlib.util.module_from_spec(spec)
spec.loader.exec_module(record_devices)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="device trees of Linux")


@pytest.mark.parametrize("name", device_tree.trees())
def test_what_is_recorded_of_a_tree_is_that_tree(name, tmp_path):
    tree = device_tree.read(name)
    found = record_devices.recorded(device_tree.replay(tree, tmp_path), "a machine", "6.1")
    assert found == {**tree, "about": "a machine", "made": "recorded", "kernel": "6.1"}


def test_the_script_prints_a_file_for_the_tests_and_hides_all_serial_numbers(tmp_path):
    device_tree.replay(device_tree.read("c930e"), tmp_path)
    command = [sys.executable, str(SCRIPT), "a webcam", "--hide-serials", "--root", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "80C0D3BE" not in said
    expected = "dev/v4l/by-id/usb-046d_Logitech_Webcam_C930e_XXXXXXXX-video-index0"
    assert expected in json.loads(said)["links"]


def test_a_machine_without_a_camera_has_an_empty_tree(tmp_path):
    found = record_devices.recorded(tmp_path, "nothing", "6.1")
    assert (found["links"], found["files"], found["nodes"]) == ({}, {}, [])


def test_the_tree_of_this_machine_is_recorded():
    if not any(Path("/dev").glob("video*")):
        pytest.skip("not run: no device")
    assert record_devices.recorded(Path("/"), "this machine", "-")["nodes"]
