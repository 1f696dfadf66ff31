"""Calibration: how often a model is right when it says how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label_review import LabelledSet

Binning = Literal["equal_width", "equal_mass"]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers of similar confidence: `confidence` is their mean, `right` how many of them are right."""

    confidence: float
    right: Estimate


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Expected (`value`) and `largest` calibration error over `bins` bins, of equal width or of equal mass; `null_p95`: the 95th percentile
    of the expected error of a model that is calibrated perfectly, on as many answers."""

    value: float
    largest: float
    n: int
    bins: int
    binning: Binning
    null_p95: float


@dataclass(frozen=True, slots=True)
class SideCalibration:
    """Calibration on one side. `n` answers (boxes, for a detector) and `n_dropped` without a finite confidence; `says` mean confidence and
    `right` accuracy on these; `signed` = says − right, positive where the model is too sure; `signed_cameras` the same for other clips of
    the cameras, None on a benchmark or with fewer than three clips.

    `ece` is the calibration error that counts, `ece_other` the one of the other binning. `brier`, `nll`: NaN where answers are no
    probabilities of classes; `brier_top`: of the answer alone. `over_confident`: too sure, and by more than a calibrated model shows.
    """

    on: LabelledSet
    n: int
    n_dropped: int
    says: Estimate
    right: Estimate
    signed: Estimate
    signed_cameras: Estimate | None
    ece: CalibrationError
    ece_other: CalibrationError
    brier: float
    brier_top: float
    nll: float
    over_confident: bool
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class Temperature:
    """What-if: the temperature that fits the benchmark best, and what it would do there and in the field. `signed` and `ece` are those of
    the field, NaN where nothing is labelled there; no answer changes."""

    value: float
    n: int
    nll_before: float
    nll_after: float
    field_signed_before: float
    field_signed_after: float
    field_ece_before: float
    field_ece_after: float


@dataclass(frozen=True, slots=True)
class ClassConfidence:
    """Median confidence over the `n` frames of the footage that the model calls so; over labelled picks, weighted, where the footage was
    not run."""

    name: str
    n: int
    median: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Both sides, those of them that are measured; `temperature` is None without a benchmark or where it hits a bound; `unit` is what an
    answer is: a frame or a box."""

    unit: Literal["frame", "box"]
    sides: tuple[SideCalibration, ...]
    temperature: Temperature | None
    classes: tuple[ClassConfidence, ...]

    def get_side(self, on: LabelledSet) -> SideCalibration | None:
        """That side, None where it was not measured."""
        return next((one for one in self.sides if one.on == on), None)
