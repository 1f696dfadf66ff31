"""Quantised model (INT8): what it costs and buys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fieldcheck.domain.estimate import Estimate


@dataclass(frozen=True, slots=True)
class PairedChange:
    """Both models on the same `n` pictures: the share that each gets right, after − before with its interval, and McNemar's p."""

    before: Estimate
    after: Estimate
    change: Estimate
    p: float

    @property
    def n(self) -> int:
        return self.change.n


@dataclass(frozen=True, slots=True)
class QuantisedModel:
    """`file`: the copy, relative to the project; `n_calibrated` frames set its steps. `ms_*`: median milliseconds of one picture from
    pixels to answer on one core; `time`: after / before with its interval over pictures timed in turn. `field`, `benchmark`: None where
    nothing is labelled."""

    model: str
    file: str
    n_calibrated: int
    bytes_before: int
    bytes_after: int
    ms_before: float
    ms_after: float
    time: Estimate
    field: PairedChange | None
    benchmark: PairedChange | None

    def to_json(self) -> dict[str, Any]:
        """Plain values; estimates as everywhere."""
        found = asdict(self)
        changes = {name: _change_to_json(getattr(self, name)) for name in ("field", "benchmark")}
        return found | changes | {"time": self.time.to_json()}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> QuantisedModel:
        """Quantised model from what `to_json` wrote."""
        changes = {name: _change_from_json(found[name]) for name in ("field", "benchmark")}
        return cls(**{**found, **changes, "time": Estimate.from_json(found["time"])})


def _change_to_json(one: PairedChange | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"before": one.before.to_json(), "after": one.after.to_json(), "change": one.change.to_json(), "p": one.p}


def _change_from_json(found: Mapping[str, Any] | None) -> PairedChange | None:
    if found is None:
        return None
    before, after, change = (Estimate.from_json(found[name]) for name in ("before", "after", "change"))
    return PairedChange(before, after, change, float(found["p"]))
