"""Which decoder reads which kind of output, and whether an output is of that kind at all."""

from __future__ import annotations

from enum import Enum
from math import prod

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.inference import decode_yolo, decode_yolox
from fieldcheck.inference.candidates import Candidates
from fieldcheck.inference.decode_classes import probabilities

OF_CLASSES = ("logits", "softmax", "sigmoid")
SUPPRESSED_HERE = ("yolo", "yolo_obj", "yolox")  # kinds whose graph leaves the choice among overlapping boxes to the reader
READABLE = (*OF_CLASSES, *SUPPRESSED_HERE, "yolo_end2end")
END_TO_END_COLUMNS = 6


class Misfit(Enum):
    """Why an output cannot be read as the card says; the values are problems of ModelRejected."""

    NONE = ""
    KIND = "output_kind"
    CLASSES = "classes"


def misfit(shape: tuple[int, ...], n: int, card: Card) -> Misfit:
    """Compares the shape that came out for `n` pictures with the card's kind of output and its classes."""
    kind, k = card.output.kind, len(card.classes)
    if kind in OF_CLASSES:
        return _class_misfit(shape, n, kind, k)
    if n == 1 and len(shape) == 2:
        shape = (1, *shape)
    if len(shape) != 3 or shape[0] != n:
        return Misfit.KIND
    if kind == "yolox":
        n_cells = len(decode_yolox.cells_of(card.input.size)[0])
        return Misfit.KIND if shape[1] != n_cells else Misfit.NONE if shape[2] == 5 + k else Misfit.CLASSES
    if kind == "yolo_end2end":
        return Misfit.NONE if shape[2] == END_TO_END_COLUMNS else Misfit.KIND
    if kind in ("yolo", "yolo_obj"):
        widths = (5 + k,) if kind == "yolo_obj" else (4 + k, 5 + k)
        return Misfit.NONE if set(shape[1:]) & set(widths) else Misfit.CLASSES
    return Misfit.KIND


def class_scores(raw: NDArray[np.float32], card: Card) -> NDArray[np.float32]:
    """(N, K) probabilities of a batch."""
    return probabilities(raw, card.output.kind, len(card.classes), card.task == "multilabel")


def candidates(raw: NDArray[np.float32], card: Card, floor: float) -> Candidates:
    """The boxes of one picture that reach `floor`, overlaps included. Boxes with a figure that is not finite may be among them."""
    kind, k = card.output.kind, len(card.classes)
    with np.errstate(all="ignore"):
        if kind == "yolox":
            return decode_yolox.grid(raw, k, floor, card.input.size)
        if kind == "yolo_end2end":
            return decode_yolo.end_to_end(raw, floor)
        return decode_yolo.grid(raw, k, floor, kind)


def _class_misfit(shape: tuple[int, ...], n: int, kind: str, k: int) -> Misfit:
    if len(shape) == 1 and n == 1:
        shape = (1, *shape)
    if len(shape) < 2 or shape[0] != n or sum(side > 1 for side in shape[1:]) > 1:
        return Misfit.KIND
    width = prod(shape[1:])
    return Misfit.NONE if width == k or (width == 1 and k == 2 and kind == "sigmoid") else Misfit.CLASSES
