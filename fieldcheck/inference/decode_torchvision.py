"""What torchvision's detectors give: boxes, labels and scores of what they found, overlaps settled by the graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.inference.candidates import Candidates
from fieldcheck.inference.decode_ssd import names_background

Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class TorchvisionOutputs:
    """Which tensor is which, of one picture: `boxes` (n, 4) corners in pixels of the tensor, `labels` (n,), `scores` (n,), and `masks`
    (n, 1, H, W) or None."""

    boxes: Array
    labels: Array
    scores: Array
    masks: Array | None = None


def sorted_out(tensors: Sequence[Array]) -> TorchvisionOutputs | None:
    """The tensors of one picture by what they can only be, in whatever order they come; None where they are no such answer.

    Detectors differ in the order of labels and scores, so the integers are the labels.
    """
    boxes = [one for one in tensors if one.ndim == 2 and one.shape[1] == 4]
    rows = [one for one in tensors if one.ndim == 1]
    masks = [one[:, None] if one.ndim == 3 else one for one in tensors if one.ndim == 3 or (one.ndim == 4 and one.shape[1] == 1)]
    labels = [one for one in rows if np.issubdtype(one.dtype, np.integer)]
    scores = [one for one in rows if np.issubdtype(one.dtype, np.floating)]
    if not (len(boxes) == len(labels) == len(scores) == 1 and len(masks) <= 1 and 3 + len(masks) == len(tensors)):
        return None
    if len({len(one) for one in (*boxes, *labels, *scores, *masks)}) != 1:
        return None
    return TorchvisionOutputs(boxes[0], labels[0], scores[0], masks[0] if masks else None)


def batched(tensors: Sequence[Array]) -> bool:
    """Whether the answer has a batch axis; torchvision's own export of one picture has none."""
    return any(one.ndim == 3 and one.shape[2] == 4 for one in tensors) and not any(one.ndim == 1 for one in tensors)


def detections(found: TorchvisionOutputs, classes: tuple[str, ...], floor: float) -> tuple[Candidates, NDArray[np.int64]]:
    """The boxes that reach `floor`, and their places among those found. Label 0 is the background, as torchvision counts."""
    scores = found.scores.astype(np.float32)
    places = np.flatnonzero(scores >= floor)
    index = found.labels[places].astype(np.int64) - (0 if names_background(classes) else 1)
    return Candidates(found.boxes[places].astype(np.float32), scores[places], index), places
