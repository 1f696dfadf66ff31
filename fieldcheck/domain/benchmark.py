"""The labelled reference set and the score claimed on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.box import Box

LabelFormat = Literal["imagefolder", "coco", "yolo", "voc", "csv"]
FORMATS: tuple[LabelFormat, ...] = ("imagefolder", "coco", "yolo", "voc", "csv")


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """One labelled picture. `path` is relative to the benchmark, with `/`. Either a class or boxes (none: nothing to find)."""

    path: str
    class_name: str = ""
    boxes: tuple[Box, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The class, or that of each box; nothing where nothing is."""
        return (self.class_name,) if self.class_name else tuple(box.class_name for box in self.boxes)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`root` is where its pictures lie (absolute, or relative to the project); `claimed` is a fraction or None."""

    root: str
    format: LabelFormat
    claimed: float | None
    classes: tuple[str, ...]
    items: tuple[BenchmarkItem, ...]
