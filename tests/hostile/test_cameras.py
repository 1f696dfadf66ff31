"""Cameras that send garbage, stop, drip, change or never begin: one sentence or a recording, no
traceback, and nothing waits in silence. Camera addresses with a password wherever makers put one:
none is stored or said."""

import logging
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.footage.servers.mjpeg import MjpegServer
from tests.hostile import cameras
from tests.hostile.told import MOST_S, Unhindered
from tests.programs import run_python

pytestmark = pytest.mark.loopback
NEVER_BEGAN_S = 10.0  # how long a first frame is waited for, with its seconds on the terminal


@pytest.fixture
def recorded(terminal, made, tmp_path, caplog):
    """`recorded(script, every_s)`: outcome of a recording of half a second, how long it took, and
    what the log says with a traceback."""
    path = shutil.copytree(made["empty"], tmp_path / "p.fieldcheck")

    def record(script, every_s):
        caplog.clear()
        with cameras.ScriptedCamera(script, every_s) as camera, Unhindered() as took:
            outcome = terminal("capture", path, "--source", camera.url, "--seconds", "0.5")
        assert "s3cret" not in outcome.out + outcome.err
        assert "Traceback" not in outcome.err
        assert [record for record in caplog.records if record.exc_info] == []
        return outcome, took.seconds, path

    caplog.set_level(logging.INFO)
    return record


def some(kinds, n, seed):
    order = np.random.default_rng(seed).permutation(len(kinds))[:n]
    return [sorted(kinds)[at] for at in order.tolist()]


@pytest.mark.full("hostile_no_cameras")
def test_what_never_becomes_a_stream_is_one_sentence(recorded, counts, evidence):
    n, told = counts(ci=1, full=len(cameras.NO_CAMERAS)), {}
    for name in some(cameras.NO_CAMERAS, n, 26):
        outcome, seconds, _ = recorded(*cameras.NO_CAMERAS[name])
        assert (outcome.code, len(outcome.err.strip().splitlines())) == (1, 1), (name, outcome)
        assert seconds < NEVER_BEGAN_S + MOST_S, name
        told[name] = round(seconds, 1)
    evidence(n=n, seconds=told)


@pytest.mark.long
@pytest.mark.full("hostile_changing_cameras")
def test_a_camera_that_changes_is_recorded_as_far_as_it_goes(recorded, terminal, counts, evidence):
    n, told = counts(ci=1, full=len(cameras.CHANGING)), {}
    for name in some(cameras.CHANGING, n, 27):
        outcome, seconds, path = recorded(*cameras.CHANGING[name])
        assert outcome.code in (0, 1), (name, outcome)
        assert seconds < NEVER_BEGAN_S + MOST_S, name
        assert terminal.document("check", path)["ok"], name
        told[name] = {"code": outcome.code, "seconds": round(seconds, 1)}
    evidence(n=n, told=told)


@pytest.mark.full("hostile_rtsp")
def test_what_is_no_rtsp_is_one_sentence_of_a_program_that_ends(made, tmp_path, counts, evidence):
    """In a process of its own: the library that asks such a camera does so on a thread that may be
    left when the program ends."""
    n, codes = counts(ci=0, full=len(cameras.NO_RTSP)), {}
    path = shutil.copytree(made["empty"], tmp_path / "p.fieldcheck")
    for name in some(cameras.NO_RTSP, n, 28):
        with cameras.ScriptedCamera(*cameras.NO_RTSP[name]) as camera:
            words = (
                "capture", path, "--source", camera.url.replace("http:", "rtsp:"), "--seconds",
                "0.5",
            )  # fmt: skip
            done = run_python("-m", "fieldcheck", *words, timeout=60)
        assert len(done.stderr.strip().splitlines()) == 1, (name, done.stderr)
        assert "s3cret" not in done.stderr
        codes[name] = done.returncode
    assert set(codes.values()) == {1}, codes
    evidence(n=n, codes=codes)


SECRET = "S3'cretQ7"
FORMS = (
    "http://user:{secret}@{place}/v",
    "http://{place}/user=admin_password={secret}_channel=1&stream=0.sdp",
    "http://{place}/v?p={secret}",
    "http://{place}/v?{secret}",
    "http://{place}/v#password={secret}",
    "http://{place}/live;login={secret}",
    "http://{place}/user%3Dadmin_password%3D{secret}",
)
MISTYPED = (
    "htp://user:{secret}@{place}/v", "http:/user:{secret}@{place}/v", "user:{secret}@{place}/v",
    "http://user:{secret}@{place}:x/v", "http://user:{secret}@{place}/a b",
    "http://user:{secret}@127.0.0.1:1/v", "{place}/v?p={secret}",
)  # fmt: skip


def holding(folder, word):
    """Every file in which a word stands, also escaped as in JSON, HTML or an address."""
    parts = [
        word, word.replace("'", "&#39;"), word.replace("'", "&#x27;"), word.replace("'", "%27"),
        "cretQ7",
    ]  # fmt: skip
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path for path in files if any(part.encode() in path.read_bytes() for part in parts)]


@pytest.mark.full("hostile_credentials")
def test_no_form_of_a_password_is_stored_or_said(terminal, tmp_path, counts, evidence):
    """Every file of the project and of this user, and both streams, are searched."""
    project = tmp_path / "line4.fieldcheck"
    terminal.document("new", project)
    said, n_recorded = "", counts(ci=2, full=len(FORMS))
    with MjpegServer(fps=30) as server:
        place = server.url.split("/")[2]
        for form in FORMS[:n_recorded]:
            outcome = terminal(
                "capture", project, "--source", form.format(secret=SECRET, place=place),
                "--seconds", "0.5", "--json",
            )  # fmt: skip
            assert outcome.code == 0, outcome.err
            said += outcome.out + outcome.err
        for form in MISTYPED[: counts(ci=2, full=len(MISTYPED))]:
            outcome = terminal(
                "capture", project, "--source", form.format(secret=SECRET, place=place),
                "--seconds", "0.5",
            )  # fmt: skip
            assert outcome.code == 1, outcome.err
            said += outcome.out + outcome.err
        for words in (
            ("--sorce", FORMS[0]),
            (f"--source={FORMS[2]}", "--sekonds"),
            ("--source", "synthetic", FORMS[0]),
        ):
            outcome = terminal(
                "capture", project, *(word.format(secret=SECRET, place=place) for word in words)
            )
            assert outcome.code == 2, outcome.err
            said += outcome.out + outcome.err
    assert "cretQ7" not in said
    assert "user:" not in said
    assert holding(project, SECRET) == []
    assert holding(Path(os.environ["FIELDCHECK_HOME"]), SECRET) == [], "the log file"
    n_files = len([path for path in tmp_path.rglob("*") if path.is_file()])
    evidence(recorded=n_recorded, files=n_files, secrets_found=0)
