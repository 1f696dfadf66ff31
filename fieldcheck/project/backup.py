"""Backups: copies of the project's database, taken while it is in use, of which the newest ten are
kept."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from fieldcheck.files import join_inside, map_os_errors, sync_folder
from fieldcheck.paths import BACKUPS
from fieldcheck.project.connection import map_database_errors

KEPT = 10
ENDING = ".db"
# where SQLite keeps `user_version`, four bytes, the largest first
HEAD, NUMBER_AT = b"SQLite format 3\0", 60
COMPANIONS = ("-journal", "-wal", "-shm")  # what SQLite puts beside a file that it could not finish


def create_backup(db: Database, project: Path, now: datetime) -> Path:
    """Copy the database into the project's `backups/` and drop the oldest copies. A crash leaves no
    half copy under a final name.

    `db` is any connection to it that has no transaction open. Raises DiskFull, ReadOnlyPlace,
    ProjectDamaged.
    """
    folder = join_inside(project, BACKUPS)
    path = folder / f"project-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}Z{ENDING}"
    part, number = (
        path.with_name(path.name + ".part"),
        max(map(_read_schema_number, list_backups(project)), default=0) + 1,
    )
    with map_os_errors(path):
        folder.mkdir(exist_ok=True)
    try:
        _copy_backup(db, part, number)
        with map_os_errors(path):
            part.replace(path)
            sync_folder(folder)
    finally:
        for ending in ("", *COMPANIONS):
            part.with_name(part.name + ending).unlink(missing_ok=True)
    for old in list_backups(project)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def copy_database(db: Database, target: Path) -> None:
    """The database as `db` sees it, in a file of its own at `target`, in the place of what was
    there. Raises DiskFull, ReadOnlyPlace."""
    _copy_backup(db, target, 0)


def list_backups(project: Path) -> tuple[Path, ...]:
    """The copies there are, the one that was made last first: by the number that each carries, for
    clocks go wrong. Those of versions that gave none count as older, by their names."""
    folder = join_inside(project, BACKUPS)
    paths = (
        (
            path
            for path in folder.glob(f"project-*{ENDING}")
            if path.is_file() and not path.is_symlink()
        )
        if folder.is_dir()
        else ()
    )
    return tuple(
        sorted(paths, key=lambda path: (_read_schema_number(path), path.name), reverse=True)
    )


def _read_schema_number(path: Path) -> int:
    """SQLite's `user_version` of a copy, from the head of its file; 0 where it has none."""
    try:
        with path.open("rb") as file:
            head = file.read(NUMBER_AT + 4)
    except OSError:
        return 0
    return (
        int.from_bytes(head[NUMBER_AT:], "big")
        if head.startswith(HEAD) and len(head) == NUMBER_AT + 4
        else 0
    )


def _copy_backup(db: Database, target: Path, number: int) -> None:
    target.unlink(missing_ok=True)
    with map_database_errors(target):
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            db.conn.backup(copy)
            # A copy is one file: it has no WAL beside it. Leaving that mode also puts it on disk.
            copy.execute("PRAGMA journal_mode = DELETE")
            copy.execute(f"PRAGMA user_version = {number}")
        finally:
            copy.close()
    with map_os_errors(target), target.open("rb+") as written:
        os.fsync(written.fileno())
