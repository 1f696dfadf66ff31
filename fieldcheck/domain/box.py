"""A rectangle on a frame with the class a person gave it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Box:
    """`x`, `y` are the top-left corner; all figures are pixels of the original frame.

    `crowd`: stands for many objects; `occluded`: something hides a part of it; `truncated`: the edge of the frame cuts it off.
    """

    class_name: str
    x: float
    y: float
    w: float
    h: float
    crowd: bool = False
    occluded: bool = False
    truncated: bool = False

    def __post_init__(self) -> None:
        if not all(isfinite(v) for v in (self.x, self.y, self.w, self.h)):
            raise ValueError(f"box with a figure that is not finite: {self}")
        if self.w < 0 or self.h < 0:
            raise ValueError(f"box with a negative side: {self.w} x {self.h}")


@dataclass(frozen=True, slots=True)
class Point:
    """A labelled point, pixels of the original frame."""

    class_name: str
    x: float
    y: float
