"""Which damage makes the benchmark look like the field, or that none does (methods 5.5). Looks like is not: is caused by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruption.catalog import family
from fieldcheck.measure.distance import mean_distances

FLOORS = np.array([2, 4, 2, 0.005, 0.005, 0.1, 0.1, 0.1, 0.01, 0.02, 0.05, 0.05, 0.05, 0.5, 0.5, 0.5])
"""The least that a statistic counts as spread by, in the order of `imaging.statistics.NAMES`."""
FARTHEST = 8.0
ENOUGH_EXPLAINED, ENOUGH_WINS = 0.5, 0.6
RESAMPLES = 500
LEAST = 10  # pictures of either side below which nothing is said

Reason = Literal["", "too_few", "alike", "unexplained", "undecided"]
Cell = tuple[str, float]  # corruption and severity


@dataclass(frozen=True, slots=True)
class Ranked:
    """One corruption at one severity, and the share of the distance between benchmark and field that it explains."""

    corruption: str
    severity: float
    explained: float


@dataclass(frozen=True, slots=True)
class Match:
    """The best three, and the one that may be named: None with the `reason` where no single corruption explains the field.

    `wins`: share of the resampled clips in which the best one's family is the best again.
    """

    named: Ranked | None
    reason: Reason
    top: tuple[Ranked, ...]
    wins: float

    @property
    def family(self) -> str:
        """The name that those have in common which a picture does not tell apart; empty where none is named."""
        return family(self.named.corruption) if self.named else ""


def standardised(cloud: NDArray[np.floating], benchmark: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, 16) statistics in spreads of the benchmark's (m, 16) about its medians, clipped to ±8."""
    low, middle, high = np.percentile(benchmark, [25, 50, 75], axis=0)
    spread = np.maximum((high - low) / 1.349, FLOORS)
    return np.asarray(np.clip((cloud - middle) / spread, -FARTHEST, FARTHEST), np.float64)


def match(
    benchmark: NDArray[np.floating],
    clouds: Mapping[Cell, NDArray[np.floating]],
    field: NDArray[np.floating],
    clips: NDArray[np.intp],
    seed: int,
) -> Match:
    """`benchmark` (n, 16) and `field` (m, 16) statistics, `clips` (m,) the clip of each frame, `clouds` those of the damaged benchmark."""
    if min(len(benchmark), len(field)) < LEAST:
        return Match(None, "too_few", (), 0.0)
    there = standardised(field, benchmark)
    cells: list[Cell] = [("", 0.0), *clouds]
    all_clouds = [standardised(cloud, benchmark) for cloud in (benchmark, *clouds.values())]
    # Twice the mean distance to each cloud less the cloud's own: what differs between the energy distances to one and the same field.
    near = np.stack([2 * mean_distances(there, cloud) for cloud in all_clouds], axis=1)
    own = np.array([mean_distances(cloud, cloud).mean() for cloud in all_clouds])
    apart = near.mean(axis=0) - own - mean_distances(there, there).mean()
    order = [int(at) for at in np.argsort(apart, kind="stable")]
    if order[0] == 0 or apart[0] <= 0:
        return Match(None, "alike", (), 0.0)
    top = _best_of_families(cells, apart, order)
    wins = _wins(near, own, clips, [family(name) if name else "" for name, _ in cells], family(top[0].corruption), seed)
    reason: Reason = "unexplained" if top[0].explained < ENOUGH_EXPLAINED else "undecided" if wins < ENOUGH_WINS else ""
    return Match(None if reason else top[0], reason, top, wins)


def _best_of_families(cells: list[Cell], apart: NDArray[np.float64], order: list[int]) -> tuple[Ranked, ...]:
    """The three families that explain most, each at its best."""
    found: dict[str, Ranked] = {}
    for at in order:
        name, severity = cells[at]
        if name and family(name) not in found:
            found[family(name)] = Ranked(name, severity, float(1 - apart[at] / apart[0]))
    return tuple(found.values())[:3]


def _wins(near: NDArray[np.float64], own: NDArray[np.float64], clips: NDArray[np.intp], families: list[str], best: str, seed: int) -> float:
    """How often the best family is best again among as many clips, drawn with replacement."""
    names = np.unique(clips)
    of_clip = np.stack([near[clips == name].sum(axis=0) for name in names])
    sizes = np.array([(clips == name).sum() for name in names])
    drawn = np.random.default_rng(seed).integers(0, len(names), (RESAMPLES, len(names)))
    apart = of_clip[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None] - own
    return float(np.mean([families[int(at)] == best for at in apart.argmin(axis=1)]))
