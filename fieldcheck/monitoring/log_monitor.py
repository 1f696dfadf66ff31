"""Drift monitor over prediction logs: shifts imported once, judged and acknowledged, and alarms
that start a program once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.shift import (
    MonitoredShift,
    OpenAlarm,
    SampledResult,
    ShiftStatistics,
    combine_shifts,
    list_waiting_alarms,
)
from fieldcheck.errors.imported_files import PredictionLogRefused
from fieldcheck.errors.labels import ShiftUnknown
from fieldcheck.models.store import find_model, get_card
from fieldcheck.monitoring.drift_ewma import DriftMonitor
from fieldcheck.monitoring.log_columns import EPOCH, SECOND, LoggedTimes, make_local_time
from fieldcheck.monitoring.prediction_log import LoggedBlock, get_image_folder, read_prediction_log
from fieldcheck.monitoring.shifts import (
    APART,
    RepeatedResults,
    ShiftBuilder,
    get_latest_time,
    list_epoch_keys,
    load_epoch_shifts,
    load_parts,
    load_shifts,
    make_log_source,
    store_shifts,
)
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as facts_table
from fieldcheck.safe_text import clean_note

SEEN = "shift_seen"  # of facts about a model
SEEN_CAMERA = "camera_seen"
WAITING = "alarms_waiting"  # of facts about a model
FIRST_HOUR = 6  # of a day's first shift, local time
OUTLIERS = 5
LINES = 4  # Number of models whose monitors are kept in memory.
STEP_BACK = 3600 * SECOND
MOST_CLASSES = 2_000  # of a log, where its model has no more: each takes its part of every shift
MOST_SHIFTS = 3_000  # of a log: nearly three years of three a day


@dataclass(frozen=True, slots=True)
class ImportedShifts:
    """Log or footage that was taken in: `n` results in `shifts`; `unknown` classes that the model
    does not have; `empty` shifts between the first and the last that hold none; `backwards` rows
    whose time is over an hour before the one above it, as of a second clock; `future` rows set
    aside because their time is over a day ahead of this computer's clock."""

    n: int
    shifts: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    empty: int = 0
    backwards: int = 0
    future: int = 0


def import_log(
    project: Project,
    log: Path,
    hours: int,
    model: str | None,
    seed: int,
    progress: Progress,
    now: str,
) -> ImportedShifts:
    """Import the shifts of a log, which join those of other logs; importing it again replaces them,
    also under another name. Only figures are stored, not the results. Rows whose time is over a day
    after `now` are set aside. Raises NoModel, ModelUnknown, PathMissing, PredictionLogRefused;
    Cancelled, and nothing is stored."""
    stored = find_model(project, model)
    classes = set(get_card(stored).classes)
    rows = _LogReader(
        log,
        hours,
        seed,
        get_latest_time(now),
        max(MOST_CLASSES, 2 * len(classes)),
        RepeatedResults(load_parts(project, stored)),
    )
    for block in read_prediction_log(log):
        progress.report(rows.n, None, "results")
        progress.check()
        rows.add_rows(block)
    if not rows.builders:
        raise PredictionLogRefused(log, "future", rows.first_future)
    has_vectors = any(builder.has_vectors for builder in rows.builders.values())
    kept = load_shifts(project, stored).values() if has_vectors else ()
    shift_statistics = _compute_statistics(rows.builders, kept, get_image_folder(log.parent))
    source = make_log_source(log, rows.first)
    new, repeated = rows.repeated.sort_parts(shift_statistics, source)
    store_shifts(project, stored, new, source, now, repeated)
    count_alarms(project, model, now)
    unknown = sorted(
        {name for shift_statistics in shift_statistics for name in shift_statistics.counts}
        - classes
    )
    begun = tuple(shift_statistics.began for shift_statistics in shift_statistics)
    return ImportedShifts(
        sum(shift_statistics.n for shift_statistics in shift_statistics),
        begun,
        tuple(unknown),
        _count_empty_shifts(shift_statistics, hours),
        rows.backwards,
        rows.n_future,
    )


def _compute_statistics(
    builders: Mapping[datetime, ShiftBuilder], kept: Iterable[ShiftStatistics], folder: str
) -> list[ShiftStatistics]:
    """Figures of the shifts of a log in order of time, each with distances from those before it,
    which are the `kept` ones before the log and its own."""
    before = [
        statistics
        for statistics in kept
        if datetime.fromisoformat(statistics.began) < min(builders) and statistics.centre
    ]
    result = list[ShiftStatistics]()
    for began in sorted(builders):
        earlier = [*before, *(statistics for statistics in result if statistics.centre)]
        reference = combine_shifts(earlier) if earlier else None
        result.append(builders[began].make_statistics(began.isoformat(), reference, folder=folder))
    return result


@dataclass(slots=True)
class _LogReader:
    """Rows of a log while it is read, by shift: those after `latest` are counted and left out; more
    than `most` classes are refused. `first`: time of the first row, in microseconds."""

    log: Path
    hours: int
    seed: int
    latest: datetime
    most: int
    repeated: RepeatedResults
    first: str = ""
    builders: dict[datetime, ShiftBuilder] = field(default_factory=dict)
    n: int = 0
    n_future: int = 0
    first_future: str = ""
    backwards: int = 0
    _before: int | None = None
    _names: set[str] = field(default_factory=set)

    def add_rows(self, block: LoggedBlock) -> None:
        """Add the next rows. Raises PredictionLogRefused for an embedding with other dimensions
        than before, and for too many classes or shifts."""
        self._names.update(block.names)
        if len(self._names) > self.most:
            raise PredictionLogRefused(self.log, "classes", f"> {self.most}")
        if not self.first and len(block):
            self.first = str(int(block.times.timestamps_us[0]))
        self.repeated.add_rows(block)
        positions = np.flatnonzero(
            block.times.timestamps_us <= (self.latest - EPOCH) // timedelta(microseconds=1)
        )
        if (left_out := len(block) - positions.size) > 0:
            self.first_future = self.first_future or _find_first_after(block, positions)
            self.n_future, block = self.n_future + left_out, block.select_rows(positions)
        if len(block):
            self._group_rows(block, positions)
        self.n += len(block) + left_out

    def _group_rows(self, block: LoggedBlock, positions: NDArray[np.intp]) -> None:
        moments = (
            block.times.timestamps_us
            if self._before is None
            else np.concatenate(([self._before], block.times.timestamps_us))
        )
        self.backwards, self._before = (
            self.backwards + int((np.diff(moments) < -STEP_BACK).sum()),
            int(moments[-1]),
        )
        for began, first, stop in _group_by_shift(block.times, self.hours):
            builder, part = (
                self.builders.setdefault(began, ShiftBuilder(self.seed)),
                block.slice_rows(first, stop),
            )
            if (odd := builder.find_odd_vector(part)) is not None:
                raise PredictionLogRefused(
                    self.log, "embedding", f"{self.n + int(positions[first + odd]) + 1}"
                )
            builder.add_results(part)
        if len(self.builders) > MOST_SHIFTS:
            raise PredictionLogRefused(self.log, "shifts", f"> {MOST_SHIFTS}")


def _find_first_after(block: LoggedBlock, positions: NDArray[np.intp]) -> str:
    """Time of the first row that is not among these."""
    index = int(np.setdiff1d(np.arange(len(block)), positions)[0])
    return make_local_time(
        int(block.times.timestamps_us[index]), int(block.times.utc_offsets_s[index])
    ).isoformat()


def compute_followed_shifts(
    project: Project, model: str | None = None
) -> tuple[MonitoredShift, ...]:
    """Shifts of a model in order of time, as the monitor sees them: another model, or another card,
    is another chart. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    return _follow_shifts(project, stored.sha256, stored.card_sha256)


def _follow_shifts(project: Project, sha256: str, card_sha256: str) -> tuple[MonitoredShift, ...]:
    line = _get_drift_monitor(str(project.path), sha256, card_sha256)
    return line.process_shifts(
        tuple(load_epoch_shifts(project, sha256, card_sha256).values()),
        set(_load_notes(project, sha256)),
        _load_seen_cameras(project, sha256),
    )


def list_alarms_elsewhere(project: Project) -> tuple[OpenAlarm, ...]:
    """Open alarms that are not of the newest model as it is used now: another model does not close
    an alarm of the line, somebody who acknowledges a later shift of it does. Raises NoModel."""
    newest = find_model(project)
    names = {model.sha256: model.name for model in project.read(facts_table.list_models)}
    return tuple(
        OpenAlarm(names.get(sha256, sha256[:12]), shift)
        for sha256, card_sha256 in list_epoch_keys(project)
        if (sha256, card_sha256) != (newest.sha256, newest.card_sha256)
        for shift in _list_waiting(project, sha256, card_sha256)
    )


def _list_waiting(project: Project, sha256: str, card_sha256: str) -> tuple[MonitoredShift, ...]:
    """Alarms of an epoch that nobody has looked at, neither there nor in a later shift of another
    model."""
    waiting = list_waiting_alarms(
        _follow_shifts(project, sha256, card_sha256),
        _load_notes(project, sha256),
        _load_seen_cameras(project, sha256),
    )
    seen = [
        datetime.fromisoformat(about)
        for of_model, about, _, _ in project.read(lambda db: facts_table.list_facts(db, SEEN))
        if of_model != sha256
    ]
    latest = max(seen, default=None)
    return tuple(
        shift for shift in waiting if latest is None or datetime.fromisoformat(shift.began) > latest
    )


def load_model_shifts(project: Project, model: str | None = None) -> dict[str, ShiftStatistics]:
    """Figures of the shifts of a model by their start, oldest first. Raises NoModel,
    ModelUnknown."""
    return load_shifts(project, find_model(project, model))


def load_notes(project: Project, model: str | None = None) -> dict[str, str]:
    """Load the notes that people wrote when acknowledging alarms, by the start of the shift. Raises
    NoModel, ModelUnknown."""
    return _load_notes(project, find_model(project, model).sha256)


def _load_notes(project: Project, model_sha256: str) -> dict[str, str]:
    rows = project.read(lambda db: facts_table.list_facts(db, SEEN))
    return {about: str(note["note"]) for sha256, about, note, _ in rows if sha256 == model_sha256}


def load_seen_cameras(project: Project, model: str | None = None) -> set[tuple[str, str]]:
    """Start of a shift and camera for each camera that was acknowledged alone. Raises NoModel,
    ModelUnknown."""
    return _load_seen_cameras(project, find_model(project, model).sha256)


def _load_seen_cameras(project: Project, model_sha256: str) -> set[tuple[str, str]]:
    rows = project.read(lambda db: facts_table.list_fact_subjects(db, SEEN_CAMERA))
    parts = (about.partition(APART) for sha256, _, about, _ in rows if sha256 == model_sha256)
    return {(began, camera) for began, _, camera in parts}


def close_camera_alarm(
    project: Project, began: str, camera: str, note: str, model: str | None, now: str
) -> None:
    """Acknowledges one camera: its faults up to that shift are closed, those of other cameras and
    the charts' alarms are not.

    Raises ShiftUnknown, also where the camera has no fault in that shift."""
    stored, shifts = (
        find_model(project, model),
        {
            followed_shift.began: followed_shift
            for followed_shift in compute_followed_shifts(project, model)
        },
    )
    if began not in shifts:
        raise ShiftUnknown(began, tuple(shifts))
    faulty = tuple(health_finding.camera for health_finding in shifts[began].health)
    if camera not in faulty:
        raise ShiftUnknown(began, faulty, camera)
    project.write(
        lambda db: facts_table.put_fact(
            db,
            SEEN_CAMERA,
            stored.sha256,
            "",
            began + APART + camera,
            {"note": clean_note(note)},
            now,
        )
    ).result()
    count_alarms(project, model, now)


def list_outliers(
    project: Project, began: str, model: str | None = None
) -> tuple[SampledResult, ...]:
    """Outliers of a shift, to be looked at: the least confident of its sampled results. Raises
    ShiftUnknown."""
    kept = load_model_shifts(project, model)
    if began not in kept:
        raise ShiftUnknown(began, tuple(kept))
    return tuple(
        sorted(kept[began].sampled, key=lambda sampled_result: sampled_result.confidence)[:OUTLIERS]
    )


def close_alarms(project: Project, began: str, note: str, model: str | None, now: str) -> None:
    """Acknowledges all alarms of the line up to that shift, which may be one of an earlier model.
    Raises ShiftUnknown."""
    sha256 = _find_model_of_shift(project, began, model)
    project.write(
        lambda db: facts_table.put_fact(
            db, SEEN, sha256, "", began, {"note": clean_note(note)}, now
        )
    ).result()
    count_alarms(project, model, now)


def _find_model_of_shift(project: Project, began: str, model: str | None) -> str:
    """Hash of the model that has this shift: the newest one where no model is named, else an
    earlier one."""
    stored = find_model(project, model)
    kept = load_shifts(project, stored)
    if began in kept:
        return stored.sha256
    for sha256, card_sha256 in list_epoch_keys(project):
        if (model is None or sha256 == stored.sha256) and began in load_epoch_shifts(
            project, sha256, card_sha256
        ):
            return sha256
    raise ShiftUnknown(began, tuple(kept))


def count_alarms(project: Project, model: str | None, now: str) -> None:
    """Stores for each model the number of alarms that are not acknowledged, for the project's
    status. Raises NoModel, ModelUnknown."""
    counts = {find_model(project, model).sha256: 0}
    for sha256, card_sha256 in list_epoch_keys(project):
        counts[sha256] = counts.get(sha256, 0) + len(_list_waiting(project, sha256, card_sha256))

    def keep(db: Database) -> None:
        for sha256, n in counts.items():
            facts_table.replace_fact(db, WAITING, sha256, "", "", n, now)

    project.write(keep).result()


def find_shift_start(time: datetime, hours: int) -> datetime:
    """Start of the shift that contains a local time; the shifts of a day are counted from six in
    the morning."""
    passed = (time.hour - FIRST_HOUR) % 24 // hours * hours
    return (time - timedelta(hours=(time.hour - FIRST_HOUR) % 24 - passed)).replace(
        minute=0, second=0, microsecond=0
    )


@lru_cache(maxsize=LINES)
def _get_drift_monitor(_project: str, _model: str, _card: str) -> DriftMonitor:
    """The shifts of a model that were followed already: each refresh works out only what is new."""
    return DriftMonitor()


def _group_by_shift(times: LoggedTimes, hours: int) -> Iterator[tuple[datetime, int, int]]:
    """Stretches of neighbouring results that fall into one shift: its start, the place of the first
    and that behind the last."""
    hour, ahead = (
        (times.timestamps_us // SECOND + times.utc_offsets_s) // 3600 - FIRST_HOUR,
        times.utc_offsets_s,
    )
    shift_start = hour // 24 * 24 + hour % 24 // hours * hours
    edges = np.flatnonzero((np.diff(shift_start) != 0) | (np.diff(ahead) != 0)) + 1
    for first, stop in pairwise([0, *edges.tolist(), shift_start.size]):
        yield (
            find_shift_start(
                make_local_time(int(times.timestamps_us[first]), int(ahead[first])), hours
            ),
            first,
            stop,
        )


def _count_empty_shifts(shift_statistics: Sequence[ShiftStatistics], hours: int) -> int:
    times = [
        datetime.fromisoformat(shift_statistics.began) for shift_statistics in shift_statistics
    ]
    steps = [
        round((later - earlier) / timedelta(hours=hours)) - 1 for earlier, later in pairwise(times)
    ]
    return sum(max(0, step) for step in steps)


# Alarms reported once: those for which a program was started are stored, so that an hourly monitor
# does not start it every hour.

TOLD_ALARM = "alarm_told"  # of facts about a model
ALARM_KEY_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class AlarmKey:
    """One alarm: the shift's start, and the fault of which camera it is; both empty where a chart
    alarms. `to`: who hears of it."""

    began: str
    camera: str = ""
    check: str = ""
    to: str = ""

    @property
    def storage_key(self) -> str:
        """Key as it is kept, one text."""
        return ALARM_KEY_SEPARATOR.join(
            (self.began, self.camera, self.check, *([self.to] if self.to else []))
        )


def take_new_alarms(
    project: Project, model: str | None, now: str, to: str = ""
) -> tuple[AlarmKey, ...]:
    """Alarms that are not acknowledged and were not reported before; they count as reported from
    now on. An alarm in an earlier shift counts even while the newest one is only being diagnosed.

    `to`: recipient, a program if empty. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    waiting = list_waiting_alarms(
        compute_followed_shifts(project, model),
        load_notes(project, model),
        load_seen_cameras(project, model),
    )
    rows = project.read(lambda db: facts_table.list_fact_subjects(db, TOLD_ALARM))
    subjects = {about for sha256, _, about, _ in rows if sha256 == stored.sha256}
    keys = [
        AlarmKey(monitored_shift.began, fault.camera, fault.check)
        for monitored_shift in waiting
        for fault in monitored_shift.health
    ]
    keys += [
        AlarmKey(monitored_shift.began) for monitored_shift in waiting if not monitored_shift.health
    ]
    keys = [replace(key, to=to) for key in keys]
    new = tuple(key for key in keys if key.storage_key not in subjects)

    def keep(db: Database) -> None:
        for alarm_key in new:
            facts_table.put_fact(db, TOLD_ALARM, stored.sha256, "", alarm_key.storage_key, {}, now)

    project.write(keep).result()
    return new


def reset_alarms(project: Project, keys: Sequence[AlarmKey], model: str | None) -> None:
    """Marks these alarms as not reported, because reporting failed. Raises NoModel,
    ModelUnknown."""
    stored = find_model(project, model)

    def forget(db: Database) -> None:
        for key in keys:
            facts_table.remove_fact(db, TOLD_ALARM, stored.sha256, "", key.storage_key)

    project.write(forget).result()
