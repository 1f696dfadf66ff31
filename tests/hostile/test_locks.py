"""Locks as a crash, another machine or a stranger left them: taken, or refused in one sentence with
the seconds of the wait told."""

import json
import os
import platform
import shutil
import time

import numpy as np
import pytest

from fieldcheck.errors.projects import ProjectLocked
from fieldcheck.footage.finish_recording import open_with_recovery
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from tests import makers
from tests.hostile.told import MOST_S, Unhindered, outcomes

COMMANDS = (("check",), ("label", "show"))
TEXTS = {
    "nothing": "", "deep": "[" * 100_000,
    "a heartbeat of 400 digits": '{"heartbeat": ' + "9" * 400 + "}",
    "a heartbeat of 5,000 digits": '{"heartbeat": ' + "9" * 5_000 + "}",
    "a heartbeat that is none": '{"heartbeat": "now", "machine": "elsewhere"}',
    "an endless heartbeat": '{"heartbeat": 1e999, "machine": "elsewhere"}',
    "sizes that are none": '{"closed": {"size": "x"}}',
    "sizes without end": '{"closed": {"size": ' + "9" * 20 + ', "mtime_ns": -1}, "machine": {}}',
    "a zero byte": "\0", "a machine that is none": '{"machine": 7, "process": "x"}', "null": "null",
    "a long name": json.dumps({
        "machine": "x" * 3_000, "process": 10**18, "since": "\x1b]0;x\x07", "heartbeat": 0,
    }),
}  # fmt: skip
NOW = {"seconds ago": -5.0, "in a minute": 60.0}
LONG_PAST = {"1970": 0.0, "before 1970": -1e18, "2099": 4_070_908_800.0, "the end of days": 4e18}


def left_by(path, heartbeat, machine="elsewhere", process=1):
    (path / "lock").write_text(
        json.dumps(
            {
                "machine": machine,
                "process": process,
                "since": "2026-11-01T00:00:00+00:00",
                "heartbeat": heartbeat,
            }
        )
    )


@pytest.mark.parametrize("kind", TEXTS)
def test_no_text_of_a_lock_is_a_bug_or_holds_anybody_up(terminal, copied, kind):
    path = copied()
    (path / "lock").write_text(TEXTS[kind])
    assert outcomes(terminal, path, COMMANDS) == {"check": 0, "label": 0}


@pytest.mark.full("hostile_locks")
def test_no_bytes_of_a_lock_are_a_bug(terminal, copied, counts, evidence):
    rng, n = np.random.default_rng(31), counts(ci=3, full=200)
    sound = json.dumps(
        {
            "machine": "elsewhere",
            "process": 7,
            "since": "",
            "heartbeat": 12.5,
            "closed": {"size": 9, "mtime_ns": 9},
        }
    ).encode()
    path = copied()
    for _ in range(n):
        data = bytearray(sound)
        for at in rng.integers(len(data), size=int(rng.integers(1, 12))).tolist():
            data[at] = int(rng.integers(256))
        (path / "lock").write_bytes(bytes(data))
        assert outcomes(terminal, path, COMMANDS) == {"check": 0, "label": 0}, bytes(data)
    evidence(changed=n)


@pytest.mark.parametrize("when", LONG_PAST)
def test_whoever_said_nothing_for_long_holds_nobody_up_whatever_its_clock_says(copied, when):
    path = copied()
    left_by(path, LONG_PAST[when])
    with Unhindered() as took, open_project(path, wait_s=MOST_S) as project:
        assert project.writable
    assert took.seconds < MOST_S


@pytest.mark.parametrize("when", NOW)
def test_who_is_alive_elsewhere_holds_it_and_a_dead_process_of_this_machine_does_not(copied, when):
    path = copied()
    left_by(path, time.time() + NOW[when])
    with pytest.raises(ProjectLocked) as refused:
        open_project(path, wait_s=0.2)
    assert refused.value.machine == "elsewhere"
    left_by(path, time.time() + NOW[when], platform.node(), process=4_000_000)
    with open_project(path, wait_s=0.2) as project:
        assert project.writable


def folder(path):
    (path / "inside").mkdir(parents=True)


def sparse(path):
    with path.open("wb") as file:
        file.truncate(10 << 30)


def device(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("thing", "code"), [(folder, 1), (device, 1), (sparse, 0), (getattr(os, "mkfifo", folder), 1)]
)
def test_a_lock_that_is_no_file_is_one_sentence_a_large_one_unread(terminal, copied, thing, code):
    path = copied()
    (path / "lock").unlink(missing_ok=True)
    thing(path / "lock")
    found = outcomes(terminal, path, COMMANDS)
    assert found == {"check": code, "label": code}
    if code:
        assert "lock" in terminal.refusal("check", path)
    if (path / "lock").is_dir():
        shutil.rmtree(path / "lock")


def test_waiting_for_somebody_is_told_in_seconds(tmp_path, monkeypatch):
    told = []

    class Told(NullProgress):
        def report(self, done, total, unit=""):
            told.append((done, total, unit))

    monkeypatch.setattr("fieldcheck.project.folder.WAIT_S", 1.2)
    path = tmp_path / "p.fieldcheck"
    with (
        makers.empty_project(path),
        pytest.raises(ProjectLocked),
        open_with_recovery(path, Told(), makers.NOW),
    ):
        pass
    assert {*told} == {(0, 1, "seconds"), (1, 1, "seconds")}
