"""Slowdown told apart: heat (throttling), idle gaps between frames (duty cycle), or other programs (background load)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.latency import MachineState, Slowdown, Throttling
from fieldcheck.speed.latency import BLOCK_S, FEWEST_BLOCKS, SHORTEST_S, compute_block_medians, compute_block_numbers, find_change_point

Figures = NDArray[np.float64]

IDLER = 0.8  # of the frames, and of the busy time, before the change: below it the run stands idle in between
MORE_CORES = 0.25  # that others use since: with threads of one core in two, waiting alone does not show them
EXPLAINS = 0.5  # of what a frame takes longer: what waiting for a core has to explain


def find_slowdown_cause(at_s: Figures, ms: Figures, states: Sequence[tuple[float, MachineState]], throttled: Throttling) -> Slowdown:
    """Cause of a slowdown, from (n,) seconds at which frames were begun, (n,) milliseconds of each, and states of the machine with their
    seconds. Idle gaps are looked for first: a device that rests between frames is slower by the clock and not by heat."""
    blocks = compute_block_numbers(at_s)
    whole = np.arange(int(blocks[-1]))  # the last block is not over
    if whole.size < SHORTEST_S / BLOCK_S:
        return Slowdown()
    counts = np.bincount(blocks)[: whole.size].astype(float)
    busy = np.bincount(blocks, ms)[: whole.size] / 1000 / BLOCK_S
    k, fell = find_change_point(np.maximum(busy, 0.01))
    if fell <= IDLER and np.median(counts[k:]) <= IDLER * np.median(counts[:k]):
        return Slowdown("duty_cycle", k * BLOCK_S, float(1 - busy[k:].mean()))
    if not throttled.flag:
        return Slowdown()
    largest = max(throttled.steps, key=lambda one: one.step, default=None)
    k = round(largest.at_s / BLOCK_S) if largest else whole.size // 2
    k = min(max(FEWEST_BLOCKS, k), whole.size - FEWEST_BLOCKS)
    medians = np.full(whole.size + 1, np.nan)
    medians[np.unique(blocks)] = compute_block_medians(at_s, ms)
    medians = medians[:-1]
    grown = float(np.nanmedian(medians[k:]) - np.nanmedian(medians[:k]))
    others = _compute_rates(whole, [(at, state.others_s) for at, state in states])
    waited = 1000 * BLOCK_S * _compute_rates(whole, [(at, state.waited_s) for at, state in states]) / np.maximum(counts, 1)
    cores = _compute_increase(others, k)
    explained = _compute_increase(waited, k) / grown if grown > 0 else 0.0
    if explained >= EXPLAINS or cores >= MORE_CORES:
        return Slowdown("background", k * BLOCK_S, min(1.0, max(0.0, explained)), max(0.0, cores))
    return Slowdown("throttling", k * BLOCK_S, 0.0)


def _compute_increase(figures: Figures, k: int) -> float:
    """How much higher the median of (n,) figures is from place `k` on; 0 where nobody told."""
    return float(np.median(figures[k:]) - np.median(figures[:k])) if np.isfinite(figures).all() else 0.0


def _compute_rates(whole: NDArray[np.int64], told: Sequence[tuple[float, float | None]]) -> Figures:
    """Seconds a second that a counter grew in each block, (n,) for (n,) blocks; NaN where the machine does not tell it."""
    known = [(at, value) for at, value in told if value is not None]
    if len(known) < FEWEST_BLOCKS:
        return np.full(whole.size, np.nan)
    edges = np.interp(np.append(whole, whole.size) * BLOCK_S, [at for at, _ in known], [value for _, value in known])
    grew: Figures = np.diff(edges) / BLOCK_S
    return grew
