"""Class scores: from what the last layer gives to probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SUM_SLACK = 1e-3  # methods 4: rows whose sum is further from 1 are no probabilities yet
EIGHT_BIT_STEP = 1 / 256


def compute_probabilities(raw: NDArray[np.float32], kind: str, n_classes: int, several: bool) -> NDArray[np.float32]:
    """(N, …) raw output → (N, K) float32 probabilities; `several` classes may hold at once (sigmoids) or one (softmax).

    `kind` is what the card says the output is: `logits`, `softmax` or `sigmoid`. Of the last two a row that is no such thing was
    exported before its last step, and the step is taken here, once. A single sigmoid for two classes is the second one's.
    A row with a figure that is not finite is NaN throughout: it has no best class.
    """
    rows = raw.reshape(raw.shape[0], -1)
    with np.errstate(all="ignore"):
        if kind == "logits":
            found = compute_sigmoid(rows) if several else compute_softmax(rows)
        elif kind == "softmax":
            found = np.where(is_distribution(rows)[:, None], rows, compute_softmax(rows))
        else:
            found = np.where(is_in_unit_range(rows)[:, None], rows, compute_sigmoid(rows))
    if found.shape[1] == 1 and n_classes == 2:
        found = np.concatenate([1 - found, found], axis=1)
    whole = np.all(np.isfinite(rows), axis=1) & np.all(np.isfinite(found), axis=1)
    return np.where(whole[:, None], found, np.float32(np.nan)).astype(np.float32, copy=False)


def is_distribution(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(N,) bool: every figure in [0, 1] and a sum of 1, within 1e-3 or what rounding K figures to eight bits can add up to."""
    slack = min(0.5, max(SUM_SLACK, rows.shape[1] * EIGHT_BIT_STEP / 2))
    near: NDArray[np.bool_] = np.abs(rows.sum(axis=1, dtype=np.float64) - 1) <= slack
    return near & is_in_unit_range(rows)


def is_in_unit_range(rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(N,) bool: every figure of the row lies in [0, 1]."""
    inside: NDArray[np.bool_] = np.all((rows >= -SUM_SLACK) & (rows <= 1 + SUM_SLACK), axis=1)
    return inside


def compute_softmax(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, K) → (N, K), each row adds up to 1."""
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def compute_sigmoid(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sigmoid, 1 / (1 + e^−x), by the form that cannot overflow: (…,) of any shape → the same."""
    halves: NDArray[np.float32] = 0.5 * (1 + np.tanh(0.5 * rows))
    return halves
