"""Retention of shifts: how many weeks and megabytes of them a project keeps, and what was dropped. Shifts with kept frames stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from fieldcheck.domain.shift import DroppedShifts, ShiftRetention
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.days._kept_shifts import APART, KIND, delete_shifts, load_shifts
from fieldcheck.workflows.days.dropped_shifts import copy_shifts, restore_shifts
from fieldcheck.workflows.days.keep_frames import load_kept_frames
from fieldcheck.workflows.days.monitor import count_alarms
from fieldcheck.workflows.models.models import find_model

RETENTION = "shift_retention"  # of facts about a model
MB = 1_000_000


def get_retention(project: Project, model: str | None = None) -> ShiftRetention:
    """Retention that was asked for; all shifts up to 200 MB where nobody did. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    found = project.read(lambda db: facts_table.get_newest_fact(db, RETENTION, stored.sha256, "", ""))
    return ShiftRetention(int(found["weeks"]), int(found["megabytes"])) if found else ShiftRetention()


def set_retention(project: Project, asked: ShiftRetention, model: str | None, now: str, days: int | None = None) -> DroppedShifts:
    """Keeps what is asked for, and drops what it no longer keeps, as `drop_old_shifts`. Raises NoModel, ModelUnknown, DiskFull."""
    stored, told = find_model(project, model), {"weeks": asked.weeks, "megabytes": asked.megabytes}
    project.write(lambda db: facts_table.replace_fact(db, RETENTION, stored.sha256, "", "", told, now)).result()
    return drop_old_shifts(project, model, now, days)


def restore_from_copy(project: Project, file: Path, model: str | None, now: str) -> int:
    """Restores the shifts of a copy, and keeps all shifts without end from now on, with room for them. Raises NoModel, ModelUnknown,
    PathMissing, PredictionLogRefused `copy`."""
    stored, asked = find_model(project, model), get_retention(project, model)
    n = restore_shifts(project, file)
    sizes = project.read(lambda db: facts_table.get_fact_sizes(db, KIND, stored.sha256, stored.card_sha256))
    told = {"weeks": 0, "megabytes": max(asked.megabytes, sum(sizes.values()) // MB + 1)}
    project.write(lambda db: facts_table.replace_fact(db, RETENTION, stored.sha256, "", "", told, now)).result()
    count_alarms(project, model, now)
    return n


def drop_old_shifts(project: Project, model: str | None, now: str, days: int | None = None) -> DroppedShifts:
    """Drops the oldest shifts beyond the project's retention, and those older than so many `days`; their age is counted from `now`. They
    are copied into `backups/` first. The newest one stays, and those whose frames were kept. Raises NoModel, ModelUnknown, DiskFull."""
    stored, asked = find_model(project, model), get_retention(project, model)
    begun, spared = tuple(load_shifts(project, stored)), set(load_kept_frames(project, model))
    sizes = dict.fromkeys(begun, 0)
    for about, n in project.read(lambda db: facts_table.get_fact_sizes(db, KIND, stored.sha256, stored.card_sha256)).items():
        sizes[about.partition(APART)[0]] += n
    ages = [*([timedelta(weeks=asked.weeks)] if asked.weeks else []), *([timedelta(days=days)] if days is not None else [])]
    old = _list_expired(begun, min(ages, default=None), now)
    left = sum(sizes[one] for one in begun if one not in old)
    for one in begun[:-1]:
        if left <= asked.megabytes * MB:
            break
        if one not in old and one not in spared:
            old.append(one)
            left -= sizes[one]
    gone = [one for one in begun if one in set(old) - spared]
    copies: tuple[str, ...] = ()
    if gone:
        copies = (copy_shifts(project, stored, frozenset(gone)),)
        delete_shifts(project, stored, gone)
        count_alarms(project, model, now)
    return DroppedShifts(len(gone), gone[0] if gone else "", gone[-1] if gone else "", len(set(old) & spared), copies)


def _list_expired(begun: Sequence[str], most: timedelta | None, now: str) -> list[str]:
    """Starts more than that before now, but for the last one: a row of the future makes none of them older."""
    at = datetime.fromisoformat(now)
    return [one for one in begun[:-1] if most is not None and at - datetime.fromisoformat(one) > most]
