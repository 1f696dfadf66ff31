"""Decision page of a report: the figures of its tiles, its independent findings, and what can still be labelled here."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate

CONFIDENT = 0.9  # an error from this confidence on is a confident one
HALF = 0.5  # findings that share this part of the smaller one's frames are one


@dataclass(frozen=True, slots=True)
class Overlap:
    """`shared` of a finding's frames are also in the slice `key` = `value`."""

    key: str
    value: str
    shared: int


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A slice that falls behind. `difference`: accuracy of the rest less that of the slice; `overlaps`: slices that are the same finding;
    `more` labels may tell a suspected one, of which `waiting` can be made here, None where only a label tells who belongs to it;
    `pictured`: the frame of its most confident error, empty where none may be shown."""

    key: str
    value: str
    demonstrated: bool
    n: int
    clips: int
    estimate: Estimate
    difference: Estimate
    overlaps: tuple[Overlap, ...]
    more: int
    waiting: int | None
    pictured: str


@dataclass(frozen=True, slots=True)
class MissRate:
    """`missed`: the chance that a slice of `n` frames that is 20 points behind is not demonstrated by a draw like this one."""

    n: int
    missed: float


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Largest `rate` that is accepted (`escape_rate`, `false_reject_rate`, `confident_errors`), a fraction; `by`: who decided it."""

    rate: str
    limit: float
    by: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`confident_errors`: share of frames that are wrong at confidence 0.9 or more, on this footage and, with three clips or more, on these
    cameras. `missed_objects`, `false_alarms`: of a detector, a frame. `right`, `wrong`: answers by confidence, in tenths, unweighted.
    `waiting`: picks without a label; `drawable`: listed frames in clips that no draw covers."""

    confident_errors: Estimate
    confident_errors_cameras: Estimate
    missed_objects: Estimate | None
    false_alarms: Estimate | None
    right: tuple[int, ...]
    wrong: tuple[int, ...]
    findings: tuple[ReportedFinding, ...]
    miss_rate: MissRate | None
    waiting: int
    drawable: int
    limits: tuple[RateLimit, ...]
