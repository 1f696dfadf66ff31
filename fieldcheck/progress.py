"""Progress and cancelling of long work, a slot for one value between two threads, and the time that
each stage of a command takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, runtime_checkable

EARLIEST_SHARE, EARLIEST_S = 0.05, 2.0  # of the first time left


class Cancelled(Exception):
    """The work was cancelled. Not an error: finished parts are kept, and the next run continues
    from there."""


def has_pace(share: float, seconds: float) -> bool:
    """Whether a time left may be told: the first pieces take longest, so none below 5 % or before
    two seconds are behind."""
    return EARLIEST_SHARE <= share < 1 and seconds >= EARLIEST_S


class Progress(Protocol):
    """Progress of long work, handed to every piece of it. Both methods are cheap enough to call
    once a frame, from any thread."""

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        """`done` of `total` pieces are finished; `total` is None while nobody knows. `unit` names
        the pieces, as a code."""

    def check(self) -> None:
        """Return at once, or raise Cancelled where the work has been asked to stop."""


@runtime_checkable
class WarningSink(Protocol):
    """A progress display that can also show warnings while the work goes on."""

    def warn(self, error: Exception) -> None:
        """Says it in a sentence."""


class CancelToken:
    """Raised once by whoever wants work to stop, looked at by the work. It is never lowered
    again."""

    __slots__ = ("_ends", "_event")

    def __init__(self) -> None:
        self._event = threading.Event()
        self._ends = set[Callable[[], None]]()

    def cancel(self) -> None:
        """Ask the work to stop; safe from a signal handler and from any thread."""
        self._event.set()
        for end in tuple(self._ends):
            end()

    @contextmanager
    def call_on_cancel(self, end: Callable[[], None]) -> Iterator[None]:
        """For a step that cannot look at the flag itself: `end()` is called as soon as the flag is
        raised, or at once where it is.

        Without a lock: the flag is raised before the ends are gone through, and looked at after
        this one is among them. So `end` may be called twice, from any thread.
        """
        self._ends.add(end)
        try:
            if self.is_cancelled:
                end()
            yield
        finally:
            self._ends.discard(end)

    @property
    def is_cancelled(self) -> bool:
        """Whether the work has been asked to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled where the work has been asked to stop."""
        if self._event.is_set():
            raise Cancelled


class NullProgress:
    """Progress that nobody watches; it can still be stopped through its flag."""

    __slots__ = ("_flag",)

    def __init__(self, flag: CancelToken | None = None) -> None:
        self._flag = flag or CancelToken()

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        """Show nothing."""

    def check(self) -> None:
        """Raise Cancelled where the flag is up."""
        self._flag.check()


_under: ContextVar[CancelToken | None] = ContextVar("under", default=None)


def set_cancel_token(flag: CancelToken) -> None:
    """From now on what this thread, or this context of it, does ends with the flag, down to the
    single run of a model."""
    _under.set(flag)


@contextmanager
def use_cancel_token(flag: CancelToken) -> Iterator[None]:
    """Stop flag for a stretch of this thread's work, which ends with it as under
    `set_cancel_token`."""
    before = _under.set(flag)
    try:
        yield
    finally:
        _under.reset(before)


_behind: ContextVar[bool] = ContextVar("behind", default=False)


def set_background_work() -> None:
    """From now on what this context does leaves room for whoever waits for something else."""
    _behind.set(True)


def is_background_work() -> bool:
    """Whether nobody waits for what is done here."""
    return _behind.get()


def get_cancel_token() -> CancelToken | None:
    """The flag that ends what this thread does; None where nobody could raise one."""
    return _under.get()


# A slot for one value between two threads: the writer never waits, the reader gets the newest or
# nothing.

T = TypeVar("T")


class LatestValue(Generic[T]):
    """Holds the newest value that nobody has taken yet.

    A queue between a camera and a window grows without bound as soon as the window is slower; this
    holds one value and counts those that were replaced unseen.
    """

    __slots__ = ("_changed", "_full", "_replaced", "_value")

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._full = False
        self._replaced = 0

    def put_value(self, value: T) -> None:
        """Leave a value, in place of one that was not taken."""
        with self._changed:
            self._replaced += self._full
            self._value, self._full = value, True
            self._changed.notify()

    def take_value(self, wait_s: float = 0.0) -> T | None:
        """The newest value, once; None where nothing new came within `wait_s` seconds."""
        with self._changed:
            if not self._changed.wait_for(self._is_full, wait_s):
                return None
            value, self._value, self._full = self._value, None, False
            return value

    @property
    def replaced(self) -> int:
        """How many values were replaced before anybody took them."""
        with self._changed:
            return self._replaced

    def _is_full(self) -> bool:
        return self._full


Item = TypeVar("Item")
# Where the time of a command goes: clock and processor time by stage, over all threads.

_END = object()


@dataclass(slots=True)
class StageTime:
    """Time of one stage without the stages inside it, in seconds over all threads: `clock_s` by
    the clock, `processor_s` of the threads that ran it (not of those a library started), in
    `calls` calls."""

    clock_s: float = 0.0
    processor_s: float = 0.0
    calls: int = 0

    def add(self, clock_s: float, processor_s: float, calls: int) -> None:
        """Adds to the sums."""
        self.clock_s += clock_s
        self.processor_s += processor_s
        self.calls += calls


class StageTimes:
    """Times by stage, in the order in which the stages began. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: dict[str, StageTime] = {}
        self._open = threading.local()  # `spent`: clock and processor time of inner stages, a level

    @contextmanager
    def time_stage(self, stage: str) -> Iterator[None]:
        """Counts what runs inside as `stage`, and no longer as the stage around it."""
        with self._lock:
            self._times.setdefault(stage, StageTime())
        levels: list[list[float]] = self._open.__dict__.setdefault("spent", [])
        levels.append([0.0, 0.0])
        clock, processor = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            clock_s, processor_s = time.perf_counter() - clock, time.thread_time() - processor
            inner = levels.pop()
            if levels:
                levels[-1][0] += clock_s
                levels[-1][1] += processor_s
            with self._lock:
                self._times[stage].add(clock_s - inner[0], processor_s - inner[1], 1)

    def list_times(self) -> dict[str, StageTime]:
        """A copy of the times so far."""
        with self._lock:
            return {
                stage: StageTime(time.clock_s, time.processor_s, time.calls)
                for stage, time in self._times.items()
            }


_running: StageTimes | None = None  # of this process: stages run on threads of their own


@contextmanager
def measure_stages() -> Iterator[StageTimes]:
    """While it lasts, `time_stage` of every thread counts into what is yielded."""
    global _running
    before, _running = _running, StageTimes()
    try:
        yield _running
    finally:
        _running = before


@contextmanager
def time_stage(stage: str) -> Iterator[None]:
    """Counts what runs inside as `stage` of the command that is measured; costs next to nothing
    where none is."""
    times = _running
    if times is None:
        yield
        return
    with times.time_stage(stage):
        yield


def time_items(stage: str, items: Iterable[Item]) -> Iterator[Item]:
    """The items; the making of each counts as `stage`, what is done with it does not."""
    iterator = iter(items)
    while True:
        with time_stage(stage):
            item = next(iterator, _END)
        if item is _END:
            return
        yield item  # type: ignore[misc]  # whatever is not the end is an item
