"""Reading: every thread has a read-only connection of its own, and every question sees one state of the project."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from fieldcheck.errors import DiskFull
from fieldcheck.files import TEMPORARY
from fieldcheck.project.connect import map_database_errors, open_for_reading

T = TypeVar("T")


@dataclass(slots=True)
class _ReadConnection:
    """One thread's. `asking` is held while a question is under way on it."""

    db: Database
    asking: threading.Lock = field(default_factory=threading.Lock)
    closed: bool = False


class Reader:
    """Opens a connection when a thread first asks. Raises ProjectDamaged where a page cannot be made sense of."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copies: list[tempfile.TemporaryDirectory[str]] = []
        self._unchanging = not os.access(path.parent, os.W_OK)
        self._source = self._copy_with_wal(path) if self._unchanging and _has_wal(path) else path
        self._mine = threading.local()
        self._opening = threading.Lock()
        self._open: list[_ReadConnection] = []

    def read(self, question: Callable[[Database], T]) -> T:
        """The answer to `question(db)`, which sees one state of the database however many statements it makes."""
        while True:
            mine = self._get_connection()
            with mine.asking:
                if not mine.closed:
                    with map_database_errors(self._path), mine.db.atomic():
                        return question(mine.db)

    def close(self) -> None:
        """Close every thread's connection, each as soon as the question that is under way on it is answered: SQLite takes the whole
        process down with it where a connection is closed in the middle of one."""
        with self._opening:
            while self._open:
                one = self._open.pop()
                with one.asking:
                    one.closed = True
                    one.db.close()
            for copy in self._copies:
                copy.cleanup()
            self._mine = threading.local()

    def _get_connection(self) -> _ReadConnection:
        mine: _ReadConnection | None = getattr(self._mine, "one", None)
        if mine is None or mine.closed:
            mine = _ReadConnection(self._open_connection())
            self._mine.one = mine
            with self._opening:
                self._open.append(mine)
        return mine

    def _open_connection(self) -> Database:
        """Where not one byte is left, SQLite cannot make its companions: nobody writes there, and it is read as from a place that cannot be
        written."""
        try:
            return open_for_reading(self._source, self._unchanging and self._source == self._path)
        except DiskFull:
            if self._unchanging:
                raise
            self._unchanging = True
            self._source = self._copy_with_wal(self._path) if _has_wal(self._path) else self._path
            return open_for_reading(self._source, self._source == self._path)

    def _copy_with_wal(self, path: Path) -> Path:
        """On a place that cannot be written, what a crash left in the WAL is reachable only in a copy elsewhere."""
        folder = tempfile.TemporaryDirectory(prefix=TEMPORARY)
        self._copies.append(folder)
        for source in (path, _get_wal_path(path)):
            shutil.copyfile(source, Path(folder.name) / source.name)
        return Path(folder.name) / path.name


def _get_wal_path(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _has_wal(path: Path) -> bool:
    return _get_wal_path(path).exists() and _get_wal_path(path).stat().st_size > 0
