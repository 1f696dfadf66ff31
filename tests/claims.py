"""How often a claim on clips is false, and how often a true one is seen: simulated visits on the
product's own functions (methods 6.4, 17, 4, 1.2, 12, 8.4).

`python -m tests.claims [RUNS [KIND ...]]` prints the rows; `packaging/test.sh --full` keeps them in
docs/evidence/claims_KIND.json. Truth is that of the cameras in the long run; the chances of clips are
beta (gains and losses: Dirichlet) distributed about it, with the stated correlation (ICC).
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import betaincinv, ndtr, ndtri

from fieldcheck.analyses.releases_and_ranking import rank_models
from fieldcheck.stats import cluster, time_blocks
from fieldcheck.stats.camera_interval import estimate_camera_interval

Figures = NDArray[np.float64]
Row = dict[str, Any]

SIZES: dict[str, tuple[int, ...]] = {
    "8 × 12": (12,) * 8, "12 × 8": (8,) * 12, "20 × 5": (5,) * 20,
    "mild 12": (16, 14, 12, 10, 9, 8, 7, 6, 5, 5, 4, 4),
    "40:1, 12": (40, 20, 10, 8, 6, 5, 3, 2, 2, 2, 1, 1), "40:1, 8": (40, 20, 12, 10, 8, 5, 3, 1),
    "40:1, 20": (40, 12, 8, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1),
}  # fmt: skip
STEEP = ("40:1, 12", "40:1, 8", "40:1, 20")
CORRELATIONS = (0.0, 0.3, 0.6)
CHANGES = ((0.05, 0.05), (0.15, 0.05), (0.25, 0.05), (0.10, 0.10), (0.02, 0.01))
CANDIDATES = 28
HARD_FRAMES, HARD_LABELS, EASY_LABELS, LISTED = 240, 40, 60, 1200
FRAME_TIE, CLIP_TIE = 0.7, 0.7  # how far two models fail on the same frames and clips


# Visits.


def draw_clip_chances(mean: float, icc: float, clips: int, rng: np.random.Generator) -> Figures:
    """(clips,) chances about a mean."""
    if icc == 0 or mean in (0.0, 1.0):
        return np.full(clips, mean)
    kappa = (1 - icc) / icc
    return np.asarray(rng.beta(mean * kappa, (1 - mean) * kappa, clips))


def draw_changes(
    sizes: Sequence[int], gain: float, loss: float, icc: float, rng: np.random.Generator
) -> Figures:
    """(n,) changes −1, 0 or 1 of the frames of clips of these sizes."""
    mean = np.array([gain, loss, 1 - gain - loss])
    chances = np.tile(mean, (len(sizes), 1))
    if icc > 0:
        chances = rng.dirichlet(mean * (1 - icc) / icc, len(sizes))
    edges = np.repeat(np.cumsum(chances, axis=1)[:, :2], sizes, axis=0)
    u = rng.random(len(edges))[:, None]
    return np.asarray(np.array([1.0, -1.0, 0.0])[(u >= edges).sum(axis=1)])


def draw_pair(
    sizes: Sequence[int], before: float, after: float, icc: float, rng: np.random.Generator
) -> tuple[Figures, Figures, NDArray[np.intp]]:
    """Changes, weights and clips of two models on a hundred of `draw_models`."""
    right, weight, clip = draw_models(sizes, (before, after), icc, rng)
    return right[1].astype(float) - right[0].astype(float), weight, clip


def draw_models(
    sizes: Sequence[int], means: Sequence[float], icc: float, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], Figures, NDArray[np.intp]]:
    """Right answers of each model, weights and clips of a hundred of 1,200 frames, drawn 40/60 by
    how hard the *first* model found them: noise, and more where it was wrong."""
    share = np.array(sizes) / sum(sizes) * LISTED
    n_listed = np.maximum(1, np.round(share).astype(int))
    clip = np.repeat(np.arange(n_listed.size), n_listed)
    tied = rng.standard_normal(n_listed.size)
    right = []
    common = rng.standard_normal(clip.size)
    for mean in means:
        own = CLIP_TIE * tied + np.sqrt(1 - CLIP_TIE**2) * rng.standard_normal(n_listed.size)
        chances = np.full(n_listed.size, mean)
        if icc > 0:
            kappa = (1 - icc) / icc
            chances = betaincinv(mean * kappa, (1 - mean) * kappa, ndtr(own))
        frame = FRAME_TIE * common + np.sqrt(1 - FRAME_TIE**2) * rng.standard_normal(clip.size)
        right.append(ndtr(frame) < chances[clip])
    hardness = rng.standard_normal(clip.size) + 1.5 * ~right[0]
    order = np.argsort(-hardness)
    hard, easy = order[:HARD_FRAMES], order[HARD_FRAMES:]
    chosen = [rng.choice(hard, HARD_LABELS, False), rng.choice(easy, EASY_LABELS, False)]
    indices = np.concatenate(chosen)
    weights = [hard.size / HARD_LABELS, easy.size / EASY_LABELS]
    return (
        np.array(right)[:, indices],
        np.repeat(weights, (HARD_LABELS, EASY_LABELS)),
        clip[indices],
    )


# What is counted of each kind of claim. Each takes its cell, runs and a generator: one row.


def count_change(sizes: str, gain: float, loss: float, icc: float, runs: int, seed: int) -> Row:
    """Coverage of the change, and how often a direction is named, for frames that weigh alike."""
    rng, n = np.random.default_rng(seed), SIZES[sizes]
    clip, weight = np.repeat(np.arange(len(n)), n), np.ones(sum(n))
    changes = [
        cluster.estimate_change(draw_changes(n, gain, loss, icc, rng), weight, clip)
        for _ in range(runs)
    ]
    truth = gain - loss
    inside = np.mean([change.lo <= truth <= change.hi for change in changes])
    width = np.mean([change.hi - change.lo for change in changes])
    return {
        "sizes": sizes, "gain": gain, "loss": loss, "icc": icc, "covers": float(inside),
        "width": float(width),
    }  # fmt: skip


def count_pair(sizes: str, before: float, after: float, icc: float, runs: int, seed: int) -> Row:
    """Two models on a 40/60 draw: coverage, and "better" and "worse" as they are named."""
    rng, inside, width, n_named = (
        np.random.default_rng(seed), 0, 0.0, {"better": 0, "worse": 0, "": 0},
    )  # fmt: skip
    for _ in range(runs):
        verdict = cluster.judge_change(*draw_pair(SIZES[sizes], before, after, icc, rng))
        inside += verdict.change.lo <= after - before <= verdict.change.hi
        width += verdict.change.hi - verdict.change.lo
        n_named[verdict.direction] += 1
    return {
        "sizes": sizes, "before": before, "after": after, "icc": icc, "covers": inside / runs,
        "width": width / runs, "better": n_named["better"] / runs, "worse": n_named["worse"] / runs,
    }  # fmt: skip


def count_rank(sizes: str, models: int, behind: float, icc: float, runs: int, seed: int) -> Row:
    """So many models on a 40/60 draw, all of them right in 80 %, the last one `behind` that: how
    often any direction that is not there is named, how often the last is behind the best, and how
    often it is behind all."""
    rng, false, last, behind_all = np.random.default_rng(seed), 0, 0, 0
    means = (*(0.8,) * (models - 1), 0.8 - behind)
    for _ in range(runs):
        ranking = rank_models(
            [str(k) for k in range(models)], *draw_models(SIZES[sizes], means, icc, rng)
        )
        pairs_named = {
            (compared.a, compared.b)
            if compared.verdict.direction == "better"
            else (compared.b, compared.a)
            for compared in ranking.pairs
            if compared.verdict.direction
        }
        true = {pair for pair in pairs_named if behind and pair[0] == str(models - 1)}
        false += len(pairs_named - true) > 0
        last += any(compared.model == str(models - 1) and compared.verdict.direction == "worse"
                    for compared in ranking.models)  # fmt: skip
        behind_all += len(true) == models - 1
    return {
        "sizes": sizes, "models": models, "behind": behind, "icc": icc, "false": false / runs,
        "last_below_best": last / runs, "last_below_all": behind_all / runs,
    }  # fmt: skip


def count_rate(sizes: str, mean: float, variation: float, runs: int, seed: int) -> Row:
    """Coverage of the rate of events, `mean` of them in a clip of usual length, of clips whose own
    rates are gamma distributed about it."""
    rng, n = np.random.default_rng(seed), np.array(SIZES[sizes], np.float64)
    exposure, shape = n / n.mean(), 1 / variation**2
    inside, width = 0, 0.0
    for _ in range(runs):
        events = rng.poisson(rng.gamma(shape, mean / shape, n.size) * exposure)
        rate = cluster.estimate_event_rate(events.tolist(), exposure.tolist())
        inside += rate.lo <= mean <= rate.hi
        width += (rate.hi - rate.lo) / mean
    return {
        "sizes": sizes, "mean": mean, "variation": variation, "covers": inside / runs,
        "width": width / runs,
    }  # fmt: skip


def count_fix(sizes: str, kind: str, effect: float, icc: float, runs: int, seed: int) -> Row:
    """A search of as many candidates as a usual classifier has: the first helps by `effect`, the
    others not at all. How often the first, and how often any other, is demonstrated; how often the
    printed limits hold the true change, of all candidates and of the demonstrated ones."""
    rng, n = np.random.default_rng(seed), SIZES[sizes]
    clip, weight = np.repeat(np.arange(len(n)), n), np.ones(sum(n))
    truth = np.where(np.arange(CANDIDATES) == 0, effect, 0.0)
    better, is_covered = np.zeros((2, runs, CANDIDATES), bool)
    for run in range(runs):
        rows = [_draw_candidate(kind, n, float(gain), icc, rng) for gain in truth]
        verdicts = cluster.judge_candidates(rows, weight, clip, cluster.LEAST_FOUND)
        for candidate, verdict in enumerate(verdicts):
            better[run, candidate] = verdict.direction == "better"
            is_covered[run, candidate] = verdict.change.lo <= truth[candidate] <= verdict.change.hi
    helps, demonstrated = truth > 0, int(better.sum())
    return {
        "sizes": sizes, "kind": kind, "effect": effect, "icc": icc,
        "shown": float(better[:, helps].any(1).mean()),
        "other": float(better[:, ~helps].any(1).mean()),
        "covers": float(is_covered.mean()), "demonstrated": demonstrated,
        "demonstrated_held": int((better & is_covered).sum()),
    }  # fmt: skip


def _draw_candidate(
    kind: str, sizes: Sequence[int], effect: float, icc: float, rng: np.random.Generator
) -> Figures:
    """Changes by a candidate: churn of 5 % each way, or a null that flips alone are fooled by."""
    if effect or kind == "churn":
        return draw_changes(sizes, 0.05 + effect, 0.05, icc, rng)
    clips = len(sizes)
    gain, loss = {
        "halves": (
            np.where(np.arange(clips) % 2, 0.10, 0.0),
            np.where(np.arange(clips) % 2, 0.0, 0.10),
        ),
        "losses in clumps": (np.full(clips, 0.05), draw_clip_chances(0.05, 0.3, clips, rng)),
        "one in ten loses half": (
            np.full(clips, 0.05),
            np.where(rng.random(clips) < 0.1, 0.5, 0.0),
        ),
    }[kind]
    up, down = np.repeat(gain, sizes), np.repeat(loss, sizes)
    u = rng.random(up.size)
    return np.where(u < up, 1.0, np.where(u > 1 - down, -1.0, 0.0))


def count_fix_pairs(sizes: str, helps: str, effect: float, icc: float, runs: int, seed: int) -> Row:
    """A search in which the doctor names a cause: as many single changes, the last of them its
    correction, and the correction with each other one but one. What helps by `effect` is the first
    `single`, the first `pair` and neither of its changes, or the `correction`, which every pair
    then has with a churn of its own; else nothing helps, of that kind of null. How often it, and
    how often any other, is demonstrated."""
    rng, n = np.random.default_rng(seed), SIZES[sizes]
    clip, weight = np.repeat(np.arange(len(n)), n), np.ones(sum(n))
    pairs = [(CANDIDATES + k, CANDIDATES - 1, k) for k in range(CANDIDATES - 2)]
    right = {"single": 0, "pair": CANDIDATES, "correction": CANDIDATES - 1}.get(helps, -1)
    kind = "churn" if right >= 0 else helps
    n_shown = n_other = 0
    for _ in range(runs):
        rows = [
            _draw_candidate(kind, n, effect if k == right else 0.0, icc, rng)
            for k in range(CANDIDATES + len(pairs))
        ]
        for pair, correction, single in pairs:
            if helps == "correction":
                rows[pair] = np.clip(rows[pair] + rows[correction], -1.0, 1.0)
            for part in (correction, single):  # a frame cannot be mended and broken
                rows[pair] = np.where(rows[pair] * rows[part] < 0, 0.0, rows[pair])
        verdicts = cluster.judge_candidates(rows, weight, clip, cluster.LEAST_FOUND, pairs)
        better = {index for index, verdict in enumerate(verdicts) if verdict.direction == "better"}
        n_shown, n_other = n_shown + (right in better), n_other + bool(better - {right})
    return {
        "sizes": sizes, "helps": helps, "effect": effect, "icc": icc, "shown": n_shown / runs,
        "other": n_other / runs,
    }  # fmt: skip


def count_overconfidence(sizes: str, over: float, icc: float, runs: int, seed: int) -> Row:
    """A model that is too sure by `over` points, honest at 0, on a 40/60 draw by confidence."""
    rng, n_named, inside, beyond = np.random.default_rng(seed), {"over": 0, "under": 0}, 0, 0
    for run in range(runs):
        sure, right, weight, clip = _draw_confident(SIZES[sizes], over, icc, rng)
        overconfidence = cluster.estimate_overconfidence(sure, right, weight, clip)
        n_named["over"] += overconfidence.lo > 0
        n_named["under"] += overconfidence.hi < 0
        inside += overconfidence.lo <= over <= overconfidence.hi
        beyond += run < BAND_RUNS and _lies_beyond(sure, right, weight, clip)
    return {
        "sizes": sizes, "over": over, "icc": icc, "named": n_named["over"] / runs,
        "under": n_named["under"] / runs,
        "covers": inside / runs, "beyond": beyond / min(runs, BAND_RUNS),
    }  # fmt: skip


BAND_RUNS, BAND_DRAWS = 200, 499


def _draw_confident(
    sizes: Sequence[int], over: float, icc: float, rng: np.random.Generator
) -> tuple[Figures, Figures, Figures, NDArray[np.intp]]:
    n_listed = np.maximum(1, np.round(np.array(sizes) / sum(sizes) * LISTED).astype(int))
    clip = np.repeat(np.arange(n_listed.size), n_listed)
    chance = (
        0.5 + 0.34 * rng.beta(3.0, 1.2, clip.size)
        if over
        else 0.5 + 0.5 * rng.beta(3.0, 1.2, clip.size)
    )
    sure = chance + over
    if icc > 0:
        kappa = (1 - icc) / icc
        chance = betaincinv(chance * kappa, (1 - chance) * kappa, rng.random(n_listed.size)[clip])
    right = (rng.random(clip.size) < chance).astype(float)
    order = np.argsort(sure)
    hard, easy = order[:HARD_FRAMES], order[HARD_FRAMES:]
    chosen = [rng.choice(hard, HARD_LABELS, False), rng.choice(easy, EASY_LABELS, False)]
    indices = np.concatenate(chosen)
    shares = [hard.size / HARD_LABELS, easy.size / EASY_LABELS]
    weight = np.repeat(shares, (HARD_LABELS, EASY_LABELS))
    return sure[indices], right[indices], weight, clip[indices]


def calibration_error(
    sure: Figures, right: NDArray[Any], weight: Figures, bins: int = 5
) -> Figures:
    """Weighted calibration error over bins of equal weight; `right` may hold many draws."""
    order = np.argsort(sure, kind="stable")
    mass = weight[order]
    position = (np.cumsum(mass) - mass / 2) / mass.sum() * bins
    inside = np.minimum(position, bins - 1e-9).astype(int)[:, None] == np.arange(bins)
    apart = (sure[order] - right[..., order]) * mass
    return np.asarray(np.abs(apart @ inside).sum(-1) / mass.sum())


def _lies_beyond(sure: Figures, right: Figures, weight: Figures, clip: NDArray[np.intp]) -> bool:
    honest = cluster.draw_honest_answers(sure, right, weight, clip, draws=BAND_DRAWS)
    band = np.quantile(calibration_error(sure, honest, weight), 0.95)
    return bool(calibration_error(sure, right, weight) > band)


def count_limit(
    sizes: str, rate: float, limit: float, icc: float, seen: int, runs: int, seed: int
) -> Row:
    """A rate against a limit, sixty labels of defects in clips; a part is seen on `seen` frames,
    and
    escapes where the model fails on all. By frame (`met`, `not_met`) and by part."""
    rng = np.random.default_rng(seed)
    clips = len(SIZES[sizes])
    seen_parts = np.round(np.array(SIZES[sizes]) / sum(SIZES[sizes]) * 60 / seen).astype(int)
    parts = np.maximum(1, seen_parts)
    clip = np.repeat(np.arange(clips), parts)
    names = ("met", "not_met", "part_met", "part_not_met", "zero_wrong", "zero_told")
    counts = dict.fromkeys(names, 0)
    for _ in range(runs):
        escaped = rng.random(clip.size) < draw_clip_chances(rate, icc, clips, rng)[clip]
        frames = np.repeat(escaped, seen)
        by_frame = estimate_camera_interval(frames, np.ones(frames.size), np.repeat(clip, seen))
        by_part = estimate_camera_interval(escaped, np.ones(clip.size), clip)
        for prefix, estimate in (("", by_frame), ("part_", by_part)):
            state = cluster.judge_limit(estimate, limit)
            if state != "inconclusive":
                counts[prefix + state] += 1
        if not escaped.any():
            counts["zero_told"] += 1
            counts["zero_wrong"] += (
                cluster.compute_zero_bound(np.ones(clip.size), clip) or 1.0
            ) < rate
    shares = {name: count / runs for name, count in counts.items()}
    return {"sizes": sizes, "rate": rate, "limit": limit, "icc": icc, "seen": seen, **shares}


def count_looks(sizes: str, rate: float, icc: float, runs: int, seed: int) -> Row:
    """A rate that lies on its limit, looked at with these labels, and as long as it is open with as
    many again in the same clips, twice: share of visits that call it met and not met up to the
    first, second and third look. `plain_`: each look by the arms of the first. Four visits a
    run."""
    runs *= VISITS_A_RUN
    rng, n = np.random.default_rng(seed), np.array(SIZES[sizes])
    counts = {
        f"{prefix}{state}_{n_looks}": 0
        for prefix, state, n_looks in product(
            ("", "plain_"), ("met", "not_met"), range(1, LOOKS + 1)
        )
    }
    for _ in range(runs):
        chances = draw_clip_chances(rate, icc, n.size, rng)
        escaped = [rng.random(n.sum()) < np.repeat(chances, n) for _ in range(LOOKS)]
        estimates = [
            estimate_camera_interval(
                np.concatenate(escaped[:n_looks]), np.ones(n.sum() * n_looks),
                np.tile(np.repeat(np.arange(n.size), n), n_looks),
            )
            for n_looks in range(1, LOOKS + 1)
        ]  # fmt: skip
        for prefix, is_longer in (("", True), ("plain_", False)):
            state = "inconclusive"
            for n_looks, estimate in enumerate(estimates, 1):
                if state == "inconclusive":
                    state = cluster.judge_limit(estimate, rate, n_looks if is_longer else 1)
                if state != "inconclusive":
                    counts[f"{prefix}{state}_{n_looks}"] += 1
    shares = {name: count / runs for name, count in counts.items()}
    return {"sizes": sizes, "rate": rate, "icc": icc, **shares}


LOOKS, VISITS_A_RUN = 3, 4


def count_latency(frames: int, phi: float, level: float, runs: int, seed: int) -> Row:
    """Log-normal frame times with a lag-1 correlation: coverage of a quantile where it has a range,
    and the share of runs that have one."""
    rng, inside, n_told = np.random.default_rng(seed), 0, 0
    truth = float(np.exp(0.2 * ndtri(level)))
    for _ in range(runs):
        quantile = time_blocks.estimate_time_quantile(
            np.exp(0.2 * _draw_series(frames, phi, rng)), level
        )
        if quantile.lo == quantile.lo:
            n_told, inside = n_told + 1, inside + (quantile.lo <= truth <= quantile.hi)
    return {
        "frames": frames, "phi": phi, "level": level, "told": n_told / runs,
        "covers": inside / n_told if n_told else None,
    }  # fmt: skip


def _draw_series(n: int, phi: float, rng: np.random.Generator) -> Figures:
    """(n,) standard normal values with a lag-1 correlation."""
    noise = rng.standard_normal(n + 200) * np.sqrt(1 - phi**2)
    return np.asarray(lfilter([1.0], [1.0, -phi], noise)[200:])


def count_rounds(rounds: int, slower: float, runs: int, seed: int) -> Row:
    """Two variants in turn, the order turned round each time: 2 % noise a block, and a machine that
    drifts by 2 % from block to block."""
    rng, differ, inside = np.random.default_rng(seed), 0, 0
    back = np.arange(rounds) % 2 == 1
    for _ in range(runs):
        machine = np.cumsum(rng.standard_normal(2 * rounds)).reshape(rounds, 2) * 0.02
        machine[back] = machine[back, ::-1]
        logs = machine + rng.standard_normal((rounds, 2)) * 0.02
        medians = np.exp(logs.T) * np.array([[1.0], [1 + slower]])
        change = time_blocks.compare_variants(medians)[1]
        differ, inside = differ + change.differs, inside + (change.lo <= 1 + slower <= change.hi)
    return {"rounds": rounds, "slower": slower, "differs": differ / runs, "covers": inside / runs}


def count_drift(phi: str, learnt: int, fall: float, runs: int, seed: int) -> Row:
    """Months of thirty charted shifts of four statistics with these lag-1 correlations after a
    reference of `learnt`; from the first on the first statistic falls by `fall` standard
    deviations. Share of months with an alarm, and the shift at which it comes in the median."""
    rng, correlations = (
        np.random.default_rng(seed),
        [float(correlation) for correlation in phi.split(",")],
    )
    first = np.full(runs, MONTH + 1)
    for run in range(runs):
        x = np.stack(
            [_draw_series(learnt + MONTH, correlation, rng) for correlation in correlations], 1
        )
        x[learnt:, 0] += fall
        reference = time_blocks.ChartReference.from_shifts(x[:learnt])
        ewma = np.zeros(len(correlations))
        for count, values in enumerate(x[learnt:], start=1):
            step = time_blocks.step_charts(reference, values, ewma, count)
            if not step.joins:
                first[run] = count
                break
            ewma, reference = step.ewma, reference.add(values)
    shares = {"alarms": float((first <= MONTH).mean()), "within_ten": float((first <= 10).mean())}
    return {"phi": phi, "learnt": learnt, "fall": fall, **shares, "median": float(np.median(first))}


MONTH = 30  # charted shifts


# The study: every cell of the sections, and what methods promise of each.

MONTE_CARLO = 3.0  # standard errors that a count may lie beyond its bar by chance, over 300 cells


@dataclass(frozen=True)
class Kind:
    """A kind of claim: `count` of one cell, its `cells`, and the `shortfall` of a row: in words, or
    empty."""

    count: Callable[..., Row]
    cells: tuple[tuple[Any, ...], ...]
    shortfall: Callable[[Row, int], str]


def falls_below(share: float, bar: float, runs: int) -> bool:
    """Whether a share is below a bar by more than chance explains."""
    return share < bar - MONTE_CARLO * float(np.sqrt(bar * (1 - bar) / runs))


def rises_above(share: float, bar: float, runs: int) -> bool:
    """Whether a share is above a bar by more than chance explains."""
    return share > bar + MONTE_CARLO * float(np.sqrt(bar * (1 - bar) / runs))


def _judge_coverage(row: Row, runs: int) -> str:
    return "covers less than 93 %" if falls_below(row["covers"], 0.93, runs) else ""


def _judge_pair(row: Row, runs: int) -> str:
    if row["before"] == row["after"]:
        for name in ("better", "worse"):
            if rises_above(row[name], 0.025, runs):
                return f"{name} of equal models in more than 2.5 %"
    return _judge_coverage(row, runs)


def _judge_rank(row: Row, runs: int) -> str:
    return "a false order in more than 5 %" if rises_above(row["false"], 0.05, runs) else ""


def _judge_fix(row: Row, runs: int) -> str:
    if rises_above(row["other"], 0.04, runs):
        return "a candidate that does not help in more than 4 % of searches"
    least_seen = {0.0: 0.75, 0.3: 0.35}.get(row["icc"], 0.0)
    if (
        row["sizes"] == "12 × 8"
        and row["effect"] == 0.2
        and falls_below(row["shown"], least_seen, runs)
    ):
        return f"+20 points seen in less than {least_seen:.0%}"
    return _judge_coverage(row, runs)


def _judge_fix_pairs(row: Row, runs: int) -> str:
    if rises_above(row["other"], 0.04, runs):
        return "a candidate that does not help in more than 4 % of searches"
    least_seen = {0.0: 0.75, 0.3: 0.35}[row["icc"]] if row["helps"] == "single" else 0.0
    return (
        f"+20 points seen in less than {least_seen:.0%}"
        if falls_below(row["shown"], least_seen, runs)
        else ""
    )


def _judge_overconfidence(row: Row, runs: int) -> str:
    if not row["over"] and rises_above(row["named"], 0.025, runs):
        return "an honest model over-confident in more than 2.5 %"
    return _judge_coverage(row, runs)


def _judge_limit_row(row: Row, runs: int) -> str:
    """Clips of 40:1 are a miss that methods name; so are frames where each clip shows one part:
    nothing tells how alike they are, and where none escaped they meet a limit too early."""
    if row["rate"] != row["limit"] or row["sizes"] in STEEP:
        return ""
    judged = STATES[2:] if (row["sizes"], row["seen"]) == ONE_PART_A_CLIP else STATES
    wrong = [name for name in judged if rises_above(row[name], 0.025, runs)]
    return f"{wrong[0]} in more than 2.5 %" if wrong else ""


def _judge_looks(row: Row, runs: int) -> str:
    names = [
        f"{state}_{n_looks}" for state in ("met", "not_met") for n_looks in range(1, LOOKS + 1)
    ]
    wrong = [name for name in names if rises_above(row[name], 0.025, runs * VISITS_A_RUN)]
    return f"{wrong[0]} in more than 2.5 %" if wrong else ""


ONE_PART_A_CLIP = ("20 × 5", 4)
STATES = ("met", "not_met", "part_met", "part_not_met")


def _judge_latency(row: Row, runs: int) -> str:
    """A cell most of whose runs are told too short says nothing of the rest."""
    return _judge_coverage(row, round(row["told"] * runs)) if row["told"] >= 0.5 else ""


def _judge_rounds(row: Row, runs: int) -> str:
    if not row["slower"] and rises_above(row["differs"], 0.055, runs):
        return "equal variants differ in more than 5.5 %"
    return ""


def _judge_drift(row: Row, runs: int) -> str:
    if not row["fall"]:
        return "alarms in more than 6 % of months" if rises_above(row["alarms"], 0.06, runs) else ""
    if row["phi"] != "0,0,0,0" or row["fall"] != 2.0 or row["learnt"] < 20:
        return ""
    latest = {20: 8, 30: 6}[row["learnt"]]
    return f"2 sd seen later than {latest} shifts" if row["median"] > latest else ""


def _cross(*ranges: Sequence[Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple(product(*ranges))


FLAT = ("8 × 12", "12 × 8", "20 × 5", "mild 12", "40:1, 12", "40:1, 8")
DRAWN, PAIRS = ("12 × 8", "20 × 5", *STEEP), ((0.8, 0.8), (0.8, 0.9))
SEARCHED = ("12 × 8", "20 × 5", "8 × 12", "40:1, 12")
KINDS: dict[str, Kind] = {
    "change": Kind(
        count_change,
        tuple((n, *of, icc) for n, of, icc in _cross(FLAT, CHANGES, CORRELATIONS)),
        _judge_coverage,
    ),
    "pair": Kind(
        count_pair,
        (
            *((n, *of, icc) for n, of, icc in _cross(DRAWN, PAIRS, CORRELATIONS)),
            ("12 × 8", 0.95, 0.95, 0.3),
            ("12 × 8", 0.7, 0.9, 0.3),
            ("20 × 5", 0.7, 0.9, 0.3),
        ),
        _judge_pair,
    ),
    "rank": Kind(
        count_rank,
        (
            *_cross(("12 × 8", "20 × 5", "40:1, 12"), (3, 5), (0.0,), CORRELATIONS),
            *_cross(("12 × 8", "20 × 5"), (3,), (0.2,), (0.0, 0.3)),
        ),
        _judge_rank,
    ),
    "rate": Kind(
        count_rate,
        _cross(("8 × 12", "12 × 8", "20 × 5", "mild 12", "40:1, 12"), (0.2, 2.0, 20.0),
               (0.3, 0.7, 1.0)),
        _judge_coverage,
    ),
    "fix_null": Kind(
        count_fix,
        tuple(
            (n, kind, 0.0, icc)
            for n, (kind, icc) in _cross(
                ("12 × 8", "20 × 5", "40:1, 12"),
                (
                    ("churn", 0.0),
                    ("churn", 0.3),
                    ("halves", 0.0),
                    ("losses in clumps", 0.0),
                    ("one in ten loses half", 0.0),
                ),
            )
        ),
        _judge_fix,
    ),
    "fix": Kind(
        count_fix,
        tuple(
            (n, "churn", effect, icc)
            for n, effect, icc in _cross(SEARCHED, (0.1, 0.2, 0.3), (0.0, 0.3))
        ),
        _judge_fix,
    ),
    "fix_pairs": Kind(
        count_fix_pairs,
        (
            *_cross(("12 × 8",), ("single", "pair", "correction"), (0.2,), (0.0, 0.3)),
            *_cross(("20 × 5",), ("correction",), (0.2,), (0.0, 0.3)),
            *_cross(("12 × 8", "20 × 5"), ("churn",), (0.0,), (0.3,)),
            *_cross(("20 × 5",), ("losses in clumps", "one in ten loses half"), (0.0,), (0.0,)),
        ),
        _judge_fix_pairs,
    ),
    "overconfidence": Kind(count_overconfidence,
                           (*_cross(("12 × 8", "20 × 5", "8 × 12", "40:1, 12"), (0.0,), (0.0, 0.3)),
                            ("12 × 8", 0.0, 0.6),
                            *_cross(("12 × 8", "20 × 5", "40:1, 12"), (0.15,), (0.0, 0.3))),
                           _judge_overconfidence),
    "limit": Kind(count_limit, (*_cross(("12 × 8", "20 × 5", "40:1, 12"), (0.1,), (0.1,),
                                        (0.0, 0.1, 0.3), (1, 4)),
                                *_cross(("12 × 8",), (0.05,), (0.05,), (0.0, 0.3), (1, 4)),
                                *_cross(("12 × 8",), (0.3,), (0.3,), (0.3,), (1,)),
                                ("12 × 8", 0.2, 0.1, 0.3, 1), ("12 × 8", 0.3, 0.1, 0.1, 1)),
                  _judge_limit_row),
    "looks": Kind(
        count_looks,
        (
            *_cross(("8 × 12", "12 × 8", "20 × 5"), (0.1,), (0.0, 0.1, 0.3)),
            *_cross(("12 × 8",), (0.05, 0.3, 0.9), (0.1, 0.3)),
        ),
        _judge_looks,
    ),
    "latency": Kind(count_latency, _cross((600, 1800, 6000), (0.0, 0.5, 0.9), (0.5, 0.95)),
                    _judge_latency),
    "rounds": Kind(count_rounds, _cross((8, 12, 20), (0.0, 0.03)), _judge_rounds),
    "drift": Kind(
        count_drift,
        (
            *_cross(("0,0,0,0", ".5,.5,.5,.5", ".8,.8,.8,.8", "0,.3,.5,.8"), (20,), (0.0,)),
            *_cross(("0,0,0,0",), (12, 30), (0.0,)),
            *_cross(("0,0,0,0", ".5,.5,.5,.5"), (12, 20, 30), (2.0,)),
            *_cross((".3,.3,.3,.3", ".8,.8,.8,.8"), (20,), (2.0,)),
            *_cross(
                ("0,0,0,0", ".3,.3,.3,.3", ".5,.5,.5,.5", ".8,.8,.8,.8"), (20,), (3.0,)
            ),
        ),
        _judge_drift,
    ),
}  # fmt: skip


def count_cell(job: tuple[str, int, int]) -> tuple[str, Row]:
    """A cell of a kind, by its place; the seed is the place."""
    name, index, runs = job
    kind = KINDS[name]
    return name, kind.count(*kind.cells[index], runs, 1000 + index)


def list_jobs(runs: int, kinds: Sequence[str] = tuple(KINDS)) -> list[tuple[str, int, int]]:
    """Every cell of these kinds."""
    return [(name, index, runs) for name in kinds for index in range(len(KINDS[name].cells))]


def study(
    runs: int, kinds: Sequence[str] = tuple(KINDS), workers: int = 2
) -> Iterator[tuple[str, Row]]:
    """Rows of every cell, on as many processes."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(count_cell, list_jobs(runs, kinds))


def shortfalls(rows: Sequence[tuple[str, Row]], runs: int) -> list[str]:
    """What is not as methods promise, a sentence each."""
    judged = ((name, row, KINDS[name].shortfall(row, runs)) for name, row in rows)
    return [f"{name} {row}: {sentence}" for name, row, sentence in judged if sentence]


def list_lines(arguments: Sequence[str]) -> Iterator[str]:
    """Each row as it comes, and at the end what is not as promised."""
    runs, kinds = int(arguments[0]) if arguments else 200, tuple(arguments[1:]) or tuple(KINDS)
    rows = []
    for name, row in study(runs, kinds):
        rows.append((name, row))
        figures = (
            f"{key} {value:.3f}" if isinstance(value, float) else f"{key} {value}"
            for key, value in row.items()
        )
        yield f"{name}: " + ", ".join(figures)
    yield from shortfalls(rows, runs) or ("as promised",)


if __name__ == "__main__":
    for line in list_lines(sys.argv[1:]):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
