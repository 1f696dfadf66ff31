"""Scores that are no share of right frames – balanced accuracy, mAP, recall – as the claim, the gap and the gate compare them.

Their limits come from the bootstrap of methods 2.6: frames within strata for a footage or a benchmark, whole clips for a camera.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure import bootstrap
from fieldcheck.scoring.classes import compute_balanced_accuracy, make_statistic
from fieldcheck.scoring.detections import (
    compute_mean_average_precision,
    compute_precision_recall,
    match_all_classes,
    select_first_threshold,
)
from fieldcheck.workflows.models.judge_answers import BoxJudgement, ClassJudgement, Judgement

SEED = 0


def make_metric_statistic(judgement: Judgement, n_classes: int, metric: str) -> bootstrap.Statistic:
    """The metric as a function of (b, n) weights of the judged frames → (b,) scores, NaN where it is undefined. `metric` as stored: one of
    the task's `further` ones, or its own, which is the weighted share of right frames."""
    if isinstance(judgement, ClassJudgement) and metric == "balanced_accuracy":
        return make_statistic(compute_balanced_accuracy, judgement.truth, judgement.predicted, n_classes)
    if isinstance(judgement, BoxJudgement) and metric in ("map", "map50"):
        table = match_all_classes(judgement.truths, judgement.answers, judgement.right.size, n_classes)
        table = select_first_threshold(table) if metric == "map50" else table
        return lambda weights: compute_mean_average_precision(table, weights).mean(axis=1)
    if isinstance(judgement, BoxJudgement) and metric == "recall":
        return lambda weights: compute_precision_recall(judgement.found, weights)[1]
    right = judgement.right.astype(np.float64)
    return lambda weights: _divide(weights @ right, weights.sum(axis=1))


def estimate_metric(
    judgement: Judgement, n_classes: int, metric: str, weight: NDArray[np.float64], strata: ArrayLike, clips: ArrayLike
) -> tuple[Estimate, Estimate]:
    """The metric over this footage, or a benchmark, and over the camera, which is "na" below eight clips. `weight`, `strata`, `clips`: (n,)
    of the judged frames."""
    of_weights = make_metric_statistic(judgement, n_classes, metric)
    return bootstrap.estimate_by_frame(of_weights, weight, strata, SEED), bootstrap.estimate_by_clip(of_weights, weight, clips, SEED)


def _divide(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
