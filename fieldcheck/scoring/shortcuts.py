"""Shortcuts: where a model looks, from what may be taken away before its answer changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.measure.interval import estimate_wilson

STAYS = 0.30  # answers that stay although the object is hidden: more than that come from the background
MOSTLY = 0.50  # answers that stay although no shape is left: more than that come from the texture


def estimate_unchanged_answers(before: ArrayLike, after: ArrayLike) -> Estimate:
    """The share of classifications that a probe leaves as they were. `before`, `after`: (n,) class indices, −1 for none.

    Frames whose clean answer is the one most often given under the probe are left out: a model that answers everything it cannot read
    with one class has not recognised that class again. Fewer than ten frames are "na".
    """
    clean, probed = np.asarray(before, dtype=np.int64), np.asarray(after, dtype=np.int64)
    if not clean.size:
        return Estimate.not_measured("no_labels")
    usual = np.bincount(probed[probed >= 0]).argmax() if (probed >= 0).any() else -1
    counted = (clean != usual) & (clean >= 0)
    if counted.sum() < FEW_FRAMES:
        return Estimate.not_measured("one_answer", int(counted.sum()))
    return estimate_wilson(int((clean == probed)[counted].sum()), int(counted.sum()))


def estimate_unchanged_boxes(match: ArrayLike, found: ArrayLike) -> Estimate:
    """Kept boxes of a detector: the mean (n,) match of its boxes over the frames in which it had `found` any, (n,) bool."""
    scores, had = np.asarray(match, dtype=np.float64), np.asarray(found, dtype=np.bool_)
    if had.sum() < FEW_FRAMES:
        return Estimate.not_measured("no_boxes", int(had.sum()))
    return estimate_wilson(float(scores[had].sum()), int(had.sum()))


def is_background_dependent(object_hidden: Estimate) -> bool:
    """Whether at least three answers in ten stay although the object is hidden, beyond chance."""
    return object_hidden.measured and object_hidden.lo >= STAYS


def is_texture_dependent(patches_shuffled: Estimate, strong_blur: Estimate) -> bool:
    """Whether most answers survive the loss of every shape, and more of them than survive the loss of all texture."""
    if not (patches_shuffled.measured and strong_blur.measured):
        return False
    return patches_shuffled.value >= MOSTLY and patches_shuffled.lo > strong_blur.hi
