"""Domain shift: whether a simple classifier tells field frames from benchmark pictures, and by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isnan, nan
from typing import Any, Literal

from fieldcheck.domain.estimate import Estimate

Separation = Literal["alarm", "amber", "quiet"]
CauseName = Literal[
    "brightness", "contrast", "black_level", "clipped_low", "clipped_high", "sharpness", "fine_detail", "noise", "streaks", "compression",
    "red_green", "yellow_blue", "colourfulness", "resolution",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """One image statistic. `auc`: how often a field frame has more of it than a benchmark picture, limits by bootstrap of clips; medians in
    its own unit. `named`: far enough from a half for so few clips and so many statistics, and the first of its kind."""

    name: CauseName
    auc: Estimate
    field_median: float
    benchmark_median: float
    named: bool


@dataclass(frozen=True, slots=True)
class DomainShift:
    """Adversarial validation. `source`: what the classifier saw; `auc` grouped by clip, weak below three clips; `control`: median and
    `control_most`: largest AUC between two halves of the field's own clips; `p`: chance of such an AUC under labels permuted by clip; NaN
    where there are too few clips. `causes` stand by falling distance from a half; `content`: embeddings differ while no image statistic is
    named. `field_like`: benchmark pictures most like the field, `benchmark_like`: frames most like the benchmark."""

    source: Literal["embedding", "statistics"]
    auc: Estimate
    balanced_accuracy: float
    statistics_auc: float
    control: float
    control_most: float
    p: float
    separation: Separation
    content: bool
    causes: tuple[Cause, ...]
    n_frames: int
    n_clips: int
    n_pictures: int
    field_like: tuple[str, ...]
    benchmark_like: tuple[str, ...]

    @property
    def named(self) -> tuple[Cause, ...]:
        """The causes that may be named, the most distinct first."""
        return tuple(one for one in self.causes if one.named)

    def to_json(self) -> dict[str, Any]:
        """Plain values, NaN as None."""
        causes = [asdict(one) | {"auc": one.auc.to_json()} for one in self.causes]
        found = {name: None if isinstance(value, float) and isnan(value) else value for name, value in asdict(self).items()}
        return found | {"auc": self.auc.to_json(), "causes": causes}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> DomainShift:
        """Domain shift that `to_json` wrote."""
        causes = tuple(Cause(**{**one, "auc": Estimate.from_json(one["auc"])}) for one in found["causes"])
        figures = {name: nan for name in ("balanced_accuracy", "control", "control_most", "p", "statistics_auc") if found[name] is None}
        lists = {name: tuple(found[name]) for name in ("field_like", "benchmark_like")}
        return cls(**{**found, **figures, **lists, "auc": Estimate.from_json(found["auc"]), "causes": causes})
