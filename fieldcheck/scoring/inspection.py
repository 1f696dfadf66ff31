"""Inspection with two classes: parts that are OK and parts that are not."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

import numpy as np
from numpy.typing import ArrayLike

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import wilson


@dataclass(frozen=True, slots=True)
class Inspection:
    """`miss`: defects called OK among all defects (escapes); `false_reject`: good parts called defect among all good parts."""

    miss: Estimate
    false_reject: Estimate


def inspect(defect: ArrayLike, called_defect: ArrayLike) -> Inspection:
    """`defect`, `called_defect`: (n,) bool. Each rate has Wilson's interval on its own denominator (methods 1.2)."""
    truth, said = np.asarray(defect, dtype=bool), np.asarray(called_defect, dtype=bool)
    return Inspection(wilson(int((truth & ~said).sum()), int(truth.sum())), wilson(int((~truth & said).sum()), int((~truth).sum())))


def zero_escape_bound(n: int) -> float:
    """Rate below which the true miss rate lies with 95 % confidence when none of `n` defects escaped; 1 for none (methods 1.2)."""
    return 1 - 0.05 ** (1 / n) if n > 0 else 1.0


def parts_for_zero_escapes(rate: float) -> int:
    """Defective parts that must all be caught to show a miss rate below `rate`, in (0, 1), with 95 % confidence (methods 1.2)."""
    return ceil(log(0.05) / log(1 - rate))
