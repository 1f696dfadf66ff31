"""Finds what a test leaves behind or reaches for: sockets, threads, windows."""

import ipaddress
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

REACHING_OUT = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
ASKING_NAMES = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


class NetworkRefused(RuntimeError):
    """A test tried to open a connection that it may not open."""


@dataclass
class _Watch:
    """What the test at hand may do, and what it tried to do."""

    on: bool = False
    loopback: bool = False
    refused: list[str] = field(default_factory=list)


_watch = _Watch()


def watch_sockets() -> None:
    """Look at every connection this process opens from Python, for as long as it lives. An audit
    hook cannot be taken off again."""
    sys.addaudithook(_look)


@contextmanager
def sockets(loopback: bool) -> Iterator[list[str]]:
    """While it lasts, connections are refused and listed; with `loopback`, those that stay on this
    machine are let through."""
    _watch.on, _watch.loopback, _watch.refused = True, loopback, []
    try:
        yield _watch.refused
    finally:
        _watch.on = False


def threads() -> set[threading.Thread]:
    """The threads that run now."""
    return {thread for thread in threading.enumerate() if thread.is_alive()}


def threads_left(before: set[threading.Thread], grace_s: float) -> list[str]:
    """Names of the threads that were not running `before` and do not end within `grace_s`
    seconds."""
    until = time.monotonic() + grace_s
    running = threads() - before - {threading.current_thread()}
    while (running := running & threads()) and time.monotonic() < until:
        next(iter(running)).join(0.02)
    return sorted(thread.name for thread in running)


def windows() -> set[str]:
    """The top-level windows there are now, by address and class; those that were told to go are
    gone. Does not load Qt."""
    widgets, core = sys.modules.get("PySide6.QtWidgets"), sys.modules.get("PySide6.QtCore")
    if widgets is None or core is None or widgets.QApplication.instance() is None:
        return set()
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    return {repr(widget) for widget in widgets.QApplication.topLevelWidgets()}


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watch.on:
        return
    # a local (unix) socket has a path instead
    if event in REACHING_OUT and isinstance(arguments[1], tuple):
        _refuse_unless_local(event, arguments[1][0])
    elif event in ASKING_NAMES:
        _refuse_unless_local(event, arguments[0])


def _refuse_unless_local(event: str, host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if _watch.loopback and is_loopback(name):
        return
    _watch.refused.append(f"{event} {name}")
    raise NetworkRefused(f"{event} {name}")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine and no interface to the outside."""
    if host in {"localhost", "None"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
