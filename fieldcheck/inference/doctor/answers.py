"""Faults that running a model shows: figures that are none, answers that depend on company or on chance or on nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors import ModelRejected
from fieldcheck.inference.decode import OF_CLASSES
from fieldcheck.inference.decode_classes import is_distribution, is_in_unit_range
from fieldcheck.inference.doctor.feed import Feed
from fieldcheck.inference.doctor.findings import Finding
from fieldcheck.inference.doctor.scores import compute_log_probabilities

COMPANY = 4  # pictures of the batch that is compared with single runs
SAME = 1e-6  # of the largest figure: differences below it are rounding
BY_COMPANY = 1e-3  # of the spread of the figures: beyond it an answer depends on the batch
HARDLY = 0.2  # range of log p over all pictures; answers of a working model spread over several units
HARDLY_GRID = 1e-3  # the same for a detector's figures, as a share of their spread
ONCE_MORE = 1e-4  # how negative an undone softmax may come out
NEAR_NOTHING = 0.02  # of an even share: a probability that is as good as none


def find_output_faults(feed: Feed, batch: NDArray[np.float32], tail: str, drops: bool) -> Iterator[Finding]:
    """Findings from the answers to a batch of tensors of unlike pictures, (n, …) in the card's layout. `tail`: the operator that makes the
    output; `drops`: the graph is known to hold chance, so that nothing can be compared. Raises ModelRejected `run_failed`."""
    raw = feed.run_singly(batch)
    bad = ~np.isfinite(raw.reshape(len(raw), -1)).all(axis=1)
    if bad.any():
        yield Finding("nan_output", "error", "probes", {"n": int(bad.sum()), "of": len(raw)})
        return
    if not drops:
        again = feed.run_singly(batch[:2])
        if _is_far(again, raw[:2], SAME):
            yield Finding("dropout_active", "error", "repeat", {"difference": float(np.abs(again - raw[:2]).max())})
            return
        yield from _find_batch_dependence(feed, batch, raw)
        yield from _find_constant_output(feed, raw)
    if feed.card.output.kind in OF_CLASSES:
        yield from _find_activation_mismatch(feed, raw.reshape(len(raw), -1), tail)


def _is_far(a: NDArray[np.float32], b: NDArray[np.float32], share: float) -> bool:
    scale = max(float(np.abs(b).max()), 1e-12)
    return float(np.abs(a - b).max()) > share * scale


def _find_batch_dependence(feed: Feed, batch: NDArray[np.float32], raw: NDArray[np.float32]) -> Iterator[Finding]:
    """One picture alone, and in a batch with others."""
    size = feed.model.batch or COMPANY
    if size == 1 or len(batch) < size:
        return
    try:
        together = feed.run_batch(batch[:size])
    except ModelRejected:
        return  # the file leaves the batch open and fixes it inside: it runs one picture at a time
    if together.shape != raw[:size].shape:
        return
    spread = max(float(raw.std(dtype=np.float64)), 1e-9)
    difference = float(np.abs(together - raw[:size]).max())
    if difference > BY_COMPANY * spread and _is_far(together, raw[:size], 1e-4):
        yield Finding("batch_dependent", "error", "company", {"n": size, "difference": difference, "spread": spread})


def _find_constant_output(feed: Feed, raw: NDArray[np.float32]) -> Iterator[Finding]:
    """Answers that are the same, or as good as the same, whatever is shown."""
    if not _is_far(raw, raw[:1], SAME):
        yield Finding("constant_output", "error", "probes", {"n": len(raw)})
        return
    if feed.card.output.kind in OF_CLASSES:
        moves, least = compute_log_spread(feed, raw), HARDLY
    else:
        moves, least = float(raw.std(axis=0, dtype=np.float64).mean() / max(float(raw.std(dtype=np.float64)), 1e-12)), HARDLY_GRID
    if moves < least:
        yield Finding("insensitive", "error", "probes", {"n": len(raw), "moves": moves, "usual": least})


def compute_log_spread(feed: Feed, raw: NDArray[np.float32]) -> float:
    """Over how many units of log p the answers to unlike pictures, `raw`: (n, …), spread, in the class that moves most."""
    logs = compute_log_probabilities(raw, feed.card.output.kind, feed.card.answers.independent)
    return float(np.ptp(logs, axis=0).max())


def _find_activation_mismatch(feed: Feed, rows: NDArray[np.float32], tail: str) -> Iterator[Finding]:
    """Whether the card and the file agree on who takes the last step, and whether it was taken twice."""
    card = feed.card
    shares, alternatives = bool(is_in_unit_range(rows).all()), bool(is_distribution(rows).all())
    several = card.answers.independent
    if card.output.kind == "logits" and (tail == "Softmax" or tail == "Sigmoid" or (alternatives and not several)) and shares:
        yield Finding("softmax_twice", "error", "card", {"operator": tail or "Softmax"})
        return
    if (card.output.kind == "softmax" and not alternatives) or (card.output.kind == "sigmoid" and not shares):
        facts = {"kind": card.output.kind, "low": float(rows.min()), "high": float(rows.max())}
        yield Finding("softmax_missing", "warning", "values", facts)
        return
    if card.output.kind == "softmax" and is_double_softmax(rows):
        yield Finding("softmax_twice", "error", "values", {"high": float(rows.max()), "classes": rows.shape[1]})


def is_double_softmax(rows: NDArray[np.float32]) -> bool:
    """Whether (n, K) probabilities are the softmax of probabilities, some of which are next to nothing.

    With q = softmax(p) and Σ p = 1, p is log q + (1 − Σ log q) / K: it has to come out without a negative figure in every row.
    """
    k = rows.shape[1]
    logs = np.log(np.clip(rows.astype(np.float64), 1e-30, 1.0))
    inner = logs + (1 - logs.sum(axis=1, keepdims=True)) / k
    least = inner.min(axis=1)
    return bool((least >= -ONCE_MORE).all() and (np.median(least) < NEAR_NOTHING / k) and k > 1)
