"""Domain shift: whether a simple classifier tells field frames from benchmark pictures, and by
what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Any, Literal, cast

from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.estimate import Estimate

Separation = Literal["alarm", "amber", "quiet"]
CauseName = Literal[
    "brightness", "contrast", "black_level", "clipped_low", "clipped_high", "sharpness",
    "fine_detail", "noise", "streaks", "compression",
    "red_green", "yellow_blue", "colourfulness", "resolution",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """One image statistic. `auc`: how often a field frame has more of it than a benchmark picture,
    limits by bootstrap of clips; medians in its own unit. `named`: far enough from a half for so
    few clips and so many statistics, and the first of its kind."""

    name: CauseName
    auc: Estimate
    field_median: float
    benchmark_median: float
    named: bool


AspectName = Literal["place", "spectrum", "time"]
AspectFinding = Literal["overlay", "none", "told", "confounded", "too_few_clips"]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One kind of shift, seen by its own features with borders, captions and logos masked. `auc`:
    field against benchmark, grouped by clip; `control` and `control_most`: median and largest AUC
    between random halves of the field's own clips; `shown`: from 0.75 on, beyond chance and beyond
    every such half. `unmasked`: AUC of the same features with nothing masked."""

    name: AspectName
    auc: Estimate
    unmasked: float
    control: float
    control_most: float
    shown: bool


@dataclass(frozen=True, slots=True)
class ShiftAspects:
    """Shift of place, spectrum and time told apart. `aspects` by falling AUC. `leading`: what is
    named, the first being the one that tells field from benchmark better than each other one that
    is shown; empty where none is, or `told` is "confounded".

    `told`: "overlay" – all three together told the two apart (`unmasked`) and do not once borders
    and marks are masked (`masked`); `fell` is the difference with its range by clip. `marked`:
    share of the picture that stood still and was painted over, besides the borders. `order`: share
    of the pairs of the field's clips whose later one is brighter, `order_p`: chance of so clear an
    order.
    """

    told: AspectFinding
    leading: tuple[AspectName, ...]
    aspects: tuple[Aspect, ...]
    unmasked: Estimate
    masked: Estimate
    fell: Estimate
    marked: float
    order: float
    order_p: float
    n_frames: int
    n_clips: int
    n_pictures: int

    def to_json(self) -> dict[str, Any]:
        """Returns plain values."""
        return cast("dict[str, Any]", to_json_value(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ShiftAspects:
        """Aspects that `to_json` wrote."""
        figures = ("unmasked", "control", "control_most")
        aspects = tuple(
            Aspect(
                **{
                    **item,
                    **{name: _from_json_number(item[name]) for name in figures},
                    "auc": Estimate.from_json(item["auc"]),
                }
            )
            for item in document["aspects"]
        )
        sides = {
            name: Estimate.from_json(document[name]) for name in ("unmasked", "masked", "fell")
        }
        order = {name: _from_json_number(document[name]) for name in ("order", "order_p")}
        return cls(
            **{
                **document,
                **sides,
                **order,
                "aspects": aspects,
                "leading": tuple(document["leading"]),
            }
        )


def _from_json_number(value: float | None) -> float:
    return nan if value is None else value


@dataclass(frozen=True, slots=True)
class DomainShift:
    """Adversarial validation. `source`: what the classifier saw; `auc` grouped by clip, weak below
    three clips; `control`: median and `control_most`: largest AUC between two halves of the field's
    own clips; `p`: chance of such an AUC under labels permuted by clip; NaN where there are too few
    clips. `causes` stand by falling distance from a half; `content`: embeddings differ while no
    image statistic is named. `field_like`: benchmark pictures most like the field,
    `benchmark_like`: frames most like the benchmark. `aspects`: place, spectrum and time told
    apart, None where too few pictures could be looked at again."""

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
    aspects: ShiftAspects | None = None

    @property
    def judged_auc(self) -> Estimate:
        """AUC that the shift is judged by: with borders and marks masked where they alone told the
        two sides apart."""
        return self.aspects.masked if self.aspects and self.aspects.told == "overlay" else self.auc

    @property
    def named_causes(self) -> tuple[Cause, ...]:
        """The causes that may be named, the most distinct first."""
        return tuple(cause for cause in self.causes if cause.named)

    def to_json(self) -> dict[str, Any]:
        """Returns plain values."""
        return cast("dict[str, Any]", to_json_value(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> DomainShift:
        """Domain shift that `to_json` wrote."""
        causes = tuple(
            Cause(**{**item, "auc": Estimate.from_json(item["auc"])}) for item in document["causes"]
        )
        figures = {
            name: nan
            for name in ("balanced_accuracy", "control", "control_most", "p", "statistics_auc")
            if document[name] is None
        }
        lists = {name: tuple(document[name]) for name in ("field_like", "benchmark_like")}
        aspects = ShiftAspects.from_json(document["aspects"]) if document.get("aspects") else None
        return cls(
            **{
                **document,
                **figures,
                **lists,
                "auc": Estimate.from_json(document["auc"]),
                "causes": causes,
                "aspects": aspects,
            }
        )
