"""Drift monitor over a deployed model's log: shifts taken in once and kept as figures, followed, and acknowledged by a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from fieldcheck.domain.shift import FollowedShift, SampledResult, ShiftStatistics, joined, waiting_alarms
from fieldcheck.drift.monitor import DriftLine
from fieldcheck.errors import PredictionLogRefused, ShiftUnknown
from fieldcheck.exchange.logged_picture import picture_folder
from fieldcheck.exchange.logged_times import SECOND, LoggedTimes, local_time
from fieldcheck.exchange.prediction_log import read_prediction_log
from fieldcheck.plain_name import plain_note
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.days._kept_shifts import APART, forget_shifts, keep_shifts, kept_shifts
from fieldcheck.workflows.days._shift_builder import ShiftBuilder
from fieldcheck.workflows.models.models import card_of, find_model

SEEN = "shift_seen"  # of facts about a model
SEEN_CAMERA = "camera_seen"
WAITING = "alarms_waiting"  # of facts about a model
AT_RISK = "risk_waiting"
FIRST_HOUR = 6  # of a day's first shift, local time
OUTLIERS = 5
LINES = 4  # models of projects whose shifts are kept followed
STEP_BACK = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Log or footage that was taken in: `n` results in `shifts`; `unknown` classes that the model does not have; `empty` shifts between the
    first and the last that hold none; `backwards` rows whose time is over an hour before the one above it, as of a second clock."""

    n: int
    shifts: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    empty: int = 0
    backwards: int = 0


def take_in(project: Project, log: Path, hours: int, model: str | None, seed: int, progress: Progress, now: str) -> TakenIn:
    """Takes a log's shifts in; one that was taken in before is replaced. Only figures are kept, not the results. Raises NoModel,
    ModelUnknown, PathMissing, PredictionLogRefused; Cancelled, and nothing is kept."""
    stored = find_model(project, model)
    builders, backwards, latest, n = dict[datetime, ShiftBuilder](), 0, None, 0
    for block in read_prediction_log(log):
        progress.report(n, None, "results")
        progress.check()
        moments = block.times.at if latest is None else np.concatenate(([latest], block.times.at))
        backwards, latest = backwards + int((np.diff(moments) < -STEP_BACK).sum()), int(moments[-1])
        for began, first, stop in _by_shift(block.times, hours):
            builder, part = builders.setdefault(began, ShiftBuilder(seed)), block.part(first, stop)
            if (odd := builder.odd_vector(part)) is not None:
                raise PredictionLogRefused(log, "embedding", f"{n + first + odd + 1}")
            builder.add(part)
        n += len(block)
    found, has_vectors, folder = list[ShiftStatistics](), any(one.has_vectors for one in builders.values()), picture_folder(log.parent)
    kept = kept_shifts(project, stored).values() if has_vectors else ()
    before = [one for one in kept if datetime.fromisoformat(one.began) < min(builders)]
    for at in sorted(builders):
        earlier = [one for one in (*before, *found) if one.centre]
        found.append(builders[at].statistics(at.isoformat(), joined(earlier) if earlier else None, folder=folder))
    keep_shifts(project, stored, found, "", now)
    count_alarms(project, model, now)
    classes = set(card_of(stored).classes)
    unknown = sorted({name for one in found for name in one.counts} - classes)
    return TakenIn(sum(one.n for one in found), tuple(one.began for one in found), tuple(unknown), _empty(found, hours), backwards)


def followed(project: Project, model: str | None = None) -> tuple[FollowedShift, ...]:
    """Shifts of a model in order of time, as the monitor sees them: another model, or another card, is another chart. Raises NoModel,
    ModelUnknown."""
    stored = find_model(project, model)
    line = _line(str(project.path), stored.sha256, stored.card_sha256)
    return line.follow(tuple(kept_shifts(project, stored).values()), set(notes(project, model)), seen_cameras(project, model))


def shifts_of(project: Project, model: str | None = None) -> dict[str, ShiftStatistics]:
    """Figures of the shifts of a model by their start, oldest first. Raises NoModel, ModelUnknown."""
    return kept_shifts(project, find_model(project, model))


def notes(project: Project, model: str | None = None) -> dict[str, str]:
    """Notes of people when they looked at alarms, by the start of the shift. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    rows = project.read(lambda db: facts_table.all(db, SEEN))
    return {about: str(found["note"]) for sha256, about, found, _ in rows if sha256 == stored.sha256}


def seen_cameras(project: Project, model: str | None = None) -> set[tuple[str, str]]:
    """Start of a shift and camera, where somebody has looked at that camera alone. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    rows = project.read(lambda db: facts_table.subjects(db, SEEN_CAMERA))
    parts = (about.partition(APART) for sha256, _, about, _ in rows if sha256 == stored.sha256)
    return {(began, camera) for began, _, camera in parts}


def acknowledge_camera(project: Project, began: str, camera: str, note: str, model: str | None, now: str) -> None:
    """Somebody has looked at one camera: its faults up to that shift are over, those of other cameras and the charts' alarms are not.
    Raises ShiftUnknown, also where the camera has no fault in that shift."""
    stored, shifts = find_model(project, model), {one.began: one for one in followed(project, model)}
    if began not in shifts:
        raise ShiftUnknown(began, tuple(shifts))
    faulty = tuple(one.camera for one in shifts[began].health)
    if camera not in faulty:
        raise ShiftUnknown(began, faulty, camera)
    project.write(
        lambda db: facts_table.put(db, SEEN_CAMERA, stored.sha256, "", began + APART + camera, {"note": plain_note(note)}, now)
    ).result()
    count_alarms(project, model, now)


def outliers(project: Project, began: str, model: str | None = None) -> tuple[SampledResult, ...]:
    """Outliers of a shift, to be looked at: the least confident of its sampled results. Raises ShiftUnknown."""
    kept = shifts_of(project, model)
    if began not in kept:
        raise ShiftUnknown(began, tuple(kept))
    return tuple(sorted(kept[began].sampled, key=lambda one: one.confidence)[:OUTLIERS])


def acknowledge(project: Project, began: str, note: str, model: str | None, now: str) -> None:
    """Somebody has looked: alarms up to that shift are over. Raises ShiftUnknown."""
    stored, kept = find_model(project, model), shifts_of(project, model)
    if began not in kept:
        raise ShiftUnknown(began, tuple(kept))
    project.write(lambda db: facts_table.put(db, SEEN, stored.sha256, "", began, {"note": plain_note(note)}, now)).result()
    count_alarms(project, model, now)


def count_alarms(project: Project, model: str | None, now: str) -> None:
    """Keeps how many alarms wait for somebody to look, for those who only ask how far a project is. Raises NoModel, ModelUnknown."""
    stored, seen, cameras = find_model(project, model), notes(project, model), seen_cameras(project, model)
    n = len(waiting_alarms(followed(project, model), seen, cameras))
    project.write(lambda db: facts_table.replace(db, WAITING, stored.sha256, "", "", n, now)).result()


def count_risk(project: Project, waits: bool, model: str | None, now: str) -> None:
    """Keeps whether the accuracy of a shift is at risk and nobody has looked, beside the alarms that wait. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    project.write(lambda db: facts_table.replace(db, AT_RISK, stored.sha256, "", "", int(waits), now)).result()


def forget_old(project: Project, days: int, model: str | None, now: str) -> int:
    """Forgets shifts that began more than so many days before the newest; how many. Raises NoModel, ModelUnknown."""
    stored, kept = find_model(project, model), tuple(shifts_of(project, model))
    last = max(map(datetime.fromisoformat, kept), default=datetime.min)
    old = [one for one in kept if last - datetime.fromisoformat(one) > timedelta(days=days)]
    forget_shifts(project, stored, old)
    count_alarms(project, model, now)
    return len(old)


def shift_start(at: datetime, hours: int) -> datetime:
    """Start of the shift that a local time falls into; shifts of a day are counted from six in the morning."""
    passed = (at.hour - FIRST_HOUR) % 24 // hours * hours
    return (at - timedelta(hours=(at.hour - FIRST_HOUR) % 24 - passed)).replace(minute=0, second=0, microsecond=0)


@lru_cache(maxsize=LINES)
def _line(_project: str, _model: str, _card: str) -> DriftLine:
    """The shifts of a model that were followed already: each refresh works out only what is new."""
    return DriftLine()


def _by_shift(times: LoggedTimes, hours: int) -> Iterator[tuple[datetime, int, int]]:
    """Stretches of neighbouring results that fall into one shift: its start, the place of the first and that behind the last."""
    hour, ahead = (times.at // SECOND + times.ahead) // 3600 - FIRST_HOUR, times.ahead
    shift = hour // 24 * 24 + hour % 24 // hours * hours
    edges = np.flatnonzero((np.diff(shift) != 0) | (np.diff(ahead) != 0)) + 1
    for first, stop in pairwise([0, *edges.tolist(), shift.size]):
        yield shift_start(local_time(int(times.at[first]), int(ahead[first])), hours), first, stop


def _empty(found: Sequence[ShiftStatistics], hours: int) -> int:
    times = [datetime.fromisoformat(one.began) for one in found]
    steps = [round((later - earlier) / timedelta(hours=hours)) - 1 for earlier, later in pairwise(times)]
    return sum(max(0, step) for step in steps)
