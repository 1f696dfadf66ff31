"""Which decoder reads which kind of output, and whether an output is of that kind at all."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from math import prod

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.inference import (
    decode_anomaly,
    decode_detr,
    decode_instances,
    decode_masks,
    decode_ssd,
    decode_torchvision,
    decode_yolo,
    decode_yolox,
)
from fieldcheck.inference.candidates import Candidates
from fieldcheck.inference.decode_classes import probabilities

Array = NDArray[np.generic]

OF_CLASSES = ("logits", "softmax", "sigmoid")
SUPPRESSED_HERE = ("yolo", "yolo_obj", "yolox", "ssd")  # kinds whose graph leaves the choice among overlapping boxes to the reader
ONE_TENSOR = ("yolo", "yolo_obj", "yolox", "yolo_end2end")
FROM_SEVERAL = ("ssd", "detr", "torchvision", "instance_masks")  # kinds read from all named tensors, or from all there are
OF_ANOMALIES = ("anomaly", "anomaly_map")
END_TO_END_COLUMNS = 6


class Misfit(Enum):
    """Why an output cannot be read as the card says; the values are problems of ModelRejected."""

    NONE = ""
    KIND = "output_kind"
    CLASSES = "classes"


def tensors_read(card: Card, declared: Sequence[str]) -> tuple[str, ...]:
    """The names of the tensors that an answer is read from, of those the graph declares."""
    if card.output.kind in FROM_SEVERAL:
        return card.output.names or tuple(declared)
    return card.output.names[:1] or (declared[0],)


def per_picture(came: Sequence[Array], n: int, card: Card) -> list[tuple[Array, ...]]:
    """What came out for `n` pictures as one tuple of tensors a picture, without a batch axis.

    A graph that drops the batch axis of a single picture is understood. Raises ValueError where the pictures cannot be told apart.
    """
    kind = card.output.kind
    if kind == "torchvision" or (kind == "instance_masks" and any(one.ndim == 1 for one in came)):
        single = not decode_torchvision.batched(came)
        return [tuple(came)] if single and n == 1 else _slices(came, n)
    if kind == "ssd" and len(came) == 3:
        return [(*one, came[2]) for one in _slices(came[:2], n)]
    rank = {"masks": 3, "anomaly_map": 3, "anomaly": 1}.get(kind, 1 if kind in OF_CLASSES else 2)
    if n == 1 and kind in (*OF_CLASSES, *ONE_TENSOR) and came[0].ndim == rank:
        return [tuple(came)]
    if n == 1 and kind == "detr" and all(one.ndim == rank for one in came):
        return [tuple(came)]
    return _slices(came, n)


def misfit(came: Sequence[Array], n: int, card: Card) -> Misfit:
    """Compares what came out for `n` pictures with the card's kind of output and its classes."""
    kind, k = card.output.kind, len(card.classes)
    if kind in OF_CLASSES:
        return _class_misfit(came[0].shape, n, kind, k)
    try:
        one = per_picture(came, n, card)[0]
    except ValueError:
        return Misfit.KIND
    if kind in ONE_TENSOR:
        return _grid_misfit(one[0].shape, card)
    return OTHERS[kind](one, card)


def class_scores(raw: NDArray[np.float32], card: Card) -> NDArray[np.float32]:
    """(N, K) probabilities of a batch."""
    return probabilities(raw, card.output.kind, len(card.classes), card.task == "multilabel")


def candidates(one: tuple[Array, ...], card: Card, floor: float) -> Candidates:
    """The boxes of one picture that reach `floor`, overlaps included. Boxes with a figure that is not finite may be among them."""
    kind, k, size = card.output.kind, len(card.classes), card.input.size
    if kind == "torchvision":
        return decode_torchvision.detections(_found(one), card.classes, floor)[0]
    tensors = tuple(tensor.astype(np.float32, copy=False) for tensor in one)
    with np.errstate(all="ignore"):
        if kind == "ssd":
            return decode_ssd.grid(tensors, card.classes, floor, size)
        if kind == "detr":
            return decode_detr.queries(tensors, k, floor, size)
        if kind == "yolox":
            return decode_yolox.grid(tensors[0], k, floor, size)
        if kind == "yolo_end2end":
            return decode_yolo.end_to_end(tensors[0], floor)
        return decode_yolo.grid(tensors[0], k, floor, kind)


def anomaly_scores(came: Array, card: Card) -> NDArray[np.float32]:
    """(N, 2) shares of "in order" and "anomaly" of a batch."""
    scores = decode_anomaly.highest(came.astype(np.float32, copy=False))
    return decode_anomaly.sureness(scores, card.output.threshold)


def _slices(came: Sequence[Array], n: int) -> list[tuple[Array, ...]]:
    if not all(one.ndim and one.shape[0] == n for one in came):
        raise ValueError(f"{[one.shape for one in came]} for {n} pictures")
    return [tuple(one[place] for one in came) for place in range(n)]


def _found(one: tuple[Array, ...]) -> decode_torchvision.TorchvisionOutputs:
    found = decode_torchvision.sorted_out(one)
    if found is None:
        raise ValueError(f"{[tensor.shape for tensor in one]} are no boxes, labels and scores")
    return found


def _class_misfit(shape: tuple[int, ...], n: int, kind: str, k: int) -> Misfit:
    if len(shape) == 1 and n == 1:
        shape = (1, *shape)
    if len(shape) < 2 or shape[0] != n or sum(side > 1 for side in shape[1:]) > 1:
        return Misfit.KIND
    width = prod(shape[1:])
    return Misfit.NONE if width == k or (width == 1 and k == 2 and kind == "sigmoid") else Misfit.CLASSES


def _grid_misfit(shape: tuple[int, ...], card: Card) -> Misfit:
    kind, k = card.output.kind, len(card.classes)
    if len(shape) != 2:
        return Misfit.KIND
    if kind == "yolox":
        n_cells = len(decode_yolox.cells_of(card.input.size)[0])
        return Misfit.KIND if shape[0] != n_cells else Misfit.NONE if shape[1] == 5 + k else Misfit.CLASSES
    if kind == "yolo_end2end":
        return Misfit.NONE if shape[1] == END_TO_END_COLUMNS else Misfit.KIND
    widths = (5 + k,) if kind == "yolo_obj" else (4 + k, 5 + k)
    return Misfit.NONE if set(shape) & set(widths) else Misfit.CLASSES


def _ssd_misfit(one: tuple[Array, ...], card: Card) -> Misfit:
    if len(one) not in (2, 3) or one[0].ndim != 2 or one[1].size != 4 * len(one[0]):
        return Misfit.KIND
    if len(one) == 3 and one[2].size != one[1].size * (1 if one[2].shape[-1] == 4 else 2):
        return Misfit.KIND
    return Misfit.NONE if one[0].shape[1] == decode_ssd.width_of_scores(card.classes) else Misfit.CLASSES


def _detr_misfit(one: tuple[Array, ...], card: Card) -> Misfit:
    k = len(card.classes)
    if len(one) == 1:
        shape = one[0].shape
        return Misfit.KIND if len(shape) != 2 or shape[1] < 5 else Misfit.NONE if shape[1] == 4 + k else Misfit.CLASSES
    if len(one) != 2 or one[0].ndim != 2 or one[1].shape != (len(one[0]), 4):
        return Misfit.KIND
    return Misfit.NONE if one[0].shape[1] in (k, k + 1) else Misfit.CLASSES


def _torchvision_misfit(one: tuple[Array, ...], _card: Card) -> Misfit:
    return Misfit.NONE if decode_torchvision.sorted_out(one) else Misfit.KIND


def _anomaly_misfit(one: tuple[Array, ...], card: Card) -> Misfit:
    if not np.issubdtype(one[0].dtype, np.floating) or (one[0].size != 1 and card.output.kind == "anomaly"):
        return Misfit.KIND
    if card.output.kind == "anomaly_map" and decode_anomaly.flat(one[0]) is None:
        return Misfit.KIND
    return Misfit.NONE if len(card.classes) == 2 else Misfit.CLASSES


def _masks_misfit(one: tuple[Array, ...], card: Card) -> Misfit:
    plane, k = one[0], len(card.classes)
    if decode_masks.class_map(plane, k, card.output.threshold, card.input.layout) is not None and k <= decode_masks.MOST_CLASSES:
        return Misfit.NONE
    return Misfit.CLASSES if plane.ndim == 3 else Misfit.KIND


def _instance_misfit(one: tuple[Array, ...], card: Card) -> Misfit:
    found = decode_torchvision.sorted_out(one)
    if found is not None:
        return Misfit.NONE if found.masks is not None else Misfit.KIND
    pair = decode_instances.prototypes(one)
    if pair is None:
        return Misfit.KIND
    return Misfit.CLASSES if decode_instances.rows_of(pair[0], len(card.classes), len(pair[1])) is None else Misfit.NONE


OTHERS = {
    "ssd": _ssd_misfit,
    "detr": _detr_misfit,
    "torchvision": _torchvision_misfit,
    "anomaly": _anomaly_misfit,
    "anomaly_map": _anomaly_misfit,
    "masks": _masks_misfit,
    "instance_masks": _instance_misfit,
}
