import io
import json
import os
import shutil
import signal
import subprocess
import sys

import click
import pytest

from fieldcheck.cli import command as door
from fieldcheck.cli.command import (
    Answer,
    TerminalProgress,
    cancel_on_interrupt,
    print_document,
    print_lines,
    print_message,
    replace_controls,
)
from fieldcheck.errors.files import DiskFull
from fieldcheck.progress import Cancelled, get_cancel_token
from tests import makers


def test_a_bar_shows_how_far_it_is_and_goes_away(capsys):
    bar = TerminalProgress(shown=True)
    bar.report(5, 10, "frames")
    shown = capsys.readouterr().err
    assert "5/10 frames" in shown
    assert shown.count("█") == 15
    bar.clear_bar()
    assert capsys.readouterr().err == "\r\x1b[K"


def test_a_bar_is_drawn_five_times_a_second_at_most_and_at_the_end(capsys):
    bar = TerminalProgress(shown=True)
    for done in range(1, 101):
        bar.report(done, 100)
    shown = capsys.readouterr().err
    assert shown.count("\r") == 2
    assert "100/100" in shown


def test_a_bar_without_an_end_counts(capsys):
    TerminalProgress(shown=True).report(7, None, "bytes")
    assert "7 bytes" in capsys.readouterr().err


def test_where_standard_error_is_no_terminal_nothing_is_drawn(capsys):
    bar = TerminalProgress()
    bar.report(1, 2)
    bar.clear_bar()
    assert capsys.readouterr().err == ""


def test_the_time_left_is_told_once_it_can_be(capsys):
    bar = TerminalProgress(shown=True, _began=TerminalProgress()._began - 30)
    bar.report(1, 4)
    assert "1:30" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="Windows has no pty module")
def test_on_a_terminal_the_bar_is_seen_and_gone_before_the_sentence(material, tmp_path):
    program = [sys.executable, "-m", "fieldcheck"]
    subprocess.run(
        [*program, "new", tmp_path / "p.fieldcheck"], check=True, stdout=subprocess.DEVNULL
    )
    master, terminal = os.openpty()
    process = subprocess.Popen(
        [*program, "import", tmp_path / "p.fieldcheck", material / "belt.avi"],
        stdout=subprocess.PIPE,
        stderr=terminal,
    )
    out, _ = process.communicate(timeout=60)
    os.close(terminal)
    shown = os.read(master, 1 << 20).decode()
    os.close(master)
    assert process.returncode == 0
    assert "240/240 belt.avi" in shown
    assert shown.endswith("\r\x1b[K")
    assert out.decode().startswith("belt.avi: 1 clip, 120 frames sampled")


def test_the_first_interrupt_asks_and_the_second_insists():
    bar, before = TerminalProgress(), signal.getsignal(signal.SIGINT)
    with cancel_on_interrupt(bar):
        bar.check()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Cancelled):
            bar.check()
        assert get_cancel_token() is bar.flag
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert get_cancel_token() is None


@click.command()
@click.option("--much", type=int, default=0)
@door.json_command("try_out")
def command(much, bar):
    """A command."""
    return Answer({"much": much}, ("one line", "and ünother"), code=much)


def run(capsys, *arguments):
    code = command.main(list(arguments), standalone_mode=False)
    return code, capsys.readouterr().out


def test_a_command_speaks_to_a_person_or_in_one_document(capsys):
    assert run(capsys) == (0, "one line\nand ünother\n")
    code, out = run(capsys, "--much", "3", "--json")
    assert code == 3
    assert json.loads(out) == {"schema": "fieldcheck.try_out/1", "much": 3}


@pytest.mark.parametrize(("schema", "as_json", "said"), [
    ("run", False, "Stopped at 3 of 8. Finished work is saved; run the same command to continue."),
    ("pick", False, "Stopped before any frame was picked."),
    ("label_import", False, ""),
    ("run", True, ""),
])  # fmt: skip
def test_who_presses_ctrl_c_is_told_what_is_kept_and_how_to_go_on(capsys, schema, as_json, said):
    @click.command("any")
    @door.json_command(schema)
    def stopped(bar):
        bar.report(3, 8, "pictures")
        raise Cancelled

    with pytest.raises(Cancelled):
        stopped.main(["--json"] if as_json else [], standalone_mode=False)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(said)
    assert (told.err == "") == (said == "")


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

    monkeypatch.setattr("fieldcheck.footage.finish_recording.open_with_recovery", gone)
    assert "p.fieldcheck" in terminal.refusal("import", project, footage)
