"""Blind spots: slices that fall behind the rest by more than clips and overlap explain (methods 6.2b).

Parametric max-T test: reports in which every clip is alike are drawn from the posterior of the correlation within clips, and a slice
is demonstrated when few of them show any slice as far behind. One error budget serves the whole report, so overlapping slices need
no correction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.measure.camera_interval import FEWEST_CLIPS, ClipPosterior, ClipSums, Figures, compute_clip_posterior

ALARMS = 0.04  # chance that a report without a blind spot demonstrates one
DRAWS, STEPS = 1999, 200
BEHIND = 0.20  # the article's twenty points
OWN = 0.5  # weight of the observed variance between clips in a standard error; the rest is the model's


@dataclass(frozen=True, slots=True)
class LabelledDraw:
    """The labelled frames of the draw. `right`: (n,) bool; `weight`: (n,) design weights; `stratum`, `clip`: (n,) names."""

    right: NDArray[np.bool_]
    weight: NDArray[np.float64]
    stratum: NDArray[np.str_]
    clip: NDArray[np.str_]

    def select_frames(self, kept: NDArray[np.bool_]) -> LabelledDraw:
        """Only the frames of `kept`: (n,) bool."""
        return LabelledDraw(self.right[kept], self.weight[kept], self.stratum[kept], self.clip[kept])


@dataclass(frozen=True, slots=True)
class SliceTest:
    """`clips` clips inside; `behind` weighted accuracy of the rest less that of the slice, NaN where one of them is empty; `z` the same in
    standard errors; `p` chance that a healthy report shows one slice as far behind, None where it was not tested: fewer than ten frames, or
    fewer than three clips inside or outside."""

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
    """What healthy reports are drawn from: (n,) codes of clip and stratum, (H,) accuracy by stratum, the posterior of the correlation."""

    clip: NDArray[np.intp]
    stratum: NDArray[np.intp]
    shares: Figures
    posterior: ClipPosterior


def compare_slices(frames: LabelledDraw, members: NDArray[np.bool_], *, seed: int = 0, draws: int = DRAWS) -> list[SliceTest]:
    """Max-T test of S slices at once. `members`: (S, n) bool over the labelled frames; `draws` healthy reports come from `seed`."""
    y, w = np.asarray(frames.right, dtype=np.float64), np.asarray(frames.weight, dtype=np.float64)
    names, clip = np.unique(np.asarray(frames.clip), return_inverse=True)
    n = members.sum(1)
    inside = np.array([np.unique(clip[member]).size for member in members], dtype=np.intp)
    contrast = np.array([_make_contrast(w, member) for member in members]).reshape(len(members), y.size)
    behind = np.where(np.abs(contrast).sum(1) > 0, contrast @ y, np.nan) if len(members) else np.empty(0)
    tested = np.array([s for s, member in enumerate(members) if _has_enough_frames(member, clip)], dtype=np.intp)
    z = np.full(len(members), np.nan)
    found: list[float | None] = [None] * len(members)
    if tested.size:
        null = _fit_null_model(frames, y, w, clip)
        z[tested], chances = _compute_max_t(y, w, contrast[tested], null, names.size, np.random.default_rng(seed), draws)
        for at, chance in zip(tested.tolist(), chances.tolist(), strict=True):
            found[at] = chance
    return [SliceTest(int(n[s]), int(inside[s]), float(behind[s]), float(z[s]), found[s]) for s in range(len(members))]


def compute_miss_rate(frames: LabelledDraw, members: NDArray[np.bool_], at: int, drop: float, *, seed: int = 0, draws: int = 400) -> float:
    """Power of the test: the chance in [0, 1] that slice `at` of `members`, (S, n) bool, is not shown with twenty points behind, though
    its accuracy is `drop` below that of the rest in every stratum, among `draws` reports from `seed`. It is 1 for a slice that is not
    tested."""
    y, w = np.asarray(frames.right, dtype=np.float64), np.asarray(frames.weight, dtype=np.float64)
    names, clip = np.unique(np.asarray(frames.clip), return_inverse=True)
    tested = [s for s, member in enumerate(members) if _has_enough_frames(member, clip)]
    if at not in tested:
        return 1.0
    null, rng = _fit_null_model(frames, y, w, clip), np.random.default_rng(seed)
    contrast = np.array([_make_contrast(w, members[s]) for s in tested])
    alike = _compute_model_variance(w, contrast, null, names.size)
    highest = _compute_studentised(_draw_healthy_answers(null, names.size, rng, draws), contrast, clip, names.size, alike).max(1)
    behind = np.stack([null.shares, np.maximum(null.shares - drop, 0.01)], axis=1).ravel()
    failing = _draw_healthy_answers(replace(null, stratum=2 * null.stratum + members[at], shares=behind), names.size, rng, draws)
    own = tested.index(at)
    z = _compute_studentised(failing, contrast[own : own + 1], clip, names.size, alike[own : own + 1])[:, 0]
    shown = (z > np.quantile(highest, 1 - ALARMS)) & (failing @ contrast[own] >= BEHIND - 1e-9)
    return float(1 - shown.mean())


def _has_enough_frames(member: NDArray[np.bool_], clip: NDArray[np.intp]) -> bool:
    """Whether a slice is tested: ten frames or more, three clips or more inside and outside."""
    inside, outside = np.unique(clip[member]).size, np.unique(clip[~member]).size
    return FEW_FRAMES <= int(member.sum()) < member.size and min(inside, outside) >= FEWEST_CLIPS


def _make_contrast(weight: Figures, member: NDArray[np.bool_]) -> Figures:
    """(n,) weights whose product with the answers is accuracy outside less accuracy inside; zeros where a side is empty."""
    inside, outside = weight * member, weight * ~member
    if inside.sum() <= 0 or outside.sum() <= 0:
        return np.zeros_like(weight)
    return np.asarray(outside / outside.sum() - inside / inside.sum())


def _fit_null_model(frames: LabelledDraw, y: Figures, w: Figures, clip: NDArray[np.intp]) -> _NullModel:
    kinds, stratum = np.unique(np.asarray(frames.stratum), return_inverse=True)
    shares = np.array([(y[stratum == k].sum() + 0.5) / ((stratum == k).sum() + 1) for k in range(kinds.size)])
    return _NullModel(clip, stratum, shares, compute_clip_posterior(ClipSums.from_frames(y, w, clip)))


def _compute_max_t(
    y: Figures, w: Figures, contrast: Figures, null: _NullModel, clips: int, rng: np.random.Generator, draws: int
) -> tuple[Figures, Figures]:
    """(S,) contrasts in standard errors, and (S,) chances that a healthy report's largest reaches them."""
    alike = _compute_model_variance(w, contrast, null, clips)
    z = _compute_studentised(y[None, :], contrast, null.clip, clips, alike)[0]
    highest = _compute_studentised(_draw_healthy_answers(null, clips, rng, draws), contrast, null.clip, clips, alike).max(1)
    return z, np.asarray((1 + (highest[None, :] >= z[:, None] - 1e-12).sum(1)) / (draws + 1))


def _compute_model_variance(w: Figures, contrast: Figures, null: _NullModel, clips: int) -> Figures:
    """(S,) variances of the contrasts under the model: strata as they are, clips as correlated as they were found to be."""
    spread = float((w * w * (null.shares * (1 - null.shares))[null.stratum]).sum() / (w * w).sum())
    by_clip = np.stack([np.bincount(null.clip, row, clips) for row in contrast])
    rho = float(null.posterior.probability @ null.posterior.correlations)
    return np.asarray(spread * (rho * (by_clip**2).sum(1) + (1 - rho) * (contrast**2).sum(1)))


def _draw_healthy_answers(null: _NullModel, clips: int, rng: np.random.Generator, draws: int) -> Figures:
    """(draws, n) answers of reports without a blind spot: strata as they are, every clip from one beta distribution."""
    rho = null.posterior.correlations
    node = np.minimum(np.searchsorted(np.cumsum(null.posterior.probability), rng.random(draws)), rho.size - 1)
    rank = rng.integers(0, STEPS, (draws, clips))
    kappa, levels = (1 - rho) / rho, (np.arange(STEPS) + 0.5) / STEPS
    shares = null.shares[:, None, None]
    table = scipy.special.betaincinv(shares * kappa[:, None], (1 - shares) * kappa[:, None], levels)
    theta = table[null.stratum[None, :], node[:, None], rank[:, null.clip]]
    return np.asarray(rng.random(theta.shape) < theta, dtype=np.float64)


def _compute_studentised(y: Figures, contrast: Figures, clip: NDArray[np.intp], clips: int, alike: Figures) -> Figures:
    """(draws, S) contrasts of (draws, n) answers over their standard errors: the mean of the variance between clips and of `alike`."""
    onehot = (clip[:, None] == np.arange(clips)).astype(np.float64)
    out = np.empty((len(y), len(contrast)))
    for s, c in enumerate(contrast):
        inside, outside = np.where(c < 0, -c, 0.0), np.where(c > 0, c, 0.0)
        a, b = y @ inside, y @ outside
        left = (y * c) @ onehot + np.outer(a, inside @ onehot) - np.outer(b, outside @ onehot)
        of_clips = clips / (clips - 2) * (left**2).sum(1)
        out[:, s] = (b - a) / np.sqrt(OWN * of_clips + (1 - OWN) * alike[s])
    return out
