"""Chart statistics of a shift against reference shifts: shift of the embedding centroid, drop of confidence, change of class mix.

`docs/methods.md` 8.1 to 8.3. Each null is that of whole shifts, left out one by one: frames of a shift are kin, and a null of independent
frames gives false alarms on every day.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.shift import ChartName, ShiftStatistics
from fieldcheck.drift.chart import compute_normal_quantile, compute_z_score
from fieldcheck.measure.significance import compute_q_values

Figures = NDArray[np.float64]
Read = tuple[float, float, float]  # value, z, normal quantile

FEW_EXPECTED = 5.0  # rarer classes are one
DROP = 0.05
FEW_OF_CLASS = 50
FEWEST_BEFORE = 5  # shifts that a pooled class is held against
FEW_FOR_MEDIAN = 20


def read_charts(shift: ShiftStatistics, reference: Sequence[ShiftStatistics]) -> dict[ChartName, Read]:
    """Charts that this shift and all of its reference have figures for: value, z against the reference, and its normal quantile."""
    drops = [-one.mean_confidence for one in reference]
    found: dict[ChartName, Read] = {"confidence": (shift.mean_confidence, *compute_z_score(drops, -shift.mean_confidence))}
    found["class_mix"] = _read_class_mix_chart(shift, reference)
    entropies = [one.entropy for one in reference if one.entropy is not None]
    if shift.entropy is not None and len(entropies) == len(reference):
        found["entropy"] = (shift.entropy, *compute_z_score(entropies, shift.entropy))
    if shift.centre and all(len(one.centre) == len(shift.centre) for one in reference):
        found["embedding"] = _read_embedding_chart(shift, reference)
    return found


def compute_centroid_shift(centre: Figures, reference_mean: Figures, reference_sd: Figures) -> float:
    """Shift of the embedding centroid δ: root of the mean over (d,) dimensions of the squared distance in standard deviations."""
    return float(np.sqrt(np.mean(((centre - reference_mean) / np.maximum(reference_sd, 1e-12)) ** 2)))


def find_fallen_classes(shift: ShiftStatistics, reference: Sequence[ShiftStatistics]) -> tuple[tuple[str, ...], int]:
    """Classes whose mean confidence fell by 5 % or more and beyond chance (Benjamini-Hochberg over classes), and how many were tested:
    those with 50 results here and some in every shift of the reference. One with fewer is tested together with the shifts right before,
    and counts only where it fell: those shifts may have been sound."""
    tested, drops, chances = list[str](), list[float](), list[float]()
    for name in shift.counts:
        n, mean, before = _merge_small_class(name, shift, reference)
        if n >= FEW_OF_CLASS and len(before) >= FEWEST_BEFORE and all(name in one.confidence for one in before):
            usual = [one.confidence[name] for one in before]
            z, _ = compute_z_score([-one for one in usual], -mean)
            tested.append(name)
            drops.append(1 - mean / float(np.mean(usual)))
            chances.append(float(scipy.stats.t.sf(z, len(usual) - 1)))
    q = compute_q_values(chances) if tested else ()
    fallen = tuple(name for name, drop, chance in zip(tested, drops, q, strict=True) if drop >= DROP and chance <= 0.05)
    return fallen, sum(shift.counts[name] >= FEW_OF_CLASS or name in fallen for name in tested)


def _merge_small_class(
    name: str, shift: ShiftStatistics, reference: Sequence[ShiftStatistics]
) -> tuple[int, float, Sequence[ShiftStatistics]]:
    """Results of a class and their mean confidence, with those of the shifts right before where it has too few, and the shifts left."""
    n, total, left = shift.counts[name], shift.counts[name] * shift.confidence[name], len(reference)
    while n < FEW_OF_CLASS and left > FEWEST_BEFORE:
        left -= 1
        more = reference[left].counts.get(name, 0)
        n, total = n + more, total + more * reference[left].confidence.get(name, 0.0)
    return n, total / n, reference[:left]


def compute_median_upper_limit(confidences: Figures) -> float:
    """Upper limit (95 %, sign test) of the median of (n,) confidences of a class; infinite below twenty."""
    if confidences.size < FEW_FOR_MEDIAN:
        return inf
    rank = int(scipy.stats.binom.ppf(0.975, confidences.size, 0.5))
    return float(np.sort(confidences)[min(rank, confidences.size - 1)])


def _read_embedding_chart(shift: ShiftStatistics, reference: Sequence[ShiftStatistics]) -> Read:
    n, centres, spreads = (np.array([getattr(one, name) for one in reference], np.float64) for name in ("n", "centre", "spread"))

    weight, middle = n[:, None], n @ centres / n.sum()  # around the middle no digits are lost when one shift is left out
    first, second = weight * (centres - middle), weight * (spreads**2 + (centres - middle) ** 2)

    def compute_deltas(centre: Figures, left: Figures, sums: Figures, squares: Figures) -> Figures:
        """Of (r, d) centres from references of (r, 1) frames, given as (r, d) sums of their frames and of the squares."""
        mean = sums / left
        spread = np.sqrt(np.maximum(squares / left - mean**2, 0.0))
        return np.asarray(np.sqrt(np.mean(((centre - mean) / np.maximum(spread, 1e-12)) ** 2, axis=1)))

    apart = compute_deltas(centres - middle, n.sum() - weight, first.sum(axis=0) - first, second.sum(axis=0) - second)
    everyone = (np.array([[n.sum()]]), first.sum(axis=0, keepdims=True), second.sum(axis=0, keepdims=True))
    value = float(compute_deltas((np.array(shift.centre) - middle)[None], *everyone)[0])
    return (value, *compute_z_score(apart, value))


def _read_class_mix_chart(shift: ShiftStatistics, reference: Sequence[ShiftStatistics]) -> Read:
    """G of this shift against the reference, divided by how much whole shifts of the reference differ by themselves."""
    names = sorted({name for one in (shift, *reference) for name in one.counts})
    table = np.array([[one.counts.get(name, 0) for name in names] for one in reference], np.float64)
    total = table.sum(axis=0)
    apart = [compute_g_test(row, total - row) for row in table]
    usual = max(1.0, float(np.median([g / df for g, df in apart if df] or [1.0])))
    g, df = compute_g_test(np.array([shift.counts.get(name, 0) for name in names], np.float64), total)
    quantile = compute_normal_quantile(float(scipy.stats.chi2.sf(g / usual, df))) if df else 0.0
    return g / usual, quantile, quantile


def compute_g_test(here: Figures, others: Figures) -> tuple[float, int]:
    """G and its degrees of freedom of (k,) counts of classes against those of other shifts together; classes that are expected fewer than
    five times are one. (0, 0) where one class is left."""
    table = np.array([here, others])
    expected = table.sum(axis=0) * here.sum() / table.sum()
    rare = expected < FEW_EXPECTED
    pooled = np.hstack([table[:, ~rare], *([table[:, rare].sum(axis=1, keepdims=True)] if rare.any() else [])])
    pooled = pooled[:, pooled.sum(axis=0) > 0]
    if pooled.shape[1] < 2:
        return 0.0, 0
    told = pooled.sum(axis=1, keepdims=True) * pooled.sum(axis=0) / pooled.sum()
    return float(2 * scipy.special.xlogy(pooled, pooled / told).sum()), pooled.shape[1] - 1
