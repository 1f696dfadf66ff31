"""Statistics of blocks of time: latency quantiles, rounds of variants, drift charts.

Units are blocks, rounds and shifts, never single frames: `docs/methods.md` 12 and 8.4. Whole clips:
`stats/cluster.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, nan, sqrt

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from fieldcheck.stats.cluster import ERRORS, FLIPS, SAME, compute_flip_share, make_sign_patterns
from fieldcheck.stats.wilson_interval import Z95

Figures = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Quantiles of frame times with blocks of time as units (methods 12): the share of frames at or
# below the quantile varies between blocks; that says how many independent frames the run is worth,
# and exact binomial limits at that number are read off the sorted times (Woodruff 1952; Korn &
# Graubard 1998; batch means: Schmeiser 1982).

FEWEST_BLOCKS, MOST_BLOCKS = 10, 30
FEWEST_BEYOND = 3.0  # independent frames' worth on the thinner side of the quantile
MEMORIES = 3.0  # length of a block, in memories of the frame times
LONGEST_MEMORY = 0.99  # lag-1 correlation


@dataclass(frozen=True, slots=True)
class TimeQuantile:
    """A quantile of frame times and its limits, NaN where the run is too short for a range."""

    value: float
    lo: float
    hi: float
    blocks: int
    frames_worth: float


@dataclass(frozen=True, slots=True)
class RoundComparison:
    """`ratio` of the second variant's time to the first's with its limits, NaN below six rounds;
    `p` two-sided. `differs`: p ≤ 0.05 and limits that exclude 1."""

    ratio: float
    lo: float
    hi: float
    p: float
    rounds: int

    @property
    def differs(self) -> bool:
        """Whether the two variants are demonstrated to differ."""
        return self.p <= ERRORS and not self.lo <= 1 <= self.hi


FEWEST_ROUNDS = 6  # below it no pattern of signs is rare enough


def compute_memory(ms: ArrayLike) -> float:
    """Frames that count as one independent frame, (1 + r)/(1 − r), of (n,) frame times in order.

    r: lag-1 correlation of the ranks, its bias and three standard errors added.
    """
    ranks = scipy.stats.rankdata(np.asarray(ms, np.float64))
    ranks -= ranks.mean()
    if not ranks.any():
        return 1.0
    r = float(ranks[1:] @ ranks[:-1] / (ranks @ ranks))
    r += (1 + 4 * r) / ranks.size + 3 * sqrt(max(0.0, 1 - r * r) / ranks.size)
    r = min(LONGEST_MEMORY, max(0.0, r))
    return float((1 + r) / (1 - r))


def compute_block_frames(ms: ArrayLike, ten_seconds: int = 0) -> int:
    """Frames a block of (n,) frame times: 1/30 of the run or three memories, the longer; as many
    as come in `ten_seconds` where the run holds ten such blocks."""
    n = np.size(ms)
    length = max(ceil(n / MOST_BLOCKS), ceil(MEMORIES * compute_memory(ms)))
    return max(length, ten_seconds) if ten_seconds * FEWEST_BLOCKS <= n else length


def estimate_time_quantile(ms: ArrayLike, level: float, ten_seconds: int = 0) -> TimeQuantile:
    """Quantile `level`, in (0, 1), of (n,) frame times in order with 95 % limits.

    `ten_seconds`: frames in ten seconds, 0 where that is not known.
    """
    times = np.asarray(ms, np.float64)
    order, length = np.sort(times), compute_block_frames(times, ten_seconds)
    value = _read_quantile(order, level)
    blocks = times.size // length
    if blocks < FEWEST_BLOCKS:
        return TimeQuantile(value, nan, nan, blocks, nan)
    below = (times <= value)[times.size - blocks * length :]
    between = float(below.reshape(blocks, length).mean(1).var(ddof=1)) / blocks
    spread = level * (1 - level)
    worth = min(float(times.size), spread / max(between, spread / times.size))
    worth *= (Z95 / float(scipy.special.stdtrit(blocks - 1, 0.975))) ** 2
    if worth * min(level, 1 - level) < FEWEST_BEYOND:
        return TimeQuantile(value, nan, nan, blocks, worth)
    hits = level * worth
    lo = _read_quantile(order, float(scipy.special.betaincinv(hits, worth - hits + 1, 0.025)))
    hi = _read_quantile(order, float(scipy.special.betaincinv(hits + 1, worth - hits, 0.975)))
    return TimeQuantile(value, min(lo, value), max(hi, value), blocks, worth)


def _read_quantile(order: Figures, share: float) -> float:
    """The least of the sorted times that at least `share` of them lie at or below."""
    return float(order[min(order.size - 1, max(0, ceil(share * order.size) - 1))])


def compare_variants(medians_ms: ArrayLike) -> tuple[RoundComparison, ...]:
    """Each of K variants that were timed in turn beside the first, which differs from itself by
    nothing: t limits of the log ratio, signs of whole rounds flipped. One pattern of signs holds
    for all, against the largest of their differences.

    `medians_ms`: (K, R) medians of the blocks of each round.
    """
    logs = np.log(np.asarray(medians_ms, np.float64))
    logs = logs - logs[0]
    rounds = logs.shape[1]
    if rounds < FEWEST_ROUNDS:
        return tuple(RoundComparison(float(np.exp(d.mean())), nan, nan, 1.0, rounds) for d in logs)
    quantile = float(scipy.special.stdtrit(rounds - 1, 0.975))
    p = _flip_rounds(logs).tolist()
    half = quantile * logs.std(axis=1, ddof=1) / sqrt(rounds)
    limits = np.exp(
        np.stack([logs.mean(axis=1), logs.mean(axis=1) - half, logs.mean(axis=1) + half])
    )
    return tuple(
        RoundComparison(float(ratio), float(lo), float(hi), share, rounds)
        for (ratio, lo, hi), share in zip(limits.T, p, strict=True)
    )


def _flip_rounds(logs: Figures) -> Figures:
    """(K,) two-sided p of (K, R) log ratios. A sum over its greatest possible size orders patterns
    as t does, and is defined where all rounds are alike."""
    size = np.sqrt(logs.shape[1] * (logs**2).sum(axis=1))
    unit = logs / np.where(size > 0, size, 1.0)[:, None]
    signs, exact = make_sign_patterns(logs.shape[1], FLIPS, 0)
    largest = np.abs(signs @ unit.T).max(axis=1)
    reached = (largest[:, None] >= np.abs(unit.sum(axis=1)) - SAME).sum(axis=0)
    return compute_flip_share(reached.astype(np.float64), len(signs), exact)


# Drift charts of shifts that hang together (methods 8.4): the variance of an EWMA of values with a
# lag-1 correlation φ (Lu & Reynolds 1999), and φ itself.

SMOOTHING = 0.2
WIDTH = 3.2  # for up to four charts
JUMP = 4.0  # a single value that alarms at once
HIGHEST_MEAN, HIGHEST_OWN = 0.95, 0.9


@dataclass(frozen=True, slots=True)
class ChartReference:
    """Sums over the reference shifts of S charts, (S,) each and about the first shift, so that a
    step takes as long after a thousand shifts as after twenty. `n` shifts; `left`, `right` and
    `product` over the `pairs` of neighbours that both belong to it; `last` the newest shift, None
    where that was set aside."""

    n: int
    origin: Figures
    total: Figures
    square: Figures
    pairs: int
    left: Figures
    right: Figures
    product: Figures
    last: Figures | None

    @classmethod
    def from_shifts(cls, shifts: ArrayLike) -> ChartReference:
        """The reference of (m, S) shifts in order, m ≥ 1, a row of NaN for each that was set
        aside."""
        rows = np.asarray(shifts, np.float64)
        zero = np.zeros(rows.shape[1])
        first = rows[np.isfinite(rows).all(axis=1)][0]
        reference = cls(0, first, zero, zero, 0, zero, zero, zero, None)
        for row in rows:
            reference = reference.add(row) if np.isfinite(row).all() else reference.set_aside()
        return reference

    def add(self, values: ArrayLike) -> ChartReference:
        """The reference with one shift more, (S,)."""
        x = np.asarray(values, np.float64) - self.origin
        added = replace(self, n=self.n + 1, total=self.total + x, square=self.square + x**2, last=x)
        if self.last is None:
            return added
        return replace(
            added,
            pairs=self.pairs + 1,
            left=self.left + self.last,
            right=self.right + x,
            product=self.product + self.last * x,
        )

    def set_aside(self) -> ChartReference:
        """The reference after a shift that does not join it and is nobody's neighbour."""
        return replace(self, last=None)

    def select_charts(self, positions: Sequence[int]) -> ChartReference:
        """The reference of some of its charts."""
        indices = list(positions)
        return ChartReference(
            self.n, self.origin[indices], self.total[indices], self.square[indices], self.pairs,
            self.left[indices], self.right[indices], self.product[indices],
            None if self.last is None else self.last[indices],
        )  # fmt: skip

    @property
    def mean(self) -> Figures:
        """(S,) mean of each chart's values."""
        return self.origin + self.total / self.n

    @property
    def spread(self) -> Figures:
        """(S,) standard deviation of each chart's values."""
        return np.asarray(np.sqrt(np.maximum(self._squares, 0.0) / max(1, self.n - 1)))

    @property
    def correlations(self) -> Figures:
        """(S,) φ of each chart: its lag-1 correlation, less its bias; the mean of all charts or
        its own less one standard error, whichever is larger."""
        mean = self.total / self.n
        products = self.product - mean * (self.left + self.right) + self.pairs * mean**2
        r = products / np.maximum(self._squares, 1e-12)
        r = r + (1 + 4 * r) / self.n
        together = min(HIGHEST_MEAN, max(0.0, float(r.mean())))
        return np.asarray(np.clip(np.maximum(together, r - 1 / sqrt(self.n)), 0.0, HIGHEST_OWN))

    @property
    def _squares(self) -> Figures:
        return self.square - self.total**2 / self.n


def compute_limit_widening(phi: float) -> float:
    """Factor of an EWMA's limit for a lag-1 correlation: √((1 + .8φ)/(1 − .8φ))."""
    carried = phi * (1 - SMOOTHING)
    return sqrt((1 + carried) / (1 - carried))


def compute_shift_error(phi: float, m: int) -> float:
    """Standard error of a shift about the mean of `m` earlier ones, in their standard deviations:
    √(1 + (1 + φ)/((1 − φ)m)), for the mean is uncertain too."""
    return sqrt(1 + (1 + phi) / (1 - phi) / m)


@dataclass(frozen=True, slots=True)
class ChartStep:
    """A shift on S charts, (S,) each: `z` against the reference as a normal quantile, positive is
    worse; the smoothed figure `ewma`, its `limit`, the correlation `phi`, and whether it `crossed`:
    lies beyond the limit or jumped."""

    z: Figures
    ewma: Figures
    limit: Figures
    phi: Figures
    crossed: Bools

    @property
    def joins(self) -> bool:
        """Whether the shift joins the reference: no chart was crossed; else it is set aside."""
        return not bool(self.crossed.any())


def step_charts(
    reference: ChartReference,
    values: ArrayLike,
    ewma: ArrayLike,
    count: int,
    least: ArrayLike = 1e-12,
) -> ChartStep:
    """The next shift on self-starting EWMA charts (Hawkins 1987) of shifts that hang together.

    Args:
        reference: the earlier shifts, two at least.
        values: (S,) statistics of this shift, larger is worse.
        ewma: (S,) smoothed figures before it, zeros at the start.
        count: shifts that were charted, this one included.
        least: (S,) standard deviation that chance alone gives a statistic, where it is known.
    """
    x, phi = np.asarray(values, np.float64), reference.correlations
    error = np.array([compute_shift_error(value, reference.n) for value in phi.tolist()])
    spread = np.maximum(reference.spread, least) * error
    chance = scipy.special.stdtr(reference.n - 1, (x - reference.mean) / spread)
    z = scipy.special.ndtri(np.clip(chance, 1e-12, 1 - 1e-12))
    smoothed = SMOOTHING * z + (1 - SMOOTHING) * np.asarray(ewma, np.float64)
    started = SMOOTHING / (2 - SMOOTHING) * (1 - (1 - SMOOTHING) ** (2 * count))
    widened = np.array([compute_limit_widening(value) for value in phi.tolist()])
    limit = WIDTH * sqrt(started) * widened
    return ChartStep(z, smoothed, limit, phi, (smoothed > limit) | (z > JUMP))
