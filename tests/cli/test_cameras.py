import sys

import click
import pytest

from fieldcheck.cli.cameras import get_camera_password
from fieldcheck.footage.camera import gige as gige_camera
from tests.footage.servers import processes
from tests.footage.servers.processes import GigeCamera as FakeCamera

KEYS = {"id", "name", "driver", "path", "serial", "busy", "formats"}


def test_cameras_lists_by_identity(terminal, monkeypatch):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    with FakeCamera():
        document = terminal.document("cameras")
        said = terminal.said("cameras")
    assert set(document) == {"schema", "cameras", "note"}
    assert document["schema"] == "fieldcheck.cameras/1"
    camera = next(one for one in document["cameras"] if one["driver"] == "gige")
    assert set(camera) == KEYS
    assert (camera["id"], camera["serial"], camera["busy"]) == ("gige:FC01", "FC01", False)
    assert "--source gige:FC01" in said


@pytest.mark.parametrize("there", [True, False])
def test_without_a_camera_the_note_says_what_to_do(terminal, monkeypatch, there):
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    if not there:
        monkeypatch.setattr(gige_camera, "find_interpreter", lambda: "")
    with processes.gige_network():
        document = terminal.document("cameras")
    assert isinstance(document["cameras"], list)
    assert document["note"]


def test_a_password_is_asked_for_at_a_terminal_and_nowhere_else(monkeypatch):
    asked = []
    monkeypatch.setattr(
        click, "prompt", lambda said, **how: asked.append((said, how["hide_input"])) or "s3cret"
    )
    assert get_camera_password("http://tech@cam/video") == ""
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    for source in ("http://cam/video", "http://tech:own@cam/video", "v4l2:usb-C920", "belt.mp4"):
        assert get_camera_password(source) == ""
    assert get_camera_password("http://tech@cam/video") == "s3cret"
    assert asked == [("Camera password", True)]
    monkeypatch.setenv("FIELDCHECK_CAMERA_PASSWORD", "told")
    assert get_camera_password("http://tech@cam/video") == ""
