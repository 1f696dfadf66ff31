"""Damaged values found by reading every table, and the causes behind a failure: unplugged disk,
moved folder, foreign values."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.label import DESIGNS
from fieldcheck.errors.files import FieldcheckError, FolderGone
from fieldcheck.errors.projects import ProjectDamaged
from fieldcheck.files import GONE, sync_folder
from fieldcheck.progress import Cancelled
from fieldcheck.project import criteria
from fieldcheck.project.connection import Reader
from fieldcheck.project.layout import DATABASE
from fieldcheck.project.memoise import memoisable
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


def _check_time(seconds: float, what: str) -> None:
    if not 0 <= seconds < LONGEST_S:
        raise UnfitValue(f"{what}: {seconds:g}")


def _check_clips(db: Database) -> None:
    for clip in recordings.list_clips(db):
        _check_time(clip.start_s, "clip.start_s")
    if lost := [key for table, key in project_state.find_dangling_rows(db) if table == "clip"]:
        raise UnfitValue(f"clip: {lost[0][:40]}")


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
    known = {
        (draw.draw_id, stratum.name) for draw in labels.list_draws(db) for stratum in draw.strata
    }
    for pick in labels.list_picks(db):
        if not pick.file:
            raise UnfitValue("pick.file: empty")
        if pick.weight > 0 and (pick.draw_id, pick.stratum) not in known:
            raise UnfitValue(f"pick.stratum: {pick.stratum[:20]}")


def _check_labels(db: Database) -> None:
    """The first model decides what classes there are."""
    card = next(iter(_check_cards(db)), {})
    known = card.get("classes") if card.get("task") == "classification" else None
    for label in labels.list_labels(db):
        if known and (label.class_name or label.state == "done") and label.class_name not in known:
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
