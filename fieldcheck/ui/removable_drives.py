"""Removable drives, polled while somebody looks: where a report is written to and files come
from."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStorageInfo, Signal

from fieldcheck.progress import LatestValue
from fieldcheck.ui.jobs import LatestValuePoller

LOOK_EVERY_S, SHOW_EVERY_MS, WAIT_S = 2.0, 250, 1.0
MOUNTED_BY_HAND = {"linux": ("/media/", "/run/media/"), "darwin": ("/Volumes/",)}
"""Folders in which a system mounts removable drives."""
WINDOWS_REMOVABLE = 2  # DRIVE_REMOVABLE of GetDriveTypeW


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive that can be written and taken away. `free` in bytes."""

    name: str
    root: Path
    free: int


RemovableDrives = tuple[Drive, ...]


class DriveWatcher(QObject):
    """`drives_changed` carries the drives that are there, each time that others are."""

    drives_changed = Signal(object)

    def __init__(
        self, look_for: Callable[[], RemovableDrives] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._look_for = look_for or list_removable_drives
        self._poll = LatestValuePoller(self._on_drives_listed, SHOW_EVERY_MS, self)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._known: RemovableDrives | None = None

    def start(self) -> None:
        """Look from now on, at once and then every two seconds; who looks already goes on."""
        if self._thread is not None:
            return
        self._known, self._stop = None, threading.Event()
        slot: LatestValue[RemovableDrives] = LatestValue()
        self._thread = threading.Thread(
            target=_poll_drives, args=(slot, self._stop, self._look_for), name="drives", daemon=True
        )
        self._thread.start()
        self._poll.start(slot)

    def stop(self) -> None:
        """Look no more. A look that hangs is not waited for: its thread ends with the program."""
        self._poll.stop()
        self._stop.set()
        if self._thread is not None:
            self._thread.join(WAIT_S)
            self._thread = None

    def _on_drives_listed(self, drives: RemovableDrives) -> None:
        if drives != self._known:
            self._known = drives
            self.drives_changed.emit(drives)


def list_removable_drives() -> RemovableDrives:
    """Every drive that can be taken away and is not write-protected."""
    volumes = [
        volume
        for volume in QStorageInfo.mountedVolumes()
        if volume.isValid() and volume.isReady() and not volume.isReadOnly()
    ]
    return tuple(
        Drive(
            volume.name() or Path(volume.rootPath()).name or volume.rootPath(),
            Path(volume.rootPath()),
            volume.bytesAvailable(),
        )
        for volume in volumes
        if is_removable(volume.rootPath(), sys.platform)
    )


def is_removable(root: str, platform: str) -> bool:
    """Whether a drive at `root` is one that people plug in and pull out."""
    if platform == "win32":
        return bool(ctypes.windll.kernel32.GetDriveTypeW(root) == WINDOWS_REMOVABLE)  # type: ignore[attr-defined]
    return root.startswith(MOUNTED_BY_HAND.get(platform, ()))


def _poll_drives(
    slot: LatestValue[RemovableDrives],
    stop: threading.Event,
    look_for: Callable[[], RemovableDrives],
) -> None:
    while not stop.is_set():
        slot.put_value(look_for())
        stop.wait(LOOK_EVERY_S)
