"""Anomaly detectors: one score a picture, or a score a pixel, held against the card's threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.models.decoders.decoder import (
    Decoder,
    FramePlacement,
    InferenceResult,
    Misfit,
    Tensors,
)
from fieldcheck.models.decoders.masks import make_mask

Array = NDArray[np.float32]
EVEN = np.float32(0.5)


def compute_confidence(score: Array, threshold: float) -> Array:
    """(N,) scores → (N, 2) float32 shares of "in order" and "anomaly", even where the score is the
    threshold.

    With a threshold in [0, 1] the score is a share already: it is bent to pass through one half at
    the threshold, and at 0.5 it stays what it is. With a greater one it has no upper end; then the
    share is s/(s + t). A score at the threshold is an anomaly. A score that is not finite gives
    NaN.
    """
    with np.errstate(all="ignore"):
        given = np.clip(score.astype(np.float64), 0, 1 if threshold <= 1 else None)
        if threshold > 1:
            share = given / (given + threshold)
        else:
            below = given * (0.5 / threshold) if threshold > 0 else np.full(given.shape, 0.5)
            above = (
                0.5 + (given - threshold) * (0.5 / (1 - threshold))
                if threshold < 1
                else np.full(given.shape, 0.5)
            )
            share = np.where(given < threshold, below, above)
    anomaly = share.astype(np.float32)
    reached = score >= np.float32(threshold)
    anomaly = np.where(
        reached, np.maximum(anomaly, np.nextafter(EVEN, np.float32(1))), np.minimum(anomaly, EVEN)
    )
    anomaly = np.where(np.isfinite(score), anomaly, np.float32(np.nan))
    return np.stack([1 - anomaly, anomaly], axis=1).astype(np.float32)


def max_of_map(maps: Array) -> Array:
    """(N, …) scores of pixels → (N,) score of the picture, its highest pixel; NaN where a pixel
    is."""
    score: Array = maps.reshape(maps.shape[0], -1).max(axis=1)
    return score


def squeeze_map(array: NDArray[np.generic]) -> NDArray[np.generic] | None:
    """Return an image's map as (h, w), also from (1, h, w) or (h, w, 1); None for another shape."""
    if array.ndim == 3 and 1 in (array.shape[0], array.shape[2]):
        return array[0] if array.shape[0] == 1 else array[..., 0]
    return array if array.ndim == 2 else None


def find_misfit(outputs: Tensors, card: Card) -> Misfit:
    """One floating figure a picture, or a plane of them: (h, w), (1, h, w) or (h, w, 1)."""
    if not np.issubdtype(outputs[0].dtype, np.floating) or (
        outputs[0].size != 1 and card.output.kind == "anomaly"
    ):
        return Misfit.KIND
    if card.output.kind == "anomaly_map" and squeeze_map(outputs[0]) is None:
        return Misfit.KIND
    return Misfit.NONE if len(card.classes) == 2 else Misfit.CLASSES


def _decode(outputs: Tensors, card: Card, placement: FramePlacement) -> InferenceResult:
    scores = outputs[0].astype(np.float32, copy=False)
    answer = compute_confidence(max_of_map(scores.reshape(1, -1)), card.output.threshold)[0]
    plane = squeeze_map(scores) if card.output.kind == "anomaly_map" else None
    masks = (
        ()
        if plane is None
        else (make_mask(plane.astype(np.float32) >= card.output.threshold, card, placement),)
    )
    return InferenceResult(answer, not bool(np.isfinite(answer).all()), masks)


DECODERS = {"anomaly": Decoder(find_misfit, _decode), "anomaly_map": Decoder(find_misfit, _decode)}
