import json
import os
import shutil
import signal
import subprocess
import sys
import time

import click
import pytest

from fieldcheck.cli.footage import get_camera_password, get_storage_code
from fieldcheck.footage.camera import gige as gige_camera
from fieldcheck.footage.live_camera import FIRST_S
from tests import disks
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.processes import GigeCamera as FakeCamera
from tests.hostile import videos
from tests.hostile.told import Unhindered

KEYS = {
    "schema", "project", "recording_id", "clip_id", "clip_ids", "source", "seconds", "n_frames",
    "n_listed", "n_dropped", "n_skipped", "bytes", "stored_as", "gaps", "ended",
}  # fmt: skip


def test_capture_records_what_comes_and_says_how_it_was_kept(terminal, empty):
    path = empty.path
    empty.close()
    document = terminal.document(
        "capture", path, "--source", "synthetic:160x120@20", "--seconds", "1.5", "--location",
        "hall", "--condition", "dark",
    )  # fmt: skip
    assert set(document) == KEYS
    assert document["schema"] == "fieldcheck.capture/1"
    assert document["source"] == "synthetic:160x120@20"
    assert document["clip_id"] == document["clip_ids"][0]
    assert (document["stored_as"], document["ended"]) == ("rgb8/zstd-rows grid", "asked")
    assert (document["n_skipped"], document["gaps"]) == (0, [])
    assert document["n_frames"] == document["n_listed"] >= 2
    assert document["bytes"] > 0
    assert terminal.document("check", path)["ok"]
    assert terminal.document("pick", path, "--count", "2")["n_listed"] == document["n_listed"]


def test_every_frame_on_request(terminal, empty):
    path = empty.path
    empty.close()
    document = terminal.document(
        "capture", path, "--source", "synthetic:160x120@20", "--seconds", "1", "--every-frame"
    )
    assert document["stored_as"] == "rgb8/zstd-rows"
    assert document["n_frames"] > document["n_listed"]


@pytest.mark.loopback
def test_a_network_camera_is_stored_as_its_own_jpegs_and_told_in_words(terminal, empty):
    path = empty.path
    empty.close()
    with MjpegServer() as server:
        said = terminal.said("capture", path, "--source", server.url, "--seconds", "1")
    assert f"{server.url}: 0:0" in said
    assert "Saved: original camera JPEGs: " in said


def test_a_camera_that_is_not_there_is_an_expected_failure(terminal, empty, tmp_path):
    path = empty.path
    empty.close()
    outcome = terminal(
        "capture", path, "--source", tmp_path / "none.mp4", "--seconds", "1", "--json"
    )
    assert (outcome.code, outcome.out) == (1, "")
    assert "none.mp4" in outcome.err


def test_without_a_source_the_command_is_used_wrongly(terminal, empty):
    assert terminal("capture", empty.path).code == 2


@pytest.mark.skipif(os.name == "nt", reason="signals are a matter of POSIX")
def test_ctrl_c_ends_a_recording_and_keeps_it(empty):
    path = empty.path
    empty.close()
    command = [
        sys.executable, "-m", "fieldcheck", "capture", str(path), "--source",
        "synthetic:160x120@20", "--seconds", "600", "--json",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not [one for one in (path / "recordings").glob("*/000.frames") if one.stat().st_size]:
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    assert json.loads(out)["n_listed"] >= 1


def test_a_series_needs_a_camera_with_controls_and_says_so(terminal, place):
    outcome = terminal(
        "series", place("labelled"), "--source", "synthetic:64x48@30", "--label", "red"
    )
    assert (outcome.code, outcome.out) == (1, "")
    assert "offers no control of exposure, gain, white balance or focus." in outcome.err


@pytest.mark.loopback
def test_a_series_of_an_industrial_camera_is_ranked_and_kept(terminal, place, monkeypatch):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    project = place("labelled")
    with FakeCamera():
        asked = ("--source", "gige:FC01", "--label", "red", "--seconds", "0.2")
        document = terminal.document("series", project, *asked)
    assert document["schema"] == "fieldcheck.series/1"
    assert (document["parts"], len(document["ranked"])) == (1, 10)
    right = [setting["right"] for setting in document["ranked"]]
    assert right == sorted(right, reverse=True)
    assert len(list((project / document["folder"]).glob("*/*.png"))) == 40
    assert terminal.document("check", project)["ok"]


def test_how_it_is_stored_is_one_code():
    assert get_storage_code("jpeg", "", False) == "jpeg"
    assert get_storage_code("bgr8", "h264", True) == "bgr8/zstd-rows decoded:h264 grid"
    assert get_storage_code("bayer_rg12", "", False) == "bayer_rg12/zstd-rows"


def test_a_recording_that_a_full_disk_cuts_short_says_so_and_exits_with_1(terminal, made, tmp_path):
    """It stops at a gigabyte that stays free, of which a fifth is held back while it records."""
    stick = disks.plug_in(tmp_path, 1500)
    try:
        project = shutil.copytree(made["empty"], stick / "p.fieldcheck")
        left = os.statvfs(stick).f_bavail * os.statvfs(stick).f_frsize
        with (stick / "filler").open("wb") as filler:
            os.posix_fallocate(filler.fileno(), 0, left - 1_201_000_000)
        outcome = terminal(
            "capture", project, "--source", "synthetic:640x360@60", "--seconds", "60"
        )
        assert outcome.code == 1
        assert "Recording stopped to reserve space for your labels." in outcome.out
        assert terminal.document("check", project)["ok"]
    finally:
        disks.put_away(stick)


def test_a_video_whose_decoder_dies_is_refused_at_once(terminal, empty, tmp_path):
    project = empty.path
    empty.close()
    assert "raw.avi" in terminal.refusal(
        "capture", project, "--source", videos.raw_avi(tmp_path / "raw.avi"), "--seconds", "1"
    )
    with Unhindered() as again:
        terminal.refusal("capture", project, "--source", tmp_path / "raw.avi", "--seconds", "1")
    assert again.seconds < FIRST_S / 2  # the trial of the file is known by then


CAMERAS_KEYS = {"id", "name", "driver", "path", "serial", "busy", "formats"}


def test_cameras_lists_by_identity(terminal, monkeypatch):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    with FakeCamera():
        document = terminal.document("cameras")
        said = terminal.said("cameras")
    assert set(document) == {"schema", "cameras", "note"}
    assert document["schema"] == "fieldcheck.cameras/1"
    camera = next(one for one in document["cameras"] if one["driver"] == "gige")
    assert set(camera) == CAMERAS_KEYS
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
