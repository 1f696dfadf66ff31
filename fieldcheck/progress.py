"""How long work tells how far it is, and how it is asked to stop."""

from __future__ import annotations

import threading
from typing import Protocol


class Cancelled(Exception):
    """Somebody asked the work to stop. No error: what was finished stays, and the next run goes on from there."""


class Progress(Protocol):
    """What every piece of long work is handed. Both methods are cheap enough to call once a frame, from any thread."""

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        """`done` of `total` pieces are finished; `total` is None while nobody knows. `unit` names the pieces, as a code."""

    def check(self) -> None:
        """Return at once, or raise Cancelled where the work has been asked to stop."""


class StopFlag:
    """Raised once by whoever wants work to stop, looked at by the work. It is never lowered again."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def stop(self) -> None:
        """Ask the work to stop; safe from a signal handler and from any thread."""
        self._event.set()

    @property
    def stopping(self) -> bool:
        """Whether the work has been asked to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled where the work has been asked to stop."""
        if self._event.is_set():
            raise Cancelled


class Silent:
    """Progress that nobody watches; it can still be stopped through its flag."""

    __slots__ = ("_flag",)

    def __init__(self, flag: StopFlag | None = None) -> None:
        self._flag = flag or StopFlag()

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        """Show nothing."""

    def check(self) -> None:
        """Raise Cancelled where the flag is up."""
        self._flag.check()
