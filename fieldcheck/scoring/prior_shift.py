"""Prior shift (label shift): what the class mix of unlabelled frames is, and what accuracy would be had only the class mix changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate

FloatArray = NDArray[np.float64]
STEPS, DONE = 10_000, 1e-10
MOST_FIGURES = 50_000_000  # looked at in all: a table of a thousand classes takes fewer steps, so that it takes no minute


@dataclass(frozen=True, slots=True)
class PriorShift:
    """What-if. `classes`; `benchmark`: their shares there; `field`: as the answers to `n_frames` frames have them; `labelled`: as the
    labels have them, weighted, NaN without one; `training`: as the folders of the training pictures have them, empty where they are not
    known. `temperature`: of the confidences, fitted on the benchmark; NaN where they stand as they
    are. `collapsed`: a class fell to the floor, which soft confidences do by themselves.
    `before`, `after`: accuracy of the answers as they are and adjusted; `change`, after − before on the same frames."""

    classes: tuple[str, ...]
    benchmark: tuple[float, ...]
    field: tuple[float, ...]
    labelled: tuple[float, ...]
    n_frames: int
    temperature: float
    collapsed: bool
    before: Estimate
    after: Estimate
    change: Estimate
    training: tuple[float, ...] = ()


def estimate_field_prior(p: FloatArray, prior: FloatArray) -> FloatArray:
    """(N, K) probabilities of a model whose classes had shares (K,) `prior` → (K,) shares that fit the N frames best (EM).

    Needs calibrated probabilities; soft ones let classes die out. Source: Saerens, Latinne & Decaestecker 2002.
    """
    found = prior.copy()
    ratio = np.divide(p, prior, out=np.zeros_like(p), where=prior > 0)
    ratio = ratio[ratio.sum(axis=1) > 0]
    for _ in range(min(STEPS, MOST_FIGURES // max(1, ratio.size)) if len(ratio) else 0):
        new = found * (ratio.T @ (1 / (ratio @ found))) / len(ratio)  # the mean of the adjusted probabilities, in two products
        change = np.abs(new - found).max()
        found = new
        if change < DONE:
            break
    return found


def adjust_to_prior(p: FloatArray, prior: FloatArray, field: FloatArray) -> FloatArray:
    """(N, K) probabilities under (K,) `prior` → the same under the shares (K,) `field`, each row summing to one."""
    ratio = np.divide(field, prior, out=np.zeros_like(field), where=prior > 0)
    q = p * ratio
    total = q.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(q, total, out=p.copy(), where=total > 0))


def clip_prior_from_below(field: FloatArray, n: int) -> tuple[FloatArray, bool]:
    """(K,) shares, none below 1/(2n), summing to one; and whether one had to be lifted (methods 10)."""
    least = 1 / (2 * n)
    lifted = np.maximum(field, least)
    return lifted / lifted.sum(), bool((field < least).any())
