"""A repaired copy of a project whose database is damaged, and the inspection of a database from
another person's pack."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from fieldcheck import __version__
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.projects import ProjectDamaged, ProjectNewer
from fieldcheck.files import join_inside, map_os_errors, remove_stale, sync_folder
from fieldcheck.project import audit, cache, criteria, migrations
from fieldcheck.project.backup import copy_database, list_backups
from fieldcheck.project.connection import map_database_errors, open_for_reading, open_for_writing
from fieldcheck.project.layout import BACKUPS, CACHE, DATABASE, FOLDERS
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels, project_state, recordings, redact
from fieldcheck.project.tables.redact import SalvagedRows

# What may have changed since the last backup: here a row that could be read goes before its older
# copy. Elsewhere rows never change,
# and the copy goes first, because it is known to be sound.
CHANGING = {table.name for table in migrations.TABLES if table.edited_by or table.changing}


@dataclass(frozen=True, slots=True)
class RepairResult:
    """The repaired copy, and which of its rows are older than the project: the number per table
    that came from `backup`, a file name."""

    folder: Path
    taken_back: tuple[tuple[str, int], ...] = ()
    backup: str = ""


def get_repaired_path(path: Path) -> Path:
    """The folder of `repair_project`."""
    return repair_project(path).folder


def repair_project(path: Path) -> RepairResult:
    """Make `NAME-repaired` beside the project, with every row that can be read or that the newest
    sound backup holds, and all files.

    Files are shared with the old folder where the system can (hard links). Raises ProjectDamaged
    where nothing is left to make one from, DiskFull, ReadOnlyPlace.
    """
    target = _find_free_path(path)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        remove_stale(target.parent, rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.part")
        with map_os_errors(target):
            part.mkdir()
        taken_back, backup = _rebuild_database(path, part / DATABASE)
        with map_os_errors(target):
            for name in FOLDERS:
                _link_files(path / name, part / name)
            part.rename(target)
            sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return RepairResult(target, taken_back, backup)


def _find_free_path(path: Path) -> Path:
    names = (
        f"{path.stem}-repaired{number}{path.suffix}"
        for number in ("", *(f"-{n}" for n in range(2, 1000)))
    )
    return next(path for path in map(path.with_name, names) if not path.exists())


def _rebuild_database(path: Path, database: Path) -> tuple[tuple[tuple[str, int], ...], str]:
    """Fill a new database; returns how many rows of which table came from the backup, and its name.
    Raises ProjectDamaged where nothing can be filled in."""
    db = open_for_writing(database, "FULL")
    try:
        with map_database_errors(database):
            migrations.migrate_database(db, __version__)
            with (
                db.atomic(),
                _open_damaged(path / DATABASE) as damaged,
                _open_newest_backup(path) as (copy, name),
            ):
                filled = {
                    table: _fill_table(db, damaged, copy, table) for table in redact.list_tables(db)
                }
                if not any(n for n, _ in filled.values()):
                    raise ProjectDamaged(path, "nothing_left")
                unfit = {
                    table: _remove_unfit_rows(db, copy, table)
                    for table, reading in audit.READ_AS.items()
                    if audit.get_read_error(db, reading)
                }
                back = tuple(
                    (table, n)
                    for table, (_, older) in filled.items()
                    if (n := older + unfit.get(table, 0))
                )
                return back, name if back else ""
    finally:
        db.close()


def _fill_table(
    db: Database, damaged: Database | None, copy: Database | None, table: str
) -> tuple[int, int]:
    """Number of rows added, and how many of them only the backup held."""
    salvaged_rows = _save_table(damaged, table, migrations.list_columns(db, table))
    if salvaged_rows.whole:
        return redact.restore_rows(db, salvaged_rows), 0
    older = _save_table(copy, table, migrations.list_columns(db, table))
    first, second = (salvaged_rows, older) if table in CHANGING else (older, salvaged_rows)
    came = redact.restore_rows(db, first), redact.restore_rows(db, second)
    return sum(came), came[1] if table in CHANGING else len(
        set(older.rows) - set(salvaged_rows.rows)
    )


def _remove_unfit_rows(db: Database, copy: Database | None, table: str) -> int:
    """Remove rows with invalid values; returns how many rows of the backup replace them."""

    def has_no_fault(db: Database) -> bool:
        return not audit.get_read_error(db, audit.READ_AS[table])

    rows = redact.read_rows(db, table, migrations.list_columns(db, table))
    redact.remove_all_rows(db, table)
    if not has_no_fault(db):  # The rows alone are not the cause.
        redact.restore_rows(db, rows)
        return 0
    redact.restore_fitting(db, rows, has_no_fault)
    return redact.restore_fitting(
        db, _save_table(copy, table, migrations.list_columns(db, table)), has_no_fault
    )


def _save_table(db: Database | None, table: str, columns: tuple[str, ...]) -> SalvagedRows:
    nothing = SalvagedRows(table, columns, (), False)
    if db is None:
        return nothing
    try:
        return (
            redact.read_rows(db, table, columns)
            if set(columns) <= set(migrations.list_columns(db, table))
            else nothing
        )
    except sqlite3.DatabaseError:
        return nothing


@contextmanager
def _open_damaged(database: Path) -> Iterator[Database | None]:
    """Open the damaged database for reading, without its WAL where that is the damaged part; None
    where not even the first page can be read."""
    try:
        try:
            db = open_for_reading(database)
        except ProjectDamaged:
            db = open_for_reading(database, unchanging=True)
    except FieldcheckError:
        yield None
        return
    try:
        yield db
    finally:
        db.close()


@contextmanager
def _open_newest_backup(path: Path) -> Iterator[tuple[Database | None, str]]:
    """The newest backup that passes its own check and its name, None where there is none."""
    db, name = next(
        (
            (database, backup.name)
            for backup in list_backups(path)
            if (database := _open_if_sound(backup)) is not None
        ),
        (None, ""),
    )
    try:
        yield db, name
    finally:
        if db is not None:
            db.close()


def _open_if_sound(backup: Path) -> Database | None:
    try:
        db = open_for_reading(backup, unchanging=True)
    except FieldcheckError:
        return None
    try:
        sound = not project_state.check_thorough(db) and migrations.schema_state(db) in (
            "current",
            "older",
        )
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        db.close()
        return None
    return db


def _link_files(source: Path, target: Path) -> None:
    """Hard-link the files into a second folder; backups stay in the old one."""
    target.mkdir()
    if source.name != BACKUPS and source.is_dir():
        shutil.copytree(
            source, target, symlinks=True, copy_function=_link_or_copy, dirs_exist_ok=True
        )


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        # another file system, or one without links
        shutil.copy2(source, target, follow_symlinks=False)


# A project from another person's pack: its database is checked before anything is read from it, and
# it names no path outside its folder.


def check_foreign_project(folder: Path) -> None:
    """Check the databases of an unpacked project: pages first, then the schema to the letter, then
    every value. An earlier schema is migrated before its values are read. They are opened as
    unchanging, and SQLite trusts nothing in the schema; views, triggers, virtual tables and unknown
    tables are refused. Raises ProjectDamaged, ProjectNewer."""
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
    if problem := project_state.check_quick(db):
        raise ProjectDamaged(Path(DATABASE), problem)
    state = migrations.schema_state(db)
    if state == "foreign":
        raise ProjectDamaged(Path(DATABASE), "foreign_schema")
    if state == "newer":
        raise ProjectNewer(Path(DATABASE), migrations.get_newest_version(db), __version__)
    return state


def _find_fault(db: Database) -> str:
    problems = (problem for _, problem in audit.find_faults(db))
    return (
        next(problems, "")
        or audit.get_read_error(db, audit.check_no_foreign_paths)
        or next(map(" ".join, project_state.find_dangling_rows(db)), "")
    )


def _migrate_database(database: Path) -> None:
    """The steps that an earlier version lacks, each of which makes tables. Raises ProjectDamaged,
    DiskFull."""
    db = open_for_writing(database, "NORMAL")
    try:
        with map_database_errors(database):
            migrations.migrate_database(db, __version__)
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
            if project_state.check_quick(db) or not cache.has_cache_tables(db):
                raise ProjectDamaged(folder / CACHE, "foreign_schema")
    finally:
        db.close()


def open_packed(folder: Path) -> Project:
    """Open a project that `check_foreign_project` found sound, for reading, ignoring everything
    outside its folder."""
    project = Project(folder, None)
    project.isolated = True
    return project


def stage_databases(project: Project, folder: Path, left_out: str) -> None:
    """Copy the project's database, and the cached vectors that results depend on, into a new
    folder, except those under the key `left_out`. Raises DiskFull."""
    project.read(lambda db: copy_database(db, folder / DATABASE))
    with _open_staged(folder / CACHE, cache.create_tables) as db:
        for key, tensor, subject, figures in project.cache.list_vectors():
            if key != left_out:
                cache.put_packed_vectors(db, key, tensor, {subject: figures})


def reduce_to_picks(folder: Path, frame_ids: Iterable[str], now: str) -> None:
    """Delete all other picks from the staged project and record that in its seal. Raises
    DiskFull."""
    with _open_staged(folder / DATABASE) as db:
        labels.remove_other_picks(db, frame_ids)
        criteria.record_changes(db, "share", now)


def remove_machine_traces(folder: Path, positions: Mapping[str, str]) -> None:
    """Store the site's clock offset in the staged database and remove this computer's folders:
    those in `positions` are replaced as given, others by their last part. Raises DiskFull."""
    with _open_staged(folder / DATABASE) as db:
        recordings.store_site_clock(db)
        redact.replace_machine_paths(db, positions)


@contextmanager
def _open_staged(
    path: Path, make: Callable[[Database], object] | None = None
) -> Iterator[Database]:
    """Open a database that is written once and left as a single file."""
    db = open_for_writing(path, "NORMAL")
    try:
        if make is not None:
            make(db)
        with map_database_errors(path), db.atomic():
            yield db
        db.execute("PRAGMA journal_mode = DELETE")
    finally:
        db.close()
