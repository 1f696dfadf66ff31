"""Scenes: near-alike frames that follow each other, put together so that nobody looks at the same part fifty times.

A scene groups pictures on the screen and never enters an interval: that is the clip's part.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DHASH_BITS, PHASH_BITS = 6, 8
LONGEST_S = 10.0


def cluster_scenes(clip: Sequence[str], t_s: Sequence[float], dhash: Sequence[int], phash: Sequence[int]) -> NDArray[np.int64]:
    """(n,) number of the scene of each frame, from 0. Frames stand clip by clip and in time order within each.

    A frame belongs to the scene of the one before where it is near-alike to that scene's first frame (dHash within 6 bits or pHash
    within 8) and less than 10 s after it; comparing with the first keeps a slow change from chaining a whole clip together.
    Source: methods 3.4.
    """
    if not len(clip) == len(t_s) == len(dhash) == len(phash):
        raise ValueError(f"{len(clip)} clips, {len(t_s)} times, {len(dhash)} and {len(phash)} fingerprints")
    number = np.zeros(len(clip), dtype=np.int64)
    first, scene = 0, 0
    for at in range(1, len(clip)):
        near = clip[at] == clip[first] and 0 <= t_s[at] - t_s[first] < LONGEST_S
        alike = (dhash[at] ^ dhash[first]).bit_count() <= DHASH_BITS or (phash[at] ^ phash[first]).bit_count() <= PHASH_BITS
        if not (near and alike):
            first, scene = at, scene + 1
        number[at] = scene
    return number
