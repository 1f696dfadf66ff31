"""Drawing frames at random, spread over time, each with the same known probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor

import numpy as np
from numpy.typing import ArrayLike, NDArray

HARD_SHARE = 0.20  # of the frames
HARD_LABELS = 0.40  # of the labels
_SHOWING, _RESERVES = 1, 2  # streams of the same seed, apart from the draw's own


@dataclass(frozen=True, slots=True)
class StratumDraw:
    """`picks`: (k,) int64 positions in the stratum, one from each time block; `reserves`: for each pick the other frames of its
    block in the order in which they take the place of a frame that was taken out before labelling (methods 3.3 rule 3)."""

    picks: NDArray[np.int64]
    reserves: tuple[NDArray[np.int64], ...]


def round_half_up(x: float) -> int:
    """The nearest whole number, .5 upwards: the same on every machine and in every language."""
    return floor(x + 0.5)


def find_hardest(hardness: ArrayLike) -> NDArray[np.bool_]:
    """(N,) whether a frame belongs to the hardest fifth; of equally hard frames the earlier one goes first (methods 3.3)."""
    h = np.asarray(hardness, dtype=np.float64)
    chosen = np.zeros(h.size, dtype=bool)
    chosen[np.argsort(-h, kind="stable")[: round_half_up(HARD_SHARE * h.size)]] = True
    return chosen


def split_label_count(count: int, n_hard: int, hard_labels: float = HARD_LABELS) -> tuple[int, int]:
    """How many of `count` labels go to the hard stratum of `n_hard` frames and how many to the rest."""
    hard = min(n_hard, round_half_up(hard_labels * count))
    return hard, count - hard


def draw_from_blocks(size: int, count: int, rng: np.random.Generator, reserve_rng: np.random.Generator) -> StratumDraw:
    """`count` of `size` frames in list order: a random turn of the whole, then one random frame from each of `count` time blocks.

    Every frame has the probability count/size, exactly, and no fixed stride falls into step with a periodic scene. Reserves come
    from their own generator, so they never change the picks. Raises ValueError with fewer frames than picks. Source: methods 3.3.
    """
    if not 0 <= count <= size:
        raise ValueError(f"{count} picks from {size} frames")
    if count == 0:
        return StratumDraw(np.empty(0, dtype=np.int64), ())
    turn = int(rng.integers(0, size))
    edges = [j * size // count for j in range(count + 1)]
    places = [edge + int(rng.integers(0, after - edge)) for edge, after in pairwise(edges)]
    reserves = []
    for (edge, after), place in zip(pairwise(edges), places, strict=True):
        others = np.delete(np.arange(edge, after, dtype=np.int64), place - edge)
        reserves.append((turn + reserve_rng.permutation(others)) % size)
    return StratumDraw((turn + np.asarray(places, dtype=np.int64)) % size, tuple(reserves))


def draw_strata(strata: Sequence[tuple[int, int]], seed: int) -> tuple[StratumDraw, ...]:
    """One draw through all strata, each given as (frames, picks), in the order given. The same seed gives the same picks anywhere."""
    rng, reserve_rng = np.random.default_rng(seed), np.random.default_rng([seed, _RESERVES])
    return tuple(draw_from_blocks(size, count, rng, reserve_rng) for size, count in strata)


def make_showing_order(stratum: ArrayLike, seed: int) -> NDArray[np.int64]:
    """(n,) places 0…n−1: pick i is shown as number result[i], random within its stratum and the strata interleaved in proportion.

    `stratum`: (n,) names or numbers. Any first part of the labelling is then a random sample of each stratum, as an early verdict needs
    (methods 11.5); near-alike picks are not kept together, since labels in bunches would not be such a sample.
    """
    _, of = np.unique(np.asarray(stratum), return_inverse=True)
    shuffled = np.random.default_rng([seed, _SHOWING]).permutation(of.size)
    due = np.empty(of.size)
    for kind in range(int(of.max()) + 1 if of.size else 0):
        members = np.flatnonzero(of == kind)
        due[members[np.argsort(shuffled[members])]] = (np.arange(members.size) + 0.5) / members.size
    place = np.empty(of.size, dtype=np.int64)
    place[np.lexsort((shuffled, of, due))] = np.arange(of.size)
    return place
