"""Project of a stranger, out of a pack: its database is looked through before anything is asked of it, and it leads nowhere else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from fieldcheck import __version__
from fieldcheck.errors import ProjectDamaged, ProjectNewer
from fieldcheck.files import inside
from fieldcheck.project import audit, cache, criteria, migrate
from fieldcheck.project.backup import copy_database
from fieldcheck.project.connect import naming_faults, reading, writing
from fieldcheck.project.layout import CACHE, DATABASE
from fieldcheck.project.project import Project
from fieldcheck.project.tables import integrity, machine_paths, picks, recordings, vectors, versions


def check_strange(folder: Path) -> None:
    """Looks through the databases of a folder of our own, that nobody has open: pages first, then the schema to the letter, then every
    value. One of an earlier schema is brought up to date before its values are read.

    They are read as unchanging, with SQLite trusting nothing in the schema; views, triggers, virtual tables and tables that are none of
    ours are refused. Raises ProjectDamaged, ProjectNewer.
    """
    database = folder / DATABASE
    if _looked_through(database, _schema_state) == "older":
        _bring_up_to_date(database)
    if problem := _looked_through(database, _fault):
        raise ProjectDamaged(database, problem)
    _check_cache(folder)


def _looked_through(database: Path, question: Callable[[Database], str]) -> str:
    db = reading(inside(database.parent, database.name), unchanging=True)
    try:
        with naming_faults(database):
            return question(db)
    except sqlite3.DatabaseError as error:
        raise ProjectDamaged(database, str(error)) from error
    finally:
        db.close()


def _schema_state(db: Database) -> str:
    """`current` or `older`. Raises ProjectDamaged, ProjectNewer."""
    if problem := integrity.quick(db):
        raise ProjectDamaged(Path(DATABASE), problem)
    state = migrate.schema_state(db)
    if state == "foreign":
        raise ProjectDamaged(Path(DATABASE), "foreign_schema")
    if state == "newer":
        raise ProjectNewer(Path(DATABASE), versions.newest(db), __version__)
    return state


def _fault(db: Database) -> str:
    told = (said for _, said in audit.faults(db))
    return next(told, "") or audit.fault(db, audit.elsewhere) or next(map(" ".join, integrity.loose(db)), "")


def _bring_up_to_date(database: Path) -> None:
    """The steps that an earlier version lacks, each of which makes tables. Raises ProjectDamaged, DiskFull."""
    db = writing(database, "NORMAL")
    try:
        with naming_faults(database):
            migrate.apply(db, __version__)
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        raise ProjectDamaged(database, str(error)) from error
    finally:
        db.close()


def _check_cache(folder: Path) -> None:
    if not (folder / CACHE).exists():
        return
    db = reading(inside(folder, CACHE), unchanging=True)
    try:
        with naming_faults(folder / CACHE):
            if integrity.quick(db) or not cache.fits(db):
                raise ProjectDamaged(folder / CACHE, "foreign_schema")
    finally:
        db.close()


def open_packed(folder: Path) -> Project:
    """The project in a folder that `check_strange` found sound, for reading, and without a look at anything outside it."""
    project = Project(folder, None)
    project.alone = True
    return project


def stage_databases(project: Project, folder: Path, left_out: str) -> None:
    """The project's database as it stands this moment, and the vectors that figures rest on, in a new folder: all but those under the key
    `left_out`. Raises DiskFull."""
    project.read(lambda db: copy_database(db, folder / DATABASE))
    with _staged(folder / CACHE, cache.make) as db:
        for key, tensor, subject, figures in project.cache.all_vectors():
            if key != left_out:
                vectors.put(db, key, tensor, {subject: figures})


def keep_picks(folder: Path, frame_ids: Iterable[str], now: str) -> None:
    """Leaves the staged project with these picks only, and has its seal say so. Raises DiskFull."""
    with _staged(folder / DATABASE) as db:
        picks.keep_only(db, frame_ids)
        criteria.note_changes(db, "share", now)


def leave_machine(folder: Path, places: Mapping[str, str]) -> None:
    """Has the staged database tell the clock of the site, and name no folder of this computer: those of `places` as it says, others by
    their last part. Raises DiskFull."""
    with _staged(folder / DATABASE) as db:
        recordings.note_clock(db)
        machine_paths.leave(db, places)


@contextmanager
def _staged(path: Path, make: Callable[[Database], object] | None = None) -> Iterator[Database]:
    """A database that is written in one go and left as one file."""
    db = writing(path, "NORMAL")
    try:
        if make is not None:
            make(db)
        with naming_faults(path), db.atomic():
            yield db
        db.execute("PRAGMA journal_mode = DELETE")
    finally:
        db.close()
