"""How a score falls with the severity of a corruption: its area, its error against another model's, and where it tips (methods 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

TIPPING_DROP = 0.20  # a loss of twenty points is a tip
CONFIDENT = 0.90  # confidence from which a wrong answer is a sure one


def compute_corruption_error(error: ArrayLike, reference: ArrayLike | None = None) -> float:
    """Σ error over Σ reference, both (S,) error rates at the same severities; without a reference the mean error.

    NaN where the reference makes no error. Source: Hendrycks & Dietterich 2019, CE.
    """
    ours = np.asarray(error, dtype=np.float64)
    theirs = np.ones_like(ours) if reference is None else np.asarray(reference, dtype=np.float64)
    return _divide_or_nan(float(ours.sum()), float(theirs.sum()))


def compute_severity_area(severity: ArrayLike, score: ArrayLike) -> float:
    """The area under (S,) scores over (S,) rising severities from 0 on, as a share of that of a score that never falls.

    NaN with fewer than two severities or nothing right when clean.
    """
    s, y = _check_curve(severity, score)
    return _divide_or_nan(float(np.trapezoid(y, s)), float((s[-1] - s[0]) * y[0])) if s.size > 1 else nan


def find_tipping_severity(severity: ArrayLike, score: ArrayLike, drop: float = TIPPING_DROP) -> float | None:
    """The first severity at which a score has lost `drop` of what it was at severity 0; None where it never does.

    `severity`: (k,) rising from 0; `score`: (k,) in the unit of `drop`; else ValueError. Between severities the score runs straight; a
    later rise does not count, so that one lucky cell hides nothing.
    """
    s, y = _check_curve(severity, score)
    lowest = np.minimum.accumulate(y)
    limit = y[0] - drop
    below = np.flatnonzero(lowest <= limit + 1e-12)
    if not below.size:
        return None
    at = int(below[0])
    if at == 0:
        return float(s[0])
    before, after = lowest[at - 1], lowest[at]
    return float(s[at - 1] + (s[at] - s[at - 1]) * (before - limit) / (before - after))


def find_confident_errors(right: Sequence[bool] | NDArray[np.bool_], confidence: ArrayLike) -> NDArray[np.bool_]:
    """(n,) whether an answer is wrong and nine tenths sure or more; an answer without a finite confidence is not sure.

    `right`: (n,) bool; `confidence`: (n,) shares.
    """
    sure = np.asarray(confidence, dtype=np.float64) >= CONFIDENT
    return np.asarray(~np.asarray(right, dtype=np.bool_) & sure, dtype=np.bool_)


def _check_curve(severity: ArrayLike, score: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    s, y = np.asarray(severity, dtype=np.float64), np.asarray(score, dtype=np.float64)
    if s.shape != y.shape or s.ndim != 1 or not s.size or s[0] != 0 or (np.diff(s) <= 0).any():
        raise ValueError(f"severities rise from 0 and have a score each, not {s.tolist()} with {y.tolist()}")
    return s, y


def _divide_or_nan(part: float, whole: float) -> float:
    return part / whole if whole > 0 else nan
