import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from fieldcheck.cli.footage import get_camera_password, get_storage_code
from fieldcheck.footage.camera import gige as gige_camera
from fieldcheck.footage.live_camera import FIRST_S
from tests import disks, makers
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.processes import GigeCamera as FakeCamera
from tests.hostile import videos
from tests.hostile.told import Unhindered

CLIP_KEYS = {
    "clip_id", "recording_id", "source", "start_s", "camera", "location", "taken_at", "seconds",
    "fps", "width", "height", "n_frames", "n_listed", "n_unreadable", "skipped",
}  # fmt: skip
PICK_KEYS = {
    "frame_id", "clip_id", "t_s", "stratum", "hardness", "probability", "weight", "reason", "file",
}  # fmt: skip


@pytest.mark.long
def test_import_answers_with_its_clips(terminal, place, material):
    document = terminal.document(
        "import", place("empty"), material / "belt.avi", "--camera", "left", "--location", "line 1",
        "--taken-at", "2026-03-01T09:00:00+01:00", "--condition", "glare,dark",
    )  # fmt: skip
    assert set(document) == {"schema", "project", "clips", "resumed", "failed"}
    assert (document["schema"], document["resumed"]) == ("fieldcheck.import/1", False)
    (clip,) = document["clips"]
    assert set(clip) == CLIP_KEYS
    assert clip | {"clip_id": "", "recording_id": ""} == {
        "clip_id": "", "recording_id": "", "source": "belt.avi", "start_s": 0.0, "camera": "left",
        "location": "line 1",
        "taken_at": "2026-03-01T08:00:00+00:00", "seconds": 60.0, "fps": 4.0, "width": 64,
        "height": 48, "n_frames": 240, "n_listed": 120,
        "n_unreadable": 0, "skipped": [],
    }  # fmt: skip


def test_several_paths_come_in_at_once_and_again_add_nothing(terminal, place, material, tmp_path):
    folder = makers.picture_folder(tmp_path / "Prüfling 3", ["red", "blue"], "tür {}.png".format)
    (folder / "z.jpg").write_text("no image")
    project = place("empty")
    first = terminal.document("import", project, material / "night.avi", folder)
    expected = [("night.avi", 30), ("Prüfling 3", 2)]
    assert [(clip["source"], clip["n_listed"]) for clip in first["clips"]] == expected
    assert [one["file"] for one in first["clips"][1]["skipped"]] == ["z.jpg"]
    assert set(first["clips"][1]["skipped"][0]) == {"file", "why"}
    assert first["clips"][1]["n_unreadable"] == 1
    again = terminal.document("import", project, folder, material / "night.avi")
    assert sorted(again["clips"], key=str) == sorted(first["clips"], key=str)
    assert not again["resumed"]
    assert "already" in terminal.said("import", project, folder)


def test_a_finer_grid_can_be_asked_for(terminal, place, material):
    document = terminal.document("import", place("empty"), material / "night.avi", "--fps", "1")
    assert document["clips"][0]["n_listed"] == 15


@pytest.mark.long
def test_unreadable_footage_stops_no_other_and_is_told(terminal, place, material, tmp_path):
    project = place("empty")
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "folder").mkdir()
    document, told = terminal.partly(
        "import", project, tmp_path / "text.mp4", material / "night.avi", tmp_path / "folder"
    )
    assert [clip["source"] for clip in document["clips"]] == ["night.avi"]
    actual = [(Path(one["path"]).name, one["why"]) for one in document["failed"]]
    assert actual == list(zip(("text.mp4", "folder"), told.splitlines(), strict=False))
    first, second, last = told.splitlines()
    assert "text.mp4 is not a readable video. Nothing was added" in first
    assert "folder" in second
    assert last == "1 other imported."
    assert terminal.document("pick", project, "--count", 5)["n_listed"] == 30
    assert len(terminal.refusal("import", project, *[tmp_path / "text.mp4"] * 6).splitlines()) == 4
    document, told = terminal.partly(
        "import", project, material / "night.avi", *[tmp_path / "text.mp4"] * 6
    )
    assert (len(told.splitlines()), len(document["failed"]), len(document["clips"])) == (4, 6, 1)
    assert told.endswith("3 more unreadable. 1 other was already in the project.")
    assert "night" not in terminal.refusal("import", project, tmp_path / "text.mp4")


def test_a_missing_path_is_told_before_anything_is_read(terminal, place, material, tmp_path):
    project = place("empty")
    actual = terminal.refusal("import", project, material / "night.avi", tmp_path / "none.mp4")
    assert "none.mp4" in actual
    assert "no footage" in terminal.refusal("pick", project)


@pytest.mark.parametrize(
    "wrong", [("--condition", "fog"), ("--taken-at", "yesterday"), ("--fps", "0")]
)
def test_wrong_words_are_wrong_usage(terminal, place, material, wrong):
    assert terminal("import", place("empty"), material / "night.avi", *wrong).code == 2


def test_pick_answers_with_strata_and_picks(terminal, place):
    project = place("footed")
    document = terminal.document("pick", project, "--count", 20, "--seed", 7)
    assert set(document) == {
        "schema", "project", "design", "seed", "census", "left_out", "n_listed", "strata", "picks",
        "plan",
    }  # fmt: skip
    assert (document["schema"], document["design"]) == ("fieldcheck.pick/1", "balanced")
    assert (document["seed"], document["n_listed"]) == (7, 120)
    assert document["strata"] == [
        {"name": "hard", "listed": 24, "picked": 8},
        {"name": "rest", "listed": 96, "picked": 12},
    ]
    assert {frozenset(one) for one in document["picks"]} == {frozenset(PICK_KEYS)}
    assert all((project / one["file"]).is_file() for one in document["picks"])
    assert all(
        0 < one["probability"] < 1 and one["weight"] == pytest.approx(1 / one["probability"])
        for one in document["picks"]
    )


def test_the_default_seed_is_0_and_is_told(terminal, place):
    project = place("footed")
    said = terminal.said("pick", project, "--count", 20)
    assert "Random seed 0." in said
    actual = terminal.document("pick", project, "--count", 20)
    assert actual == terminal.document("pick", project, "--count", 20, "--seed", 0)


def test_must_may_be_given_several_times(terminal, place):
    project = place("footed")
    first = [one["frame_id"] for one in terminal.document("pick", project, "--count", 5)["picks"]]
    required = first[:2]
    document = terminal.document(
        "pick", project, "--count", 10, "--must", required[0], "--must", required[1]
    )
    assert len(document["picks"]) == 12
    assert [one["frame_id"] for one in document["picks"] if one["stratum"] == "must"] == required
    assert {one["reason"] for one in document["picks"] if one["stratum"] == "must"} == {"must"}
    assert "nowhere-000001" in terminal.refusal("pick", project, "--must", "nowhere-000001")


def test_the_hardest_alone_have_no_probability(terminal, place):
    document = terminal.document("pick", place("footed"), "--count", 6, "--design", "hard")
    actual = {(one["stratum"], one["probability"], one["weight"]) for one in document["picks"]}
    assert actual == {("chosen", None, 0.0)}


@pytest.mark.long
def test_a_census_says_so(terminal, place):
    project = place("footed")
    expected = "Census: only 120 frames sampled, so all are picked."
    assert terminal.said("pick", project, "--count", 300).startswith(expected)
    document = terminal.document("pick", project, "--count", 300)
    expected = (True, [{"name": "even", "listed": 120, "picked": 120}])
    assert (document["census"], document["strata"]) == expected


@pytest.mark.long
def test_after_a_label_pick_goes_to_new_clips_first_and_then_to_frames_left(
    terminal, place, material
):
    """One clip of 120 frames with 20 picks, and a new one of 30."""
    project = place("labelled")
    (clip,) = terminal.document("import", project, material / "night.avi")["clips"]
    document = terminal.document("pick", project, "--count", 10)
    assert [one["name"] for one in document["strata"]] == ["hard@2", "rest@2"]
    assert document["n_listed"] == 30
    assert {one["clip_id"] for one in document["picks"]} == {clip["clip_id"]}
    assert len(terminal.document("label", "show", project)["labels"]) == 20
    seen = {one["frame_id"] for one in document["picks"]}
    left = terminal.document("pick", project, "--count", 1000)
    assert {one["name"] for one in left["strata"]} == {"hard", "rest", "hard@2", "rest@2"}
    assert len(left["picks"]) == 120 + 30 - 20 - 10
    assert not seen & {one["frame_id"] for one in left["picks"]}
    assert "1 " not in terminal.refusal("pick", project)
    assert len(terminal.document("label", "show", project)["labels"]) == 20


@pytest.mark.long
@pytest.mark.parametrize("option", ["--sensitivity", "--novelty"])
def test_a_further_pass_changes_who_is_hard(terminal, place, option):
    project = place("footed")
    usual, unlike = (
        {
            one["frame_id"]: one["hardness"]
            for one in terminal.document("pick", project, "--count", 120, *options)["picks"]
        }
        for options in ((), (option,))
    )
    assert set(usual) == set(unlike)
    assert usual != unlike


def test_nothing_to_pick_from_is_said(terminal, place):
    assert "import" in terminal.refusal("pick", place("empty"))


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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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
