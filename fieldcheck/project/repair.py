"""A sound copy of a project whose database is damaged. The damaged one is only read."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from fieldcheck import __version__
from fieldcheck.errors import FieldcheckError, ProjectDamaged
from fieldcheck.files import map_os_errors, remove_stale, sync_folder
from fieldcheck.project import audit, migrate, schema
from fieldcheck.project.backup import list_backups
from fieldcheck.project.connect import map_database_errors, open_for_reading, open_for_writing
from fieldcheck.project.layout import BACKUPS, DATABASE, FOLDERS
from fieldcheck.project.tables import integrity, salvage
from fieldcheck.project.tables.salvage import SalvagedRows

# What may have changed since the last backup: here a row that could be read goes before its older copy. Elsewhere rows never change,
# and the copy goes first, because it is known to be sound.
CHANGING = {table.name for table in schema.TABLES if table.edited_by or table.changing}


@dataclass(frozen=True, slots=True)
class RepairResult:
    """The sound copy, and what of it is older than the project: so many rows of each table came from `backup`, a file name."""

    folder: Path
    taken_back: tuple[tuple[str, int], ...] = ()
    backup: str = ""


def get_repaired_path(path: Path) -> Path:
    """The folder of `repair_project`."""
    return repair_project(path).folder


def repair_project(path: Path) -> RepairResult:
    """Make `NAME-repaired` beside the project, with every row that can be read or that the newest sound backup holds, and all files.

    Files are shared with the old folder where the system can (hard links). Raises ProjectDamaged where
    nothing is left to make one from, DiskFull, ReadOnlyPlace.
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
    names = (f"{path.stem}-repaired{number}{path.suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(place for place in map(path.with_name, names) if not place.exists())


def _rebuild_database(path: Path, database: Path) -> tuple[tuple[tuple[str, int], ...], str]:
    """Fill a new database; returns how many rows of which table came from the backup, and its name. Raises ProjectDamaged where nothing
    can be filled in."""
    db = open_for_writing(database, "FULL")
    try:
        with map_database_errors(database):
            migrate.migrate_database(db, __version__)
            with db.atomic(), _open_damaged(path / DATABASE) as damaged, _open_newest_backup(path) as (copy, name):
                filled = {table: _fill_table(db, damaged, copy, table) for table in salvage.list_tables(db)}
                if not any(n for n, _ in filled.values()):
                    raise ProjectDamaged(path, "nothing_left")
                unfit = {
                    table: _remove_unfit_rows(db, copy, table)
                    for table, reading in audit.READ_AS.items()
                    if audit.get_read_error(db, reading)
                }
                back = tuple((table, n) for table, (_, older) in filled.items() if (n := older + unfit.get(table, 0)))
                return back, name if back else ""
    finally:
        db.close()


def _fill_table(db: Database, damaged: Database | None, copy: Database | None, table: str) -> tuple[int, int]:
    """Rows that came in, and those of them that only the backup held."""
    found = _save_table(damaged, table, schema.list_columns(db, table))
    if found.whole:
        return salvage.restore_rows(db, found), 0
    older = _save_table(copy, table, schema.list_columns(db, table))
    first, second = (found, older) if table in CHANGING else (older, found)
    came = salvage.restore_rows(db, first), salvage.restore_rows(db, second)
    return sum(came), came[1] if table in CHANGING else len(set(older.rows) - set(found.rows))


def _remove_unfit_rows(db: Database, copy: Database | None, table: str) -> int:
    """Leaves out the rows whose values are none of ours, and how many of the backup stand in for them."""

    def has_no_fault(db: Database) -> bool:
        return not audit.get_read_error(db, audit.READ_AS[table])

    rows = salvage.read_rows(db, table, schema.list_columns(db, table))
    salvage.remove_all_rows(db, table)
    if not has_no_fault(db):  # it is not its rows alone
        salvage.restore_rows(db, rows)
        return 0
    salvage.restore_fitting(db, rows, has_no_fault)
    return salvage.restore_fitting(db, _save_table(copy, table, schema.list_columns(db, table)), has_no_fault)


def _save_table(db: Database | None, table: str, columns: tuple[str, ...]) -> SalvagedRows:
    nothing = SalvagedRows(table, columns, (), False)
    if db is None:
        return nothing
    try:
        return salvage.read_rows(db, table, columns) if set(columns) <= set(schema.list_columns(db, table)) else nothing
    except sqlite3.DatabaseError:
        return nothing


@contextmanager
def _open_damaged(database: Path) -> Iterator[Database | None]:
    """The damaged database to read from, without what lies beside it where that is at fault; None where not even its first page makes
    sense."""
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
    db, name = next(((found, one.name) for one in list_backups(path) if (found := _open_if_sound(one)) is not None), (None, ""))
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
        sound = not integrity.check_thorough(db) and migrate.schema_state(db) in ("current", "older")
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        db.close()
        return None
    return db


def _link_files(source: Path, target: Path) -> None:
    """The same files under a second folder; backups stay with the old one."""
    target.mkdir()
    if source.name != BACKUPS and source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=_link_or_copy, dirs_exist_ok=True)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)  # another file system, or one without links
