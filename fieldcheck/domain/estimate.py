"""An estimate (score, limits, n, and how far to trust it), and the codes of verdicts, checklist
lines, slices and interval scopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import Any, Literal, Self, cast

from fieldcheck.csv_json_xml import to_json_value

Status = Literal["ok", "weak", "na"]

# note of a resampled score whose resamples are all alike: it has no interval
NO_SPREAD = "no_spread"
FEW_FRAMES = 10  # below this a score is printed with its counts, never as a bare percentage


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value between two limits, all fractions; NaN where nothing was measured.

    `n` counts what was labelled, `n_eff` what it is worth as independent frames. `method` and
    `note` are machine codes; several notes are joined by "+". Limits that do not hold the value are
    widened to it and noted ("widened"). NaN needs the status "na". Two estimates are equal where
    the same was measured and the same was not, so that a result without a score equals itself.
    """

    value: float
    lo: float
    hi: float
    n: int
    n_eff: float
    method: str
    status: Status = "ok"
    note: str = ""

    def __post_init__(self) -> None:
        if self.status not in ("ok", "weak", "na"):
            raise ValueError(f"status is none of ok, weak, na: {self.status!r}")
        if self.n < 0:
            raise ValueError(f"a negative number of frames: {self.n}")
        if self.status != "na" and (isnan(self.value) or isnan(self.lo) or isnan(self.hi)):
            raise ValueError(f"not a number, but not marked na: {self.value}, {self.lo}, {self.hi}")
        if self.value < self.lo or self.value > self.hi:
            object.__setattr__(self, "lo", min(self.lo, self.value))
            object.__setattr__(self, "hi", max(self.hi, self.value))
            object.__setattr__(self, "note", join_notes(self.note, "widened"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Estimate) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)

    @property
    def _values(self) -> tuple[object, ...]:
        """What equality is about, with None in place of NaN, which never equals itself."""
        numbers = (self.value, self.lo, self.hi, self.n_eff)
        known = tuple(None if isnan(number) else number for number in numbers)
        return *known, self.n, self.method, self.status, self.note

    @classmethod
    def from_limits(
        cls,
        value: float,
        lo: float,
        hi: float,
        *,
        n: int,
        n_eff: float,
        method: str,
        note: str = "",
    ) -> Self:
        """A measured estimate whose status follows from the number of frames: fewer than ten make
        it weak."""
        if 0 < n < FEW_FRAMES:
            return cls(value, lo, hi, n, n_eff, method, "weak", join_notes(note, "few_frames"))
        return cls(value, lo, hi, n, n_eff, method, "ok", note)

    @classmethod
    def not_measured(cls, note: str, n: int = 0, value: float = nan) -> Self:
        """Nothing that may be called a score, with the reason as a code; `value` where a number
        exists but no interval for it."""
        return cls(value, nan, nan, n, float(n), "none", "na", note)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The estimate that `to_json` wrote. Raises KeyError for a missing key, ValueError for
        values that make no estimate."""
        value, lo, hi, n_eff = (
            nan if document[key] is None else float(document[key])
            for key in ("value", "lo", "hi", "n_eff")
        )
        return cls(
            value,
            lo,
            hi,
            int(document["n"]),
            n_eff,
            str(document["method"]),
            cast(Status, document["status"]),
            str(document["note"]),
        )

    def to_json(self) -> dict[str, Any]:
        """The estimate object of the outside contract: fractions, NaN as None."""
        return cast("dict[str, Any]", to_json_value(self))

    @property
    def measured(self) -> bool:
        """Whether there is an interval to speak of."""
        return self.status != "na"

    @property
    def census(self) -> bool:
        """Whether everything was counted, so that the limits are the value. A resampled score
        without spread is no census: frames that are all right give no interval by resampling."""
        return self.measured and self.lo == self.hi and not self.method.startswith("bootstrap")

    @property
    def without_spread(self) -> bool:
        """Whether every frame was answered alike, so that resampling gives no interval and nothing
        can be decided by its limits."""
        return NO_SPREAD in self.note.split("+")

    @property
    def half_width(self) -> float:
        """Half the distance between the limits."""
        return (self.hi - self.lo) / 2

    def widen_to(self, other: Estimate) -> Self:
        """The same estimate with limits that hold those of `other`, as other clips cannot be known
        better than this footage; itself where either was not measured."""
        if not (self.measured and other.measured):
            return self
        lo, hi = min(self.lo, other.lo), max(self.hi, other.hi)
        return self if (lo, hi) == (self.lo, self.hi) else replace(self, lo=lo, hi=hi)

    def count_in_full(self) -> Self:
        """The same value where all that it is about was counted: a census, whose limits are the
        value; itself where nothing was measured."""
        if self.value != self.value:
            return self
        return type(self).from_limits(
            self.value, self.value, self.value, n=self.n, n_eff=float(self.n), method="census"
        )

    def with_weak_status(self, note: str) -> Self:
        """Weaker estimate of the same numbers: status weak (na stays na), with one more note."""
        status: Status = "na" if self.status == "na" else "weak"
        return type(self)(
            self.value,
            self.lo,
            self.hi,
            self.n,
            self.n_eff,
            self.method,
            status,
            join_notes(self.note, note),
        )


Direction = Literal["better", "worse", ""]
P_REASON = "frames_are_not_independent"
P_BY_FRAME = {"p": None, "p_reason": P_REASON}
"""Keys in place of McNemar's p, which counted frames of a clip as independent: for scripts that
read it, one release long."""


@dataclass(frozen=True, slots=True)
class ChangeVerdict:
    """A change on the same frames, for other clips of these cameras: the limits that are printed,
    and the `direction` that is demonstrated by them and by `p`, of flipped signs of whole clips.
    `p`: None where nothing was tested."""

    change: Estimate
    p: float | None = None
    direction: Direction = ""

    @classmethod
    def from_limits(cls, change: Estimate, p: float | None = None) -> Self:
        """The direction that the limits show."""
        if not change.measured or change.lo <= 0 <= change.hi:
            return cls(change, p)
        return cls(change, p, "better" if change.value > 0 else "worse")

    def turn_round(self) -> ChangeVerdict:
        """The change from new to old."""
        estimate = self.change
        turned = (
            estimate
            if not estimate.measured
            else replace(estimate, value=-estimate.value, lo=-estimate.hi, hi=-estimate.lo)
        )
        other: dict[Direction, Direction] = {"better": "worse", "worse": "better", "": ""}
        return ChangeVerdict(turned, self.p, other[self.direction])

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The verdict that `to_json` wrote."""
        return cls(Estimate.from_json(document["change"]), document["p"], document["direction"])

    def to_json(self) -> dict[str, Any]:
        """Plain values; estimates as everywhere."""
        return {"change": self.change.to_json(), "p": self.p, "direction": self.direction}


def join_notes(*notes: str) -> str:
    """Codes joined by "+", each once, in the order of their first appearance."""
    codes = [code for note in notes for code in note.split("+") if code]
    return "+".join(dict.fromkeys(codes))


# Codes of what is judged: the verdict on the gap, readiness, lines of the checklist, slices; and
# what an interval is of.

Verdict = Literal["pass", "fail", "not_enough", "not_comparable", "not_judgeable", "chosen_only"]
Readiness = Literal[
    "not_ready", "not_enough", "not_comparable", "not_judgeable", "supervised_trial", "no_verdict"
]
LimitState = Literal["met", "not_met", "inconclusive"]
CheckState = Literal["pass", "fail", "too_few", "not_measured", "not_applicable"]
Phase = Literal["trial", "release", "operation"]
"""What a line of the checklist is to be met before: a supervised trial, the release; or during
operation."""
Flag = Literal["blind_spot", "ok", "too_few"]
NO_SUSPECTS = "no_suspects"  # why keys of suspected slices are null for one release
Basis = Literal["footage", "camera"]
"""Whether the gap is that of the sampled footage only, or of other clips of these cameras."""
