"""From the tensors of one run to what is said of each frame: shares of classes, boxes, masks, in pixels of the frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fieldcheck.domain.model_card import Card
from fieldcheck.inference.decode import OF_CLASSES, compute_class_scores, get_decoder, split_by_image
from fieldcheck.inference.decoder import Array, FramePlacement, InferenceResult


def decode_batch(came: Sequence[Array], n: int, card: Card, places: Sequence[FramePlacement]) -> list[InferenceResult]:
    """Answers to the frames at `places`, the first of the `n` pictures of a run. `came`: its tensors, (n, …) each, the batch axis missing
    where a graph drops it for a single picture.

    Raises WrongClass, and ValueError where the tensors are not of the card's kind.
    """
    kind = card.output.kind
    if kind in OF_CLASSES:
        whole = came[0] if came[0].ndim > 1 else came[0][None]
        rows = compute_class_scores(whole[: len(places)].astype(np.float32, copy=False), card)
        return [InferenceResult(row, not bool(np.isfinite(row).all())) for row in rows]
    pictures = split_by_image(came, n, card)[: len(places)]
    read = get_decoder(kind).decode
    return [read(one, card, place) for one, place in zip(pictures, places, strict=True)]
