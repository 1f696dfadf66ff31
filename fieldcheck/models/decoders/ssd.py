"""SSD heads: class scores and boxes of fixed places, decoded by the graph or relative to prior
boxes.

Source: Liu et al. 2016, arXiv 1512.02325; variances 0.1 and 0.2 as in its reference code.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.models.decoders.decoder import (
    Candidates,
    Misfit,
    Tensors,
    compute_probabilities,
    find_all_classes,
    make_box_decoder,
    split_along_batch,
    to_corners,
)

Array = NDArray[np.float32]
VARIANCES = (0.1, 0.1, 0.2, 0.2)
BACKGROUND = ("background", "__background__")
NO_OBJECT = ("no object", "no-object", "no_object", "nothing", "∅")


def begins_with_background(classes: tuple[str, ...]) -> bool:
    """Whether the card's list begins with the background, so that outputs and classes have the same
    index."""
    return classes[0].strip().lower() in BACKGROUND


def has_trailing_background(classes: tuple[str, ...]) -> bool:
    """Whether the card's list ends with the background or "no object", as transformers count it."""
    return len(classes) > 1 and classes[-1].strip().lower() in (*BACKGROUND, *NO_OBJECT)


def count_scores(classes: tuple[str, ...]) -> int:
    """How many scores a place has: class 0 is the background."""
    return len(classes) + (0 if begins_with_background(classes) else 1)


def decode_boxes(tensors: tuple[Array, ...]) -> Array:
    """(P, 4) normalised corners of one picture. `tensors`: scores, boxes and, where boxes are
    relative, prior boxes.

    Priors are (P, 4) centre and size, or Caffe's (2, 4·P): corners in the first row, variances in
    the second.
    """
    boxes = tensors[1].reshape(-1, 4)
    if len(tensors) == 2:
        return boxes
    centres, variances = _parse_priors(tensors[2])
    moved = centres[:, :2] + boxes[:, :2] * variances[:, :2] * centres[:, 2:]
    return to_corners(
        np.concatenate([moved, centres[:, 2:] * np.exp(boxes[:, 2:] * variances[:, 2:])], axis=1)
    )


def find_candidates(
    tensors: tuple[Array, ...], classes: tuple[str, ...], floor: float, size: tuple[int, int]
) -> Candidates:
    """One picture: a candidate for each place and class but the background; scores that are no
    probabilities yet become such.

    `tensors`: scores, (P, C) with the background, boxes and perhaps priors as in `decode_boxes`;
    `size` of the tensor: (height, width).
    """
    scores = compute_probabilities(tensors[0], "softmax", tensors[0].shape[1], several=False)
    places, of_class, best = find_all_classes(scores[:, 1:], floor)
    height, width = size
    sides = np.array([width, height, width, height], np.float32)
    return Candidates(
        decode_boxes(tensors)[places] * sides,
        best,
        of_class + (1 if begins_with_background(classes) else 0),
    )


def _parse_priors(raw: Array) -> tuple[Array, Array]:
    """Priors as centre x, centre y, width, height, and the variances, both (P, 4)."""
    if raw.shape[-1] == 4:
        centres = raw.reshape(-1, 4)
        return centres, np.broadcast_to(np.array(VARIANCES, np.float32), centres.shape)
    ends, variances = (row.reshape(-1, 4) for row in raw.reshape(2, -1))
    return np.concatenate(
        [(ends[:, :2] + ends[:, 2:]) / 2, ends[:, 2:] - ends[:, :2]], axis=1
    ), variances


def find_misfit(outputs: Tensors, card: Card) -> Misfit:
    """Scores (P, K + background), boxes (P, 4) and, where boxes are relative, prior boxes."""
    if len(outputs) not in (2, 3) or outputs[0].ndim != 2 or outputs[1].size != 4 * len(outputs[0]):
        return Misfit.KIND
    if len(outputs) == 3 and outputs[2].size != outputs[1].size * (
        1 if outputs[2].shape[-1] == 4 else 2
    ):
        return Misfit.KIND
    return Misfit.NONE if outputs[0].shape[1] == count_scores(card.classes) else Misfit.CLASSES


def _split_outputs(came: Sequence[NDArray[np.generic]], n: int) -> list[Tensors]:
    """Prior boxes are the same for every picture and have no batch axis."""
    return (
        [(*outputs, came[2]) for outputs in split_along_batch(came[:2], n)]
        if len(came) == 3
        else split_along_batch(came, n)
    )


def _find_candidates(tensors: tuple[Array, ...], card: Card, least: float) -> Candidates:
    return find_candidates(tensors, card.classes, least, card.input.size)


DECODERS = {"ssd": make_box_decoder(_find_candidates, find_misfit, split=_split_outputs)}
