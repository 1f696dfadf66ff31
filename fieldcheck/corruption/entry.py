"""Corruption, as it is declared: cause, transform, parameters by severity, the statistic that it moves, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from fieldcheck.msgid import Msgid

WORST = 5.0
Cause = Literal["noise", "blur", "light", "coding", "weather", "lens", "geometry"]
Steps = tuple[float, ...]  # severity 0 / 1 / 2 / 3 / 4 / 5


@dataclass(frozen=True, slots=True)
class ExpectedEffect:
    """The image statistic that a corruption moves, and whether up (1), down (-1) or to either side (0)."""

    statistic: str
    direction: int


@dataclass(frozen=True, slots=True)
class Corruption:
    """One corruption. Its class `transform` of `fieldcheck_transforms` stands in the module that is called like its `cause`.

    Lengths in the table are pixels of a frame whose shorter side has 192 of them. Geometry moves no statistic: its parameter is what moves.
    `sentence` may hold a parameter as `{name}`, a share or length as percent, or `{name_n}`, the figure itself. `shown_first` is the digit
    that chooses it beside the live picture, 0 for none. `similar_to` names another one that a picture does not tell it apart from, whose
    `family_text` is then what both are called.
    """

    name: str
    cause: Cause
    transform: str
    table: Mapping[str, Steps]
    expected_effect: ExpectedEffect | None
    name_text: Msgid
    sentence: Msgid
    shown_first: int = 0
    similar_to: str = ""
    family_text: Msgid | None = None

    def __post_init__(self) -> None:
        if any(len(steps) != WORST + 1 for steps in self.table.values()):
            raise ValueError(f"{self.transform}: a table has a step for each severity from 0 to {WORST:g}, not {dict(self.table)}")
        object.__setattr__(self, "table", MappingProxyType(dict(self.table)))
