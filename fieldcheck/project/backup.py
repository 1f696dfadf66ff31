"""Copies of the database, taken while it is in use; the newest ten are kept."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from fieldcheck.files import inside, map_os_errors, sync_folder
from fieldcheck.project.connect import naming_faults
from fieldcheck.project.layout import BACKUPS

KEPT = 10
ENDING = ".db"
COMPANIONS = ("-journal", "-wal", "-shm")  # what SQLite puts beside a file that it could not finish


def backup(db: Database, project: Path, now: datetime) -> Path:
    """Copy the database into the project's `backups/` and drop the oldest copies. A crash leaves no half copy under a final name.

    `db` is any connection to it that has no transaction open. Raises DiskFull, ReadOnlyPlace, ProjectDamaged.
    """
    folder = inside(project, BACKUPS)
    path = folder / f"project-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}Z{ENDING}"
    part = path.with_name(path.name + ".part")
    with map_os_errors(path):
        folder.mkdir(exist_ok=True)
    try:
        _copy(db, part)
        with map_os_errors(path):
            part.replace(path)
            sync_folder(folder)
    finally:
        for ending in ("", *COMPANIONS):
            part.with_name(part.name + ending).unlink(missing_ok=True)
    for old in backups(project)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def backups(project: Path) -> tuple[Path, ...]:
    """The copies there are, newest first."""
    folder = inside(project, BACKUPS)
    return tuple(sorted((path for path in folder.glob(f"project-*{ENDING}") if path.is_file()), reverse=True)) if folder.is_dir() else ()


def _copy(db: Database, target: Path) -> None:
    target.unlink(missing_ok=True)
    with naming_faults(target):
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            db.conn.backup(copy)
            # A copy is one file: it has no WAL beside it. Leaving that mode also puts it on disk.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
    with map_os_errors(target), target.open("rb+") as written:
        os.fsync(written.fileno())
