"""One call into a library that does not come back by itself: it has a time limit, and Ctrl-C ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

from fieldcheck.progress import StopFlag, flag_here

T = TypeVar("T")

LEAVE_S = 2.0  # how long a call that was asked to end may take to do so
NAME = "one call"


class TooLong(Exception):
    """The call took longer than it may, and was asked to end."""


def within(seconds: float, call: Callable[[], T], end: Callable[[], None]) -> T:
    """Result of `call`, or what it raises. It is asked to end by `end()` after `seconds`, where the flag that this thread works under is
    raised, and where this thread is interrupted; then TooLong, Cancelled, or the interruption is raised, whether it has ended or not.

    It runs on a thread of its own: a thread inside a library sees no signal, and Python handles signals on the first thread only.
    """
    flag, outcome, over = flag_here() or StopFlag(), Future[T](), threading.Event()
    outcome.add_done_callback(lambda _: over.set())

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001 - the boundary of this thread: whatever it is goes on in the caller's
            outcome.set_exception(error)

    try:
        threading.Thread(target=run, name=NAME, daemon=True).start()  # in here: an interruption may come while it starts
        with flag.ended_by(over.set):
            over.wait(seconds)
    except BaseException:
        end()
        raise
    if outcome.done():
        return outcome.result()
    end()
    wait([outcome], LEAVE_S)
    flag.check()
    raise TooLong


def any_left() -> bool:
    """Whether a call that was asked to end is still in its library, as in one operator that takes minutes. The interpreter cannot be taken
    down around such a thread: the library would end the process with an abort."""
    return any(thread.name == NAME for thread in threading.enumerate())
