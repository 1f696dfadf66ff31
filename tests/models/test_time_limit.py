import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest

from fieldcheck.models import time_limit
from fieldcheck.models.time_limit import THREAD_NAME, RunTimeout, run_with_timeout
from fieldcheck.progress import Cancelled, CancelToken, use_cancel_token
from tests.hostile import models
from tests.hostile.told import Unhindered


def test_what_comes_back_is_handed_on():
    assert run_with_timeout(5, lambda: 7, lambda: None) == 7


def test_what_it_raises_is_raised_here():
    def fails():
        raise KeyError("a")

    with pytest.raises(KeyError):
        run_with_timeout(5, fails, lambda: None)


def test_a_call_that_takes_too_long_is_asked_to_end():
    ended = threading.Event()
    with Unhindered() as took, pytest.raises(RunTimeout):
        run_with_timeout(0.05, lambda: ended.wait(30), ended.set)
    assert ended.is_set()
    assert took.seconds < 5


def test_a_call_on_a_busy_computer_has_longer_by_the_clock(monkeypatch):
    # however little processor time this machine gives
    monkeypatch.setattr(time_limit, "BUSY_FACTOR", 10_000)
    ended = threading.Event()

    def spin():
        while not ended.is_set():
            pass

    began = time.monotonic()
    assert run_with_timeout(0.4, lambda: time.sleep(1.0), lambda: None) is None
    assert time.monotonic() - began >= 1.0
    with pytest.raises(RunTimeout) as late:
        run_with_timeout(0.1, spin, ended.set)
    assert not late.value.busy


def test_a_call_that_is_given_no_processor_time_is_told_apart():
    ended = threading.Event()
    with pytest.raises(RunTimeout) as late:
        run_with_timeout(0.05, lambda: ended.wait(30), ended.set)
    assert late.value.busy


def test_the_flag_ends_a_call_and_is_told_at_once():
    flag, ended = CancelToken(), threading.Event()
    threading.Timer(0.1, flag.cancel).start()
    with use_cancel_token(flag), pytest.raises(Cancelled):
        run_with_timeout(60, lambda: ended.wait(30), ended.set)
    assert ended.is_set()


def test_a_call_that_does_not_end_is_left_to_itself(monkeypatch):
    monkeypatch.setattr(time_limit, "GRACE_S", 0.1)
    flag, never = CancelToken(), threading.Event()
    flag.cancel()
    with Unhindered() as took, use_cancel_token(flag), pytest.raises(Cancelled):
        run_with_timeout(60, lambda: never.wait(30), lambda: None)
    assert took.seconds < 5
    left = [thread for thread in threading.enumerate() if thread.name == THREAD_NAME][-1]
    never.set()
    left.join()


@pytest.fixture
def interrupting():
    """What is set when a call is ended, and a call that an uncaught Ctrl-C comes into."""
    before, ended = signal.signal(signal.SIGINT, signal.default_int_handler), threading.Event()

    def interrupted_at_work():
        os.kill(os.getpid(), signal.SIGINT)
        ended.wait(30)

    yield ended, interrupted_at_work
    signal.signal(signal.SIGINT, before)


def test_an_interruption_ends_the_call(interrupting):
    """Where nobody catches signals, Ctrl-C raises in the thread that waits."""
    ended, interrupted_at_work = interrupting

    with pytest.raises(KeyboardInterrupt):
        run_with_timeout(60, interrupted_at_work, ended.set)
    assert ended.is_set()


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, MemoryError, GeneratorExit])
def test_no_kind_of_exception_is_lost_in_the_thread(kind):
    def fails():
        raise kind

    with pytest.raises(kind):
        run_with_timeout(5, fails, lambda: None)


def test_nothing_of_a_call_is_kept():
    kept = np.zeros(3)
    seen = weakref.ref(kept)
    assert run_with_timeout(5, kept.sum, lambda: None) == 0
    del kept
    gc.collect()
    assert seen() is None


def test_one_operator_that_takes_minutes_is_refused_and_the_program_ends_in_order(tmp_path):
    """The runtime asks between operators only. What is left at work then may not bring the process
    down when it leaves."""
    path = models.one_long_operator(tmp_path / "net.onnx")
    code = (
        "import sys; from fieldcheck.models import session, time_limit; session.RUN_SECONDS = "
        "time_limit.GRACE_S = 0.3; time_limit.BUSY_FACTOR = 10_000; sys.argv = ['fieldcheck', "
        "'try', *sys.argv[1:]]; from fieldcheck.__main__ import main; sys.exit(main())"
    )
    words = [sys.executable, "-c", code, path, models.bright_picture(tmp_path / "white.png")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "timed out in the test run (0.3 s)" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
