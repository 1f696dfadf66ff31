"""Shifts of a deployed model in numbers, findings of the drift monitor, and camera health (methods
8.6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

# Camera health: a camera over one shift in figures, and what is found to be wrong with it.
# `docs/methods.md` 8.6.

HealthCheck = Literal[
    "frozen",
    "looping",
    "black",
    "exposure",
    "swapped",
    "moved",
    "obstruction",
    "blur",
    "dust",
    "colour_cast",
]  # in the order of suspicion: what comes first explains what comes after
HealthState = Literal["weak", "failed"]


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """Fault of a camera. `figure`: seconds (frozen, looping, black), share of the picture
    (exposure, obstruction, dust), share of the width (moved), drop of ln sharpness (blur), CIELAB
    units (colour_cast), likeness (swapped). `at_s`: its first second, counted from the start of the
    footage, 0 for what is true of the whole shift. `other`: the camera whose picture this is.
    `weak`: a still scene may look the same. `folded`: stretches of the same fault after this one
    that are told with it, `folded_s` seconds long together."""

    camera: str
    check: HealthCheck
    state: HealthState
    figure: float
    at_s: float = 0.0
    other: str = ""
    folded: int = 0
    folded_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CameraShift:
    """Camera over one shift. `n`: frames looked at; `figures`: medians by name as in
    `imaging.camera_health.FIGURES`; `clipped`: share of frames with a fifth or more of their pixels
    clipped; `median` and `energy`: packed arrays, temporal median picture, (90, 160) uint8, and
    mean gradient energy, (18, 32) float16; `events`: faults that lasted."""

    camera: str
    n: int
    figures: Mapping[str, float]
    clipped: float
    median: str
    energy: str
    events: tuple[HealthFinding, ...] = ()

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> CameraShift:
        """Camera shift from plain values."""
        return cls(
            **{**document, "events": tuple(HealthFinding(**event) for event in document["events"])}
        )


ShiftState = Literal["learning", "healthy", "watch", "alarm", "diagnose"]
ChartName = Literal["embedding", "confidence", "entropy", "class_mix"]
DriftCause = Literal[
    "",
    "no_frames",
    "few_results",
    "repeated",
    "camera",
    "picture",
    "class_mix",
    "all_classes",
    "one_class",
    "new_pictures",
]
DriftAdvice = Literal["none", "look", "check_camera", "retrain_candidate"]
BINS = 10  # of the histogram of confidence
SAMPLED = 100  # results of a shift that are kept as they are, drawn at random


@dataclass(frozen=True, slots=True)
class SampledResult:
    """Result of a shift that was sampled for a look: local time with offset, class, confidence,
    path of the image below `folder`; `distance` of its embedding from the centre of the earlier
    shifts, in their standard deviations, and entropy, where there are any. `folder`: that of the
    log or of the footage, on the computer that read it."""

    at: str
    prediction: str
    confidence: float
    picture: str = ""
    distance: float | None = None
    entropy: float | None = None
    folder: str = ""


@dataclass(frozen=True, slots=True)
class ShiftStatistics:
    """Statistics of a shift's results. `began` is its start in local time with offset; `counts`,
    `confidence` (mean), `median_upper` (upper limit of the median confidence) and `histogram` (ten
    bins of confidence) are by class; `centre` and `spread` the mean and standard deviation of each
    dimension of the embeddings, empty where there are none; `entropy` the mean over pictures;
    `sampled` up to a hundred results; `cameras` what they gave, where the frames themselves were
    seen; `repeated` the most results in a row that had the same class and confidence."""

    began: str
    n: int
    counts: Mapping[str, int]
    confidence: Mapping[str, float]
    median_upper: Mapping[str, float]
    centre: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    entropy: float | None = None
    histogram: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    sampled: tuple[SampledResult, ...] = ()
    cameras: tuple[CameraShift, ...] = ()
    repeated: int = 0

    @property
    def mean_confidence(self) -> float:
        """Mean confidence over all results. Raises ZeroDivisionError without one."""
        return sum(self.confidence[name] * n for name, n in self.counts.items()) / self.n

    def to_json(self) -> dict[str, Any]:
        """Plain values; the folder of the sampled images once, for they come from one source."""
        values = asdict(self)
        folders = {entry.pop("folder") for entry in values["sampled"]}
        return {**values, "folder": "".join(folders)} if len(folders) == 1 else values

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ShiftStatistics:
        """Statistics from what `to_json` wrote; those of an earlier version list their outliers as
        rows."""
        values = {**document}
        rows = [
            SampledResult(str(number), str(name), float(sure), str(path))
            for number, name, sure, path in values.pop("outliers", ())
        ]
        folder = str(values.pop("folder", ""))
        sampled = (
            *rows,
            *(SampledResult(**entry, folder=folder) for entry in values.pop("sampled", ())),
        )
        cameras = tuple(CameraShift.from_json(entry) for entry in values.pop("cameras", ()))
        histogram = {name: tuple(bins) for name, bins in values.pop("histogram", {}).items()}
        vectors = {"centre": tuple(values.pop("centre")), "spread": tuple(values.pop("spread"))}
        return cls(**{**values, **vectors}, sampled=sampled, cameras=cameras, histogram=histogram)


def combine_shifts(parts: Sequence[ShiftStatistics]) -> ShiftStatistics:
    """One shift of what several sources gave of it. The upper limit of a median is the largest, so
    that a class is below a limit where each source shows it; the longest run is that of one source.
    Raises ValueError without a part."""
    if not parts:
        raise ValueError("no part of a shift")
    if len(parts) == 1:
        return parts[0]
    n = sum(part.n for part in parts)
    names = sorted({name for part in parts for name in part.counts})
    counts = {name: sum(part.counts.get(name, 0) for part in parts) for name in names}
    confidence = {
        name: sum(part.confidence.get(name, 0) * part.counts.get(name, 0) for part in parts)
        / counts[name]
        for name in names
    }
    upper = {
        name: max(part.median_upper.get(name, 1.0) for part in parts if name in part.counts)
        for name in names
        if any(name in part.median_upper for part in parts)
    }
    measured = [part for part in parts if part.n and part.entropy is not None]
    entropy = (
        sum((part.entropy or 0.0) * part.n for part in measured) / sum(part.n for part in measured)
        if measured
        else None
    )
    bins = {
        name: [part.histogram[name] for part in parts if name in part.histogram] for name in names
    }
    histogram = {
        name: tuple(map(sum, zip(*counts, strict=True))) for name, counts in bins.items() if counts
    }
    centre, spread = _combine_vectors([part for part in parts if part.centre])
    return ShiftStatistics(
        parts[0].began,
        n,
        counts,
        confidence,
        upper,
        centre,
        spread,
        entropy,
        histogram,
        _combine_samples(parts),
        tuple(camera for part in parts for camera in part.cameras),
        max(part.repeated for part in parts),
    )


def _combine_samples(parts: Sequence[ShiftStatistics]) -> tuple[SampledResult, ...]:
    """Sampled results of all parts, of each the same share of its results, evenly over time; an
    earlier version kept the least confident, which are no sample and stay as they are."""
    shares = [
        len(part.sampled) / part.n
        for part in parts
        if part.n and len(part.sampled) >= min(part.n, SAMPLED)
    ]
    share, result = min(shares, default=1.0), list[SampledResult]()
    for part in parts:
        n_here = n_kept = len(part.sampled)
        if n_here >= min(part.n, SAMPLED):
            n_kept = min(n_here, max(1, round(share * part.n)))
        result += [part.sampled[(2 * at + 1) * n_here // (2 * n_kept)] for at in range(n_kept)]
    return tuple(result)


def _combine_vectors(
    parts: Sequence[ShiftStatistics],
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each dimension over all parts; none where they differ in their
    dimensions."""
    if not parts or len({len(shift_statistics.centre) for shift_statistics in parts}) > 1:
        return (), ()
    n = sum(shift_statistics.n for shift_statistics in parts)
    centre, spread = list[float](), list[float]()
    for index in range(len(parts[0].centre)):
        mean = (
            sum(shift_statistics.centre[index] * shift_statistics.n for shift_statistics in parts)
            / n
        )
        centre.append(mean)
        spread.append(
            (
                sum(
                    (
                        shift_statistics.spread[index] ** 2
                        + (shift_statistics.centre[index] - mean) ** 2
                    )
                    * shift_statistics.n
                    for shift_statistics in parts
                )
                / n
            )
            ** 0.5
        )
    return tuple(centre), tuple(spread)


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A shift on one EWMA chart: its `value`, how far that lies from the reference (`z`, as a
    normal quantile), the smoothed figure and its limit. `alarm`: it crosses the limit now, or
    jumps. `phi`: correlation of neighbouring shifts, by which the limit was widened."""

    name: ChartName
    value: float
    z: float
    ewma: float
    limit: float
    alarm: bool
    phi: float = 0.0


@dataclass(frozen=True, slots=True)
class MonitoredShift:
    """Shift as the monitor sees it. `n_reference`: healthy shifts that it is held against.
    `classes`: whose confidence fell by 5 % or more beyond chance; `candidates`: classes with a
    median confidence shown to be below 0.6. `slow`: the latest ten shifts differ from the first
    ten, though none stood out from those before it. `health`: faults of its cameras; while there
    are any, nothing else is said of it. `feature`: the image statistic that moved most, where that
    is the cause. `repeated`: how many identical results came in a row, where that is the cause."""

    began: str
    n: int
    state: ShiftState
    n_reference: int
    charts: tuple[ChartPoint, ...] = ()
    cause: DriftCause = ""
    advice: DriftAdvice = "none"
    classes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    slow: tuple[ChartName, ...] = ()
    health: tuple[HealthFinding, ...] = ()
    feature: str = ""
    repeated: int = 0

    @property
    def correlation(self) -> float:
        """Largest correlation of neighbouring shifts over its charts; 0 without a chart."""
        return max((point.phi for point in self.charts), default=0.0)


def list_waiting_alarms(
    shifts: Sequence[MonitoredShift],
    seen: Collection[str],
    cameras: Collection[tuple[str, str]] = (),
) -> tuple[MonitoredShift, ...]:
    """Alarms that wait for somebody to look: those after the last shift whose start is among the
    `seen` ones. `cameras`: start of a shift and camera, where somebody has looked at that camera
    alone: an alarm by faults waits until each of its cameras was looked at."""
    index_by_start = {monitored_shift.began: index for index, monitored_shift in enumerate(shifts)}
    last = max((index_by_start[began] for began in seen if began in index_by_start), default=-1)
    newest_read: dict[str, int] = {}
    for began, camera in cameras:
        newest_read[camera] = max(newest_read.get(camera, -1), index_by_start.get(began, -1))

    def is_waiting(index: int, monitored_shift: MonitoredShift) -> bool:
        return index > last and not (
            monitored_shift.health
            and all(newest_read.get(fault.camera, -1) >= index for fault in monitored_shift.health)
        )

    return tuple(
        monitored_shift
        for index, monitored_shift in enumerate(shifts)
        if monitored_shift.state == "alarm" and is_waiting(index, monitored_shift)
    )


SHIFT_LABELS = 20  # that tell the accuracy of a shift
BASELINE_SHIFTS = 20  # that charts learn from before they speak
# correlation of neighbouring shifts, and share of months in which a fall of two and of three
# standard deviations right after the baseline is seen within ten shifts (`tests/claims.py` drift)
SEEN_WITHIN_TEN = (
    (0.0, 0.59, 0.88), (0.3, 0.24, 0.53), (0.5, 0.09, 0.24), (0.8, 0.04, 0.16), (1.0, 0.04, 0.16),
)  # fmt: skip


def compute_seen_shares(correlation: float) -> tuple[float, float]:
    """Shares of months in which a fall of two and of three standard deviations is seen within ten
    shifts, at this correlation of neighbouring shifts, in [0, 1]."""
    for (low, *left), (high, *right) in pairwise(SEEN_WITHIN_TEN):
        if correlation <= high:
            part = (correlation - low) / (high - low)
            two, three = (
                before + part * (after - before) for before, after in zip(left, right, strict=True)
            )
            return two, three
    raise ValueError(f"no correlation: {correlation}")


@dataclass(frozen=True, slots=True)
class ShiftLabels:
    """Labels that tell the accuracy of one shift: how many, and the planned half-width of the
    interval, a fraction."""

    n: int
    half_width: float


@dataclass(frozen=True, slots=True)
class ShiftRetention:
    """Retention of shifts: weeks before now that they are kept, 0 without end, and megabytes that
    they may take."""

    weeks: int = 0
    megabytes: int = 200


@dataclass(frozen=True, slots=True)
class DroppedShifts:
    """Shifts that retention dropped: how many, starts of the first and the last of them; `spared`:
    those as old whose frames are kept; `copies`: files of the project that hold what was dropped.
    """

    n: int = 0
    first: str = ""
    last: str = ""
    spared: int = 0
    copies: tuple[str, ...] = ()

    def merge_with(self, later: DroppedShifts) -> DroppedShifts:
        """These and what was dropped after them."""
        if not self.n or not later.n:
            return later if later.n else replace(self, spared=later.spared) if self.n else later
        return DroppedShifts(
            self.n + later.n, self.first, later.last, later.spared, (*self.copies, *later.copies)
        )


@dataclass(frozen=True, slots=True)
class SavedAlarmFrames:
    """Frames of an alarm that were copied into `folder` of the project, so that retention spares
    them; `missing`: are not on this computer, or cannot be read."""

    began: str
    folder: str
    n: int
    missing: int = 0


@dataclass(frozen=True, slots=True)
class ModelEpoch:
    """Shifts of one model with one card: how many, starts of the first and the last. Charts begin
    anew with each. `card_changed`: it is the same model as another's, with another card."""

    model: str
    n_shifts: int
    first: str
    last: str
    card_changed: bool = False


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """Alarm that nobody has acknowledged: its shift, and the name of the model that ran then."""

    model: str
    shift: MonitoredShift


@dataclass(frozen=True, slots=True)
class MonitoringResult:
    """Shifts of the newest model, as they were followed, for the report. `labels`: how many of one
    shift tell its accuracy; `notes` of those who looked, by start; `others`: shifts of other
    models; `waiting`: starts of those whose alarm nobody has looked at; `log_days`: over how many
    days the longest log reached that was taken in, without a gap of over a week; None where none
    was. `elsewhere`: open alarms of other models, since an alarm is of the line. `accuracy`: null
    for one release, `no_accuracy` says why."""

    model: str
    shifts: tuple[MonitoredShift, ...]
    labels: ShiftLabels
    notes: Mapping[str, str]
    others: tuple[ModelEpoch, ...] = ()
    waiting: tuple[str, ...] = ()
    log_days: float | None = None
    elsewhere: tuple[OpenAlarm, ...] = ()
    accuracy: Mapping[str, float] | None = None
    no_accuracy: str = "unlabelled"

    @property
    def open_alarms(self) -> tuple[OpenAlarm, ...]:
        """Alarms of the line that nobody has looked at, oldest first."""
        own = [OpenAlarm(self.model, shift) for shift in self.shifts if shift.began in self.waiting]
        return tuple(
            sorted(
                (*self.elsewhere, *own), key=lambda alarm: datetime.fromisoformat(alarm.shift.began)
            )
        )
