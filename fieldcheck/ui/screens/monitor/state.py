"""State of the Monitor screen: the shifts, which one is looked at, and which chart is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from fieldcheck.domain.shift import (
    BINS,
    ModelEpoch,
    MonitoredShift,
    OpenAlarm,
    SampledResult,
    SavedAlarmFrames,
    ShiftLabels,
    ShiftRetention,
    ShiftStatistics,
)

View = Literal["charts", "entropy", "distance"]
VIEWS: tuple[View, ...] = ("charts", "entropy", "distance")
FEW = 20  # results of a class below which its histogram says too little
LISTED = 5


class MonitorState:
    """`index`: place of the shift that is looked at. A newly loaded list begins at its newest
    alarm, else at its newest shift."""

    def __init__(self) -> None:
        self.shifts: Sequence[MonitoredShift] = ()
        self.figures: Mapping[str, ShiftStatistics] = {}
        self.notes: Mapping[str, str] = {}
        self.labels: ShiftLabels | None = None
        self.others: Sequence[ModelEpoch] = ()
        self.elsewhere: Sequence[OpenAlarm] = ()  # open alarms of other models
        self.kept: Mapping[str, SavedAlarmFrames] = {}
        self.retention = ShiftRetention()
        self.of_class = ""  # whose results alone are listed, empty for all
        self.picked: SampledResult | None = None  # the mark that was clicked, listed first
        self.index, self.view = 0, VIEWS[0]

    def load_shifts(
        self,
        shifts: Sequence[MonitoredShift],
        figures: Mapping[str, ShiftStatistics],
        notes: Mapping[str, str],
    ) -> None:
        """Load shifts or acknowledgements; the selected shift stays while the list is as long."""
        same = len(shifts) == len(self.shifts) > 0
        self.shifts, self.figures, self.notes = shifts, figures, notes
        if not same:
            alarms = [
                index
                for index, monitored_shift in enumerate(shifts)
                if monitored_shift.state == "alarm" and index > self.acknowledged
            ]
            self.select_shift((alarms or [len(shifts) - 1])[-1])

    @property
    def acknowledged(self) -> int:
        """Index of the last acknowledged shift, -1 for none."""
        return max(
            (
                index
                for index, monitored_shift in enumerate(self.shifts)
                if monitored_shift.began in self.notes
            ),
            default=-1,
        )

    @property
    def acknowledgeable(self) -> str:
        """Start of the shift that is acknowledged next: the one that is looked at, without any the
        newest open alarm of another model; empty for none."""
        if self.shift is not None:
            return "" if self.shift.began in self.notes else self.shift.began
        return self.elsewhere[-1].shift.began if self.elsewhere else ""

    @property
    def shift(self) -> MonitoredShift | None:
        """The shift that is looked at."""
        return self.shifts[self.index] if self.shifts else None

    @property
    def statistics(self) -> ShiftStatistics | None:
        """Figures of the shift that is looked at."""
        return self.figures.get(self.shifts[self.index].began) if self.shifts else None

    def select_shift(self, index: int) -> None:
        """Another shift, as far as there are any."""
        self.index = min(max(0, index), max(0, len(self.shifts) - 1))
        self.of_class, self.picked = "", None

    def choose_class(self, name: str) -> None:
        """Lists results of one class; the same once more lists all."""
        self.of_class, self.picked = "" if name == self.of_class else name, None

    def select_sample(self, index: int, slot: int) -> None:
        """A sampled result of a shift, by its place among them."""
        self.select_shift(index)
        sampled = self.statistics.sampled if self.statistics else ()
        self.picked = sampled[slot] if slot < len(sampled) else None

    def select_next_alarm(self) -> None:
        """The alarm after this shift, and after the last one the first."""
        alarms = [
            index
            for index, monitored_shift in enumerate(self.shifts)
            if monitored_shift.state == "alarm"
        ]
        if alarms:
            self.select_shift(next((index for index in alarms if index > self.index), alarms[0]))

    def get_reference_histogram(self, name: str) -> tuple[int, ...]:
        """Histogram of a class over the healthy shifts before the one that is looked at."""
        before = [
            self.figures[monitored_shift.began]
            for monitored_shift in self.shifts[: self.index]
            if monitored_shift.state in ("learning", "healthy", "watch")
        ]
        histograms = [
            shift_statistics.histogram[name]
            for shift_statistics in before
            if name in shift_statistics.histogram
        ]
        return tuple(map(sum, zip(*histograms, strict=True))) if histograms else (0,) * BINS

    def list_results(self) -> tuple[SampledResult, ...]:
        """The sampled result that was clicked, and the least confident, of one class where it is
        looked at."""
        sampled = self.statistics.sampled if self.statistics else ()
        of_it = [
            sampled_result
            for sampled_result in sampled
            if sampled_result.prediction == self.of_class or not self.of_class
        ]
        rest = [
            sampled_result
            for sampled_result in sorted(
                of_it, key=lambda sampled_result: sampled_result.confidence
            )
            if sampled_result is not self.picked
        ]
        return tuple([*([self.picked] if self.picked else []), *rest][:LISTED])
