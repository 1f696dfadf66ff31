"""One call into a library that does not come back by itself: it has a time limit, and Ctrl-C reaches the program meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LEAVE_S = 5.0  # how long a call that was asked to end may take to do so


class TooLong(Exception):
    """The call took longer than it may, and was asked to end."""


def within(seconds: float, call: Callable[[], T], end: Callable[[], None]) -> T:
    """Result of `call`, or what it raises. After `seconds` it is asked to end by `end()`; then TooLong is raised.

    It runs on a thread of its own: a thread inside a library sees no signal, and Python handles signals on the first thread only.
    """
    came: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            came.append(call())
        except BaseException as error:  # noqa: BLE001 - whatever it is goes on in the caller's thread
            failed.append(error)

    thread = threading.Thread(target=run, name="one call", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        end()
        thread.join(LEAVE_S)
        raise TooLong
    if failed:
        raise failed[0]
    return came[0]
