"""Quantised model held against the one it was made from: on the same pictures, do they say the same?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.inference.decode import OF_CLASSES
from fieldcheck.inference.doctor.feed import Feed
from fieldcheck.inference.doctor.findings import Finding
from fieldcheck.inference.doctor.fit_card import remove_unknown_tensors
from fieldcheck.inference.doctor.scores import compute_log_probabilities
from fieldcheck.inference.open_model import OpenModel

QUANTISED_NAME = re.compile(r"[-_.]?(fp16|float16|half|int8|uint8|quantised|quantized|quant|qdq|dynamic|static)(?=$|[-_.])", re.IGNORECASE)
HEAVIER = ("", "_fp32", "-fp32", ".fp32", "_float32", "_float")
LARGEST_DRIFT = 0.1  # mean total variation between the two answers: half the sum of all differences
FLIPPED = 0.05  # share of pictures on which a sure answer became another one
CONFIDENT = 0.6


def find_base_model(path: Path) -> Path | None:
    """The full-precision file that lies beside a quantised one, by its name: `m.onnx` or `m_fp32.onnx` for `m_int8.onnx`."""
    stem = QUANTISED_NAME.sub("", path.stem)
    if stem == path.stem or not stem:
        return None
    beside = (path.with_name(f"{stem}{ending}{path.suffix}") for ending in HEAVIER)
    return next((one for one in beside if one.is_file() and one != path), None)


def find_precision_drift(feed: Feed, base: OpenModel, batch: NDArray[np.float32]) -> Iterator[Finding]:
    """Precision drift: where the quantised model answers differently from its base, of the same tensors, `batch`: (n, …) float32 in the
    card's layout. Raises ModelRejected `run_failed`."""
    heavier = Feed(base, remove_unknown_tensors(base, feed.card))
    light, full = feed.run_singly(batch), heavier.run_singly(batch)
    if light.shape != full.shape or not (np.isfinite(light).all() and np.isfinite(full).all()):
        yield Finding("precision_drift", "warning", "shape", {"base": base.path.name})
        return
    if feed.card.output.kind in OF_CLASSES:
        moved, flipped = _measure_class_drift(feed, light, full)
    elif feed.of_boxes:
        moved, flipped = _measure_box_drift(feed.find_top_scores(batch), heavier.find_top_scores(batch), feed.card.output.threshold)
    else:
        moved, flipped = float(np.abs(light - full).mean() / max(float(full.std(dtype=np.float64)), 1e-12)), 0.0
    if moved > LARGEST_DRIFT or flipped > FLIPPED:
        yield Finding("precision_drift", "warning", "base", {"base": base.path.name, "n": len(batch), "moved": moved, "flipped": flipped})


def _measure_class_drift(feed: Feed, light: NDArray[np.float32], full: NDArray[np.float32]) -> tuple[float, float]:
    kind, several = feed.card.output.kind, feed.card.answers.independent
    new, old = (np.exp(compute_log_probabilities(raw, kind, several)) for raw in (light, full))
    sure = old.max(axis=1) >= CONFIDENT
    flips = (new.argmax(axis=1) != old.argmax(axis=1)) & sure
    return float(np.abs(new - old).sum(axis=1).mean() / 2), float(flips.mean())


def _measure_box_drift(new: NDArray[np.float32], old: NDArray[np.float32], threshold: float) -> tuple[float, float]:
    flips = ((new >= threshold) != (old >= threshold)) & (np.abs(new - old) > LARGEST_DRIFT)
    return float(np.abs(new - old).mean()), float(flips.mean())
