"""Draft of a label, drawn on a frame and not accepted yet: kept at every stroke, counted as no label."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.box import Box, Point


@dataclass(frozen=True, slots=True)
class LabelDraft:
    """Boxes or points in the order in which they were drawn."""

    frame_id: str
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()
