"""Severity sweep, what it found: one row for each corruption, severity and set of frames."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import On

CLEAN = "none"  # the corruption of the row that all others of a set are compared with
SEVERITIES = MappingProxyType({"mild": 1.0, "moderate": 3.0, "severe": 5.0})
MODERATE_FIRST = (3.0, 1.0, 5.0)  # the order of work: where a model tips at all, it mostly tips at moderate


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One cell of the heat table. `family` is the cause its formula stands under, empty for the clean row.

    `value` is the share right (as the headline in the field, plain on the benchmark; "na" on footage, which nobody labels), `drop` the
    clean value less it on the same frames, `flips` the share of answers that differ from the clean ones (detection: one less the match
    of the boxes), `sure_wrong` the share that is wrong and at least nine tenths sure. `median_confidence` is NaN where no answer had
    one. `tipping` is the severity at which the corruption first costs twenty points, None where none swept does; it and `auc`, the area
    under the severity curve over that of a model that loses nothing, are those of the whole corruption on this set. `psnr` (decibel) and
    `ssim` tell how like the original its benchmark pictures still are, in the median; None elsewhere and where none was measured.
    """

    corruption: str
    family: str
    severity: float
    on: On
    value: Estimate
    drop: Estimate
    flips: Estimate
    confident_wrong: Estimate
    median_confidence: float
    tipping: float | None = None
    auc: float | None = None
    psnr: float | None = None
    ssim: float | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """`rows`: for each set first the clean one, then corruption by corruption from mild to severe. `mce` pairs a set with its mean
    corruption error; `partial` names the sets of which some frames are not answered yet."""

    model: str
    seed: int
    rows: tuple[SweepRow, ...]
    mce: tuple[tuple[On, float], ...]
    partial: tuple[On, ...] = ()

    def get_tipping_severities(self) -> tuple[tuple[str, On, float | None], ...]:
        """Each corruption with the set it was swept on and the severity at which it tips the model."""
        found = {(row.corruption, row.on): row.tipping for row in self.rows if row.corruption != CLEAN}
        return tuple((corruption, on, severity) for (corruption, on), severity in found.items())
