"""One call into a library that does not come back by itself: made on a thread of its own, within a
limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

from fieldcheck.progress import CancelToken, get_cancel_token

T = TypeVar("T")
Outcome = tuple[Any, BaseException | None]  # of a call: its result, or what it raised
OutcomeQueue = SimpleQueue[Outcome | None]  # None: the call was cancelled

BUSY_FACTOR = 10  # times its limit, for a call on a computer that is too busy to make it
CHECK_EVERY_S = 0.5
GRACE_S = 2.0  # how long a call that was asked to end may take to do so
THREAD_NAME = "call with a limit"


class RunTimeout(Exception):
    """The call took longer than it may, and was asked to end. `busy`: this process was not given
    the processor time that the call may take."""

    def __init__(self, busy: bool) -> None:
        super().__init__(busy)
        self.busy = busy


def run_with_timeout(seconds: float, call: Callable[[], T], end: Callable[[], None]) -> T:
    """Makes a call that may take `seconds`, both by the clock and of this process's processor time,
    but never `BUSY_FACTOR` times as long by the clock.

    It runs on another thread, since one inside a library sees no signal. A call that does not end
    when it is asked to is left to itself.

    Args:
        seconds: the limit.
        call: the call.
        end: asks it to end; from any thread, also more than once.

    Returns:
        What `call` returns; what it raises is raised here.

    Raises:
        RunTimeout: it was too late.
        Cancelled: the token of this thread's work was cancelled.
    """
    token, outcomes = get_cancel_token() or CancelToken(), OutcomeQueue()
    arguments = (call, outcomes)
    try:
        with token.call_on_cancel(partial(outcomes.put, None)):
            # A daemon, so that one that never ends does not keep the program from ending.
            threading.Thread(target=_work, args=arguments, name=THREAD_NAME, daemon=True).start()
            outcome, busy = _wait_for_outcome(outcomes, seconds)
    except BaseException:
        end()
        raise
    if outcome is None:
        end()
        _wait_after_end(outcomes)
        token.check()
        raise RunTimeout(busy)
    return cast(T, _return_or_raise(*outcome))


def _work(call: Callable[[], object], outcomes: OutcomeQueue) -> None:
    try:
        outcomes.put((call(), None))
    except BaseException as error:  # noqa: BLE001 - this thread's boundary: raised in the caller's
        outcomes.put((None, error))


def _wait_for_outcome(outcomes: OutcomeQueue, seconds: float) -> tuple[Outcome | None, bool]:
    """The outcome, None where the call was cancelled or is too late; and whether this process lacks
    processor time."""
    began, used = time.monotonic(), time.process_time()
    while True:
        with suppress(Empty):
            return outcomes.get(timeout=min(CHECK_EVERY_S, seconds)), False
        elapsed, busy = time.monotonic() - began, time.process_time() - used < seconds
        if elapsed >= (BUSY_FACTOR * seconds if busy else seconds):
            return None, busy


def _wait_after_end(outcomes: OutcomeQueue) -> None:
    """Waits for a call that was asked to end, as long as that may take."""
    until = time.monotonic() + GRACE_S
    with suppress(Empty):
        while outcomes.get(timeout=max(0.0, until - time.monotonic())) is None:
            continue


def _return_or_raise(result: object, error: BaseException | None) -> object:
    if error is None:
        return result
    try:
        raise error
    finally:
        del error  # else it would be held by its own traceback
