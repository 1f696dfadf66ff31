"""Files that are complete or absent, paths that stay inside their folder, and disk space reserved
for labels and the report."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import BinaryIO, Self

from fieldcheck.errors.files import (
    DiskFull,
    FieldcheckError,
    FolderGone,
    NotStored,
    PathMissing,
    PathRefused,
    ReadOnlyPlace,
)
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.paths import DATABASE, PRIVATE, make_private
from fieldcheck.progress import Progress

CHUNK = 1 << 20
PROBE = 1 << 16
# how the names of temporary folders begin, so that what a kill leaves behind is found
TEMPORARY = "fieldcheck-"
ELSEWHERE = "…"  # a folder of another computer
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
# a file where a folder should be, or the other way round
TAKEN = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY}
# What a disk that was pulled out, or a share whose line was cut, answers with.
GONE = {
    getattr(errno, name)
    for name in ("EIO", "ENODEV", "ENXIO", "ENOTCONN", "ESTALE", "EREMOTEIO")
    if hasattr(errno, name)
}


def write_bytes(path: Path, data: bytes, private: bool = False) -> None:
    """Write a whole file or none: after a crash `path` holds the old bytes or the new ones, never a
    part. `private`: for this user alone, in a folder that is made so.

    Raises DiskFull, ReadOnlyPlace, PathMissing (no such folder).
    """
    if private:
        with map_os_errors(path):
            make_private(path.parent)
    with open_atomic(path, private) as out:
        out.write(data)


def write_text(path: Path, text: str, private: bool = False) -> None:
    """Writes text as `write_bytes` does, in UTF-8 and with the line ends that stand in `text`."""
    write_bytes(path, text.encode("utf-8"), private)


@contextmanager
def open_atomic(path: Path, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write in pieces; it takes the place of `path` at the end of the block, on disk.
    After an error nothing is left of it. `private`: this user alone may read it.

    Raises DiskFull, ReadOnlyPlace, PathMissing (no such folder).
    """
    part = path.with_name(path.name + ".part")
    try:
        # Made anew and never opened: what lies there may be a link, put there to have another file
        # overwritten.
        with map_os_errors(path):
            _remove_part(part)
        with (
            map_os_errors(path),
            open(part, "xb", opener=_open_private if private else None) as out,
        ):
            yield out
            out.flush()
            os.fsync(out.fileno())
        with map_os_errors(path):
            part.replace(path)
            sync_folder(path.parent)
    finally:
        _remove_part(part)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE)


@contextmanager
def map_os_errors(path: Path) -> Iterator[None]:
    """Turns what the system says about writing `path` into DiskFull, ReadOnlyPlace, PathMissing,
    PathOccupied, NotStored or FolderGone; other errors pass."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(path) from error
        if error.errno in NO_RIGHT:
            raise ReadOnlyPlace(path) from error
        if error.errno == errno.ENOENT:
            raise PathMissing(path.parent) from error
        if error.errno in TAKEN:
            raise PathOccupied(path) from error
        if error.errno in GONE:
            raise (NotStored(path) if _is_reachable(path.parent) else FolderGone(path)) from error
        raise


def find_write_error(path: Path) -> FieldcheckError:
    """Reason for a write to `path`, or to a companion whose name begins so, that failed and of
    which nobody kept what the system said, found by writing beside it: DiskFull, ReadOnlyPlace,
    PathMissing or FolderGone; NotStored where that goes well."""
    try:
        with map_os_errors(path), tempfile.TemporaryFile(dir=path.parent) as probe:
            probe.write(bytes(PROBE))
            largest = max(
                (
                    item.stat().st_size
                    for item in path.parent.iterdir()
                    if item.name.startswith(path.name)
                ),
                default=0,
            )
            # as far out as the next piece would lie: a file may have a largest size
            probe.seek(largest + PROBE)
            probe.write(b"\0")
            probe.flush()
            os.fsync(probe.fileno())
    except FieldcheckError as error:
        return error
    except OSError:
        return NotStored(path)
    return NotStored(path)


def _is_reachable(folder: Path) -> bool:
    """Whether a folder's disk still takes what is asked of it."""
    try:
        sync_folder(folder)
    except OSError:
        return False
    return True


def to_path_refused(error: OSError) -> PathRefused | None:
    """System error of a path where nobody wrote: no such name can be, or this user has no right to
    look. None for the rest."""
    problem = (
        "name" if error.errno == errno.ENAMETOOLONG else "right" if error.errno in NO_RIGHT else ""
    )
    return PathRefused(str(error.filename), problem) if problem and error.filename else None


def is_project(folder: Path) -> bool:
    """Whether a folder is a project: its database lies there."""
    return (folder / DATABASE).is_file()


def remove_stale(folder: Path, name: str, older_s: float = 3600.0) -> None:
    """Takes away files and folders of a process that was killed: those in `folder` itself whose
    whole name fits the pattern, and that nobody has touched for so long, for another process may be
    at work beside this one. What resists stays."""
    try:
        paths = [
            path
            for path in folder.iterdir()
            if re.fullmatch(name, path.name) and time.time() - path.lstat().st_mtime > older_s
        ]
    except OSError:
        return
    for path in paths:
        remove_path(path)


def remove_path(path: Path) -> None:
    """Takes a file, a link or a whole folder away, as far as that can be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def find_unused_path(folder: Path, name: str, ending: str = "") -> Path:
    """`folder/name` with its ending, or the first of `name_2`, `name_3` … that is not there."""
    return next(
        path
        for n in count(1)
        if not os.path.lexists(
            path := folder / (f"{name}_{n}{ending}" if n > 1 else f"{name}{ending}")
        )
    )


def sync_folder(folder: Path) -> None:
    """Put a folder's list of names on disk, so that a rename in it outlives a power cut. Windows
    has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_file(path: Path, progress: Progress | None = None) -> str:
    """SHA-256 of a file's bytes, 64 hexadecimal digits. Progress counts bytes. Raises PathMissing,
    Cancelled."""
    import hashlib  # with it comes OpenSSL, which a window that opens has no use for

    digest = hashlib.sha256()
    try:
        source = path.open("rb")
    except FileNotFoundError:
        raise PathMissing(path) from None
    with source:
        total, done = os.fstat(source.fileno()).st_size, 0
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if progress is not None:
                progress.check()
                progress.report(done, total, "bytes")
    return digest.hexdigest()


def make_json_key(value: object) -> str:
    """Name for a value by its content: 16 hexadecimal digits of the SHA-256 of its JSON."""
    import hashlib  # as above
    import json

    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def join_inside(root: Path, relative: str) -> Path:
    """The path that a stranger's file means by `relative`, which must lie inside `root` and need
    not exist.

    Raises PathRefused with `problem` `empty`, `absolute` (also drives, UNC paths and URLs),
    `outside` (`..`), `link` (any part of it is one), `device` (neither file nor folder) or `name`
    (no file can be called so here).
    """
    if problem := find_path_problem(relative):
        raise PathRefused(relative, problem)
    require_utf8(relative)
    parts = PurePosixPath(relative).parts
    path = root
    for part in PureWindowsPath(relative).parts if os.name == "nt" else parts:
        path = path / part
        _check_not_special(path, relative)
    return path


def join_inside_data_set(root: Path, relative: str) -> Path:
    """Path of a picture or label file in a user's data set, as `join_inside`, but through links
    that stay in the user's own folder.

    DVC and similar tools put links into a cache in place of the files. A link is followed where it
    ends at a file or folder below `root`, or below the nearest folder above that holds a `.dvc`:
    whoever hands on a set can lead no further than what came with it. Raises PathRefused as
    `join_inside`.
    """
    path = root
    if problem := find_path_problem(relative):
        raise PathRefused(relative, problem)
    require_utf8(relative)
    for part in (
        PureWindowsPath(relative).parts if os.name == "nt" else PurePosixPath(relative).parts
    ):
        path = path / part
        try:
            _check_not_special(path, relative)
        except PathRefused as error:
            if error.problem != "link" or not _is_inside_set(root, path):
                raise
    return path


def is_linked(root: Path, relative: str) -> bool:
    """Whether any part of a path below `root` is a link."""
    path = root
    return any((path := path / part).is_symlink() for part in PurePosixPath(relative).parts)


def _is_inside_set(root: Path, link: Path) -> bool:
    """Whether a link ends at a file or folder that belongs to the set."""
    own = root.resolve()
    reach = next((folder for folder in (own, *own.parents) if (folder / ".dvc").is_dir()), own)
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # it leads nowhere, or in a circle
        return False
    return target.is_relative_to(reach) and (target.is_file() or target.is_dir())


def find_path_problem(relative: str) -> str:
    """Fault of a path that must stay in a folder, seen from its letters alone: `empty`, `absolute`,
    `outside`; or nothing."""
    if not relative.strip() or "\0" in relative:
        return "empty"
    if ":" not in relative and "\\" not in relative:
        # Windows reads it like the others: no need to make both kinds of path for each picture of
        # a long list.
        climbs = ".." in relative.split("/")
        return "absolute" if relative.startswith("/") else "outside" if climbs else ""
    posix, windows = PurePosixPath(relative), PureWindowsPath(relative)
    if posix.is_absolute() or windows.drive or windows.root or "://" in relative:
        return "absolute"
    # On Windows a backslash separates as well; elsewhere it is refused only where it would climb
    # out on Windows.
    return "outside" if ".." in posix.parts or ".." in windows.parts else ""


def is_share(path: str) -> bool:
    """Whether a path names a share of another computer, as Windows writes it: there, a look at one
    sends this user's name and password hash to it."""
    return PureWindowsPath(path).drive.startswith("\\\\")


def shorten_path(path: str, key: str = "") -> str:
    """The last part of an absolute path in a folder that no computer has: `/home/ana/bccd` →
    `…/bccd`, with a key `…KEY/bccd`."""
    return f"{ELSEWHERE}{key}/{PureWindowsPath(path).name}"


def require_utf8(name: str) -> str:
    """The name itself, which is text that databases, reports and other computers can hold.

    Raises PathRefused `name` for one in another encoding than UTF-8, such as an umlaut that an old
    archive brought to Linux.
    """
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise PathRefused(name, "name") from error
    return name


def _check_not_special(path: Path, shown: str) -> None:
    try:
        info = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise PathRefused(shown, "name") from error
        raise
    if stat.S_ISLNK(info.st_mode) or _is_junction(info):
        raise PathRefused(shown, "link")
    if not (stat.S_ISREG(info.st_mode) or stat.S_ISDIR(info.st_mode)):
        raise PathRefused(shown, "device")


def _is_junction(info: os.stat_result) -> bool:
    """Windows' second kind of link, which `lstat` calls a folder; Python 3.11 knows it by its
    reparse tag only."""
    return getattr(info, "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)


def _remove_part(part: Path) -> None:
    try:
        part.unlink()
    except FileNotFoundError:
        return


class Closeable(ABC):
    """Context manager that calls its own `close` when it is left, whether by an error or not."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Closes files, threads and devices."""


# Disk space that is kept back, for labels and the report: a file that takes up the room and is
# given back where it is needed.

# an ending that the next opening sweeps away, should this process be killed
RESERVE = "reserve.part"
PIECE = 1 << 20


class DiskReserve:
    """A file that takes up room nobody else can have, until it is let go: then that room is there
    for labels and the report."""

    def __init__(self, folder: Path, n_bytes: int) -> None:
        self._path, self._n_bytes = folder / RESERVE, n_bytes

    def reserve_space(self) -> None:
        """Takes the room. Raises DiskFull, ReadOnlyPlace; then nothing is left of it."""
        try:
            with map_os_errors(self._path):
                self.release()  # what another process left, or a link, which is not written through
                with self._path.open("xb") as file:
                    _fill_file(file.fileno(), self._n_bytes)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Gives it back. May be called twice."""
        self._path.unlink(missing_ok=True)


def _fill_file(handle: int, n_bytes: int) -> None:
    """Room that is really taken, not promised: where the system has no call for that, zeros are
    written."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, n_bytes)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
                raise
        else:
            return
    for index in range(0, n_bytes, PIECE):
        os.write(handle, bytes(min(PIECE, n_bytes - index)))
