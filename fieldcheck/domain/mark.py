"""Marks: what a person noted about a frame beside its label."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """`person`: somebody can be seen or recognised, so the frame is scored, never shown in a gallery, and
    exported only where that was asked for; `expert`: somebody who knows the parts better shall look at it."""

    frame_id: str
    person: bool = False
    expert: bool = False
    by: str = ""
