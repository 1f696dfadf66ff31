"""Drift monitor: shifts in order, each against all earlier healthy ones; an alarm asks for a diagnosis and never for a retrain.

`docs/methods.md` 8.4 and 8.5: what comes first in the order of suspicion is said alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import scipy

from fieldcheck.domain.shift import ChartName, ChartPoint, DriftAdvice, DriftCause, FollowedShift, ShiftState, ShiftStatistics
from fieldcheck.drift.chart import EwmaChart
from fieldcheck.drift.shift_charts import Read, fallen_classes, read_charts

FEWEST = 6  # shifts before anything is said
MOST_CLASSES = 0.7  # of the tested ones: then it is all of them
WATCHED = 2.0
LOW = 0.6  # of a class's median confidence
SLOW_EVERY, SLOW_OF = 30, 10
SLOW_P = 0.01


@dataclass(slots=True)
class _Charts:
    """The charts with what they have read."""

    charts: dict[ChartName, EwmaChart] = field(default_factory=dict)
    values: dict[ChartName, list[float]] = field(default_factory=dict)

    @property
    def ringing(self) -> bool:
        return any(one.ringing for one in self.charts.values())

    def add(self, read: Mapping[ChartName, Read]) -> tuple[ChartPoint, ...]:
        points = []
        for name, (value, z, quantile) in read.items():
            chart = self.charts.setdefault(name, EwmaChart())
            self.values.setdefault(name, []).append(value)
            alarm = chart.add(quantile)
            points.append(ChartPoint(name, value, z, chart.value, chart.limit, alarm))
        return tuple(points)

    def slow(self) -> tuple[ChartName, ...]:
        """Charts whose latest ten values differ from their first ten, looked at every thirty shifts."""
        return tuple(
            name
            for name, values in self.values.items()
            if len(values) % SLOW_EVERY == 0 and scipy.stats.ttest_ind(values[:SLOW_OF], values[-SLOW_OF:]).pvalue < SLOW_P
        )


def follow(shifts: Sequence[ShiftStatistics], acknowledged: Collection[str]) -> tuple[FollowedShift, ...]:
    """Drift of each shift, oldest first. `acknowledged`: starts of shifts up to which a person has looked: alarms of
    these and earlier shifts are over, and the charts begin anew after them."""
    reference, charts, followed = list[ShiftStatistics](), _Charts(), list[FollowedShift]()
    for shift in shifts:
        candidates = tuple(name for name, upper in shift.median_upper.items() if upper < LOW)
        if len(reference) < FEWEST:
            reference.append(shift)
            followed.append(FollowedShift(shift.began, shift.n, "learning", len(reference) - 1, candidates=candidates))
            continue
        rang = charts.ringing
        points = charts.add(read_charts(shift, reference))
        fallen, tested = fallen_classes(shift, reference)
        state = _state(points, rang, charts.ringing)
        cause = _cause(points, fallen, tested) if state in ("alarm", "diagnose") else ""
        advice = _advice(state, cause, candidates)
        n, slow = len(reference), charts.slow()
        followed.append(FollowedShift(shift.began, shift.n, state, n, points, cause, advice, fallen, candidates, slow))
        if not charts.ringing:
            reference.append(shift)
        if shift.began in acknowledged:
            for chart in charts.charts.values():
                chart.acknowledge()
    return tuple(followed)


def _state(points: Sequence[ChartPoint], rang: bool, rings: bool) -> ShiftState:
    if rings:
        return "diagnose" if rang and not any(one.alarm for one in points) else "alarm"
    return "watch" if any(one.z > WATCHED for one in points) else "healthy"


def _cause(points: Sequence[ChartPoint], fallen: Sequence[str], tested: int) -> DriftCause:
    """Order of suspicion of what a log can tell: another mix of products first, then confidence, then pictures that are new."""
    over = {one.name for one in points if one.ewma > one.limit or one.alarm}
    if "class_mix" in over:
        return "class_mix"
    if fallen and len(fallen) >= MOST_CLASSES * tested:
        return "all_classes"
    if len(fallen) == 1:
        return "one_class"
    return "new_pictures"


def _advice(state: ShiftState, cause: DriftCause, candidates: Sequence[str]) -> DriftAdvice:
    """The camera before the model; a retrain is a candidate only where nothing else explains a class of low confidence."""
    if cause in ("all_classes", "one_class"):
        return "check_camera"
    if state in ("alarm", "diagnose"):
        return "look"
    return "retrain_candidate" if candidates else "none"
