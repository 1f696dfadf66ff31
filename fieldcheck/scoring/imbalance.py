"""Stratified error analysis by class frequency: error of the rarest classes over that of the commonest, with its interval (methods 10)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.measure.interval import Z95
from fieldcheck.measure.weighted import hajek

ALARM_RATIO = 3.0  # the article's
FEW_CLASSES, MANY_CLASSES = 6, 20  # below: every class alone; from the second on: tenths of the classes; between: thirds

ImbalanceState = Literal["alarm", "suspect", "quiet", "too_few"]


@dataclass(frozen=True, slots=True)
class FrequencyGroup:
    """Classes of about the same frequency: `share` of the field that they make up, weighted; `wrong` of `n` labelled frames (detection:
    labelled objects that were missed); `error`, the weighted share that is wrong."""

    classes: tuple[str, ...]
    share: float
    n: int
    wrong: int
    error: Estimate


@dataclass(frozen=True, slots=True)
class Imbalance:
    """`groups`, the rarest first. `ratio`: error of the rarest over that of the commonest group, a ratio and no share (methods 10)."""

    groups: tuple[FrequencyGroup, ...]
    ratio: Estimate
    state: ImbalanceState


def imbalance(truth: NDArray[np.int64], wrong: NDArray[np.bool_], weight: NDArray[np.float64], names: tuple[str, ...]) -> Imbalance:
    """Error by frequency group of (n,) labelled frames or objects: `truth` class indices, `weight` of the draw; `names` by class index."""
    counted = np.bincount(truth, weights=weight, minlength=len(names))
    present = np.flatnonzero(counted > 0)
    rarest_first = present[np.argsort(counted[present], kind="stable")]
    groups = tuple(_group(group, truth, wrong, weight, names) for group in frequency_groups(rarest_first))
    if len(groups) < 2:
        return Imbalance(groups, Estimate.na("one_class", truth.size), "too_few")
    rare, common = groups[0], groups[-1]
    ratio = error_ratio(rare.wrong, rare.n, common.wrong, common.n)
    return Imbalance(groups, ratio, state_of(ratio, rare))


def frequency_groups(classes: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """(k,) classes by rising frequency → groups of as many classes each: ten, three, or one a class where there are few."""
    n = classes.size
    return np.array_split(classes, 10 if n >= MANY_CLASSES else 3 if n >= FEW_CLASSES else max(1, n))


def error_ratio(wrong_a: int, n_a: int, wrong_b: int, n_b: int) -> Estimate:
    """Error of a over that of b, each (wrong + ½)/(n + 1), with limits on the logarithm; frames count as independent.

    Value and limits are ratios ≥ 0. Source: Katz et al. 1978 with half an error more; methods 10.
    """
    if not (n_a and n_b):
        return Estimate.na("no_labels", n_a + n_b)
    a, b = wrong_a + 0.5, wrong_b + 0.5
    ln = log(a / (n_a + 1)) - log(b / (n_b + 1))
    half = Z95 * sqrt(1 / a - 1 / (n_a + 1) + 1 / b - 1 / (n_b + 1))
    return Estimate.of(exp(ln), exp(ln - half), exp(ln + half), n=n_a + n_b, n_eff=float(n_a + n_b), method="log_ratio")


def state_of(ratio: Estimate, rare: FrequencyGroup) -> ImbalanceState:
    """`alarm` from 3 on where chance is excluded, `suspect` where it is not; `quiet` where 3 is excluded; else more labels would tell."""
    if ratio.value >= ALARM_RATIO and rare.wrong:
        return "alarm" if ratio.lo > 1 else "suspect"
    return "quiet" if ratio.hi < ALARM_RATIO and rare.n >= FEW_FRAMES else "too_few"


def _group(
    group: NDArray[np.int64], truth: NDArray[np.int64], wrong: NDArray[np.bool_], weight: NDArray[np.float64], names: tuple[str, ...]
) -> FrequencyGroup:
    inside = np.isin(truth, group)
    return FrequencyGroup(
        classes=tuple(names[k] for k in group.tolist()),
        share=float(weight[inside].sum() / weight.sum()),
        n=int(inside.sum()),
        wrong=int(wrong[inside].sum()),
        error=hajek(wrong[inside].astype(np.float64), weight[inside]),
    )
