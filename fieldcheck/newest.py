"""A slot for one value between two threads: the writer never waits, the reader gets the newest or nothing."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestValue(Generic[T]):
    """Holds the newest value that nobody has taken yet.

    A queue between a camera and a window grows without bound as soon as the window is slower; this holds one value and
    counts those that were replaced unseen.
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
