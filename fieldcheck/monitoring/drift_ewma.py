"""Drift monitor: EWMA charts of a shift against healthy reference shifts, and the alarms that
follow (`docs/methods.md` 8.4 and 8.5). Of several suspected causes only the first in the order of
suspicion is reported."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, sqrt
from threading import Lock

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.shift import (
    CameraShift,
    ChartName,
    ChartPoint,
    DriftAdvice,
    DriftCause,
    HealthFinding,
    MonitoredShift,
    ShiftState,
    ShiftStatistics,
)
from fieldcheck.imaging.camera_health import find_camera_faults, find_moved_statistic
from fieldcheck.stats.cluster import JUMP, SMOOTHING, WIDTH
from fieldcheck.stats.significance import compute_q_values

# Chart statistics of a shift against reference shifts: shift of the embedding centroid, drop of
# confidence, change of class mix.

# EWMA control chart that starts by itself: each value is standardised against all earlier healthy
# ones. `docs/methods.md` 8.4.

SURE = 1e-300  # below it the normal quantile is infinite


def compute_z_score(reference: ArrayLike, value: float) -> tuple[float, float]:
    """z of a value against (R,) earlier ones by Student's t with the mean's own error, and the
    normal quantile of the same chance."""
    earlier = np.asarray(reference, np.float64)
    spread = float(earlier.std(ddof=1)) * sqrt(1 + 1 / earlier.size)
    z = (
        (value - float(earlier.mean())) / spread
        if spread > 0
        else float(np.sign(value - earlier.mean())) * JUMP
    )
    return z, compute_normal_quantile(float(scipy.stats.t.sf(z, earlier.size - 1)))


def compute_normal_quantile(p: float) -> float:
    """Normal quantile of the chance `p` that a value is as high or higher."""
    return float(scipy.stats.norm.isf(min(max(p, SURE), 1 - 1e-16)))


@dataclass(slots=True)
class EwmaChart:
    """One-sided EWMA chart. `ringing` from an alarm until it is acknowledged: it does not alarm a
    second time."""

    value: float = 0.0
    n: int = 0
    ringing: bool = False

    def add_quantile(self, quantile: float) -> bool:
        """Add the next normal quantile; returns whether the chart alarms now."""
        self.n += 1
        self.value = SMOOTHING * quantile + (1 - SMOOTHING) * self.value
        crossed = self.value > self.limit or quantile > JUMP
        alarms, self.ringing = crossed and not self.ringing, self.ringing or crossed
        return alarms

    @property
    def limit(self) -> float:
        """Control limit of the smoothed value after that many values."""
        return WIDTH * sqrt(
            SMOOTHING / (2 - SMOOTHING) * (1 - (1 - SMOOTHING) ** (2 * max(1, self.n)))
        )

    def acknowledge(self) -> None:
        """Restart the chart."""
        self.value, self.n, self.ringing = 0.0, 0, False


Figures = NDArray[np.float64]
Read = tuple[float, float, float]  # value, z, normal quantile

FEW_EXPECTED = 5.0  # Rarer classes are pooled.
DROP = 0.05
FEW_OF_CLASS = 50
FEWEST_BEFORE = 5  # Number of shifts that a pooled class is compared with.
FEW_FOR_MEDIAN = 20


def read_charts(
    shift: ShiftStatistics, reference: Sequence[ShiftStatistics]
) -> dict[ChartName, Read]:
    """Charts that this shift and all of its reference have figures for: value, z against the
    reference, and its normal quantile."""
    drops = [-shift_statistics.mean_confidence for shift_statistics in reference]
    charts: dict[ChartName, Read] = {
        "confidence": (shift.mean_confidence, *compute_z_score(drops, -shift.mean_confidence))
    }
    charts["class_mix"] = _read_class_mix_chart(shift, reference)
    entropies = [
        shift_statistics.entropy
        for shift_statistics in reference
        if shift_statistics.entropy is not None
    ]
    if shift.entropy is not None and len(entropies) == len(reference):
        charts["entropy"] = (shift.entropy, *compute_z_score(entropies, shift.entropy))
    if shift.centre and all(
        len(shift_statistics.centre) == len(shift.centre) for shift_statistics in reference
    ):
        charts["embedding"] = _read_embedding_chart(shift, reference)
    return charts


def compute_centroid_shift(
    centre: Figures, reference_mean: Figures, reference_sd: Figures
) -> float:
    """Shift of the embedding centroid δ: root of the mean over (d,) dimensions of the squared
    distance in standard deviations."""
    return float(
        np.sqrt(np.mean(((centre - reference_mean) / np.maximum(reference_sd, 1e-12)) ** 2))
    )


def find_fallen_classes(
    shift: ShiftStatistics, reference: Sequence[ShiftStatistics]
) -> tuple[tuple[str, ...], int]:
    """Classes whose mean confidence fell by 5 % or more and beyond chance (Benjamini-Hochberg over
    classes), and how many were tested: those with 50 results here and some in every shift of the
    reference. One with fewer is tested together with the shifts right before, and counts only where
    it fell: those shifts may have been sound."""
    tested, drops, chances = list[str](), list[float](), list[float]()
    for name in shift.counts:
        n, mean, before = _merge_small_class(name, shift, reference)
        if (
            n >= FEW_OF_CLASS
            and len(before) >= FEWEST_BEFORE
            and all(name in shift_statistics.confidence for shift_statistics in before)
        ):
            usual = [shift_statistics.confidence[name] for shift_statistics in before]
            z, _ = compute_z_score([-value for value in usual], -mean)
            tested.append(name)
            drops.append(1 - mean / float(np.mean(usual)))
            chances.append(float(scipy.stats.t.sf(z, len(usual) - 1)))
    q = compute_q_values(chances) if tested else ()
    fallen = tuple(
        name
        for name, drop, chance in zip(tested, drops, q, strict=True)
        if drop >= DROP and chance <= 0.05
    )
    return fallen, sum(shift.counts[name] >= FEW_OF_CLASS or name in fallen for name in tested)


def _merge_small_class(
    name: str, shift: ShiftStatistics, reference: Sequence[ShiftStatistics]
) -> tuple[int, float, Sequence[ShiftStatistics]]:
    """Results of a class and their mean confidence, with those of the shifts right before where it
    has too few, and the shifts left."""
    n, total, left = shift.counts[name], shift.counts[name] * shift.confidence[name], len(reference)
    while n < FEW_OF_CLASS and left > FEWEST_BEFORE:
        left -= 1
        more = reference[left].counts.get(name, 0)
        n, total = n + more, total + more * reference[left].confidence.get(name, 0.0)
    return n, total / n, reference[:left]


def compute_median_upper_limit(confidences: Figures) -> float:
    """Upper limit (95 %, sign test) of the median of (n,) confidences of a class; infinite below
    twenty."""
    if confidences.size < FEW_FOR_MEDIAN:
        return inf
    rank = int(scipy.stats.binom.ppf(0.975, confidences.size, 0.5))
    return float(np.sort(confidences)[min(rank, confidences.size - 1)])


def _read_embedding_chart(shift: ShiftStatistics, reference: Sequence[ShiftStatistics]) -> Read:
    n, centres, spreads = (
        np.array([getattr(shift_statistics, name) for shift_statistics in reference], np.float64)
        for name in ("n", "centre", "spread")
    )

    # around the middle no digits are lost when one shift is left out
    weight, middle = n[:, None], n @ centres / n.sum()
    first, second = weight * (centres - middle), weight * (spreads**2 + (centres - middle) ** 2)

    def compute_deltas(centre: Figures, left: Figures, sums: Figures, squares: Figures) -> Figures:
        """Of (r, d) centres from references of (r, 1) frames, given as (r, d) sums of their frames
        and of the squares."""
        mean = sums / left
        spread = np.sqrt(np.maximum(squares / left - mean**2, 0.0))
        return np.asarray(
            np.sqrt(np.mean(((centre - mean) / np.maximum(spread, 1e-12)) ** 2, axis=1))
        )

    apart = compute_deltas(
        centres - middle, n.sum() - weight, first.sum(axis=0) - first, second.sum(axis=0) - second
    )
    everyone = (
        np.array([[n.sum()]]),
        first.sum(axis=0, keepdims=True),
        second.sum(axis=0, keepdims=True),
    )
    value = float(compute_deltas((np.array(shift.centre) - middle)[None], *everyone)[0])
    return (value, *compute_z_score(apart, value))


def _read_class_mix_chart(shift: ShiftStatistics, reference: Sequence[ShiftStatistics]) -> Read:
    """G of this shift against the reference, divided by how much whole shifts of the reference
    differ by themselves."""
    names = sorted(
        {name for shift_statistics in (shift, *reference) for name in shift_statistics.counts}
    )
    table = np.array(
        [
            [shift_statistics.counts.get(name, 0) for name in names]
            for shift_statistics in reference
        ],
        np.float64,
    )
    total = table.sum(axis=0)
    apart = [compute_g_test(row, total - row) for row in table]
    usual = max(1.0, float(np.median([g / df for g, df in apart if df] or [1.0])))
    g, df = compute_g_test(
        np.array([shift.counts.get(name, 0) for name in names], np.float64), total
    )
    quantile = compute_normal_quantile(float(scipy.stats.chi2.sf(g / usual, df))) if df else 0.0
    return g / usual, quantile, quantile


def compute_g_test(here: Figures, others: Figures) -> tuple[float, int]:
    """G and its degrees of freedom of (k,) counts of classes against those of other shifts
    together; classes that are expected fewer than five times are one. (0, 0) where one class is
    left."""
    table = np.array([here, others])
    expected = table.sum(axis=0) * here.sum() / table.sum()
    rare = expected < FEW_EXPECTED
    pooled = np.hstack(
        [table[:, ~rare], *([table[:, rare].sum(axis=1, keepdims=True)] if rare.any() else [])]
    )
    pooled = pooled[:, pooled.sum(axis=0) > 0]
    if pooled.shape[1] < 2:
        return 0.0, 0
    value = pooled.sum(axis=1, keepdims=True) * pooled.sum(axis=0) / pooled.sum()
    return float(2 * scipy.special.xlogy(pooled, pooled / value).sum()), pooled.shape[1] - 1


FEWEST = 6  # shifts before anything is said
MOST_CLASSES = 0.7  # of the tested ones: then it is all of them
WATCHED = 2.0
LOW = 0.6  # of a class's median confidence
SLOW_EVERY, SLOW_OF = 30, 10
SLOW_P = 0.01
SAME = 1e-12  # figures that differ by less are one
FEWEST_RESULTS = 10  # of a shift, for anything to be said of it
# standard deviations of the reference shifts from which on an image statistic explains an alarm
MOVED = 4.0


@dataclass(slots=True)
class _ChartSet:
    """The charts with their values so far."""

    charts: dict[ChartName, EwmaChart] = field(default_factory=dict)
    values: dict[ChartName, list[float]] = field(default_factory=dict)

    @property
    def ringing(self) -> bool:
        return any(chart.ringing for chart in self.charts.values())

    def add_readings(self, read: Mapping[ChartName, Read]) -> tuple[ChartPoint, ...]:
        points = []
        for name, (value, z, quantile) in read.items():
            chart = self.charts.setdefault(name, EwmaChart())
            self.values.setdefault(name, []).append(value)
            alarm = chart.add_quantile(quantile)
            points.append(ChartPoint(name, value, z, chart.value, chart.limit, alarm))
        return tuple(points)

    def list_slow_drifts(self) -> tuple[ChartName, ...]:
        """List charts whose latest ten values differ from their first ten; tested every thirty
        shifts."""
        return tuple(
            name
            for name, values in self.values.items()
            if len(values) % SLOW_EVERY == 0
            and _is_mean_different(values[:SLOW_OF], values[-SLOW_OF:])
        )


_Mark = tuple[int, dict[ChartName, tuple[float, int, bool, int]], frozenset[tuple[str, str]]]
_START: _Mark = (0, {}, frozenset())
_NO_CAUSE: tuple[DriftCause, str] = ("", "")


@dataclass(slots=True)
class _DriftFollower:
    """State of the monitor between two shifts: healthy shifts, charts, and camera faults that were
    not acknowledged."""

    reference: list[ShiftStatistics] = field(default_factory=list)
    charts: _ChartSet = field(default_factory=_ChartSet)
    faults: set[tuple[str, str]] = field(default_factory=set)

    def process_shift(self, shift: ShiftStatistics) -> MonitoredShift:
        n, health = len(self.reference), self._check_health(shift)
        if health:
            return self._process_faulty_shift(shift, health)
        if shift.n < FEWEST_RESULTS:
            cause: DriftCause = "few_results" if shift.n else "no_frames"
            return MonitoredShift(
                shift.began,
                shift.n,
                "watch",
                n,
                cause=cause,
                advice="none" if shift.n else "check_camera",
            )
        candidates = tuple(name for name, upper in shift.median_upper.items() if upper < LOW)
        if n < FEWEST:
            self.reference.append(shift)
            return MonitoredShift(shift.began, shift.n, "learning", n, candidates=candidates)
        return self._process_charts(shift, candidates)

    def save_state(self) -> _Mark:
        """Return a mark to restore this state later. Lists only grow, so their lengths are
        enough."""
        charts = {
            name: (chart.value, chart.n, chart.ringing, len(self.charts.values[name]))
            for name, chart in self.charts.charts.items()
        }
        return len(self.reference), charts, frozenset(self.faults)

    def restore_state(self, mark: _Mark) -> None:
        """Restore the state at the mark."""
        n, charts, faults = mark
        del self.reference[n:]
        self.faults = set(faults)
        self.charts.values = {
            name: self.charts.values[name][:length] for name, (*_, length) in charts.items()
        }
        self.charts.charts = {
            name: EwmaChart(value, many, rings) for name, (value, many, rings, _) in charts.items()
        }

    def acknowledge_cameras(self, cameras: Collection[str]) -> None:
        self.faults = {(camera, check) for camera, check in self.faults if camera not in cameras}

    def acknowledge(self) -> None:
        self.faults.clear()
        for chart in self.charts.charts.values():
            chart.acknowledge()

    def _check_health(self, shift: ShiftStatistics) -> tuple[HealthFinding, ...]:
        before: dict[str, list[CameraShift]] = {}
        for camera_shift in (camera for earlier in self.reference for camera in earlier.cameras):
            before.setdefault(camera_shift.camera, []).append(camera_shift)
        health_findings = list[HealthFinding]()
        for camera in shift.cameras:
            others = {name: earlier for name, earlier in before.items() if name != camera.camera}
            health_findings += find_camera_faults(camera, before.get(camera.camera, []), others)
        return tuple(health_findings)

    def _process_faulty_shift(
        self, shift: ShiftStatistics, health: tuple[HealthFinding, ...]
    ) -> MonitoredShift:
        """Record a shift with a camera fault: its results are not evaluated and it is no
        reference."""
        here = {(health_finding.camera, health_finding.check) for health_finding in health}
        state: ShiftState = "diagnose" if here <= self.faults else "alarm"
        self.faults |= here
        return MonitoredShift(
            shift.began,
            shift.n,
            state,
            len(self.reference),
            cause="camera",
            advice="check_camera",
            health=health,
        )

    def _process_charts(
        self, shift: ShiftStatistics, candidates: tuple[str, ...]
    ) -> MonitoredShift:
        n, rang = len(self.reference), self.charts.ringing
        points = self.charts.add_readings(read_charts(shift, self.reference))
        fallen, tested = find_fallen_classes(shift, self.reference)
        state = _get_state(points, rang, self.charts.ringing)
        cause, feature = (
            self._find_cause(shift, points, fallen, tested) if self.charts.ringing else _NO_CAUSE
        )
        advice, slow = _make_advice(state, cause, candidates), self.charts.list_slow_drifts()
        if not self.charts.ringing:
            self.reference.append(shift)
        return MonitoredShift(
            shift.began,
            shift.n,
            state,
            n,
            points,
            cause,
            advice,
            fallen,
            candidates,
            slow,
            feature=feature,
        )

    def _find_cause(
        self,
        shift: ShiftStatistics,
        points: Sequence[ChartPoint],
        fallen: Sequence[str],
        tested: int,
    ) -> tuple[DriftCause, str]:
        """Return the first cause in the order of suspicion: changed images first, then what the log
        shows."""
        name, deviations = self._find_moved_statistic(shift)
        return (
            ("picture", name)
            if deviations > MOVED
            else (_find_log_cause(points, fallen, tested), "")
        )

    def _find_moved_statistic(self, shift: ShiftStatistics) -> tuple[str, float]:
        moved = [("", 0.0)]
        for camera in shift.cameras:
            before = [
                camera_shift
                for earlier in self.reference
                for camera_shift in earlier.cameras
                if camera_shift.camera == camera.camera
            ]
            moved.append(find_moved_statistic(camera, before))
        return max(moved, key=lambda statistic: statistic[1])


class DriftMonitor:
    """Follows the shifts of one model. Results are kept: a second call starts at the first shift
    that changed, such as an unfinished or newly acknowledged one. Thread-safe."""

    def __init__(self) -> None:
        self._following = _DriftFollower()
        self._asked: list[tuple[ShiftStatistics, bool, frozenset[str]]] = []
        self._found: list[tuple[MonitoredShift, _Mark]] = []  # and how the follower stood after it
        self._lock = Lock()

    def process_shifts(
        self,
        shifts: Sequence[ShiftStatistics],
        acknowledged: Collection[str],
        cameras: Collection[tuple[str, str]] = (),
    ) -> tuple[MonitoredShift, ...]:
        """Drift of each shift, oldest first. `acknowledged`: starts of shifts up to which a person
        has looked: alarms of these and earlier shifts are over, and the charts begin anew after
        them. `cameras`: start of a shift and camera, where a person has looked at the faults of
        that camera alone."""
        checked_cameras: dict[str, set[str]] = {}
        for began, camera in cameras:
            checked_cameras.setdefault(began, set()).add(camera)
        asked = [
            (
                shift_statistics,
                shift_statistics.began in acknowledged,
                frozenset(checked_cameras.get(shift_statistics.began, ())),
            )
            for shift_statistics in shifts
        ]
        with self._lock:
            known = next(
                (
                    index
                    for index, (old, new) in enumerate(zip(self._asked, asked, strict=False))
                    if old != new
                ),
                len(self._asked),
            )
            known = min(known, len(asked))
            del self._asked[known:], self._found[known:]
            self._following.restore_state(self._found[-1][1] if self._found else _START)
            for shift, seen, alone in asked[known:]:
                monitored_shift = self._following.process_shift(shift)
                self._following.acknowledge_cameras(alone)
                if seen:
                    self._following.acknowledge()
                self._asked.append((shift, seen, alone))
                self._found.append((monitored_shift, self._following.save_state()))
            return tuple(monitored_shift for monitored_shift, _ in self._found)


def _is_mean_different(before: Sequence[float], after: Sequence[float]) -> bool:
    """Whether two means differ by Student's t test; figures without variance, such as a constant
    confidence, never do."""
    means, spreads = (
        [float(np.mean(values)) for values in (before, after)],
        [float(np.std(values, ddof=1)) for values in (before, after)],
    )
    if max(spreads) <= SAME:
        return abs(means[0] - means[1]) > SAME
    test = scipy.stats.ttest_ind_from_stats(
        means[0], spreads[0], len(before), means[1], spreads[1], len(after)
    )
    return bool(test.pvalue < SLOW_P)


def process_shifts(
    shifts: Sequence[ShiftStatistics], acknowledged: Collection[str]
) -> tuple[MonitoredShift, ...]:
    """Drift of each shift, as a line that begins with them."""
    return DriftMonitor().process_shifts(shifts, acknowledged)


def _get_state(points: Sequence[ChartPoint], rang: bool, rings: bool) -> ShiftState:
    if rings:
        return "diagnose" if rang and not any(point.alarm for point in points) else "alarm"
    return "watch" if any(point.z > WATCHED for point in points) else "healthy"


def _find_log_cause(points: Sequence[ChartPoint], fallen: Sequence[str], tested: int) -> DriftCause:
    """Order of suspicion of what a log can tell: another mix of products first, then confidence,
    then pictures that are new."""
    over = {point.name for point in points if point.ewma > point.limit or point.alarm}
    if "class_mix" in over:
        return "class_mix"
    if fallen and len(fallen) >= MOST_CLASSES * tested:
        return "all_classes"
    if len(fallen) == 1:
        return "one_class"
    return "new_pictures"


def _make_advice(state: ShiftState, cause: DriftCause, candidates: Sequence[str]) -> DriftAdvice:
    """Advice: check the camera before the model. Retraining is suggested only where nothing else
    explains a class of low confidence."""
    if cause in ("all_classes", "one_class", "picture"):
        return "check_camera"
    if state in ("alarm", "diagnose"):
        return "look"
    return "retrain_candidate" if candidates else "none"
