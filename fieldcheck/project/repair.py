"""Damaged values found by reading every table, the causes behind a failure (unplugged disk, moved
folder, foreign values), a repaired copy of a project whose database is damaged, and the inspection
of a database from another person's pack."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlite_utils import Database

from fieldcheck import __version__
from fieldcheck.domain.label import DESIGNS
from fieldcheck.errors.files import FieldcheckError, FolderGone
from fieldcheck.errors.projects import ProjectDamaged, ProjectNewer
from fieldcheck.files import GONE, join_inside, map_os_errors, remove_stale, sync_folder
from fieldcheck.paths import BACKUPS, CACHE, DATABASE, FOLDERS
from fieldcheck.progress import Cancelled
from fieldcheck.project import cache, criteria, migrations
from fieldcheck.project.backup import copy_database, list_backups
from fieldcheck.project.connection import (
    Reader,
    map_database_errors,
    open_for_reading,
    open_for_writing,
)
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.project import Project
from fieldcheck.project.tables import (
    frames,
    labels,
    models,
    project_state,
    recordings,
    redact,
    runs,
)
from fieldcheck.project.tables import values as values_table
from fieldcheck.project.tables.redact import SalvagedRows
from fieldcheck.project.tables.values import UnfitValue, from_json

TROUBLES = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    UnfitValue,
    FieldcheckError,
)
"""Exceptions that reading a foreign value may raise."""

LONGEST_S = 1e9  # thirty years of one recording; what is longer fits no date

Reading = Callable[[Database], object]


@memoisable
def find_faults(db: Database) -> tuple[tuple[str, str], ...]:
    """Find tables that contain invalid values; yields the table's name and a description of the
    fault."""
    return tuple(
        (table, error)
        for table, reading in READ_AS.items()
        if (error := get_read_error(db, reading))
    )


def check_no_foreign_paths(db: Database) -> None:
    """Raises UnfitValue where a database from another person contains an absolute path."""
    roots, folders = (
        (benchmark.root for benchmark in models.list_benchmarks(db)),
        (report.folder for report in project_state.list_reports(db)),
    )
    shown = chain.from_iterable(map(redact.list_image_paths, models.list_all_facts(db)))
    golden = redact.list_golden_roots(db)
    named = (
        ("benchmark.root", roots),
        ("report.folder", folders),
        ("model_fact.picture", shown),
        ("setting.value", golden),
    )
    for column, names in named:
        for name in names:
            if redact.to_portable_path(name) != name:
                raise UnfitValue(f"{column}: {name[:40]}")


def get_read_error(db: Database, reading: Reading) -> str:
    """Error that a reading raises, as text; empty where all is well."""
    try:
        reading(db)
    except TROUBLES as error:
        return str(error) if isinstance(error, UnfitValue) else f"{type(error).__name__}: {error}"
    return ""


def _check_recordings(db: Database) -> None:
    for recording in recordings.list_recordings(db):
        _check_time(recording.seconds, "recording.seconds")
        if recording.taken_at:
            datetime.fromisoformat(recording.taken_at)


def _check_time(seconds: float, column: str) -> None:
    if not 0 <= seconds < LONGEST_S:
        raise UnfitValue(f"{column}: {seconds:g}")


def _check_clips(db: Database) -> None:
    for clip in recordings.list_clips(db):
        _check_time(clip.start_s, "clip.start_s")
    if dangling := [key for table, key in project_state.find_dangling_rows(db) if table == "clip"]:
        raise UnfitValue(f"clip: {dangling[0][:40]}")


def _check_frames(db: Database) -> None:
    for frame in frames.list_frames(db, with_frozen=True):
        _check_time(frame.t_s, "frame.t_s")
    frames.list_frame_facts(db, with_frozen=True)


def _check_cards(db: Database) -> list[Mapping[str, Any]]:
    return [from_json(model.card, "model.card") for model in models.list_models(db)]


def _check_draws(db: Database) -> None:
    for draw in labels.list_draws(db):
        if draw.design not in DESIGNS:
            raise UnfitValue(f"draw.design: {draw.design[:20]}")
        if draw.seed < 0:
            raise UnfitValue(f"draw.seed: {draw.seed}")


def _check_picks(db: Database) -> None:
    """Check that picks have saved frames, and that a pick with a weight belongs to a stratum whose
    size its draw records."""
    strata = {
        (draw.draw_id, stratum.name) for draw in labels.list_draws(db) for stratum in draw.strata
    }
    for pick in labels.list_picks(db):
        if not pick.file:
            raise UnfitValue("pick.file: empty")
        if pick.weight > 0 and (pick.draw_id, pick.stratum) not in strata:
            raise UnfitValue(f"pick.stratum: {pick.stratum[:20]}")


def _check_labels(db: Database) -> None:
    """The first model decides what classes there are."""
    card = next(iter(_check_cards(db)), {})
    classes = card.get("classes") if card.get("task") == "classification" else None
    for label in labels.list_labels(db):
        if (
            classes
            and (label.class_name or label.state == "done")
            and label.class_name not in classes
        ):
            raise UnfitValue(f"label.class_name: {label.class_name[:20]}")


def _check_benchmark(db: Database) -> None:
    benchmark = models.get_benchmark(db)
    if benchmark is not None and any("\0" in item.path for item in benchmark.items):
        raise UnfitValue("benchmark_item.path")


def _check_settings(db: Database) -> None:
    settings = values_table.list_settings(db)
    claims = settings.get("claims", [])
    if not isinstance(claims, list) or not all(isinstance(claim, dict) for claim in claims):
        raise UnfitValue("setting.value: claims")
    if not recordings.is_site_clock(settings.get(recordings.CLOCK, {})):
        raise UnfitValue(f"setting.value: {recordings.CLOCK}")


def _check_seals(db: Database) -> None:
    """Every link has its time, and a state what `criteria.state` gives one."""
    for seal in project_state.list_seals(db):
        datetime.fromisoformat(seal.at)
        if not isinstance(seal.body, dict) or seal.kind not in (
            "sealed",
            "changed",
            "signed",
            "admin",
        ):
            raise UnfitValue(f"seal.body: {seal.kind[:20]}")
        if seal.kind in ("sealed", "changed"):
            body = seal.body
            names = [*body["classes"], *body["ok_classes"]]
            rates = [float(value[0]) for value in body["rate_limits"].values()]
            if not all(isinstance(name, str) for name in names) or not isfinite(
                sum([float(body["tolerance"]), *rates])
            ):
                raise UnfitValue("seal.body")
    criteria.read_seal_state(db)


def _check_predictions(db: Database) -> None:
    for all_run in runs.list_all_runs(db):
        runs.get_predictions(db, all_run.run_id)


READ_AS: Mapping[str, Reading] = MappingProxyType({
    "recording": _check_recordings,
    "clip": _check_clips,
    "frame": _check_frames,
    "model": _check_cards,
    "model_fact": models.list_all_facts,
    "benchmark": _check_benchmark,
    "draw": _check_draws,
    "pick": _check_picks,
    "label": _check_labels,
    "run": runs.list_all_runs,
    "prediction": _check_predictions,
    "report": project_state.list_reports,
    "setting": _check_settings,
    "slice": values_table.list_saved_slices,
    "second_look": labels.list_label_reviews,
    "tag": labels.list_tags,
    "mark": labels.list_marks,
    "repeat": labels.list_repeats,
    "draft": labels.list_drafts,
    "seal": _check_seals,
})  # fmt: skip
"""Table → a read that raises on a foreign value."""


# Causes that lie below whatever failed: an unplugged disk, a moved folder, values in the database
# that are none of ours. For both
# doors.


@contextmanager
def map_to_root_cause(project: Path | None) -> Iterator[None]:
    """For work in a project folder that was there when it began; None: there was none. Raises
    FolderGone or ProjectDamaged in place of what failed."""
    try:
        yield
    except Cancelled:
        raise
    except Exception as error:
        if project is not None and (cause := find_root_cause(error, project)) is not error:
            raise cause from error
        raise


def find_root_cause(error: Exception, project: Path) -> Exception:
    """Cause of an error of work in this project: FolderGone, ProjectDamaged, or the error
    itself."""
    if is_gone(project):
        return FolderGone(project)
    if (
        isinstance(error, TROUBLES)
        and not isinstance(error, FieldcheckError)
        and (damage := _find_damage(project))
    ):
        return ProjectDamaged(project, damage)
    return error


def is_gone(project: Path) -> bool:
    """Whether the project's database or its disk can no longer be reached. The disk itself is read,
    because the system's cache may still answer for a disk that was pulled out."""
    try:
        # Opening a pipe or a device may block for ever.
        if stat.S_ISREG((project / DATABASE).stat().st_mode):
            with (project / DATABASE).open("rb"):
                sync_folder(project)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        return error.errno in GONE
    return False


def _find_damage(project: Path) -> str:
    """Return the first invalid value in the database, or SQLite's own message; empty where it is
    sound."""
    reader = Reader(project / DATABASE)
    try:
        return next((problem for _, problem in reader.read(find_faults)), "") or next(
            map(" ".join, reader.read(project_state.find_dangling_rows)), ""
        )
    except ProjectDamaged as error:
        return error.problem
    except FieldcheckError:
        return ""  # nobody can look now
    finally:
        reader.close()


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
                    for table, reading in READ_AS.items()
                    if get_read_error(db, reading)
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
    restored = redact.restore_rows(db, first), redact.restore_rows(db, second)
    return sum(restored), restored[1] if table in CHANGING else len(
        set(older.rows) - set(salvaged_rows.rows)
    )


def _remove_unfit_rows(db: Database, copy: Database | None, table: str) -> int:
    """Remove rows with invalid values; returns how many rows of the backup replace them."""

    def has_no_fault(db: Database) -> bool:
        return not get_read_error(db, READ_AS[table])

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
    """The rows of a table, without the columns that a database of an earlier version lacks: the new
    one gives them what is stored where nothing was."""
    nothing = SalvagedRows(table, columns, (), False)
    if db is None:
        return nothing
    try:
        there = migrations.list_columns(db, table)
        columns = tuple(name for name in columns if name in there)
        return redact.read_rows(db, table, columns) if columns else nothing
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
    problems = (problem for _, problem in find_faults(db))
    return (
        next(problems, "")
        or get_read_error(db, check_no_foreign_paths)
        or next(map(" ".join, project_state.find_dangling_rows(db)), "")
    )


def _migrate_database(database: Path) -> None:
    """The steps that an earlier version lacks, each of which makes tables or adds columns. Raises
    ProjectDamaged, DiskFull."""
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
