"""Which frames and benchmark pictures somebody wants to see: values of facets and ranges of figures, all of which must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isinf, isnan
from typing import Any, Self

FACETS = (
    "set", "class", "prediction", "right", "condition", "camera", "location", "clip", "light", "blur", "noise", "hour", "operator",
    "occluded", "tag", "stratum", "state", "second_look",
)  # fmt: skip
"""What a frame is one of, or several of."""
FIGURES = ("confidence", "label_confidence", "time", "brightness", "sharpness", "noise_level", "box_side", "box_cells")
"""What a frame has a number of. `box_side`: shorter side of its smallest box in pixels of the frame, `box_cells`: the same in cells of
the detector's finest stride."""
OF_ANSWERS = frozenset(("prediction", "right", "confidence", "label_confidence", "second_look"))
"""What is known only from the model's answers: a slice cut by these says nothing about the model."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`chosen` pairs a facet with the values of which one suffices; `between` a figure with its lowest and highest value (infinite: open);
    `subjects` names frames themselves, as a lasso does (empty: all). A filter of nothing lets everything through."""

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    between: tuple[tuple[str, float, float], ...] = ()
    subjects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for facet, values in self.chosen:
            if facet not in FACETS or not values:
                raise ValueError(f"no facet with values: {facet!r} {values!r}")
        for figure, low, high in self.between:
            if figure not in FIGURES or isnan(low) or isnan(high) or low > high:
                raise ValueError(f"no range of a figure: {figure!r} {low} {high}")
        names = [facet for facet, _ in self.chosen], [figure for figure, _, _ in self.between]
        if any(len(set(part)) != len(part) for part in names):
            raise ValueError(f"a facet or a figure stands twice: {names}")

    @property
    def is_empty(self) -> bool:
        """Whether it lets everything through."""
        return not (self.chosen or self.between or self.subjects)

    @property
    def uses_predictions(self) -> bool:
        """Whether what the model said decides who is in it."""
        return any(name in OF_ANSWERS for name in (*(facet for facet, _ in self.chosen), *(figure for figure, _, _ in self.between)))

    def get_values(self, facet: str) -> tuple[str, ...]:
        """The values chosen of a facet, none where it is not asked for."""
        return dict(self.chosen).get(facet, ())

    def with_values(self, facet: str, *values: str) -> Self:
        """Filter with these values of a facet, in place of any others; no values: the facet is not asked for."""
        others = tuple(one for one in self.chosen if one[0] != facet)
        return replace(self, chosen=tuple(sorted((*others, (facet, values)) if values else others)))

    def with_toggled_value(self, facet: str, value: str) -> Self:
        """Filter with one more value of a facet, or without it where it was chosen."""
        now = self.get_values(facet)
        return self.with_values(facet, *(one for one in now if one != value), *(() if value in now else (value,)))

    def with_range(self, figure: str, low: float = -inf, high: float = inf) -> Self:
        """Filter with this range of a figure, in place of another; open on both sides: the figure is not asked for."""
        others = tuple(one for one in self.between if one[0] != figure)
        wanted = () if isinf(low) and isinf(high) else ((figure, low, high),)
        return replace(self, between=tuple(sorted((*others, *wanted))))

    def with_subjects(self, subjects: tuple[str, ...]) -> Self:
        """Filter among these frames only."""
        return replace(self, subjects=tuple(subjects))

    def to_json(self) -> dict[str, Any]:
        """Plain values, None for an open end."""
        return {
            "chosen": {facet: list(values) for facet, values in self.chosen},
            "between": {figure: [None if isinf(low) else low, None if isinf(high) else high] for figure, low, high in self.between},
            "subjects": list(self.subjects),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """The filter that `to_json` wrote. Raises ValueError, KeyError and TypeError for what is none."""
        chosen = tuple(sorted((str(facet), tuple(map(str, values))) for facet, values in found["chosen"].items()))
        between = tuple(
            sorted(
                (str(figure), -inf if low is None else float(low), inf if high is None else float(high))
                for figure, (low, high) in found["between"].items()
            )
        )
        return cls(chosen, between, tuple(map(str, found["subjects"])))


@dataclass(frozen=True, slots=True)
class SavedSlice:
    """A filter with a name. Frames that come later and pass it belong to it as well, unless it names frames one by one."""

    name: str
    wanted: Filter

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a slice without a name")
