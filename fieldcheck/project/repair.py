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
from fieldcheck.files import map_os_errors, sweep, sync_folder
from fieldcheck.project import audit, migrate, schema
from fieldcheck.project.backup import backups
from fieldcheck.project.connect import naming_faults, reading, writing
from fieldcheck.project.layout import BACKUPS, DATABASE, FOLDERS
from fieldcheck.project.tables import integrity, salvage
from fieldcheck.project.tables.salvage import Saved

# What may have changed since the last backup: here a row that could be read goes before its older copy. Elsewhere rows never change,
# and the copy goes first, because it is known to be sound.
CHANGING = {table.name for table in schema.TABLES if table.edited_by or table.changing}


@dataclass(frozen=True, slots=True)
class Repaired:
    """The sound copy, and what of it is older than the project: so many rows of each table came from `backup`, a file name."""

    folder: Path
    taken_back: tuple[tuple[str, int], ...] = ()
    backup: str = ""


def repaired_copy(path: Path) -> Path:
    """The folder of `repair`."""
    return repair(path).folder


def repair(path: Path) -> Repaired:
    """Make `NAME-repaired` beside the project, with every row that can be read or that the newest sound backup holds, and all files.

    Files are shared with the old folder where the system can (hard links). Raises ProjectDamaged where
    nothing is left to make one from, DiskFull, ReadOnlyPlace.
    """
    target = _free_place(path)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        sweep(target.parent, rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.part")
        with map_os_errors(target):
            part.mkdir()
        taken_back, backup = _rebuild(path, part / DATABASE)
        with map_os_errors(target):
            for name in FOLDERS:
                _share(path / name, part / name)
            part.rename(target)
            sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Repaired(target, taken_back, backup)


def _free_place(path: Path) -> Path:
    names = (f"{path.stem}-repaired{number}{path.suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(place for place in map(path.with_name, names) if not place.exists())


def _rebuild(path: Path, database: Path) -> tuple[tuple[tuple[str, int], ...], str]:
    """Fill a new database; returns how many rows of which table came from the backup, and its name. Raises ProjectDamaged where nothing
    can be filled in."""
    db = writing(database, "FULL")
    try:
        with naming_faults(database):
            migrate.apply(db, __version__)
            with db.atomic(), _damaged(path / DATABASE) as damaged, _newest_sound_backup(path) as (copy, name):
                filled = {table: _fill(db, damaged, copy, table) for table in salvage.tables(db)}
                if not any(n for n, _ in filled.values()):
                    raise ProjectDamaged(path, "nothing_left")
                unfit = {table: _without_unfit(db, copy, table) for table, reading in audit.READ_AS.items() if audit.fault(db, reading)}
                back = tuple((table, n) for table, (_, older) in filled.items() if (n := older + unfit.get(table, 0)))
                return back, name if back else ""
    finally:
        db.close()


def _fill(db: Database, damaged: Database | None, copy: Database | None, table: str) -> tuple[int, int]:
    """Rows that came in, and those of them that only the backup held."""
    found = _save(damaged, table, schema.columns(db, table))
    if found.whole:
        return salvage.restore(db, found), 0
    older = _save(copy, table, schema.columns(db, table))
    first, second = (found, older) if table in CHANGING else (older, found)
    came = salvage.restore(db, first), salvage.restore(db, second)
    return sum(came), came[1] if table in CHANGING else len(set(older.rows) - set(found.rows))


def _without_unfit(db: Database, copy: Database | None, table: str) -> int:
    """Leaves out the rows whose values are none of ours, and how many of the backup stand in for them."""

    def fits(db: Database) -> bool:
        return not audit.fault(db, audit.READ_AS[table])

    rows = salvage.save(db, table, schema.columns(db, table))
    salvage.empty(db, table)
    if not fits(db):  # it is not its rows alone
        salvage.restore(db, rows)
        return 0
    salvage.restore_fitting(db, rows, fits)
    return salvage.restore_fitting(db, _save(copy, table, schema.columns(db, table)), fits)


def _save(db: Database | None, table: str, columns: tuple[str, ...]) -> Saved:
    nothing = Saved(table, columns, (), False)
    if db is None:
        return nothing
    try:
        return salvage.save(db, table, columns) if set(columns) <= set(schema.columns(db, table)) else nothing
    except sqlite3.DatabaseError:
        return nothing


@contextmanager
def _damaged(database: Path) -> Iterator[Database | None]:
    """The damaged database to read from, without what lies beside it where that is at fault; None where not even its first page makes
    sense."""
    try:
        try:
            db = reading(database)
        except ProjectDamaged:
            db = reading(database, unchanging=True)
    except FieldcheckError:
        yield None
        return
    try:
        yield db
    finally:
        db.close()


@contextmanager
def _newest_sound_backup(path: Path) -> Iterator[tuple[Database | None, str]]:
    """The newest backup that passes its own check and its name, None where there is none."""
    db, name = next(((found, one.name) for one in backups(path) if (found := _sound(one)) is not None), (None, ""))
    try:
        yield db, name
    finally:
        if db is not None:
            db.close()


def _sound(backup: Path) -> Database | None:
    try:
        db = reading(backup, unchanging=True)
    except FieldcheckError:
        return None
    try:
        sound = not integrity.thorough(db) and migrate.schema_state(db) in ("current", "older")
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        db.close()
        return None
    return db


def _share(source: Path, target: Path) -> None:
    """The same files under a second folder; backups stay with the old one."""
    target.mkdir()
    if source.name != BACKUPS and source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=_link, dirs_exist_ok=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)  # another file system, or one without links
