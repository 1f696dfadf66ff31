"""The labelled reference set and the score claimed on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.box import Box, Point
from fieldcheck.domain.estimate import Estimate

Kind = Literal["clean", "damaged", "collected"]


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """One labelled picture. `path` is relative to the benchmark, with `/`. Either a class, or boxes, or points inside the things that masks
    are held to (none: nothing to find)."""

    path: str
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The class, or that of each box, or of each point; nothing where nothing is."""
        return (self.class_name,) if self.class_name else tuple(one.class_name for one in self.boxes or self.points)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`root`: where its pictures lie, absolute or below the project; `format`: how its labels were kept; `claimed`: a fraction or None."""

    root: str
    format: str
    claimed: float | None
    classes: tuple[str, ...]
    items: tuple[BenchmarkItem, ...]


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """`name` tells collected sets apart and is empty for the others. `n` pictures are there; `score` is "na" with the reason where the
    set does not exist (`no_set`), is gone or spoilt (`gone`) or was not run yet (`not_run`)."""

    kind: Kind
    name: str
    n: int
    score: Estimate
