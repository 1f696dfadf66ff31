"""Probably wrong labels of classes and boxes: which to review first, how they group, and training
weights (methods 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.boxes import compute_iou, match_boxes
from fieldcheck.stats.wilson_interval import estimate_wilson

SAME_CLUSTER_BITS = 10
LEAST_CONFIDENT = 0.10  # the article smooths the bottom tenth only
SMOOTHING = 0.10
MOST_TO_INSPECT = 200  # the article's count


@dataclass(frozen=True, slots=True)
class LabelNoise:
    """Doubt about n labels. `confidence`: (n,) predicted probability of the label, NaN without a
    prediction; `flagged`: (n,) bool, another class is confidently more likely; `instead`: (n,) that
    class, −1 where there is none; `threshold`: (K,) mean confidence of each class in its own
    labels, NaN for a class without any."""

    confidence: NDArray[np.float64]
    flagged: NDArray[np.bool_]
    instead: NDArray[np.int64]
    threshold: NDArray[np.float64]

    def sort_by_doubt(self) -> NDArray[np.int64]:
        """(n,) indices, most doubtful first: flagged labels by falling doubt, then the others;
        frames without a prediction last."""
        sure = np.where(np.isfinite(self.confidence), self.confidence, np.inf)
        return np.lexsort((sure, ~self.flagged)).astype(np.int64)


def find_label_noise(labels: NDArray[np.int64], probability: NDArray[np.float64]) -> LabelNoise:
    """Flags labels that are probably wrong.

    A class is confident for a frame where its probability reaches the mean it gets on its own
    frames; a label is flagged where the most likely confident class is another one. Source:
    Northcutt, Jiang & Chuang 2021, JAIR 70:1373.

    Args:
        labels: (n,) class indices.
        probability: (n, K) out-of-sample probabilities, NaN rows where the output was not finite.
    """
    n, k = probability.shape
    is_finite = np.asarray(np.isfinite(probability).all(axis=1), np.bool_)
    confidence = np.where(is_finite, probability[np.arange(n), labels], np.nan)
    threshold = np.full(k, np.nan)
    for index in range(k):
        own = is_finite & (labels == index)
        if own.any():
            threshold[index] = float(probability[own, index].mean())
    reached = is_finite[:, None] & (probability >= threshold[None, :])
    best = np.where(reached, probability, -np.inf).argmax(axis=1)
    instead = np.where(reached.any(axis=1) & (best != labels), best, -1)
    return LabelNoise(confidence, instead >= 0, instead.astype(np.int64), threshold)


def cluster_fingerprints(fingerprints: Sequence[int], loss: NDArray[np.float64]) -> list[list[int]]:
    """Places grouped by single linkage over fingerprints that differ in at most ten bits, worst
    group first. `loss`: (n,), larger is worse.

    A group's weight is its size times its mean `loss`, so a burst with one wrong label stands
    before a single frame; inside a group the highest loss stands first. Source: methods 9.
    """
    marks = np.array([mark & (2**64 - 1) for mark in fingerprints], dtype=np.uint64)
    near = [
        np.flatnonzero(np.bitwise_count(marks[index + 1 :] ^ marks[index]) <= SAME_CLUSTER_BITS)
        + index
        + 1
        for index in range(marks.size)
    ]
    rows = np.repeat(np.arange(marks.size), [len(others) for others in near])
    pairs = (np.ones(rows.size, np.bool_), (rows, np.concatenate([*near, np.empty(0, np.int64)])))
    alike = scipy.sparse.coo_array(pairs, shape=(marks.size, marks.size))
    n_groups, group_of = scipy.sparse.csgraph.connected_components(alike, directed=False)
    ordered = [
        sorted(np.flatnonzero(group_of == group).tolist(), key=lambda index: (-loss[index], index))
        for group in range(n_groups)
    ]
    return sorted(ordered, key=lambda group: (-float(loss[group].sum()), group[0]))


def compute_label_smoothing(confidence: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) confidence in the own label → (n,) share of each target that a training run spreads over
    all classes.

    0.1 for the least confident tenth, 0 for all others and for frames without an answer: smoothing
        everything would blur what is sure.
    """
    is_finite = np.isfinite(confidence)
    weight = np.zeros(confidence.size)
    count = int(LEAST_CONFIDENT * is_finite.sum())
    order = np.argsort(np.where(is_finite, confidence, np.inf), kind="stable")
    weight[order[:count]] = SMOOTHING
    return weight


def estimate_wrong_label_share(wrong: int, answered: int) -> Estimate:
    """Of the disagreements somebody looked at again, how many were the label's fault. The article's
    60 to 70 % is an anecdote."""
    return estimate_wilson(wrong, answered)


# Wrong labels of a detection set: which frames' boxes the model believes least (methods 9, carried
# over to boxes).

HALF = np.array([0.5])  # overlap from which two boxes are of one thing
BOX, LABEL_CLASS, SCORE, CLASS = slice(0, 4), 4, 4, 5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _MatchedFrame:
    """`believed`: (n,) the model's score on each drawn box, 0 where it has none there; `extra`:
    rows of the answer that no drawn box of their class explains."""

    believed: Floats
    extra: Floats


def find_box_label_noise(
    drawn: Sequence[Floats], answers: Sequence[Floats], n_classes: int
) -> LabelNoise:
    """`drawn`: (n, 5) x1, y1, x2, y2, class a frame; `answers`: (m, 6) with score and class, by
    falling score.

    A class is confident from the mean score that it gets on its own boxes. A frame is flagged where
    a confident answer has no drawn box of its class under it; `instead` is the class of the surest
    such answer.
    """
    frames = [_match_drawn_boxes(boxes, given) for boxes, given in zip(drawn, answers, strict=True)]
    threshold = np.full(n_classes, np.nan)
    classes = np.concatenate([boxes[:, LABEL_CLASS] for boxes in drawn]) if drawn else np.empty(0)
    scores = np.concatenate([frame.believed for frame in frames]) if frames else np.empty(0)
    for k in range(n_classes):
        own = scores[(classes == k) & (scores > 0)]
        if own.size:
            threshold[k] = float(own.mean())
    confidence = np.array(
        [
            min([1.0, *frame.believed.tolist(), *(1 - frame.extra[:, SCORE]).tolist()])
            for frame in frames
        ]
    )
    instead = np.array([_find_surest_class(frame.extra, threshold) for frame in frames], np.int64)
    return LabelNoise(confidence.astype(np.float64), instead >= 0, instead, threshold)


def _match_drawn_boxes(drawn: Floats, given: Floats) -> _MatchedFrame:
    believed, extra = np.zeros(len(drawn)), []
    for k in np.unique(given[:, CLASS]).tolist():
        mine, theirs = (
            np.flatnonzero(given[:, CLASS] == k),
            np.flatnonzero(drawn[:, LABEL_CLASS] == k),
        )
        overlap = compute_iou(given[mine][:, BOX], drawn[theirs][:, BOX])
        truth = match_boxes(overlap, HALF, np.zeros(theirs.size, np.bool_)).truth[0]
        believed[theirs[truth[truth >= 0]]] = given[mine[truth >= 0], SCORE]
        # a second box on a thing that is drawn says nothing against the label
        again = (overlap >= HALF[0]).any(axis=1)
        extra.append(given[mine[(truth < 0) & ~again]])
    return _MatchedFrame(believed, np.concatenate(extra) if extra else np.empty((0, CLASS + 1)))


def _find_surest_class(extra: Floats, threshold: Floats) -> int:
    """The class of the surest confident row, −1 without one."""
    # no score reaches NaN
    confident = extra[extra[:, SCORE] >= threshold[extra[:, CLASS].astype(np.int64)]]
    return int(confident[confident[:, SCORE].argmax(), CLASS]) if len(confident) else -1
