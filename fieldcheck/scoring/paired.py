"""Two models on the same frames: who is right where, whether the difference is more than chance, and how large it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import estimate_bonett_price, estimate_weighted_sum
from fieldcheck.measure.significance import compute_mcnemar_p


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """`n` frames that both models answered, as counts of one to four kinds; `p` is McNemar's, `change` the share that became right
    less the share that became wrong from a to b (methods 6.4)."""

    n: int
    both_right: int
    only_a: int
    only_b: int
    both_wrong: int
    p: float
    change: Estimate


def compare_paired(
    a: ArrayLike, b: ArrayLike, stratum: ArrayLike | None = None, counted: Mapping[str, float] | None = None
) -> PairedComparison:
    """`a`, `b`: (n,) bool, whether each model is right on the frame. Without strata every frame counts alike.

    `stratum`: (n,) names, `counted`: how many frames of the footage each stratum stands for; the change is then that of the footage,
    joined from the strata by square-and-add. A stratum without a frame may have changed by anything (weak, note "empty_stratum").
    Raises ValueError where the lengths differ or a stratum's size is not given.
    """
    right_a, right_b = np.asarray(a, dtype=np.bool_), np.asarray(b, dtype=np.bool_)
    if right_a.shape != right_b.shape or right_a.ndim != 1:
        raise ValueError(f"answers to different frames: {right_a.shape} and {right_b.shape}")
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    both = int((right_a & right_b).sum())
    change = (
        _estimate_plain_change(right_a, right_b)
        if stratum is None
        else _estimate_stratified_change(right_a, right_b, np.asarray(stratum, np.str_), counted or {})
    )
    return PairedComparison(
        right_a.size, both, only_a, only_b, right_a.size - both - only_a - only_b, compute_mcnemar_p(only_a, only_b), change
    )


def _estimate_plain_change(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> Estimate:
    return estimate_bonett_price(int((b & ~a).sum()), int((a & ~b).sum()), a.size)


def _estimate_stratified_change(
    a: NDArray[np.bool_], b: NDArray[np.bool_], names: NDArray[np.str_], counted: Mapping[str, float]
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
    usual = sum(sizes[name] * part.value for name, part in parts.items() if part.measured) / seen
    anything = Estimate(usual, -1.0, 1.0, 0, 0.0, "none", "weak", "empty_stratum")
    total = sum(sizes.values())
    shares = [size / total for size in sizes.values()]
    found = estimate_weighted_sum([part if part.measured else anything for part in parts.values()], shares, "stratified_bonett_price")
    return Estimate(
        found.value, max(-1.0, found.lo), min(1.0, found.hi), a.size, float(a.size), found.method, found.status, found.note
    )  # fmt: skip
