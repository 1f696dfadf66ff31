"""Where the time of a command goes: clock and processor time by stage, over all threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
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
