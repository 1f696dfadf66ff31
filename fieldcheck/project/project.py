"""An open project: questions, transactions, acts, and a goodbye that leaves everything in order."""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from fieldcheck.domain.label import Benchmark
from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import DiskFull, FieldcheckError, NotStored, ReadOnlyPlace
from fieldcheck.errors.projects import AdminNeeded, ProjectClosed
from fieldcheck.files import Closeable, DiskReserve, join_inside
from fieldcheck.paths import BENCHMARK, CACHE, DATABASE
from fieldcheck.project import criteria
from fieldcheck.project import undo as edits
from fieldcheck.project import undo as history
from fieldcheck.project.backup import create_backup
from fieldcheck.project.cache import Cache, ResultCache
from fieldcheck.project.connection import Reader, Writer
from fieldcheck.project.lock import Lock
from fieldcheck.project.memoise import clear_memo, get_memoised, is_memoisable
from fieldcheck.project.tables.values import Key, TableRow

T = TypeVar("T")

BACKUP_EVERY_S = 600.0
RESERVE_BYTES = 16_000_000  # thousands of labels, with the journal they pass through

log = logging.getLogger(__name__)


class Project(Closeable):
    """A project folder, open for reading and, with a lock, for writing. Closing is idempotent; a
    `with` block does it.

    `path` is the absolute folder. There is no separate saving: once a method has returned, its
    changes are on disk."""

    def __init__(self, path: Path, lock: Lock | None) -> None:
        self.path = path
        self._lock = lock
        # the recordings that are being made now, which nobody may adopt
        self.recording: set[str] = set()
        self.admin = False  # whether whoever works here gave the PIN that guards the limits
        # whether nothing outside the folder is looked at, as with a project out of a stranger's
        # pack
        self.isolated = False
        self.results = ResultCache()  # of long work, as long as what they are made from stands
        self._written = 0  # rows changed up to the last backup
        self._backed_up = time.monotonic()
        database, cache = join_inside(path, DATABASE), join_inside(path, CACHE)
        self._reader = Reader(database, beside_writer=lock is not None)
        # who wrote it last did not come to close it
        self.was_killed = lock is not None and lock.was_killed
        self._reserve: DiskReserve | None = None
        # the disk is full, and what was kept back for acts has been given to them
        self.gave_room = False
        self._writer = (
            Writer(database, self._run_maintenance, self._release_reserve)
            if lock is not None
            else None
        )
        self.cache = Cache(cache, self._writer)
        self._process = os.getpid()
        if self._writer is not None:
            atexit.register(self.close)  # of a script that does not

    def check_process(self) -> None:
        """Raises ProjectClosed in a process forked from the one that opened the project: writer
        thread and SQLite connections do not survive a fork."""
        if os.getpid() != self._process:
            raise ProjectClosed(self.path, "forked")

    @property
    def writable(self) -> bool:
        """Whether the project was opened for writing."""
        return self._writer is not None

    def hold_reserve(self) -> None:
        """Reserves a little disk space, released to the first act that finds the disk full. Does
        nothing where no space is left now."""
        if self._writer is not None and self._reserve is None:
            reserve = DiskReserve(self.path, RESERVE_BYTES)
            try:
                reserve.reserve_space()
            except (
                FieldcheckError,
                OSError,
            ) as error:  # the work itself needs none; what is wrong with the place, it will tell
                log.warning("no room is kept back: %r", error)
            else:
                self._reserve = reserve

    def _release_reserve(self) -> bool:
        """Whether there was room to give. On the writer's thread."""
        reserve, self._reserve = self._reserve, None
        if reserve is None:
            return False
        reserve.release()
        self.gave_room = True
        return True

    def read(self, question: Callable[[Database], T]) -> T:
        """Returns `question(db)`, which sees one consistent state of the database. Thread-safe.
        Raises ProjectDamaged.

        Inside `memo_scope` functions marked `memoisable` are answered once."""
        self.check_process()
        if not is_memoisable(question):
            return self._reader.read(question)
        return get_memoised((self, question), lambda: self._reader.read(question))

    def write(self, work: Callable[[Database], T]) -> Future[T]:
        """Runs `work(db)` on the writer thread in one transaction; the future is done when it is on
        disk.

        The future raises DiskFull, ReadOnlyPlace or ProjectDamaged, and whatever `work` raises; the
        transaction is then rolled back."""
        if self._writer is None:
            raise ReadOnlyPlace(self.path)
        self.check_process()
        clear_memo()
        return self._writer.submit(work)

    def edit(self, act: str, puts: Iterable[TableRow] = (), deletes: Iterable[Key] = ()) -> Changes:
        """Stores one undoable act named `act`: deletes rows, then puts rows. Returns when it is on
        disk. Raises AdminNeeded where a PIN guards what it changes."""
        return self.write(
            lambda db: self._check_allowed(db, edits.apply_edit(db, act, puts, deletes))
        ).result()

    def undo(self, prefixes: tuple[str, ...] = ()) -> Changes:
        """Undoes the newest act, or with `prefixes` the newest only if its name begins so. Raises
        NothingToUndo, UndoRefused."""
        return self.write(
            lambda db: self._check_allowed(db, edits.undo_edit(db, prefixes))
        ).result()

    def redo(self, prefixes: tuple[str, ...] = ()) -> Changes:
        """Redoes the act that was undone last; `prefixes` as for `undo`. Raises NothingToUndo,
        UndoRefused."""
        return self.write(
            lambda db: self._check_allowed(db, edits.redo_edit(db, prefixes))
        ).result()

    def _check_allowed(self, db: Database, changes: Changes) -> Changes:
        """What was done in this transaction, unless only an admin may do it: then nothing of it
        stands."""
        if (
            changes.kinds
            and changes.act in criteria.ADMIN_ACTS
            and not self.admin
            and criteria.has_pin(db)
        ):
            raise AdminNeeded(self.path, "locked")
        return changes

    def count_history(self) -> tuple[int, int]:
        """How many acts can be undone, and redone."""
        return self.read(history.count_edits)

    def create_backup(self) -> Path:
        """A copy of the database in `backups/`. Raises DiskFull, ReadOnlyPlace."""
        if self._writer is None:
            raise ReadOnlyPlace(self.path)
        self.check_process()
        return self._writer.run(self._create_backup).result()

    def close(self) -> None:
        """Finishes pending writes, makes a backup if anything was written, and closes the project.
        Without disk space the backup is skipped. Also runs at process exit; does nothing in a
        forked process."""
        if os.getpid() != self._process:
            return
        atexit.unregister(self.close)
        clean = False
        if self._reserve is not None:
            self._reserve.release()
        try:
            if self._writer is not None:
                self._close_writer(self._writer)
            clean = True
        finally:
            self._writer = None
            self._reader.close()
            self.cache.close()
            if self._lock is not None:
                self._lock.release(self.path / DATABASE if clean else None)
                self._lock = None

    def _close_writer(self, writer: Writer) -> None:
        try:
            writer.run(self._create_backup_if_written).result()
        finally:
            # The last connection to close must be one that writes: only that one tidies the WAL
            # away.
            self._reader.close()
            writer.close()

    def _create_backup(self, db: Database) -> Path:
        path = create_backup(db, self.path, datetime.now(UTC))
        self._written = db.conn.total_changes
        self._backed_up = time.monotonic()
        return path

    def _create_backup_if_written(self, db: Database) -> None:
        if db.conn.total_changes == self._written:
            return
        try:
            self._create_backup(db)
        except (DiskFull, NotStored, ReadOnlyPlace) as error:
            # The work itself is on disk; its copy can wait for room.
            log.warning("no backup: %r", error)

    def _run_maintenance(self, db: Database) -> None:
        if self._lock is not None:
            self._lock.update_heartbeat()
        if time.monotonic() - self._backed_up >= BACKUP_EVERY_S:
            self._create_backup_if_written(db)
            self._backed_up = time.monotonic()


def get_benchmark_root(project: Project, benchmark: Benchmark) -> Path:
    """Where the benchmark's pictures lie; a project that looks at nothing outside its folder has
    none of those that lie elsewhere."""
    root = Path(benchmark.root)
    if project.isolated:
        return project.path / BENCHMARK
    return root if root.is_absolute() else join_inside(project.path, benchmark.root)
