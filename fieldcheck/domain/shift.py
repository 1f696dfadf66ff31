"""A shift of a deployed model in figures, and what the drift monitor says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

ShiftState = Literal["learning", "healthy", "watch", "alarm", "diagnose"]
ChartName = Literal["embedding", "confidence", "class_mix"]
DriftCause = Literal["", "class_mix", "all_classes", "one_class", "new_pictures"]
DriftAdvice = Literal["none", "look", "check_camera", "retrain_candidate"]


@dataclass(frozen=True, slots=True)
class ShiftStatistics:
    """Statistics of a shift's results. `began` is its start in local time with offset; `counts`, `confidence` (mean) and `median_upper`
    (upper limit of the median confidence) are by class; `centre` and `spread` the mean and standard deviation of each dimension of the
    embeddings, empty where the log has none; `outliers` the least confident of its sampled results: time, class, confidence, picture."""

    began: str
    n: int
    counts: Mapping[str, int]
    confidence: Mapping[str, float]
    median_upper: Mapping[str, float]
    centre: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    outliers: tuple[tuple[str, str, float, str], ...] = ()

    @property
    def mean_confidence(self) -> float:
        """Mean confidence over all results."""
        return sum(self.confidence[name] * n for name, n in self.counts.items()) / self.n

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> ShiftStatistics:
        """Statistics from what `to_json` wrote."""
        outliers = tuple((str(at), str(name), float(sure), str(path)) for at, name, sure, path in found["outliers"])
        return cls(**{**found, "centre": tuple(found["centre"]), "spread": tuple(found["spread"]), "outliers": outliers})


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A shift on one EWMA chart: its `value`, how far that lies from the reference (`z`, in standard deviations of earlier shifts), the
    smoothed figure and its limit. `alarm`: it crosses the limit now, or jumps."""

    name: ChartName
    value: float
    z: float
    ewma: float
    limit: float
    alarm: bool


@dataclass(frozen=True, slots=True)
class FollowedShift:
    """Shift as the monitor sees it. `n_reference`: healthy shifts that it is held against. `classes`: whose confidence fell by 5 % or
    more beyond chance; `candidates`: classes with a median confidence shown to be below 0.6. `slow`: the latest ten shifts differ from the
    first ten, though none stood out from those before it."""

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
