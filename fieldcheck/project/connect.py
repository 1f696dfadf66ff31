"""Connections to a project's databases, and what SQLite says when one cannot be had."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from fieldcheck.errors import DiskFull, PathRefused, ProjectDamaged, ProjectLocked, ReadOnlyPlace
from fieldcheck.files import find_write_error, map_os_errors
from fieldcheck.project.tables.values import UnfitValue

Synchronous = Literal["FULL", "NORMAL"]

LONGEST_PATH = 500  # bytes; SQLite opens nothing whose path, with the ending of its companions, has more than 512
BUSY_S = 10.0  # how long a statement waits for another program that has the file open
PRIMARY = 0xFF  # the low byte of SQLite's error code is the family of the error
# A quota, a size limit of the system and a disk that fails all reach us as a failed write, which says no more than that.
NOT_WRITTEN = {
    *(sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE),
    *(sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC),
}
JOURNAL = bytes.fromhex("d9d505f920a163d7")  # how a journal begins, and how one ends that names another file (SQLite: super-journal)
UNREADABLE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}


def open_for_writing(path: Path, synchronous: Synchronous) -> Database:
    """The write connection: WAL, and with FULL a commit is on disk before it is acknowledged. Makes the file where there is none.

    Raises DiskFull, ReadOnlyPlace, PathRefused (too long), ProjectDamaged.
    """
    with map_database_errors(path):
        db = _open_connection(path, "mode=rwc")
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA synchronous = {synchronous}")
        except BaseException:
            db.close()
            raise
    return db


def open_for_reading(path: Path, unchanging: bool = False) -> Database:
    """A connection that cannot write. `unchanging`: nobody writes the file and its folder cannot hold SQLite's companions.

    Raises ProjectDamaged, ReadOnlyPlace (the folder must be writable for a database in WAL mode unless `unchanging`).
    """
    with map_database_errors(path):
        if not unchanging and _get_journal_path(path).exists():
            _roll_back(path)
        db = _open_connection(path, "mode=ro&immutable=1" if unchanging else "mode=ro")
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            db.close()
            raise
    return db


def _get_journal_path(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def _roll_back(path: Path) -> None:
    """What a crash left of a change of mode is taken back: a connection that only reads cannot."""
    db = _open_connection(path, "mode=rw")
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        db.close()


def _check_journal(path: Path) -> None:
    """A journal that names another file is not ours, for no change of ours spans two databases, and SQLite deletes the file that it names.
    Raises ProjectDamaged."""
    journal = _get_journal_path(path)
    if not journal.is_file():
        return
    with journal.open("rb") as file:
        file.seek(max(0, journal.stat().st_size - len(JOURNAL)))
        if file.read() == JOURNAL:
            raise ProjectDamaged(path, "journal")


def _open_connection(path: Path, query: str) -> Database:
    if "immutable" not in query:
        _check_journal(path)
    # Transactions are ours alone (`db.atomic()`), hence no isolation level. Closing may happen from another thread than reading.
    conn = sqlite3.connect(f"{path.absolute().as_uri()}?{query}", uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    conn.execute("PRAGMA trusted_schema = OFF")
    conn.execute("PRAGMA cell_size_check = ON")
    return Database(conn, recursive_triggers=False, execute_plugins=False)


@contextmanager
def map_database_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite and the system say about `path` into DiskFull, ReadOnlyPlace, NotStored, FolderGone, ProjectLocked or
    ProjectDamaged; others pass.

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
    """The error of ours that fits, or None where it is no fault of the place or the file but of the program."""
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
    if family in UNREADABLE or "unsupported file format" in str(error):  # a damaged head, which has no code of its own
        return ProjectDamaged(path, error.sqlite_errorname)
    return None
