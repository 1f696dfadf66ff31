"""Decision thresholds: per-class thresholds under the field's class mix, and a confidence below
which a frame goes to a person.

Chosen on one half of the clips and tested on the other, both ways round; only tested figures are
reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import LabelledSet as On
from fieldcheck.domain.report import REVIEWED_SHARE
from fieldcheck.stats import bootstrap_draw
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.cluster import estimate_change_or_frames, judge_limit
from fieldcheck.stats.weighted_field_score import (
    estimate_by_clips_or_frames,
    estimate_weighted_share,
)
from fieldcheck.stats.wilson_interval import estimate_bonett_price

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST_POSITIVES = 20
LEAST_FRAMES = 20  # labelled, in each half
GRID = np.linspace(0, 1, 101)
SHARES = (0.05, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50)
"""Shares of frames sent to manual review, the points of the risk–coverage curve."""
SEED = 0


Refusal = Literal["", "ok_class", "escape_rate", "false_reject_rate", "most_rejected"]
MOST_REJECTED = 0.5  # of the good frames, beyond which none is offered where nobody set a limit


@dataclass(frozen=True, slots=True)
class InspectionEffect:
    """Escape rate and false-reject rate for other clips of the cameras, before and after a
    threshold is set, on the frames that it was not chosen on."""

    escape_before: Estimate
    escape_after: Estimate
    reject_before: Estimate
    reject_after: Estimate


@dataclass(frozen=True, slots=True)
class ClassThreshold:
    """One class's threshold. `on`: measured in the field, or on the benchmark weighted as the field
    is mixed; `threshold` from all frames, None where no value reaches the precision. Recall and
    precision before and after are those of the halves on which it was tested; `change` of recall on
    the same frames. `effect` on escapes and false rejects, None without an OK class. `refused`: it
    would call more frames good (`ok_class`), break the limit of that rate, or reject most of the
    good frames where no limit says otherwise (`most_rejected`)."""

    class_name: str
    on: On
    n: int
    threshold: float | None
    recall_before: Estimate
    recall_after: Estimate
    precision_before: Estimate
    precision_after: Estimate
    change: Estimate
    effect: InspectionEffect | None = None
    refused: Refusal = ""

    @property
    def has_gain(self) -> bool:
        """Whether recall rises by more than chance on the frames that it was tested on, and the
        threshold was not refused."""
        gains = self.change.measured and self.change.lo > 0
        return self.threshold is not None and gains and not self.refused


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`precision`: the least that was asked for; `classes`: those with twenty labelled frames or
    more; `too_few`: the others by name."""

    precision: float
    classes: tuple[ClassThreshold, ...]
    too_few: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """A point of the risk–coverage curve: `asked` share of frames to a person, `share` that came of
    it and `error` of the answers that the model keeps, both on the halves where the threshold was
    not chosen; `fall`: error of all less that."""

    asked: float
    share: Estimate
    error: Estimate
    fall: Estimate


@dataclass(frozen=True, slots=True)
class Abstention:
    """`error` of all answers; `curve` by rising share; `threshold`: confidence below which the
    share that was asked for goes to a person, from all frames; `at`: its point of the curve."""

    error: Estimate
    curve: tuple[RiskPoint, ...]
    threshold: float
    at: RiskPoint


@dataclass(frozen=True, slots=True)
class JudgedClasses:
    """Labelled frames of a classifier: `p` (n, K) probabilities; (n,) each: `truth` and `predicted`
    class indices, `weight`, `clip` ids."""

    p: Floats
    truth: NDArray[np.int64]
    predicted: NDArray[np.int64]
    weight: Floats
    clip: NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class BinaryScores:
    """One class against all others, (n,) each: `score` for it; `positive`: it is so; `before`: it
    is called so as the model decides now; `weight`; `clip` ids; `first`: the half of its clip, None
    where clips make no two. Of a detector each of its boxes, and each object that no box found,
    with a score of −∞."""

    score: Floats
    positive: Bools
    before: Bools
    weight: Floats
    clip: NDArray[np.str_]
    first: Bools | None


def decide_class(p: NDArray[np.floating], levels: Mapping[int, float]) -> int:
    """Class index of (K,) probabilities under per-class thresholds; −1 without a finite one.

    Of the classes that reach their threshold, the one that exceeds it by the largest ratio; where
    none does, the most probable of the classes without a threshold, or of all where each has one.
    """
    finite = np.isfinite(p)
    reached = {
        k: p[k] / max(level, 1e-12) for k, level in levels.items() if finite[k] and p[k] >= level
    }
    if reached:
        return max(reached, key=lambda k: (reached[k], -k))
    free = finite.copy()
    free[list(levels)] = False
    open_to = free if free.any() else finite
    return int(np.argmax(np.where(open_to, p, -np.inf))) if open_to.any() else -1


def split_clips_in_halves(clip: NDArray[np.str_]) -> Bools | None:
    """(n,) ids → (n,) whether a frame is in the first half: whole clips, the larger ones first,
    each to the smaller half. None where a half would have fewer than two clips."""
    names, member, sizes = np.unique(clip, return_inverse=True, return_counts=True)
    if names.size < 4:
        return None
    first, filled = np.zeros(names.size, np.bool_), [0, 0]
    # names may hold a pattern, as every second picture of a class
    by_chance = np.random.default_rng(SEED).permutation(names.size)
    for index in by_chance[np.argsort(-sizes[by_chance], kind="stable")].tolist():
        to_first = filled[0] <= filled[1]
        first[index] = to_first
        filled[0 if to_first else 1] += int(sizes[index])
    if min(int(first.sum()), int((~first).sum())) < 2:
        return None
    return np.asarray(first[member])


def find_best_threshold(
    score: Floats, positive: Bools, weight: Floats, precision: float
) -> float | None:
    """Threshold of largest recall among 101 quantiles of (n,) `score` that reach the precision for
    (n,) `positive`, weighted by (n,) `weight`; of equal ones the highest. None where none does."""
    best, most = None, 0.0
    finite_scores = score[np.isfinite(score)]
    for level in (
        np.unique(np.quantile(finite_scores, GRID))[::-1].tolist() if finite_scores.size else ()
    ):
        called = score >= level
        hits, calls = float(weight[called & positive].sum()), float(weight[called].sum())
        if calls > 0 and hits / calls >= precision and hits > most + 1e-12:
            best, most = float(level), hits
    return best


def find_class_threshold(
    name: str, binary_scores: BinaryScores, set_name: On, precision: float
) -> ClassThreshold | None:
    """Threshold of a class; None where there are too few frames or objects of it, or clips."""
    score, positive, first, weight = (
        binary_scores.score,
        binary_scores.positive,
        binary_scores.first,
        binary_scores.weight,
    )
    if (
        positive.sum() < LEAST_POSITIVES
        or first is None
        or not (positive[first].any() and positive[~first].any())
    ):
        return None
    before, after = binary_scores.before, binary_scores.before.copy()
    for chosen, tested in ((first, ~first), (~first, first)):
        level = find_best_threshold(score[chosen], positive[chosen], weight[chosen], precision)
        if level is not None:
            after[tested] = score[tested] >= level
    moved = (after.astype(np.int64) - before.astype(np.int64))[positive]
    return ClassThreshold(
        class_name=name,
        on=set_name,
        n=int(positive.sum()),
        threshold=find_best_threshold(score, positive, weight, precision),
        recall_before=estimate_weighted_share(before[positive], weight[positive]),
        recall_after=estimate_weighted_share(after[positive], weight[positive]),
        precision_before=estimate_weighted_share(positive[before], weight[before]),
        precision_after=estimate_weighted_share(positive[after], weight[after]),
        change=_estimate_change(moved, weight[positive], binary_scores.clip[positive], set_name),
    )


def find_box_thresholds(named: Sequence[tuple[str, BinaryScores]], precision: float) -> Thresholds:
    """Every class of a detector with enough labelled objects in the field."""
    thresholds = [
        (name, find_class_threshold(name, binary_scores, "field", precision))
        for name, binary_scores in named
        if binary_scores.positive.any()
    ]
    return Thresholds(
        precision,
        tuple(class_threshold for _, class_threshold in thresholds if class_threshold is not None),
        tuple(name for name, class_threshold in thresholds if class_threshold is None),
    )


def find_thresholds(
    names: Sequence[str],
    field: JudgedClasses | None,
    benchmark: JudgedClasses | None,
    precision: float,
) -> Thresholds:
    """Thresholds of all classes: from the field where it has enough labels, else from the
    benchmark, weighted to the field's class mix.

    A side that contains only one class gives no threshold: nothing there could be confused with it.
    """
    thresholds, few = [], []
    judged_sides: tuple[tuple[On, JudgedClasses | None], ...] = (
        ("field", field),
        ("benchmark", benchmark),
    )
    sides = [
        (set_name, side, split_clips_in_halves(side.clip))
        for set_name, side in judged_sides
        if side is not None
    ]
    shown = {int(k) for _, side, _ in sides for k in np.unique(side.truth)}
    telling = [
        (set_name, side, first) for set_name, side, first in sides if np.unique(side.truth).size > 1
    ]
    for k, name in enumerate(names):
        tried = (
            find_class_threshold(name, _select_class(side, k, first), set_name, precision)
            for set_name, side, first in telling
            if k in shown
        )
        class_threshold = next((row for row in tried if row is not None), None)
        if class_threshold is not None:
            thresholds.append(class_threshold)
        elif k in shown:
            few.append(name)
    return Thresholds(precision, tuple(thresholds), tuple(few))


def _select_class(frames: JudgedClasses, k: int, first: Bools | None) -> BinaryScores:
    return BinaryScores(
        frames.p[:, k], frames.truth == k, frames.predicted == k, frames.weight, frames.clip, first
    )


def predict_with_threshold(
    frames: JudgedClasses, k: int, class_threshold: ClassThreshold, precision: float
) -> NDArray[np.int64]:
    """(n,) predictions once class `k` has a threshold of its own: chosen on the other half of the
    clips where it was chosen in the field. A frame without an answer keeps none."""
    first = split_clips_in_halves(frames.clip)
    score, positive = frames.p[:, k], frames.truth == k
    level = np.full(score.size, class_threshold.threshold)
    if class_threshold.on == "field" and first is not None:
        for chosen, tested in ((first, ~first), (~first, first)):
            best = find_best_threshold(
                score[chosen], positive[chosen], frames.weight[chosen], precision
            )
            level[tested] = np.nan if best is None else best
    others = np.where(np.isfinite(frames.p), frames.p, -np.inf)
    others[:, k] = -np.inf
    after = np.where(score >= level, k, others.argmax(axis=1))
    stays = np.isnan(level) | (frames.predicted < 0)
    return np.asarray(np.where(stays, frames.predicted, after), np.int64)


def judge_threshold(
    frames: JudgedClasses,
    k: int,
    class_threshold: ClassThreshold,
    precision: float,
    ok: NDArray[np.int64],
    limits: Mapping[str, float],
) -> ClassThreshold:
    """The threshold with its effect on escapes and false rejects, and whether it is refused.

    Args:
        frames: labelled frames of the field.
        k: class index.
        class_threshold: the proposal.
        precision: the least precision that it was chosen for.
        ok: (C,) indices of the OK classes.
        limits: limits that were set, by the code of the rate.
    """
    if class_threshold.threshold is None:
        return class_threshold
    after = predict_with_threshold(frames, k, class_threshold, precision)
    defect = ~np.isin(frames.truth, ok)
    rates = []
    for side, wrong_if_ok in ((defect, True), (~defect, False)):
        for predicted in (frames.predicted, after):
            wrong = np.isin(predicted, ok) == wrong_if_ok
            rates.append(
                estimate_camera_interval(wrong[side], frames.weight[side], frames.clip[side])
            )
    effect = InspectionEffect(*rates)
    refused: Refusal = ""
    if k in ok.tolist() and bool(((after == k) & (frames.predicted != k)).any()):
        refused = "ok_class"
    elif _breaks_limit(effect.escape_before, effect.escape_after, limits.get("escape_rate")):
        refused = "escape_rate"
    elif _breaks_limit(effect.reject_before, effect.reject_after, limits.get("false_reject_rate")):
        refused = "false_reject_rate"
    elif "false_reject_rate" not in limits and _rejects_most(effect):
        refused = "most_rejected"
    return replace(class_threshold, effect=effect, refused=refused)


def _rejects_most(effect: InspectionEffect) -> bool:
    before, after = effect.reject_before, effect.reject_after
    return after.measured and after.value > max(MOST_REJECTED, before.value)


def _breaks_limit(before: Estimate, after: Estimate, limit: float | None) -> bool:
    """Whether a limit is not met afterwards, or no longer met."""
    if limit is None:
        return False
    state = judge_limit(after, limit)
    return state == "not_met" or (state != "met" and judge_limit(before, limit) == "met")


def measure_abstention(
    confidence: Floats,
    wrong: Bools,
    weight: Floats,
    clip: NDArray[np.str_],
    share: float = REVIEWED_SHARE,
) -> Abstention | None:
    """What sending the least confident frames to manual review does to the error rate of the
    others; all arrays (n,).

    `share`, in (0, 1), is the weighted share of frames to review. None where the clips cannot be
    split into two halves of twenty labelled frames. Frames without a finite confidence are always
    reviewed."""
    first = split_clips_in_halves(clip)
    if first is None or min(int(first.sum()), int((~first).sum())) < LEAST_FRAMES:
        return None
    sure = np.where(np.isfinite(confidence), confidence, -np.inf)
    points = {
        asked_share: _measure_risk_point(asked_share, sure, wrong, weight, clip, first)
        for asked_share in sorted({*SHARES, share})
    }
    return Abstention(
        estimate_by_clips_or_frames(wrong, weight, clip),
        tuple(points.values()),
        find_share_threshold(sure, weight, share),
        points[share],
    )


def find_share_threshold(confidence: Floats, weight: Floats, share: float) -> float:
    """Confidence below which at most `share` of the weight lies, never above 1. `confidence`,
    `weight`: (n,)."""
    order = np.argsort(confidence, kind="stable")
    below = np.cumsum(weight[order]) - weight[order]
    allowed = below <= share * weight.sum() * (1 + 1e-12)
    level = float(confidence[order][allowed][-1])
    return max(0.0, level)


def _measure_risk_point(
    asked_share: float,
    sure: Floats,
    wrong: Bools,
    weight: Floats,
    clip: NDArray[np.str_],
    first: Bools,
) -> RiskPoint:
    kept = np.ones(sure.size, np.bool_)
    for chosen, tested in ((first, ~first), (~first, first)):
        kept[tested] = sure[tested] >= find_share_threshold(
            sure[chosen], weight[chosen], asked_share
        )
    error = (
        estimate_by_clips_or_frames(wrong[kept], weight[kept], clip[kept])
        if kept.any()
        else Estimate.not_measured("no_labels")
    )
    return RiskPoint(
        asked_share,
        estimate_by_clips_or_frames(~kept, weight, clip),
        error,
        _estimate_error_fall(kept, wrong, weight, clip),
    )


def _estimate_error_fall(
    kept: Bools, wrong: Bools, weight: Floats, clip: NDArray[np.str_]
) -> Estimate:
    """Error of all answers less that of the kept ones, clips (below eight: frames) resampled."""
    # The bootstrap speaks of shares between 0 and 1; the fall lies between -1 and 1.
    y, k = wrong.astype(np.float64), kept.astype(np.float64)

    def compute_difference(w: Floats) -> Floats:
        total, left = w.sum(axis=1), w @ k
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((1 + w @ y / total - w @ (y * k) / left) / 2)

    estimate = bootstrap_draw.estimate_by_clip(compute_difference, weight, clip, SEED)
    if not estimate.measured:
        estimate = bootstrap_draw.estimate_by_frame(
            compute_difference, weight, np.zeros(y.size), SEED
        )
    if not estimate.measured:
        return Estimate.not_measured(estimate.note, estimate.n)
    value, lo, hi = (2 * value - 1 for value in (estimate.value, estimate.lo, estimate.hi))
    return Estimate(
        value, lo, hi, estimate.n, estimate.n_eff, estimate.method, estimate.status, estimate.note
    )


def _estimate_change(
    moved: NDArray[np.int64], weight: Floats, clip: NDArray[np.str_], set_name: On
) -> Estimate:
    """By clip in the field; of pictures of a benchmark each for itself."""
    if set_name == "field":
        return estimate_change_or_frames(moved, weight, clip)
    return estimate_bonett_price(int((moved > 0).sum()), int((moved < 0).sum()), moved.size)
