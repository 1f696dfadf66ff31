"""A frame that is labelled a second time without sight of the first label, to learn how far labels can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.box import Box, Point
from fieldcheck.domain.label import State

RepeatKind = Literal["same", "other"]


@dataclass(frozen=True, slots=True)
class Repeat:
    """One frame of round `round`, shown as number `place`. `how`: by the `same` person, minutes later, or by an `other` one.
    `state` is empty until it is answered."""

    frame_id: str
    round: int
    place: int
    how: RepeatKind
    state: State | Literal[""] = ""
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()
    by: str = ""
    at: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The class, or that of each box and point; nothing where nothing is."""
        if self.class_name:
            return (self.class_name,)
        return (*(box.class_name for box in self.boxes), *(point.class_name for point in self.points))

    @property
    def repeat_id(self) -> str:
        """Its name: a frame comes once a round."""
        return f"{self.round}.{self.frame_id}"
