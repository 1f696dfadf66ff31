"""Transformers that detect: a fixed number of queries, each with class scores and one box; no two
are meant to overlap.

Source: Carion et al. 2020, arXiv 2005.12872 (softmax with "no object" last); Zhao et al. 2024,
arXiv 2304.08069 (sigmoids, the best pairs of query and class).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.models.decoders.decoder import (
    Misfit,
    Tensors,
    compute_probabilities,
    find_all_classes,
    find_best_class,
    has_image_numbers,
    make_box_decoder,
    to_corners,
)
from fieldcheck.models.decoders.nms import Candidates
from fieldcheck.models.decoders.ssd_and_torchvision import has_trailing_background

Array = NDArray[np.float32]


def decode_queries(
    tensors: tuple[Array, ...], n_classes: int, floor: float, size: tuple[int, int]
) -> Candidates:
    """One picture: scores (Q, K) or (Q, K + 1) and boxes (Q, 4), or both in one tensor (Q, 4 + K),
    boxes first.

    Boxes are centre and size as shares of the picture.
    """
    scores, boxes = tensors if len(tensors) == 2 else (tensors[0][:, 4:], tensors[0][:, :4])
    if scores.shape[1] == n_classes + 1:
        chosen, classes, best = find_best_class(
            compute_probabilities(scores, "softmax", n_classes + 1, several=False)[:, :-1], floor
        )
    else:
        chosen, classes, best = find_all_classes(
            compute_probabilities(scores, "sigmoid", n_classes, several=True), floor
        )
        first = np.argsort(-best, kind="stable")[: len(scores)]
        chosen, classes, best = chosen[first], classes[first], best[first]
    height, width = size
    return Candidates(
        to_corners(boxes[chosen] * np.array([width, height, width, height], np.float32)),
        best,
        classes,
    )


def find_misfit(outputs: Tensors, card: Card) -> Misfit:
    """Scores (Q, K) or (Q, K + 1) and boxes (Q, 4), or both in one tensor (Q, 4 + K)."""
    k = _count_object_classes(card)
    if len(outputs) == 1:
        shape = outputs[0].shape
        if len(shape) != 2 or shape[1] < 5 or has_image_numbers(outputs[0]):
            return Misfit.KIND
        return Misfit.NONE if shape[1] == 4 + k else Misfit.CLASSES
    if len(outputs) != 2 or outputs[0].ndim != 2 or outputs[1].shape != (len(outputs[0]), 4):
        return Misfit.KIND
    return Misfit.NONE if outputs[0].shape[1] in (k, k + 1) else Misfit.CLASSES


def _count_object_classes(card: Card) -> int:
    """How many classes of objects the card names: a last one for "no object" is none of them."""
    return len(card.classes) - int(has_trailing_background(card.classes))


def _decode_boxes(tensors: tuple[Array, ...], card: Card, least: float) -> Candidates:
    return decode_queries(tensors, _count_object_classes(card), least, card.input.size)


DECODERS = {"detr": make_box_decoder(_decode_boxes, find_misfit, rank=2)}
