"""Curves of a training run: where it stalled, and which classes never came to rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fieldcheck.domain.training import Curves

WINDOW = 3  # validation losses
FLAT = 0.001  # variance below which they stand still (article)
GAP = 0.05  # share by which validation lies above training (article)
LAST = 5  # epochs over which a class is watched
SWING = 0.05  # of a share from 0 to 1


@dataclass(frozen=True, slots=True)
class Stall:
    """The first epoch at which the last three validation losses stood still above the training loss. `gap` is a share of the latter."""

    epoch: float
    variance: float
    gap: float


def find_stall(curves: Curves) -> Stall | None:
    """Variance of three validation losses below 0.001 with a gap to the training loss of over 5 %; None where that never happened."""
    for place in range(WINDOW - 1, len(curves.val)):
        last, train = curves.val[place - WINDOW + 1 : place + 1], curves.train[place]
        mean = sum(last) / WINDOW
        variance = sum((loss - mean) ** 2 for loss in last) / WINDOW
        gap = (last[-1] - train) / train if train > 0 else 0.0
        if variance < FLAT and gap > GAP:
            return Stall(curves.epochs[place], variance, gap)
    return None


def list_restless_columns(curves: Curves) -> tuple[tuple[str, float, float], ...]:
    """Columns of shares whose last five epochs span more than 5 points, the widest first: name, least, greatest."""
    found = []
    for name, values in curves.others.items():
        last = values[-LAST:]
        if len(last) < 2 or not all(map(math.isfinite, last)) or min(last) < 0 or max(values) > 1:
            continue
        if max(last) - min(last) > SWING:
            found.append((name, min(last), max(last)))
    return tuple(sorted(found, key=lambda one: one[1] - one[2]))
