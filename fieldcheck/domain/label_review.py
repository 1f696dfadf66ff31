"""Label review: what somebody said who looked again at a frame on which label and model disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.box import Box, Point

ReviewAnswer = Literal["model_wrong", "label_wrong", "cannot_tell"]
LabelledSet = Literal["field", "benchmark"]
LOOK_ANSWERS: tuple[ReviewAnswer, ...] = ("model_wrong", "label_wrong", "cannot_tell")


@dataclass(frozen=True, slots=True)
class LabelReview:
    """`subject`: a frame id, or `benchmark:` and a path. `of_label`: what the label said then, so that a look at a label that was changed
    since no longer counts. Where the label was wrong, `class_name` or `boxes` hold what stands in its place; the label itself stays."""

    subject: str
    answer: ReviewAnswer
    of_label: str
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    by: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        if self.answer not in LOOK_ANSWERS:
            raise ValueError(f"none of {', '.join(LOOK_ANSWERS)}: {self.answer!r}")
        if self.answer != "label_wrong" and (self.class_name or self.boxes):
            raise ValueError(f"a label that stands is not replaced: {self.subject}")


def format_label(class_name: str, boxes: tuple[Box, ...], points: tuple[Point, ...] = ()) -> str:
    """A label as one text: its class, or its boxes and points to a tenth of a pixel, in a fixed order."""
    if class_name or not (boxes or points):
        return class_name
    said = [f"{box.class_name} {box.x:.1f} {box.y:.1f} {box.w:.1f} {box.h:.1f}" for box in boxes]
    return ";".join(sorted((*said, *(f"{point.class_name} {point.x:.1f} {point.y:.1f}" for point in points))))
