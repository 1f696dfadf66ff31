import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fieldcheck.errors.files import PathRefused
from fieldcheck.errors.projects import ProjectLocked
from fieldcheck.project import lock as locks
from tests.hostile.told import Unhindered

HOLDER = """
import sys, time
from pathlib import Path
from fieldcheck.project import lock
held = lock.acquire_lock(Path(sys.argv[1]), 0)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of `tmp_path`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_is_told_who_has_it(tmp_path, holder):
    began = time.monotonic()
    with Unhindered() as took, pytest.raises(ProjectLocked) as caught:
        locks.acquire_lock(tmp_path, 0.3)
    assert time.monotonic() - began >= 0.3
    assert took.seconds < 3
    assert (caught.value.path, caught.value.process) == (tmp_path, holder.pid)
    assert caught.value.machine
    assert caught.value.since.startswith("20")
    assert locks.is_held(tmp_path)


def test_a_waiting_process_gets_the_lock_when_it_is_let_go(tmp_path, holder):
    holder.kill()
    locks.acquire_lock(tmp_path, 10).release(None)


def test_the_lock_of_a_killed_process_is_free_at_once_but_it_did_not_say_goodbye(tmp_path, holder):
    holder.kill()
    holder.wait()
    assert not locks.is_held(tmp_path)
    held = locks.acquire_lock(tmp_path, 0)
    assert held.left is None
    held.release(None)


def test_the_same_process_cannot_have_it_twice(tmp_path):
    held = locks.acquire_lock(tmp_path, 0)
    with pytest.raises(ProjectLocked):
        locks.acquire_lock(tmp_path, 0)
    held.release(None)


def test_a_goodbye_says_how_the_database_was_left(tmp_path):
    database = tmp_path / "project.db"
    database.write_bytes(b"12345")
    locks.acquire_lock(tmp_path, 0).release(database)
    left = locks.read_last_state(tmp_path)
    assert left.size == 5
    assert locks.is_as_left(database, left)
    held = locks.acquire_lock(tmp_path, 0)
    assert held.left == left
    assert locks.read_last_state(tmp_path) is None
    held.release(database)
    database.write_bytes(b"123456")
    assert not locks.is_as_left(database, locks.read_last_state(tmp_path))


def test_a_database_from_another_machine_is_not_as_it_was_left(tmp_path):
    database = tmp_path / "project.db"
    database.write_bytes(b"12345")
    locks.acquire_lock(tmp_path, 0).release(database)
    said = json.loads((tmp_path / "lock").read_text())
    (tmp_path / "lock").write_text(json.dumps({**said, "machine": "elsewhere"}))
    assert not locks.is_as_left(database, locks.read_last_state(tmp_path))


def test_a_young_heartbeat_of_another_machine_counts_as_held(tmp_path):
    holder = {"machine": "elsewhere", "process": 7, "since": "2025-01-01", "heartbeat": 1000.0}
    (tmp_path / "lock").write_text(json.dumps(holder))
    with pytest.raises(ProjectLocked) as caught:
        locks.acquire_lock(tmp_path, 0, now=lambda: 1089.0)
    assert caught.value.machine == "elsewhere"
    assert (caught.value.process, caught.value.since) == (7, "2025-01-01")
    locks.acquire_lock(tmp_path, 0, now=lambda: 1091.0).release(None)


def test_a_clock_that_goes_before_ours_does_not_make_the_heart_stand_still(tmp_path):
    holder = {"machine": "elsewhere", "process": 7, "since": "2025-01-01", "heartbeat": 1000.0}
    (tmp_path / "lock").write_text(json.dumps(holder))
    with pytest.raises(ProjectLocked):
        locks.acquire_lock(tmp_path, 0, now=lambda: 980.0)
    # so far ahead it is a clock that is wrong
    locks.acquire_lock(tmp_path, 0, now=lambda: 900.0).release(None)


@pytest.mark.parametrize("text", [
    "", "{", "[1]", '"x"', '{"closed": 1}', '{"closed": {"size": "big"}, "heartbeat": "now"}',
    "\xff\x00",
])  # fmt: skip
def test_a_lock_file_that_says_nothing_sensible_is_no_hindrance(tmp_path, text):
    (tmp_path / "lock").write_bytes(text.encode("latin-1"))
    assert not locks.is_as_left(tmp_path / "lock", locks.read_last_state(tmp_path))
    locks.acquire_lock(tmp_path, 0).release(None)


def test_a_folder_nobody_ever_opened_is_not_held(tmp_path):
    assert not locks.is_held(tmp_path)
    assert locks.read_last_state(tmp_path) is None


def test_the_heart_beats_every_half_minute(tmp_path):
    clock = [1000.0]
    held = locks.acquire_lock(tmp_path, 0, now=lambda: clock[0])
    for clock[0], beaten in ((1029.0, 1000.0), (1030.0, 1030.0)):
        held.update_heartbeat()
        assert json.loads((tmp_path / "lock").read_text())["heartbeat"] == beaten
    held.release(None)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_lock_that_is_a_link_is_not_followed(tmp_path):
    (tmp_path / "precious").write_text("keep me")
    (tmp_path / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(PathRefused):
        locks.acquire_lock(tmp_path, 0)
    assert (tmp_path / "precious").read_text() == "keep me"
