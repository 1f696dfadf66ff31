"""Streams that take no letters, no bytes, or are not there, and names that a terminal would act
on."""

import json
import os
import subprocess
import sys

import pytest

from fieldcheck.cli.command import CONTROLS, replace_controls
from tests import makers

NAME = "Größe 中 \u202egnp.\u2066"


@pytest.fixture
def project(tmp_path):
    with makers.empty_project(tmp_path / "Halle Ü 中.fieldcheck", site=NAME) as project:
        return project.path


def run(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, close="", **variables):
    words = [sys.executable, "-m", "fieldcheck", *map(str, arguments)]
    if close:
        words = ["/bin/sh", "-c", f'exec "$@" {close}', "sh", *words]
    environment = {**os.environ, "LANG": "en_GB.UTF-8", **variables}
    return subprocess.run(
        words, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, env=environment, timeout=120,
        check=False,
    )  # fmt: skip


@pytest.mark.full("hostile_encodings")
@pytest.mark.parametrize(("encoding", "in_ci"), [("cp1252", 1), ("ascii", 0)])
def test_a_redirected_stream_that_is_no_utf8_takes_every_answer(project, encoding, in_ci, counts):
    assert counts(ci=in_ci, full=1) == 1
    document = run("check", project, "--json", PYTHONIOENCODING=encoding)
    assert document.returncode == 0, document.stderr
    assert json.loads(document.stdout.decode(encoding))["project"] == str(project)
    refused = run("check", project.parent / "中.fieldcheck", PYTHONIOENCODING=encoding)
    assert refused.returncode == 1
    assert b"Traceback" not in refused.stderr


def test_an_answer_that_finds_no_room_is_told(project):
    with open("/dev/full", "wb") as full:
        done = run("check", project, "--json", stdout=full)
    assert done.returncode == 1
    assert b"Disk full: cannot write " in done.stderr
    assert b"Exception" not in done.stderr


@pytest.mark.full("hostile_closed_streams")
@pytest.mark.parametrize(("close", "in_ci"), [("2>&-", 0), (">&-", 0), (">&- 2>&-", 1)])
def test_streams_that_are_closed_are_no_bug(project, close, in_ci, counts):
    assert counts(ci=in_ci, full=1) == 1
    assert run("check", project, close=close).returncode == 0
    assert run("check", project.parent / "none.fieldcheck", close=close).returncode == 1


def test_no_name_reaches_a_terminal_with_what_it_would_act_on(terminal, tmp_path):
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project)
    folder = tmp_path / "day\x1b]0;owned\x07\u202e"
    folder.mkdir()
    makers.save_picture(folder / "one.png", "red")
    for arguments in (
        ("import", project, folder), ("frames", project), ("import", project, folder, "--json"),
    ):  # fmt: skip
        outcome = terminal(*arguments)
        assert outcome.code in (0, 1, 2)
        said = (outcome.out + outcome.err).replace("\n", "")
        assert not CONTROLS.search(said), arguments
    document = terminal.document("import", project, folder)
    assert "\\u202e" not in json.dumps(document, ensure_ascii=False)


def test_a_line_keeps_what_is_harmless():
    assert replace_controls("größer 中\tx") == "größer 中\tx"
