"""Label of a picked frame, by a person or a file, and each act of labelling as it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.box import Box, Point
from fieldcheck.plain_name import CONTROLS, LONGEST_NAME

State = Literal["done", "unsure", "skipped"]


def is_class_name(said: str) -> bool:
    """Whether a class may be called so, wherever the name comes from: a model card, a list of classes, a label file."""
    return bool(said.strip()) and len(said) <= LONGEST_NAME and not CONTROLS.search(said)


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


ANSWERS = ("class", "same", "burst", "boxes", "points", "nothing", "unsure", "skip")
"""Actions that say something about a frame; beside them there is `back`, which takes the newest one back."""


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """`shown` and `at`: ISO 8601 UTC, when the frame stood on the screen and when it was answered; `seconds` between the two, None where
    nobody saw it (a whole burst answered at once). `n_keys`, `n_clicks` since the frame was shown; `loupe_ms` the loupe was open;
    `lifted`: shadows were lifted; `blind`: the model's answer was hidden; `undo_of` the event that `back` takes back, 0 for none.
    """

    frame_id: str
    action: str
    shown: str
    at: str
    seconds: float | None
    n_keys: int
    n_clicks: int = 0
    loupe_ms: int = 0
    lifted: bool = False
    blind: bool = True
    by: str = ""
    undo_of: int = 0


@dataclass(frozen=True, slots=True)
class LabelDraft:
    """Boxes or points in the order in which they were drawn."""

    frame_id: str
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()
