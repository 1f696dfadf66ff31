"""Decoder of a kind of output: the check of its shape and the reading of one picture's tensors, with what box decoders share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.domain.output_kind import BY_NAME
from fieldcheck.inference.candidates import Candidates
from fieldcheck.inference.nms import find_highest_scores, suppress_non_maxima
from fieldcheck.inference.preprocess import Placement
from fieldcheck.measure.masks import Mask

Array = NDArray[np.generic]
Floats = NDArray[np.float32]
Tensors = tuple[Array, ...]  # of one picture, without a batch axis
FramePlacement = tuple[Placement, tuple[int, int]]  # of a frame in its tensor, and the frame's (height, width)

STORED_FLOOR = 0.05  # methods 3.2: uncertainty counts boxes from here on, whatever the deployed threshold


class Misfit(Enum):
    """Why an output cannot be read as the card says; the values are problems of ModelRejected."""

    NONE = ""
    KIND = "output_kind"
    CLASSES = "classes"


class UnknownClass(ValueError):
    """A box of a class that the card does not have."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


@dataclass(frozen=True, slots=True, eq=False)
class InferenceResult:
    """`answer` as in `domain.prediction`; `nan`: a figure was not finite. `masks`: one as large as the frame for a segmentation or a map
    of anomalies, one for each of the first boxes – those at the deployed threshold – for instances, else none."""

    answer: NDArray[np.float32]
    nan: bool
    masks: tuple[Mask, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoder:
    """How one kind of output is read, a picture at a time.

    `find_misfit` compares a picture's tensors with the card's kind and classes. `decode` reads them; it raises WrongClass, and ValueError
    where they are not of the kind. `boxes`, of box decoders: candidates that reach a score, overlaps included. `rank`: the axes of each
    tensor of one picture, where a graph may drop the batch axis of a single one. `split` parts a batch in another way than by that axis.
    """

    find_misfit: Callable[[Tensors, Card], Misfit]
    decode: Callable[[Tensors, Card, FramePlacement], InferenceResult]
    boxes: Callable[[Tensors, Card, float], Candidates] | None = None
    rank: int | None = None
    split: Callable[[Sequence[Array], int], list[Tensors]] | None = None

    def split_batch(self, came: Sequence[Array], n: int) -> list[Tensors]:
        """Outputs of a run on `n` pictures, (n, …) each, as one tuple of tensors a picture. Raises ValueError where they cannot be told
        apart."""
        if self.split is not None:
            return self.split(came, n)
        if n == 1 and self.rank is not None and all(one.ndim == self.rank for one in came):
            return [tuple(came)]
        return split_along_batch(came, n)


def make_box_decoder(
    find: Callable[[tuple[Floats, ...], Card, float], Candidates],
    misfit: Callable[[Tensors, Card], Misfit],
    rank: int | None = None,
    split: Callable[[Sequence[Array], int], list[Tensors]] | None = None,
) -> Decoder:
    """Decoder of boxes from `find`: a picture's tensors as float32, the card, the least score → candidates, (n, 4) in pixels of the
    tensor."""

    def find_boxes(one: Tensors, card: Card, least: float) -> Candidates:
        tensors = tuple(tensor.astype(np.float32, copy=False) for tensor in one)
        with np.errstate(all="ignore"):
            return find(tensors, card, least)

    def decode(one: Tensors, card: Card, place: FramePlacement) -> InferenceResult:
        return make_box_result(find_boxes(one, card, get_score_floor(card)), one, card, place)

    return Decoder(misfit, decode, find_boxes, rank, split)


def make_box_result(found: Candidates, one: Tensors, card: Card, place: FramePlacement) -> InferenceResult:
    """Detections of one picture, rows as in `make_box_rows`, (k, 6), from its candidates: overlaps settled where the graph has not, in
    pixels of the frame. Raises WrongClass."""
    kept, _, dropped = select_boxes(found, card, BY_NAME[card.output.kind].suppressed_here)
    return InferenceResult(make_box_rows(kept, place), dropped or not is_finite(one))


def get_score_floor(card: Card) -> float:
    """The least score of a box that is stored."""
    return min(STORED_FLOOR, card.output.threshold)


def select_boxes(found: Candidates, card: Card, suppress_here: bool) -> tuple[Candidates, NDArray[np.int64], bool]:
    """Candidates that are kept, their places, (k,) int64, among those found, and whether one was dropped because a figure of it is not
    finite. Raises WrongClass."""
    sound = np.flatnonzero(np.isfinite(found.xyxy).all(axis=1) & np.isfinite(found.scores))
    whole = found.select(sound)
    order = suppress_non_maxima(whole, card.output.iou) if suppress_here else find_highest_scores(whole)
    kept = whole.select(order)
    if kept.classes.size and not (kept.classes.min() >= 0 and kept.classes.max() < len(card.classes)):
        wrong = kept.classes.min() if kept.classes.min() < 0 else kept.classes.max()
        raise UnknownClass(int(wrong))
    return kept, sound[order], len(sound) < len(found.scores)


def make_box_rows(kept: Candidates, place: FramePlacement) -> Floats:
    """(n, 6) float32: x1, y1, x2, y2 in pixels of the frame, score, class."""
    columns = (place[0].to_frame(kept.xyxy), kept.scores[:, None], kept.classes[:, None])
    return np.concatenate(columns, axis=1, dtype=np.float32)


def is_finite(one: Tensors) -> bool:
    """Whether every figure of the floating tensors, (…,) of any shape, is a finite one."""
    return all(bool(np.isfinite(tensor).all()) for tensor in one if np.issubdtype(tensor.dtype, np.floating))


def split_along_batch(came: Sequence[Array], n: int) -> list[Tensors]:
    """A batch of `n` along the first axis, tensors (n, …), as one tuple a picture. Raises ValueError where a tensor has no such axis."""
    if not all(one.ndim and one.shape[0] == n for one in came):
        raise ValueError(f"{[one.shape for one in came]} for {n} pictures")
    return [tuple(one[place] for one in came) for place in range(n)]
