"""Early verdict: an e-process over the labels so far, which may be looked at after every one of them (methods 11.5).

Mixture likelihood ratio of two strata drawn without replacement against the likeliest way in which the null could hold. It depends on
counts only, never on the order of the labels. Sources: Ville 1939; Waudby-Smith & Ramdas 2020; Spertus & Stark 2022.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, floor, inf, lgamma, log
from typing import Literal

import scipy

Side = Literal["fail", "pass"]

ALPHA, ALPHA_BENCHMARK = 0.04, 0.01  # together 5 % for either verdict; only one of the two can be false
BELOW = (0.04, 0.10, 0.22, 0.42)  # bets on FAIL: footage this far below the line
ABOVE = (0.50, 0.90, 1.00)  # bets on PASS: this share of the way from the line to 1
SLOPES = (0.5, 1.5)  # hard stratum worse than the rest by these log-odds


@dataclass(frozen=True, slots=True)
class StratumProgress:
    """One stratum: `listed` frames, of which `right` and `wrong` are labelled so far, drawn at random without replacement."""

    listed: int
    right: int
    wrong: int


def compute_benchmark_bounds(right: int, n: int) -> tuple[float, float]:
    """One-sided Clopper–Pearson limits of `right` of `n`, each with an error of 1 %. Both limits of a fixed claim are the claim itself."""
    lo = float(scipy.special.betaincinv(right, n - right + 1, ALPHA_BENCHMARK)) if right else 0.0
    hi = float(scipy.special.betaincinv(right + 1, n - right, 1 - ALPHA_BENCHMARK)) if right < n else 1.0
    return lo, hi


def compute_right_lines(benchmark: tuple[float, float], tolerance: float, listed: int) -> tuple[int, int]:
    """Fewest right frames of `listed` at which the gap may be within the tolerance, and fewest at which it surely is."""
    low, high = (ceil(listed * (limit - tolerance) - 1e-9) for limit in benchmark)
    return low, high


def decide_early_verdict(hard: StratumProgress, rest: StratumProgress, benchmark: tuple[float, float], tolerance: float) -> Side | None:
    """Early verdict on the footage: "fail", "pass" or None (go on). May be asked after every label; once given it stands.

    `benchmark`: limits as of `compute_benchmark_bounds`; `tolerance`: fraction. Error at most 4 % and 1 % for the benchmark under simple
    random sampling; at most 5 % in simulation for the draw in time blocks.
    """
    fewest, surely = compute_right_lines(benchmark, tolerance, hard.listed + rest.listed)
    if compute_log_e((hard, rest), fewest, "fail") >= -log(ALPHA):
        return "fail"
    return "pass" if compute_log_e((hard, rest), surely, "pass") >= -log(ALPHA) else None


def compute_log_e(seen: tuple[StratumProgress, StratumProgress], total: int, side: Side) -> float:
    """ln of the e-value against "at least `total` frames are right" (fail) or "fewer are" (pass); +inf where that is impossible."""
    listed = seen[0].listed + seen[1].listed
    null = compute_log_null(seen, total, side)
    return inf if null == -inf else _compute_log_mixture(seen, _make_bets(total / listed, seen[0].listed / listed, side)) - null


def compute_log_null(seen: tuple[StratumProgress, StratumProgress], total: int, side: Side) -> float:
    """Largest log likelihood over all splits of ≥ `total` (fail) or < `total` (pass) right frames into the strata; exact integer search."""
    best = tuple(_find_likeliest(stratum) for stratum in seen)
    if (sum(best) >= total) == (side == "fail"):
        return _compute_log_likelihood(seen, best)
    hard, rest = seen
    wanted = total if side == "fail" else total - 1
    lo, hi = max(hard.right, wanted - (rest.listed - rest.wrong)), min(hard.listed - hard.wrong, wanted - rest.right)
    if lo > hi:
        return -inf
    while lo < hi:  # the likelihood is concave in k: the first k whose next step does not go up
        k = (lo + hi) // 2
        lo, hi = (k + 1, hi) if _is_rising(hard, rest, k, wanted) else (lo, k)
    return _compute_log_likelihood(seen, (lo, wanted - lo))


def _find_likeliest(seen: StratumProgress) -> int:
    """Right frames of a stratum at which its labels are likeliest."""
    labelled = seen.right + seen.wrong
    share = floor(seen.right * (seen.listed + 1) / labelled) if labelled else seen.listed // 2
    return min(seen.listed - seen.wrong, max(seen.right, share))


def _is_rising(hard: StratumProgress, rest: StratumProgress, k: int, total: int) -> bool:
    """Whether one right frame more in the hard stratum, one less in the rest, makes the labels likelier."""
    up = (k + 1) * (hard.listed - k - hard.wrong) * (total - k - rest.right) * (rest.listed - total + k + 1)
    down = (k + 1 - hard.right) * (hard.listed - k) * (total - k) * (rest.listed - total + k + 1 - rest.wrong)
    return up > down


@lru_cache(maxsize=64)
def _make_bets(line: float, share: float, side: Side) -> tuple[tuple[float, float], ...]:
    """Accuracies of hard stratum and rest that are bet on; `share` of the frames are hard."""
    targets = [max(0.0, line - below) for below in BELOW] if side == "fail" else [line + (1 - line) * above for above in ABOVE]
    return tuple(dict.fromkeys(_make_odds_apart(accuracy, slope, share) for accuracy in targets for slope in SLOPES))


def _make_odds_apart(accuracy: float, slope: float, share: float) -> tuple[float, float]:
    """Accuracies of hard stratum and rest with this mean, `slope` log-odds apart; by bisection."""
    if accuracy <= 0 or accuracy >= 1:
        return accuracy, accuracy
    lo, hi = -40.0, 40.0
    for _ in range(60):
        middle = (lo + hi) / 2
        mean = share * scipy.special.expit(middle - slope) + (1 - share) * scipy.special.expit(middle)
        lo, hi = (middle, hi) if mean < accuracy else (lo, middle)
    return float(scipy.special.expit((lo + hi) / 2 - slope)), float(scipy.special.expit((lo + hi) / 2))


def _compute_log_mixture(seen: Sequence[StratumProgress], bets: Sequence[tuple[float, float]]) -> float:
    """ln of the mean likelihood of the labels over the bets."""
    terms = [sum(_compute_log_term(s.right, q) + _compute_log_term(s.wrong, 1 - q) for s, q in zip(seen, bet, strict=True)) for bet in bets]
    best = max(terms)  # in plain floats: asked after every label, and an array function of six numbers costs more than all the rest
    return best + log(sum(exp(term - best) for term in terms) / len(bets)) if best > -inf else -inf


def _compute_log_term(count: int, share: float) -> float:
    if count == 0:
        return 0.0
    return count * log(share) if share > 0 else -inf


def _compute_log_likelihood(seen: Sequence[StratumProgress], right: Sequence[int]) -> float:
    """ln of the chance of the labels in their order, where stratum h holds right[h] right frames: no fewer than are labelled right, and no
    more than those labelled wrong leave."""
    return sum(
        _compute_log_falling(k, s.right) + _compute_log_falling(s.listed - k, s.wrong) - _compute_log_falling(s.listed, s.right + s.wrong)
        for s, k in zip(seen, right, strict=True)
    )


def _compute_log_falling(total: int, k: int) -> float:
    """ln of total · (total − 1) · … · (total − k + 1)."""
    return lgamma(total + 1) - lgamma(total - k + 1)
