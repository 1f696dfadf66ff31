"""The core set of corruptions and what a severity means: a fixed physical table, interpolated (methods 5.1)."""

from __future__ import annotations

from math import inf, isinf
from types import MappingProxyType

CORE = MappingProxyType(
    {
        "gauss_noise": "noise",
        "shot_noise": "noise",
        "defocus": "blur",
        "motion": "blur",
        "dark": "light",
        "bright": "light",
        "low_contrast": "light",
        "jpeg": "coding",
        "downscale": "coding",
        "haze": "weather",
        "colour_cast": "light",
        "occlusion": "lens",
    }
)
"""Name → the cause that its formula stands under."""

MILD_FOUR = ("gauss_noise", "defocus", "dark", "jpeg")
"""What the sensitivity of a frame is measured with (methods 3.2, S)."""

WORST = 5.0

# Severity 0 / 1 / 2 / 3 / 4 / 5. Lengths are pixels of a frame whose shorter side has 192 of them.
_TABLE: dict[str, dict[str, tuple[float, ...]]] = {
    "gauss_noise": {"sigma": (0, 6, 12, 20, 32, 48)},  # grey levels
    "shot_noise": {"photons": (inf, 200, 100, 50, 25, 12)},  # for white
    "defocus": {"sigma": (0, 1, 2, 3, 4, 6)},
    "motion": {"length": (1, 3, 6, 10, 15, 22)},
    "dark": {"gain": (1, 0.70, 0.50, 0.35, 0.22, 0.12), "read_noise": (0, 1, 2, 3, 4, 6)},
    "bright": {"gain": (1, 1.2, 1.5, 1.9, 2.5, 3.5)},
    "low_contrast": {"factor": (1, 0.75, 0.55, 0.40, 0.28, 0.18)},
    "jpeg": {"quality": (100, 40, 25, 15, 10, 5)},
    "downscale": {"scale": (1, 0.75, 0.50, 0.35, 0.25, 0.15)},
    "haze": {"transmission": (1, 0.85, 0.70, 0.55, 0.40, 0.25)},
    "colour_cast": {"mired": (0, 20, 40, 70, 110, 160)},  # to either side
    "occlusion": {"share": (0, 0.03, 0.06, 0.10, 0.16, 0.25)},  # of the frame's area
}


def parameters(name: str, severity: float) -> dict[str, float]:
    """What the corruption `name` is applied with at `severity`, 0 (none) to 5. Raises ValueError for an unknown name or severity.

    Between whole severities a parameter goes geometrically; from an end at which it is zero, linearly.
    """
    if name not in _TABLE:
        raise ValueError(f"no corruption is called {name!r}; known are {', '.join(_TABLE)}")
    if not 0 <= severity <= WORST:
        raise ValueError(f"a severity lies between 0 and {WORST:g}, not at {severity}")
    below = min(int(severity), int(WORST) - 1)
    return {key: _between(steps[below], steps[below + 1], severity - below) for key, steps in _TABLE[name].items()}


def _between(low: float, high: float, share: float) -> float:
    if share == 0 or share == 1:
        return float(high if share else low)
    if isinf(low):
        return high / share**2  # the noise, which goes with the root of the photons, is what grows linearly
    if low == 0:
        return high * share
    return float(low * (high / low) ** share)
