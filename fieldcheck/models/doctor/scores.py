"""How well predictions fit labelled frames: correct or wrong, a finer loss, and the order of the
classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.models.decoders.decoder import compute_sigmoid, compute_softmax, is_distribution
from fieldcheck.stats.iou_of_boxes_and_masks import compute_iou
from fieldcheck.stats.significance import compute_mcnemar_p
from fieldcheck.stats.wilson_interval import estimate_wilson

# The order of a model's classes, from frames whose class is known: reversed, sorted, pushed on by
# one, or learned from the answers.

ORDER_P = 0.01
ORDER_GAIN = 0.2

# for each class of the card the index at which the model answers it; None: as the card says
Order = tuple[int, ...] | None


def find_class_order(
    answers: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]], classes: Sequence[str]
) -> Order:
    """Another order of the classes, where it explains the answers of some way of feeding far better
    than the card's explains any way's.

    `answers`: for each way (n,) classes answered, −1 for none, and (n,) true ones; these are the
    same for every way. The usual orders are tried as they are, since a mistake that everybody makes
    needs few frames to be seen and leaves no class out. Beside them one is learned on every other
    frame and judged on the rest, and the other way round: with many classes some assignment always
    looks good on the frames that it was made from. It is taken only where it is beyond chance
    better than the best usual one.
    """
    truth = answers[0][1]
    plain = max((predicted == truth for predicted, _ in answers), key=np.sum)
    usual, in_usual = _find_best_usual_order(answers, classes)
    crossed = [_cross_validate_assignment(predicted, truth) for predicted, _ in answers]
    index = max(range(len(answers)), key=lambda index: int(crossed[index].sum()))
    if in_usual is not None and _is_better_order(in_usual, plain):
        return (
            _find_learned_order(answers[index][0], truth, len(classes))
            if _is_better_order(crossed[index], in_usual)
            else usual
        )
    return (
        _find_learned_order(answers[index][0], truth, len(classes))
        if _is_better_order(crossed[index], plain)
        else None
    )


def reorder_classes(classes: Sequence[str], order: Sequence[int]) -> list[str]:
    """Return the card's classes in the order of the model's outputs."""
    names = [""] * len(classes)
    for index, answered in enumerate(order):
        names[answered] = classes[index]
    return names


def iter_usual_orders(classes: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """The orders in which lists of classes are most often mixed up, other than the card's own:
    reversed, sorted as a folder or as a dictionary sorts, with and without upper case, by number,
    each of these backwards, and one place on or back."""
    k = len(classes)
    own = tuple(range(k))
    orders = [own[::-1]]
    for key in (str, str.casefold, _number_sort_key):
        ranked = sorted(own, key=lambda index: key(classes[index]))
        sorted_places = tuple(ranked.index(index) for index in own)
        orders += [sorted_places, tuple(k - 1 - sorted_place for sorted_place in sorted_places)]
    orders += [tuple((index + step) % k for index in own) for step in (1, k - 1)]
    yield from (order for order in dict.fromkeys(orders) if order != own)


def _number_sort_key(name: str) -> tuple[tuple[int, str], ...]:
    """Sort key that puts `sign 10` after `sign 9`."""
    return tuple(
        (int(part), "") if part.isdecimal() else (-1, part)
        for part in re.split(r"(\d+)", name)
        if part
    )


def _find_best_usual_order(
    answers: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]], classes: Sequence[str]
) -> tuple[Order, NDArray[np.bool_] | None]:
    """The usual order that explains most answers of any way, and which."""
    best: tuple[Order, NDArray[np.bool_] | None] = (None, None)
    for order in iter_usual_orders(classes):
        for predicted, truth in answers:
            right = predicted == np.array(order)[truth]
            if best[1] is None or right.sum() > best[1].sum():
                best = order, right
    return best


def _is_better_order(other: NDArray[np.bool_], plain: NDArray[np.bool_]) -> bool:
    """Whether another order is right on far more frames, beyond chance (exact McNemar, methods
    6.4)."""
    gained, lost = int((other & ~plain).sum()), int((plain & ~other).sum())
    return gained - lost >= ORDER_GAIN * plain.size and compute_mcnemar_p(lost, gained) < ORDER_P


def _find_learned_order(predicted: NDArray[np.int64], truth: NDArray[np.int64], k: int) -> Order:
    return _complete_order(_assign_classes(predicted, truth), k)


def _cross_validate_assignment(
    predicted: NDArray[np.int64], truth: NDArray[np.int64]
) -> NDArray[np.bool_]:
    right = np.zeros(len(truth), bool)
    # Frames come class after class in turn, so halves are taken within each class.
    half = np.zeros(len(truth), bool)
    for index in np.unique(truth):
        half[np.flatnonzero(truth == index)[::2]] = True
    for learn, judge in ((half, ~half), (~half, half)):
        learned = _assign_classes(predicted[learn], truth[learn])
        right[judge] = [
            answer >= 0 and learned.get(int(real)) == answer
            for real, answer in zip(truth[judge], predicted[judge], strict=True)
        ]
    return right


def _assign_classes(predicted: NDArray[np.int64], truth: NDArray[np.int64]) -> dict[int, int]:
    """For each class among the labels the index at which it is answered, one for each."""
    truth, predicted = truth[predicted >= 0], predicted[predicted >= 0]
    if not truth.size:
        return {}
    classes, answers = np.unique(truth), np.unique(predicted)
    table = np.array(
        [
            [int(((truth == class_name) & (predicted == other)).sum()) for other in answers]
            for class_name in classes
        ]
    )
    rows, columns = scipy.optimize.linear_sum_assignment(-table)
    return {
        int(classes[row]): int(answers[column])
        for row, column in zip(rows, columns, strict=True)
        if table[row, column]
    }


def _complete_order(learned: dict[int, int], k: int) -> Order:
    """A whole order from what was learned: a list pushed on as a whole where two classes or more
    say so; else the rest keep their places where these are free, and take what is left where not.
    """
    steps = {(answer - index) % k for index, answer in learned.items()}
    if len(learned) > 1 and len(steps) == 1:
        step = steps.pop()
        return tuple((index + step) % k for index in range(k)) if step else None
    inside = {index: answer for index, answer in learned.items() if answer < k}
    free = [index for index in range(k) if index not in inside.values()]
    order = dict(inside)
    for index in range(k):
        if index not in order and index in free:
            order[index] = index
            free.remove(index)
    for index in range(k):
        if index not in order:
            order[index] = free.pop(0)
    order_so_far = tuple(order[index] for index in range(k))
    return None if order_so_far == tuple(range(k)) else order_so_far


# a probability below it counts as this much: eight-bit outputs round many to nothing
LEAST_SHARE = 1e-6
TEMPERATURES = np.geomspace(0.05, 30, 32)
MOST_LOSS = 4.0  # Largest contribution of one frame to a difference.
SURE_T = 3.5  # paired t of the loss; about p < 0.001 from ten frames on
LEAST_GAIN = 0.05
SURE_P = 0.01
# deviations, and a gain of the share of right frames that is worth a card's change
UPPER, MATTERS = 1.96, 0.02
MATCH_IOU = 0.5
MOST_BOXES = 100


@dataclass(frozen=True, slots=True)
class FrameScores:
    """`right`: (n,) bool; `loss`: (n,) float64, lower is better."""

    right: NDArray[np.bool_]
    loss: NDArray[np.float64]

    @property
    def score(self) -> Estimate:
        return estimate_wilson(int(self.right.sum()), self.right.size)

    def select(self, chosen: NDArray[np.int64]) -> FrameScores:
        """Scores of the frames at these places, (k,) int64."""
        return FrameScores(self.right[chosen], self.loss[chosen])


def is_better(
    new: FrameScores, old: FrameScores, groups: NDArray[np.int64] | None = None, looks: int = 1
) -> bool:
    """Whether `new` is beyond chance the better one on the same frames: more often right (exact
    McNemar, methods 6.4), or never less often and nearer to the truth frame by frame. `groups`:
    (n,) which frames are one picture nearly, and count once; `looks`: how often the question is put
    while frames come in, each time for its part of the chance."""
    gain = compute_gains(new, old, groups)
    gained, lost = int((gain > 0).sum()), int((gain < 0).sum())
    if gained > lost and compute_mcnemar_p(lost, gained) < SURE_P / looks:
        return True
    mean, t = compute_paired_t(new, old, groups)
    return gained >= lost and mean >= LEAST_GAIN and t >= SURE_T


def can_be_better(new: FrameScores, old: FrameScores, groups: NDArray[np.int64]) -> bool:
    """Whether more frames could still show `new` to be right oftener by as much as matters: the
    upper end of the gain, frames of one group, (n,), counted once."""
    gain = np.sign(compute_gains(new, old, groups))
    return float(gain.mean() + UPPER * gain.std() / np.sqrt(gain.size)) >= MATTERS


def compute_gains(
    new: FrameScores, old: FrameScores, groups: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """How many frames more `new` gets right than `old`, for each frame or group of frames, (g,)."""
    gain = new.right.astype(np.float64) - old.right
    return gain if groups is None else np.bincount(groups, gain).astype(np.float64)


def compute_paired_t(
    new: FrameScores, old: FrameScores, groups: NDArray[np.int64] | None = None
) -> tuple[float, float]:
    """Mean and t value of how much lower the loss of `new` is, frame by frame, or over groups of
    frames, (n,)."""
    gain = np.clip(old.loss - new.loss, -MOST_LOSS, MOST_LOSS)
    if groups is not None:
        gain = np.bincount(groups, gain) / np.bincount(groups)
    spread = float(gain.std(ddof=1)) if gain.size > 1 else 0.0
    mean = float(gain.mean())
    return mean, mean / max(spread / np.sqrt(gain.size), 1e-9)


def compute_log_probabilities(
    raw: NDArray[np.float32], kind: str, several: bool = False
) -> NDArray[np.float64]:
    """(n, M) logarithms of what a class output says, whether or not its last step was taken in the
    graph; one sigmoid counts as two classes. Rows with a figure that is not finite are all equal.
    """
    rows = raw.reshape(raw.shape[0], -1)
    with np.errstate(all="ignore"):
        if kind == "sigmoid" or several:
            inside = bool(np.all((rows >= 0) & (rows <= 1)))
            shares = rows if inside else compute_sigmoid(rows)
            shares = (
                np.concatenate([1 - shares, shares], axis=1) if shares.shape[1] == 1 else shares
            )
        else:
            shares = rows if bool(is_distribution(rows).all()) else compute_softmax(rows)
    whole = np.isfinite(shares).all(axis=1, keepdims=True)
    log_probabilities: NDArray[np.float64] = np.log(
        np.clip(np.where(whole, shares, 1 / shares.shape[1]), LEAST_SHARE, 1.0).astype(np.float64)
    )
    return log_probabilities


def score_classes(logs: NDArray[np.float64], truth: NDArray[np.int64]) -> FrameScores:
    """Score (n, M) log probabilities against (n,) class indices. The loss is −log p of the true
    class at the best temperature for this preprocessing, so that only the separation of classes
    counts and not the confidence."""
    inside = truth < logs.shape[1]
    positions = np.where(inside, truth, 0)
    rows = np.arange(len(truth))
    losses = []
    for temperature in TEMPERATURES:
        cooled = logs / temperature
        cooled = cooled - cooled.max(axis=1, keepdims=True)
        losses.append(np.log(np.exp(cooled).sum(axis=1)) - cooled[rows, positions])
    best = min(losses, key=lambda loss: float(loss.mean()))
    flat = np.ptp(logs, axis=1) == 0
    return FrameScores(
        (logs.argmax(axis=1) == truth) & inside & ~flat, np.where(inside, best, MOST_LOSS)
    )


def score_boxes(
    answers: Sequence[NDArray[np.float32]], truths: Sequence[NDArray[np.float64]], threshold: float
) -> FrameScores:
    """Of (m, 6) answers and (t, 5) true boxes a frame. Right: no miss and no false alarm at the
    threshold. The loss is 1 − (2·found + 1) / (true + said + 1), each box counted by its score:
    smoothed, so that a faint box where nothing is costs little."""
    right, loss = [], []
    for answer, truth in zip(answers, truths, strict=True):
        # What a detector says that is fed wrongly can be hundreds of boxes; the surest hundred
        # decide.
        surest = answer[np.argsort(-answer[:, 4], kind="stable")[:MOST_BOXES]]
        shares = np.clip(surest[:, 4], 0, 1)
        taken = _match_boxes(surest, truth)
        sure = surest[:, 4] >= threshold
        right.append(int((taken & sure).sum()) == len(truth) and int(sure.sum()) == len(truth))
        hit, weights = float(shares[taken].sum()), float(shares.sum())
        loss.append(1 - (2 * hit + 1) / (len(truth) + weights + 1))
    return FrameScores(np.array(right, bool), np.array(loss, np.float64))


def match_classes(answer: NDArray[np.float32], truth: NDArray[np.float64]) -> NDArray[np.int64]:
    """(m,) for each true box, `truth`: (m, 5), the class of the surest box of `answer`, (n, 6),
    that lies on it, whatever that is; −1 where none does."""
    met = np.full(len(truth), -1, np.int64)
    surest = answer[np.argsort(-answer[:, 4], kind="stable")[:MOST_BOXES]]
    if len(truth) and len(surest):
        hits = compute_iou(surest[:, :4], truth[:, :4].astype(np.float32)) >= MATCH_IOU
        is_matched = hits.any(axis=0)
        met[is_matched] = surest[hits.argmax(axis=0)[is_matched], 5].astype(np.int64)
    return met


def _match_boxes(boxes: NDArray[np.float32], truth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which boxes, by falling score, meet a true one of their class; each true one is met once."""
    taken, free = np.zeros(len(boxes), bool), np.ones(len(truth), bool)
    if not len(truth) or not len(boxes):
        return taken
    overlap = compute_iou(boxes[:, :4], truth[:, :4].astype(np.float32))
    for index in range(len(boxes)):
        fits = np.where(free & (truth[:, 4] == boxes[index, 5]), overlap[index], 0.0)
        best = int(fits.argmax())
        if fits[best] >= MATCH_IOU:
            taken[index], free[best] = True, False
    return taken
