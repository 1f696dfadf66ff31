"""Room on the disk of a recording: how long it lasts, and when it must stop so that labels and report always fit."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

WINDOW_S = 30.0  # over which the rate is measured

Level = Literal["plenty", "short", "urgent", "stop"]


@dataclass(frozen=True, slots=True)
class DiskLimits:
    """`short_s` and `urgent_s`: seconds of recording left below which it is said. A recording stops where less is free than `stop_bytes`
    or than `stop_s` seconds of it would take; `reserve_bytes` are held back beside that while it runs."""

    short_s: float = 15 * 60
    urgent_s: float = 5 * 60
    stop_bytes: int = 1_000_000_000
    stop_s: float = 2 * 60
    reserve_bytes: int = 200_000_000


@dataclass(frozen=True, slots=True)
class DiskSpaceLeft:
    """`bytes_per_s` of this recording as written over the last 30 s; `seconds` until it stops by itself, with whatever else is recorded on
    this disk reckoned in, None where nothing is written yet."""

    free_bytes: int
    bytes_per_s: float
    seconds: float | None
    level: Level


class DiskUsageRegistry:
    """The bytes a second of every recording that is written to one disk, so that each can reckon with all of them. Any thread."""

    def __init__(self) -> None:
        self._rates: dict[DiskSpaceMonitor, float] = {}

    def set_write_rate(self, room: DiskSpaceMonitor, bytes_per_s: float) -> None:
        """So much is written by this one now."""
        self._rates[room] = bytes_per_s

    def remove_writer(self, room: DiskSpaceMonitor) -> None:
        """It writes no more."""
        self._rates.pop(room, None)

    def total_other_rates(self, room: DiskSpaceMonitor) -> float:
        """Bytes a second that all the others write."""
        return sum(rate for one, rate in tuple(self._rates.items()) if one is not room)


class DiskSpaceMonitor:
    """Measures what is left in the folder that a recording is written to, `together` with the others there. One thread."""

    def __init__(
        self,
        folder: Path,
        limits: DiskLimits | None = None,
        free: Callable[[Path], int] | None = None,
        together: DiskUsageRegistry | None = None,
    ) -> None:
        self._folder, self.limits = folder, limits or DiskLimits()
        self._free, self._together = free or _get_free_bytes, together or DiskUsageRegistry()
        self._written: deque[tuple[float, int]] = deque()

    def get_space_left(self, now: float, n_bytes: int, expected: float = 0.0) -> DiskSpaceLeft:
        """Disk space left at `now` (monotonic seconds), `n_bytes` having been written so far; `expected` bytes a second stand in for a rate
        that cannot be measured yet."""
        free = self._free(self._folder)
        rate = self._compute_write_rate(now, n_bytes) or expected
        if n_bytes:
            self._together.set_write_rate(self, rate)
        everything = rate + self._together.total_other_rates(self)
        floor = max(self.limits.stop_bytes, everything * self.limits.stop_s)
        seconds = max(0.0, free - floor) / everything if rate else None
        return DiskSpaceLeft(free, rate, seconds, self._get_level(free, floor, seconds))

    def close(self) -> None:
        """This recording writes no more."""
        self._together.remove_writer(self)

    def _compute_write_rate(self, now: float, n_bytes: int) -> float:
        self._written.append((now, n_bytes))
        while self._written[0][0] < now - WINDOW_S and len(self._written) > 2:
            self._written.popleft()
        (began, before), passed = self._written[0], now - self._written[0][0]
        return max(0, n_bytes - before) / passed if passed > 0 and began < now else 0.0

    def _get_level(self, free: int, floor: float, seconds: float | None) -> Level:
        if free <= floor:
            return "stop"
        if seconds is None or seconds >= self.limits.short_s:
            return "plenty"
        return "urgent" if seconds < self.limits.urgent_s else "short"


def _get_free_bytes(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
