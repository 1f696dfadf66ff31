import os
import subprocess
import sys
import threading

import pytest

from fieldcheck.child_process import PARENT, run_child, run_module
from fieldcheck.progress import Cancelled, CancelToken, use_cancel_token
from tests.hostile.told import Unhindered

ECHO = [
    sys.executable,
    "-c",
    "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.exit(3)",
]
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_a_child_takes_what_it_is_fed_and_gives_its_streams_and_code():
    done = run_child(ECHO, 60, (bytes([at]) * 100_000 for at in range(3)))
    assert (done.returncode, len(done.stdout), set(done.stdout)) == (3, 300_000, {0, 1, 2})


def test_a_module_of_the_program_sees_the_variables_that_are_added():
    done = run_module("fieldcheck", ["--version"], 60, extra={"FIELDCHECK_HOME": "/nowhere"})
    assert (done.returncode, done.stdout.split()[0]) == (0, b"fieldcheck,")


def test_a_module_of_the_program_speaks_utf_8_whatever_this_process_is_told(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "utf-16")
    assert run_module("fieldcheck", ["--version"], 60).stdout.startswith(b"fieldcheck,")


def test_a_child_that_ends_before_it_has_read_everything_is_no_error():
    command = [sys.executable, "-c", "raise SystemExit(4)"]
    actual = run_child(command, 60, (bytes(1 << 20) for _ in range(9))).returncode
    assert actual == 4


@pytest.mark.parametrize("fed", [(), (bytes(1 << 20), bytes(1 << 20))])
def test_a_child_that_neither_reads_nor_ends_is_ended(fed):
    with Unhindered() as took, pytest.raises(TimeoutError):
        run_child(SLEEP, 0.3, fed)
    assert took.seconds < 5


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell that a parent is gone")
def test_a_child_ends_itself_when_the_one_who_started_it_is_killed():
    child = (
        "import os, time; from fieldcheck.child_process import exit_with_parent as e; e(); "
        "print(os.getpid(), flush=True); time.sleep(600)"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as killed:
        assert int(killed.stdout.readline()) > 1
        killed.kill()
        # it comes to an end with the last process that could write
        assert killed.stdout.read() == b""


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell that a parent is gone")
def test_a_child_whose_parent_was_gone_before_it_had_loaded_ends_itself():
    waits = (
        "import time; from fieldcheck.child_process import exit_with_parent as e; e(); "
        "time.sleep(600)"
    )
    assert run_child([sys.executable, "-c", waits], 60, extra={PARENT: str(2**22)}).returncode == 1


@pytest.mark.long
def test_a_child_ends_itself_when_its_processor_time_is_used():
    code = (
        "from fieldcheck.child_process import exit_after; exit_after({}, 'over'); import "
        "time; time.sleep(0.5); print('slept'); {}"
    )
    for seconds, more, said in (
        (0.0, "", b"over"), (60.0, "", b"slept"), (1.0, "[None for _ in iter(int, 1)]", b"over"),
    ):  # fmt: skip
        done = run_child([sys.executable, "-c", code.format(seconds, more)], 60)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, said)


def test_a_child_ends_with_the_flag():
    flag = CancelToken()
    threading.Timer(0.3, flag.cancel).start()
    with Unhindered() as took, use_cancel_token(flag), pytest.raises(Cancelled):
        run_child(SLEEP, 600)
    assert took.seconds < 5


def test_what_the_feeding_raises_ends_the_child():
    def broken():
        yield b"a"
        raise KeyError("b")

    with Unhindered() as took, pytest.raises(KeyError):
        run_child(SLEEP, 600, broken())
    assert took.seconds < 5
