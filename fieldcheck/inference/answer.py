"""From the tensors of one run to what is said of each frame: shares of classes, boxes, masks, in pixels of the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.inference import decode_anomaly, decode_instances, decode_masks, decode_torchvision
from fieldcheck.inference.candidates import Candidates
from fieldcheck.inference.decode import (
    OF_ANOMALIES,
    OF_CLASSES,
    SUPPRESSED_HERE,
    anomaly_scores,
    candidates,
    class_scores,
    per_picture,
)
from fieldcheck.inference.nms import by_score, suppress
from fieldcheck.inference.preprocess import Placement
from fieldcheck.measure.masks import Mask, shares

Array = NDArray[np.generic]
Place = tuple[Placement, tuple[int, int]]  # of a frame in its tensor, and the frame's (height, width)

STORED_FLOOR = 0.05  # methods 3.2: doubt counts boxes from here on, whatever the deployed threshold


class WrongClass(ValueError):
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


def floor(card: Card) -> float:
    """The least score of a box that is stored."""
    return min(STORED_FLOOR, card.output.threshold)


def answered(came: Sequence[Array], n: int, card: Card, places: Sequence[Place]) -> list[InferenceResult]:
    """The answers to the frames at `places`, the first of the `n` pictures of a run.

    Raises WrongClass, and ValueError where the tensors are not of the card's kind.
    """
    kind = card.output.kind
    if kind in OF_CLASSES:
        whole = came[0] if came[0].ndim > 1 else came[0][None]
        rows = class_scores(whole[: len(places)].astype(np.float32, copy=False), card)
        return [InferenceResult(row, not bool(np.isfinite(row).all())) for row in rows]
    pictures = per_picture(came, n, card)[: len(places)]
    return [READERS.get(kind, _boxes)(one, card, place) for one, place in zip(pictures, places, strict=True)]


def _boxes(one: tuple[Array, ...], card: Card, place: Place) -> InferenceResult:
    found = candidates(one, card, floor(card))
    kept, _, dropped = _chosen(found, card, card.output.kind in SUPPRESSED_HERE)
    return InferenceResult(_rows(kept, place), dropped or not _finite(one))


def _anomaly(one: tuple[Array, ...], card: Card, place: Place) -> InferenceResult:
    scores = one[0].astype(np.float32, copy=False)
    answer = anomaly_scores(scores.reshape(1, -1), card)[0]
    plane = decode_anomaly.flat(scores) if card.output.kind == "anomaly_map" else None
    masks = () if plane is None else (_onto(plane.astype(np.float32) >= card.output.threshold, card, place),)
    return InferenceResult(answer, not bool(np.isfinite(answer).all()), masks)


def _segmented(one: tuple[Array, ...], card: Card, place: Place) -> InferenceResult:
    """The share of the frame that each class covers, and the map itself."""
    grid = decode_masks.class_map(one[0], len(card.classes), card.output.threshold, card.input.layout)
    if grid is None:
        raise ValueError(f"{one[0].shape} for {len(card.classes)} classes")
    mask = _onto(grid, card, place)
    return InferenceResult(shares(mask.pixels, len(card.classes)), not _finite(one), (mask,))


def _instances(one: tuple[Array, ...], card: Card, place: Place) -> InferenceResult:
    found = decode_torchvision.sorted_out(one)
    if found is not None:
        boxes, rows = decode_torchvision.detections(found, card.classes, floor(card))
        planes = None if found.masks is None else found.masks[rows, 0].astype(np.float32, copy=False)
        suppress_here, least = False, decode_instances.EVEN
    else:
        boxes, planes, suppress_here = _from_prototypes(one, card)
        least = 0.0
    if planes is None:
        raise ValueError("no masks")
    kept, order, dropped = _chosen(boxes, card, suppress_here)
    answer = _rows(kept, place)
    shown = int((answer[:, 4] >= card.output.threshold).sum())
    masks = tuple(
        decode_instances.within_box(planes[order[k]], least, answer[k, :4], place[0], card.input.size, place[1]) for k in range(shown)
    )
    return InferenceResult(answer, dropped or not _finite(one), masks)


def _from_prototypes(one: tuple[Array, ...], card: Card) -> tuple[Candidates, _Logits, bool]:
    pair, k = decode_instances.prototypes(one), len(card.classes)
    rows = decode_instances.rows_of(pair[0], k, len(pair[1])) if pair else None
    if pair is None or rows is None:
        raise ValueError(f"{[tensor.shape for tensor in one]} for {k} classes")
    boxes, chosen = decode_instances.boxes(rows, k, len(pair[1]), floor(card))
    return boxes, _Logits(rows[chosen, -len(pair[1]) :], pair[1]), not decode_instances.settled(rows, k, len(pair[1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Logits:
    """Masks that are only worked out for the boxes that are shown."""

    coefficients: NDArray[np.float32]
    prototypes: NDArray[np.float32]

    def __getitem__(self, place: int) -> NDArray[np.float32]:
        plane: NDArray[np.float32] = decode_instances.from_prototypes(self.coefficients[place][None], self.prototypes)[0]
        return plane


def _chosen(found: Candidates, card: Card, suppress_here: bool) -> tuple[Candidates, NDArray[np.int64], bool]:
    """Those that are kept, their places among those found, and whether one was dropped because a figure of it is not finite."""
    sound = np.flatnonzero(np.isfinite(found.xyxy).all(axis=1) & np.isfinite(found.scores))
    whole = found.take(sound)
    order = suppress(whole, card.output.iou) if suppress_here else by_score(whole)
    kept = whole.take(order)
    if kept.classes.size and not (kept.classes.min() >= 0 and kept.classes.max() < len(card.classes)):
        wrong = kept.classes.min() if kept.classes.min() < 0 else kept.classes.max()
        raise WrongClass(int(wrong))
    return kept, sound[order], len(sound) < len(found.scores)


def _rows(kept: Candidates, place: Place) -> NDArray[np.float32]:
    columns = (place[0].to_frame(kept.xyxy), kept.scores[:, None], kept.classes[:, None])
    return np.concatenate(columns, axis=1, dtype=np.float32)


def _onto(grid: Array, card: Card, place: Place) -> Mask:
    return Mask(0, 0, decode_masks.onto_frame(grid.astype(np.uint8), place[0], card.input.size, place[1]))


def _finite(one: tuple[Array, ...]) -> bool:
    return all(bool(np.isfinite(tensor).all()) for tensor in one if np.issubdtype(tensor.dtype, np.floating))


READERS = {**dict.fromkeys(OF_ANOMALIES, _anomaly), "masks": _segmented, "instance_masks": _instances}
