"""One call into a library that does not come back by itself: it has a limit of processor time, and Ctrl-C ends it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import TypeVar

from fieldcheck.progress import StopFlag, flag_here

T = TypeVar("T")

WAITED = 10  # times as long by the clock, for a call that is given hardly any processor time
LOOKED_EVERY_S = 0.5
LEAVE_S = 2.0  # how long a call that was asked to end may take to do so
NAME = "one call"


class TooLong(Exception):
    """The call took longer than it may, and was asked to end. `busy`: it was not given the processor time that it may take."""

    def __init__(self, busy: bool) -> None:
        super().__init__(busy)
        self.busy = busy


def within(seconds: float, call: Callable[[], T], end: Callable[[], None]) -> T:
    """Result of `call`, or what it raises. It is asked to end by `end()` after `seconds` of its thread's processor time or `WAITED` times
    as long by the clock, where the flag that this thread works under is raised, and where this thread is interrupted; then TooLong,
    Cancelled, or the interruption is raised, whether it has ended or not.

    It runs on a thread of its own: a thread inside a library sees no signal, and Python handles signals on the first thread only.
    """
    flag, outcome, over, used = flag_here() or StopFlag(), Future[T](), threading.Event(), Future[Callable[[], float]]()
    outcome.add_done_callback(lambda _: over.set())

    def run() -> None:
        used.set_result(_clock_here())
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001 - the boundary of this thread: whatever it is goes on in the caller's
            outcome.set_exception(error)

    try:
        threading.Thread(target=run, name=NAME, daemon=True).start()  # in here: an interruption may come while it starts
        with flag.ended_by(over.set):
            left = _out_of_time(over, seconds, used.result())
    except BaseException:
        end()
        raise
    if outcome.done():
        return outcome.result()
    end()
    wait([outcome], LEAVE_S)
    flag.check()
    raise TooLong(busy=left > 0)


def _out_of_time(over: threading.Event, seconds: float, used: Callable[[], float]) -> float:
    """Returns when it is over, or out of time: the seconds of processor time that are left then, none or less where it has used them."""
    began, until = used(), time.monotonic() + WAITED * seconds
    while (left := began + seconds - used()) > 0 and time.monotonic() < until and not over.wait(min(LOOKED_EVERY_S, seconds)):
        continue
    return left


def _clock_here() -> Callable[[], float]:
    """Seconds of processor time of the thread that asks for it, read from any other; of the whole process where a system has none."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.process_time
    of_thread = time.pthread_getcpuclockid(threading.get_ident())
    last = 0.0

    def used() -> float:
        nonlocal last
        with suppress(OSError):  # the thread has ended
            last = time.clock_gettime(of_thread)
        return last

    return used


def any_left() -> bool:
    """Whether a call that was asked to end is still in its library, as in one operator that takes minutes. The interpreter cannot be taken
    down around such a thread: the library would end the process with an abort."""
    return any(thread.name == NAME for thread in threading.enumerate())
