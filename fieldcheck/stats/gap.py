"""The gap between benchmark and field, the check of the reference score, the verdict, and how many
clips and labels would decide it against its limit (methods 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from fieldcheck.domain.estimate import Basis, Estimate, LimitState, Readiness, Verdict
from fieldcheck.stats.camera_interval import (
    FEWEST_CLIPS,
    SHIFTS,
    ClipSums,
    compute_clip_posterior,
    make_typical_counts,
)
from fieldcheck.stats.cluster import compute_look_factor, compute_planned_limit, judge_limit
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
    None if unknown, which does not count against it. `looks`: at labels that grew, this one
    included."""

    drawn: bool = True
    chosen_only: bool = False
    unsure_only: bool = False
    reproduced: bool | None = None
    looks: int = 1


VERDICTS: dict[LimitState, Verdict] = {
    "met": "pass",
    "not_met": "fail",
    "inconclusive": "not_enough",
}


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
    return VERDICTS[judge_limit(gap, tolerance, case.looks)]


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


Aim = Literal["met", "not_met", "none"]

MOST_CLIPS = 300  # beyond this, more footage is not the way to decide
MOST_IMAGES = 100_000  # of a benchmark that is proposed
# planned limits move in small steps, so a number must also hold for the next two
STEADY = 3
AT_LIMIT = 1e-9  # a gap this near to its limit is decided by no number of labels


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """`clips` of about equal length with `labels` in each."""

    clips: int
    labels: int

    @property
    def total(self) -> int:
        """Labels in all."""
        return self.clips * self.labels


@dataclass(frozen=True, slots=True)
class VisitSize:
    """What a visit holds: `clips` with labels, `labels` in each, listed `frames` of a clip, and
    `recorded`: clips in all, labelled or not."""

    clips: int
    labels: int
    frames: int
    recorded: int


@dataclass(frozen=True, slots=True)
class LabelsToDecide:
    """Labels that would decide the gap as `aim` says, if accuracy stays what it is; None where no
    number of them would.

    `same_clips`: more labels in the clips that have some. `recorded_clips`: more of the clips that
    are recorded. `all_clips`: clips in all, with those still to record. `footage_labels`: labels in
    all that decide for this footage only.
    """

    aim: Aim
    same_clips: LabelPlan | None = None
    recorded_clips: LabelPlan | None = None
    all_clips: LabelPlan | None = None
    footage_labels: int | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    """A field accuracy whose limits are planned, beside a benchmark and the limit of the gap."""

    accuracy: float
    benchmark: Estimate
    limit: float
    aim: Aim

    def is_decided_by(self, lo: float, hi: float) -> bool:
        """Whether the interval of the gap lies on one side of the limit for field limits `lo` and
        `hi` (methods 2.2)."""
        lo, hi = min(lo, self.accuracy), max(hi, self.accuracy)
        field = Estimate(self.accuracy, lo, hi, 1, 1.0, "planned")
        gap = estimate_difference(self.benchmark, field)
        return gap.hi <= self.limit if self.aim == "met" else gap.lo > self.limit


def plan_labels_to_decide(
    accuracy: float,
    icc: float,
    benchmark: Estimate,
    limit: float,
    visit: VisitSize,
    looks: int = 1,
    most: int = MOST_CLIPS,
) -> LabelsToDecide:
    """Fewest labels that decide a gap against its limit, at today's accuracy, in four ways.

    The planned limits are the mean limits of three typical visits, so advice that is followed
    decides in about half of the visits whose accuracy stays what it is.

    Args:
        accuracy: field score today, a fraction.
        icc: correlation within clips today.
        benchmark: benchmark score; its own interval counts.
        limit: largest accepted gap, a fraction.
        visit: what was labelled, listed and recorded.
        looks: at labels that grew, with the one that is planned.
        most: most clips that are proposed.

    Returns:
        The plans; the aim is "none" where the gap lies on its limit.
    """
    gap = benchmark.value - accuracy
    if abs(gap - limit) < AT_LIMIT:
        return LabelsToDecide("none")
    question = _Question(accuracy, benchmark, limit, "met" if gap < limit else "not_met")
    if not question.is_decided_by(accuracy, accuracy):
        return LabelsToDecide(question.aim)  # the benchmark's own interval is too wide

    def is_enough(clips: int, labels: int) -> bool:
        lo, hi = plan_limits(clips, labels, accuracy, icc)
        longer = compute_look_factor(looks)
        return question.is_decided_by(
            accuracy - longer * (accuracy - lo), accuracy + longer * (hi - accuracy)
        )

    same, recorded = None, None
    first = max(FEWEST_CLIPS, visit.clips)
    if visit.clips >= FEWEST_CLIPS:
        same = find_fewest(lambda m: is_enough(visit.clips, m), visit.labels, visit.frames)
    if visit.recorded > visit.clips:
        recorded = find_fewest(lambda g: is_enough(g, visit.labels), first, visit.recorded)
    clips = find_fewest(lambda g: is_enough(g, visit.labels), first, most)
    return LabelsToDecide(
        question.aim,
        None if same is None else LabelPlan(visit.clips, same),
        None if recorded is None else LabelPlan(recorded, visit.labels),
        None if clips is None else LabelPlan(clips, visit.labels),
        _plan_footage_labels(question, visit.frames * visit.recorded),
    )


def compute_gap_without_error(
    benchmark: Estimate, clips: int, labels: int, looks: int = 1
) -> float:
    """Upper limit of the gap where all of `labels` frames in each of `clips` clips are correct, at
    this look."""
    doubt = compute_planned_limit(clips, labels) * compute_look_factor(looks)
    field = Estimate(1.0, max(0.0, 1 - doubt), 1.0, clips * labels, 1.0, "planned")
    return estimate_difference(benchmark, field).hi


def plan_clips_without_error(
    benchmark: Estimate, limit: float, labels: int, first: int, looks: int = 1
) -> int | None:
    """Fewest clips, `first` or more, that show a gap of at most its limit where none of `labels`
    frames in each is wrong; None beyond `MOST_CLIPS`."""
    return find_fewest(
        lambda clips: compute_gap_without_error(benchmark, clips, labels, looks) <= limit,
        max(FEWEST_CLIPS, first),
        MOST_CLIPS,
    )


def plan_benchmark_images(accuracy: float, benchmark: Estimate, limit: float) -> int | None:
    """Fewest images with which the benchmark's interval takes half of the way from the gap to its
    limit, at its score of today: by square-and-add (methods 2.2) the field's may then take 87 %.

    Args:
        accuracy: field score today, a fraction.
        benchmark: benchmark score.
        limit: largest accepted gap, a fraction.

    Returns:
        The number; None beyond 100,000.
    """
    gap = benchmark.value - accuracy
    worth = benchmark.n_eff / max(1, benchmark.n)

    def is_enough(n: int) -> bool:
        lo, hi = compute_wilson_limits(benchmark.value, n * worth)
        arm = hi - benchmark.value if gap < limit else benchmark.value - lo
        return arm <= abs(gap - limit) / 2

    return find_fewest(is_enough, max(1, benchmark.n), MOST_IMAGES)


@lru_cache(maxsize=2048)
def plan_limits(clips: int, labels: int, accuracy: float, icc: float) -> tuple[float, float]:
    """Mean limits of the camera interval over three typical visits (methods 2.7), moved so that
    they lie around `accuracy`, which is not exactly the mean of those visits."""
    weight = np.full(clips, float(labels))
    visits = [
        ClipSums(weight, weight, make_typical_counts(clips, labels, accuracy, icc, shift))
        for shift in SHIFTS
    ]
    limits = np.array([compute_clip_posterior(visit).get_limits() for visit in visits])
    values = [float(visit.right.sum() / visit.weight.sum()) for visit in visits]
    lo, hi = limits.mean(0).tolist()
    moved = accuracy - sum(values) / len(values)
    return lo + moved, hi + moved


def _plan_footage_labels(question: _Question, frames: int) -> int | None:
    """Fewest of `frames` listed frames, drawn at random without replacement, that decide for this
    footage: Wilson's limits at n(N − 1)/(N − n), since a footage that is labelled whole leaves
    nothing open."""

    def is_enough(n: int) -> bool:
        if n >= frames:
            return question.is_decided_by(question.accuracy, question.accuracy)
        worth = n * (frames - 1) / (frames - n)
        return question.is_decided_by(*compute_wilson_limits(question.accuracy, worth))

    return find_fewest(is_enough, 1, frames)


def find_fewest(is_enough: Callable[[int], bool], low: int, high: int) -> int | None:
    """Smallest number in `low` … `high` that is enough together with the next two, found in steps
    of a sixth and then by halves; None where there is none."""

    def holds(n: int) -> bool:
        return all(is_enough(min(n + more, high)) for more in range(STEADY))

    if low > high:
        return None
    below, n = low - 1, low
    while not holds(n):
        if n == high:
            return None
        below, n = n, min(high, n + max(1, n // 6))
    while n - below > 1:
        middle = (below + n) // 2
        below, n = (below, middle) if holds(middle) else (middle, n)
    return n
