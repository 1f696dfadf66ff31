"""The preprocessing receipt: what is done to a frame before the model sees it, in plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from fieldcheck.domain.answer_kind import BOXES
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.output_kind import BY_NAME


def make_preprocessing_record(card: Card) -> dict[str, Any]:
    """Only what has an effect: no pad without a letterbox, no IoU where the graph picks its boxes itself.

    `range` is the least and greatest figure that the tensor can hold, a pair a channel: the place where a wrong scale shows.
    """
    spec = card.input
    ends = (np.array([[0.0], [255.0]]) * spec.scale - np.array(spec.mean)) / np.array(spec.std)
    found: dict[str, Any] = {
        "size": list(spec.size),
        "colour": spec.colour,
        "layout": spec.layout,
        "crop": spec.crop,
        "resize": spec.resize,
        "interpolation": spec.interpolation,
        "scale": spec.scale,
        "mean": list(spec.mean),
        "std": list(spec.std),
        "range": [[round(float(low), 6), round(float(high), 6)] for low, high in ends.T],
        "output": card.output.kind,
    }
    if spec.resize == "letterbox":
        found |= {"pad": spec.pad, "pad_position": spec.pad_position}
    if card.answers is BOXES:
        found["threshold"] = card.output.threshold
    if BY_NAME[card.output.kind].suppressed_here:
        found["iou"] = card.output.iou
    return found
