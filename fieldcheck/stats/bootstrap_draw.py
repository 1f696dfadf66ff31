"""Bootstrap for scores that are no proportions (macro-F1, mAP, mean IoU), and random draws spread
over time with known probabilities.

A resample is written as how often each frame occurs in it, so that a score only needs to know
weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import floor, sqrt
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import NO_SPREAD, Estimate

DRAWS = 2000
FEWEST_CLIPS = 8  # with fewer, a bootstrap of clips covers far less than it claims
MOST_DROPPED = 0.05  # share of resamples in which the score may be undefined
CHUNK = 200  # resamples handed to a score at once

Summary = TypeVar("Summary")  # what scores are made of
Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Weights (b, n) float64, one row for each resample → scores (b,) float64 in [0, 1], NaN where
undefined."""


def draw_frame_counts(strata: ArrayLike, draws: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """Bootstrap of frames within strata.

    Args:
        strata: (n,) stratum of each frame, ids of any type.
        draws: number of resamples.
        seed: seed of the resamples.

    Returns:
        Arrays (≤ CHUNK, n), `draws` rows in all: how often each frame occurs in each resample.
    """
    rng = np.random.default_rng(seed)
    _, member = np.unique(np.asarray(strata), return_inverse=True)
    groups = [
        np.flatnonzero(member == stratum) for stratum in range(int(member.max(initial=-1)) + 1)
    ]
    for rows in _split_into_chunks(draws):
        counts = np.zeros((rows, member.size))
        for group in groups:
            counts[:, group] = _count_draws(
                rng.integers(0, group.size, (rows, group.size)), group.size
            )
        yield counts


def draw_clip_counts(clips: ArrayLike, draws: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """Bootstrap of whole clips.

    Args:
        clips: (n,) clip of each frame, ids of any type.
        draws: number of resamples.
        seed: seed of the resamples.

    Returns:
        Arrays (≤ CHUNK, n), `draws` rows in all: how often each frame occurs in each resample.
    """
    rng = np.random.default_rng(seed)
    names, member = np.unique(np.asarray(clips), return_inverse=True)
    for rows in _split_into_chunks(draws):
        yield _count_draws(rng.integers(0, names.size, (rows, names.size)), names.size)[:, member]


def estimate_by_frame(
    statistic: Statistic,
    weight: ArrayLike,
    strata: ArrayLike,
    seed: int,
    draws: int = DRAWS,
    least: float = 0.0,
) -> Estimate:
    """Score with bootstrap limits for this footage, or for a benchmark as one stratum; frames are
    resampled within strata (methods 2.6).

    Args:
        statistic: score as a function of (b, n) weights.
        weight: (n,) design weights, multiplied into every resample.
        strata: (n,) stratum of each frame, ids of any type.
        seed: seed of the resamples.
        draws: number of resamples.
        least: lower end of the score's range: 0, or −1 for a paired change between two models.

    Returns:
        Percentile limits, both arms widened by √(n/(n−1)), clipped to `least` and 1.
    """
    w = np.asarray(weight, dtype=np.float64)
    counts = _expand_counts(draw_frame_counts(np.asarray(strata)[w > 0], draws, seed), w > 0)
    return _estimate_from_replicates(
        statistic,
        w,
        partial(compute_replicates, statistic, w, counts),
        units=int(np.count_nonzero(w)),
        method="bootstrap_frames",
        least=least,
    )


def estimate_scores_by_frame(
    summarise: Callable[[NDArray[np.float64]], Summary],
    scores: Mapping[str, Callable[[Summary], NDArray[np.float64]]],
    weight: ArrayLike,
    strata: ArrayLike,
    seed: int,
) -> dict[str, Estimate]:
    """Several scores of the same resamples, each as `estimate_by_frame` gives it.

    Args:
        summarise: what all scores are made of, such as counts by class, from (b, n) weights.
        scores: of such a summary, (b,) float64, by name.
        weight, strata, seed: as for `estimate_by_frame`.
    """
    w = np.asarray(weight, dtype=np.float64)
    counts = _expand_counts(draw_frame_counts(np.asarray(strata)[w > 0], DRAWS, seed), w > 0)
    resampled = [summarise(chunk * w) for chunk in counts]
    return {
        name: _estimate_from_replicates(
            _compose(score, summarise),
            w,
            partial(_score_all, score, resampled),
            units=int(np.count_nonzero(w)),
            method="bootstrap_frames",
        )
        for name, score in scores.items()
    }


def estimate_by_clip(
    statistic: Statistic,
    weight: ArrayLike,
    clips: ArrayLike,
    seed: int,
    draws: int = DRAWS,
    least: float = 0.0,
) -> Estimate:
    """Score with bootstrap limits for other clips of these cameras; whole clips are resampled
    (methods 2.6).

    Args:
        statistic: score as a function of (b, n) weights.
        weight: (n,) design weights, multiplied into every resample.
        clips: (n,) clip of each frame, ids of any type.
        seed: seed of the resamples.
        draws: number of resamples.
        least: lower end of the score's range, as in `estimate_by_frame`.

    Returns:
        Percentile limits; "na" with the note "too_few_clips" below eight clips.
    """
    w = np.asarray(weight, dtype=np.float64)
    units = np.unique(np.asarray(clips)[w > 0]).size
    if w.size and units < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", w.size)
    counts = _expand_counts(draw_clip_counts(np.asarray(clips)[w > 0], draws, seed), w > 0)
    return _estimate_from_replicates(
        statistic,
        w,
        partial(compute_replicates, statistic, w, counts),
        units=units,
        method="bootstrap_clips",
        least=least,
    )


def compute_replicates(
    statistic: Statistic, weight: NDArray[np.float64], counts: Iterator[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Score of every resample, (draws,) float64, NaN where it is undefined. `weight`: (n,) design
    weights; `counts`: (b, n) arrays of how often each frame occurs."""
    return np.concatenate([statistic(chunk * weight) for chunk in counts])


def _compose(
    score: Callable[[Summary], NDArray[np.float64]],
    summarise: Callable[[NDArray[np.float64]], Summary],
) -> Statistic:
    return lambda weights: score(summarise(weights))


def _score_all(
    score: Callable[[Summary], NDArray[np.float64]], summaries: Sequence[Summary]
) -> NDArray[np.float64]:
    return np.concatenate([score(summary) for summary in summaries])


def percentile_limits(scores: NDArray[np.float64]) -> tuple[float, float]:
    """2.5 % and 97.5 % quantiles of (draws,) scores without NaN."""
    lo, hi = np.quantile(scores, [0.025, 0.975])
    return float(lo), float(hi)


def _estimate_from_replicates(
    statistic: Statistic,
    weight: NDArray[np.float64],
    replicates: Callable[[], NDArray[np.float64]],
    *,
    units: int,
    method: Literal["bootstrap_frames", "bootstrap_clips"],
    least: float = 0.0,
) -> Estimate:
    """Percentile estimate, widened for few units; "na" where too many resamples have no score.
    Frames of weight 0 do not count. `replicates`: scores of all resamples, (draws,), NaN where
    undefined; asked only where the score itself is defined.

    A score of 0 or 1 whose resamples are all alike is noted `no_spread`: every frame was answered
    alike, and how far other frames differ is not known. (A change of 0, where `least` is −1, is
    one: two models answered alike.)
    """
    n = int(np.count_nonzero(weight))
    if n == 0:
        return Estimate.not_measured("no_labels", n)
    value = float(statistic(weight[np.newaxis])[0])
    if np.isnan(value):
        return Estimate.not_measured("undefined", n)
    if units < 2:
        return Estimate.not_measured("one_unit", n, value)
    scores = replicates()
    defined = scores[~np.isnan(scores)]
    if defined.size < (1 - MOST_DROPPED) * scores.size:
        return Estimate.not_measured("often_undefined", n, value)
    lo, hi = percentile_limits(defined)
    wider = sqrt(units / (units - 1))
    lo, hi = max(least, value - wider * (value - lo)), min(1.0, value + wider * (hi - value))
    estimate = Estimate.from_limits(value, lo, hi, n=n, n_eff=float(units), method=method)
    return (
        estimate.with_weak_status(NO_SPREAD)
        if least == 0 and lo == hi and value in (0.0, 1.0)
        else estimate
    )


def _expand_counts(
    counts: Iterator[NDArray[np.float64]], counted: NDArray[np.bool_]
) -> Iterator[NDArray[np.float64]]:
    """Resamples of the frames that weigh something as resamples of all: the others occur in none,
    and change no draw."""
    for chunk in counts:
        every = np.zeros((len(chunk), counted.size))
        every[:, counted] = chunk
        yield every


def _split_into_chunks(draws: int) -> Iterator[int]:
    """Rows of each chunk."""
    for start in range(0, draws, CHUNK):
        yield min(CHUNK, draws - start)


def _count_draws(index: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """(rows, k) drawn indices below `size` → (rows, size) how often each was drawn."""
    rows = index.shape[0]
    flat = (index + size * np.arange(rows)[:, np.newaxis]).ravel()
    return np.bincount(flat, minlength=rows * size).reshape(rows, size).astype(np.float64)


# Drawing frames at random, spread over time, each with the same known probability.

HARD_SHARE = 0.20  # of the frames
HARD_LABELS = 0.40  # of the labels
_SHOWING, _RESERVES, _FURTHER, _EXTRA = (
    1,
    2,
    3,
    4,
)  # streams of the same seed, apart from the draw's own


@dataclass(frozen=True, slots=True)
class StratumDraw:
    """`picks`: (k,) int64 positions in the stratum, one from each time block. `reserves`: for each
    pick the other frames of its block, in the order in which they replace a frame excluded before
    labelling (methods 3.3 rule 3)."""

    picks: NDArray[np.int64]
    reserves: tuple[NDArray[np.int64], ...]


def round_half_up(x: float) -> int:
    """The nearest integer, with .5 rounded up."""
    return floor(x + 0.5)


def find_hardest(hardness: ArrayLike) -> NDArray[np.bool_]:
    """(N,) bool: whether a frame belongs to the hardest fifth. `hardness`: (N,); ties go to the
    earlier frame (methods 3.3)."""
    h = np.asarray(hardness, dtype=np.float64)
    chosen = np.zeros(h.size, dtype=bool)
    chosen[np.argsort(-h, kind="stable")[: round_half_up(HARD_SHARE * h.size)]] = True
    return chosen


def split_label_count(count: int, n_hard: int, hard_labels: float = HARD_LABELS) -> tuple[int, int]:
    """Splits `count` labels between the hard stratum of `n_hard` frames and the rest. Returns both
    numbers."""
    hard = min(n_hard, round_half_up(hard_labels * count))
    return hard, count - hard


def draw_from_blocks(
    size: int, count: int, rng: np.random.Generator, reserve_rng: np.random.Generator
) -> StratumDraw:
    """Draws `count` of `size` frames in list order: the list is rotated at random, then one random
    frame is taken from each of `count` time blocks.

    Every frame has probability count/size exactly, and no fixed stride can fall into step with a
    periodic scene. Reserves use their own generator, so they never change the picks. Raises
    ValueError with fewer frames than picks. Source: methods 3.3."""
    if not 0 <= count <= size:
        raise ValueError(f"{count} picks from {size} frames")
    if count == 0:
        return StratumDraw(np.empty(0, dtype=np.int64), ())
    turn = int(rng.integers(0, size))
    edges = [j * size // count for j in range(count + 1)]
    positions = [edge + int(rng.integers(0, after - edge)) for edge, after in pairwise(edges)]
    reserves = []
    for (edge, after), block in zip(pairwise(edges), positions, strict=True):
        others = np.delete(np.arange(edge, after, dtype=np.int64), block - edge)
        reserves.append((turn + reserve_rng.permutation(others)) % size)
    return StratumDraw((turn + np.asarray(positions, dtype=np.int64)) % size, tuple(reserves))


def draw_strata(
    strata: Sequence[tuple[int, int]], seed: int, further: int = 0
) -> tuple[StratumDraw, ...]:
    """Draws from all strata, each given as (frames, picks), in that order. The same seed gives the
    same picks on every machine; `further`: number of a draw from what earlier ones left, which has
    its own stream of the seed, for by the same numbers it would follow their picks."""
    key = [seed, _FURTHER, further] if further else [seed]
    rng = np.random.default_rng(key if further else seed)
    reserve_rng = np.random.default_rng([*key, _RESERVES])
    return tuple(draw_from_blocks(size, count, rng, reserve_rng) for size, count in strata)


def draw_extra(size: int, count: int, seed: int, number: int) -> NDArray[np.int64]:
    """Draws `count` of `size` frames that are looked at beside a sample; each has the probability
    count/size. `number` of the frames that were added before: each draw has a stream of the seed of
    its own. Returns the drawn indexes, (n,)."""
    rng = np.random.default_rng([seed, _EXTRA, number])
    reserve_rng = np.random.default_rng([seed, _EXTRA, number, _RESERVES])
    return draw_from_blocks(size, count, rng, reserve_rng).picks


def split_further_count(
    count: int, taken: Sequence[int], open_counts: Sequence[int]
) -> tuple[int, ...]:
    """Splits `count` further picks between strata in proportion to the picks that they have, none
    beyond the frames that are left; by largest remainders, ties to the first.

    Args:
        count: further picks; all that are left where these are fewer.
        taken: picks of each stratum, > 0.
        open_counts: frames of each stratum that are not picked.

    Returns:
        The further picks of each stratum.
    """
    wanted = min(count, sum(open_counts))
    shares = [0] * len(open_counts)
    while (open_still := wanted - sum(shares)) > 0:
        free = [k for k in range(len(open_counts)) if shares[k] < open_counts[k]]
        exact = {k: open_still * taken[k] / sum(taken[j] for j in free) for k in free}
        whole = {k: min(floor(exact[k]), open_counts[k] - shares[k]) for k in free}
        if not any(whole.values()):
            order = sorted(free, key=lambda k: -exact[k])
            whole = dict.fromkeys(order[:open_still], 1)
        for k, more in whole.items():
            shares[k] += more
    return tuple(shares)


def make_showing_order(stratum: ArrayLike, seed: int) -> NDArray[np.int64]:
    """Order in which picks are shown: random within each stratum, strata interleaved in proportion.

    Any first part of the labelling is then a random sample of each stratum, as the early verdict
    requires (methods 11.5). Near-alike picks are not kept together: labels of one burst in a row
    would not be such a sample.

    Args:
        stratum: (n,) names or numbers.
        seed: seed of the order.

    Returns:
        (n,) places 0…n−1: pick i is shown as number result[i].
    """
    _, codes = np.unique(np.asarray(stratum), return_inverse=True)
    shuffled = np.random.default_rng([seed, _SHOWING]).permutation(codes.size)
    due = np.empty(codes.size)
    for kind in range(int(codes.max()) + 1 if codes.size else 0):
        members = np.flatnonzero(codes == kind)
        due[members[np.argsort(shuffled[members])]] = (np.arange(members.size) + 0.5) / members.size
    order = np.empty(codes.size, dtype=np.int64)
    order[np.lexsort((shuffled, codes, due))] = np.arange(codes.size)
    return order
