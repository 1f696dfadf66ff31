"""SSD heads: class scores and boxes of fixed places, decoded by the graph or relative to prior
boxes; torchvision's detectors, whose overlaps are settled by the graph; and transformers (DETR).

Source: Liu et al. 2016, arXiv 1512.02325; variances 0.1 and 0.2 as in its reference code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.models.decoders.decoder import (
    Decoder,
    FramePlacement,
    InferenceResult,
    Misfit,
    Tensors,
    compute_probabilities,
    find_all_classes,
    find_best_class,
    get_score_floor,
    has_image_numbers,
    make_box_decoder,
    make_box_result,
    split_along_batch,
    to_corners,
)
from fieldcheck.models.decoders.nms import Candidates

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
    positions, of_class, best = find_all_classes(scores[:, 1:], floor)
    height, width = size
    sides = np.array([width, height, width, height], np.float32)
    return Candidates(
        decode_boxes(tensors)[positions] * sides,
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


def _split_outputs(arrays: Sequence[NDArray[np.generic]], n: int) -> list[Tensors]:
    """Prior boxes are the same for every picture and have no batch axis."""
    return (
        [(*outputs, arrays[2]) for outputs in split_along_batch(arrays[:2], n)]
        if len(arrays) == 3
        else split_along_batch(arrays, n)
    )


def _find_candidates(tensors: tuple[Array, ...], card: Card, least: float) -> Candidates:
    return find_candidates(tensors, card.classes, least, card.input.size)


# Torchvision's detectors: boxes, labels and scores of what they found, overlaps settled by the
# graph.

Output = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class TorchvisionOutputs:
    """Which tensor is which, of one picture: `boxes` (n, 4) corners in pixels of the tensor,
    `labels` (n,), `scores` (n,), and `masks` (n, 1, H, W) or None."""

    boxes: Output
    labels: Output
    scores: Output
    masks: Output | None = None


def sort_torchvision_outputs(tensors: Sequence[Output]) -> TorchvisionOutputs | None:
    """The tensors of one picture by what they can only be, in whatever order they come: boxes (n,
    4), labels and scores (n,), masks (n, H, W) or (n, 1, H, W); None where they are no such answer.

    Detectors differ in the order of labels and scores, so the integers are the labels.
    """
    boxes = [tensor for tensor in tensors if tensor.ndim == 2 and tensor.shape[1] == 4]
    rows = [tensor for tensor in tensors if tensor.ndim == 1]
    masks = [
        tensor[:, None] if tensor.ndim == 3 else tensor
        for tensor in tensors
        if tensor.ndim == 3 or (tensor.ndim == 4 and tensor.shape[1] == 1)
    ]
    labels = [row for row in rows if np.issubdtype(row.dtype, np.integer)]
    scores = [row for row in rows if np.issubdtype(row.dtype, np.floating)]
    if not (
        len(boxes) == len(labels) == len(scores) == 1
        and len(masks) <= 1
        and 3 + len(masks) == len(tensors)
    ):
        return None
    if len({len(output) for output in (*boxes, *labels, *scores, *masks)}) != 1:
        return None
    return TorchvisionOutputs(boxes[0], labels[0], scores[0], masks[0] if masks else None)


def has_batch_axis(tensors: Sequence[Output]) -> bool:
    """Whether the answer has a batch axis, its boxes (N, n, 4); torchvision's own export of one
    picture has none."""
    return any(tensor.ndim == 3 and tensor.shape[2] == 4 for tensor in tensors) and not any(
        tensor.ndim == 1 for tensor in tensors
    )


def find_detections(
    torchvision_outputs: TorchvisionOutputs, classes: tuple[str, ...], floor: float
) -> tuple[Candidates, NDArray[np.int64]]:
    """Boxes that reach `floor`, and their places, (k,) int64, among those found. Label 0 is the
    background, as torchvision counts."""
    scores = torchvision_outputs.scores.astype(np.float32)
    positions = np.flatnonzero(scores >= floor)
    index = torchvision_outputs.labels[positions].astype(np.int64) - (
        0 if begins_with_background(classes) else 1
    )
    return Candidates(
        torchvision_outputs.boxes[positions].astype(np.float32), scores[positions], index
    ), positions


def find_torchvision_misfit(outputs: Tensors, _card: Card) -> Misfit:
    """Tensors of which one can only be boxes, (n, 4), one labels and one scores, (n,) each."""
    return Misfit.NONE if sort_torchvision_outputs(outputs) else Misfit.KIND


def split_torchvision_outputs(outputs: Sequence[Output], n: int) -> list[Tensors]:
    """Outputs of `n` pictures, (n, …) each, one tuple a picture. A single picture may come without
    a batch axis. Raises ValueError where pictures cannot be told apart."""
    return (
        [tuple(outputs)]
        if n == 1 and not has_batch_axis(outputs)
        else split_along_batch(outputs, n)
    )


def _find_torchvision_boxes(outputs: Tensors, card: Card, least: float) -> Candidates:
    torchvision_outputs = sort_torchvision_outputs(outputs)
    if torchvision_outputs is None:
        raise ValueError(f"{[tensor.shape for tensor in outputs]} are no boxes, labels and scores")
    return find_detections(torchvision_outputs, card.classes, least)[0]


def _decode_torchvision(outputs: Tensors, card: Card, placement: FramePlacement) -> InferenceResult:
    return make_box_result(
        _find_torchvision_boxes(outputs, card, get_score_floor(card)), outputs, card, placement
    )


# Transformers that detect: a fixed number of queries, each with class scores and one box; no two
# are meant to overlap. Source: Carion et al. 2020, arXiv 2005.12872 (softmax with "no object"
# last); Zhao et al. 2024, arXiv 2304.08069 (sigmoids, the best pairs of query and class).


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


def find_query_misfit(outputs: Tensors, card: Card) -> Misfit:
    """Return how outputs differ from those of a DETR: scores (Q, K) or (Q, K + 1) and boxes (Q, 4),
    or both in one tensor (Q, 4 + K)."""
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


def _decode_queries(tensors: tuple[Array, ...], card: Card, least: float) -> Candidates:
    return decode_queries(tensors, _count_object_classes(card), least, card.input.size)


DECODERS = {
    "detr": make_box_decoder(_decode_queries, find_query_misfit, rank=2),
    "ssd": make_box_decoder(_find_candidates, find_misfit, split=_split_outputs),
    "torchvision": Decoder(
        find_torchvision_misfit,
        _decode_torchvision,
        _find_torchvision_boxes,
        split=split_torchvision_outputs,
    ),
}
