"""Wrong labels of a detection set: which frames' boxes the model believes least (methods 9, carried over to boxes).

A box that somebody drew is believed as much as the model's best box of its class upon it; that nothing is where the model sees something is
believed as little as the model is sure there. A frame is believed as much as the least of that. Source of the three faults looked for
(left out, another class, elsewhere): Tkachenko, Thyagarajan & Mueller 2023, arXiv 2309.00832, without its weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.measure.boxes import compute_iou, match_boxes
from fieldcheck.scoring.noise import LabelNoise

HALF = np.array([0.5])  # overlap from which two boxes are of one thing
BOX, LABEL_CLASS, SCORE, CLASS = slice(0, 4), 4, 4, 5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _MatchedFrame:
    """`believed`: (n,) the model's score on each drawn box, 0 where it has none there; `extra`: rows of the answer that no drawn box of
    their class explains."""

    believed: Floats
    extra: Floats


def find_box_label_noise(drawn: Sequence[Floats], answers: Sequence[Floats], n_classes: int) -> LabelNoise:
    """`drawn`: (n, 5) x1, y1, x2, y2, class a frame; `answers`: (m, 6) with score and class, by falling score.

    A class is confident from the mean score that it gets on its own boxes. A frame is flagged where a confident answer has no drawn box of
    its class under it; `instead` is the class of the surest such answer.
    """
    frames = [_match_drawn_boxes(one, given) for one, given in zip(drawn, answers, strict=True)]
    threshold = np.full(n_classes, np.nan)
    classes = np.concatenate([one[:, LABEL_CLASS] for one in drawn]) if drawn else np.empty(0)
    scores = np.concatenate([frame.believed for frame in frames]) if frames else np.empty(0)
    for k in range(n_classes):
        own = scores[(classes == k) & (scores > 0)]
        if own.size:
            threshold[k] = float(own.mean())
    confidence = np.array([min([1.0, *frame.believed.tolist(), *(1 - frame.extra[:, SCORE]).tolist()]) for frame in frames])
    instead = np.array([_find_surest_class(frame.extra, threshold) for frame in frames], np.int64)
    return LabelNoise(confidence.astype(np.float64), instead >= 0, instead, threshold)


def _match_drawn_boxes(drawn: Floats, given: Floats) -> _MatchedFrame:
    believed, extra = np.zeros(len(drawn)), []
    for k in np.unique(given[:, CLASS]).tolist():
        mine, theirs = np.flatnonzero(given[:, CLASS] == k), np.flatnonzero(drawn[:, LABEL_CLASS] == k)
        overlap = compute_iou(given[mine][:, BOX], drawn[theirs][:, BOX])
        truth = match_boxes(overlap, HALF, np.zeros(theirs.size, np.bool_)).truth[0]
        believed[theirs[truth[truth >= 0]]] = given[mine[truth >= 0], SCORE]
        again = (overlap >= HALF[0]).any(axis=1)  # a second box on a thing that is drawn says nothing against the label
        extra.append(given[mine[(truth < 0) & ~again]])
    return _MatchedFrame(believed, np.concatenate(extra) if extra else np.empty((0, CLASS + 1)))


def _find_surest_class(extra: Floats, threshold: Floats) -> int:
    """The class of the surest confident row, −1 without one."""
    confident = extra[extra[:, SCORE] >= threshold[extra[:, CLASS].astype(np.int64)]]  # no score reaches NaN
    return int(confident[confident[:, SCORE].argmax(), CLASS]) if len(confident) else -1
