"""Discovered slices: kinds of frames that a small tree found to be wrong more often, tested on clips it did not see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TreeSplit:
    """One step of a path: frames with `name` above the threshold (`above`) or at or below it. `name`: an image statistic, or
    `key=value` of a condition, camera, place or hour, whose threshold is a half: above is yes."""

    name: str
    above: bool
    threshold: float


@dataclass(frozen=True, slots=True)
class DiscoveredSlice:
    """A leaf by its `path`; counts and tests are of the half of the clips that it was not grown on. `wrong` of `n` frames inside, in
    `clips` clips, `rest_wrong` of `rest` elsewhere; `p` one-sided Fisher, `q` over all leaves. `shown`: q ≤ 0.10, 20 points or more behind,
    ten frames and three clips inside; else an idea that these frames do not show."""

    path: tuple[TreeSplit, ...]
    wrong: int
    n: int
    clips: int
    rest_wrong: int
    rest: int
    p: float
    q: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Discovery:
    """`off`: why nothing was looked for – fewer than 60 labelled frames, 8 errors or 4 clips –, empty where it was."""

    off: str
    n: int
    errors: int
    slices: tuple[DiscoveredSlice, ...]
