"""Change from an earlier report to this one: scores with the interval of their difference, and what was measured in another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.estimate import Estimate

Setup = Literal["metric", "model", "card", "benchmark", "draw", "limit"]
"""What two reports can differ in beside their figures; `draw`: other frames were labelled."""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """`name`: `benchmark`, `field`, `gap`, or a class, whose recall it is then (`of_class`). `change`: now less before, fractions."""

    name: str
    of_class: bool
    before: Estimate
    now: Estimate
    change: Estimate


@dataclass(frozen=True, slots=True)
class FindingChange:
    """A demonstrated finding, the slice `key` = `value`, that the earlier report had (`before`) or this one has (`now`), or both."""

    key: str
    value: str
    before: bool
    now: bool


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A line of the checklist that was judged otherwise: states as in `CheckRow`."""

    rule: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class ReportChange:
    """`since`: the earlier report's moment, ISO 8601; `project` and `model`: its names; `named`: somebody asked for this one, else it is
    the last of this project. `same_frames`: both scores come from the same draws of the same recordings, so their errors go together and
    the true range of the change is narrower. `scores` is empty where the two are not comparable: another metric."""

    since: str
    project: str
    model: str
    named: bool
    same_frames: bool
    differs: tuple[Setup, ...]
    scores: tuple[ScoreChange, ...]
    findings: tuple[FindingChange, ...]
    rules: tuple[RuleChange, ...]
