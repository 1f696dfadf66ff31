"""Failure modes: kinds of errors, how much of all errors each makes up, and how many distinct pictures of it are in stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.weighted import estimate_by_clips_or_frames

MODES = ("blur", "dark", "glare", "occlusion", "unseen object", "label doubtful", "other")
"""Tags by which errors are sorted; any other tag on a wrong frame is a mode of the site's own."""
LEAST, GOOD = 200, 500  # distinct pictures a mode: the article's
MOST_A_CLIP = 10
MIN_GAP_S, BURST_S = 1.0, 10.0  # methods 3.4
DHASH_BITS, PHASH_BITS = 6, 8


@dataclass(frozen=True, slots=True)
class FailureMode:
    """`mode`: its tag, empty for errors that nobody sorted yet; `n` wrong frames of the draw; `share` of all errors, weighted; `stock`:
    distinct labelled pictures that carry the tag, chosen ones too; `to_collect`: how many lack to the least number."""

    mode: str
    n: int
    share: Estimate
    stock: int
    to_collect: int


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Fingerprints of (n,) pictures with their clips and seconds, in list order."""

    clip: Sequence[str]
    t_s: Sequence[float]
    dhash: Sequence[int]
    phash: Sequence[int]


def get_failure_mode(tags: Sequence[str]) -> str:
    """The one mode of a frame: of several tags the first of `MODES`, else the first in the alphabet; empty without a tag."""
    plain = {tag.strip().lower(): tag for tag in sorted(tags, reverse=True)}
    known = [mode for mode in MODES if mode in plain]
    return known[0] if known else min(plain, default="")


def count_failure_modes(
    modes: Sequence[str], weight: NDArray[np.float64], clip: NDArray[np.str_], stock: dict[str, int]
) -> tuple[FailureMode, ...]:
    """One row a mode of the n wrong frames, the largest share of the errors first; what is not sorted stands last.

    `modes`: n names; `weight`, `clip`: (n,) design weights and clips. The share has the limits for other clips of the cameras, below three
    clips those of this footage.
    """
    names = np.array(modes, np.str_)
    rows = []
    for mode in dict.fromkeys(modes):
        hit = (names == mode).astype(np.float64)
        held = stock.get(mode, 0) if mode else 0
        share = estimate_by_clips_or_frames(hit, weight, clip)
        rows.append(FailureMode(mode, int(hit.sum()), share, held, max(0, LEAST - held) if mode else 0))
    return tuple(sorted(rows, key=lambda row: (not row.mode, -row.share.value, row.mode)))


def count_distinct(looks: Fingerprints) -> int:
    """How many of the pictures count as collected: near-duplicates of an earlier one of its clip once, and at most ten a clip."""
    kept: dict[str, list[int]] = {}
    for at, clip in enumerate(looks.clip):
        mine = kept.setdefault(clip, [])
        if len(mine) < MOST_A_CLIP and not any(_is_same_moment(looks, at, other) for other in mine):
            mine.append(at)
    return sum(map(len, kept.values()))


def _is_same_moment(looks: Fingerprints, a: int, b: int) -> bool:
    """Whether two pictures of a clip show one moment (methods 3.4)."""
    apart = abs(looks.t_s[a] - looks.t_s[b])
    near = (looks.dhash[a] ^ looks.dhash[b]).bit_count() <= DHASH_BITS or (looks.phash[a] ^ looks.phash[b]).bit_count() <= PHASH_BITS
    return apart < MIN_GAP_S or (apart < BURST_S and near)
