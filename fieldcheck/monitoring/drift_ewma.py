"""Drift monitor: EWMA charts of a shift against healthy reference shifts, and the alarms that
follow (`docs/methods.md` 8.4 and 8.5). Of several suspected causes only the first in the order of
suspicion is reported."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, sqrt
from threading import Lock

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.shift import (
    BASELINE_SHIFTS,
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
from fieldcheck.stats.significance import compute_q_values
from fieldcheck.stats.time_blocks import JUMP, ChartReference, ChartStep, step_charts

# Statistics of a shift against the reference shifts: mean confidence, class mix, entropy, shift of
# the embedding centroid. `docs/methods.md` 8.1 to 8.4.

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


Figures = NDArray[np.float64]
Read = tuple[float, float]  # value as it is shown, statistic as it is charted

FEW_EXPECTED = 5.0  # Rarer classes are pooled.
DROP = 0.05
FEW_OF_CLASS = 50
FEWEST_BEFORE = 5  # The fewest earlier shifts that any class is compared with.
FEW_FOR_MEDIAN = 20


class ReferenceResults:
    """Results of all reference shifts together: counts of classes, and the embeddings' sums by
    dimension. A shift is held against them and then joins them."""

    def __init__(self, shifts: Sequence[ShiftStatistics] = ()) -> None:
        self.n = 0
        self._counts: dict[str, int] = {}
        self._n_results = 0
        self._origin: Figures | None = None  # Digits are lost far away from the middle.
        self._first = self._second = np.zeros(0)
        for shift in shifts:
            self.add(shift)

    def add(self, shift: ShiftStatistics) -> None:
        """A shift more."""
        for name, n in shift.counts.items():
            self._counts[name] = self._counts.get(name, 0) + n
        self.n, self._n_results = self.n + 1, self._n_results + shift.n
        if not shift.centre:
            return
        centre = np.array(shift.centre)
        if self._origin is None:
            self._origin = centre
            self._first, self._second = np.zeros(centre.size), np.zeros(centre.size)
        if centre.size == self._origin.size:
            apart = centre - self._origin
            self._first = self._first + shift.n * apart
            self._second = self._second + shift.n * (np.array(shift.spread) ** 2 + apart**2)

    def measure(self, shift: ShiftStatistics, names: Sequence[ChartName]) -> dict[ChartName, Read]:
        """Value and statistic of a shift that has figures for these charts."""
        figures: dict[ChartName, Read] = {}
        for name in names:
            if name == "confidence":
                figures[name] = shift.mean_confidence, -shift.mean_confidence
            elif name == "entropy":
                figures[name] = float(shift.entropy or 0.0), float(shift.entropy or 0.0)
            elif name == "class_mix":
                figures[name] = self._measure_class_mix(shift)
            else:
                figures[name] = self._measure_embedding(shift)
        return figures

    def _measure_class_mix(self, shift: ShiftStatistics) -> Read:
        """G of the shift against the others for one degree of freedom, and its Wilson-Hilferty
        normal quantile. How much whole shifts differ by themselves, the chart learns."""
        names = sorted({*self._counts, *shift.counts})
        here, others = (
            np.array([counts.get(name, 0) for name in names], np.float64)
            for counts in (shift.counts, self._counts)
        )
        g, df = compute_g_test(here, others)
        if not df:
            return 0.0, 0.0
        width = 2 / (9 * df)
        return g / df, float((np.cbrt(g / df) - (1 - width)) / sqrt(width))

    def _measure_embedding(self, shift: ShiftStatistics) -> Read:
        """δ, and δ as a reference without end would give it: the mean of few shifts adds its own
        error."""
        origin = self._origin if self._origin is not None else np.zeros(len(shift.centre))
        mean = self._first / self._n_results
        spread = np.sqrt(np.maximum(self._second / self._n_results - mean**2, 0.0))
        value = compute_centroid_shift(np.array(shift.centre) - origin, mean, spread)
        return value, value / sqrt(1 + 1 / self.n)


CHARTS: tuple[ChartName, ...] = ("confidence", "class_mix", "entropy", "embedding")
# standard deviation that drawing results by chance gives a statistic
LEAST: Mapping[ChartName, float] = {"class_mix": 1.0}
LEAST_OF_OTHERS = 1e-12


def list_charts(shifts: Sequence[ShiftStatistics]) -> tuple[ChartName, ...]:
    """Charts that every one of these shifts has figures for."""
    dims = {len(shift.centre) for shift in shifts}
    missing = {
        "entropy": any(shift.entropy is None for shift in shifts),
        "embedding": 0 in dims or len(dims) > 1,
    }
    return tuple(name for name in CHARTS if not missing.get(name, False))


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
    n, total, n_left = (
        shift.counts[name],
        shift.counts[name] * shift.confidence[name],
        len(reference),
    )
    while n < FEW_OF_CLASS and n_left > FEWEST_BEFORE:
        n_left -= 1
        more = reference[n_left].counts.get(name, 0)
        n, total = n + more, total + more * reference[n_left].confidence.get(name, 0.0)
    return n, total / n, reference[:n_left]


def compute_median_upper_limit(confidences: Figures) -> float:
    """Upper limit (95 %, sign test) of the median of (n,) confidences of a class; infinite below
    twenty."""
    if confidences.size < FEW_FOR_MEDIAN:
        return inf
    rank = int(scipy.stats.binom.ppf(0.975, confidences.size, 0.5))
    return float(np.sort(confidences)[min(rank, confidences.size - 1)])


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


REMEMBERED = 90  # newest reference shifts that classes and cameras are compared with
MOST_CLASSES = 0.7  # of the tested ones: then it is all of them
WATCHED = 2.0
LOW = 0.6  # of a class's median confidence
SLOW_EVERY, SLOW_OF = 30, 10
SLOW_P = 0.01
SAME = 1e-12  # figures that differ by less are one
FEWEST_RESULTS = 10  # of a shift, for anything to be said of it
IDENTICAL = 30  # results in a row with the same class and confidence
QUIET = 0.5  # of its limit: a chart below it may alarm again
# standard deviations of the reference shifts from which on an image statistic explains an alarm
MOVED = 4.0


@dataclass(frozen=True, slots=True)
class _ChartState:
    """The charts after some shift: their reference, the smoothed figures (S,), how many shifts were
    charted since they began, and which of them ring: an alarm of theirs was already raised."""

    names: tuple[ChartName, ...]
    reference: ChartReference
    ewma: Figures
    count: int = 0
    ringing: frozenset[ChartName] = frozenset()

    @classmethod
    def learn(cls, shifts: Sequence[ShiftStatistics], follows: Sequence[bool]) -> _ChartState:
        """Charts of learnt shifts, each held against all others. `follows`: whether the shift came
        right after the one before it."""
        names = list_charts(shifts)
        rows = []
        for index, (shift, is_neighbour) in enumerate(zip(shifts, follows, strict=True)):
            others = ReferenceResults([*shifts[:index], *shifts[index + 1 :]])
            measured = others.measure(shift, names)
            rows += [] if is_neighbour else [[np.nan] * len(names)]
            rows.append([measured[name][1] for name in names])
        return cls(names, ChartReference.from_shifts(rows), np.zeros(len(names)))

    def select_charts(self, shift: ShiftStatistics, like: ShiftStatistics) -> _ChartState:
        """The charts that this shift has figures for, as an earlier one, `like`, has them."""
        kept = [
            position
            for position, name in enumerate(self.names)
            if name in list_charts((shift, like))
        ]
        if len(kept) == len(self.names):
            return self
        names = tuple(self.names[position] for position in kept)
        return _ChartState(
            names,
            self.reference.select_charts(kept),
            self.ewma[kept],
            self.count,
            self.ringing & set(names),
        )

    def step(self, measured: Mapping[ChartName, Read]) -> tuple[ChartStep, _ChartState]:
        """The next shift on the charts, and how they stand after it. It joins their reference
        unless it crossed a limit."""
        values = [measured[name][1] for name in self.names]
        least = [LEAST.get(name, LEAST_OF_OTHERS) for name in self.names]
        step = step_charts(self.reference, values, self.ewma, self.count + 1, least)
        loud = step.crossed | (step.ewma > QUIET * step.limit)
        crossed, ringing = (
            {name for name, is_set in zip(self.names, flags.tolist(), strict=True) if is_set}
            for flags in (step.crossed, loud)
        )
        return step, replace(
            self,
            reference=self.reference.add(values) if step.joins else self.reference.set_aside(),
            ewma=step.ewma,
            count=self.count + 1,
            ringing=frozenset(crossed | (self.ringing & ringing)),
        )

    def restart(self) -> _ChartState:
        """The charts begin anew; what was learnt stays."""
        return replace(self, ewma=np.zeros(len(self.names)), count=0, ringing=frozenset())


@dataclass(frozen=True, slots=True)
class _Mark:
    """How the monitor stood after a shift. Lists only grow, so their lengths are enough."""

    n_reference: int = 0
    is_neighbour: bool = False
    charts: _ChartState | None = None
    lengths: Mapping[ChartName, int] = field(default_factory=dict)
    faults: frozenset[tuple[str, str]] = frozenset()


_START = _Mark()
_NO_CAUSE: tuple[DriftCause, str] = ("", "")
REPEATED = ("", "repeated")  # among the faults


@dataclass(slots=True)
class _DriftFollower:
    """State of the monitor between two shifts: reference shifts and their results together, charts
    with their values so far, and faults that were not acknowledged."""

    reference: list[ShiftStatistics] = field(default_factory=list)
    follows: list[bool] = field(default_factory=list)
    results: ReferenceResults = field(default_factory=ReferenceResults)
    is_neighbour: bool = False
    charts: _ChartState | None = None
    values: dict[ChartName, list[float]] = field(default_factory=dict)
    faults: set[tuple[str, str]] = field(default_factory=set)

    def process_shift(self, shift: ShiftStatistics) -> MonitoredShift:
        n, health = len(self.reference), self._check_health(shift)
        if health:
            return self._process_faulty_shift(shift, health)
        if shift.n < FEWEST_RESULTS:
            self._set_aside()
            cause: DriftCause = "few_results" if shift.n else "no_frames"
            return MonitoredShift(
                shift.began,
                shift.n,
                "watch",
                n,
                cause=cause,
                advice="none" if shift.n else "check_camera",
            )
        if shift.repeated >= IDENTICAL:
            return self._process_repeated_results(shift)
        self.faults.discard(REPEATED)
        candidates = tuple(name for name, upper in shift.median_upper.items() if upper < LOW)
        if self.charts is None:
            self._learn_from(shift)
            return MonitoredShift(shift.began, shift.n, "learning", n, candidates=candidates)
        return self._process_charts(shift, self.charts, candidates)

    def save_state(self) -> _Mark:
        """Return a mark to restore this state later."""
        lengths = {name: len(values) for name, values in self.values.items()}
        return _Mark(
            len(self.reference), self.is_neighbour, self.charts, lengths, frozenset(self.faults)
        )

    def restore_state(self, mark: _Mark) -> None:
        """Restore the state at the mark."""
        if len(self.reference) != mark.n_reference:
            del self.reference[mark.n_reference :], self.follows[mark.n_reference :]
            self.results = ReferenceResults(self.reference)
        self.is_neighbour, self.charts, self.faults = (
            mark.is_neighbour,
            mark.charts,
            set(mark.faults),
        )
        self.values = {name: self.values[name][:n] for name, n in mark.lengths.items()}

    def acknowledge_cameras(self, cameras: Collection[str]) -> None:
        self.faults = {(camera, check) for camera, check in self.faults if camera not in cameras}

    def acknowledge(self) -> None:
        self.faults.clear()
        self.charts = self.charts.restart() if self.charts is not None else None

    def _learn_from(self, shift: ShiftStatistics) -> None:
        self._add_to_reference(shift)
        if len(self.reference) == BASELINE_SHIFTS:
            self.charts = _ChartState.learn(self.reference, self.follows)

    def _add_to_reference(self, shift: ShiftStatistics) -> None:
        self.reference.append(shift)
        self.follows.append(self.is_neighbour)
        self.results.add(shift)
        self.is_neighbour = True

    def _set_aside(self) -> None:
        """A shift that nothing is learnt from."""
        self.is_neighbour = False
        if self.charts is not None:
            self.charts = replace(self.charts, reference=self.charts.reference.set_aside())

    def _check_health(self, shift: ShiftStatistics) -> tuple[HealthFinding, ...]:
        if not shift.cameras:
            return ()
        before: dict[str, list[CameraShift]] = {}
        for earlier in self.reference[-REMEMBERED:]:
            for camera_shift in earlier.cameras:
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
        self._set_aside()
        return MonitoredShift(
            shift.began,
            shift.n,
            self._raise_faults({(finding.camera, finding.check) for finding in health}),
            len(self.reference),
            cause="camera",
            advice="check_camera",
            health=health,
        )

    def _process_repeated_results(self, shift: ShiftStatistics) -> MonitoredShift:
        """Record a shift in which one result came many times in a row: nothing else is said of it,
        and it is no reference."""
        self._set_aside()
        return MonitoredShift(
            shift.began,
            shift.n,
            self._raise_faults({REPEATED}),
            len(self.reference),
            cause="repeated",
            advice="check_camera",
            repeated=shift.repeated,
        )

    def _raise_faults(self, here: set[tuple[str, str]]) -> ShiftState:
        state: ShiftState = "diagnose" if here <= self.faults else "alarm"
        self.faults |= here
        return state

    def _process_charts(
        self, shift: ShiftStatistics, before: _ChartState, candidates: tuple[str, ...]
    ) -> MonitoredShift:
        n, recent = len(self.reference), self.reference[-REMEMBERED:]
        before = before.select_charts(shift, self.reference[-1])
        measured = self.results.measure(shift, before.names)
        step, self.charts = before.step(measured)
        for name, (value, _) in measured.items():
            self.values.setdefault(name, []).append(value)
        points = _make_chart_points(before, measured, step)
        fallen, tested = find_fallen_classes(shift, recent)
        state = _get_state(points, step.joins)
        cause, feature = (
            _NO_CAUSE if step.joins else self._find_cause(shift, before, step, fallen, tested)
        )
        slow = self._list_slow_drifts(before.names)
        if step.joins:
            self._add_to_reference(shift)
        else:
            self.is_neighbour = False
        return MonitoredShift(
            shift.began,
            shift.n,
            state,
            n,
            points,
            cause,
            _make_advice(state, cause, candidates),
            fallen,
            candidates,
            slow,
            feature=feature,
        )

    def _list_slow_drifts(self, names: Sequence[ChartName]) -> tuple[ChartName, ...]:
        """List charts whose latest ten values differ from their first ten; tested every thirty
        shifts."""
        return tuple(
            name
            for name in names
            if len(self.values[name]) % SLOW_EVERY == 0
            and is_mean_different(self.values[name][:SLOW_OF], self.values[name][-SLOW_OF:])
        )

    def _find_cause(
        self,
        shift: ShiftStatistics,
        charts: _ChartState,
        step: ChartStep,
        fallen: Sequence[str],
        tested: int,
    ) -> tuple[DriftCause, str]:
        """Return the first cause in the order of suspicion: changed images first, then what the log
        shows."""
        name, deviations = self._find_moved_statistic(shift)
        if deviations > MOVED:
            return "picture", name
        over = {name for name, is_over in zip(charts.names, step.crossed, strict=True) if is_over}
        return _find_log_cause(over, fallen, tested), ""

    def _find_moved_statistic(self, shift: ShiftStatistics) -> tuple[str, float]:
        moved = [("", 0.0)]
        for camera in shift.cameras:
            before = [
                camera_shift
                for earlier in self.reference[-REMEMBERED:]
                for camera_shift in earlier.cameras
                if camera_shift.camera == camera.camera
            ]
            moved.append(find_moved_statistic(camera, before))
        return max(moved, key=lambda statistic: statistic[1])


def _make_chart_points(
    before: _ChartState, measured: Mapping[ChartName, Read], step: ChartStep
) -> tuple[ChartPoint, ...]:
    return tuple(
        ChartPoint(
            name,
            measured[name][0],
            float(step.z[position]),
            float(step.ewma[position]),
            float(step.limit[position]),
            bool(step.crossed[position]) and name not in before.ringing,
            float(step.phi[position]),
        )
        for position, name in enumerate(before.names)
    )


class DriftMonitor:
    """Follows the shifts of one model. Results are kept: a second call starts at the first shift
    that changed, such as an unfinished or newly acknowledged one. Thread-safe."""

    def __init__(self) -> None:
        self._following = _DriftFollower()
        self._asked: list[tuple[ShiftStatistics, bool, frozenset[str]]] = []
        self._marks: list[tuple[MonitoredShift, _Mark]] = []  # and how the follower stood after it
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
        looked_at_shifts = [
            (
                shift_statistics,
                shift_statistics.began in acknowledged,
                frozenset(checked_cameras.get(shift_statistics.began, ())),
            )
            for shift_statistics in shifts
        ]
        with self._lock:
            n_known = next(
                (
                    index
                    for index, (old, new) in enumerate(
                        zip(self._asked, looked_at_shifts, strict=False)
                    )
                    if old != new
                ),
                len(self._asked),
            )
            n_known = min(n_known, len(looked_at_shifts))
            del self._asked[n_known:], self._marks[n_known:]
            self._following.restore_state(self._marks[-1][1] if self._marks else _START)
            for shift, seen, alone in looked_at_shifts[n_known:]:
                monitored_shift = self._following.process_shift(shift)
                self._following.acknowledge_cameras(alone)
                if seen:
                    self._following.acknowledge()
                self._asked.append((shift, seen, alone))
                self._marks.append((monitored_shift, self._following.save_state()))
            return tuple(monitored_shift for monitored_shift, _ in self._marks)


def is_mean_different(before: Sequence[float], after: Sequence[float]) -> bool:
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


def _get_state(points: Sequence[ChartPoint], joins: bool) -> ShiftState:
    if not joins:
        return "alarm" if any(point.alarm for point in points) else "diagnose"
    return "watch" if any(point.z > WATCHED for point in points) else "healthy"


def _find_log_cause(over: Collection[ChartName], fallen: Sequence[str], tested: int) -> DriftCause:
    """Order of suspicion of what a log can tell: another mix of products first, then confidence,
    then pictures that are new. `over`: charts beyond their limit."""
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
