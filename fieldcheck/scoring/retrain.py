"""Retrain advice, never a retrain: the article's three rules as alerts with their evidence, each no stronger than its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.scoring.failure_modes import LEAST, FailureMode

Rule = Literal["drop", "class_confidence", "failure_mode"]
AlertState = Literal["alert", "watch", "quiet", "too_few"]
Advice = Literal["none", "look", "collect", "retrain_candidate"]

MOST_DROP = 0.03  # of a held-out slice: the article's
LEAST_MEDIAN = 0.6  # median confidence of a class that operators flagged: the article's
LEAST_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class RetrainAlert:
    """One rule for one `subject`: a release, a class, a failure mode. `figure` is the drop, the median confidence, or the share of the
    errors; `state` is `alert` where the whole range breaks the rule, `watch` where its value alone does; `stock`: distinct pictures of a
    failure mode, 0 for the other rules."""

    rule: Rule
    subject: str
    state: AlertState
    figure: Estimate
    stock: int = 0


@dataclass(frozen=True, slots=True)
class RetrainAdvice:
    """`retrain_candidate`: a rule is broken and there is enough to train on; `collect`: a rule is broken and there is not; `look`: a rule
    may be broken; `none`. `flagged`: the classes that a person marked an error of."""

    advice: Advice
    alerts: tuple[RetrainAlert, ...]
    flagged: tuple[str, ...]


def make_retrain_advice(
    drop: tuple[str, Estimate] | None, confidence: Sequence[tuple[str, NDArray[np.float64]]], modes: Sequence[FailureMode]
) -> RetrainAdvice:
    """`drop`: the newest release and its change of accuracy since the last; `confidence`: each flagged class with the (n,) confidences
    of the answers that name it; `modes`: as they were counted."""
    alerts = [make_drop_alert(*drop)] if drop else []
    alerts += [make_confidence_alert(name, values) for name, values in confidence]
    sorted_modes = [mode for mode in modes if mode.mode]
    alerts += [RetrainAlert("failure_mode", m.mode, "alert" if m.stock >= LEAST else "watch", m.share, m.stock) for m in sorted_modes]
    broken = [one.state for one in alerts if one.rule != "failure_mode"]
    enough = bool(sorted_modes) and len(sorted_modes) == len(modes) and all(mode.stock >= LEAST for mode in sorted_modes)
    advice: Advice = "none"
    if "alert" in broken:
        advice = "retrain_candidate" if enough else "collect"
    elif "watch" in broken:
        advice = "look"
    return RetrainAdvice(advice, tuple(alerts), tuple(name for name, _ in confidence))


def make_drop_alert(release: str, change: Estimate) -> RetrainAlert:
    """More than three points less on the held-out frames than the release before."""
    drop = Estimate(-change.value, -change.hi, -change.lo, change.n, change.n_eff, change.method, change.status, change.note)
    state: AlertState = "alert" if drop.lo > MOST_DROP else "watch" if drop.value > MOST_DROP else "quiet"
    return RetrainAlert("drop", release, state if state != "quiet" or drop.hi <= MOST_DROP else "too_few", drop)


def make_confidence_alert(name: str, confidence: NDArray[np.float64]) -> RetrainAlert:
    """Median of (n,) confidences below 0.6; an alert from twenty answers on where the whole range is (methods 8.2)."""
    median = estimate_median(confidence)
    if not median.measured or median.n < LEAST_ANSWERS:
        return RetrainAlert("class_confidence", name, "too_few", median)
    state: AlertState = "alert" if median.hi < LEAST_MEDIAN else "watch" if median.value < LEAST_MEDIAN else "quiet"
    return RetrainAlert("class_confidence", name, state, median)


def estimate_median(values: NDArray[np.float64]) -> Estimate:
    """Median of (n,) values with the limits of the sign test: the order statistics that hold it with at least 95 %; below six values 0 and
    1 stand for limits that there are none of. Values count as independent; those that are not finite are left out."""
    sorted_values = np.sort(values[np.isfinite(values)])
    n = sorted_values.size
    if not n:
        return Estimate.not_measured("no_answers")
    below = int(scipy.stats.binom.ppf(0.025, n, 0.5))  # most values of which no more than 2.5 % of samples have so few below the median
    lo, hi = (float(sorted_values[below - 1]), float(sorted_values[n - below])) if below else (0.0, 1.0)
    return Estimate.from_limits(float(np.median(sorted_values)), lo, hi, n=n, n_eff=float(n), method="sign_test")
