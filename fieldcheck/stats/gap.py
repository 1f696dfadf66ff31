"""The gap between benchmark and field, the check of the reference score, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fieldcheck.domain.estimate import Basis, Estimate, LimitState, Readiness, Verdict
from fieldcheck.stats.wilson_interval import compute_wilson_limits, estimate_difference

# a measured benchmark may miss its claim by this much whatever its interval says
CLAIM_SLACK = 0.02


@dataclass(frozen=True, slots=True)
class Gap:
    """`estimate` = benchmark − field with the interval of `basis`; `other`: the same with the other
    interval, None where there is none. `field`: the field estimate of that basis."""

    estimate: Estimate
    basis: Basis
    field: Estimate
    other: Estimate | None


def compute_gap(benchmark: Estimate, footage: Estimate, camera: Estimate) -> Gap:
    """The gap between benchmark and field, with the camera interval where there is one (three clips
    or more), else the footage interval (architecture 13)."""
    of_footage = estimate_difference(benchmark, footage)
    if camera.measured:
        return Gap(estimate_difference(benchmark, camera), "camera", camera, of_footage)
    return Gap(of_footage, "footage", footage, None)


def is_claim_met(measured: Estimate | None, claimed: float | None) -> bool | None:
    """Whether the benchmark's reference score was met here: False only if the measured score is
    more than 2 points lower and the reference lies outside its interval.

    None without a reference score or a run, and where the score has no interval. Source: methods
    2.4c."""
    if claimed is None or measured is None or not measured.measured or measured.without_spread:
        return None
    missed = (
        abs(measured.value - claimed) > CLAIM_SLACK + 1e-12
        and not measured.lo <= claimed <= measured.hi
    )
    return not missed


# Three-way verdict on the gap, and the word of a report.

DEFAULT_GAP_LIMIT = 0.03  # Default gap limit of a project, used by verdict and gate.
# the article's largest drop of a held-out set: checklist, retraining, and a gate of sets alone
LARGEST_GATE_DROP = 0.03


@dataclass(frozen=True, slots=True)
class VerdictCase:
    """What precedes any verdict. `drawn`: a draw exists; `chosen_only`: every draw has the design
    *hard*; `unsure_only`: every pick is labelled unsure; `reproduced`: whether the benchmark was,
    None if unknown, which does not count against it."""

    drawn: bool = True
    chosen_only: bool = False
    unsure_only: bool = False
    reproduced: bool | None = None


def decide_verdict(
    gap: Estimate, basis: Basis, tolerance: float, case: VerdictCase
) -> Verdict | None:
    """Verdict from the gap's camera interval, never from its value (methods 11.1).

    Args:
        gap: the gap with its interval.
        basis: what the interval is of; one of this footage decides nothing.
        tolerance: largest accepted gap, a fraction.
        case: what precedes the verdict.

    Returns:
        `pass`, `fail`, `not_enough`, `chosen_only`, `not_judgeable` or `not_comparable`; None
            before any draw.
    """
    if not case.drawn:
        return None
    if case.chosen_only:
        return "chosen_only"
    if case.unsure_only:
        return "not_judgeable"
    if not gap.measured:
        return "not_enough"
    if case.reproduced is False:
        return "not_comparable"
    if basis == "footage":
        return "not_enough"
    if gap.hi <= tolerance:
        return "pass"
    return "fail" if gap.lo > tolerance else "not_enough"


PRECEDING: dict[Verdict | None, Readiness] = {
    None: "no_verdict",
    "chosen_only": "no_verdict",
    "not_judgeable": "not_judgeable",
    "not_comparable": "not_comparable",
}
"""Words that precede the limits."""


def decide_readiness(decided: Verdict | None, limits: Sequence[LimitState]) -> Readiness:
    """The word of a report: of the cases that precede it, else of the limits alone (methods
    11.1)."""
    if decided in PRECEDING:
        return PRECEDING[decided]
    if "not_met" in limits:
        return "not_ready"
    return "supervised_trial" if limits and set(limits) == {"met"} else "not_enough"


def count_frames_for_width(score: float, half_width: float, design_effect: float = 1.0) -> int:
    """Frames that give a score Wilson limits at most `half_width` to each side on average, where n
    frames are worth n / `design_effect` independent ones (methods 11.1)."""

    def is_narrow(n: int) -> bool:
        lo, hi = compute_wilson_limits(score, n / design_effect)
        return (hi - lo) / 2 <= half_width

    return _find_smallest(is_narrow)


def _find_smallest(enough: Callable[[int], bool]) -> int:
    """Smallest n ≥ 1 that is sufficient, if every larger one is too."""
    high = 1
    while not enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
