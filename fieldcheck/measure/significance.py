"""Small tests: is a difference more than chance."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray


def compute_q_values(p: ArrayLike) -> NDArray[np.float64]:
    """(k,) p values → (k,) q values in the same order: the false discovery rate at which each would be named.

    Source: Benjamini & Hochberg 1995.
    """
    return np.asarray(scipy.stats.false_discovery_control(np.asarray(p, dtype=np.float64)), np.float64)


def compute_mcnemar_p(only_a: int, only_b: int) -> float:
    """Two-sided exact p that two models are right equally often on the same frames; `only_a`: frames only a gets right (methods 6.4)."""
    discordant = only_a + only_b
    return min(1.0, 2 * float(scipy.stats.binom.cdf(min(only_a, only_b), discordant, 0.5)))
