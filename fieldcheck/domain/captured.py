"""Recorded footage, what is known of it beside its frames: gaps, marked moments, the light, and how it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

MomentKind = Literal["moment", "single"]


@dataclass(frozen=True, slots=True)
class RecordingGap:
    """A stretch of a recording without frames, though nobody had stopped it. `at_s`: seconds from its first frame.

    `cause`: `read_error`, `silence`, `blocked`, `frozen` (the same picture again and again), `format` (the camera went over to
    another one), `unknown`.
    """

    at_s: float
    seconds: float
    cause: str


@dataclass(frozen=True, slots=True)
class RecordedMoment:
    """Something worth coming back to, or (`single`) a frame that was stored because a person wanted just this one."""

    at_s: float
    kind: MomentKind = "moment"


@dataclass(frozen=True, slots=True)
class LightingChange:
    """From `at_s` on, until the next one, the field did this to the picture; an empty tuple: nothing was told."""

    at_s: float
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordingStorage:
    """How a recording was kept. `format` of its first segment as in `RawImage`, `decoded_from` as in `FrameFormat`.

    `on_grid`: of pixels only a grid was stored. `n_dropped`: made by the camera and not delivered, None where nobody counted it (the
    process was killed); `n_skipped`: delivered and not stored in time. `ended`: `asked`, `disk_low`, `disk_full`, `failed`, `killed`.
    """

    recording_id: str
    n_bytes: int
    n_dropped: int | None
    n_skipped: int
    format: str
    decoded_from: str
    on_grid: bool
    ended: str


def compute_recorded_seconds(seconds: float, gaps: Sequence[RecordingGap]) -> float:
    """Length of what was recorded: from the first moment to the last, `seconds`, less the gaps in between."""
    return max(0.0, seconds - sum(min(gap.seconds, max(0.0, seconds - gap.at_s)) for gap in gaps))


def get_conditions_at(lights: Sequence[LightingChange], at_s: float) -> tuple[str, ...]:
    """Light at a time, as it was told; `lights` in time order."""
    told: tuple[str, ...] = ()
    for light in lights:
        if light.at_s > at_s:
            break
        told = light.conditions
    return told


def list_conditions_between(lights: Sequence[LightingChange], from_s: float, to_s: float) -> frozenset[str]:
    """Every condition that was told at some time of a stretch."""
    inside = [get_conditions_at(lights, from_s), *(light.conditions for light in lights if from_s < light.at_s < to_s)]
    return frozenset(name for conditions in inside for name in conditions)
