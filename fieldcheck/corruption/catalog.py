"""The catalogue of corruptions and what a severity means: a fixed physical table, interpolated (methods 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isinf
from types import MappingProxyType
from typing import Literal

WORST = 5.0
Cause = Literal["noise", "blur", "light", "coding", "weather", "lens", "geometry"]
Steps = tuple[float, ...]  # severity 0 / 1 / 2 / 3 / 4 / 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One corruption: the cause that its formula stands under, its class of `fieldcheck_transforms`, and its table.

    `shows` is the image statistic that it moves, `toward` whether up (1), down (-1) or to either side (0); geometry has none, its
    parameter is what moves. Lengths in the table are pixels of a frame whose shorter side has 192 of them.
    """

    cause: Cause
    transform: str
    table: MappingProxyType[str, Steps]
    shows: str = ""
    toward: int = 0

    def __post_init__(self) -> None:
        if any(len(steps) != WORST + 1 for steps in self.table.values()):
            raise ValueError(f"{self.transform}: a table has a step for each severity from 0 to {WORST:g}, not {dict(self.table)}")


def _entry(cause: Cause, transform: str, shows: str, toward: int, **table: Steps) -> Entry:
    return Entry(cause, transform, MappingProxyType(table), shows, toward)


CATALOG = MappingProxyType(
    {
        "gauss_noise": _entry("noise", "PixelNoise", "grain", 1, sigma=(0, 6, 12, 20, 32, 48)),  # grey levels
        "shot_noise": _entry("noise", "PhotonNoise", "grain", 1, photons=(inf, 200, 100, 50, 25, 12)),  # for white
        "iso_noise": _entry("noise", "GainNoise", "grain", 1, photons=(inf, 240, 120, 60, 30, 15)),
        "banding": _entry("noise", "Banding", "row_steps", 1, levels=(0, 3, 6, 10, 16, 24)),  # grey levels
        "defocus": _entry("blur", "Defocus", "sharpness", -1, sigma=(0, 1, 2, 3, 4, 6)),
        "motion": _entry("blur", "Motion", "sharpness", -1, length=(1, 3, 6, 10, 15, 22)),
        "zoom_blur": _entry("blur", "ZoomBlur", "sharpness", -1, zoom=(1, 1.03, 1.06, 1.10, 1.16, 1.24)),
        "glass_blur": _entry("blur", "GlassBlur", "sharpness", -1, away=(0, 0.7, 1.2, 1.8, 2.6, 3.8)),
        "dark": _entry("light", "Exposure", "mean", -1, gain=(1, 0.70, 0.50, 0.35, 0.22, 0.12), read_noise=(0, 1, 2, 3, 4, 6)),
        "bright": _entry("light", "Exposure", "mean", 1, gain=(1, 1.2, 1.5, 1.9, 2.5, 3.5)),
        "glare": _entry("light", "Glare", "unevenness", 1, strength=(0, 0.25, 0.45, 0.70, 1.05, 1.60)),
        "flare": _entry("light", "Flare", "mean", 1, strength=(0, 0.25, 0.50, 0.80, 1.15, 1.60)),
        "low_contrast": _entry("light", "Contrast", "contrast", -1, factor=(1, 0.75, 0.55, 0.40, 0.28, 0.18)),
        "gamma": _entry("light", "Gamma", "mean", -1, exponent=(1, 1.25, 1.6, 2.0, 2.6, 3.4)),
        "flicker": _entry("light", "Flicker", "row_waves", 1, depth=(0, 0.15, 0.30, 0.45, 0.65, 0.85)),
        "colour_cast": _entry("light", "ColourCast", "b", 0, mired=(0, 20, 40, 70, 110, 160)),  # to either side
        "spectral": _entry("light", "Spectrum", "chroma", -1, share=(0, 0.18, 0.36, 0.58, 0.80, 1)),
        "shadow": _entry("light", "Shadow", "unevenness", 1, depth=(0, 0.25, 0.45, 0.62, 0.75, 0.87)),
        "jpeg": _entry("coding", "Jpeg", "block_steps", 1, quality=(100, 40, 25, 15, 10, 5)),
        "downscale": _entry("coding", "Downscale", "sharpness", -1, scale=(1, 0.75, 0.50, 0.35, 0.25, 0.15)),
        "low_bitrate": _entry(
            "coding", "LowBitrate", "band_middle", -1, quality=(95, 45, 30, 20, 12, 6), chroma=(1, 0.4, 0.3, 0.2, 0.12, 0.06)
        ),
        "lost_lines": _entry("coding", "LostLines", "band_high", 1, share=(0, 0.05, 0.10, 0.17, 0.26, 0.40)),
        "haze": _entry("weather", "Haze", "contrast", -1, transmission=(1, 0.85, 0.70, 0.55, 0.40, 0.25)),
        "fog": _entry("weather", "Fog", "contrast", -1, thickness=(0, 0.25, 0.42, 0.58, 0.72, 0.86)),
        "rain": _entry("weather", "Rain", "contrast", 1, drops=(0, 50, 110, 200, 340, 560)),  # in the square of the shorter side
        "snow": _entry("weather", "Snow", "p1", 1, flakes=(0, 80, 160, 280, 460, 750)),
        "dust": _entry("lens", "Dust", "p1", -1, share=(0, 0.09, 0.18, 0.30, 0.44, 0.60)),  # of the frame's area
        "water_drops": _entry("lens", "WaterDrops", "band_high", -1, share=(0, 0.3, 0.6, 1.0, 1.5, 2.2)),
        "occlusion": _entry("lens", "Occlusion", "one_level", 1, share=(0, 0.03, 0.06, 0.10, 0.16, 0.25)),
        "hand": _entry("lens", "Hand", "one_level", 1, share=(0, 0.03, 0.06, 0.10, 0.16, 0.25)),
        "bar": _entry("lens", "Bar", "one_level", 1, share=(0, 0.03, 0.06, 0.10, 0.16, 0.25)),
        "patches": _entry("lens", "Patches", "one_level", 1, share=(0, 0.05, 0.10, 0.15, 0.22, 0.32)),
        "reflection": _entry("lens", "Reflection", "band_high", -1, share=(0, 0.13, 0.25, 0.38, 0.50, 0.64)),
        "rotation": _entry("geometry", "Rotation", "", 0, degrees=(0, 5, 15, 30, 50, 90)),
        "crop": _entry("geometry", "Crop", "", 0, kept=(1, 0.92, 0.84, 0.75, 0.62, 0.50)),  # of both sides
        "perspective": _entry("geometry", "Perspective", "", 0, shift=(0, 0.04, 0.08, 0.13, 0.20, 0.30)),
        "distortion": _entry("geometry", "Distortion", "", 0, bend=(0, 0.03, 0.07, 0.12, 0.20, 0.30)),
    }
)
"""By name, in the order of their causes."""

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

ALIKE = MappingProxyType({"shot_noise": "gauss_noise", "iso_noise": "gauss_noise", "downscale": "defocus"})
"""Corruptions that a picture does not tell apart from another one: they count as one when the field is matched (methods 5.5)."""


ON_THE_WAY: tuple[Cause, ...] = ("geometry", "weather", "lens", "blur", "light", "noise", "coding")
"""Causes in the order in which light meets them, from the scene to the file."""


def as_light_meets_them(steps: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Corruptions and their severities in the order in which a camera would do them: blur comes before noise, coding last."""
    return sorted(steps, key=lambda step: ON_THE_WAY.index(CATALOG[step[0]].cause))


def family(name: str) -> str:
    """The name under which a corruption is matched with the field."""
    return ALIKE.get(name, name)


def parameters(name: str, severity: float) -> dict[str, float]:
    """What the corruption `name` is applied with at `severity`, 0 (none) to 5. Raises ValueError for an unknown name or severity.

    Between whole severities a parameter goes geometrically; from an end at which it is zero, linearly.
    """
    if name not in CATALOG:
        raise ValueError(f"no corruption is called {name!r}; known are {', '.join(CATALOG)}")
    if not 0 <= severity <= WORST:
        raise ValueError(f"a severity lies between 0 and {WORST:g}, not at {severity}")
    below = min(int(severity), int(WORST) - 1)
    return {key: _between(steps[below], steps[below + 1], severity - below) for key, steps in CATALOG[name].table.items()}


def _between(low: float, high: float, share: float) -> float:
    if share == 0 or share == 1:
        return float(high if share else low)
    if isinf(low):
        return high / share**2 if share**2 else low  # the noise, which goes with the root of the photons, is what grows linearly
    if low == 0:
        return high * share
    return float(low * (high / low) ** share)
