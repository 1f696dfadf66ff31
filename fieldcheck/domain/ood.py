"""Probe results: how sure a model is of pictures of nothing, and what may be taken from a frame before its answer changes."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate

FAMILIES = ("blank", "noise", "gauss", "permuted", "defocus", "wrong_domain")
"""Pictures that have no right answer: one grey, two kinds of noise, frames in pieces, frames out of focus, another world."""
SHORTCUTS = ("object_hidden", "background_hidden", "patches_shuffled", "strong_blur", "grey", "mirrored")
"""What is done to a labelled frame to see whether its answer stays."""


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One family of pictures without an answer. `rate`: the share answered with confidence, `allowed` classes not counted.

    `most`: the class that is named most often where it is answered with confidence and none may be, on `n_most` pictures; empty, 0 where
    none is. `auroc` and `fpr95` hold the confidence on the model's own frames against that on these; NaN where it answered no frame of its
    own.
    """

    family: str
    n: int
    n_confident: int
    allowed: tuple[str, ...]
    rate: Estimate
    auroc: float
    fpr95: float
    most: str = ""
    n_most: int = 0


@dataclass(frozen=True, slots=True)
class ShortcutRow:
    """One way of taking something from a frame, and the share of answers that stay; "na" with the reason where it cannot be told."""

    probe: str
    kept: Estimate


@dataclass(frozen=True, slots=True)
class OodResults:
    """`threshold`: confidence from which an answer counts as confident. `named`: `background`, `texture`, what the model leans on."""

    model: str
    seed: int
    threshold: float
    families: tuple[FamilyRow, ...]
    shortcuts: tuple[ShortcutRow, ...]
    named: tuple[str, ...]
