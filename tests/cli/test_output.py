import io
import json
import shutil
import sys

import pytest

from fieldcheck.cli.command import print_document, print_lines, print_message, replace_controls
from fieldcheck.errors.files import DiskFull
from tests import makers


def test_what_a_terminal_would_act_on_is_replaced(capsys):
    print_lines(["größer 中\tx", "a\x1b]0;owned\x07b\x9b\u202ec"])
    assert capsys.readouterr().out == "größer 中\tx\na�]0;owned�b��c\n"
    assert replace_controls("one\ntwo") == "one\ntwo"


def test_a_document_keeps_every_letter_and_shows_a_terminal_none_that_it_acts_on(capsys):
    print_document({"name": "ü\u202e\x9b\x1b"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": "ü\u202e\x9b\x1b"}
    assert replace_controls(out) == out


def test_a_stream_that_is_no_utf8_gets_ascii(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", stream)
    print_document({"name": "中"})
    assert stream.buffer.getvalue() == b'{"name": "\\u4e2d"}\n'


def test_an_answer_without_room_is_refused(monkeypatch):
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(DiskFull):
            print_lines(["x" * 10])


def test_a_sentence_that_nobody_can_hear_is_no_failure(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    print_message("nothing")


def test_a_project_that_vanishes_in_use_is_what_is_named(terminal, tmp_path, monkeypatch):
    with makers.empty_project(tmp_path / "p.fieldcheck") as made:
        project = made.path
    footage = makers.picture_folder(tmp_path / "day", ["red", "green"])

    def gone(*_arguments, **_options):
        shutil.rmtree(project)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("fieldcheck.cli.footage.opened_for_writing", gone)
    assert "p.fieldcheck" in terminal.refusal("import", project, footage)
