"""Decomposition of the gap: how much of it the class mix, the image quality and everything else make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.estimate import Estimate

NotEstimated = Literal["", "not_compared", "no_match", "not_swept"]


@dataclass(frozen=True, slots=True)
class GapPart:
    """`estimate`: the average of both orders in which mix and quality can be changed; `first`, `second`: what each order gives."""

    estimate: Estimate
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Parts that add up to the gap `total`, benchmark − field over the classes of both sides. `quality` is None where nobody asked which
    corruption the field looks like, no single one is named, or it was not swept on the benchmark (`reason`); `remainder` then holds it.
    `corruption` at `severity` stands for the field's image quality.

    `absent`: what frames of `absent_classes`, which the benchmark does not contain, add beside the gap; None without such frames.
    `weak_classes`: with fewer than 20 benchmark pictures, taken to be as the whole benchmark.
    """

    total: float
    mix: GapPart
    quality: GapPart | None
    remainder: Estimate
    reason: NotEstimated
    corruption: str
    severity: float
    absent: Estimate | None
    absent_classes: tuple[str, ...]
    weak_classes: tuple[str, ...]
