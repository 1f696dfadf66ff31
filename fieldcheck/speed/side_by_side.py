"""Statistics of variants that were timed in interleaved blocks: heat falls on each alike, and a variant's own halves are the noise floor.

`docs/methods.md` 12.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fieldcheck.domain.side_by_side import LatencyVariant
from fieldcheck.speed.latency import Figures, compute_own_noise, compute_total_latency

MOST_BLOCK_S, FEWEST_ROUNDS = 10.0, 4


def plan_rounds(seconds: float, n_variants: int) -> tuple[int, float]:
    """Number of rounds, even and four at least, and seconds a block, ten at most, of a run that takes about `seconds` altogether."""
    block_s = min(MOST_BLOCK_S, seconds / (n_variants * FEWEST_ROUNDS))
    rounds = int(seconds / (n_variants * block_s) + 1e-9)
    return max(FEWEST_ROUNDS, rounds - rounds % 2), block_s


def get_turn_order(n_variants: int, round_number: int) -> list[int]:
    """Places of the variants in a round: every other round backwards, so that whatever rises evenly falls on each alike (A B B A)."""
    order = list(range(n_variants))
    return order[::-1] if round_number % 2 else order


def compute_variant_latency(provider: str, threads: int, blocks: Sequence[Figures], first: Sequence[Figures]) -> LatencyVariant:
    """Latency of a variant from (n,) milliseconds a frame of each of its blocks, and of the first variant's blocks in the same rounds."""
    medians, others = (np.array([float(np.median(block)) for block in of]) for of in (blocks, first))
    return LatencyVariant(
        provider=provider,
        threads=threads,
        n=sum(block.size for block in blocks),
        total=compute_total_latency(np.concatenate(list(blocks))),
        blocks_ms=tuple(medians.tolist()),
        noise=compute_own_noise(medians),
        ratio=float(np.median(medians / others)),
    )
