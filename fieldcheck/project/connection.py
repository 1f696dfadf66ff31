"""Connections to a project's databases: one read-only connection per thread, and one thread that
writes, one transaction per function."""

from __future__ import annotations

import logging
import os
import queue
import shutil
import sqlite3
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from sqlite_utils import Database

from fieldcheck.errors.files import DiskFull, PathMissing, PathRefused, ReadOnlyPlace
from fieldcheck.errors.projects import ProjectClosed, ProjectDamaged, ProjectLocked
from fieldcheck.files import TEMPORARY, find_write_error, map_os_errors
from fieldcheck.progress import time_stage
from fieldcheck.project.tables.values import UnfitValue

Synchronous = Literal["FULL", "NORMAL"]

# bytes; SQLite opens nothing whose path, with the ending of its companions, has more than 512
LONGEST_PATH = 500
BUSY_S = 10.0  # how long a statement waits for another program that has the file open
PRIMARY = 0xFF  # the low byte of SQLite's error code is the family of the error
# A quota, a size limit of the system and a disk that fails all reach us as a failed write, which
# says no more than that.
NOT_WRITTEN = {
    *(sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE),
    *(sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC),
}
# how a journal begins, and how one ends that names another file (SQLite: super-journal)
JOURNAL = bytes.fromhex("d9d505f920a163d7")
UNREADABLE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}


# SQLite maps a file of 32 KiB beside a database in WAL mode. Where the disk has no room for all of
# it, the system ends the process (SIGBUS) instead of reporting an error. Twice as much is required.
LEAST_FREE_BYTES = 64 << 10


def open_for_writing(path: Path, synchronous: Synchronous) -> Database:
    """Open the write connection in WAL mode with synchronous=FULL, so that a commit is on disk
    before it is acknowledged. Creates a missing file. Raises DiskFull, ReadOnlyPlace, PathRefused
    (too long), ProjectDamaged."""
    with map_database_errors(path):
        _require_room_for_shm(path)
        db = _open_connection(path, "mode=rwc")
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA synchronous = {synchronous}")
        except BaseException:
            db.close()
            raise
    return db


def open_for_reading(path: Path, unchanging: bool = False, beside_writer: bool = False) -> Database:
    """A read-only connection. `unchanging`: no process writes the file and its folder cannot hold
    SQLite's companion files. `beside_writer`: this process has a write connection, so that they
    are there.

    Raises ProjectDamaged, ReadOnlyPlace (the folder must be writable for a database in WAL mode
    unless `unchanging`)."""
    with map_database_errors(path):
        if not unchanging:
            if not beside_writer:
                _require_room_for_shm(path)
            if _get_journal_path(path).exists():
                _roll_back(path)
        db = _open_connection(path, "mode=ro&immutable=1" if unchanging else "mode=ro")
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            db.close()
            raise
    return db


def _require_room_for_shm(path: Path) -> None:
    """Raises DiskFull where SQLite could not make its `-shm` file whole. One that is there already
    does not count: the first connection cuts it to nothing and makes it anew."""
    if shutil.disk_usage(path.parent).free < LEAST_FREE_BYTES:
        raise DiskFull(path)


def _get_journal_path(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def _roll_back(path: Path) -> None:
    """Undo a change of journal mode that a crash interrupted; a read-only connection cannot do
    it."""
    db = _open_connection(path, "mode=rw")
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        db.close()


def _check_journal(path: Path) -> None:
    """Raises ProjectDamaged for a journal that names another file: SQLite would delete that file,
    and no transaction of a project spans two databases."""
    journal = _get_journal_path(path)
    if not journal.is_file():
        return
    with journal.open("rb") as file:
        file.seek(max(0, journal.stat().st_size - len(JOURNAL)))
        if file.read() == JOURNAL:
            raise ProjectDamaged(path, "journal")


def _open_connection(path: Path, query: str) -> Database:
    """Open a read-only connection. On a disk without a free byte SQLite cannot create its companion
    files, so the file is opened as on a read-only disk."""
    if "immutable" not in query:
        _check_journal(path)
    # Transactions are ours alone (`db.atomic()`), hence no isolation level. Closing may happen from
    # another thread than reading.
    conn = sqlite3.connect(
        f"{path.absolute().as_uri()}?{query}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
    conn.execute("PRAGMA trusted_schema = OFF")
    conn.execute("PRAGMA cell_size_check = ON")
    return Database(conn, recursive_triggers=False, execute_plugins=False)


@contextmanager
def map_database_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite and the system say about `path` into DiskFull, ReadOnlyPlace, NotStored,
    FolderGone, ProjectLocked or ProjectDamaged; others pass.

    A name in another encoding than UTF-8, which no row can hold, becomes PathRefused.
    """
    try:
        with map_os_errors(path):
            yield
    except sqlite3.DatabaseError as error:
        named = _map_error(error, path)
        if named is None:
            raise
        raise named from error
    except UnicodeEncodeError as error:
        raise PathRefused(error.object, "name") from error
    except UnfitValue as error:
        raise ProjectDamaged(path, str(error)) from error


def _map_error(error: sqlite3.DatabaseError, path: Path) -> Exception | None:
    """Return the matching error of the product; None where the fault is the program's and not the
    file's or the disk's."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # The driver's own complaint carries no code.
        return ProjectDamaged(path, "text") if "decode to UTF-8" in str(error) else None
    family = code & PRIMARY
    if family == sqlite3.SQLITE_FULL:
        return DiskFull(path)
    if code in NOT_WRITTEN:
        return find_write_error(path)
    if family == sqlite3.SQLITE_CANTOPEN and len(os.fsencode(path.absolute())) > LONGEST_PATH:
        return PathRefused(str(path), "long")
    if family in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return ReadOnlyPlace(path)
    if family in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ProjectLocked(path, "", 0, "")
    # a damaged head, which has no code of its own
    if family in UNREADABLE or "unsupported file format" in str(error):
        return ProjectDamaged(path, error.sqlite_errorname)
    return None


# Reading: every thread has a read-only connection of its own, and every question sees one state of
# the project.

T = TypeVar("T")


@dataclass(slots=True, weakref_slot=True)
class _ReadConnection:
    """The read connection of one thread. `asking` is held while a query runs on it."""

    db: Database
    asking: threading.Lock = field(default_factory=threading.Lock)
    closed: bool = False


class Reader:
    """Opens a connection when a thread first asks. `beside_writer`: as for `open_for_reading`.
    Raises ProjectDamaged where a page cannot be made sense of."""

    def __init__(self, path: Path, beside_writer: bool = False) -> None:
        self._path, self._beside_writer = path, beside_writer
        self._copies: list[tempfile.TemporaryDirectory[str]] = []
        self._unchanging = not os.access(path.parent, os.W_OK)
        self._source = self._copy_with_wal(path) if self._unchanging and _has_wal(path) else path
        self._mine = threading.local()
        self._opening = threading.Lock()
        self._open: list[_ReadConnection] = []

    def read(self, question: Callable[[Database], T]) -> T:
        """The answer to `question(db)`, which sees one state of the database however many
        statements it makes."""
        while True:
            mine = self._get_connection()
            with mine.asking:
                if not mine.closed:
                    with map_database_errors(self._path), mine.db.atomic():
                        return question(mine.db)

    def close(self) -> None:
        """Close every thread's connection as soon as its current query ends; closing one during a
        query would crash SQLite."""
        with self._opening:
            while self._open:
                read_connection = self._open.pop()
                with read_connection.asking:
                    read_connection.closed = True
                    read_connection.db.close()
            for copy in self._copies:
                copy.cleanup()
            self._mine = threading.local()

    def _get_connection(self) -> _ReadConnection:
        mine: _ReadConnection | None = getattr(self._mine, "one", None)
        if mine is None or mine.closed:
            mine = _ReadConnection(self._open_connection())
            # A job that ends late asks once more after `close`: nobody else closes its connection.
            weakref.finalize(mine, mine.db.close).atexit = False
            self._mine.one = mine
            with self._opening:
                self._open.append(mine)
        return mine

    def _open_connection(self) -> Database:
        """Where not one byte is left, SQLite cannot make its companions: nobody writes there, and
        it is read as from a place that cannot be written."""
        with self._opening:
            try:
                unchanging = self._unchanging and self._source == self._path
                return open_for_reading(self._source, unchanging, self._beside_writer)
            except DiskFull:
                if self._unchanging:
                    raise
                self._unchanging = True
                if _has_wal(self._path):
                    self._source = self._copy_with_wal(self._path)
                return open_for_reading(self._source, self._source == self._path)

    def _copy_with_wal(self, path: Path) -> Path:
        """Copy the database together with its WAL: on a read-only disk, data that a crash left in
        the WAL can only be read from a copy elsewhere."""
        folder = tempfile.TemporaryDirectory(prefix=TEMPORARY)
        self._copies.append(folder)
        for source in (path, _get_wal_path(path)):
            shutil.copyfile(source, Path(folder.name) / source.name)
        return Path(folder.name) / path.name


def _get_wal_path(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _has_wal(path: Path) -> bool:
    return _get_wal_path(path).exists() and _get_wal_path(path).stat().st_size > 0


# The one thread that writes: functions go in, futures come out, each function is one transaction.

TICK_S = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    """One function for the writer thread. `transaction` is False where it writes elsewhere, such as
    to the cache."""

    work: Callable[[Database], T]
    future: Future[T]
    transaction: bool


class Writer:
    """Owns the only write connection. A future is done when its transaction is on disk.

    `between` is called on the thread, with the connection, about every `TICK_S`, busy or not;
    trouble in it is logged. `give_room`: on a full disk a transaction is tried once more where this
    says that it has made room.
    """

    def __init__(
        self,
        path: Path,
        between: Callable[[Database], None],
        give_room: Callable[[], bool] = lambda: False,
    ) -> None:
        self._path, self._give_room = path, give_room
        self._between = between
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._db = open_for_writing(path, "FULL")
        self._file = _get_file_identity(path)
        # The interpreter waits for other threads before it calls what is registered for its end, as
        # the closing of the project is.
        self._thread = threading.Thread(target=self._run_jobs, name="project-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Database], T]) -> Future[T]:
        """`work(db)` in one transaction; after an error nothing of it stands. Never wait for the
        future on this very thread.

        The future raises PathMissing where the database was moved or deleted meanwhile: nothing may
        be acknowledged then.
        """
        return self._put_job(_Job(work, Future(), transaction=True))

    def run(self, work: Callable[[Database], T]) -> Future[T]:
        """Run `work(db)` on the writer thread, in order and without a transaction."""
        return self._put_job(_Job(work, Future(), transaction=False))

    def close(self) -> None:
        """Finish all submitted functions, fold the WAL into the database and close it."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        with map_database_errors(self._path):
            try:
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                self._db.close()

    def _put_job(self, job: _Job[T]) -> Future[T]:
        with self._closing:
            if self._closed:
                raise ProjectClosed(self._path.parent, "closed")
            self._jobs.put(job)
        return job.future

    def _run_jobs(self) -> None:
        due = time.monotonic() + TICK_S
        while True:
            if time.monotonic() >= due:
                self._run_maintenance()
                due = time.monotonic() + TICK_S
            try:
                job = self._jobs.get(timeout=max(0.0, due - time.monotonic()))
            except queue.Empty:
                continue
            if job is None:
                return
            self._run_job(job)

    def _run_maintenance(self) -> None:
        job = _Job(self._between, Future(), transaction=False)
        self._run_job(job)
        if job.future.exception() is not None:
            log.warning("between two functions: %r", job.future.exception())

    def _run_job(self, job: _Job[Any]) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        try:
            try:
                result = self._run_work(job)
            except DiskFull:
                if not (job.transaction and self._give_room()):
                    raise
                result = self._run_work(job)
        except BaseException as error:  # noqa: BLE001 - the writer boundary: whatever it is goes to whoever asked
            job.future.set_exception(error)
        else:
            job.future.set_result(result)

    def _run_work(self, job: _Job[T]) -> T:
        with time_stage("store"), map_database_errors(self._path):
            if not job.transaction:
                return job.work(self._db)
            if _get_file_identity(self._path) != self._file:
                raise PathMissing(self._path)
            with self._db.atomic():
                return job.work(self._db)


def _get_file_identity(path: Path) -> tuple[int, int] | None:
    """Identity of the file at `path`, None without one. A file that was moved or deleted while open
    can still be written to, although nobody would see it, so the writer compares identities before
    each transaction."""
    try:
        info = path.stat()
    except OSError:
        return None
    return info.st_dev, info.st_ino
