"""One process writes a project at a time: a lock of the system decides, the JSON beside it says
who, and how it was left."""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fieldcheck.errors.files import PathRefused
from fieldcheck.errors.projects import ProjectLocked
from fieldcheck.files import join_inside, map_os_errors
from fieldcheck.progress import CancelToken, Progress, get_cancel_token
from fieldcheck.safe_json_yaml import parse_json

NAME = "lock"
POLL_S = 0.05
BEAT_S = 30.0
# a heartbeat younger than this, of another machine, counts as held: network file systems lose locks
FRESH_S = 90.0
# Windows' locks forbid reading what they cover, so the locked byte lies far behind the JSON
FAR = 1 << 30

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class LastWriterState:
    """The database file as the last writer left it: bytes and time of change, and on which
    machine."""

    machine: str
    size: int
    mtime_ns: int


class Lock:
    """A held lock, from `acquire_lock` to `release`. `left` is the state in which the previous
    writer left the database, None without a writer or after an unclean exit; `was_killed`: there
    was one and it exited uncleanly."""

    def __init__(self, handle: int, content: dict[str, Any], now: Callable[[], float]) -> None:
        self.left = _parse_last_state(content)
        self.was_killed = "heartbeat" in content and self.left is None
        self._handle = handle
        self._now = now
        self._since = _format_time(now())
        self._beaten = 0.0
        self.update_heartbeat()

    def update_heartbeat(self) -> None:
        """Write the heartbeat, at most every `BEAT_S` seconds."""
        if self._now() - self._beaten >= BEAT_S:
            self._beaten = self._now()
            _write_content(
                self._handle, {**_describe_owner(), "since": self._since, "heartbeat": self._beaten}
            )

    def release(self, database: Path | None) -> None:
        """Release the lock. `database` is the file that was closed cleanly; None after a failure,
        so that the next opening checks the whole database."""
        try:
            if database is not None and (measured := _measure_file(database)):
                _write_content(self._handle, {**_describe_owner(), "closed": measured})
        finally:
            os.close(self._handle)


def acquire_lock(
    folder: Path,
    wait_s: float,
    now: Callable[[], float] = time.time,
    progress: Progress | None = None,
) -> Lock:
    """Take the lock, waiting up to `wait_s`; `progress` counts the seconds.

    Raises ProjectLocked, ReadOnlyPlace, PathRefused (the lock is a link, or a folder); Cancelled
    where the flag that this thread works under is raised."""
    path = _check_lock_path(folder)
    with map_os_errors(folder):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    began, flag = time.monotonic(), get_cancel_token() or CancelToken()
    try:
        ours = False  # Windows does not lend a lock twice, not even to its holder
        while not (
            (ours := ours or _try_lock(handle))
            and not _is_held_elsewhere(_read_content(handle), now())
        ):
            if (waited := time.monotonic() - began) >= wait_s:
                content = _read_content(handle)
                raise ProjectLocked(
                    folder,
                    str(content.get("machine", "")),
                    _to_int(content.get("process")),
                    str(content.get("since", "")),
                )
            flag.check()
            if progress is not None:
                progress.report(int(waited), int(wait_s), "seconds")
            time.sleep(POLL_S)
        with map_os_errors(folder):
            return Lock(handle, _read_content(handle), now)
    except BaseException:
        os.close(handle)
        raise


def read_last_state(folder: Path) -> LastWriterState | None:
    """Return how the last writer left the database, without taking the lock; None while it is
    running or after an unclean exit."""
    try:
        handle = os.open(_check_lock_path(folder), os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return _parse_last_state(_read_content(handle))
    finally:
        os.close(handle)


def is_held(folder: Path) -> bool:
    """Whether a process of this machine has the project open for writing."""
    try:
        handle = os.open(_check_lock_path(folder), os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        return not _try_lock(handle)
    finally:
        os.close(handle)


def is_as_left(database: Path, last_state: LastWriterState | None) -> bool:
    """Whether the file is unchanged since it was closed cleanly on this machine."""
    return (
        last_state is not None
        and last_state.machine == platform.node()
        and {"size": last_state.size, "mtime_ns": last_state.mtime_ns} == _measure_file(database)
    )


def _check_lock_path(folder: Path) -> Path:
    """Where the lock lies. Raises PathRefused where it is a link, or something else that cannot be
    locked."""
    path = join_inside(folder, NAME)
    if path.is_dir():
        raise PathRefused(str(path), "device")
    return path


def _measure_file(database: Path) -> dict[str, int]:
    """Return the file's size and time of change; None where the folder is gone, as with an
    unplugged USB stick."""
    try:
        info = database.stat()
    except OSError:
        return {}
    return {"size": info.st_size, "mtime_ns": info.st_mtime_ns}


def _describe_owner() -> dict[str, Any]:
    return {"machine": platform.node(), "process": os.getpid()}


def _is_held_elsewhere(content: dict[str, Any], now: float) -> bool:
    """Whether a running process of another machine holds the lock, allowing for a clock that is
    ahead or behind. On this machine only the system's lock decides."""
    heartbeat = content.get("heartbeat")
    if (
        "closed" in content
        or not isinstance(heartbeat, int | float)
        or content.get("machine") == platform.node()
    ):
        return False
    return abs(now - heartbeat) < FRESH_S


def _parse_last_state(content: dict[str, Any]) -> LastWriterState | None:
    closed = content.get("closed")
    if not isinstance(closed, dict):
        return None
    return LastWriterState(
        str(content.get("machine", "")),
        _to_int(closed.get("size")),
        _to_int(closed.get("mtime_ns")),
    )


def _to_int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _read_content(handle: int) -> dict[str, Any]:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        document = parse_json(os.read(handle, 4096) or b"{}")
    except ValueError:
        return {}  # The file was being written, or is not a lock file of ours: nothing is known.
    return document if isinstance(document, dict) else {}


def _write_content(handle: int, content: dict[str, Any]) -> None:
    data = json.dumps(content).encode()
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, data)
        os.ftruncate(handle, len(data))
    except OSError as error:
        # A full disk must not stop the one who is clearing it: the lock holds without its JSON.
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise


def _format_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
