"""What a person, or a file, said that a picked frame shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.box import Box, Point

State = Literal["done", "unsure", "skipped"]


@dataclass(frozen=True, slots=True)
class Label:
    """`class_name` for classification (empty for boxes); no boxes and state `done` on a detection project means "nothing here".

    `why` is the reason of a skip; `at` ISO 8601 UTC; `seconds` what it took, NaN where not known; `blind`: the model's answer was
    hidden (None: not known, as for files).
    """

    frame_id: str
    state: State
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()
    why: str = ""
    by: str = ""
    at: str = ""
    seconds: float | None = None
    blind: bool | None = None

    def __post_init__(self) -> None:
        if self.state != "done" and (self.class_name or self.boxes or self.points):
            raise ValueError(f"a frame that is {self.state} carries no answer: {self.frame_id}")

    @property
    def names(self) -> tuple[str, ...]:
        """The class, or that of each box and point; nothing where nothing is."""
        if self.class_name:
            return (self.class_name,)
        return (*(box.class_name for box in self.boxes), *(point.class_name for point in self.points))
