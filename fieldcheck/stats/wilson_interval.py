"""Wilson intervals of proportions, those of differences and weighted sums of them, and exact limits
of scores at 0 or 1 (methods 2.6b, 2.6c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, hypot, inf, isclose, isinf, log, nan, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate, Status, join_notes

Z95 = 1.959963984540054  # two-sided 95 % quantile of the normal distribution


@dataclass(frozen=True, slots=True)
class StratumCount:
    """`right` of `n` labelled frames are correct, in a stratum of `listed` frames (not an integer
    where frames were excluded)."""

    right: float
    n: int
    listed: float

    def __post_init__(self) -> None:
        if not 0 <= self.right <= self.n:
            raise ValueError(f"{self.right} right of {self.n}")
        if self.listed < self.n and not isclose(self.listed, self.n):
            raise ValueError(f"{self.n} labelled of only {self.listed} listed")

    @property
    def is_fully_labelled(self) -> bool:
        """Whether every frame of the stratum is labelled."""
        return self.n > 0 and isclose(self.listed, self.n)

    @property
    def effective_n(self) -> float:
        """Labelled frames with the finite-population correction; infinite where every frame is
        labelled."""
        return inf if self.is_fully_labelled else self.n / (1 - self.n / self.listed)


def compute_wilson_limits(p: float, m: float, quantile: float = Z95) -> tuple[float, float]:
    """Wilson score limits of the share `p` of `m` frames; `m` may be an effective, non-integer
    number, or infinite for no width.

    Stays inside [0, 1] and has a width at 0 and 1, where the Wald interval collapses. Source:
    Wilson 1927, JASA 22:209."""
    if m <= 0:
        return nan, nan
    if isinf(m):
        return p, p
    q2 = quantile * quantile
    centre = (p + q2 / (2 * m)) / (1 + q2 / m)
    half = quantile / (1 + q2 / m) * sqrt(max(0.0, p * (1 - p)) / m + q2 / (4 * m * m))
    return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))


def estimate_wilson(right: float, n: int) -> Estimate:
    """Share of `right` in `n` independent frames with Wilson limits. "na" for no frames, never 0
    %."""
    if n <= 0:
        return Estimate.not_measured("no_labels")
    lo, hi = compute_wilson_limits(right / n, n)
    return Estimate.from_limits(right / n, lo, hi, n=n, n_eff=float(n), method="wilson")


def estimate_finite_wilson(count: StratumCount) -> Estimate:
    """Share of one stratum with finite-population correction: a fully labelled stratum has no width
    (methods 2.3)."""
    return estimate_stratified([count])


def estimate_difference(a: Estimate, b: Estimate) -> Estimate:
    """a − b for two independent estimates, by squaring and adding their arms (MOVER). n and n_eff
    are those of `b`. "na" with the value where one of them has no interval.

    Source: Newcombe 1998, Statistics in Medicine 17:873, method 10; Zou & Donner 2008 for limits of
    any kind."""
    notes = join_notes(a.note, b.note)
    if not (a.measured and b.measured):
        return Estimate.not_measured(notes, b.n)
    d = a.value - b.value
    if a.without_spread or b.without_spread:
        return Estimate.not_measured(notes, b.n, d)
    lo = max(-1.0, d - hypot(a.value - a.lo, b.hi - b.value))
    hi = min(1.0, d + hypot(a.hi - a.value, b.value - b.lo))
    return Estimate(d, lo, hi, b.n, b.n_eff, "mover", _get_weaker_status(a.status, b.status), notes)


def estimate_weighted_sum(
    parts: Sequence[Estimate], shares: Sequence[float], method: str = "mover"
) -> Estimate:
    """Σ share · part for independent parts, by squaring and adding their arms; shares are ≥ 0 and
    sum to 1 (methods 2.3, 6.4).

    n_eff: number of independent frames whose Wilson interval would be as wide; NaN where the value
    is no proportion."""
    notes = join_notes(*(part.note for part in parts))
    n = sum(part.n for part in parts)
    if not parts or not all(part.measured for part in parts):
        return Estimate.not_measured(notes or "no_labels", n)
    value = fsum(share * part.value for part, share in zip(parts, shares, strict=True))
    below = sqrt(
        fsum(
            (share * (part.value - part.lo)) ** 2 for part, share in zip(parts, shares, strict=True)
        )
    )
    above = sqrt(
        fsum(
            (share * (part.hi - part.value)) ** 2 for part, share in zip(parts, shares, strict=True)
        )
    )
    status: Status = "weak" if any(part.status == "weak" for part in parts) else "ok"
    n_eff = compute_equivalent_n(value, below + above, n) if 0 <= value <= 1 else nan
    return Estimate(value, value - below, value + above, n, n_eff, method, status, notes)


def estimate_stratified(counts: Sequence[StratumCount]) -> Estimate:
    """Share of the footage that is correct, from a random sample in each stratum (methods 2.3).

    Wilson limits with finite-population correction in each stratum, joined by square-and-add. A
    stratum without labels takes the value of the others with limits 0 and 1 (note "empty_stratum",
    weak); fewer than ten labels in a stratum that is not fully labelled give the note
    "few_in_stratum" (weak). Source: Yan & Su 2010, Stat Biopharm Res 2:329."""
    counts = [count for count in counts if count.listed > 0]
    n = sum(count.n for count in counts)
    if n == 0:
        return Estimate.not_measured("no_labels")
    total = sum(count.listed for count in counts)
    seen = sum(count.listed for count in counts if count.n)
    value = fsum(count.listed * count.right / count.n for count in counts if count.n) / seen
    below, above = (sqrt(arm) for arm in _compute_squared_arms(counts, value, total))
    lo, hi = max(0.0, value - below), min(1.0, value + above)
    estimate = Estimate.from_limits(
        value,
        lo,
        hi,
        n=n,
        n_eff=compute_equivalent_n(value, hi - lo, n),
        method="stratified_wilson",
    )
    if any(count.n == 0 for count in counts):
        estimate = estimate.with_weak_status("empty_stratum")
    if len(counts) > 1 and any(
        0 < count.n < FEW_FRAMES and not count.is_fully_labelled for count in counts
    ):
        estimate = estimate.with_weak_status("few_in_stratum")
    return estimate


def compute_equivalent_n(p: float, width: float, n: int) -> float:
    """How many independent frames would give share `p` a Wilson interval of this width; `n` itself
    where there is no width."""
    if width <= 0:
        return float(n)
    low, high = 1e-6, 1e12
    for _ in range(200):
        middle = sqrt(low * high)
        lo, hi = compute_wilson_limits(p, middle)
        low, high = (middle, high) if hi - lo > width else (low, middle)
        if high / low < 1 + 1e-12:
            break
    return sqrt(low * high)


def estimate_bonett_price(gained: int, lost: int, n: int) -> Estimate:
    """Change of the share right on the same `n` frames: `gained` became right, `lost` became wrong
    (methods 6.4).

    Limits are inside [−1, 1].
    Source: Bonett & Price 2012, paired proportions with one frame added to every cell.
    """
    if n <= 0:
        return Estimate.not_measured("no_labels")
    up, down = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    half = Z95 * sqrt((up + down - (up - down) ** 2) / (n + 2))
    lo, hi = max(-1.0, up - down - half), min(1.0, up - down + half)
    return Estimate.from_limits(
        (gained - lost) / n, lo, hi, n=n, n_eff=float(n), method="bonett_price"
    )


def _compute_squared_arms(
    counts: Sequence[StratumCount], value: float, total: float
) -> tuple[float, float]:
    """Squared lower and upper arm of the stratified share."""
    below = above = 0.0
    for count in counts:
        p = count.right / count.n if count.n else value
        lo, hi = compute_wilson_limits(p, count.effective_n) if count.n else (0.0, 1.0)
        below += (count.listed / total * (p - lo)) ** 2
        above += (count.listed / total * (hi - p)) ** 2
    return below, above


def _get_weaker_status(a: Status, b: Status) -> Literal["ok", "weak"]:
    return "weak" if "weak" in (a, b) else "ok"


# Exact limits of balanced accuracy and macro-F1 where the model was right on every frame, or wrong
# on every one, and of an AUC
# where every frame lies above every picture (methods 2.6b, 2.6c).

Floats = NDArray[np.float64]

TAIL = 0.025
STEPS = 200


def compute_balanced_floor(n: Floats) -> float:
    """Least mean recall of K classes at which all of `n` (K,) > 0 frames of each are right with a
    chance of 2.5 %.

    Largest loss Σ(1 − r_k) with Σ n_k ln(1/r_k) = ln 40: r_k = min(1, λ·n_k), λ by bisection. Also
    1 − the ceiling of all wrong.
    """
    lo, hi = 0.0, 1.0 / float(n.min())
    for _ in range(STEPS):
        middle = (lo + hi) / 2
        spent = float((n * -np.log(np.minimum(1.0, np.maximum(middle * n, 1e-300)))).sum())
        lo, hi = (middle, hi) if spent > -log(TAIL) else (lo, middle)
    return float(np.minimum(1.0, hi * n).mean())


def compute_macro_f1_floor(share: Floats, n: float) -> float:
    """Least macro-F1 over classes of these `share`s (K,) > 0 of the frames, of which `n` were
    answered rightly and none wrongly.

    At most ε = 1 − 0.025^(1/n) of the frames are wrong. A frame missed costs its class most where
    the class is rare; the class it is called instead loses precision. Both are taken at their
    worst, the one as a fill of the rarest classes, the other as the best spread.
    """
    wrong = 1 - TAIL ** (1 / n)
    missed, errors_left = 0.0, wrong
    for part in np.sort(share).tolist():
        taken = min(errors_left, part)
        missed, errors_left = missed + taken / (2 * part - taken), errors_left - taken
    return max(0.0, 1 - (missed + _maximum_sum(2 * share, wrong)) / share.size)


def compute_macro_f1_ceiling(share: Floats, n: float) -> float:
    """Largest macro-F1 over classes of these `share`s (K,) where all `n` frames were answered
    wrongly: a right share ε, spread so that Σ 2x/(share + x) is largest."""
    return min(1.0, 2 * _maximum_sum(share, 1 - TAIL ** (1 / n)) / share.size)


def compute_auc_floor(n_clips: int, n_pictures: int) -> float:
    """Least AUC at which all frames of `n_clips` clips lie above all of `n_pictures` pictures with
    a chance of 2.5 %. Also 1 − the ceiling where they lie below.

    k = min(G, m) clips and pictures can be paired so that no pair shares a side; each pair lies so
    with a chance of the AUC at most, whatever the distributions, so all of them with AUC^k at most:
    the limit is 0.025^(1/k).
    """
    return float(TAIL ** (1 / min(n_clips, n_pictures)))


def _maximum_sum(scale: Floats, total: float) -> float:
    """Largest Σ x_k/(scale_k + x_k), scale (K,) > 0, over x ≥ 0 that sum to `total`: equal slopes
    scale/(scale + x)², by bisection."""
    lo, hi = 1e-12, 1.0 / float(scale.min())
    for _ in range(STEPS):
        slope = (lo + hi) / 2
        lo, hi = (
            (slope, hi) if float(_compute_at_slope(scale, slope).sum()) > total else (lo, slope)
        )
    sum_at_slope = _compute_at_slope(scale, lo)
    return float((sum_at_slope / (scale + sum_at_slope)).sum())


def _compute_at_slope(scale: Floats, slope: float) -> Floats:
    return np.maximum(0.0, np.sqrt(scale / slope) - scale)
