"""A project folder: made whole or not at all, opened after a look at who else has it and how it was
left."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from fieldcheck import __version__
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import NotAProject, ProjectDamaged, ProjectExists, ProjectNewer
from fieldcheck.files import (
    TEMPORARY,
    is_project,
    join_inside,
    map_os_errors,
    remove_path,
    remove_stale,
    sync_folder,
)
from fieldcheck.paths import CACHE, DATABASE, EXPORTS, FOLDERS, REPORTS, UNFINISHED_REPORT
from fieldcheck.progress import Progress
from fieldcheck.project import lock as locks
from fieldcheck.project import migrations
from fieldcheck.project.backup import copy_database, create_backup
from fieldcheck.project.connection import (
    Reader,
    map_database_errors,
    open_for_reading,
    open_for_writing,
)
from fieldcheck.project.lock import LastWriterState, Lock
from fieldcheck.project.project import Project
from fieldcheck.project.tables import project_state
from fieldcheck.project.tables.labels import list_labels

__all__ = ["Project", "create_project", "find_database", "open_project"]

NEVER_LINKS = (
    locks.NAME,
    *(name + ending for name in (DATABASE, CACHE) for ending in ("", "-wal", "-shm", "-journal")),
)
HEAD = b"SQLite format 3\0"
WAIT_S = 10.0
HALF_WRITTEN = re.compile(r".*\.part(-journal|-wal|-shm|\.onnx)?")
# temporary folders, also of a window that stood open; systems sweep theirs after as long
UNUSED_S = 10 * 24 * 3600.0


def create_project(path: Path) -> Project:
    """Make a new project folder and open it for writing. Raises ProjectExists, ReadOnlyPlace,
    DiskFull.

    It is made under another name beside its place and renamed, so that a crash leaves no half
    project.
    """
    path = path.absolute()
    if os.path.lexists(path):
        raise ProjectExists(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        remove_stale(path.parent, rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}\.part")
        with map_os_errors(path):
            part.mkdir(parents=True)
            for name in FOLDERS:
                (part / name).mkdir()
        _make_database(part / DATABASE)
        with map_os_errors(path):
            part.rename(path)
            sync_folder(path.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return open_project(path)


def open_project(
    path: Path,
    write: bool = True,
    wait_s: float | None = None,
    progress: Progress | None = None,
    checked: bool = True,
) -> Project:
    """Open a project folder; `write` takes the lock, waiting for it up to `wait_s`, ten seconds if
    not given, which `progress` counts. `checked`: the whole database is read first where it was not
    closed cleanly; who reads a few rows of many projects does without.

    Raises PathMissing, PathRefused (a part of it is a link), NotAProject, ProjectLocked,
    ProjectNewer (only when writing), ProjectDamaged, ReadOnlyPlace, DiskFull.
    """
    path = path.absolute()
    database = find_database(path)
    if not write:
        return _open_for_reading(path, database, checked)
    lock = locks.acquire_lock(path, WAIT_S if wait_s is None else wait_s, progress=progress)
    try:
        _prepare_for_writing(path, database, lock)
        return Project(path, lock)
    except BaseException:
        lock.release(None)
        raise


def try_opening(path: Path) -> None:
    """Read a project as this version would after bringing it up to date, on a copy of its database;
    the project itself is only read. Raises what `open_project` raises."""
    database = find_database(path.absolute())
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
        copy = Path(folder) / DATABASE
        source = open_for_reading(database)
        try:
            copy_database(source, copy)
        finally:
            source.close()
        standing = _inspect_database(path, copy, None).standing
        if standing == "newer":
            raise ProjectNewer(path, "", __version__)
        db = open_for_writing(copy, "NORMAL")
        try:
            with map_database_errors(database):
                migrations.migrate_database(db, __version__)
                project_state.read_project_status(db)
                list_labels(db)
        finally:
            db.close()


def find_database(path: Path) -> Path:
    """Return the path of a project's database, checking the folder's files only. Raises
    PathMissing, FolderGone, PathRefused, NotAProject, ProjectDamaged (the folder is a project's,
    its database is no longer one)."""
    with map_os_errors(path):
        if not path.exists():
            raise PathMissing(path)
        for name in (*NEVER_LINKS, *FOLDERS):
            join_inside(path, name)
    database = path / DATABASE
    if not database.is_file():
        names = _list_projects_in(path)
        raise NotAProject(path, "around" if names else "no_database", ", ".join(names))
    with map_os_errors(database), database.open("rb") as file:
        is_sqlite = file.read(len(HEAD)) == HEAD
    if not is_sqlite:
        ours = all((path / name).is_dir() for name in FOLDERS)
        raise ProjectDamaged(path, "not_sqlite") if ours else NotAProject(path, "not_sqlite")
    return database


def _list_projects_in(folder: Path) -> list[str]:
    """Names of the first projects that lie in a folder, at most three; none where it is a file."""
    with map_os_errors(folder):
        return (
            list(islice((path.name for path in folder.iterdir() if is_project(path)), 3))
            if folder.is_dir()
            else []
        )


def _open_for_reading(path: Path, database: Path, checked: bool) -> Project:
    last_state = locks.read_last_state(path) if checked else None
    database_state = _inspect_database(path, database, last_state, checked)
    if database_state.standing == "older":
        # Its tables lack what our questions ask for; bringing it up to date needs the lock for a
        # moment.
        open_project(path).close()
    return Project(path, None)


def _prepare_for_writing(path: Path, database: Path, lock: Lock) -> None:
    """Everything between having the lock and the first write."""
    database_state = _inspect_database(path, database, lock.left)
    if database_state.standing == "newer":
        raise ProjectNewer(path, database_state.version, __version__)
    if lock.left is None:
        _remove_unfinished_files(path)
    if database_state.standing == "current" and database_state.version == __version__:
        return
    db = open_for_writing(database, "FULL")
    try:
        if database_state.standing == "older":
            create_backup(db, path, datetime.now(UTC))
        with map_database_errors(database):
            migrations.migrate_database(db, __version__)
    finally:
        db.close()


@dataclass(frozen=True, slots=True)
class _DatabaseState:
    standing: migrations.SchemaState
    version: str


def _inspect_database(
    path: Path, database: Path, last_state: LastWriterState | None, checked: bool = True
) -> _DatabaseState:
    """Return what kind of database this is; where `checked`, its content is looked at first unless
    it was closed cleanly. Raises ProjectDamaged, NotAProject."""
    reader = Reader(database)
    try:
        if checked and not locks.is_as_left(database, last_state):
            problem = reader.read(project_state.check_quick)
            if problem:
                raise ProjectDamaged(path, problem)
        standing = reader.read(migrations.schema_state)
        if standing == "foreign":
            raise NotAProject(path, "foreign_schema")
        return _DatabaseState(standing, reader.read(migrations.get_newest_version))
    finally:
        reader.close()


def _make_database(database: Path) -> None:
    db = open_for_writing(database, "FULL")
    try:
        with map_database_errors(database):
            migrations.migrate_database(db, __version__)
    finally:
        db.close()


def _remove_unfinished_files(path: Path) -> None:
    """Delete half-written files: the process that wrote them has ended, and finished files never
    carry these endings."""
    paths = [
        *path.iterdir(),
        *(part for name in (*FOLDERS, EXPORTS) for part in (path / name).rglob("*")),
    ]
    for part in paths:
        if HALF_WRITTEN.fullmatch(part.name) or (
            part.parent.name == REPORTS and part.name.startswith(UNFINISHED_REPORT)
        ):
            remove_path(part)
    remove_stale(Path(tempfile.gettempdir()), f"{re.escape(TEMPORARY)}.*", UNUSED_S)
