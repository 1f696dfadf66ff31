"""Findings of the doctor about a model, as data: the sentences are made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card

Level = Literal["error", "warning", "info"]
CODES = (
    *("channel_order", "scale", "mean_std", "resize", "layout", "class_order", "class_count", "batch_norm_training", "dropout_active"),
    *("batch_dependent", "constant_output", "nan_output", "softmax_twice", "softmax_missing", "ignored_input", "insensitive"),
    *("unsupported_operator", "precision_drift", "at_chance"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `how` says by which way it was seen, a code of the sentence; `facts` are the figures in it."""

    code: str
    level: Level
    how: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"no finding is called {self.code!r}")


@dataclass(frozen=True, slots=True)
class PreprocessingCandidate:
    """A way to feed the model: what is changed on the card (nothing: the card itself), and the score on the labelled frames.

    Without labels the score is "na"; the candidates are then in the order in which they fit the model's figures.
    """

    change: Mapping[str, Any]
    score: Estimate


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`card` is the one that the checks were made with: made to fit the file where the given one did not. `n_labelled`: labelled frames
    that ways of feeding were compared on, or that were shown beside the rendered pictures."""

    card: Card
    findings: tuple[Finding, ...]
    candidates: tuple[PreprocessingCandidate, ...]
    n_labelled: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing was found that makes the answers wrong."""
        return not any(finding.level == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class LabelledFrames:
    """Frames whose answer is known. `frames`: (H, W, 3) uint8 RGB of any size; `classes`: (n,) class index of each for a classifier;
    `boxes`: for a detector an (m, 5) float64 array a frame: x1, y1, x2, y2 in pixels, class index."""

    frames: Sequence[NDArray[np.uint8]]
    classes: NDArray[np.int64]
    boxes: tuple[NDArray[np.float64], ...] = ()
