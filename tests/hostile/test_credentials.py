"""Camera addresses with a password wherever makers put one: none is stored or said."""

import os
from pathlib import Path

import pytest

from tests.footage.servers.mjpeg import MjpegServer

pytestmark = pytest.mark.loopback
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
