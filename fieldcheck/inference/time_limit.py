"""One call into a library that does not come back by itself: it has a limit of processor time, and Ctrl-C ends it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

from fieldcheck.progress import StopFlag, flag_here

T = TypeVar("T")
Outcome = tuple[Any, BaseException | None]  # of a call: its result, or what it raised
Said = SimpleQueue[Outcome | None]  # None: nobody waits for it any more

WAITED = 10  # times as long by the clock, for a call that is given hardly any processor time
LOOKED_EVERY_S = 0.5
LEAVE_S = 2.0  # how long a call that was asked to end may take to do so
NAME, RESTING = "one call", "no call"  # what threads are called that calls run on, at work and between two of them


class TooLong(Exception):
    """The call took longer than it may, and was asked to end. `busy`: it was not given the processor time that it may take."""

    def __init__(self, busy: bool) -> None:
        super().__init__(busy)
        self.busy = busy


def within(seconds: float, call: Callable[[], T], end: Callable[[], None]) -> T:
    """Result of `call`, or what it raises. It is asked to end by `end()` after `seconds` of its thread's processor time or `WAITED` times
    as long by the clock, where the flag that this thread works under is raised, and where this thread is interrupted; then TooLong,
    Cancelled, or the interruption is raised, whether it has ended or not.

    It runs on another thread: one inside a library sees no signal, and Python handles signals on the first thread only. Such threads are
    kept for the next call, since starting one wakes up others several times, and a live view asks sixty times a second.
    """
    flag, said = flag_here() or StopFlag(), Said()
    try:
        with flag.ended_by(partial(said.put, None)):
            caller = _caller()
            used = _clock_of(caller)
            began = used()
            caller.asked.put((call, said))
            outcome, left = _waited_for(said, seconds, lambda: used() - began)
    except BaseException:
        end()
        raise
    if outcome is None:
        end()
        _late(said)
        flag.check()
        raise TooLong(busy=left > 0)
    result, error = outcome
    del outcome
    if error is None:
        return cast(T, result)
    try:
        raise error
    finally:
        del error  # else it would be held by its own traceback


class _Caller(threading.Thread):
    """Makes one call after the other, as long as the program runs."""

    def __init__(self) -> None:
        super().__init__(name=RESTING, daemon=True)
        self.asked = SimpleQueue[tuple[Callable[[], object], Said]]()
        self.start()

    def run(self) -> None:
        while True:
            self._serve()

    def _serve(self) -> None:
        call, said = self.asked.get()
        self.name = NAME
        try:
            outcome: Outcome = call(), None
        except BaseException as error:  # noqa: BLE001 - the boundary of this thread: whatever it is goes on in the caller's
            outcome = None, error
        del call
        self.name = RESTING
        _resting.append(self)
        said.put(outcome)


_resting: list[_Caller] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_resting.clear)  # threads stay in the parent


def _caller() -> _Caller:
    with suppress(IndexError):
        return _resting.pop()
    return _Caller()


def _waited_for(said: Said, seconds: float, used: Callable[[], float]) -> tuple[Outcome | None, float]:
    """The outcome, None where the flag is raised or the call is out of time; and the seconds of processor time that are left then, none or
    less where it has used them."""
    until = time.monotonic() + WAITED * seconds
    while (left := seconds - used()) > 0 and time.monotonic() < until:
        with suppress(Empty):
            return said.get(timeout=min(LOOKED_EVERY_S, seconds)), left
    return None, left


def _late(said: Said) -> None:
    """Returns when a call has ended that was asked to, or was given the time to do so."""
    until = time.monotonic() + LEAVE_S
    with suppress(Empty):
        while said.get(timeout=max(0.0, until - time.monotonic())) is None:
            continue


def _clock_of(thread: threading.Thread) -> Callable[[], float]:
    """Seconds of processor time of a thread that stays; of the whole process where a system has none."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.process_time
    assert thread.ident is not None, "it was started"
    return partial(time.clock_gettime, time.pthread_getcpuclockid(thread.ident))
