"""Drift monitor: shifts in order, each against all earlier healthy ones; an alarm asks for a diagnosis and never for a retrain.

`docs/methods.md` 8.4 and 8.5: what comes first in the order of suspicion is said alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import scipy

from fieldcheck.domain.camera_health import CameraShift, HealthFinding
from fieldcheck.domain.shift import ChartName, ChartPoint, DriftAdvice, DriftCause, MonitoredShift, ShiftState, ShiftStatistics
from fieldcheck.drift.chart import EwmaChart
from fieldcheck.drift.shift_charts import Read, find_fallen_classes, read_charts
from fieldcheck.imaging.camera_health import find_camera_faults, find_moved_statistic

FEWEST = 6  # shifts before anything is said
MOST_CLASSES = 0.7  # of the tested ones: then it is all of them
WATCHED = 2.0
LOW = 0.6  # of a class's median confidence
SLOW_EVERY, SLOW_OF = 30, 10
SLOW_P = 0.01
SAME = 1e-12  # figures that differ by less are one
FEWEST_RESULTS = 10  # of a shift, for anything to be said of it
MOVED = 4.0  # standard deviations of the reference shifts from which on an image statistic explains an alarm


@dataclass(slots=True)
class _ChartSet:
    """The charts with what they have read."""

    charts: dict[ChartName, EwmaChart] = field(default_factory=dict)
    values: dict[ChartName, list[float]] = field(default_factory=dict)

    @property
    def ringing(self) -> bool:
        return any(one.ringing for one in self.charts.values())

    def add_readings(self, read: Mapping[ChartName, Read]) -> tuple[ChartPoint, ...]:
        points = []
        for name, (value, z, quantile) in read.items():
            chart = self.charts.setdefault(name, EwmaChart())
            self.values.setdefault(name, []).append(value)
            alarm = chart.add_quantile(quantile)
            points.append(ChartPoint(name, value, z, chart.value, chart.limit, alarm))
        return tuple(points)

    def list_slow_drifts(self) -> tuple[ChartName, ...]:
        """Charts whose latest ten values differ from their first ten, looked at every thirty shifts."""
        return tuple(
            name
            for name, values in self.values.items()
            if len(values) % SLOW_EVERY == 0 and _is_mean_different(values[:SLOW_OF], values[-SLOW_OF:])
        )


_Mark = tuple[int, dict[ChartName, tuple[float, int, bool, int]], frozenset[tuple[str, str]]]
_START: _Mark = (0, {}, frozenset())
_NO_CAUSE: tuple[DriftCause, str] = ("", "")


@dataclass(slots=True)
class _DriftFollower:
    """The monitor between two shifts: healthy shifts, charts, and faults of cameras that nobody has looked at."""

    reference: list[ShiftStatistics] = field(default_factory=list)
    charts: _ChartSet = field(default_factory=_ChartSet)
    faults: set[tuple[str, str]] = field(default_factory=set)

    def process_shift(self, shift: ShiftStatistics) -> MonitoredShift:
        n, health = len(self.reference), self._check_health(shift)
        if health:
            return self._process_faulty_shift(shift, health)
        if shift.n < FEWEST_RESULTS:
            cause: DriftCause = "few_results" if shift.n else "no_frames"
            return MonitoredShift(shift.began, shift.n, "watch", n, cause=cause, advice="none" if shift.n else "check_camera")
        candidates = tuple(name for name, upper in shift.median_upper.items() if upper < LOW)
        if n < FEWEST:
            self.reference.append(shift)
            return MonitoredShift(shift.began, shift.n, "learning", n, candidates=candidates)
        return self._process_charts(shift, candidates)

    def save_state(self) -> _Mark:
        """How it stands, to come back to: lists only grow, so that their lengths are enough."""
        charts = {name: (one.value, one.n, one.ringing, len(self.charts.values[name])) for name, one in self.charts.charts.items()}
        return len(self.reference), charts, frozenset(self.faults)

    def restore_state(self, mark: _Mark) -> None:
        """Stands as it did at the mark."""
        n, charts, faults = mark
        del self.reference[n:]
        self.faults = set(faults)
        self.charts.values = {name: self.charts.values[name][:length] for name, (*_, length) in charts.items()}
        self.charts.charts = {name: EwmaChart(value, many, rings) for name, (value, many, rings, _) in charts.items()}

    def acknowledge_cameras(self, cameras: Collection[str]) -> None:
        self.faults = {(camera, check) for camera, check in self.faults if camera not in cameras}

    def acknowledge(self) -> None:
        self.faults.clear()
        for chart in self.charts.charts.values():
            chart.acknowledge()

    def _check_health(self, shift: ShiftStatistics) -> tuple[HealthFinding, ...]:
        before: dict[str, list[CameraShift]] = {}
        for one in (camera for earlier in self.reference for camera in earlier.cameras):
            before.setdefault(one.camera, []).append(one)
        found = list[HealthFinding]()
        for camera in shift.cameras:
            others = {name: earlier for name, earlier in before.items() if name != camera.camera}
            found += find_camera_faults(camera, before.get(camera.camera, []), others)
        return tuple(found)

    def _process_faulty_shift(self, shift: ShiftStatistics, health: tuple[HealthFinding, ...]) -> MonitoredShift:
        """A fault of the camera: nothing is read off its results, and the shift is no reference."""
        here = {(one.camera, one.check) for one in health}
        state: ShiftState = "diagnose" if here <= self.faults else "alarm"
        self.faults |= here
        return MonitoredShift(
            shift.began, shift.n, state, len(self.reference), cause="camera", advice="check_camera", health=health
        )  # fmt: skip

    def _process_charts(self, shift: ShiftStatistics, candidates: tuple[str, ...]) -> MonitoredShift:
        n, rang = len(self.reference), self.charts.ringing
        points = self.charts.add_readings(read_charts(shift, self.reference))
        fallen, tested = find_fallen_classes(shift, self.reference)
        state = _get_state(points, rang, self.charts.ringing)
        cause, feature = self._find_cause(shift, points, fallen, tested) if self.charts.ringing else _NO_CAUSE
        advice, slow = _make_advice(state, cause, candidates), self.charts.list_slow_drifts()
        if not self.charts.ringing:
            self.reference.append(shift)
        return MonitoredShift(
            shift.began, shift.n, state, n, points, cause, advice, fallen, candidates, slow, feature=feature
        )  # fmt: skip

    def _find_cause(
        self, shift: ShiftStatistics, points: Sequence[ChartPoint], fallen: Sequence[str], tested: int
    ) -> tuple[DriftCause, str]:
        """Order of suspicion: pictures that look otherwise first, then what a log can tell."""
        name, deviations = self._find_moved_statistic(shift)
        return ("picture", name) if deviations > MOVED else (_find_log_cause(points, fallen, tested), "")

    def _find_moved_statistic(self, shift: ShiftStatistics) -> tuple[str, float]:
        found = [("", 0.0)]
        for camera in shift.cameras:
            before = [one for earlier in self.reference for one in earlier.cameras if one.camera == camera.camera]
            found.append(find_moved_statistic(camera, before))
        return max(found, key=lambda one: one[1])


class DriftMonitor:
    """Shifts of one model, followed as they come. A shift is worked out once: asked again, the line goes on from the first shift that is
    other than before, such as the one that is not over, or that somebody has looked at since. May be asked from several threads."""

    def __init__(self) -> None:
        self._following = _DriftFollower()
        self._asked: list[tuple[ShiftStatistics, bool, frozenset[str]]] = []
        self._found: list[tuple[MonitoredShift, _Mark]] = []  # and how the follower stood after it
        self._lock = Lock()

    def process_shifts(
        self, shifts: Sequence[ShiftStatistics], acknowledged: Collection[str], cameras: Collection[tuple[str, str]] = ()
    ) -> tuple[MonitoredShift, ...]:  # fmt: skip
        """Drift of each shift, oldest first. `acknowledged`: starts of shifts up to which a person has looked: alarms of these and earlier
        shifts are over, and the charts begin anew after them. `cameras`: start of a shift and camera, where a person has looked at the
        faults of that camera alone."""
        looked: dict[str, set[str]] = {}
        for began, camera in cameras:
            looked.setdefault(began, set()).add(camera)
        asked = [(one, one.began in acknowledged, frozenset(looked.get(one.began, ()))) for one in shifts]
        with self._lock:
            known = next((at for at, (old, new) in enumerate(zip(self._asked, asked, strict=False)) if old != new), len(self._asked))
            known = min(known, len(asked))
            del self._asked[known:], self._found[known:]
            self._following.restore_state(self._found[-1][1] if self._found else _START)
            for shift, seen, alone in asked[known:]:
                found = self._following.process_shift(shift)
                self._following.acknowledge_cameras(alone)
                if seen:
                    self._following.acknowledge()
                self._asked.append((shift, seen, alone))
                self._found.append((found, self._following.save_state()))
            return tuple(found for found, _ in self._found)


def _is_mean_different(before: Sequence[float], after: Sequence[float]) -> bool:
    """Whether two means differ by Student's t test; figures that never vary, such as one confidence throughout, have none."""
    means, spreads = [float(np.mean(one)) for one in (before, after)], [float(np.std(one, ddof=1)) for one in (before, after)]
    if max(spreads) <= SAME:
        return abs(means[0] - means[1]) > SAME
    test = scipy.stats.ttest_ind_from_stats(means[0], spreads[0], len(before), means[1], spreads[1], len(after))
    return bool(test.pvalue < SLOW_P)


def process_shifts(shifts: Sequence[ShiftStatistics], acknowledged: Collection[str]) -> tuple[MonitoredShift, ...]:
    """Drift of each shift, as a line that begins with them."""
    return DriftMonitor().process_shifts(shifts, acknowledged)


def _get_state(points: Sequence[ChartPoint], rang: bool, rings: bool) -> ShiftState:
    if rings:
        return "diagnose" if rang and not any(one.alarm for one in points) else "alarm"
    return "watch" if any(one.z > WATCHED for one in points) else "healthy"


def _find_log_cause(points: Sequence[ChartPoint], fallen: Sequence[str], tested: int) -> DriftCause:
    """Order of suspicion of what a log can tell: another mix of products first, then confidence, then pictures that are new."""
    over = {one.name for one in points if one.ewma > one.limit or one.alarm}
    if "class_mix" in over:
        return "class_mix"
    if fallen and len(fallen) >= MOST_CLASSES * tested:
        return "all_classes"
    if len(fallen) == 1:
        return "one_class"
    return "new_pictures"


def _make_advice(state: ShiftState, cause: DriftCause, candidates: Sequence[str]) -> DriftAdvice:
    """The camera before the model; a retrain is a candidate only where nothing else explains a class of low confidence."""
    if cause in ("all_classes", "one_class", "picture"):
        return "check_camera"
    if state in ("alarm", "diagnose"):
        return "look"
    return "retrain_candidate" if candidates else "none"
