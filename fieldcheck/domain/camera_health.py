"""Camera health: a camera over one shift in figures, and what is found to be wrong with it. `docs/methods.md` 8.6."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

HealthCheck = Literal[
    "frozen", "looping", "black", "exposure", "swapped", "moved", "obstruction", "blur", "dust", "colour_cast"
]  # in the order of suspicion: what comes first explains what comes after
HealthState = Literal["weak", "failed"]


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """Fault of a camera. `figure`: seconds (frozen, looping, black), share of the picture (exposure, obstruction, dust), share of the
    width (moved), drop of ln sharpness (blur), CIELAB units (colour_cast), likeness (swapped). `at_s`: its first second, counted from the
    start of the footage, 0 for what is true of the whole shift. `other`: the camera whose picture this is. `weak`: a still scene may look
    the same. `folded`: stretches of the same fault after this one that are told with it, `folded_s` seconds long together."""

    camera: str
    check: HealthCheck
    state: HealthState
    figure: float
    at_s: float = 0.0
    other: str = ""
    folded: int = 0
    folded_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CameraShift:
    """Camera over one shift. `n`: frames looked at; `figures`: medians by name as in `imaging.camera_watch.FIGURES`; `clipped`: share of
    frames with a fifth or more of their pixels clipped; `median` and `energy`: packed arrays, temporal median picture, (90, 160) uint8, and
    mean gradient energy, (18, 32) float16; `events`: faults that lasted."""

    camera: str
    n: int
    figures: Mapping[str, float]
    clipped: float
    median: str
    energy: str
    events: tuple[HealthFinding, ...] = ()

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> CameraShift:
        """Camera shift from plain values."""
        return cls(**{**found, "events": tuple(HealthFinding(**one) for one in found["events"])})
