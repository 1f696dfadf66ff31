"""Scores that are no share of right frames – balanced accuracy, mAP, recall – as the claim, the gap and the gate compare them.

Their limits come from the bootstrap of methods 2.6: frames within strata for a footage or a benchmark, whole clips for a camera.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure import bootstrap
from fieldcheck.scoring.classes import balanced_accuracy, statistic
from fieldcheck.scoring.detections import first_only, mean_average_precision, outcomes, precision_recall
from fieldcheck.workflows.models.judge_answers import BoxJudgement, ClassJudgement, Judgement

SEED = 0


def statistic_of(judgement: Judgement, n_classes: int, metric: str) -> bootstrap.Statistic:
    """The metric as a function of (b, n) weights of the judged frames → (b,) scores, NaN where it is undefined. `metric` as stored: one of
    the task's `further` ones, or its own, which is the weighted share of right frames."""
    if isinstance(judgement, ClassJudgement) and metric == "balanced_accuracy":
        return statistic(balanced_accuracy, judgement.truth, judgement.predicted, n_classes)
    if isinstance(judgement, BoxJudgement) and metric in ("map", "map50"):
        table = outcomes(judgement.truths, judgement.answers, judgement.right.size, n_classes)
        table = first_only(table) if metric == "map50" else table
        return lambda weights: mean_average_precision(table, weights).mean(axis=1)
    if isinstance(judgement, BoxJudgement) and metric == "recall":
        return lambda weights: precision_recall(judgement.found, weights)[1]
    right = judgement.right.astype(np.float64)
    return lambda weights: _share(weights @ right, weights.sum(axis=1))


def scored_by(
    judgement: Judgement, n_classes: int, metric: str, weight: NDArray[np.float64], strata: ArrayLike, clips: ArrayLike
) -> tuple[Estimate, Estimate]:
    """The metric over this footage, or a benchmark, and over the camera, which is "na" below eight clips. `weight`, `strata`, `clips`: (n,)
    of the judged frames."""
    of_weights = statistic_of(judgement, n_classes, metric)
    return bootstrap.by_frame(of_weights, weight, strata, SEED), bootstrap.by_clip(of_weights, weight, clips, SEED)


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
