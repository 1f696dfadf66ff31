"""Early verdict: an e-process over the labels so far, which may be looked at after every one of
them (methods 11.5).

Mixture likelihood ratio of two strata drawn without replacement against the likeliest way in which
the null could hold. It depends on counts only, never on the order of the labels. Sources: Ville
1939; Waudby-Smith & Ramdas 2020; Spertus & Stark 2022.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, floor, inf, lgamma, log
from typing import Literal

import scipy

from fieldcheck.analyses.shared_classes import load_compared_sides
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Draw, Pick
from fieldcheck.models.scored_sides import FieldSide
from fieldcheck.models.store import get_card
from fieldcheck.project.limits import get_gap_limits
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.bootstrap_draw import make_showing_order
from fieldcheck.stats.gap import is_claim_met
from fieldcheck.stats.weighted_field_score import UNSHARED

Side = Literal["fail", "pass"]

# together 5 % for either verdict; only one of the two can be false
ALPHA, ALPHA_BENCHMARK = 0.04, 0.01
BELOW = (0.04, 0.10, 0.22, 0.42)  # bets on FAIL: footage this far below the line
ABOVE = (0.50, 0.90, 1.00)  # bets on PASS: this share of the way from the line to 1
SLOPES = (0.5, 1.5)  # hard stratum worse than the rest by these log-odds


@dataclass(frozen=True, slots=True)
class StratumProgress:
    """One stratum: `listed` frames, of which `right` and `wrong` are labelled so far, drawn at
    random without replacement."""

    listed: int
    right: int
    wrong: int


def compute_benchmark_bounds(right: int, n: int) -> tuple[float, float]:
    """One-sided Clopper–Pearson limits of `right` of `n`, each with an error of 1 %. Both limits of
    a fixed claim are the claim itself."""
    lo = float(scipy.special.betaincinv(right, n - right + 1, ALPHA_BENCHMARK)) if right else 0.0
    hi = (
        float(scipy.special.betaincinv(right + 1, n - right, 1 - ALPHA_BENCHMARK))
        if right < n
        else 1.0
    )
    return lo, hi


def compute_right_lines(
    benchmark: tuple[float, float], tolerance: float, listed: int
) -> tuple[int, int]:
    """Fewest right frames of `listed` at which the gap may be within the tolerance, and fewest at
    which it surely is."""
    low, high = (ceil(listed * (limit - tolerance) - 1e-9) for limit in benchmark)
    return low, high


def decide_early_verdict(
    hard: StratumProgress, rest: StratumProgress, benchmark: tuple[float, float], tolerance: float
) -> Side | None:
    """Early verdict on the footage: "fail", "pass" or None (go on). May be asked after every label;
    once given it stands.

    `benchmark`: limits as of `compute_benchmark_bounds`; `tolerance`: fraction. Error at most 4 %
    and 1 % for the benchmark under simple random sampling; at most 5 % in simulation for the draw
    in time blocks.
    """
    fewest, surely = compute_right_lines(benchmark, tolerance, hard.listed + rest.listed)
    if compute_log_e((hard, rest), fewest, "fail") >= -log(ALPHA):
        return "fail"
    return "pass" if compute_log_e((hard, rest), surely, "pass") >= -log(ALPHA) else None


def compute_log_e(seen: tuple[StratumProgress, StratumProgress], total: int, side: Side) -> float:
    """ln of the e-value against "at least `total` frames are right" (fail) or "fewer are" (pass);
    +inf where that is impossible."""
    listed = seen[0].listed + seen[1].listed
    null = compute_log_null(seen, total, side)
    return (
        inf
        if null == -inf
        else _compute_log_mixture(seen, _make_bets(total / listed, seen[0].listed / listed, side))
        - null
    )


def compute_log_null(
    seen: tuple[StratumProgress, StratumProgress], total: int, side: Side
) -> float:
    """Largest log likelihood over all splits of ≥ `total` (fail) or < `total` (pass) right frames
    into the strata; exact integer search."""
    best = tuple(_find_likeliest(stratum) for stratum in seen)
    if (sum(best) >= total) == (side == "fail"):
        return _compute_log_likelihood(seen, best)
    hard, rest = seen
    wanted = total if side == "fail" else total - 1
    lo, hi = (
        max(hard.right, wanted - (rest.listed - rest.wrong)),
        min(hard.listed - hard.wrong, wanted - rest.right),
    )
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
    """Whether one right frame more in the hard stratum, one less in the rest, makes the labels
    likelier."""
    up = (
        (k + 1)
        * (hard.listed - k - hard.wrong)
        * (total - k - rest.right)
        * (rest.listed - total + k + 1)
    )
    down = (
        (k + 1 - hard.right)
        * (hard.listed - k)
        * (total - k)
        * (rest.listed - total + k + 1 - rest.wrong)
    )
    return up > down


@lru_cache(maxsize=64)
def _make_bets(line: float, share: float, side: Side) -> tuple[tuple[float, float], ...]:
    """Accuracies of hard stratum and rest that are bet on; `share` of the frames are hard."""
    targets = (
        [max(0.0, line - below) for below in BELOW]
        if side == "fail"
        else [line + (1 - line) * above for above in ABOVE]
    )
    return tuple(
        dict.fromkeys(
            _make_odds_apart(accuracy, slope, share) for accuracy in targets for slope in SLOPES
        )
    )


def _make_odds_apart(accuracy: float, slope: float, share: float) -> tuple[float, float]:
    """Accuracies of hard stratum and rest with this mean, `slope` log-odds apart; by bisection."""
    if accuracy <= 0 or accuracy >= 1:
        return accuracy, accuracy
    lo, hi = -40.0, 40.0
    for _ in range(60):
        middle = (lo + hi) / 2
        mean = share * scipy.special.expit(middle - slope) + (1 - share) * scipy.special.expit(
            middle
        )
        lo, hi = (middle, hi) if mean < accuracy else (lo, middle)
    return float(scipy.special.expit((lo + hi) / 2 - slope)), float(
        scipy.special.expit((lo + hi) / 2)
    )


def _compute_log_mixture(
    seen: Sequence[StratumProgress], bets: Sequence[tuple[float, float]]
) -> float:
    """ln of the mean likelihood of the labels over the bets."""
    terms = [
        sum(
            _compute_log_term(s.right, q) + _compute_log_term(s.wrong, 1 - q)
            for s, q in zip(seen, bet, strict=True)
        )
        for bet in bets
    ]
    # in plain floats: asked after every label, and an array function of six numbers costs more than
    # all the rest
    best = max(terms)
    return best + log(sum(exp(term - best) for term in terms) / len(bets)) if best > -inf else -inf


def _compute_log_term(count: int, share: float) -> float:
    if count == 0:
        return 0.0
    return count * log(share) if share > 0 else -inf


def _compute_log_likelihood(seen: Sequence[StratumProgress], right: Sequence[int]) -> float:
    """ln of the chance of the labels in their order, where stratum h holds right[h] right frames:
    no fewer than are labelled right, and no more than those labelled wrong leave."""
    return sum(
        _compute_log_falling(k, s.right)
        + _compute_log_falling(s.listed - k, s.wrong)
        - _compute_log_falling(s.listed, s.right + s.wrong)
        for s, k in zip(seen, right, strict=True)
    )


def _compute_log_falling(total: int, k: int) -> float:
    """ln of total · (total − 1) · … · (total − k + 1)."""
    return lgamma(total + 1) - lgamma(total - k + 1)


# Early verdict while labelling: whether the labels so far decide the gap on this footage, asked
# after any label (methods 11.5).

NotAskedReason = Literal[
    "", "no_model", "no_benchmark", "not_comparable", "not_run", "no_draw", "several_draws",
    "picks_changed", "older_order", "other_metric",
    "nothing_shared",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class InterimVerdict:
    """`decided`: "fail", "pass" or None (go on); `n` labels, from the first of the showing order,
    that it rests on; `tolerance`, a fraction; `why` it was not asked, empty where it was. It speaks
    of this footage only: no early verdict says that a camera passes."""

    decided: Side | None
    n: int
    tolerance: float
    why: NotAskedReason = ""


def get_interim_verdict(project: Project) -> InterimVerdict:
    """Early verdict on the footage from the first labels of the showing order.

    Labels given out of turn wait until those before them are given. A frame that nobody could tell
    counts against what would be decided. As in the gap, both sides are over the classes that they
    share: a frame of another class leaves the sample and shrinks its stratum.
    """
    tolerance = get_gap_limits(project).tolerance
    models = project.read(models_table.list_models)
    if not models:
        return InterimVerdict(None, 0, tolerance, "no_model")
    sides = load_compared_sides(project, models[-1])
    benchmark, field = sides.benchmark_all, sides.field
    if benchmark is None or sides.benchmark is None:
        return InterimVerdict(None, 0, tolerance, "no_benchmark")
    if benchmark.metric != get_card(models[-1]).answers.metric:
        return InterimVerdict(None, 0, tolerance, "other_metric")
    if is_claim_met(benchmark.compared, benchmark.benchmark.claimed) is False:
        return InterimVerdict(None, 0, tolerance, "not_comparable")
    why = _find_unfit_reason(field)
    if why or not sides.benchmark.score.measured:
        return InterimVerdict(None, 0, tolerance, why or "nothing_shared")
    return _compute_verdict(field, sides.benchmark.score, tolerance)


def _find_unfit_reason(side: FieldSide) -> NotAskedReason:
    """Why the labels of this draw are no random sample in their order, empty where they are."""
    if not side.draws:
        return "no_draw"
    if len(side.draws) > 1:
        return "several_draws"
    names = [stratum.name for stratum in side.draws[0].strata]
    if sorted(names) not in (["hard", "rest"], ["even"]):
        return "no_draw"
    if any(pick.taken_out or pick.stratum not in names for pick in side.picks):
        return "picks_changed"
    return "" if _is_random_order(side.draws[0], side.picks) else "older_order"


def _is_random_order(draw: Draw, picks: Sequence[Pick]) -> bool:
    """Whether the picks are shown in the random order of their strata; draws of earlier versions
    kept near-alike frames together."""
    return bool(
        [pick.place for pick in picks]
        == make_showing_order([pick.stratum for pick in picks], draw.seed).tolist()
    )


def _compute_verdict(side: FieldSide, benchmark: Estimate, tolerance: float) -> InterimVerdict:
    prefix = _find_answered_prefix(side)
    labelled = [index for index in prefix if side.sample.state[index] == "done"]
    if not labelled:
        return InterimVerdict(None, 0, tolerance, "not_run" if side.labels else "")
    bounds = compute_benchmark_bounds(round(benchmark.value * benchmark.n), benchmark.n)
    if (
        decide_early_verdict(*_count_strata(side, prefix, untold_right=True), bounds, tolerance)
        == "fail"
    ):
        return InterimVerdict("fail", len(labelled), tolerance)
    passes = (
        decide_early_verdict(*_count_strata(side, prefix, untold_right=False), bounds, tolerance)
        == "pass"
    )
    return InterimVerdict("pass" if passes else None, len(labelled), tolerance)


def _find_answered_prefix(side: FieldSide) -> list[int]:
    """Places of the picks that were answered one after another from the first that is shown."""
    prefixes = []
    for index in sorted(range(len(side.picks)), key=lambda row: side.picks[row].place):
        if side.sample.state[index] == "":
            break
        prefixes.append(index)
    return prefixes


def _count_strata(
    side: FieldSide, prefix: Sequence[int], *, untold_right: bool
) -> tuple[StratumProgress, StratumProgress]:
    """Counts of the hard stratum and the rest; a draw with one stratum has an empty hard one."""
    strata = {stratum.name: round(stratum.counted) for stratum in side.scores.strata}
    counts = {name: [0, 0] for name in strata}
    for index in (row for row in prefix if side.sample.state[row] != UNSHARED):
        is_labelled = side.sample.state[index] == "done"
        counts[side.picks[index].stratum][
            0 if (bool(side.sample.right[index]) if is_labelled else untold_right) else 1
        ] += 1
    parts = {
        name: StratumProgress(max(strata[name], sum(counts[name])), *counts[name])
        for name in strata
    }
    rest = parts.get("rest") or parts["even"]
    return parts.get("hard", StratumProgress(0, 0, 0)), rest
