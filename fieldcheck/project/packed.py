"""Project of a stranger, out of a pack: its database is looked through before anything is asked of it, and it leads nowhere else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from fieldcheck import __version__
from fieldcheck.errors import ProjectDamaged, ProjectNewer
from fieldcheck.files import join_inside
from fieldcheck.project import audit, cache, criteria, migrate
from fieldcheck.project.backup import copy_database
from fieldcheck.project.connect import map_database_errors, open_for_reading, open_for_writing
from fieldcheck.project.layout import CACHE, DATABASE
from fieldcheck.project.project import Project
from fieldcheck.project.tables import integrity, machine_paths, picks, recordings, vectors, versions


def check_foreign_project(folder: Path) -> None:
    """Looks through the databases of a folder of our own, that nobody has open: pages first, then the schema to the letter, then every
    value. One of an earlier schema is brought up to date before its values are read.

    They are read as unchanging, with SQLite trusting nothing in the schema; views, triggers, virtual tables and tables that are none of
    ours are refused. Raises ProjectDamaged, ProjectNewer.
    """
    database = folder / DATABASE
    if _inspect_database(database, _schema_state) == "older":
        _migrate_database(database)
    if problem := _inspect_database(database, _find_fault):
        raise ProjectDamaged(database, problem)
    _check_cache(folder)


def _inspect_database(database: Path, question: Callable[[Database], str]) -> str:
    db = open_for_reading(join_inside(database.parent, database.name), unchanging=True)
    try:
        with map_database_errors(database):
            return question(db)
    except sqlite3.DatabaseError as error:
        raise ProjectDamaged(database, str(error)) from error
    finally:
        db.close()


def _schema_state(db: Database) -> str:
    """`current` or `older`. Raises ProjectDamaged, ProjectNewer."""
    if problem := integrity.check_quick(db):
        raise ProjectDamaged(Path(DATABASE), problem)
    state = migrate.schema_state(db)
    if state == "foreign":
        raise ProjectDamaged(Path(DATABASE), "foreign_schema")
    if state == "newer":
        raise ProjectNewer(Path(DATABASE), versions.get_newest_version(db), __version__)
    return state


def _find_fault(db: Database) -> str:
    told = (said for _, said in audit.find_faults(db))
    return (
        next(told, "")
        or audit.get_read_error(db, audit.check_no_foreign_paths)
        or next(map(" ".join, integrity.find_dangling_rows(db)), "")
    )


def _migrate_database(database: Path) -> None:
    """The steps that an earlier version lacks, each of which makes tables. Raises ProjectDamaged, DiskFull."""
    db = open_for_writing(database, "NORMAL")
    try:
        with map_database_errors(database):
            migrate.migrate_database(db, __version__)
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        raise ProjectDamaged(database, str(error)) from error
    finally:
        db.close()


def _check_cache(folder: Path) -> None:
    if not (folder / CACHE).exists():
        return
    db = open_for_reading(join_inside(folder, CACHE), unchanging=True)
    try:
        with map_database_errors(folder / CACHE):
            if integrity.check_quick(db) or not cache.has_cache_tables(db):
                raise ProjectDamaged(folder / CACHE, "foreign_schema")
    finally:
        db.close()


def open_packed(folder: Path) -> Project:
    """The project in a folder that `check_foreign_project` found sound, for reading, and without a look at anything outside it."""
    project = Project(folder, None)
    project.isolated = True
    return project


def stage_databases(project: Project, folder: Path, left_out: str) -> None:
    """The project's database as it stands this moment, and the vectors that figures rest on, in a new folder: all but those under the key
    `left_out`. Raises DiskFull."""
    project.read(lambda db: copy_database(db, folder / DATABASE))
    with _open_staged(folder / CACHE, cache.create_tables) as db:
        for key, tensor, subject, figures in project.cache.list_vectors():
            if key != left_out:
                vectors.put_packed_vectors(db, key, tensor, {subject: figures})


def reduce_to_picks(folder: Path, frame_ids: Iterable[str], now: str) -> None:
    """Leaves the staged project with these picks only, and has its seal say so. Raises DiskFull."""
    with _open_staged(folder / DATABASE) as db:
        picks.remove_other_picks(db, frame_ids)
        criteria.record_changes(db, "share", now)


def remove_machine_traces(folder: Path, places: Mapping[str, str]) -> None:
    """Has the staged database tell the clock of the site, and name no folder of this computer: those of `places` as it says, others by
    their last part. Raises DiskFull."""
    with _open_staged(folder / DATABASE) as db:
        recordings.store_site_clock(db)
        machine_paths.replace_machine_paths(db, places)


@contextmanager
def _open_staged(path: Path, make: Callable[[Database], object] | None = None) -> Iterator[Database]:
    """A database that is written in one go and left as one file."""
    db = open_for_writing(path, "NORMAL")
    try:
        if make is not None:
            make(db)
        with map_database_errors(path), db.atomic():
            yield db
        db.execute("PRAGMA journal_mode = DELETE")
    finally:
        db.close()
