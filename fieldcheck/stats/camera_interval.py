"""Camera interval: the score of other clips of these cameras, and its planner (methods
2.7).

Beta-binomial clips with Jeffreys priors on the accuracy and on the intraclass correlation, on a
grid; the design weights keep the centre where the weighted share lies. Deterministic. Sources:
Williams 1975; Turner, Omar & Thompson 2001; Saha, Miller & Wang 2015; Franco et al. 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import asin, pi, sqrt

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate

Figures = NDArray[np.float64]

FEWEST_CLIPS = 3  # below this the result describes the footage only
FEW_CLIPS = 8  # below this a camera interval is weak
ACCURACIES, CORRELATIONS = 96, 16  # cells of the two arcsine grids
# central posterior mass; its simulated coverage is that of a 95 % interval (methods 2.4)
MASS = 0.965
# half-width of the accuracy grid, in standard errors of clips whose frames are all alike
REACH = 6.0
METHOD = "beta_binomial_clips"


@dataclass(frozen=True, slots=True)
class ClipSums:
    """Labelled frames summed by clip, (G,) each: `weight` Σw, `square` Σw², `right` Σwy. Frames of
    weight 0 are left out."""

    weight: Figures
    square: Figures
    right: Figures

    @classmethod
    def from_frames(cls, right: ArrayLike, weight: ArrayLike, clip: ArrayLike) -> ClipSums:
        """From (n,) results (1 correct, 0 wrong), (n,) weights ≥ 0 and (n,) clip ids of any type.
        Raises ValueError where the shapes differ."""
        y, w, ids = (
            np.asarray(right, dtype=np.float64),
            np.asarray(weight, dtype=np.float64),
            np.asarray(clip),
        )
        if not y.shape == w.shape == ids.shape or y.ndim != 1:
            raise ValueError(
                f"answers, weights and clips differ in shape: {y.shape}, {w.shape}, {ids.shape}"
            )
        counted = w > 0
        names, member = np.unique(ids[counted], return_inverse=True)
        y, w = y[counted], w[counted]
        by_clip = [
            np.bincount(member, weights=part, minlength=names.size).astype(np.float64)
            for part in (w, w * w, w * y)
        ]
        return cls(*by_clip)

    @property
    def n_clips(self) -> int:
        return self.weight.size


@dataclass(frozen=True, slots=True)
class ClipCorrelation:
    """Intraclass correlation of correctness within clips: posterior median, 5 % and 95 % quantiles.
    `measurable` is False where no clip has two labelled frames; the numbers then only repeat the
    prior."""

    value: float
    lo: float
    hi: float
    measurable: bool


@dataclass(frozen=True, slots=True)
class ClipPosterior:
    """Posterior of accuracy and intraclass correlation, given the clips.

    `value` weighted share right; `edges`: (J+1,) cell borders of t = (2/π)·asin√q and `below`:
    (J+1,) posterior of the accuracy below each; `correlations`: (K,) grid of ρ with `probability`:
    (K,) its posterior; `frames_worth` 1/Σ π_k D_k, as many independent frames.
    """

    value: float
    edges: Figures
    below: Figures
    correlations: Figures
    probability: Figures
    frames_worth: float

    def get_accuracy_at(self, level: float) -> float:
        """The accuracy below which `level` of the posterior lies."""
        return _find_quantile(self.edges, self.below, level)

    def get_correlation_at(self, level: float) -> float:
        """The correlation below which `level` of the posterior lies."""
        borders = np.arange(self.correlations.size + 1) / self.correlations.size
        return _find_quantile(borders, np.concatenate([[0.0], np.cumsum(self.probability)]), level)

    def get_limits(self, mass: float = MASS) -> tuple[float, float]:
        """Central limits that hold `mass`, widened to the value where they miss it."""
        lo, hi = self.get_accuracy_at((1 - mass) / 2), self.get_accuracy_at((1 + mass) / 2)
        return min(lo, self.value), max(hi, self.value)


def estimate_camera_interval(
    right: ArrayLike, weight: ArrayLike, clip: ArrayLike, together: int = 1
) -> Estimate:
    """Camera interval: weighted share correct with limits for other clips of the same cameras
    (methods 2.4).

    Args:
        right: (n,) 1 correct, 0 wrong.
        weight: (n,) design weights.
        clip: (n,) clip ids.
        together: number of such intervals that are to hold at once (Bonferroni).

    Returns:
        "na" with the note "too_few_clips" for one or two clips; a weak estimate, "few_clips", for
        three to seven. `n_eff`: the
            equivalent number of independent frames.
    """
    counted = int((np.asarray(weight) > 0).sum())
    sums = ClipSums.from_frames(right, weight, clip)
    if counted == 0:
        return Estimate.not_measured("no_labels")
    if sums.n_clips < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", counted)
    clip_posterior = compute_clip_posterior(sums)
    lo, hi = clip_posterior.get_limits(1 - (1 - MASS) / together)
    estimate = Estimate.from_limits(
        clip_posterior.value,
        lo,
        hi,
        n=counted,
        n_eff=min(float(counted), clip_posterior.frames_worth),
        method=METHOD,
    )
    return estimate.with_weak_status("few_clips") if sums.n_clips < FEW_CLIPS else estimate


def estimate_clip_correlation(
    right: ArrayLike, weight: ArrayLike, clip: ArrayLike
) -> ClipCorrelation:
    """Intraclass correlation of correctness within clips, with its posterior range (methods 2.4
    step 8).

    `right`, `weight`, `clip`: (n,) as in `ClipSums.from_frames`. Raises ValueError where the shapes
    differ or no labelled frame has a weight."""
    sums = ClipSums.from_frames(right, weight, clip)
    if not sums.n_clips:
        raise ValueError("no labelled frame has a weight, so there is no correlation within clips")
    clip_posterior = compute_clip_posterior(sums)
    several = bool((sums.weight * sums.weight > sums.square * (1 + 1e-9)).any())
    return ClipCorrelation(
        clip_posterior.get_correlation_at(0.5),
        clip_posterior.get_correlation_at(0.05),
        clip_posterior.get_correlation_at(0.95),
        several,
    )


@dataclass(frozen=True, slots=True)
class ClipGrid:
    """Likelihood of the clips on the grid of accuracies and correlations (methods 2.4 steps 1–6).

    `value`: weighted share right; `edges`: (J+1,) borders of the cells of the accuracy;
    `correlations`: (K,) grid of ρ; `likelihood`: (J, K) log likelihood of all clips; `density`:
    (J, K) of the accuracy at each ρ, clips weighed by the design; `design`: (K,) variance in units
    of one frame's.
    """

    value: float
    edges: Figures
    correlations: Figures
    likelihood: Figures
    density: Figures
    design: Figures

    def make_posterior(self, probability: Figures) -> ClipPosterior:
        """Posterior with these (K,) probabilities of the correlations."""
        density = self.density @ probability
        below = np.concatenate([[0.0], np.cumsum(density)]) / density.sum()
        worth = 1 / float(probability @ self.design)
        return ClipPosterior(self.value, self.edges, below, self.correlations, probability, worth)


def compute_clip_posterior(sums: ClipSums) -> ClipPosterior:
    """Posterior of accuracy and correlation from sums by clip (methods 2.4)."""
    grid = compute_clip_grid(sums)
    probability = np.exp(grid.likelihood - grid.likelihood.max()).sum(0)
    probability /= probability.sum()
    return grid.make_posterior(probability)


def compute_clip_grid(sums: ClipSums) -> ClipGrid:
    """The grid from sums by clip: a table of (clips × 96 × 16) log-likelihoods."""
    total = float(sums.weight.sum())
    share, size = sums.weight / total, sums.weight**2 / sums.square
    value = min(1.0, max(0.0, float(sums.right.sum()) / total))
    hits = np.clip(size * sums.right / sums.weight, 0.0, size)
    of_clips, of_frames = float(share @ share), float(sums.square.sum()) / total**2
    edges = _make_accuracy_edges(value, of_clips)
    accuracy = np.sin((edges[:-1] + edges[1:]) * pi / 4) ** 2
    rho = np.sin((np.arange(CORRELATIONS) + 0.5) * pi / (2 * CORRELATIONS)) ** 2
    likelihood = _compute_log_likelihood(size, hits, accuracy, rho)
    design = rho * of_clips + (1 - rho) * of_frames
    power = share[:, None] * (rho + (1 - rho) / size[:, None]) / design
    shape = np.einsum("gjk,gk->jk", likelihood, power)
    shape = np.exp(shape - shape.max(0))
    return ClipGrid(value, edges, rho, likelihood.sum(0), shape / shape.sum(0), design)


def _make_accuracy_edges(value: float, of_clips: float) -> Figures:
    """(97,) borders of the cells of t = (2/π)·asin√q around the value, within [0, 1]."""
    centre, reach = 2 / pi * asin(sqrt(value)), REACH * sqrt(of_clips) / pi
    lo, hi = max(0.0, centre - reach), min(1.0, centre + reach)
    return np.asarray(lo + (hi - lo) * np.arange(ACCURACIES + 1) / ACCURACIES)


def _compute_log_likelihood(
    size: Figures, hits: Figures, accuracy: Figures, rho: Figures
) -> Figures:
    """(G, J, K) beta-binomial log likelihood of `hits` of `size` right, both of which may be
    fractions, without the coefficient."""
    kappa = (1 - rho) / rho
    a, b = accuracy[:, None] * kappa, (1 - accuracy)[:, None] * kappa
    kinds, index = np.unique(np.stack([size, hits], axis=1), axis=0, return_inverse=True)
    m, x = kinds[:, :1, None], kinds[:, 1:, None]
    gammaln = scipy.special.gammaln
    alike = gammaln(kappa) - gammaln(a) - gammaln(b)
    likelihood = gammaln(x + a) + gammaln(m - x + b) - gammaln(m + kappa) + alike
    return np.asarray(likelihood[index.ravel()])


def _find_quantile(edges: Figures, below: Figures, level: float) -> float:
    """The share whose arcsine coordinate has `level` below it, linear within a cell."""
    cell = int(np.clip(np.searchsorted(below, level, side="left") - 1, 0, edges.size - 2))
    within = (level - below[cell]) / (below[cell + 1] - below[cell])
    return float(np.sin((edges[cell] + within * (edges[cell + 1] - edges[cell])) * pi / 2) ** 2)


# Clip planner: how wide a camera interval will be for so many clips and labels a clip, before one
# is recorded (methods 2.7).

ICC_BEFORE = 0.3  # correlation within clips that is assumed until a first visit has measured one
# where in each of G equal parts of the distribution a clip of a typical visit lies
SHIFTS = (0.2, 0.5, 0.8)
MOST_CLIPS = 400
# a width must also hold for the next three numbers of clips, since whole frames make it jump
STEADY = 4


@lru_cache(maxsize=512)
def plan_half_width(clips: int, frames: int, accuracy: float, icc: float = ICC_BEFORE) -> float:
    """Expected half-width of the camera interval, a fraction, for `clips` clips of `frames`
    labelled frames each.

    Mean over three typical visits; `accuracy` and `icc` are fractions. Raises ValueError below
    three clips or one frame per clip."""
    if clips < FEWEST_CLIPS or frames < 1:
        raise ValueError(f"no camera interval from {clips} clips of {frames} frames")
    weight = np.full(clips, float(frames))
    limits = [
        compute_clip_posterior(
            ClipSums(weight, weight, make_typical_counts(clips, frames, accuracy, icc, offset))
        ).get_limits()
        for offset in SHIFTS
    ]
    return sum(hi - lo for lo, hi in limits) / (2 * len(limits))


def make_typical_counts(
    clips: int, frames: int, accuracy: float, icc: float, offset: float = 0.5
) -> Figures:
    """(clips,) right frames of a typical visit: beta-binomial quantiles at (g + offset)/clips."""
    x = np.arange(frames + 1)
    rho = min(max(icc, 1e-6), 1 - 1e-6)
    a, b = accuracy * (1 - rho) / rho, (1 - accuracy) * (1 - rho) / rho
    gammaln = scipy.special.gammaln
    coefficient = gammaln(frames + 1) - gammaln(x + 1) - gammaln(frames - x + 1)
    alike = gammaln(a + b) - gammaln(a) - gammaln(b)
    below = np.cumsum(
        np.exp(
            coefficient + gammaln(x + a) + gammaln(frames - x + b) - gammaln(frames + a + b) + alike
        )
    )
    levels = (np.arange(clips) + offset) / clips - 1e-9
    return np.searchsorted(below, levels).clip(0, frames).astype(np.float64)


def plan_clips(
    half_width: float, frames: int, accuracy: float, icc: float = ICC_BEFORE, most: int = MOST_CLIPS
) -> int | None:
    """Fewest clips whose planned half-width, and that of the next three numbers of clips, is within
    `half_width`; None beyond `most`."""
    run = 0
    for clips in range(FEWEST_CLIPS, most + STEADY):
        run = run + 1 if plan_half_width(clips, frames, accuracy, icc) <= half_width else 0
        if run == STEADY:
            return clips - STEADY + 1
    return None
