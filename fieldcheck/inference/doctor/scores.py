"""How well answers fit what is known of the frames: right or wrong, and a finer loss that tells apart what is equally often right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.inference.decode_classes import compute_sigmoid, compute_softmax, is_distribution
from fieldcheck.measure.boxes import compute_iou
from fieldcheck.measure.interval import estimate_wilson
from fieldcheck.measure.significance import compute_mcnemar_p

LEAST_SHARE = 1e-6  # a probability below it counts as this much: eight-bit outputs round many to nothing
TEMPERATURES = np.geomspace(0.05, 30, 32)
MOST_LOSS = 4.0  # what one frame can add to a difference: a single frame decides nothing
SURE_T = 3.5  # paired t of the loss; about p < 0.001 from ten frames on
LEAST_GAIN = 0.05
SURE_P = 0.01
UPPER, MATTERS = 1.96, 0.02  # deviations, and a gain of the share of right frames that is worth a card's change
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


def is_better(new: FrameScores, old: FrameScores, groups: NDArray[np.int64] | None = None, looks: int = 1) -> bool:
    """Whether `new` is beyond chance the better one on the same frames: more often right (exact McNemar, methods 6.4), or never less
    often and nearer to the truth frame by frame. `groups`: (n,) which frames are one picture nearly, and count once; `looks`: how often
    the question is put while frames come in, each time for its part of the chance."""
    gain = compute_gains(new, old, groups)
    gained, lost = int((gain > 0).sum()), int((gain < 0).sum())
    if gained > lost and compute_mcnemar_p(lost, gained) < SURE_P / looks:
        return True
    mean, t = compute_paired_t(new, old, groups)
    return gained >= lost and mean >= LEAST_GAIN and t >= SURE_T


def can_be_better(new: FrameScores, old: FrameScores, groups: NDArray[np.int64]) -> bool:
    """Whether more frames could still show `new` to be right oftener by as much as matters: the upper end of the gain, frames of one group,
    (n,), counted once."""
    gain = np.sign(compute_gains(new, old, groups))
    return float(gain.mean() + UPPER * gain.std() / np.sqrt(gain.size)) >= MATTERS


def compute_gains(new: FrameScores, old: FrameScores, groups: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
    """How many frames more `new` gets right than `old`, for each frame or group of frames, (g,)."""
    gain = new.right.astype(np.float64) - old.right
    return gain if groups is None else np.bincount(groups, gain).astype(np.float64)


def compute_paired_t(new: FrameScores, old: FrameScores, groups: NDArray[np.int64] | None = None) -> tuple[float, float]:
    """Mean and t value of how much lower the loss of `new` is, frame by frame, or over groups of frames, (n,)."""
    gain = np.clip(old.loss - new.loss, -MOST_LOSS, MOST_LOSS)
    if groups is not None:
        gain = np.bincount(groups, gain) / np.bincount(groups)
    spread = float(gain.std(ddof=1)) if gain.size > 1 else 0.0
    mean = float(gain.mean())
    return mean, mean / max(spread / np.sqrt(gain.size), 1e-9)


def compute_log_probabilities(raw: NDArray[np.float32], kind: str, several: bool = False) -> NDArray[np.float64]:
    """(n, M) logarithms of what a class output says, whether or not its last step was taken in the graph; one sigmoid counts as two
    classes. Rows with a figure that is not finite are all equal."""
    rows = raw.reshape(raw.shape[0], -1)
    with np.errstate(all="ignore"):
        if kind == "sigmoid" or several:
            inside = bool(np.all((rows >= 0) & (rows <= 1)))
            shares = rows if inside else compute_sigmoid(rows)
            shares = np.concatenate([1 - shares, shares], axis=1) if shares.shape[1] == 1 else shares
        else:
            shares = rows if bool(is_distribution(rows).all()) else compute_softmax(rows)
    whole = np.isfinite(shares).all(axis=1, keepdims=True)
    found: NDArray[np.float64] = np.log(np.clip(np.where(whole, shares, 1 / shares.shape[1]), LEAST_SHARE, 1.0).astype(np.float64))
    return found


def score_classes(logs: NDArray[np.float64], truth: NDArray[np.int64]) -> FrameScores:
    """Of (n, M) logarithms and (n,) class indices. The loss is −log p of the truth at the temperature that suits this very way of
    feeding best: how sure a model is does not count, only what it tells apart."""
    inside = truth < logs.shape[1]
    place = np.where(inside, truth, 0)
    rows = np.arange(len(truth))
    losses = []
    for temperature in TEMPERATURES:
        cooled = logs / temperature
        cooled = cooled - cooled.max(axis=1, keepdims=True)
        losses.append(np.log(np.exp(cooled).sum(axis=1)) - cooled[rows, place])
    best = min(losses, key=lambda loss: float(loss.mean()))
    flat = np.ptp(logs, axis=1) == 0
    return FrameScores((logs.argmax(axis=1) == truth) & inside & ~flat, np.where(inside, best, MOST_LOSS))


def score_boxes(answers: Sequence[NDArray[np.float32]], truths: Sequence[NDArray[np.float64]], threshold: float) -> FrameScores:
    """Of (m, 6) answers and (t, 5) true boxes a frame. Right: no miss and no false alarm at the threshold. The loss is
    1 − (2·found + 1) / (true + said + 1), each box counted by its score: smoothed, so that a faint box where nothing is costs little."""
    right, loss = [], []
    for answer, truth in zip(answers, truths, strict=True):
        # What a detector says that is fed wrongly can be hundreds of boxes; the surest hundred decide.
        surest = answer[np.argsort(-answer[:, 4], kind="stable")[:MOST_BOXES]]
        shares = np.clip(surest[:, 4], 0, 1)
        taken = _match_boxes(surest, truth)
        sure = surest[:, 4] >= threshold
        right.append(int((taken & sure).sum()) == len(truth) and int(sure.sum()) == len(truth))
        hit, said = float(shares[taken].sum()), float(shares.sum())
        loss.append(1 - (2 * hit + 1) / (len(truth) + said + 1))
    return FrameScores(np.array(right, bool), np.array(loss, np.float64))


def match_classes(answer: NDArray[np.float32], truth: NDArray[np.float64]) -> NDArray[np.int64]:
    """(m,) for each true box, `truth`: (m, 5), the class of the surest box of `answer`, (n, 6), that lies on it, whatever that is; −1 where
    none does."""
    met = np.full(len(truth), -1, np.int64)
    surest = answer[np.argsort(-answer[:, 4], kind="stable")[:MOST_BOXES]]
    if len(truth) and len(surest):
        hits = compute_iou(surest[:, :4], truth[:, :4].astype(np.float32)) >= MATCH_IOU
        found = hits.any(axis=0)
        met[found] = surest[hits.argmax(axis=0)[found], 5].astype(np.int64)
    return met


def _match_boxes(boxes: NDArray[np.float32], truth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which boxes, by falling score, meet a true one of their class; each true one is met once."""
    taken, free = np.zeros(len(boxes), bool), np.ones(len(truth), bool)
    if not len(truth) or not len(boxes):
        return taken
    overlap = compute_iou(boxes[:, :4], truth[:, :4].astype(np.float32))
    for place in range(len(boxes)):
        fits = np.where(free & (truth[:, 4] == boxes[place, 5]), overlap[place], 0.0)
        best = int(fits.argmax())
        if fits[best] >= MATCH_IOU:
            taken[place], free[best] = True, False
    return taken
