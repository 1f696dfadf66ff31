import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from contextlib import suppress
from functools import partial

import numpy as np
import pytest

from fieldcheck.models import time_limit
from fieldcheck.models.time_limit import NAME, RESTING, RunTimeout, SerialWorker, run_with_timeout
from fieldcheck.progress import Cancelled, CancelToken, get_cancel_token, use_cancel_token
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


def test_the_limit_is_of_processor_time_of_the_call_alone(monkeypatch):
    monkeypatch.setattr(time_limit, "WAITED", 10_000)  # however little of it this machine gives

    def spins(seconds):
        until = time.thread_time() + seconds
        while time.thread_time() < until and not ended.is_set():
            pass

    ended = threading.Event()
    other = threading.Thread(target=spins, args=(0.6,))
    other.start()
    began = time.monotonic()
    assert run_with_timeout(0.4, lambda: time.sleep(1.0), lambda: None) is None
    assert time.monotonic() - began >= 1.0
    other.join()
    with pytest.raises(RunTimeout) as late:
        run_with_timeout(0.1, lambda: spins(30.0), ended.set)
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
    monkeypatch.setattr(time_limit, "LEAVE_S", 0.1)
    flag, never = CancelToken(), threading.Event()
    flag.cancel()
    with Unhindered() as took, use_cancel_token(flag), pytest.raises(Cancelled):
        run_with_timeout(60, lambda: never.wait(30), lambda: None)
    assert took.seconds < 5
    left = [thread for thread in threading.enumerate() if thread.name == NAME][-1]
    never.set()
    while left.name == NAME:
        time.sleep(0.01)


@pytest.fixture
def interrupting():
    """What is set when the call is ended, and a call that Ctrl-C comes in the middle of, which
    nobody catches."""
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
        "time_limit.LEAVE_S = 0.3; "
        "time_limit.WAITED = 10_000; "
        "sys.argv = ['fieldcheck', 'try', *sys.argv[1:]]; "
        "from fieldcheck.__main__ import main; sys.exit(main())"
    )
    words = [sys.executable, "-c", code, path, models.bright_picture(tmp_path / "white.png")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "timed out in the test run (0.3 s)" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_thread_of_a_call_is_kept_for_the_next_one():
    """Of five calls two may have met one each that an earlier test had left at work and that came
    to rest meanwhile."""
    used = {run_with_timeout(5, threading.get_ident, lambda: None) for _ in range(5)}
    assert threading.get_ident() not in used
    assert len(used) < 5


def test_what_a_kept_thread_has_used_before_counts_for_no_later_call(monkeypatch):
    def spins():
        until = time.thread_time() + 0.06
        while time.thread_time() < until:
            pass

    monkeypatch.setattr(time_limit, "WAITED", 1000)  # by the clock: the computer may be busy
    run_with_timeout(60, spins, lambda: None)
    assert run_with_timeout(0.05, lambda: time.sleep(0.06), lambda: None) is None


def test_watched_calls_are_made_in_turn_on_one_thread_and_what_they_call_within_a_limit_too():
    with SerialWorker() as beside:
        made = [
            beside.submit(
                lambda: (
                    threading.get_ident(),
                    run_with_timeout(5, threading.get_ident, lambda: None),
                )
            )
            for _ in range(3)
        ]
        places = {place for call in made for place in call.result()}
    assert len(places) == 1
    assert threading.get_ident() not in places
    assert [thread.name for thread in threading.enumerate() if thread.ident in places] == [RESTING]


def test_each_call_within_a_watched_one_has_the_whole_limit(monkeypatch):
    monkeypatch.setattr(time_limit, "WAITED", 1000)  # by the clock: the computer may be busy
    monkeypatch.setattr(time_limit, "LOOKED_EVERY_S", 0.01)

    def spins(seconds):
        until = time.thread_time() + seconds
        while time.thread_time() < until and not ended.is_set():
            pass

    ended = threading.Event()
    with SerialWorker() as beside:
        beside.submit(
            lambda: [run_with_timeout(0.06, lambda: spins(0.04), ended.set) for _ in range(3)]
        ).result()
        assert not ended.is_set()
        with pytest.raises(RunTimeout):
            beside.submit(
                lambda: [
                    run_with_timeout(0.06, partial(spins, seconds), ended.set)
                    for seconds in (0.04, 30.0)
                ]
            ).result()


def test_an_interruption_ends_a_watched_call(interrupting):
    ended, interrupted_at_work = interrupting

    with pytest.raises(KeyboardInterrupt), SerialWorker() as beside:
        beside.submit(lambda: run_with_timeout(60, interrupted_at_work, ended.set)).result()
    assert ended.is_set()


def test_what_a_watched_call_raises_is_raised_where_it_is_waited_for():
    def fails():
        raise KeyError("a")

    ended = threading.Event()
    with SerialWorker() as beside:
        failed = beside.submit(fails)
        after = beside.submit(lambda: run_with_timeout(60, lambda: ended.wait(0.05), ended.set))
        with pytest.raises(KeyError):
            failed.result()
        assert after.result() is False, "the call after it was asked to end"


@pytest.mark.parametrize("busy", [False, True])
def test_a_watched_call_that_takes_too_long_is_asked_to_end_by_whoever_waits(monkeypatch, busy):
    monkeypatch.setattr(time_limit, "LOOKED_EVERY_S", 0.02)
    monkeypatch.setattr(time_limit, "WAITED", 1 if busy else 10_000)
    ended = threading.Event()

    def takes_long():
        while not ended.wait(0.01 if busy else 0):
            pass

    with SerialWorker() as beside:
        call = beside.submit(lambda: run_with_timeout(0.05, takes_long, ended.set))
        with pytest.raises(RunTimeout) as late:
            call.result()
        assert late.value.busy == busy
        assert beside.submit(lambda: 7).result() == 7


def test_the_flag_ends_a_watched_call_and_those_after_it_are_told():
    flag, ended = CancelToken(), threading.Event()
    with use_cancel_token(flag), SerialWorker() as beside:
        call = beside.submit(lambda: run_with_timeout(60, lambda: ended.wait(30), ended.set))
        after = beside.submit(lambda: get_cancel_token().check())
        flag.cancel()
        assert ended.wait(30)
        # it was looked for while the call had not been given the time to come back
        with suppress(Cancelled):
            assert call.result()
        with pytest.raises(Cancelled):
            after.result()


def test_a_watched_call_that_does_not_end_is_left_behind_and_the_next_ones_go_on(monkeypatch):
    monkeypatch.setattr(time_limit, "LOOKED_EVERY_S", 0.02)
    monkeypatch.setattr(time_limit, "LEAVE_S", 0.1)
    monkeypatch.setattr(time_limit, "WAITED", 1)
    never = threading.Event()
    with SerialWorker() as beside:
        call = beside.submit(lambda: run_with_timeout(0.05, lambda: never.wait(30), lambda: None))
        with pytest.raises(RunTimeout):
            call.result()
        beside.restart()
        assert beside.submit(lambda: 7).result() == 7
    left = [thread for thread in threading.enumerate() if thread.name == NAME][-1]
    never.set()
    while left.name == NAME:
        time.sleep(0.01)
