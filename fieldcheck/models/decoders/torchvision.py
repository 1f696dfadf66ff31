"""Torchvision's detectors: boxes, labels and scores of what they found, overlaps settled by the
graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.models.decoders.decoder import (
    Candidates,
    Decoder,
    FramePlacement,
    InferenceResult,
    Misfit,
    Tensors,
    get_score_floor,
    make_box_result,
    split_along_batch,
)
from fieldcheck.models.decoders.ssd import begins_with_background

Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class TorchvisionOutputs:
    """Which tensor is which, of one picture: `boxes` (n, 4) corners in pixels of the tensor,
    `labels` (n,), `scores` (n,), and `masks` (n, 1, H, W) or None."""

    boxes: Array
    labels: Array
    scores: Array
    masks: Array | None = None


def sort_outputs(tensors: Sequence[Array]) -> TorchvisionOutputs | None:
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


def has_batch_axis(tensors: Sequence[Array]) -> bool:
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
    places = np.flatnonzero(scores >= floor)
    index = torchvision_outputs.labels[places].astype(np.int64) - (
        0 if begins_with_background(classes) else 1
    )
    return Candidates(
        torchvision_outputs.boxes[places].astype(np.float32), scores[places], index
    ), places


def find_misfit(outputs: Tensors, _card: Card) -> Misfit:
    """Tensors of which one can only be boxes, (n, 4), one labels and one scores, (n,) each."""
    return Misfit.NONE if sort_outputs(outputs) else Misfit.KIND


def split_outputs(came: Sequence[Array], n: int) -> list[Tensors]:
    """Outputs of `n` pictures, (n, …) each, one tuple a picture. A single picture may come without
    a batch axis. Raises ValueError where pictures cannot be told apart."""
    return [tuple(came)] if n == 1 and not has_batch_axis(came) else split_along_batch(came, n)


def _find_boxes(outputs: Tensors, card: Card, least: float) -> Candidates:
    torchvision_outputs = sort_outputs(outputs)
    if torchvision_outputs is None:
        raise ValueError(f"{[tensor.shape for tensor in outputs]} are no boxes, labels and scores")
    return find_detections(torchvision_outputs, card.classes, least)[0]


def _decode(outputs: Tensors, card: Card, placement: FramePlacement) -> InferenceResult:
    return make_box_result(
        _find_boxes(outputs, card, get_score_floor(card)), outputs, card, placement
    )


DECODERS = {"torchvision": Decoder(find_misfit, _decode, _find_boxes, split=split_outputs)}
