"""The catalogue of corruptions and what a severity means: a fixed physical table, interpolated (methods 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf
from types import MappingProxyType

from fieldcheck.corruption.entries import ENTRIES
from fieldcheck.corruption.entry import WORST, Cause

CATALOG = MappingProxyType({one.name: one for one in ENTRIES})
"""By name, in the order of their causes."""

FAVOURITES = tuple(one.name for one in sorted(ENTRIES, key=lambda one: one.shown_first) if one.shown_first)
"""Those of the digits beside the live picture, in their order."""

_CORE = (
    *("gauss_noise", "shot_noise", "defocus", "motion", "dark", "bright", "low_contrast", "jpeg", "downscale", "haze"),
    *("colour_cast", "occlusion"),
)
CORE = MappingProxyType({name: CATALOG[name].cause for name in _CORE})
"""What sweeps and benchmarks take unless they are told otherwise (methods 5.1): name → cause."""

IN_PLACE = _CORE + tuple(name for name, entry in CATALOG.items() if entry.cause != "geometry" and name not in _CORE)
"""Those that move no pixels, the core set first: under them the labels of a frame stay true as they are."""

MILD_FOUR = ("gauss_noise", "defocus", "dark", "jpeg")
"""What the sensitivity of a frame is measured with (methods 3.2, S)."""

ALIKE = MappingProxyType({one.name: one.similar_to for one in ENTRIES if one.similar_to})
"""Corruptions that a picture does not tell apart from another one: they count as one when the field is matched (methods 5.5)."""


ON_THE_WAY: tuple[Cause, ...] = ("geometry", "weather", "lens", "blur", "light", "noise", "coding")
"""Causes in the order in which light meets them, from the scene to the file."""


def order_by_light_path(steps: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Corruptions and their severities in the order in which a camera would do them: blur comes before noise, coding last."""
    return sorted(steps, key=lambda step: ON_THE_WAY.index(CATALOG[step[0]].cause))


def get_family(name: str) -> str:
    """The name under which a corruption is matched with the field."""
    return ALIKE.get(name, name)


def get_parameters(name: str, severity: float) -> dict[str, float]:
    """Parameters that the corruption `name` is applied with at `severity`, 0 (none) to 5. Raises ValueError for an unknown name or
    severity.

    Between whole severities a parameter goes geometrically; from an end at which it is zero, linearly.
    """
    if name not in CATALOG:
        raise ValueError(f"no corruption is called {name!r}; known are {', '.join(CATALOG)}")
    if not 0 <= severity <= WORST:
        raise ValueError(f"a severity lies between 0 and {WORST:g}, not at {severity}")
    below = min(int(severity), int(WORST) - 1)
    return {key: _interpolate_parameter(steps[below], steps[below + 1], severity - below) for key, steps in CATALOG[name].table.items()}


def _interpolate_parameter(low: float, high: float, share: float) -> float:
    if share == 0 or share == 1:
        return float(high if share else low)
    if isinf(low):
        return high / share**2 if share**2 else low  # the noise, which goes with the root of the photons, is what grows linearly
    if low == 0:
        return high * share
    return float(low * (high / low) ** share)
