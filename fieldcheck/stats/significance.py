"""Significance tests: accuracy against the no-information rate, and two models on the same
frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.wilson_interval import estimate_bonett_price, estimate_weighted_sum

# Accuracy at chance: whether answers have anything to do with the labels. Binomial test against the
# no-information rate.

BEYOND_P = 0.05
# of the way from chance to every answer right: what is further off is good, however few frames show
# it
NEAR = 0.25


def is_beyond_chance(predicted: NDArray[np.int64], truth: NDArray[np.int64]) -> bool:
    """Whether (n,) predicted classes match the (n,) labels better than always predicting the most
    common class (one-sided, exact)."""
    if not truth.size:
        return False
    right = int((predicted == truth).sum())
    return float(scipy.stats.binom.sf(right - 1, truth.size, compute_chance_rate(truth))) < BEYOND_P


def is_at_chance(predicted: NDArray[np.int64], truth: NDArray[np.int64]) -> bool:
    """Whether accuracy is at chance: (n,) predicted classes are not beyond chance for the (n,)
    labels, and not so often correct that more frames would show them to be. False for no frames."""
    if not truth.size or is_beyond_chance(predicted, truth):
        return False
    rate = compute_chance_rate(truth)
    return float((predicted == truth).mean()) <= rate + NEAR * (1 - rate)


def compute_chance_rate(truth: NDArray[np.int64]) -> float:
    """No-information rate: share of the most common of (n,) labels; one half where there is only
    one class or none."""
    shares = np.unique(truth, return_counts=True)[1] / truth.size
    return float(shares.max()) if shares.size > 1 else 0.5


def compute_q_values(p: ArrayLike) -> NDArray[np.float64]:
    """(k,) p values → (k,) q values in the same order: the false discovery rate at which each would
    be named.

    Source: Benjamini & Hochberg 1995.
    """
    return np.asarray(
        scipy.stats.false_discovery_control(np.asarray(p, dtype=np.float64)), np.float64
    )


def compute_mcnemar_p(only_a: int, only_b: int) -> float:
    """Two-sided exact p value that two models are equally often correct on the same frames;
    `only_a`: frames on which only a is correct (methods 6.4)."""
    discordant = only_a + only_b
    return min(1.0, 2 * float(scipy.stats.binom.cdf(min(only_a, only_b), discordant, 0.5)))


# Two models on the same frames: who is right where, whether the difference is more than chance, and
# how large it is.


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """`n` frames that both models predicted, as counts of one to four kinds. `change`: share that
    became correct minus share that became wrong from a to b, on these frames (methods 6.4)."""

    n: int
    both_right: int
    only_a: int
    only_b: int
    both_wrong: int
    change: Estimate


def compare_paired(
    a: ArrayLike,
    b: ArrayLike,
    stratum: ArrayLike | None = None,
    counted: Mapping[str, float] | None = None,
) -> PairedComparison:
    """Compares two models on the same frames. Without strata every frame counts alike.

    Args:
        a, b: (n,) bool, whether each model is correct on the frame.
        stratum: (n,) names.
        counted: number of frames of the footage that each stratum represents; the change is then
            that of the footage, joined from the
            strata by square-and-add. A stratum without a frame may have changed by anything (weak,
            note "empty_stratum").

    Raises:
        ValueError: the lengths differ or a stratum's size is missing.
    """
    right_a, right_b = np.asarray(a, dtype=np.bool_), np.asarray(b, dtype=np.bool_)
    if right_a.shape != right_b.shape or right_a.ndim != 1:
        raise ValueError(f"answers to different frames: {right_a.shape} and {right_b.shape}")
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    both = int((right_a & right_b).sum())
    change = (
        _estimate_plain_change(right_a, right_b)
        if stratum is None
        else _estimate_stratified_change(
            right_a, right_b, np.asarray(stratum, np.str_), counted or {}
        )
    )
    return PairedComparison(
        right_a.size, both, only_a, only_b, right_a.size - both - only_a - only_b, change
    )


def _estimate_plain_change(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> Estimate:
    return estimate_bonett_price(int((b & ~a).sum()), int((a & ~b).sum()), a.size)


def _estimate_stratified_change(
    a: NDArray[np.bool_],
    b: NDArray[np.bool_],
    names: NDArray[np.str_],
    counted: Mapping[str, float],
) -> Estimate:
    if names.shape != a.shape:
        raise ValueError(f"{names.size} strata for {a.size} frames")
    if missing := set(names.tolist()) - set(counted):
        raise ValueError(f"strata of unknown size: {sorted(missing)}")
    sizes = {name: size for name, size in counted.items() if size > 0}
    parts = {name: _estimate_plain_change(a[names == name], b[names == name]) for name in sizes}
    seen = sum(size for name, size in sizes.items() if parts[name].measured)
    if not seen:
        return Estimate.not_measured("no_labels")
    if len(sizes) == 1:
        return next(iter(parts.values()))
    usual = fsum(sizes[name] * part.value for name, part in parts.items() if part.measured) / seen
    anything = Estimate(usual, -1.0, 1.0, 0, 0.0, "none", "weak", "empty_stratum")
    total = sum(sizes.values())
    shares = [size / total for size in sizes.values()]
    estimate = estimate_weighted_sum(
        [part if part.measured else anything for part in parts.values()],
        shares,
        "stratified_bonett_price",
    )
    return Estimate(
        estimate.value,
        max(-1.0, estimate.lo),
        min(1.0, estimate.hi),
        a.size,
        float(a.size),
        estimate.method,
        estimate.status,
        estimate.note,
    )
