"""Latency statistics: percentiles with confidence intervals, jitter, throttling by change point,
its causes, and variants in interleaved blocks (`docs/methods.md` 12). Pettitt's change test is not
used: blocks are correlated, and it finds changes where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.latency import (
    LatencyVariant,
    MachineState,
    Slowdown,
    StageLatency,
    Throttling,
    ThrottlingStep,
    TotalLatency,
)
from fieldcheck.stats.time_blocks import TimeQuantile, compare_variants, estimate_time_quantile

Figures = NDArray[np.float64]

BLOCK_S = 10.0
ABOVE = 5  # frames that have to lie above p99 for it to be shown
SHORTEST_S = 120.0  # a first minute after ten seconds, and a last one apart from it
FLAGGED = 1.15
FEWEST_BLOCKS = 3  # on each side of a change
# blocks that are held against each other, and how far apart their medians may lie
FLAT_S, FLAT = 300.0, 0.02


def compute_stage_latencies(ms: Figures, names: tuple[str, ...]) -> dict[str, StageLatency]:
    """Latency of each stage from (n, stages) milliseconds. Shares are of the means: they add up,
    medians would not."""
    means = ms.mean(axis=0)
    return {
        name: StageLatency(
            float(means[index]), float(np.median(ms[:, index])), float(means[index] / means.sum())
        )
        for index, name in enumerate(names)
    }


def compute_total_latency(ms: Figures, ten_seconds: int = 0) -> TotalLatency:
    """Percentiles with their limits by blocks of time, and jitter, of (n,) milliseconds a frame, in
    the order in which frames came. `ten_seconds`: frames in as many, 0 where that is not known."""
    values = [float(value) for value in np.percentile(ms, (50, 95, 99), method="linear")]
    limits = [
        _hold_value(value, estimate_time_quantile(ms, level, ten_seconds))
        for value, level in zip(values, (0.5, 0.95, 0.99), strict=True)
    ]
    p50, p95, p99 = values
    jitter = float(np.median(np.abs(np.diff(ms)))) if ms.size > 1 else 0.0
    return TotalLatency(
        p50,
        p95,
        p99 if ms.size >= ABOVE * 100 else nan,
        *limits[2],
        float(ms.max()),
        jitter,
        *limits[0],
        *limits[1],
        by_blocks=True,
    )


def _hold_value(value: float, time_quantile: TimeQuantile) -> tuple[float, float]:
    """Limits that hold the value between two frames, NaN where the run is too short for a range."""
    if isnan(time_quantile.lo):
        return nan, nan
    return min(time_quantile.lo, value), max(time_quantile.hi, value)


def compute_block_numbers(at_s: Figures) -> NDArray[np.int64]:
    """Ten-second block of each frame, from (n,) seconds since the start."""
    return np.floor(at_s / BLOCK_S).astype(np.int64)


def compute_block_medians(at_s: Figures, ms: Figures, q: float = 50.0) -> Figures:
    """Median (or another percentile `q`) of the frames of each ten seconds that hold any, from (n,)
    seconds since the start, in order, and (n,) milliseconds."""
    return np.array([np.percentile(part, q) for part in split_into_blocks(at_s, ms)])


def split_into_blocks(at_s: Figures, ms: Figures) -> list[Figures]:
    """The (n,) milliseconds of the frames of each ten seconds that hold any, from (n,) seconds
    since the start, in order."""
    return np.split(ms, np.flatnonzero(np.diff(compute_block_numbers(at_s))) + 1)


def is_latency_flat(before_ms: Figures, after_ms: Figures) -> bool:
    """Whether two blocks that follow each other, (n,) and (m,) milliseconds, have medians less than
    `FLAT` apart."""
    return abs(float(np.median(after_ms)) / float(np.median(before_ms)) - 1) < FLAT


def detect_throttling(medians: Figures) -> Throttling:
    """Throttling in medians of blocks of ten seconds, (n,) milliseconds from the start on, the
    first block included."""
    noise = compute_own_noise(medians)
    if medians.size < SHORTEST_S / BLOCK_S:
        return Throttling(nan, None, (), noise)
    ratio = float(np.median(medians[-6:]) / np.median(medians[1:7]))
    return Throttling(
        ratio, ratio >= FLAGGED, tuple(_find_steps(medians)) if ratio >= FLAGGED else (), noise
    )


def compute_own_noise(medians: Figures) -> float:
    """How far (n,) medians of blocks of even and odd number differ by themselves (A–A), as a share;
    NaN for fewer than two blocks."""
    return (
        float(abs(np.median(medians[1::2]) / np.median(medians[::2]) - 1))
        if medians.size > 1
        else nan
    )


def find_change_point(medians: Figures) -> tuple[int, float]:
    """Number of blocks before the change and the step, as a factor, where two levels explain (n,)
    medians best in logs. Least squares."""
    logs, n = np.log(medians), medians.size
    positions = np.arange(FEWEST_BLOCKS, n - FEWEST_BLOCKS + 1)
    gains = [k * (n - k) / n * (logs[:k].mean() - logs[k:].mean()) ** 2 for k in positions]
    k = int(positions[int(np.argmax(gains))])
    return k, float(np.exp(np.median(logs[k:]) - np.median(logs[:k])))


def _find_steps(medians: Figures) -> list[ThrottlingStep]:
    """Find the change, and one more in each part where there is one as large."""
    k, step = find_change_point(medians)
    steps = [(k, step)]
    for first, part in ((0, medians[:k]), (k, medians[k:])):
        if part.size >= 2 * FEWEST_BLOCKS:
            index, more = find_change_point(part)
            steps += [(first + index, more)] if more >= FLAGGED else []
    return [
        ThrottlingStep(index * BLOCK_S, factor)
        for index, factor in sorted(steps)
        if factor >= FLAGGED
    ]


# Slowdown told apart: heat (throttling), idle gaps between frames (duty cycle), or other programs
# (background load).

# of the frames, and of the busy time, before the change: below it the run stands idle in between
IDLER = 0.8
# that others use since: with threads of one core in two, waiting alone does not show them
MORE_CORES = 0.25
EXPLAINS = 0.5  # of what a frame takes longer: what waiting for a core has to explain


def find_slowdown_cause(
    at_s: Figures, ms: Figures, states: Sequence[tuple[float, MachineState]], throttled: Throttling
) -> Slowdown:
    """Find the cause of a slowdown, from (n,) seconds at which frames were begun, (n,) milliseconds
    of each, and states of the machine with their seconds. Idle gaps are tested first: a processor
    that idles between frames lowers its clock without being hot."""
    blocks = compute_block_numbers(at_s)
    whole = np.arange(int(blocks[-1]))  # The last block is incomplete.
    if whole.size < SHORTEST_S / BLOCK_S:
        return Slowdown()
    counts = np.bincount(blocks)[: whole.size].astype(float)
    busy = np.bincount(blocks, ms)[: whole.size] / 1000 / BLOCK_S
    k, fell = find_change_point(np.maximum(busy, 0.01))
    if fell <= IDLER and np.median(counts[k:]) <= IDLER * np.median(counts[:k]):
        return Slowdown("duty_cycle", k * BLOCK_S, float(1 - busy[k:].mean()))
    if not throttled.flag:
        return Slowdown()
    largest = max(throttled.steps, key=lambda throttling_step: throttling_step.step, default=None)
    k = round(largest.at_s / BLOCK_S) if largest else whole.size // 2
    k = min(max(FEWEST_BLOCKS, k), whole.size - FEWEST_BLOCKS)
    medians = np.full(whole.size + 1, np.nan)
    medians[np.unique(blocks)] = compute_block_medians(at_s, ms)
    medians = medians[:-1]
    grown = float(np.nanmedian(medians[k:]) - np.nanmedian(medians[:k]))
    others = _compute_rates(whole, [(time_s, state.others_s) for time_s, state in states])
    waited = (
        1000
        * BLOCK_S
        * _compute_rates(whole, [(time_s, state.waited_s) for time_s, state in states])
        / np.maximum(counts, 1)
    )
    cores = _compute_increase(others, k)
    explained = _compute_increase(waited, k) / grown if grown > 0 else 0.0
    if explained >= EXPLAINS or cores >= MORE_CORES:
        return Slowdown("background", k * BLOCK_S, min(1.0, max(0.0, explained)), max(0.0, cores))
    return Slowdown("throttling", k * BLOCK_S, 0.0)


def _compute_increase(figures: Figures, k: int) -> float:
    """Increase of the median of (n,) figures from index `k` on; 0 where they are unknown."""
    return (
        float(np.median(figures[k:]) - np.median(figures[:k]))
        if np.isfinite(figures).all()
        else 0.0
    )


def _compute_rates(
    whole: NDArray[np.int64], samples: Sequence[tuple[float, float | None]]
) -> Figures:
    """Seconds a second that a counter grew in each block, (n,) for (n,) blocks; NaN where the
    machine does not tell it."""
    known = [(time_s, value) for time_s, value in samples if value is not None]
    if len(known) < FEWEST_BLOCKS:
        return np.full(whole.size, np.nan)
    edges = np.interp(
        np.append(whole, whole.size) * BLOCK_S,
        [time_s for time_s, _ in known],
        [value for _, value in known],
    )
    grew: Figures = np.diff(edges) / BLOCK_S
    return grew


# Statistics of variants that were timed in interleaved blocks: heat falls on each alike, and whole
# rounds are compared.

MOST_BLOCK_S, FEWEST_ROUNDS = 10.0, 20


def plan_rounds(seconds: float, n_variants: int) -> tuple[int, float]:
    """Number of rounds, even and twenty at least, and seconds a block, ten at most, of a run that
    takes about `seconds` altogether."""
    block_s = min(MOST_BLOCK_S, seconds / (n_variants * FEWEST_ROUNDS))
    rounds = int(seconds / (n_variants * block_s) + 1e-9)
    return max(FEWEST_ROUNDS, rounds - rounds % 2), block_s


def get_turn_order(n_variants: int, round_number: int) -> list[int]:
    """Places of the variants in a round: every other round backwards, so that whatever rises evenly
    falls on each alike (A B B A)."""
    order = list(range(n_variants))
    return order[::-1] if round_number % 2 else order


def compute_variant_latencies(
    variants: Sequence[tuple[str, int]], blocks: Sequence[Sequence[Figures]]
) -> tuple[LatencyVariant, ...]:
    """Latency of each variant, a provider and its threads, from (n,) milliseconds a frame of each
    of its blocks, a block a round, beside the first variant."""
    medians = np.array([[float(np.median(block)) for block in of_one] for of_one in blocks])
    return tuple(
        LatencyVariant(
            provider=provider,
            threads=threads,
            n=sum(block.size for block in of_one),
            total=compute_total_latency(np.concatenate(list(of_one))),
            blocks_ms=tuple(own.tolist()),
            noise=compute_own_noise(own),
            ratio=rounds.ratio,
            ratio_lo=rounds.lo,
            ratio_hi=rounds.hi,
            p=rounds.p,
            is_different=rounds.differs,
        )
        for (provider, threads), of_one, own, rounds in zip(
            variants, blocks, medians, compare_variants(medians), strict=True
        )
    )
