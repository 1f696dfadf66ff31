"""Accuracy of a shift nobody labelled, from labelled clips and the model's confidence: regression on clip means. `docs/methods.md` 8.7.

Valid only where the labelled clips are a random subset of all clips, and model, threshold and camera did not change since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from fieldcheck.domain.shift import ConfidenceAccuracy
from fieldcheck.measure.camera_interval import ClipSums, estimate_camera_interval

FEWEST = 12  # labelled clips
APART = 2.576  # standard errors beyond which the labelled clips are no random subset
Z = float(ndtri(0.975))
HORIZON = 30  # shifts that share one chance of five in a hundred to call a sound one at risk
WIDER = float(ndtri(1 - 0.05 / HORIZON)) / Z  # than a 95 % arm

Figures = NDArray[np.float64]
Reason = Literal["", "few_clips", "unrelated", "not_random", "few_others"]


@dataclass(frozen=True, slots=True)
class ClipRegression:
    """Accuracy of clips over their mean confidence. `value`, `lo`, `hi`: of the labelled clips alone; `centre`: their weighted mean
    confidence; `slope`; `spread` and `residual`: weighted variance of confidence, and of accuracy; `kept`: the share of the latter that is
    left after the confidence. `reason`: why it is of no use, empty where it is."""

    value: float
    lo: float
    hi: float
    centre: float
    slope: float
    spread: float
    residual: float
    kept: float
    n_clips: int
    reason: Reason


def fit_clip_regression(right: ArrayLike, weight: ArrayLike, clip: ArrayLike, confidence: Mapping[str, float]) -> ClipRegression:
    """From (n,) labelled frames, right 1 or wrong 0, with (n,) design weights and (n,) clip ids, and the mean confidence over all frames of
    each clip. Raises ValueError where they differ in length or no frame has a weight, KeyError for a clip without confidence."""
    sums, alone = ClipSums.from_frames(right, weight, clip), estimate_camera_interval(right, weight, clip)
    if not sums.n_clips:
        raise ValueError("no labelled frame has a weight")
    names = np.unique(np.asarray(clip)[np.asarray(weight) > 0]).tolist()
    y, c, n = sums.right / sums.weight, np.array([confidence[str(name)] for name in names]), sums.n_clips
    part = sums.weight / sums.weight.sum()
    value, centre = float(part @ y), float(part @ c)
    spread, variance = float(part @ (c - centre) ** 2), float(part @ (y - value) ** 2)
    slope = float(part @ ((c - centre) * (y - value))) / spread if spread > 0 else 0.0
    explained = slope * slope * spread / variance if spread > 0 and variance > 0 else 0.0
    kept = min(1.0, (1 - explained) * (n - 1) / (n - 2)) if n > 2 else 1.0
    reason: Reason = "few_clips" if n < FEWEST else "unrelated" if slope <= 0 or kept >= 1 - 2 / (n - 2) else ""
    return ClipRegression(value, alone.lo, alone.hi, centre, slope, spread, variance, kept, n, reason)


def estimate_shift_accuracy(found: ClipRegression, confidence: float, n_clips: int = 1) -> ConfidenceAccuracy:
    """Accuracy of a shift by its mean confidence, as if it were `n_clips` clips of its own: error of the regression there, and what clips
    of one confidence differ by."""
    if found.reason:
        return ConfidenceAccuracy(found.value, found.lo, found.hi, False, found.n_clips)
    by = confidence - found.centre
    value = min(1.0, max(0.0, found.value + found.slope * by))
    own = Z * Z * found.kept * found.residual / n_clips
    shrunk = found.kept * (1 + by * by / found.spread)
    down, up = (float(np.sqrt(shrunk * arm * arm + own)) for arm in (found.value - found.lo, found.hi - found.value))
    return ConfidenceAccuracy(value, max(0.0, value - down), min(1.0, value + up), True, found.n_clips)


def is_at_risk(found: ConfidenceAccuracy, line: float) -> bool:
    """Whether the accuracy of a shift is shown to lie below a line: its upper limit does, with the chance of a false alarm spread over a
    month of shifts (8.7)."""
    return found.used and found.value + WIDER * (found.hi - found.value) < line


def estimate_accuracy_of_all(found: ClipRegression, labelled: ArrayLike, others: ArrayLike) -> tuple[ConfidenceAccuracy, Reason]:
    """Accuracy of all clips, from (G,) mean confidences of the labelled and (M,) of the other ones, and why the confidence was not used."""
    c, u = np.asarray(labelled, np.float64), np.asarray(others, np.float64)
    n, more = c.size, u.size
    pooled = float(np.sqrt((np.sum((c - c.mean()) ** 2) + np.sum((u - (u.mean() if more else 0)) ** 2)) / max(1, n + more - 2)))
    apart = abs(float(c.mean() - u.mean())) / (pooled * np.sqrt(1 / n + 1 / more)) if pooled > 0 and more else 0.0
    reason: Reason = found.reason or ("few_others" if more < n else "not_random" if apart > APART else "")
    if reason:
        return ConfidenceAccuracy(found.value, found.lo, found.hi, False, found.n_clips), reason
    by = float(np.concatenate([c, u]).mean()) - found.centre
    value = min(1.0, max(0.0, found.value + found.slope * by))
    factor = float(np.sqrt(found.kept * (1 + by * by / (n * found.spread)) + (1 - found.kept) * n / (n + more)))
    lo, hi = value - factor * (found.value - found.lo), value + factor * (found.hi - found.value)
    return ConfidenceAccuracy(value, max(0.0, lo), min(1.0, hi), True, found.n_clips), ""
