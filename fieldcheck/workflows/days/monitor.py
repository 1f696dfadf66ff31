"""Drift monitor over a deployed model's log: shifts taken in once and kept as figures, followed, and acknowledged by a person."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.shift import FollowedShift, ShiftStatistics
from fieldcheck.drift.monitor import follow
from fieldcheck.drift.shift_charts import median_upper
from fieldcheck.errors import PredictionLogRefused, ShiftUnknown
from fieldcheck.exchange.prediction_log import LoggedResult, read_prediction_log
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.models.models import card_of, find_model

KIND, SEEN = "shift", "shift_seen"  # of facts about a model
FIRST_HOUR = 6  # of a day's first shift, local time
SAMPLED, OUTLIERS = 100, 5
CHECK_EVERY = 10_000  # rows
STEP_BACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Log that was taken in: `n` results in `shifts`; `unknown` classes that the model does not have; `empty` shifts between the first
    and the last that hold none; `backwards` rows whose time is over an hour before the one above them, as of a second clock."""

    n: int
    shifts: tuple[str, ...]
    unknown: tuple[str, ...]
    empty: int
    backwards: int


@dataclass(slots=True)
class _Shift:
    """Results of a shift while they are read."""

    results: list[tuple[str, str, float, str]] = field(default_factory=list)
    n: int = 0
    total: NDArray[np.float64] | None = None
    squares: NDArray[np.float64] | None = None

    def add(self, one: LoggedResult) -> None:
        self.results.append((one.at.isoformat(), one.prediction, one.confidence, one.picture))
        if one.embedding:
            vector = np.array(one.embedding)
            if self.total is None or self.squares is None:
                self.total, self.squares = np.zeros(vector.size), np.zeros(vector.size)
            self.n += 1
            self.total += vector
            self.squares += vector**2

    def statistics(self, began: str, seed: int) -> ShiftStatistics:
        """Figures of the whole shift; outliers are the least confident of a hundred results drawn over its time."""
        by_class = {
            name: np.array([sure for *_, sure in rows])
            for name, rows in groupby(sorted((name, sure) for _, name, sure, _ in self.results), key=lambda one: one[0])
        }
        mean = self.total / self.n if self.total is not None else np.zeros(0)
        spread = np.sqrt(np.maximum(0, self.squares / self.n - mean**2)) if self.squares is not None else np.zeros(0)
        kept = np.random.default_rng(seed).choice(len(self.results), min(SAMPLED, len(self.results)), replace=False)
        outliers = sorted((self.results[at] for at in sorted(kept.tolist())), key=lambda one: one[2])[:OUTLIERS]
        return ShiftStatistics(
            began,
            len(self.results),
            {name: int(sures.size) for name, sures in by_class.items()},
            {name: float(sures.mean()) for name, sures in by_class.items()},
            {name: upper for name, sures in by_class.items() if (upper := median_upper(sures)) <= 1},
            tuple(mean.tolist()),
            tuple(spread.tolist()),
            tuple(outliers),
        )


def take_in(project: Project, log: Path, hours: int, model: str | None, seed: int, progress: Progress, now: str) -> TakenIn:
    """Takes a log's shifts in; one that was taken in before is replaced. Only figures are kept, not the results. Raises NoModel,
    ModelUnknown, PathMissing, PredictionLogRefused; Cancelled, and nothing is kept."""
    stored = find_model(project, model)
    shifts, backwards, latest = dict[str, _Shift](), 0, None
    for row, one in enumerate(_watched(read_prediction_log(log), progress)):
        backwards += latest is not None and one.at < latest - STEP_BACK
        latest = one.at
        shift = shifts.setdefault(shift_start(one.at, hours).isoformat(), _Shift())
        if shift.total is not None and one.embedding and len(one.embedding) != shift.total.size:
            raise PredictionLogRefused(log, "embedding", f"{row + 1}")
        shift.add(one)
    found = [shifts[began].statistics(began, seed) for began in sorted(shifts, key=datetime.fromisoformat)]
    card_sha256 = hashlib.sha256(stored.card.encode()).hexdigest()

    def keep(db: Database) -> None:
        for one in found:
            facts_table.put(db, KIND, stored.sha256, card_sha256, one.began, one.to_json(), now)

    project.write(keep).result()
    classes = set(card_of(stored).classes)
    unknown = sorted({name for one in found for name in one.counts} - classes)
    return TakenIn(sum(one.n for one in found), tuple(one.began for one in found), tuple(unknown), _empty(found, hours), backwards)


def followed(project: Project, model: str | None = None) -> tuple[FollowedShift, ...]:
    """Shifts of a model in order of time, as the monitor sees them: another model, or another card, is another chart. Raises NoModel,
    ModelUnknown."""
    stored = find_model(project, model)
    shifts = sorted(_kept(project, stored).values(), key=lambda one: datetime.fromisoformat(one.began))
    seen = {about for sha256, about, _, _ in project.read(lambda db: facts_table.all(db, SEEN)) if sha256 == stored.sha256}
    return follow(shifts, seen)


def outliers(project: Project, began: str, model: str | None = None) -> tuple[tuple[str, str, float, str], ...]:
    """Outliers of a shift, to be looked at: time, class, confidence, picture. Raises ShiftUnknown."""
    kept = _kept(project, find_model(project, model))
    if began not in kept:
        raise ShiftUnknown(began, tuple(sorted(kept)))
    return kept[began].outliers


def acknowledge(project: Project, began: str, note: str, model: str | None, now: str) -> None:
    """Somebody has looked: alarms up to that shift are over. Raises ShiftUnknown."""
    stored = find_model(project, model)
    kept = _kept(project, stored)
    if began not in kept:
        raise ShiftUnknown(began, tuple(sorted(kept)))
    project.write(lambda db: facts_table.put(db, SEEN, stored.sha256, "", began, {"note": note}, now)).result()


def shift_start(at: datetime, hours: int) -> datetime:
    """Start of the shift that a local time falls into; shifts of a day are counted from six in the morning."""
    passed = (at.hour - FIRST_HOUR) % 24 // hours * hours
    return (at - timedelta(hours=(at.hour - FIRST_HOUR) % 24 - passed)).replace(minute=0, second=0, microsecond=0)


def _kept(project: Project, model: StoredModel) -> dict[str, ShiftStatistics]:
    card_sha256 = hashlib.sha256(model.card.encode()).hexdigest()
    rows = project.read(lambda db: facts_table.of_model(db, KIND, model.sha256, card_sha256))
    return {about: ShiftStatistics.from_json(found) for about, found in rows}


def _watched(results: Iterable[LoggedResult], progress: Progress) -> Iterator[LoggedResult]:
    for number, one in enumerate(results):
        if number % CHECK_EVERY == 0:
            progress.report(number, None, "results")
            progress.check()
        yield one


def _empty(found: Sequence[ShiftStatistics], hours: int) -> int:
    times = [datetime.fromisoformat(one.began) for one in found]
    steps = [round((later - earlier) / timedelta(hours=hours)) - 1 for earlier, later in pairwise(times)]
    return sum(max(0, step) for step in steps)
