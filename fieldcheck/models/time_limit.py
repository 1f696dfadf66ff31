"""One call into a library that does not come back by itself: it has a limit of processor time, and
Ctrl-C ends it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Generic, NamedTuple, TypeVar, cast

from fieldcheck.progress import CancelToken, get_cancel_token, use_cancel_token

T = TypeVar("T")
Outcome = tuple[Any, BaseException | None]  # of a call: its result, or what it raised
OutcomeQueue = SimpleQueue[Outcome | None]  # None: nobody waits for it any more

WAITED = 10  # times as long by the clock, for a call that is given hardly any processor time
LOOKED_EVERY_S = 0.5
LEAVE_S = 2.0  # how long a call that was asked to end may take to do so
# what threads are called that calls run on, at work and between two of them
NAME, RESTING = "one call", "no call"


class RunTimeout(Exception):
    """The call took longer than it may, and was asked to end. `busy`: it was not given the
    processor time that it may take."""

    def __init__(self, busy: bool) -> None:
        super().__init__(busy)
        self.busy = busy


def run_with_timeout(seconds: float, call: Callable[[], T], end: Callable[[], None]) -> T:
    """Result of `call`, or what it raises. It is asked to end by `end()` after `seconds` of its
    thread's processor time or `WAITED` times as long by the clock, where the flag that this thread
    works under is raised, and where this thread is interrupted; then RunTimeout, Cancelled, or the
    interruption is raised, whether it has ended or not.

    It runs on another thread: one inside a library sees no signal, and Python handles signals on
    the first thread only. Such threads are kept for the next call, since starting one wakes up
    others several times. On the thread of a `SerialWorker` it is made in place, and whoever waits
    there keeps the limit.
    """
    here = threading.current_thread()
    if isinstance(here, _Worker) and here.watched:
        return here.call_here(seconds, call, end)
    flag, said = get_cancel_token() or CancelToken(), OutcomeQueue()
    try:
        with flag.call_on_cancel(partial(said.put, None)):
            caller = _get_worker()
            used = _get_cpu_clock(caller)
            began = used()
            caller.asked.put((call, said))
            outcome, left = _wait_for_outcome(said, seconds, lambda: used() - began)
    except BaseException:
        end()
        raise
    if outcome is None:
        end()
        _wait_after_end(said)
        flag.check()
        raise RunTimeout(busy=left > 0)
    return cast(T, _return_or_raise(*outcome))


class SerialWorker:
    """One thread that calls are made on in turn, while another one does something else and then
    waits for them. What they do `run_with_timeout` a limit wakes up no third thread: a live view
    asks a hundred times a second. They work under the flag of whoever makes this. `name`: of the
    thread, from the first call on."""

    def __init__(self, name: str = NAME) -> None:
        self._name, self._flag = name, get_cancel_token() or CancelToken()
        self._caller = self._take_worker()

    def __enter__(self) -> SerialWorker:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Waits for what was asked for, which is asked to end where this thread was interrupted;
        what does not end is left to itself."""
        if kind is not None and not issubclass(kind, Exception):
            self._caller.request_end()
        _wait_after_end(self._release_worker())

    def submit(self, call: Callable[[], T]) -> PendingCall[T]:
        """Has the call made after all that were submitted before."""
        said, flag, self._caller.name = OutcomeQueue(), self._flag, self._name

        def call_with_flag() -> T:
            with use_cancel_token(flag):
                return call()

        self._caller.asked.put((call_with_flag, said))
        return PendingCall(self._caller, said, flag)

    def restart(self) -> None:
        """Another thread from now on: the calls of this one are waited for no more."""
        self._release_worker()
        self._caller = self._take_worker()

    def _take_worker(self) -> _Worker:
        caller = _get_worker()
        caller.watched = True
        return caller

    def _release_worker(self) -> OutcomeQueue:
        said = OutcomeQueue()
        self._caller.asked.put((partial(setattr, self._caller, "watched", False), said))
        return said


class PendingCall(Generic[T]):
    """A call that a `SerialWorker` makes."""

    def __init__(self, caller: _Worker, said: OutcomeQueue, flag: CancelToken) -> None:
        self._caller, self._said, self._flag = caller, said, flag

    def result(self) -> T:
        """Result of the call, or what it raises; once. Raises RunTimeout and Cancelled as
        `run_with_timeout`, after it was asked to end."""
        while True:
            with suppress(Empty):
                outcome = self._said.get(timeout=LOOKED_EVERY_S)
                assert outcome is not None, "only calls are answered here"
                return cast(T, _return_or_raise(*outcome))
            late = self._caller.end_if_late()
            if late is not None or self._flag.is_cancelled:
                self._caller.request_end()
                if (outcome := _wait_after_end(self._said)) is not None:
                    return cast(T, _return_or_raise(*outcome))
                self._flag.check()
                raise late or RunTimeout(busy=False)


def _return_or_raise(result: object, error: BaseException | None) -> object:
    if error is None:
        return result
    try:
        raise error
    finally:
        del error  # else it would be held by its own traceback


class _Worker(threading.Thread):
    """Makes one call after the other, as long as the program runs."""

    def __init__(self) -> None:
        super().__init__(name=RESTING, daemon=True)
        self.asked = SimpleQueue[tuple[Callable[[], object], OutcomeQueue]]()
        self.watched = False
        self._place: _Slot | None = None
        self.start()
        self._used = _get_cpu_clock(self)

    def run(self) -> None:
        while True:
            self._run_calls()

    def _run_calls(self) -> None:
        call, said = self.asked.get()
        if not self.watched:
            self.name = NAME
        try:
            outcome: Outcome = call(), None
        except BaseException as error:  # noqa: BLE001 - the boundary of this thread: whatever it is goes on in the caller's
            outcome = None, error
        del call
        if not self.watched:
            self.name = RESTING
            _resting.append(self)
        said.put(outcome)

    def call_here(self, seconds: float, call: Callable[[], T], end: Callable[[], None]) -> T:
        """Makes the call on this thread, which is the one that runs here. Raises RunTimeout where
        it was ended for that."""
        place = self._place = _Slot(seconds, end, self._used(), time.monotonic(), [])
        try:
            with (get_cancel_token() or CancelToken()).call_on_cancel(end):
                return call()
        finally:
            self._place = None
            for late in place.late:
                raise late from None  # whatever came of it

    def request_end(self) -> None:
        """Asks the call that is being made in place to end."""
        place = self._place
        if place is not None:
            place.end()

    def end_if_late(self) -> RunTimeout | None:
        """Ends that call where it has had its time, and gives what is raised for it; None where it
        has not, and where none is made."""
        place = self._place
        if place is None:
            return None
        left = place.seconds - (self._used() - place.used)
        if left > 0 and time.monotonic() <= place.began + WAITED * place.seconds:
            return None
        place.late.append(RunTimeout(busy=left > 0))
        place.end()
        return place.late[0]


class _Slot(NamedTuple):
    """A call that is made in place: its limit, how it is ended, both clocks when it began, and that
    it was too late."""

    seconds: float
    end: Callable[[], None]
    used: float
    began: float
    late: list[RunTimeout]


_resting: list[_Worker] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_resting.clear)  # threads stay in the parent


def _get_worker() -> _Worker:
    with suppress(IndexError):
        return _resting.pop()
    return _Worker()


def _wait_for_outcome(
    said: OutcomeQueue, seconds: float, used: Callable[[], float]
) -> tuple[Outcome | None, float]:
    """The outcome, None where the flag is raised or the call is out of time; and the seconds of
    processor time that are left then, none or less where it has used them."""
    until = time.monotonic() + WAITED * seconds
    while (left := seconds - used()) > 0 and time.monotonic() < until:
        with suppress(Empty):
            return said.get(timeout=min(LOOKED_EVERY_S, seconds)), left
    return None, left


def _wait_after_end(said: OutcomeQueue) -> Outcome | None:
    """Outcome of a call that was asked to end; None where it did not in the time that it was given."""
    until = time.monotonic() + LEAVE_S
    with suppress(Empty):
        while (outcome := said.get(timeout=max(0.0, until - time.monotonic()))) is None:
            continue
        return outcome
    return None


def _get_cpu_clock(thread: threading.Thread) -> Callable[[], float]:
    """Seconds of processor time of a thread that stays; of the whole process where a system has
    none."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.process_time
    assert thread.ident is not None, "it was started"
    return partial(time.clock_gettime, time.pthread_getcpuclockid(thread.ident))
