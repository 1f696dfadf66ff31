"""The gap between benchmark and field, and whether the benchmark's claim was met at all."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.verdict import Basis
from fieldcheck.measure.interval import estimate_difference

CLAIM_SLACK = 0.02  # a measured benchmark may miss its claim by this much whatever its interval says


@dataclass(frozen=True, slots=True)
class Gap:
    """`estimate` = benchmark − field with the interval of `basis`; `other` the same with the other interval, None where there is none.

    `field` is the field estimate that the basis names.
    """

    estimate: Estimate
    basis: Basis
    field: Estimate
    other: Estimate | None


def compute_gap(benchmark: Estimate, footage: Estimate, camera: Estimate) -> Gap:
    """The headline uses the camera interval where there is one (three clips or more), else the footage interval (architecture 13)."""
    of_footage = estimate_difference(benchmark, footage)
    if camera.measured:
        return Gap(estimate_difference(benchmark, camera), "camera", camera, of_footage)
    return Gap(of_footage, "footage", footage, None)


def is_claim_met(measured: Estimate | None, claimed: float | None) -> bool | None:
    """Whether the benchmark's claim was met here: false iff it is missed by more than 2 points and lies outside the interval.

    None without a claim or without a run, and where the score has no interval. Source: methods 2.4c.
    """
    if claimed is None or measured is None or not measured.measured or measured.without_spread:
        return None
    missed = abs(measured.value - claimed) > CLAIM_SLACK + 1e-12 and not measured.lo <= claimed <= measured.hi
    return not missed
