"""The one thread that writes: functions go in, futures come out, each function is one transaction."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlite_utils import Database

from fieldcheck.errors import DiskFull, PathMissing, ProjectClosed
from fieldcheck.project.connect import map_database_errors, open_for_writing

T = TypeVar("T")

TICK_S = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    """`transaction` False: the function writes elsewhere (the cache) and only needs this thread."""

    work: Callable[[Database], T]
    future: Future[T]
    transaction: bool


class Writer:
    """Owns the only write connection. A future is done when its transaction is on disk.

    `between` is called on the thread, with the connection, about every `TICK_S`, busy or not; trouble in it is logged. `give_room`: on a
    full disk a transaction is tried once more where this says that it has made room.
    """

    def __init__(self, path: Path, between: Callable[[Database], None], give_room: Callable[[], bool] = lambda: False) -> None:
        self._path, self._give_room = path, give_room
        self._between = between
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._db = open_for_writing(path, "FULL")
        self._file = _get_file_identity(path)
        # The interpreter waits for other threads before it calls what is registered for its end, as the closing of the project is.
        self._thread = threading.Thread(target=self._run_jobs, name="project-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Database], T]) -> Future[T]:
        """`work(db)` in one transaction; after an error nothing of it stands. Never wait for the future on this very thread.

        The future raises PathMissing where the database was moved or deleted meanwhile: nothing may be acknowledged then.
        """
        return self._put_job(_Job(work, Future(), transaction=True))

    def run(self, work: Callable[[Database], T]) -> Future[T]:
        """`work(db)` in its turn, without a transaction around it."""
        return self._put_job(_Job(work, Future(), transaction=False))

    def close(self) -> None:
        """Finish everything that was handed in, put the WAL into the database and let go of it."""
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
        with map_database_errors(self._path):
            if not job.transaction:
                return job.work(self._db)
            if _get_file_identity(self._path) != self._file:
                raise PathMissing(self._path)
            with self._db.atomic():
                return job.work(self._db)


def _get_file_identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at `path`; None for none. A file that was moved or deleted while it is open can still be written, and nobody would
    ever see it again, so a writer looks before each transaction."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
