"""A contiguous stretch of one recording at one place and set-up: the independent unit of statistics."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clip:
    """Begins at source index `first_index` of its recording and ends before the next clip. Times are seconds.

    `start_s` counts from the first frame of the recording.
    """

    clip_id: str
    recording_id: str
    first_index: int
    start_s: float
    camera: str
    location: str
    conditions: tuple[str, ...]


def clip_id(recording_id: str, first_index: int) -> str:
    """The name of the clip that begins there; it never changes while the border stays."""
    return f"{recording_id}.{first_index}"
