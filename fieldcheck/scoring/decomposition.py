"""Shapley decomposition of the gap into class mix, image quality and remainder (methods 11.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.decomposition import Decomposition, GapPart, NotEstimated
from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.bootstrap import percentile_limits
from fieldcheck.measure.camera_interval import FEW_CLIPS, FEWEST_CLIPS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RESAMPLES = 1000
ENOUGH_OF_A_CLASS = 20  # benchmark pictures; a smaller class is taken to be as the whole benchmark


@dataclass(frozen=True, slots=True, eq=False)
class BenchmarkAnswers:
    """Pictures of the benchmark, each (n,): class index `truth`, `right` bool, and `drop`, right − right under the matched corruption, in
    [−1, 1] (fractions between two severities), NaN where that was not asked."""

    truth: NDArray[np.int64]
    right: Bools
    drop: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FieldAnswers:
    """Labelled frames of the draw, each (m,): class index `truth`, `right` bool, `weight` > 0 and `clip` ids; `shared` bool: of a class
    that the benchmark contains."""

    truth: NDArray[np.int64]
    right: Bools
    weight: Floats
    clip: NDArray[np.generic]
    shared: Bools


@dataclass(frozen=True, slots=True, eq=False)
class GapBars:
    """Bars of one or many gaps, each (...): `mix` and `quality` in the two orders, and the remainder."""

    mix: tuple[Floats, Floats]
    quality: tuple[Floats, Floats]
    remainder: Floats


def compute_gap_bars(share_b: Floats, share_f: Floats, accuracy: Floats, filled: Floats, drop: Floats, field: Floats) -> GapBars:
    """Gap bars from (..., K) shares of the classes on benchmark and field, `accuracy` of each on the benchmark, `filled` the same with
    small classes replaced, `drop` of each under the matched corruption, and (...) the field's score. In either order they add up."""
    clean, clean_mix = (share_b * accuracy).sum(axis=-1), (share_f * filled).sum(axis=-1)
    harm, harm_mix = (share_b * drop).sum(axis=-1), (share_f * drop).sum(axis=-1)
    mix = clean - clean_mix
    return GapBars((mix, mix - harm + harm_mix), (harm_mix, harm), clean_mix - harm_mix - field)


def decompose_gap(
    benchmark: BenchmarkAnswers,
    field: FieldAnswers,
    classes: Sequence[str],
    reason: NotEstimated,
    corruption: str,
    severity: float,
    seed: int,
) -> Decomposition:
    """Parts of the gap with limits by bootstrap of field clips × benchmark pictures; n ≥ 1 pictures, m ≥ 1 frames of a shared class.

    `reason`: why the quality is not estimated, empty where it is. Below three clips the parts have no limits.
    """
    k, counts = len(classes), np.bincount(benchmark.truth, minlength=len(classes))
    small = counts < ENOUGH_OF_A_CLASS
    told = np.isfinite(benchmark.drop)
    few_swept = np.bincount(benchmark.truth[told], minlength=k) < ENOUGH_OF_A_CLASS
    bars = _compute_bars(*_sum_benchmark(benchmark, k, None), *_sum_field(field, k, None), small, few_swept)
    rng = np.random.default_rng(seed)
    drawn = _compute_bars(*_sum_benchmark(benchmark, k, rng), *_sum_field(field, k, rng), small, few_swept)
    clips, n = np.unique(field.clip[field.shared]).size, int(field.shared.sum())
    asked = field.shared & small[field.truth]
    weak = tuple(classes[at] for at in np.unique(field.truth[asked]).tolist())

    def make_part(value: Floats, resampled: Floats) -> Estimate:
        return _estimate_percentile_limits(float(value[0]), resampled, n, clips, bool(weak))

    mix, quality = (
        GapPart(make_part((a + b) / 2, (c + d) / 2), float(a[0]), float(b[0])) for (a, b), (c, d) in _make_bar_pairs(bars, drawn)
    )
    total = bars.mix[0] + bars.quality[0] + bars.remainder
    return Decomposition(
        total=float(total[0]),
        mix=mix,
        quality=None if reason else quality,
        remainder=make_part(bars.remainder, drawn.remainder),
        reason=reason,
        corruption=corruption,
        severity=severity,
        absent=_estimate_absent_classes(benchmark, field, seed),
        absent_classes=tuple(classes[at] for at in np.unique(field.truth[~field.shared]).tolist()),
        weak_classes=weak,
    )


def _make_bar_pairs(bars: GapBars, drawn: GapBars) -> tuple[tuple[tuple[Floats, Floats], tuple[Floats, Floats]], ...]:
    return (bars.mix, drawn.mix), (bars.quality, drawn.quality)


def _compute_bars(
    counts: Floats, right: Floats, swept: Floats, dropped: Floats, weight: Floats, score: Floats, small: Bools, few: Bools
) -> GapBars:
    """Bars from sums by class, (b, K) each, and the field's score (b,)."""
    overall = (right.sum(axis=1) / counts.sum(axis=1))[:, None]
    harm = _divide_or_zero(dropped.sum(axis=1), swept.sum(axis=1))[:, None]
    accuracy = np.where(counts > 0, _divide_or_zero(right, counts), overall)
    drop = np.where(few | (swept == 0), harm, _divide_or_zero(dropped, swept))
    shares = counts / counts.sum(axis=1, keepdims=True), weight / weight.sum(axis=1, keepdims=True)
    return compute_gap_bars(*shares, accuracy, np.where(small, overall, accuracy), drop, score)


def _sum_benchmark(given: BenchmarkAnswers, k: int, rng: np.random.Generator | None) -> tuple[Floats, Floats, Floats, Floats]:
    """(b, K) pictures, right ones, those asked under the corruption, and their drops; b = 1 as it is, else 1,000 resamples.

    Pictures of one class and outcome are alike, so a resample of them is a multinomial draw of how many there are of each kind.
    """
    told = np.isfinite(given.drop)
    kinds, n = np.unique(np.stack([given.truth, given.right, told, np.where(told, given.drop, 0.0)], axis=1), axis=0, return_counts=True)
    drawn = n[None].astype(np.float64) if rng is None else rng.multinomial(n.sum(), n / n.sum(), RESAMPLES).astype(np.float64)
    names, starts = np.unique(kinds[:, 0].astype(np.int64), return_index=True)
    sums = []
    for value in (np.ones(len(kinds)), kinds[:, 1], kinds[:, 2], kinds[:, 3]):
        table = np.zeros((len(drawn), k))
        table[:, names] = np.add.reduceat(drawn * value, starts, axis=1)
        sums.append(table)
    return sums[0], sums[1], sums[2], sums[3]


def _sum_field(given: FieldAnswers, k: int, rng: np.random.Generator | None) -> tuple[Floats, Floats]:
    """(b, K) weight of each shared class and (b,) score over them; b as above, whole clips resampled. One that draws nothing is left as it
    is."""
    own = given.shared
    names, member = np.unique(given.clip[own], return_inverse=True)
    weight = np.zeros((names.size, k))
    np.add.at(weight, (member, given.truth[own]), given.weight[own])
    right = np.bincount(member, weights=given.weight[own] * given.right[own], minlength=names.size)
    drawn = np.ones((1, names.size)) if rng is None else rng.multinomial(names.size, np.full(names.size, 1 / names.size), RESAMPLES)
    by_class = drawn @ weight
    return np.asarray(by_class, np.float64), np.asarray(drawn @ right / by_class.sum(axis=1), np.float64)


def _estimate_absent_classes(benchmark: BenchmarkAnswers, field: FieldAnswers, seed: int) -> Estimate | None:
    """Share of the frames of absent classes times how much worse they are than the benchmark."""
    if field.shared.all():
        return None
    names, member = np.unique(field.clip, return_inverse=True)
    gone, wrong = ~field.shared, ~field.right
    score = float(benchmark.right.mean())
    every = np.bincount(member, weights=field.weight, minlength=names.size)
    extra = np.bincount(member, weights=field.weight * gone * (score - 1 + wrong), minlength=names.size)
    drawn = np.random.default_rng(seed).multinomial(names.size, np.full(names.size, 1 / names.size), RESAMPLES)
    return _estimate_percentile_limits(
        float(extra.sum() / every.sum()), drawn @ extra / (drawn @ every), int(gone.sum()), names.size, weak=False
    )


def _estimate_percentile_limits(value: float, drawn: Floats, n: int, clips: int, weak: bool) -> Estimate:
    """Percentile limits, both arms widened for few clips."""
    if clips < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", n, value)
    lo, hi = percentile_limits(drawn[np.isfinite(drawn)])
    wider = sqrt(clips / (clips - 1))
    found = Estimate.from_limits(
        value, value - wider * (value - lo), value + wider * (hi - value), n=n, n_eff=float(clips), method="bootstrap_clips"
    )
    found = found.with_weak_status("few_clips") if clips < FEW_CLIPS else found
    return found.with_weak_status("few_in_class") if weak else found


def _divide_or_zero(part: Floats, whole: Floats) -> Floats:
    """part / whole, 0 where there is no whole."""
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0))
