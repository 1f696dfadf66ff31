"""EWMA control chart that starts by itself: each value is standardised against all earlier healthy ones. `docs/methods.md` 8.4.

A reference that is frozen after ten shifts repeats the error of its mean every day: 23 % false alarms in a month against 6 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import scipy
from numpy.typing import ArrayLike

SMOOTHING = 0.2
WIDTH = 3.2  # for up to four charts
JUMP = 4.0  # a single value that alarms at once
SURE = 1e-300  # below it the normal quantile is infinite


def compute_z_score(reference: ArrayLike, value: float) -> tuple[float, float]:
    """z of a value against (R,) earlier ones by Student's t with the mean's own error, and the normal quantile of the same chance."""
    earlier = np.asarray(reference, np.float64)
    spread = float(earlier.std(ddof=1)) * sqrt(1 + 1 / earlier.size)
    z = (value - float(earlier.mean())) / spread if spread > 0 else float(np.sign(value - earlier.mean())) * JUMP
    return z, compute_normal_quantile(float(scipy.stats.t.sf(z, earlier.size - 1)))


def compute_normal_quantile(p: float) -> float:
    """Normal quantile of the chance `p` that a value is as high or higher."""
    return float(scipy.stats.norm.isf(min(max(p, SURE), 1 - 1e-16)))


@dataclass(slots=True)
class EwmaChart:
    """One-sided EWMA chart. `ringing` from an alarm until it is acknowledged: it does not alarm a second time."""

    value: float = 0.0
    n: int = 0
    ringing: bool = False

    def add_quantile(self, quantile: float) -> bool:
        """Takes the next normal quantile. Returns whether it alarms now."""
        self.n += 1
        self.value = SMOOTHING * quantile + (1 - SMOOTHING) * self.value
        crossed = self.value > self.limit or quantile > JUMP
        alarms, self.ringing = crossed and not self.ringing, self.ringing or crossed
        return alarms

    @property
    def limit(self) -> float:
        """Limit of the smoothed value after so many."""
        return WIDTH * sqrt(SMOOTHING / (2 - SMOOTHING) * (1 - (1 - SMOOTHING) ** (2 * max(1, self.n))))

    def acknowledge(self) -> None:
        """Begins anew."""
        self.value, self.n, self.ringing = 0.0, 0, False
