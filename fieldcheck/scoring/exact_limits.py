"""Exact limits of balanced accuracy and macro-F1 where the model was right on every frame, or wrong on every one, and of an AUC where every
frame lies above every picture (methods 2.6b, 2.6c).

Resamples of such frames are all alike, so a bootstrap would print "100–100 %". The limit is the worst score under which so many right
answers still had a chance of 2.5 %; for one class it is the limit of Clopper and Pearson.
"""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TAIL = 0.025
STEPS = 200


def compute_balanced_floor(n: Floats) -> float:
    """Least mean recall of K classes at which all of `n` (K,) > 0 frames of each are right with a chance of 2.5 %.

    Largest loss Σ(1 − r_k) with Σ n_k ln(1/r_k) = ln 40: r_k = min(1, λ·n_k), λ by bisection. Also 1 − the ceiling of all wrong.
    """
    lo, hi = 0.0, 1.0 / float(n.min())
    for _ in range(STEPS):
        middle = (lo + hi) / 2
        spent = float((n * -np.log(np.minimum(1.0, np.maximum(middle * n, 1e-300)))).sum())
        lo, hi = (middle, hi) if spent > -log(TAIL) else (lo, middle)
    return float(np.minimum(1.0, hi * n).mean())


def compute_macro_f1_floor(share: Floats, n: float) -> float:
    """Least macro-F1 over classes of these `share`s (K,) > 0 of the frames, of which `n` were answered rightly and none wrongly.

    At most ε = 1 − 0.025^(1/n) of the frames are wrong. A frame missed costs its class most where the class is rare; the class it is
    called instead loses precision. Both are taken at their worst, the one as a fill of the rarest classes, the other as the best spread.
    """
    wrong = 1 - TAIL ** (1 / n)
    missed, left = 0.0, wrong
    for part in np.sort(share).tolist():
        taken = min(left, part)
        missed, left = missed + taken / (2 * part - taken), left - taken
    return max(0.0, 1 - (missed + _maximum_sum(2 * share, wrong)) / share.size)


def compute_macro_f1_ceiling(share: Floats, n: float) -> float:
    """Largest macro-F1 over classes of these `share`s (K,) where all `n` frames were answered wrongly: a right share ε, spread so that
    Σ 2x/(share + x) is largest."""
    return min(1.0, 2 * _maximum_sum(share, 1 - TAIL ** (1 / n)) / share.size)


def compute_auc_floor(n_clips: int, n_pictures: int) -> float:
    """Least AUC at which all frames of `n_clips` clips lie above all of `n_pictures` pictures with a chance of 2.5 %. Also 1 − the ceiling
    where they lie below.

    k = min(G, m) clips and pictures can be paired so that no pair shares a side; each pair lies so with a chance of the AUC at most,
    whatever the distributions, so all of them with AUC^k at most: the limit is 0.025^(1/k).
    """
    return float(TAIL ** (1 / min(n_clips, n_pictures)))


def _maximum_sum(scale: Floats, total: float) -> float:
    """Largest Σ x_k/(scale_k + x_k), scale (K,) > 0, over x ≥ 0 that sum to `total`: equal slopes scale/(scale + x)², by bisection."""
    lo, hi = 1e-12, 1.0 / float(scale.min())
    for _ in range(STEPS):
        slope = (lo + hi) / 2
        lo, hi = (slope, hi) if float(_compute_at_slope(scale, slope).sum()) > total else (lo, slope)
    given = _compute_at_slope(scale, lo)
    return float((given / (scale + given)).sum())


def _compute_at_slope(scale: Floats, slope: float) -> Floats:
    return np.maximum(0.0, np.sqrt(scale / slope) - scale)
