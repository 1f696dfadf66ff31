"""Kinds of frames that share something: their score, and whether they fail more than the rest by more than chance (methods 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.measure.interval import StratumCount, stratified, wilson
from fieldcheck.measure.significance import benjamini_hochberg, fisher_more_wrong

Flag = Literal["blind_spot", "suspect", "ok", "too_few"]
BEHIND = 0.20  # the article's twenty points
FALSE_DISCOVERIES = 0.10
FEWEST_CLIPS = 3  # below this a slice may be one unlucky scene, whatever Fisher says
PLANNED = ((0.70, 60.0), (0.90, 40.0), (0.95, 30.0))
"""Score of the rest → frames that show a drop of twenty points with 80 % power (methods 6.2, simulated)."""
LIGHTS = ("dark", "bright", "backlit", "low_contrast", "normal")
DARK, BRIGHT_CLIPPED, BACKLIT_RANGE, BACKLIT_STEP, FLAT_RANGE = 50.0, 0.05, 200.0, 40.0, 60.0


@dataclass(frozen=True, slots=True)
class LabelledDraw:
    """The labelled frames of the draw. `right`: (n,) bool; `weight`: (n,) design weights; `stratum`, `clip`: (n,) names."""

    right: NDArray[np.bool_]
    weight: NDArray[np.float64]
    stratum: NDArray[np.str_]
    clip: NDArray[np.str_]


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
    """`behind`: share right of the rest less that of the slice, weighted. `p`, `q` None below ten frames; `more`: frames to label
    before a suspect can be told, 0 for the other flags."""

    key: str
    value: str
    n: int
    estimate: Estimate
    flag: Flag
    behind: float
    p: float | None = None
    q: float | None = None
    more: int = 0


def slices(frames: LabelledDraw, groups: Sequence[Group]) -> tuple[Slice, ...]:
    """Every group that some labelled frames belong to and others do not, in the order given, judged together.

    A blind spot: ten frames or more, twenty points or more behind the rest, and Fisher's one-sided p holds among all slices tested
    (Benjamini–Hochberg, q ≤ 0.10). A slice of one or two clips is a suspect at most. Source: methods 6.1, 6.2.
    """
    kept = [group for group in groups if 0 < int(group.member.sum()) < frames.right.size]
    tested = [group for group in kept if int(group.member.sum()) >= FEW_FRAMES]
    p = [_p(frames.right, group.member) for group in tested]
    judged = dict(zip(map(id, tested), zip(p, benjamini_hochberg(p).tolist(), strict=True), strict=True))
    return tuple(_slice(frames, group, *judged.get(id(group), (None, None))) for group in kept)


def frames_to_tell(rest: float) -> int:
    """How many frames of a slice show a drop of twenty points where the rest has this score."""
    scores, frames = zip(*PLANNED, strict=True)
    return int(np.ceil(np.interp(rest, scores, frames)))


def lights(
    mean: NDArray[np.float64], contrast: NDArray[np.float64], clipped_high: NDArray[np.float64], backlight: NDArray[np.float64]
) -> NDArray[np.int8]:
    """(n,) figures of `Quality` → (n,) index into `LIGHTS`, from the picture alone (methods 6.1).

    P99 − P1 stands for P95 − P5, and clipped pixels alone tell a bright frame: that is what the one pass over the footage keeps.
    """
    backlit = (contrast > BACKLIT_RANGE) & (backlight > BACKLIT_STEP)
    rules = [mean < DARK, clipped_high >= BRIGHT_CLIPPED, backlit, contrast < FLAT_RANGE]
    return np.select(rules, [0, 1, 2, 3], default=4).astype(np.int8)


def thirds(values: NDArray[np.float64]) -> NDArray[np.int8]:
    """(n,) figures → (n,) 0, 1, 2 for the low, the middle and the high third; all middle where they hardly differ."""
    low, high = np.quantile(values, (1 / 3, 2 / 3)) if values.size else (0.0, 0.0)
    return np.where(values > high, 2, np.where(values < low, 0, 1)).astype(np.int8)


def _p(right: NDArray[np.bool_], member: NDArray[np.bool_]) -> float:
    inside, outside = right[member], right[~member]
    return fisher_more_wrong(int((~inside).sum()), int(inside.sum()), int((~outside).sum()), int(outside.sum()))


def _slice(frames: LabelledDraw, group: Group, p: float | None, q: float | None) -> Slice:
    member, n = group.member, int(group.member.sum())
    estimate = _estimate(frames, group)
    rest = _share(frames, ~member)
    behind = rest - (estimate.value if estimate.measured else _share(frames, member))
    if p is None or q is None:
        return Slice(group.key, group.value, n, estimate, "too_few", behind)
    if behind < BEHIND - 1e-9:
        return Slice(group.key, group.value, n, estimate, "ok", behind, p, q)
    told = q <= FALSE_DISCOVERIES and np.unique(frames.clip[member]).size >= FEWEST_CLIPS
    if told:
        return Slice(group.key, group.value, n, estimate, "blind_spot", behind, p, q)
    return Slice(group.key, group.value, n, estimate, "suspect", behind, p, q, max(FEW_FRAMES, frames_to_tell(rest) - n))


def _estimate(frames: LabelledDraw, group: Group) -> Estimate:
    """Wilson's where all weights are alike, else the strata inside the slice by square-and-add; also where it has frames in a stratum of
    which none of its own is labelled: they may all be right, or all wrong."""
    right, weight, stratum = frames.right[group.member], frames.weight[group.member], frames.stratum[group.member]
    sizes = {name: float((group.listed or {}).get(name, 0)) for name in np.unique(frames.stratum).tolist()}
    silent = [StratumCount(0, 0, size) for name, size in sizes.items() if size and not (stratum == name).any()]
    if not silent and np.allclose(weight, weight[0]):
        return wilson(int(right.sum()), right.size)
    counts = silent
    for name in dict.fromkeys(stratum.tolist()):
        here = stratum == name
        n, listed = int(here.sum()), float(weight[here].sum())
        if group.listed is not None:
            listed = float(group.listed.get(name, 0))
        counts.append(StratumCount(int(right[here].sum()), n, max(float(n), listed)))
    return stratified(counts)


def _share(frames: LabelledDraw, member: NDArray[np.bool_]) -> float:
    weight = frames.weight[member]
    return float((weight * frames.right[member]).sum() / weight.sum()) if weight.sum() > 0 else float("nan")
