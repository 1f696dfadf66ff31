"""Reliability of labels: the same frames labelled twice without sight of the first label (methods
9)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.bootstrap_draw import round_half_up
from fieldcheck.stats.wilson_interval import Z95, estimate_wilson

LEAST_REPEATS, SHARE_REPEATED = 30, 0.10


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two labelling passes. `kappa` is corrected for chance ("na" where all labels are
    one class, or where a label is no single class); `error`: error rate of one pass, both being
    assumed alike; `ceiling` = 1 − error: no model can score above it on such labels."""

    n: int
    agreement: Estimate
    kappa: Estimate
    error: Estimate
    ceiling: Estimate


def count_repeats(n_labelled: int) -> int:
    """Number of the `n_labelled` frames that are labelled again: a tenth, at least 30, at most all
    (methods 9)."""
    return min(n_labelled, max(LEAST_REPEATS, round_half_up(SHARE_REPEATED * n_labelled)))


def draw_repeats(n_labelled: int, seed: int, number: int) -> NDArray[np.int64]:
    """Draws the frames for a round of blind repeats. `number`: number of the round, so that each
    round is drawn anew.

    Returns (k,) indices of labelled frames, in the random order in which they are shown."""
    order = np.random.default_rng([seed, number, LEAST_REPEATS]).permutation(n_labelled)
    return order[: count_repeats(n_labelled)].astype(np.int64)


def measure_agreement(
    first: Sequence[Hashable], second: Sequence[Hashable], n_classes: int, single: bool = True
) -> Agreement:
    """Agreement of two labelling passes over the same frames.

    Args:
        first, second: labels of each pass, compared for equality.
        n_classes: number of possible labels.
        single: whether a label is one class, so that κ is defined.

    Raises:
        ValueError: the passes differ in length.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} labels")
    n, agree = len(first), sum(a == b for a, b in zip(first, second, strict=True))
    if not n:
        nothing = Estimate.not_measured("no_repeats")
        return Agreement(0, nothing, nothing, nothing, nothing)
    share = estimate_wilson(agree, n)
    error = _estimate_pass_error(share, max(2, n_classes))
    ceiling = (
        Estimate.from_limits(
            1 - error.value, 1 - error.hi, 1 - error.lo, n=n, n_eff=float(n), method="repeats"
        )
        if error.measured
        else Estimate.not_measured("chance")
    )
    kappa = (
        _estimate_kappa_of_passes(first, second) if single else Estimate.not_measured("not_single")
    )
    return Agreement(n, share, kappa, error, ceiling)


def compute_pass_error(disagreement: float, n_classes: int) -> float:
    """Error rate of each of two passes that err alike and independently, from the share of frames
    on which they disagree; NaN from chance level on.

    e = (K−1)/K · (1 − √(1 − dK/(K−1))). Source: methods 9."""
    scale = (n_classes - 1) / n_classes
    return scale * (1 - sqrt(1 - disagreement / scale)) if disagreement < scale else float("nan")


def get_worst_case(score: Estimate, error: float) -> Estimate:
    """Worst-case band of a score when a share `error` of its labels is wrong: [lo − e, hi + e]
    (methods 9)."""
    if not score.measured:
        return score
    lo, hi = max(0.0, score.lo - error), min(1.0, score.hi + error)
    return replace(score, lo=lo, hi=hi, method="label_noise_band")


def correct_for_label_noise(score: Estimate, error: float, n_classes: int) -> Estimate:
    """Score corrected for label noise that is independent of the model's errors: p = (p − e/(K−1))
    / (1 − e − e/(K−1)), applied to value and limits (methods 9). "na" where labels are no better
    than chance."""
    aside = error / (n_classes - 1)
    if not score.measured or 1 - error - aside <= 0:
        return Estimate.not_measured(score.note or "chance", score.n)
    value, lo, hi = (
        min(1.0, max(0.0, (value - aside) / (1 - error - aside)))
        for value in (score.value, score.lo, score.hi)
    )
    return replace(score, value=value, lo=lo, hi=hi, method="label_noise_corrected")


def estimate_kappa(table: NDArray[np.integer]) -> Estimate:
    """Cohen's κ of a (K, K) table of counts, rows being the first pass, with the standard error of
    Fleiss, Cohen and Everitt 1969; limits are clipped to ±1.

    "na" where agreement by chance alone would be 1."""
    n = float(table.sum())
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    by_chance, observed = float(rows @ columns), float(np.trace(p))
    if by_chance >= 1:
        return Estimate.not_measured("one_class", int(n))
    value = (observed - by_chance) / (1 - by_chance)
    both = rows[None, :] + columns[:, None]  # [i, j]: marginals that cell (i, j) is weighed with
    diagonal = float(
        (np.diag(p) * ((1 - by_chance) - (rows + columns) * (1 - observed)) ** 2).sum()
    )
    off = p * both**2
    spread = (1 - observed) ** 2 * float(off.sum() - np.trace(off))
    rest = (observed * by_chance - 2 * by_chance + observed) ** 2
    se = sqrt(max(0.0, diagonal + spread - rest) / n) / (1 - by_chance) ** 2
    limits = max(-1.0, value - Z95 * se), min(1.0, value + Z95 * se)
    return Estimate.from_limits(value, *limits, n=int(n), n_eff=n, method="fleiss_cohen_everitt")


def _estimate_kappa_of_passes(first: Sequence[Hashable], second: Sequence[Hashable]) -> Estimate:
    names = list(dict.fromkeys([*first, *second]))
    index_by_name = {name: index for index, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), dtype=np.int64)
    for a, b in zip(first, second, strict=True):
        table[index_by_name[a], index_by_name[b]] += 1
    return estimate_kappa(table)


def _estimate_pass_error(share: Estimate, n_classes: int) -> Estimate:
    """The error of one pass with the limits that follow from those of the agreement: more
    agreement, less error."""
    value, lo, hi = (
        compute_pass_error(1 - value, n_classes) for value in (share.value, share.hi, share.lo)
    )
    if np.isnan(value):
        return Estimate.not_measured("chance", share.n)
    top = (n_classes - 1) / n_classes
    return Estimate.from_limits(
        value,
        max(0.0, lo),
        top if np.isnan(hi) else hi,
        n=share.n,
        n_eff=share.n_eff,
        method="repeats",
    )
