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

AMBER = 0.75  # AUC from which a shift or a cause is named


@dataclass(frozen=True, slots=True)
class LeastEffect:
    """Smallest distance of two medians that is worth an action: at least `difference` in the
    statistic's own unit, and the larger at least `ratio` times the smaller."""

    difference: float = 0.0
    ratio: float = 1.0

    def is_reached(self, a: float, b: float) -> bool:
        """Whether the medians `a` and `b` lie so far apart."""
        small, large = sorted((abs(a), abs(b)))
        return abs(a - b) >= self.difference and large >= self.ratio * small


LEAST_EFFECTS: dict[CauseName, LeastEffect] = {
    "brightness": LeastEffect(13),  # a third of a stop at middle grey
    "contrast": LeastEffect(20),
    "black_level": LeastEffect(10),
    "clipped_low": LeastEffect(0.02),
    "clipped_high": LeastEffect(0.02),
    "sharpness": LeastEffect(0.4),
    "fine_detail": LeastEffect(0.3),
    "streaks": LeastEffect(0.03),
    "noise": LeastEffect(0.9, 1.25),
    "compression": LeastEffect(0.06),
    "red_green": LeastEffect(2.3),  # just noticeable in CIELAB
    "yellow_blue": LeastEffect(2.3),
    "colourfulness": LeastEffect(2.3),
    "resolution": LeastEffect(ratio=1.75),
}
"""About what the mildest severity of the corruption that moves a statistic does to it (methods 7);
the stress test tries nothing smaller."""


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

    @property
    def is_distinct(self) -> bool:
        """Whether its interval lies on one side of a half and its AUC as far from it as a named
        cause's."""
        auc = self.auc
        apart = not auc.lo <= 0.5 <= auc.hi and max(auc.value, 1 - auc.value) >= AMBER
        return auc.measured and apart

    @property
    def is_large(self) -> bool:
        """Whether the medians lie so far apart that an action is worth it."""
        return LEAST_EFFECTS[self.name].is_reached(self.field_median, self.benchmark_median)


DIGITS: dict[CauseName, int] = {
    **dict.fromkeys(("brightness", "contrast", "black_level"), 0),
    **dict.fromkeys(("red_green", "yellow_blue", "colourfulness", "noise"), 1),
}
"""Decimals of a median, two where nothing else is said."""

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
        """The causes that may be named, the most distinct first; of what an earlier version stored
        only those that are worth an action."""
        return tuple(cause for cause in self.causes if cause.named and cause.is_large)

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
