"""Sticks and cards that a report can be put on, looked for again and again while somebody looks at the screen.

The looking is done beside the window: a network drive that is gone can hold up whoever asks for it.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStorageInfo, Signal

from fieldcheck.newest import Newest
from fieldcheck.ui.poll import Poll

LOOK_EVERY_S, SHOW_EVERY_MS, WAIT_S = 2.0, 250, 1.0
MOUNTED_BY_HAND = {"linux": ("/media/", "/run/media/"), "darwin": ("/Volumes/",)}
"""Where a system puts what is plugged in."""
WINDOWS_REMOVABLE = 2  # DRIVE_REMOVABLE of GetDriveTypeW


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive that can be written and taken away. `free` in bytes."""

    name: str
    root: Path
    free: int


Found = tuple[Drive, ...]


class Drives(QObject):
    """`found` carries the drives that are there, each time that others are."""

    found = Signal(object)

    def __init__(self, look_for: Callable[[], Found] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look_for = look_for or removable_drives
        self._poll = Poll(self._arrived, SHOW_EVERY_MS, self)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._known: Found | None = None

    def start(self) -> None:
        """Look from now on, at once and then every two seconds; who looks already goes on."""
        if self._thread is not None:
            return
        self._known, self._stop = None, threading.Event()
        slot: Newest[Found] = Newest()
        self._thread = threading.Thread(target=_watch, args=(slot, self._stop, self._look_for), name="drives", daemon=True)
        self._thread.start()
        self._poll.start(slot)

    def stop(self) -> None:
        """Look no more. A look that hangs is not waited for: its thread ends with the program."""
        self._poll.stop()
        self._stop.set()
        if self._thread is not None:
            self._thread.join(WAIT_S)
            self._thread = None

    def _arrived(self, drives: Found) -> None:
        if drives != self._known:
            self._known = drives
            self.found.emit(drives)


def removable_drives() -> Found:
    """Every drive that can be taken away and is not write-protected."""
    volumes = [one for one in QStorageInfo.mountedVolumes() if one.isValid() and one.isReady() and not one.isReadOnly()]
    return tuple(
        Drive(one.name() or Path(one.rootPath()).name or one.rootPath(), Path(one.rootPath()), one.bytesAvailable())
        for one in volumes
        if can_be_taken_away(one.rootPath(), sys.platform)
    )


def can_be_taken_away(root: str, platform: str) -> bool:
    """Whether a drive at `root` is one that people plug in and pull out."""
    if platform == "win32":
        return bool(ctypes.windll.kernel32.GetDriveTypeW(root) == WINDOWS_REMOVABLE)  # type: ignore[attr-defined]
    return root.startswith(MOUNTED_BY_HAND.get(platform, ()))


def _watch(slot: Newest[Found], stop: threading.Event, look_for: Callable[[], Found]) -> None:
    while not stop.is_set():
        slot.put(look_for())
        stop.wait(LOOK_EVERY_S)
