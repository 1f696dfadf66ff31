"""Kinds of frames that share something: their score, and whether they fail more than the rest by more than chance (methods 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.verdict import Flag
from fieldcheck.measure.interval import StratumCount, estimate_stratified, estimate_wilson
from fieldcheck.scoring.blind_spots import BEHIND, LabelledDraw, SliceTest, compare_slices

OF_PICTURES = frozenset({"light", "blur", "noise"})  # measured on the picture, not told by anybody
PLANNED = ((0.70, 60.0), (0.90, 40.0), (0.95, 30.0))
"""Score of the rest → frames that show a drop of twenty points with 80 % power (methods 6.2, simulated)."""
LIGHTS = ("dark", "bright", "backlit", "low_contrast", "normal")
DARK, BRIGHT_CLIPPED, BACKLIT_RANGE, BACKLIT_STEP, FLAT_RANGE = 50.0, 0.05, 200.0, 40.0, 60.0


@dataclass(frozen=True, slots=True)
class Group:
    """Frames that share `key` = `value`. `member`: (n,) bool over the labelled frames; `listed`: how many frames of the sampling list
    share it in each stratum, None where only labelled frames can be told apart by it (the class)."""

    key: str
    value: str
    member: NDArray[np.bool_]
    listed: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """`clips` inside; `behind`: weighted accuracy of the rest less that of the slice. `p` is the chance that a report without a blind spot
    shows one slice as far behind (None where it was not tested), which bounds `q`, the false discovery rate; `more`: frames to label
    before a suspect can be told, 0 for the other flags; `within`: key and value of the finding whose frames explain this one; `left`: its
    listed frames without a label, None where only a label tells who belongs to it."""

    key: str
    value: str
    n: int
    estimate: Estimate
    flag: Flag
    behind: float
    p: float | None = None
    q: float | None = None
    more: int = 0
    clips: int = 0
    within: tuple[str, str] | None = None
    left: int | None = None


def compute_slices(frames: LabelledDraw, groups: Sequence[Group], *, seed: int = 0) -> tuple[Slice, ...]:
    """Every group that some labelled frames belong to and others do not, in the order given, judged together (methods 6.1, 6.2b).

    A blind spot is demonstrated: ten frames or more, three clips inside and outside, twenty points or more behind the rest, and further
    than correlated clips and overlap explain. What is no longer demonstrated once the frames of a foremost finding are left out is
    suspected at most, and names that finding.
    """
    kept = [group for group in groups if 0 < int(group.member.sum()) < frames.right.size]
    members = np.array([group.member for group in kept], np.bool_).reshape(len(kept), frames.right.size)
    tests = compare_slices(frames, members, seed=seed)
    homes = _assign_to_findings(frames, kept, members, tests, seed)
    return tuple(_make_slice(frames, kept, at, tests[at], homes.get(at)) for at in range(len(kept)))


def _assign_to_findings(
    frames: LabelledDraw, groups: Sequence[Group], members: NDArray[np.bool_], tests: Sequence[SliceTest], seed: int
) -> dict[int, int]:
    """Demonstrated slices → the finding that each is part of; a finding is its own home. Metadata goes before image statistics, then the
    larger distance from the rest in standard errors."""
    waiting = [at for at, test in enumerate(tests) if _is_far_behind(test) and test.is_demonstrated]
    homes: dict[int, int] = {}
    left = np.ones(frames.right.size, np.bool_)
    now = {at: tests[at] for at in waiting}
    while waiting:
        first = max(waiting, key=lambda at: (groups[at].key not in OF_PICTURES, now[at].z))
        homes[first] = first
        left &= ~members[first]
        waiting.remove(first)
        again = compare_slices(frames.select_frames(left), members[:, left], seed=seed) if waiting else []
        for at in tuple(waiting):
            if not (_is_far_behind(again[at]) and again[at].is_demonstrated):
                homes[at] = first
                waiting.remove(at)
        now = {at: again[at] for at in waiting}
    return homes


def _is_far_behind(test: SliceTest) -> bool:
    return bool(test.behind >= BEHIND - 1e-9)


def count_frames_to_tell(rest: float) -> int:
    """How many frames of a slice show a drop of twenty points where the rest has this score."""
    scores, frames = zip(*PLANNED, strict=True)
    return int(np.ceil(np.interp(rest, scores, frames)))


def group_by_light(
    mean: NDArray[np.float64], contrast: NDArray[np.float64], clipped_high: NDArray[np.float64], backlight: NDArray[np.float64]
) -> NDArray[np.int8]:
    """(n,) figures of `Quality` → (n,) index into `LIGHTS`, from the picture alone (methods 6.1).

    P99 − P1 stands for P95 − P5, and clipped pixels alone tell a bright frame: that is what the one pass over the footage keeps.
    """
    backlit = (contrast > BACKLIT_RANGE) & (backlight > BACKLIT_STEP)
    rules = [mean < DARK, clipped_high >= BRIGHT_CLIPPED, backlit, contrast < FLAT_RANGE]
    return np.select(rules, [0, 1, 2, 3], default=4).astype(np.int8)


def split_into_thirds(values: NDArray[np.float64]) -> NDArray[np.int8]:
    """(n,) figures → (n,) 0, 1, 2 for the low, the middle and the high third; all middle where they hardly differ."""
    low, high = np.quantile(values, (1 / 3, 2 / 3)) if values.size else (0.0, 0.0)
    return np.where(values > high, 2, np.where(values < low, 0, 1)).astype(np.int8)


def _make_slice(frames: LabelledDraw, groups: Sequence[Group], at: int, test: SliceTest, home: int | None) -> Slice:
    group, n = groups[at], test.n
    estimate = _estimate_group(frames, group)
    rest = _compute_weighted_share(frames, ~group.member)
    behind = rest - (estimate.value if estimate.measured else _compute_weighted_share(frames, group.member))
    if n < FEW_FRAMES:
        return Slice(group.key, group.value, n, estimate, "too_few", behind, clips=test.clips)
    if not _is_far_behind(test):
        return Slice(group.key, group.value, n, estimate, "ok", behind, test.p, test.p, clips=test.clips)
    if home == at:
        return Slice(group.key, group.value, n, estimate, "blind_spot", behind, test.p, test.p, clips=test.clips)
    within = None if home is None else (groups[home].key, groups[home].value)
    more = max(FEW_FRAMES, count_frames_to_tell(rest) - n)
    left = None if group.listed is None else max(0, sum(group.listed.values()) - n)
    return Slice(group.key, group.value, n, estimate, "suspect", behind, test.p, test.p, more, test.clips, within, left)


def _estimate_group(frames: LabelledDraw, group: Group) -> Estimate:
    """Wilson's where all weights are alike, else the strata inside the slice by square-and-add; also where it has frames in a stratum of
    which none of its own is labelled: they may all be right, or all wrong."""
    right, weight, stratum = frames.right[group.member], frames.weight[group.member], frames.stratum[group.member]
    sizes = {name: float((group.listed or {}).get(name, 0)) for name in np.unique(frames.stratum).tolist()}
    silent = [StratumCount(0, 0, size) for name, size in sizes.items() if size and not (stratum == name).any()]
    if not silent and np.allclose(weight, weight[0]):
        return estimate_wilson(int(right.sum()), right.size)
    counts = silent
    for name in dict.fromkeys(stratum.tolist()):
        here = stratum == name
        n, listed = int(here.sum()), float(weight[here].sum())
        if group.listed is not None:
            listed = float(group.listed.get(name, 0))
        counts.append(StratumCount(int(right[here].sum()), n, max(float(n), listed)))
    return estimate_stratified(counts)


def _compute_weighted_share(frames: LabelledDraw, member: NDArray[np.bool_]) -> float:
    weight = frames.weight[member]
    return float((weight * frames.right[member]).sum() / weight.sum()) if weight.sum() > 0 else float("nan")
