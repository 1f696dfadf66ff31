"""Corruption that makes the benchmark look like the field: what was found, and why nothing is named where nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Reason = Literal["", "too_few", "alike", "unexplained", "undecided"]


@dataclass(frozen=True, slots=True)
class CandidateCorruption:
    """One corruption, and the share of the distance between benchmark and field that it explains where its severities are mixed best.

    `family`: the name it shares with those that a picture does not tell from it. `severity` is the mean of the mixture, `untouched` the
    share of it that is not corrupted at all.
    """

    corruption: str
    family: str
    severity: float
    explained: float
    untouched: float


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """A corruption done beside the best single one, with which much more is explained. `severity` and `first_severity` are means of the
    mixture; `explained` is the share of both together."""

    corruption: str
    family: str
    severity: float
    first_severity: float
    explained: float


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """The best three families, and the one that may be named: None with the `reason` where no single corruption explains the field.

    `wins`: share of the resampled clips in which the best family is the best again. `second` is what the best one of `top` is told with,
    where alone it leaves too much unexplained. `n_pictures` of the benchmark were held against `n_frames` of `n_clips` clips; all are 0 in
    what earlier versions kept.
    """

    named: CandidateCorruption | None
    reason: Reason
    top: tuple[CandidateCorruption, ...]
    wins: float
    second: RunnerUp | None = None
    n_pictures: int = 0
    n_frames: int = 0
    n_clips: int = 0

    @property
    def family(self) -> str:
        """The family that is named; empty where none is."""
        return self.named.family if self.named else ""

    @property
    def named_corruptions(self) -> tuple[tuple[str, float], ...]:
        """The corruptions that are named, one or two, each with its mean severity; none where none is."""
        first = self.named or (self.top[0] if self.second else None)
        if first is None:
            return ()
        if self.second is None:
            return ((first.corruption, first.severity),)
        return ((first.corruption, self.second.first_severity), (self.second.corruption, self.second.severity))

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self) | {"top": [asdict(one) for one in self.top]}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> FieldMatch:
        """Match from what `to_json` wrote."""
        named = None if found["named"] is None else CandidateCorruption(**found["named"])
        second = RunnerUp(**found["second"]) if found.get("second") else None  # earlier versions looked for none
        counts = (found.get("n_pictures", 0), found.get("n_frames", 0), found.get("n_clips", 0))
        return cls(named, found["reason"], tuple(CandidateCorruption(**one) for one in found["top"]), found["wins"], second, *counts)
