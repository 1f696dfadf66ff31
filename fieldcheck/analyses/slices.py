"""Slices and blind spots: the score of each slice, and which fall behind the rest by more than
clips and overlap explain (methods 6,
6.2b).

Parametric max-T test: reports in which every clip is alike are drawn from the posterior of the
correlation within clips, and a slice is demonstrated when few of them show any slice as far behind.
One error budget serves the whole report, so overlapping slices need no correction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.estimate import FEW_FRAMES, NO_SUSPECTS, Estimate, Flag
from fieldcheck.stats.camera_interval import (
    FEWEST_CLIPS,
    ClipPosterior,
    ClipSums,
    Figures,
    compute_clip_posterior,
    estimate_camera_interval,
)
from fieldcheck.stats.weighted_field_score import estimate_class_share, estimate_weighted_share
from fieldcheck.stats.wilson_interval import (
    StratumCount,
    estimate_difference,
    estimate_stratified,
    estimate_wilson,
)

ALARMS = 0.04  # chance that a report without a blind spot demonstrates one
DRAWS, STEPS = 1999, 200
BEHIND = 0.20  # the article's twenty points
# weight of the observed variance between clips in a standard error; the rest is the model's
OWN = 0.5
HELD_AT_ONCE = 1 << 18  # answers of healthy reports, two megabytes: what a cache holds


@dataclass(frozen=True, slots=True)
class LabelledDraw:
    """The labelled frames of the draw, or the objects that a detector was to find on them.
    `right`: (n,) bool; `weight`: (n,) design weights; `stratum`, `clip`: (n,) names; `frame`: (n,)
    which frame an object lies on, None where every row is a frame; `census`: whether every frame
    of the footage is labelled."""

    right: NDArray[np.bool_]
    weight: NDArray[np.float64]
    stratum: NDArray[np.str_]
    clip: NDArray[np.str_]
    frame: NDArray[np.int64] | None = None
    census: bool = False

    def select_frames(self, kept: NDArray[np.bool_]) -> LabelledDraw:
        """Only the rows of `kept`: (n,) bool."""
        return LabelledDraw(
            self.right[kept],
            self.weight[kept],
            self.stratum[kept],
            self.clip[kept],
            None if self.frame is None else self.frame[kept],
            self.census,
        )


@dataclass(frozen=True, slots=True)
class SliceTest:
    """`clips` clips inside; `behind` weighted accuracy of the rest less that of the slice, NaN
    where one of them is empty; `z` the same in standard errors; `p` chance that a healthy report
    shows one slice as far behind, None where it was not tested: fewer than ten frames, or fewer
    than three clips inside or outside."""

    n: int
    clips: int
    behind: float
    z: float
    p: float | None

    @property
    def is_demonstrated(self) -> bool:
        """Whether chance and correlated clips do not explain how far the slice is behind."""
        return self.p is not None and self.p <= ALARMS


@dataclass(frozen=True, slots=True)
class _NullModel:
    """What healthy reports are drawn from: (n,) codes of clip and stratum, (H,) accuracy by
    stratum, the posterior of the correlation."""

    clip: NDArray[np.intp]
    stratum: NDArray[np.intp]
    shares: Figures
    posterior: ClipPosterior


def compare_slices(
    frames: LabelledDraw,
    members: NDArray[np.bool_],
    *,
    seed: int = 0,
    draws: int = DRAWS,
    families: int = 1,
) -> list[SliceTest]:
    """Max-T test of S slices at once.

    Args:
        frames: Labelled frames, or objects.
        members: (S, n) bool over them.
        seed: Where the healthy reports come from.
        draws: How many of them.
        families: How many such tests a report holds, among which its error budget is shared.

    Returns:
        One test a slice.
    """
    y, w = np.asarray(frames.right, dtype=np.float64), np.asarray(frames.weight, dtype=np.float64)
    names, clip = np.unique(np.asarray(frames.clip), return_inverse=True)
    n = members.sum(1)
    inside = np.array([np.unique(clip[member]).size for member in members], dtype=np.intp)
    contrast = np.array([_make_contrast(w, member) for member in members]).reshape(
        len(members), y.size
    )
    behind = (
        np.where(np.abs(contrast).sum(1) > 0, contrast @ y, np.nan) if len(members) else np.empty(0)
    )
    tested = np.array(
        [s for s, member in enumerate(members) if _has_enough_frames(member, clip)], dtype=np.intp
    )
    z = np.full(len(members), np.nan)
    result: list[float | None] = [None] * len(members)
    if tested.size:
        null = _fit_null_model(frames, y, w, clip)
        z[tested], chances = _compute_max_t(
            y, w, contrast[tested], null, names.size, np.random.default_rng(seed), draws
        )
        for index, chance in zip(tested.tolist(), chances.tolist(), strict=True):
            result[index] = min(1.0, families * chance)
    return [
        SliceTest(int(n[s]), int(inside[s]), float(behind[s]), float(z[s]), result[s])
        for s in range(len(members))
    ]


def compute_miss_rate(
    frames: LabelledDraw,
    members: NDArray[np.bool_],
    index: int,
    drop: float,
    *,
    seed: int = 0,
    draws: int = 400,
) -> float:
    """Power of the test: the chance in [0, 1] that slice `index` of `members`, (S, n) bool, is not
    shown with twenty points behind, though its accuracy is `drop` below that of the rest in every
    stratum, among `draws` reports from `seed`. It is 1 for a slice that is not tested."""
    y, w = np.asarray(frames.right, dtype=np.float64), np.asarray(frames.weight, dtype=np.float64)
    names, clip = np.unique(np.asarray(frames.clip), return_inverse=True)
    tested = [s for s, member in enumerate(members) if _has_enough_frames(member, clip)]
    if index not in tested:
        return 1.0
    null, rng = _fit_null_model(frames, y, w, clip), np.random.default_rng(seed)
    contrast = np.array([_make_contrast(w, members[s]) for s in tested])
    alike = _compute_model_variance(w, contrast, null, names.size)
    highest = _compute_studentised(
        _draw_healthy_answers(null, names.size, rng, draws), contrast, clip, names.size, alike
    ).max(1)
    behind = np.stack([null.shares, np.maximum(null.shares - drop, 0.01)], axis=1).ravel()
    failing = _draw_healthy_answers(
        replace(null, stratum=2 * null.stratum + members[index], shares=behind),
        names.size,
        rng,
        draws,
    )
    own = tested.index(index)
    z = _compute_studentised(
        failing, contrast[own : own + 1], clip, names.size, alike[own : own + 1]
    )[:, 0]
    shown = (z > np.quantile(highest, 1 - ALARMS)) & (failing @ contrast[own] >= BEHIND - 1e-9)
    return float(1 - shown.mean())


def _has_enough_frames(member: NDArray[np.bool_], clip: NDArray[np.intp]) -> bool:
    """Whether a slice is tested: ten frames or more, three clips or more inside and outside."""
    inside, outside = np.unique(clip[member]).size, np.unique(clip[~member]).size
    return FEW_FRAMES <= int(member.sum()) < member.size and min(inside, outside) >= FEWEST_CLIPS


def _make_contrast(weight: Figures, member: NDArray[np.bool_]) -> Figures:
    """(n,) weights whose product with the answers is accuracy outside less accuracy inside; zeros
    where a side is empty."""
    inside, outside = weight * member, weight * ~member
    if inside.sum() <= 0 or outside.sum() <= 0:
        return np.zeros_like(weight)
    return np.asarray(outside / outside.sum() - inside / inside.sum())


def _fit_null_model(
    frames: LabelledDraw, y: Figures, w: Figures, clip: NDArray[np.intp]
) -> _NullModel:
    kinds, stratum = np.unique(np.asarray(frames.stratum), return_inverse=True)
    shares = np.array(
        [(y[stratum == k].sum() + 0.5) / ((stratum == k).sum() + 1) for k in range(kinds.size)]
    )
    return _NullModel(
        clip, stratum, shares, compute_clip_posterior(ClipSums.from_frames(y, w, clip))
    )


def _compute_max_t(
    y: Figures,
    w: Figures,
    contrast: Figures,
    null: _NullModel,
    clips: int,
    rng: np.random.Generator,
    draws: int,
) -> tuple[Figures, Figures]:
    """(S,) contrasts in standard errors, and (S,) chances that a healthy report's largest reaches
    them."""
    alike = _compute_model_variance(w, contrast, null, clips)
    z = _compute_studentised(y[None, :], contrast, null.clip, clips, alike)[0]
    highest = _compute_studentised(
        _draw_healthy_answers(null, clips, rng, draws), contrast, null.clip, clips, alike
    ).max(1)
    return z, np.asarray((1 + (highest[None, :] >= z[:, None] - 1e-12).sum(1)) / (draws + 1))


def _compute_model_variance(w: Figures, contrast: Figures, null: _NullModel, clips: int) -> Figures:
    """(S,) variances of the contrasts under the model: strata as they are, clips as correlated as
    they were found to be."""
    spread = float((w * w * (null.shares * (1 - null.shares))[null.stratum]).sum() / (w * w).sum())
    by_clip = np.stack([np.bincount(null.clip, row, clips) for row in contrast])
    rho = float(null.posterior.probability @ null.posterior.correlations)
    return np.asarray(spread * (rho * (by_clip**2).sum(1) + (1 - rho) * (contrast**2).sum(1)))


def _draw_healthy_answers(
    null: _NullModel, clips: int, rng: np.random.Generator, draws: int
) -> Figures:
    """(draws, n) answers of reports without a blind spot: strata as they are, every clip from one
    beta distribution."""
    rho = null.posterior.correlations
    node = np.minimum(
        np.searchsorted(np.cumsum(null.posterior.probability), rng.random(draws)), rho.size - 1
    )
    rank = rng.integers(0, STEPS, (draws, clips))
    kappa, levels = (1 - rho) / rho, (np.arange(STEPS) + 0.5) / STEPS
    shares = null.shares[:, None, None]
    table = scipy.special.betaincinv(shares * kappa[:, None], (1 - shares) * kappa[:, None], levels)
    theta = table[null.stratum[None, :], node[:, None], rank[:, null.clip]]
    return np.asarray(rng.random(theta.shape) < theta, dtype=np.float64)


def _compute_studentised(
    y: Figures, contrast: Figures, clip: NDArray[np.intp], clips: int, alike: Figures
) -> Figures:
    """(draws, S) contrasts of (draws, n) answers over their standard errors: the mean of the
    variance between clips and of `alike`."""
    n = clip.size
    # sparse: a thousand clips of ten frames each would else be a product of 10,000 by 1,000
    by_clip = scipy.sparse.csr_array((np.ones(n), (clip, np.arange(n))), shape=(clips, n))
    inside, outside = np.maximum(-contrast, 0.0), np.maximum(contrast, 0.0)
    inside_clips, outside_clips = by_clip @ inside.T, by_clip @ outside.T
    out, at_once = np.empty((len(y), len(contrast))), max(1, HELD_AT_ONCE // n)
    for first in range(0, len(y), at_once):
        rows = np.ascontiguousarray(y[first : first + at_once].T)
        a, b = inside @ rows, outside @ rows
        for s, c in enumerate(contrast):
            left = by_clip @ (rows * c[:, None])
            left += np.outer(inside_clips[:, s], a[s]) - np.outer(outside_clips[:, s], b[s])
            of_clips = clips / (clips - 2) * np.einsum("cd,cd->d", left, left)
            variance = OWN * of_clips + (1 - OWN) * alike[s]
            out[first : first + at_once, s] = (b[s] - a[s]) / np.sqrt(variance)
    return out


# Kinds of frames that share something: their score, and whether they fail more than the rest by
# more than chance (methods 6).

OF_PICTURES = frozenset({"light", "blur", "noise"})  # measured on the picture, not told by anybody
LIGHTS = ("dark", "bright", "backlit", "low_contrast", "normal")
DARK, BRIGHT_CLIPPED, BACKLIT_RANGE, BACKLIT_STEP, FLAT_RANGE = 50.0, 0.05, 200.0, 40.0, 60.0


@dataclass(frozen=True, slots=True)
class Group:
    """Frames that share `key` = `value`. `member`: (n,) bool over the labelled frames; `listed`:
    how many frames of the sampling list share it in each stratum, None where only labelled frames
    can be told apart by it (the class)."""

    key: str
    value: str
    member: NDArray[np.bool_]
    listed: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class SliceName:
    """What a slice is cut by and its value, such as `location` and `left`."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice as page and `summary.json` print it.

    Attributes:
        p: Chance that a report without a blind spot shows one slice as far behind; None where it
            was not tested.
        q: False discovery rate, bounded by `p`.
        behind: Weighted accuracy of the rest less that of the slice.
        clips: Number of clips inside.
        within: The finding whose frames explain this one.
        more: None for one release, as is `left`: suspected slices ended, says `more_reason`.
    """

    key: str
    value: str
    n: int
    estimate: Estimate
    flag: Flag
    p: float | None = None
    q: float | None = None
    behind: float = nan
    more: int | None = None
    clips: int = 0
    within: SliceName | None = None
    left: int | None = None
    more_reason: str = NO_SUSPECTS


def compute_slices(
    frames: LabelledDraw, groups: Sequence[Group], *, seed: int = 0, families: int = 1
) -> tuple[Slice, ...]:
    """Every group that some labelled frames belong to and others do not, in the order given, judged
    together (methods 6.1, 6.2b).

    A blind spot is demonstrated: ten frames or more, three clips inside and outside, twenty points
    or more behind the rest, and further than correlated clips and overlap explain. What is no
    longer demonstrated once the frames of a foremost finding are left out is none, and names that
    finding.
    """
    kept = [group for group in groups if 0 < int(group.member.sum()) < frames.right.size]
    members = np.array([group.member for group in kept], np.bool_).reshape(
        len(kept), frames.right.size
    )
    tests = compare_slices(frames, members, seed=seed, families=families)
    homes = _assign_to_findings(frames, kept, members, tests, seed, families)
    return tuple(
        _make_slice(frames, kept, index, tests[index], homes.get(index))
        for index in range(len(kept))
    )


def _assign_to_findings(
    frames: LabelledDraw,
    groups: Sequence[Group],
    members: NDArray[np.bool_],
    tests: Sequence[SliceTest],
    seed: int,
    families: int,
) -> dict[int, int]:
    """Demonstrated slices → the finding that each is part of; a finding is its own home. Metadata
    goes before image statistics, then the larger distance from the rest in standard errors."""
    waiting = [
        position
        for position, test in enumerate(tests)
        if _is_far_behind(test)
        and test.is_demonstrated
        and estimate_slice_difference(frames, members[position]).lo > 0
    ]
    homes: dict[int, int] = {}
    left = np.ones(frames.right.size, np.bool_)
    now = {position: tests[position] for position in waiting}
    while waiting:
        first = max(
            waiting, key=lambda position: (groups[position].key not in OF_PICTURES, now[position].z)
        )
        homes[first] = first
        left &= ~members[first]
        waiting.remove(first)
        again = (
            compare_slices(
                frames.select_frames(left), members[:, left], seed=seed, families=families
            )
            if waiting
            else []
        )
        for index in tuple(waiting):
            if not (_is_far_behind(again[index]) and again[index].is_demonstrated):
                homes[index] = first
                waiting.remove(index)
        now = {position: again[position] for position in waiting}
    return homes


def estimate_slice_difference(frames: LabelledDraw, member: NDArray[np.bool_]) -> Estimate:
    """How far a slice, `member`: (n,) bool, lies behind the rest: for other clips of the cameras
    where both sides have three clips, else on this footage. A slice is demonstrated only where
    these limits, which are printed, exclude 0."""
    sides = frames.select_frames(~member), frames.select_frames(member)
    by_clips = min(np.unique(side.clip).size for side in sides) >= FEWEST_CLIPS
    rest, own = (
        estimate_camera_interval(side.right, side.weight, side.clip)
        if by_clips
        else estimate_weighted_share(side.right, side.weight)
        for side in sides
    )
    return estimate_difference(rest, own)


def _is_far_behind(test: SliceTest) -> bool:
    return bool(test.behind >= BEHIND - 1e-9)


def group_by_light(
    mean: NDArray[np.float64],
    contrast: NDArray[np.float64],
    clipped_high: NDArray[np.float64],
    backlight: NDArray[np.float64],
) -> NDArray[np.int8]:
    """(n,) figures of `Quality` → (n,) index into `LIGHTS`, from the picture alone (methods 6.1).

    P99 − P1 stands for P95 − P5, and clipped pixels alone tell a bright frame: that is what the one
    pass over the footage keeps.
    """
    backlit = (contrast > BACKLIT_RANGE) & (backlight > BACKLIT_STEP)
    rules = [mean < DARK, clipped_high >= BRIGHT_CLIPPED, backlit, contrast < FLAT_RANGE]
    return np.select(rules, [0, 1, 2, 3], default=4).astype(np.int8)


def split_into_thirds(values: NDArray[np.float64]) -> NDArray[np.int8]:
    """(n,) figures → (n,) 0, 1, 2 for the low, the middle and the high third; all middle where they
    hardly differ."""
    low, high = np.quantile(values, (1 / 3, 2 / 3)) if values.size else (0.0, 0.0)
    return np.where(values > high, 2, np.where(values < low, 0, 1)).astype(np.int8)


def _make_slice(
    frames: LabelledDraw, groups: Sequence[Group], index: int, test: SliceTest, home: int | None
) -> Slice:
    group = groups[index]
    estimate = _estimate_group(frames, group)
    rest = _compute_weighted_share(frames, ~group.member)
    own = estimate.value if estimate.measured else _compute_weighted_share(frames, group.member)
    tested = Slice(
        group.key,
        group.value,
        test.n,
        estimate,
        "ok",
        test.p,
        test.p,
        behind=rest - own,
        clips=test.clips,
    )
    if test.n < FEW_FRAMES:
        return replace(tested, flag="too_few", p=None, q=None)
    if home is None:
        return tested
    if home == index:
        return replace(tested, flag="blind_spot")
    return replace(tested, within=SliceName(groups[home].key, groups[home].value))


def _estimate_group(frames: LabelledDraw, group: Group) -> Estimate:
    """A census where every frame of the slice is labelled, else from the sample."""
    estimate = _estimate_sampled_group(frames, group)
    listed = None if group.listed is None else sum(group.listed.values())
    is_full = frames.census or listed == int(group.member.sum())
    return estimate.count_in_full() if is_full and not estimate.census else estimate


def _estimate_sampled_group(frames: LabelledDraw, group: Group) -> Estimate:
    """Wilson's where all weights are alike, else the strata inside the slice by square-and-add;
    also where it has frames in a stratum of which none of its own is labelled: they may all be
    right, or all wrong. What only a label tells, such as the class, by the estimator of class
    scores."""
    if group.listed is None:
        return estimate_class_share(
            frames.right[group.member],
            frames.weight[group.member],
            None if frames.frame is None else frames.frame[group.member],
        )
    right, weight, stratum = (
        frames.right[group.member],
        frames.weight[group.member],
        frames.stratum[group.member],
    )
    sizes = {name: float(group.listed.get(name, 0)) for name in np.unique(frames.stratum).tolist()}
    silent = [
        StratumCount(0, 0, size)
        for name, size in sizes.items()
        if size and not (stratum == name).any()
    ]
    if not silent and np.allclose(weight, weight[0]):
        return estimate_wilson(int(right.sum()), right.size)
    counts = silent
    for name in dict.fromkeys(stratum.tolist()):
        here = stratum == name
        n, listed = int(here.sum()), float(group.listed.get(name, 0))
        counts.append(StratumCount(int(right[here].sum()), n, max(float(n), listed)))
    return estimate_stratified(counts)


def _compute_weighted_share(frames: LabelledDraw, member: NDArray[np.bool_]) -> float:
    weight = frames.weight[member]
    return (
        float((weight * frames.right[member]).sum() / weight.sum())
        if weight.sum() > 0
        else float("nan")
    )
