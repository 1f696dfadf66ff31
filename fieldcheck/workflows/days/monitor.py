"""Drift monitor over a deployed model's log: shifts taken in once and kept as figures, followed, and acknowledged by a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.shift import FollowedShift, SampledResult, ShiftStatistics, joined, waiting_alarms
from fieldcheck.drift.monitor import DriftLine
from fieldcheck.errors import PredictionLogRefused, ShiftUnknown
from fieldcheck.exchange.logged_picture import picture_folder
from fieldcheck.exchange.logged_times import EPOCH, SECOND, LoggedTimes, local_time
from fieldcheck.exchange.prediction_log import LoggedBlock, read_prediction_log
from fieldcheck.plain_name import plain_note
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.days._kept_shifts import APART, keep_shifts, kept_shifts
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
AHEAD = timedelta(days=1)
MOST_CLASSES = 2_000  # of a log, where its model has no more: each takes its part of every shift
MOST_SHIFTS = 3_000  # of a log: nearly three years of three a day


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Log or footage that was taken in: `n` results in `shifts`; `unknown` classes that the model does not have; `empty` shifts between the
    first and the last that hold none; `backwards` rows whose time is over an hour before the one above it, as of a second clock; `future`
    rows set aside because their time is over a day ahead of this computer's clock."""

    n: int
    shifts: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    empty: int = 0
    backwards: int = 0
    future: int = 0


def take_in(project: Project, log: Path, hours: int, model: str | None, seed: int, progress: Progress, now: str) -> TakenIn:
    """Takes a log's shifts in; one that was taken in before is replaced. Only figures are kept, not the results. Rows whose time is over a
    day after `now` are set aside. Raises NoModel, ModelUnknown, PathMissing, PredictionLogRefused; Cancelled, and nothing is kept."""
    stored = find_model(project, model)
    classes = set(card_of(stored).classes)
    rows = _LogRows(log, hours, seed, latest_time(now), max(MOST_CLASSES, 2 * len(classes)))
    for block in read_prediction_log(log):
        progress.report(rows.n, None, "results")
        progress.check()
        rows.add(block)
    if not rows.builders:
        raise PredictionLogRefused(log, "future", rows.first_future)
    builders, folder, found = rows.builders, picture_folder(log.parent), list[ShiftStatistics]()
    has_vectors = any(one.has_vectors for one in builders.values())
    kept = kept_shifts(project, stored).values() if has_vectors else ()
    before = [one for one in kept if datetime.fromisoformat(one.began) < min(builders)]
    for at in sorted(builders):
        earlier = [one for one in (*before, *found) if one.centre]
        found.append(builders[at].statistics(at.isoformat(), joined(earlier) if earlier else None, folder=folder))
    keep_shifts(project, stored, found, "", now)
    count_alarms(project, model, now)
    unknown = sorted({name for one in found for name in one.counts} - classes)
    begun = tuple(one.began for one in found)
    return TakenIn(sum(one.n for one in found), begun, tuple(unknown), _empty(found, hours), rows.backwards, rows.n_future)


def latest_time(now: str) -> datetime:
    """The last time that is not in the future: clocks of two computers may differ by a time zone."""
    return datetime.fromisoformat(now) + AHEAD


@dataclass(slots=True)
class _LogRows:
    """Rows of a log while it is read, by shift: those after `latest` are counted and left out; more than `most` classes are refused."""

    log: Path
    hours: int
    seed: int
    latest: datetime
    most: int
    builders: dict[datetime, ShiftBuilder] = field(default_factory=dict)
    n: int = 0
    n_future: int = 0
    first_future: str = ""
    backwards: int = 0
    _before: int | None = None
    _names: set[str] = field(default_factory=set)

    def add(self, block: LoggedBlock) -> None:
        """The next rows. Raises PredictionLogRefused for an embedding with other dimensions than those before it, and for too many classes
        or shifts."""
        self._names.update(block.names)
        if len(self._names) > self.most:
            raise PredictionLogRefused(self.log, "classes", f"> {self.most}")
        places = np.flatnonzero(block.times.at <= (self.latest - EPOCH) // timedelta(microseconds=1))
        if (left_out := len(block) - places.size) > 0:
            self.first_future = self.first_future or _first_after(block, places)
            self.n_future, block = self.n_future + left_out, block.only(places)
        if len(block):
            self._by_shift(block, places)
        self.n += len(block) + left_out

    def _by_shift(self, block: LoggedBlock, places: NDArray[np.intp]) -> None:
        moments = block.times.at if self._before is None else np.concatenate(([self._before], block.times.at))
        self.backwards, self._before = self.backwards + int((np.diff(moments) < -STEP_BACK).sum()), int(moments[-1])
        for began, first, stop in _by_shift(block.times, self.hours):
            builder, part = self.builders.setdefault(began, ShiftBuilder(self.seed)), block.part(first, stop)
            if (odd := builder.odd_vector(part)) is not None:
                raise PredictionLogRefused(self.log, "embedding", f"{self.n + int(places[first + odd]) + 1}")
            builder.add(part)
        if len(self.builders) > MOST_SHIFTS:
            raise PredictionLogRefused(self.log, "shifts", f"> {MOST_SHIFTS}")


def _first_after(block: LoggedBlock, places: NDArray[np.intp]) -> str:
    """Time of the first row that is not among these."""
    at = int(np.setdiff1d(np.arange(len(block)), places)[0])
    return local_time(int(block.times.at[at]), int(block.times.ahead[at])).isoformat()


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
