"""Reliability of labels: the same frames labelled twice without sight of the first label, and
labels that are probably wrong (methods 9)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import nan, sqrt

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats.bootstrap_draw import round_half_up
from fieldcheck.stats.iou_of_boxes_and_masks import compute_iou, match_boxes
from fieldcheck.stats.wilson_interval import Z95, estimate_wilson

LEAST_REPEATS, SHARE_REPEATED = 30, 0.10


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two labelling passes. `kappa` is corrected for chance ("na" where all labels are
    one class, or where a label is no single class); `error`: error rate of one pass, both being
    assumed alike, and errors that both make alike unseen; `ceiling` = 1 − error: no model can
    score above it on such labels."""

    n: int
    agreement: Estimate
    kappa: Estimate
    error: Estimate
    ceiling: Estimate


def count_repeats(n_labelled: int) -> int:
    """Number of the `n_labelled` frames that are labelled again: a tenth, at least 30, at most all
    (methods 9)."""
    return min(n_labelled, max(LEAST_REPEATS, round_half_up(SHARE_REPEATED * n_labelled)))


def draw_repeats(n_labelled: int, seed: int, number: int) -> NDArray[np.int64]:
    """Draws the frames for a round of blind repeats. `number`: number of the round, so that each
    round is drawn anew.

    Returns (k,) indices of labelled frames, in the random order in which they are shown."""
    order = np.random.default_rng([seed, number, LEAST_REPEATS]).permutation(n_labelled)
    return order[: count_repeats(n_labelled)].astype(np.int64)


def measure_agreement(
    first: Sequence[Hashable], second: Sequence[Hashable], n_classes: int, single: bool = True
) -> Agreement:
    """Agreement of two labelling passes over the same frames.

    Args:
        first, second: labels of each pass, compared for equality.
        n_classes: number of possible labels.
        single: whether a label is one class, so that κ is defined.

    Raises:
        ValueError: the passes differ in length.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} labels")
    n, agree = len(first), sum(a == b for a, b in zip(first, second, strict=True))
    if not n:
        nothing = Estimate.not_measured("no_repeats")
        return Agreement(0, nothing, nothing, nothing, nothing)
    share = estimate_wilson(agree, n)
    error = _estimate_pass_error(share, max(2, n_classes))
    ceiling = (
        Estimate.from_limits(
            1 - error.value, 1 - error.hi, 1 - error.lo, n=n, n_eff=float(n), method="repeats"
        )
        if error.measured
        else Estimate.not_measured("chance")
    )
    kappa = (
        _estimate_kappa_of_passes(first, second) if single else Estimate.not_measured("not_single")
    )
    return Agreement(n, share, kappa, error, ceiling)


def compute_pass_error(disagreement: float, n_classes: int) -> float:
    """Error rate of each of two passes that err alike and independently, from the share of frames
    on which they disagree; NaN from chance level on.

    e = (K−1)/K · (1 − √(1 − dK/(K−1))). Source: methods 9."""
    scale = (n_classes - 1) / n_classes
    return scale * (1 - sqrt(1 - disagreement / scale)) if disagreement < scale else float("nan")


def compute_shared_ceiling(disagreement: float, shared: float, n_classes: int) -> float:
    """What no model can exceed on labels of which both passes share the error of `shared` (0 to 1),
    which agreement cannot see: (1 − s)·(1 − e'), e' the error of one pass on the others. NaN from
    chance level on.

    Source: methods 9."""
    if shared >= 1:
        return nan
    return (1 - shared) * (1 - compute_pass_error(disagreement / (1 - shared), n_classes))


def get_worst_case(score: Estimate, error: float) -> Estimate:
    """Worst-case band of a score when a share `error` of its labels is wrong: [lo − e, hi + e]
    (methods 9)."""
    if not score.measured:
        return score
    lo, hi = max(0.0, score.lo - error), min(1.0, score.hi + error)
    return replace(score, lo=lo, hi=hi, method="label_noise_band")


def correct_for_label_noise(score: Estimate, error: float, n_classes: int) -> Estimate:
    """Score corrected for label noise that is independent of the model's errors: p = (p − e/(K−1))
    / (1 − e − e/(K−1)), applied to value and limits (methods 9). "na" where labels are no better
    than chance."""
    aside = error / (n_classes - 1)
    if not score.measured or 1 - error - aside <= 0:
        return Estimate.not_measured(score.note or "chance", score.n)
    value, lo, hi = (
        min(1.0, max(0.0, (value - aside) / (1 - error - aside)))
        for value in (score.value, score.lo, score.hi)
    )
    return replace(score, value=value, lo=lo, hi=hi, method="label_noise_corrected")


def estimate_kappa(table: NDArray[np.integer]) -> Estimate:
    """Cohen's κ of a (K, K) table of counts, rows being the first pass, with the standard error of
    Fleiss, Cohen and Everitt 1969; limits are clipped to ±1.

    "na" where agreement by chance alone would be 1."""
    n = float(table.sum())
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    by_chance, observed = float(rows @ columns), float(np.trace(p))
    if by_chance >= 1:
        return Estimate.not_measured("one_class", int(n))
    value = (observed - by_chance) / (1 - by_chance)
    both = rows[None, :] + columns[:, None]  # [i, j]: marginals that cell (i, j) is weighed with
    diagonal = float(
        (np.diag(p) * ((1 - by_chance) - (rows + columns) * (1 - observed)) ** 2).sum()
    )
    off = p * both**2
    spread = (1 - observed) ** 2 * float(off.sum() - np.trace(off))
    rest = (observed * by_chance - 2 * by_chance + observed) ** 2
    se = sqrt(max(0.0, diagonal + spread - rest) / n) / (1 - by_chance) ** 2
    limits = max(-1.0, value - Z95 * se), min(1.0, value + Z95 * se)
    return Estimate.from_limits(value, *limits, n=int(n), n_eff=n, method="fleiss_cohen_everitt")


def _estimate_kappa_of_passes(first: Sequence[Hashable], second: Sequence[Hashable]) -> Estimate:
    names = list(dict.fromkeys([*first, *second]))
    index_by_name = {name: index for index, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), dtype=np.int64)
    for a, b in zip(first, second, strict=True):
        table[index_by_name[a], index_by_name[b]] += 1
    return estimate_kappa(table)


def _estimate_pass_error(share: Estimate, n_classes: int) -> Estimate:
    """The error of one pass with the limits that follow from those of the agreement: more
    agreement, less error."""
    value, lo, hi = (
        compute_pass_error(1 - value, n_classes) for value in (share.value, share.hi, share.lo)
    )
    if np.isnan(value):
        return Estimate.not_measured("chance", share.n)
    top = (n_classes - 1) / n_classes
    return Estimate.from_limits(
        value,
        max(0.0, lo),
        top if np.isnan(hi) else hi,
        n=share.n,
        n_eff=share.n_eff,
        method="repeats",
    )


# Probably wrong labels of classes and boxes: which to review first, how they group, and training
# weights (methods 9).

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
    frames = [
        _match_drawn_boxes(boxes, predicted)
        for boxes, predicted in zip(drawn, answers, strict=True)
    ]
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


def _match_drawn_boxes(drawn: Floats, predicted: Floats) -> _MatchedFrame:
    believed, extra = np.zeros(len(drawn)), []
    for k in np.unique(predicted[:, CLASS]).tolist():
        mine, theirs = (
            np.flatnonzero(predicted[:, CLASS] == k),
            np.flatnonzero(drawn[:, LABEL_CLASS] == k),
        )
        overlap = compute_iou(predicted[mine][:, BOX], drawn[theirs][:, BOX])
        truth = match_boxes(overlap, HALF, np.zeros(theirs.size, np.bool_)).truth[0]
        believed[theirs[truth[truth >= 0]]] = predicted[mine[truth >= 0], SCORE]
        # a second box on a thing that is drawn says nothing against the label
        again = (overlap >= HALF[0]).any(axis=1)
        extra.append(predicted[mine[(truth < 0) & ~again]])
    return _MatchedFrame(believed, np.concatenate(extra) if extra else np.empty((0, CLASS + 1)))


def _find_surest_class(extra: Floats, threshold: Floats) -> int:
    """The class of the surest confident row, −1 without one."""
    # no score reaches NaN
    confident = extra[extra[:, SCORE] >= threshold[extra[:, CLASS].astype(np.int64)]]
    return int(confident[confident[:, SCORE].argmax(), CLASS]) if len(confident) else -1
