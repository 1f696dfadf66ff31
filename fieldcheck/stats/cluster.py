"""Statistics of whole clips: change between models and its test, over-confidence, rates against a
limit, parts. Blocks of time: `stats/time_blocks.py`.

Units are clips, never single frames: `docs/methods.md` 6.4, 4 and 1.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import sqrt

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import ChangeVerdict, Direction, Estimate, LimitState
from fieldcheck.domain.frame import PartCall
from fieldcheck.stats.camera_interval import (
    FEWEST_CLIPS,
    MASS,
    ClipGrid,
    ClipPosterior,
    ClipSums,
    compute_clip_grid,
    compute_clip_posterior,
    estimate_camera_interval,
)
from fieldcheck.stats.wilson_interval import estimate_bonett_price

Figures = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Change on the same frames, for other clips of these cameras (methods 6.4): the mean of two pairs
# of limits. Student's t knows what was seen, and misses changes that are rare and come in whole
# clips; gains and losses as two camera intervals know what may not have been seen yet, and are
# wide where little changed.

PAIR_MASS = 0.95  # central mass of gains and of losses
PRIOR_CLIPS = 2.0  # clips that the variance of the model counts for
PRIOR_ICC = 0.3
FEW_WORTH = 6.0  # clips' worth below which the limits are weak
CHANGE_METHOD = "clip_change"


@dataclass(frozen=True, slots=True)
class ChangeLimits:
    """Limits of a mean change: `by_t` and `by_pairs` of the two forms, `lo` and `hi` their mean."""

    value: float
    lo: float
    hi: float
    by_t: tuple[float, float]
    by_pairs: tuple[float, float]
    clips_worth: float


def estimate_change(change: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> Estimate:
    """Weighted mean of changes on the same frames with limits for other clips of these cameras.

    Args:
        change: (n,) new − old, each −1, 0 or 1.
        weight: (n,) design weights ≥ 0.
        clip: (n,) clip ids.

    Returns:
        "na" with the note "too_few_clips" below three clips; weak, "few_clips", where the clips
            are worth fewer than six of equal length, which is `n_eff`.

    Raises:
        ValueError: the lengths differ, or a change is none of −1, 0 and 1.
    """
    refused = _refuse_few_clips(change, weight, clip)
    if refused is not None:
        return refused
    limits = compute_change_limits(change, weight, clip)
    return _make_change_estimate(
        limits.value, (limits.lo, limits.hi), weight, limits.clips_worth, CHANGE_METHOD
    )


def _refuse_few_clips(change: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> Estimate | None:
    """What stands in place of limits where nothing is labelled or clips are fewer than three."""
    n = int((np.asarray(weight) > 0).sum())
    if n == 0:
        return Estimate.not_measured("no_labels")
    if ClipSums.from_frames(change, weight, clip).n_clips < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", n)
    return None


def _make_change_estimate(
    value: float, limits: tuple[float, float], weight: ArrayLike, clips_worth: float, method: str
) -> Estimate:
    n = int((np.asarray(weight) > 0).sum())
    estimate = Estimate.from_limits(value, *limits, n=n, n_eff=clips_worth, method=method)
    return estimate.with_weak_status("few_clips") if clips_worth < FEW_WORTH else estimate


def estimate_change_or_frames(change: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> Estimate:
    """`estimate_change`; below three clips the change of these frames alone, which is for this
    footage only. Arrays (n,) as there."""
    by_clip = estimate_change(change, weight, clip)
    if by_clip.measured:
        return by_clip
    d = np.asarray(change)
    return estimate_bonett_price(int((d > 0).sum()), int((d < 0).sum()), d.size)


def compute_change_limits(change: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> ChangeLimits:
    """Both pairs of limits of a mean change and their mean; arrays as in `estimate_change`, (n,).

    Raises ValueError below three clips and as `estimate_change`.
    """
    d = _check_changes(change)
    value, *by_t = compute_t_limits(d, weight, clip)
    by_pairs = compute_pair_limits(d, weight, clip)
    share = ClipSums.from_frames(d, weight, clip).weight
    share = share / share.sum()
    lo, hi = ((t + pair) / 2 for t, pair in zip(by_t, by_pairs, strict=True))
    worth = 1 / float(share @ share)
    return ChangeLimits(value, max(-1.0, lo), min(1.0, hi), (by_t[0], by_t[1]), by_pairs, worth)


def compute_t_limits(
    value: ArrayLike, weight: ArrayLike, clip: ArrayLike
) -> tuple[float, float, float]:
    """Mean of (n,) values in [−1, 1] with (n,) weights, and its limits by Student's t with clips,
    (n,) ids, as units. The variance between clips is shrunk by two clips' worth towards that of
    clips with a correlation of 0.3, and is never less than that of single frames."""
    sums = ClipSums.from_frames(value, weight, clip)
    y, w = np.asarray(value, np.float64), np.asarray(weight, np.float64)
    total = float(sums.weight.sum())
    mean, kish = float(sums.right.sum()) / total, float(sums.square.sum()) / total**2
    share = sums.weight / total
    alike = float(share @ share)
    between = float((((sums.right - sums.weight * mean) / total) ** 2).sum()) / (1 - alike)
    frame = float(
        _compute_frame_variance(np.array(mean), np.array(w @ y**2 / total), np.array(kish))
    )
    prior = frame * (PRIOR_ICC * alike + (1 - PRIOR_ICC) * kish)
    freedom = 1 / alike - 1
    variance = (freedom * between + PRIOR_CLIPS * prior) / (freedom + PRIOR_CLIPS)
    quantile = float(scipy.special.stdtrit(freedom + PRIOR_CLIPS, 0.975))
    half = quantile * sqrt(max(variance, frame * kish))
    return mean, mean - half, mean + half


def _compute_frame_variance(mean: Figures, square: Figures, kish: Figures) -> Figures:
    """Variance of one frame's change with half a gain and half a loss more, so that it is never 0.

    `square`: weighted mean of the squared changes; `kish` = Σw²/(Σw)².
    """
    n = 1 / kish
    return np.asarray((n * square + 1) / (n + 1) - (n * mean / (n + 1)) ** 2)


def compute_pair_limits(
    change: ArrayLike, weight: ArrayLike, clip: ArrayLike, mass: float = PAIR_MASS
) -> tuple[float, float]:
    """Limits of gains less losses: each by the posterior of methods 2.4, both with one correlation
    within clips; arms squared and added (Zou & Donner 2008), wider where clips that gain do not
    lose. Arrays (n,) as in `estimate_change`."""
    d = np.asarray(change, np.float64)
    gains, losses = (ClipSums.from_frames(d * sign > 0, weight, clip) for sign in (1, -1))
    grids = compute_clip_grid(gains), compute_clip_grid(losses)
    evidence = sum(scipy.special.logsumexp(grid.likelihood, axis=0) for grid in grids)
    shared = np.exp(evidence - evidence.max())
    up, down = (_make_arms(grid, shared / shared.sum(), mass) for grid in grids)
    r = min(0.0, _correlate_clips(gains, losses))
    value = up.value - down.value
    return (
        value - _join_arms(up.below, down.above, r),
        value + _join_arms(up.above, down.below, r),
    )


@dataclass(frozen=True, slots=True)
class _Arms:
    """A share and how far its limits lie below and above it."""

    value: float
    below: float
    above: float


def _make_arms(grid: ClipGrid, probability: Figures, mass: float) -> _Arms:
    lo, hi = grid.make_posterior(probability).get_limits(mass)
    return _Arms(grid.value, grid.value - lo, hi - grid.value)


def _correlate_clips(gains: ClipSums, losses: ClipSums) -> float:
    """Correlation of what clips gain and lose beyond the mean; 0 where either does not differ."""
    total = gains.weight.sum()
    up, down = (
        clip_sums.right - clip_sums.weight * (clip_sums.right.sum() / total)
        for clip_sums in (gains, losses)
    )
    size = sqrt(float(up @ up) * float(down @ down))
    return float(up @ down) / size if size > 0 else 0.0


def _join_arms(arm: float, other: float, r: float = 0.0) -> float:
    """Arm of a difference from the arms of its parts, which are correlated by `r`."""
    return sqrt(arm**2 + other**2 - 2 * r * arm * other)


def compute_cautious_limits(
    change: ArrayLike, weight: ArrayLike, clip: ArrayLike
) -> tuple[float, float]:
    """Limits of a change that was chosen among several: gains and losses by the camera interval of
    methods 2.4 as it is, squared and added. Losses that nobody saw may still come in clumps, and
    the best of many is the one of which fewest were seen. Arrays (n,) as in `estimate_change`."""
    d = _check_changes(change)
    up, down = (estimate_camera_interval(d * sign > 0, weight, clip) for sign in (1, -1))
    value = up.value - down.value
    lo = value - _join_arms(up.value - up.lo, down.hi - down.value)
    hi = value + _join_arms(up.hi - up.value, down.value - down.lo)
    return max(-1.0, lo), min(1.0, hi)


def _check_changes(change: ArrayLike) -> Figures:
    d = np.asarray(change, np.float64)
    if not np.isin(d, (-1.0, 0.0, 1.0)).all():
        raise ValueError("a change is −1, 0 or 1")
    return d


# Test of "no change" for one candidate or several on the same frames (methods 6.4, 17): the signs
# of whole clips are flipped, one flip for all candidates, against the largest t (Westfall & Young
# 1993). Valid where a clip is as likely to change by x as by −x under "no change".

ERRORS = 0.05  # chance of any false direction in one comparison or search
EXACT_CLIPS = 12  # up to which all patterns of signs are looked at
FLIPS = 1999  # drawn where there are more
PATTERNS_AT_ONCE = 4096
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class SignFlips:
    """`value`, `t` and `p`: (K,) of the candidates; p is the share of `patterns` of signs whose
    largest t over all candidates reaches this one's. `exact`: no pattern was left out."""

    value: Figures
    t: Figures
    p: Figures
    patterns: int
    exact: bool


@dataclass(frozen=True, slots=True)
class _ClipChanges:
    """`sums`: (K, G) Σwd of each clip over Σw, of K candidates; `share`: (K, G) of the weight;
    `kish`: (K,) Σw²/(Σw)²; `square`: (K,) weighted mean of d²."""

    sums: Figures
    share: Figures
    kish: Figures
    square: Figures

    def compute_t(self, signs: Figures) -> Figures:
        """(F, K) t of each candidate under (F, G) signs of the clips. The variance between clips
        is never less than that of single frames."""
        alike = (self.share**2).sum(1)
        mean = signs @ self.sums.T
        squares = (self.sums**2).sum(1) + alike * mean**2
        squares -= 2 * mean * (signs @ (self.share * self.sums).T)
        frames = self.kish * _compute_frame_variance(mean, self.square, self.kish)
        return np.asarray(mean / np.sqrt(np.maximum(squares / (1 - alike), frames)))


def judge_change(change: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> ChangeVerdict:
    """Change of one model against another, and whether its direction is demonstrated: two-sided.

    Arrays (n,) and errors as in `estimate_change`; below three clips there is no test.
    """
    estimate = estimate_change(change, weight, clip)
    if not estimate.measured:
        return ChangeVerdict(estimate, None)
    p = float(flip_signs(change, weight, clip, two_sided=True).p[0])
    return ChangeVerdict.from_limits(estimate, p) if p <= ERRORS else ChangeVerdict(estimate, p)


LEAST_FOUND = 0.005
"""Lower limit that the best of many must exceed: a gain whose limit rounds to no point at all was
named in 4.6 % of searches for candidates that only lose in few clips, beyond it in 1.5 %."""


Pair = tuple[int, int, int]
"""Row of a candidate that is two changes at once, and the rows of either change alone."""


def judge_candidates(
    changes: ArrayLike,
    weight: ArrayLike,
    clip: ArrayLike,
    least: float = 0.0,
    pairs: Sequence[Pair] = (),
    *,
    two_sided: bool = False,
) -> tuple[ChangeVerdict, ...]:
    """Which of K candidates are demonstrated to be better: over the largest t of all.

    Args:
        changes: (K, n) new − old, each −1, 0 or 1.
        weight: (n,) design weights ≥ 0, or (K, n) where candidates are of some of the frames each.
        clip: (n,) clip ids.
        least: what the lower limit must exceed.
        pairs: candidates that make two others at once. One is better only where neither of its
            changes is alone and it adds to each: what one of them brings is not said of both.
        two_sided: whether one may be worse too; its upper limit must then be below −`least`.

    Returns:
        One verdict a candidate, in order, with cautious limits. One of fewer than three clips is
            not tested and has no limits, and no pair of which a part is not tested is better.

    Raises:
        ValueError: as `estimate_change`.
    """
    rows = np.atleast_2d(_check_changes(changes))
    weights = np.broadcast_to(np.asarray(weight, np.float64), rows.shape)
    refused = [_refuse_few_clips(d, w, clip) for d, w in zip(rows, weights, strict=True)]
    tested = [index for index, estimate in enumerate(refused) if estimate is None]
    by_index = {
        index: ChangeVerdict(estimate)
        for index, estimate in enumerate(refused)
        if estimate is not None
    }
    position = {index: number for number, index in enumerate(tested)}
    joined = [
        (position[pair], position[first], position[second])
        for pair, first, second in pairs
        if {pair, first, second} <= position.keys()
    ]
    p_values: list[float] = []
    if tested:
        flips = flip_signs(rows[tested], weights[tested], clip, pairs=joined, two_sided=two_sided)
        p_values = flips.p.tolist()
    for index, p in zip(tested, p_values, strict=True):
        estimate = _estimate_cautious_change(rows[index], weights[index], clip)
        direction = _get_direction(estimate, least, two_sided) if p <= ERRORS else ""
        by_index[index] = ChangeVerdict(estimate, p, direction)
    for pair, *parts in pairs:
        alone = [by_index[part] for part in parts]
        added = [rows[pair] - rows[part] for part in parts]
        if by_index[pair].direction and not (
            all(verdict.p is not None and not verdict.direction for verdict in alone)
            and _adds_to_all(added, weights[pair], clip, least)
        ):
            by_index[pair] = replace(by_index[pair], direction="")
    return tuple(by_index[index] for index in range(len(rows)))


def _get_direction(estimate: Estimate, least: float, two_sided: bool) -> Direction:
    """What the limits of a change say, whatever the test does."""
    if estimate.lo > least:
        return "better"
    return "worse" if two_sided and estimate.hi < -least else ""


def _adds_to_all(added: Sequence[Figures], weight: Figures, clip: ArrayLike, least: float) -> bool:
    """Whether every lower limit of what a pair adds to one of its changes exceeds `least`."""
    return all(compute_cautious_limits(change, weight, clip)[0] > least for change in added)


def _estimate_cautious_change(change: Figures, weight: Figures, clip: ArrayLike) -> Estimate:
    """Mean of (n,) changes with the cautious limits of one that was chosen among several."""
    sums = ClipSums.from_frames(change, weight, clip)
    total = float(sums.weight.sum())
    share = sums.weight / total
    return _make_change_estimate(
        float(sums.right.sum()) / total,
        compute_cautious_limits(change, weight, clip),
        weight,
        1 / float(share @ share),
        "clip_change_of_several",
    )


def flip_signs(
    changes: ArrayLike,
    weight: ArrayLike,
    clip: ArrayLike,
    *,
    draws: int = FLIPS,
    seed: int = 0,
    two_sided: bool = False,
    pairs: Sequence[Pair] = (),
) -> SignFlips:
    """Test of "no change" by flipping the signs of whole clips.

    A pair counts only where what it adds to either of its changes is beyond chance alone. So many
    pairs hardly make the largest t larger, and cost the other candidates little.

    Args:
        changes: (K, n) new − old of K candidates on the same frames, or (n,) of one.
        weight: (n,) design weights ≥ 0, or (K, n) where candidates are of some of the frames each.
        clip: (n,) clip ids.
        draws: patterns that are drawn where there are more than twelve clips.
        seed: of the draw.
        two_sided: whether a fall counts as a rise does.
        pairs: candidates that make two others at once.

    Raises:
        ValueError: a candidate has frames of fewer than three clips.
    """
    rows = np.atleast_2d(np.asarray(changes, np.float64))
    weights = np.broadcast_to(np.asarray(weight, np.float64), rows.shape)
    n, joined = len(rows), [pair for pair, *_ in pairs]
    adding = [(pair, part) for pair, *parts in pairs for part in parts]
    added = [rows[pair] - rows[part] for pair, part in adding]
    summed = _sum_by_clip(
        np.vstack([rows, *added]),
        np.vstack([weights, *(weights[pair] for pair, _ in adding)]),
        clip,
    )
    fewest = int((summed.share > 0).sum(1).min())
    if fewest < FEWEST_CLIPS:
        raise ValueError(f"no test of {fewest} clips")
    signs, exact = make_sign_patterns(summed.share.shape[1], draws, seed)
    blocks = [
        summed.compute_t(signs[first : first + PATTERNS_AT_ONCE])
        for first in range(0, len(signs), PATTERNS_AT_ONCE)
    ]
    t = summed.compute_t(np.ones((1, summed.share.shape[1])))
    own, *flipped = (np.abs(statistic) if two_sided else statistic for statistic in (t, *blocks))
    if pairs:
        levels = _find_chance_levels(np.vstack([statistic[:, n:] for statistic in flipped]), exact)
        own, *flipped = (
            _drop_idle_pairs(statistic, n, joined, levels) for statistic in (own, *flipped)
        )
    reached = sum((statistic.max(1)[:, None] >= own - SAME).sum(0) for statistic in flipped)
    p = compute_flip_share(np.asarray(reached, np.float64), len(signs), exact)
    return SignFlips(summed.sums.sum(1)[:n], t[0, :n], p, len(signs), exact)


def _find_chance_levels(t: Figures, exact: bool) -> Figures:
    """(M,) values that each of (F, M) t exceeds in no more than one pattern in twenty."""
    allowed = int(ERRORS * len(t)) if exact else int(ERRORS * (len(t) + 1)) - 1
    return np.asarray(-np.partition(-t, allowed, axis=0)[allowed] + SAME)


def _drop_idle_pairs(t: Figures, n: int, joined: Sequence[int], levels: Figures) -> Figures:
    """(F, n) t of the candidates from (F, n + 2P) with those of what each pair adds to either of
    its changes; that of a pair, whose columns are `joined`, is 0 where one of the two does not
    exceed its level."""
    adds = (t[:, n:] > levels).reshape(len(t), -1, 2).all(2)
    kept = t[:, :n].copy()
    kept[:, joined] = np.where(adds, kept[:, joined], 0.0)
    return kept


def make_sign_patterns(units: int, draws: int, seed: int) -> tuple[Figures, bool]:
    """(F, U) patterns of ±1 for U `units`, and whether they are all that there are."""
    if units <= EXACT_CLIPS:
        bits = np.arange(2**units)[:, None] >> np.arange(units)
        return np.where(bits & 1, -1.0, 1.0), True
    rng = np.random.default_rng(seed)
    return np.asarray(rng.choice([-1.0, 1.0], size=(draws, units)), np.float64), False


def compute_flip_share(reached: Figures, patterns: int, exact: bool) -> Figures:
    """(K,) p values from how many patterns reached each of K; drawn patterns leave the observed one
    out, so it is added (Phipson & Smyth 2010)."""
    return reached / patterns if exact else (reached + 1) / (patterns + 1)


def _sum_by_clip(rows: Figures, weights: Figures, clip: ArrayLike) -> _ClipChanges:
    kept = (weights > 0).any(0)
    rows, weights = rows[:, kept], weights[:, kept]
    names, member = np.unique(np.asarray(clip)[kept], return_inverse=True)
    onehot = (member[:, None] == np.arange(names.size)).astype(np.float64)
    total = weights.sum(1)
    return _ClipChanges(
        (rows * weights) @ onehot / total[:, None],
        weights @ onehot / total[:, None],
        (weights**2).sum(1) / total**2,
        (rows * rows * weights).sum(1) / total,
    )


# Events in time, such as changes of an answer a minute: the ratio of two sums over clips.

RATE_METHOD = "clip_rate"
LEAST_WORTH = 2.0  # clips' worth below which Student's t has no degree of freedom left


def estimate_event_rate(events: Sequence[float], exposure: Sequence[float]) -> Estimate:
    """Events per unit of exposure with limits for other clips of these cameras.

    The logarithm of the ratio, its variance by leaving out each clip in turn, never less than that
    of as many independent events; Student's t with the clips' worth. Half an event more, so that
    none seen is not none.

    Args:
        events: (G,) of each clip, ≥ 0.
        exposure: (G,) of each clip, > 0, such as minutes.

    Returns:
        "na" with its value below three clips, and where they are worth fewer than two of equal
            length; weak where they are worth fewer than six.
    """
    y, e = np.asarray(events, np.float64), np.asarray(exposure, np.float64)
    value = float(y.sum() / e.sum())
    share = e / e.sum()
    worth = 1 / float(share @ share)
    if y.size < FEWEST_CLIPS or worth < LEAST_WORTH:
        return Estimate.not_measured("too_few_clips", y.size, value)
    total = float(y.sum()) + 0.5
    left = np.log((total - y) / (1 - share))
    spread = float((share.size - 1) / share.size * ((left - left.mean()) ** 2).sum())
    half = float(scipy.special.stdtrit(worth - 1, 0.975)) * sqrt(max(spread, 1 / total))
    middle = total / float(e.sum())
    lo = min(value, middle * np.exp(-half)) if y.any() else 0.0
    return _make_rate_estimate(value, (lo, max(value, middle * np.exp(half))), y.size, worth)


def _make_rate_estimate(
    value: float, limits: tuple[float, float], clips: int, worth: float
) -> Estimate:
    estimate = Estimate.from_limits(value, *limits, n=clips, n_eff=worth, method=RATE_METHOD)
    return estimate.with_weak_status("few_clips") if worth < FEW_WORTH else estimate


# Over-confidence (methods 4): confidence less accuracy for these cameras, and answers of an honest
# model whose clips differ as much as these.

RANKS = 200  # quantiles that a clip is drawn from
GRADES = 100  # grid of confidences


def estimate_overconfidence(
    confidence: ArrayLike, right: ArrayLike, weight: ArrayLike, clip: ArrayLike
) -> Estimate:
    """Mean confidence less accuracy with limits for other clips: on each side the longer of the t
    arm of their difference and of the arm of the accuracy's camera interval.

    Args:
        confidence: (n,) confidence of the answer, in [0, 1].
        right: (n,) 1 correct, 0 wrong.
        weight: (n,) design weights.
        clip: (n,) clip ids.

    Returns:
        "na" below three clips, as the camera interval of the accuracy.
    """
    accuracy = estimate_camera_interval(right, weight, clip)
    if not accuracy.measured:
        return Estimate.not_measured(accuracy.note, accuracy.n)
    apart = np.asarray(confidence, np.float64) - np.asarray(right, np.float64)
    gap, t_lo, t_hi = compute_t_limits(apart, weight, clip)
    lo = gap - max(gap - t_lo, accuracy.hi - accuracy.value)
    hi = gap + max(t_hi - gap, accuracy.value - accuracy.lo)
    return Estimate(
        gap, max(-1.0, lo), min(1.0, hi), accuracy.n, accuracy.n_eff, "clip_confidence",
        accuracy.status, accuracy.note,
    )  # fmt: skip


def draw_honest_answers(
    confidence: ArrayLike,
    right: ArrayLike,
    weight: ArrayLike,
    clip: ArrayLike,
    *,
    draws: int,
    seed: int | Sequence[int] = 0,
) -> Bools:
    """(draws, n) answers of an honest model whose clips differ as much as these: a frame is right
    with a chance from the beta distribution whose mean is its confidence, with the correlation
    from the posterior of methods 2.4; all frames of a clip take theirs at one rank.

    Arrays (n,) as in `estimate_overconfidence`.
    """
    posterior = compute_clip_posterior(ClipSums.from_frames(right, weight, clip))
    names, member = np.unique(np.asarray(clip), return_inverse=True)
    rng = np.random.default_rng(seed)
    node = draw_correlations(posterior, draws, rng)
    rank = rng.integers(0, RANKS, (draws, names.size))
    grade = np.clip(np.asarray(confidence, np.float64), 0.5 / GRADES, 1 - 0.5 / GRADES)
    column = np.rint(grade * GRADES - 0.5).astype(np.intp)
    chance = _tabulate_honest_chances(tuple(posterior.correlations.tolist()))
    drawn = chance[column[None, :], node[:, None], rank[:, member]]
    return np.asarray(rng.random(drawn.shape) < drawn)


def draw_correlations(
    posterior: ClipPosterior, draws: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """(draws,) places of correlations within clips, drawn from their posterior."""
    steps = np.cumsum(posterior.probability)
    node = np.searchsorted(steps, rng.random(draws))
    return np.minimum(node, posterior.correlations.size - 1)


@cache
def _tabulate_honest_chances(correlations: tuple[float, ...]) -> Figures:
    """(GRADES, K, RANKS) quantiles of the beta distributions by mean and correlation."""
    mean = ((np.arange(GRADES) + 0.5) / GRADES)[:, None, None]
    rho = np.array(correlations)[:, None]
    kappa = (1 - rho) / rho
    levels = (np.arange(RANKS) + 0.5) / RANKS
    return np.asarray(scipy.special.betaincinv(mean * kappa, (1 - mean) * kappa, levels))


# A rate against a limit that somebody set, by frames or by parts (methods 1.2).

MOST_PLANNED = 200
NEXT_LOOK = 0.3  # share of the tail of one look that the next one has: 1.75 % / (1 − 0.3) = 2.5 %
ZERO_MASS = 0.93  # central mass whose upper limit is the one-sided 95 % one (methods 2.4)


def judge_limit(cameras: Estimate, limit: float, looks: int = 1) -> LimitState:
    """Whether a figure keeps its limit, by the camera interval: one-sided 97.5 % each way, over all
    `looks` at labels that grew from look to look."""
    if not cameras.measured:
        return "inconclusive"
    longer = compute_look_factor(looks)
    if cameras.value + longer * (cameras.hi - cameras.value) <= limit:
        return "met"
    is_above = cameras.value - longer * (cameras.value - cameras.lo) > limit
    return "not_met" if is_above else "inconclusive"


@cache
def compute_look_factor(looks: int) -> float:
    """How much longer the arms of a camera interval are that judges a limit at this look: each look
    takes three tenths of the tail that the one before took, so all of them together take 2.5 % a
    side, however often somebody looks."""
    tail = (1 - MASS) / 2
    first, now = scipy.special.ndtri([tail, tail * NEXT_LOOK ** (looks - 1)])
    return float(now / first)


def compute_zero_bound(weight: ArrayLike, clip: ArrayLike) -> float | None:
    """Rate that is excluded with 95 % confidence where no part failed, with clips as units.

    `weight`, `clip`: (P,) of the parts. None below three clips.
    """
    sums = ClipSums.from_frames(np.zeros(np.size(weight)), weight, clip)
    if sums.n_clips < FEWEST_CLIPS:
        return None
    return compute_clip_posterior(sums).get_limits(ZERO_MASS)[1]


@cache
def compute_planned_limit(clips: int, frames: int = 3) -> float:
    """Lowest limit that is met where none failed in `clips` clips of equal weight, with `frames`
    that count in each; 1 below three clips."""
    if clips < FEWEST_CLIPS:
        return 1.0
    weight = np.full(clips, float(frames))
    return compute_clip_posterior(ClipSums(weight, weight, np.zeros(clips))).get_limits()[1]


@cache
def plan_clips_for_limit(limit: float, frames: int = 3) -> int | None:
    """Fewest clips of equal weight, with `frames` that count in each, of which none failed, that
    show a rate of at most `limit`; None beyond `MOST_PLANNED`. The fewer are looked for by halves,
    since more clips always show less."""
    low, high = FEWEST_CLIPS - 1, MOST_PLANNED
    if compute_planned_limit(high, frames) > limit:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        is_met = compute_planned_limit(middle, frames) <= limit
        low, high = (low, middle) if is_met else (middle, high)
    return high


def decide_parts(
    part: ArrayLike, called_defect: ArrayLike, rule: PartCall = "any", least: int = 1
) -> tuple[NDArray[np.generic], Bools]:
    """Ids of the parts, (P,), and whether each is called defective: where any, all or `least` of
    its frames are. `part`: (n,) ids; `called_defect`: (n,) bool."""
    names, member = np.unique(np.asarray(part), return_inverse=True)
    called = np.bincount(member, np.asarray(called_defect, np.float64), names.size)
    frames = np.bincount(member, minlength=names.size)
    wanted = {"any": np.ones(names.size), "all": frames, "at_least": np.full(names.size, least)}
    return names, called >= wanted[rule]


def compute_part_inclusion(
    members: ArrayLike, listed: Sequence[float], drawn: Sequence[int]
) -> Figures:
    """(P,) chance that at least one frame of each part was drawn (Horvitz & Thompson 1952).

    `members`: (P, H) listed frames of each part in each stratum; `listed`, `drawn`: those of the
    H strata.
    """
    counts = np.asarray(members, np.float64)
    missed = np.ones(len(counts))
    for frames, size, labels in zip(counts.T, listed, drawn, strict=True):
        ways = scipy.special.gammaln
        n_other = size - frames
        none = ways(n_other + 1) - ways(np.maximum(n_other - labels, 0) + 1)
        none -= ways(size + 1) - ways(size - labels + 1)
        missed *= np.where(n_other >= labels, np.exp(none), 0.0)
    return 1.0 - missed
