"""How often something happened a second, lately."""

from __future__ import annotations

import threading
from collections import deque

WINDOW_S = 2.0


class EventRate:
    """Counts over the last two seconds, or since the first count where that is less. Any thread; `now` is of one monotonic clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: deque[float] = deque()
        self._began: float | None = None

    def count_event(self, now: float) -> None:
        """It happened."""
        with self._lock:
            if self._began is None:
                self._began = now
                return  # the first one ends no interval
            self._times.append(now)
            self._drop_old(now)

    def get_per_second(self, now: float) -> float:
        """0 before it happened twice, and two seconds after it happened last."""
        with self._lock:
            self._drop_old(now)
            seconds = min(WINDOW_S, now - self._began) if self._began is not None else 0.0
            return len(self._times) / seconds if seconds > 0 else 0.0

    def _drop_old(self, now: float) -> None:
        while self._times and self._times[0] <= now - WINDOW_S:
            self._times.popleft()
