"""Fix finder: labelled frames in two halves by clip, and which changes of the one are held to the other (methods 17)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate

MOST_CARRIED = 3


def split_by_clip(clip: ArrayLike, stratum: ArrayLike, seed: int) -> NDArray[np.bool_]:
    """(n,) bool, whether a frame lies in half A: whole clips, whose numbers and whose frames of each stratum are as even as they come.

    `clip`, `stratum`: (n,) names. The largest clips are dealt first, equal ones in an order by `seed`, which
    also says which half is A; the same for every candidate.
    """
    clips, member = np.unique(np.asarray(clip), return_inverse=True)
    strata, kind = np.unique(np.asarray(stratum), return_inverse=True)
    counts = np.zeros((clips.size, strata.size + 1))
    np.add.at(counts, (member, kind), 1)
    counts[:, -1] = member.size / max(1, clips.size)  # a clip is worth as much as its frames
    rng = np.random.default_rng(seed)
    mixed = rng.permutation(clips.size)
    order = mixed[np.argsort(-counts[mixed, :-1].sum(axis=1), kind="stable")]
    lead, in_a = np.zeros(strata.size + 1), np.zeros(clips.size, np.bool_)
    for at in order:
        in_a[at] = lead @ counts[at] <= 0  # where the sum of squared leads is the smaller
        lead += counts[at] if in_a[at] else -counts[at]
    found: NDArray[np.bool_] = in_a[member] ^ (rng.random() < 0.5)
    return found


def choose_finalists(gains: Sequence[Estimate]) -> tuple[int, ...]:
    """Places of the at most three largest gains above 0 on half A, the largest first, of equal ones the first."""
    found = [at for at, gain in enumerate(gains) if gain.measured and gain.value > 0]
    return tuple(sorted(found, key=lambda at: -gains[at].value)[:MOST_CARRIED])
