"""The catalogue of corruptions: one entry each, its severities as a physical table (methods 5.1),
and how one is applied to a frame."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, isinf
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.i18n.language import Msgid, msgid

if TYPE_CHECKING:
    from albumentations import BasicTransform, Compose

# The corruptions, one entry each, with the figures of methods 5.1.

# Corruption, as it is declared: cause, transform, parameters by severity, the statistic that it
# moves, and its words.

WORST = 5.0
Cause = Literal["noise", "blur", "light", "coding", "weather", "lens", "geometry"]
Steps = tuple[float, ...]  # severity 0 / 1 / 2 / 3 / 4 / 5


@dataclass(frozen=True, slots=True)
class ExpectedEffect:
    """The image statistic that a corruption moves, and whether up (1), down (-1) or to either side
    (0)."""

    statistic: str
    direction: int


@dataclass(frozen=True, slots=True)
class Corruption:
    """One corruption. `transform` names its class in `fieldcheck_transforms`, in the module named
    after its `cause`.

    Lengths in `table` are pixels of a frame whose shorter side is 192 pixels. Geometric corruptions
    change no image statistic; only their parameter changes. `sentence` may contain a parameter as
    `{name}` (a share or length in percent) or `{name_n}` (the number itself). `shown_first`: digit
    key that selects it in the live view, 0 for none. `similar_to`: another corruption that cannot
    be told apart from it in an image; `family_text` is then the name of both. `fault`: what goes
    wrong on the way from the camera to the program, and `appearance`: how that looks."""

    name: str
    cause: Cause
    transform: str
    table: Mapping[str, Steps]
    expected_effect: ExpectedEffect | None
    name_text: Msgid
    sentence: Msgid
    shown_first: int = 0
    similar_to: str = ""
    family_text: Msgid | None = None
    fault: Msgid | None = None
    appearance: Msgid | None = None

    def __post_init__(self) -> None:
        if any(len(steps) != WORST + 1 for steps in self.table.values()):
            raise ValueError(
                f"{self.transform}: a table has a step for each severity from 0 to {WORST:g}, "
                f"not {dict(self.table)}"
            )
        object.__setattr__(self, "table", MappingProxyType(dict(self.table)))


ENTRIES = (
    Corruption(
        "gauss_noise",
        "noise",
        "PixelNoise",
        {"sigma": (0, 6, 12, 20, 32, 48)},  # grey levels
        ExpectedEffect("grain", 1),
        msgid("Gaussian noise"),
        msgid("Gaussian noise, σ {sigma_n} of 255 grey levels."),
        shown_first=4,
        family_text=msgid("sensor noise"),
    ),
    Corruption(
        "shot_noise",
        "noise",
        "PhotonNoise",
        {"photons": (inf, 200, 100, 50, 25, 12)},  # for white
        ExpectedEffect("grain", 1),
        msgid("Shot noise"),
        msgid("Shot noise; full scale is {photons_n} photons per pixel."),
        similar_to="gauss_noise",
    ),
    Corruption(
        "iso_noise",
        "noise",
        "GainNoise",
        {"photons": (inf, 240, 120, 60, 30, 15)},
        ExpectedEffect("grain", 1),
        msgid("High ISO noise"),
        msgid(
            "Shot noise with colour blotches at high gain; full scale is {photons_n} photons "
            "per pixel."
        ),
        similar_to="gauss_noise",
    ),
    Corruption(
        "banding",
        "noise",
        "Banding",
        {"levels": (0, 3, 6, 10, 16, 24)},  # grey levels
        ExpectedEffect("row_steps", 1),
        msgid("Banding"),
        msgid("Rows vary by about ±{levels_n} grey levels."),
    ),
    Corruption(
        "defocus",
        "blur",
        "Defocus",
        {"sigma": (0, 1, 2, 3, 4, 6)},
        ExpectedEffect("sharpness", -1),
        msgid("Defocus blur"),
        msgid("Gaussian point spread of {sigma} of the shorter side."),
        shown_first=3,
        family_text=msgid("loss of detail"),
    ),
    Corruption(
        "motion",
        "blur",
        "Motion",
        {"length": (1, 3, 6, 10, 15, 22)},
        ExpectedEffect("sharpness", -1),
        msgid("Motion blur"),
        msgid("Motion streaks of {length} of the shorter side."),
        shown_first=2,
    ),
    Corruption(
        "zoom_blur",
        "blur",
        "ZoomBlur",
        {"zoom": (1, 1.03, 1.06, 1.10, 1.16, 1.24)},
        ExpectedEffect("sharpness", -1),
        msgid("Zoom blur"),
        msgid("The lens zooms by {more} during the exposure."),
    ),
    Corruption(
        "glass_blur",
        "blur",
        "GlassBlur",
        {"away": (0, 0.7, 1.2, 1.8, 2.6, 3.8)},
        ExpectedEffect("sharpness", -1),
        msgid("Frosted glass blur"),
        msgid("Frosted glass: points are displaced by up to {away} of the shorter side."),
    ),
    Corruption(
        "dark",
        "light",
        "Exposure",
        {"gain": (1, 0.70, 0.50, 0.35, 0.22, 0.12), "read_noise": (0, 1, 2, 3, 4, 6)},
        ExpectedEffect("mean", -1),
        msgid("Low light"),
        msgid("Light reduced to {gain}, with read noise of {read_noise_n} grey levels."),
        shown_first=1,
    ),
    Corruption(
        "bright",
        "light",
        "Exposure",
        {"gain": (1, 1.2, 1.5, 1.9, 2.5, 3.5)},
        ExpectedEffect("mean", 1),
        msgid("Over-exposure"),
        msgid("Exposure × {gain_n}: highlights clip."),
    ),
    Corruption(
        "glare",
        "light",
        "Glare",
        {"strength": (0, 0.25, 0.45, 0.70, 1.05, 1.60)},
        ExpectedEffect("unevenness", 1),
        msgid("Glare"),
        msgid("A reflection with halo, {strength} of full white."),
        shown_first=6,
    ),
    Corruption(
        "flare",
        "light",
        "Flare",
        {"strength": (0, 0.25, 0.50, 0.80, 1.15, 1.60)},
        ExpectedEffect("mean", 1),
        msgid("Lens flare"),
        msgid(
            "Lens flare and veiling glare from a lamp outside the field of view, at "
            "{strength} strength."
        ),
    ),
    Corruption(
        "low_contrast",
        "light",
        "Contrast",
        {"factor": (1, 0.75, 0.55, 0.40, 0.28, 0.18)},
        ExpectedEffect("contrast", -1),
        msgid("Low contrast"),
        msgid("Contrast reduced to {factor}."),
    ),
    Corruption(
        "gamma",
        "light",
        "Gamma",
        {"exponent": (1, 1.25, 1.6, 2.0, 2.6, 3.4)},
        ExpectedEffect("mean", -1),
        msgid("Dark gamma curve"),
        msgid("Gamma {exponent_n}: shadows get darker."),
    ),
    Corruption(
        "flicker",
        "light",
        "Flicker",
        {"depth": (0, 0.15, 0.30, 0.45, 0.65, 0.85)},
        ExpectedEffect("row_waves", 1),
        msgid("Flicker"),
        msgid("The darkest rows lose {depth} of the light."),
        fault=msgid("A lamp on mains, and a short exposure"),
        appearance=msgid("Dark bands across the image"),
    ),
    Corruption(
        "colour_cast",
        "light",
        "ColourCast",
        {"mired": (0, 20, 40, 70, 110, 160)},  # to either side
        ExpectedEffect("b", 0),
        msgid("Colour cast"),
        msgid("Colour temperature shifted by {mired_n} mired, warmer or cooler."),
    ),
    Corruption(
        "spectral",
        "light",
        "Spectrum",
        {"share": (0, 0.18, 0.36, 0.58, 0.80, 1)},
        ExpectedEffect("chroma", -1),
        msgid("Another sensor"),
        msgid("Colour response shifted {share} towards another sensor."),
    ),
    Corruption(
        "shadow",
        "light",
        "Shadow",
        {"depth": (0, 0.25, 0.45, 0.62, 0.75, 0.87)},
        ExpectedEffect("unevenness", 1),
        msgid("Cast shadow"),
        msgid("Two fifths of the image lose {depth} of the light."),
    ),
    Corruption(
        "jpeg",
        "coding",
        "Jpeg",
        {"quality": (100, 40, 25, 15, 10, 5)},
        ExpectedEffect("block_steps", 1),
        msgid("JPEG"),
        msgid("JPEG quality {quality_n} of 100."),
        shown_first=5,
    ),
    Corruption(
        "downscale",
        "coding",
        "Downscale",
        {"scale": (1, 0.75, 0.50, 0.35, 0.25, 0.15)},
        ExpectedEffect("sharpness", -1),
        msgid("Reduced resolution"),
        msgid("Resolution reduced to {scale} per side."),
        similar_to="defocus",
    ),
    Corruption(
        "low_bitrate",
        "coding",
        "LowBitrate",
        {"quality": (95, 45, 30, 20, 12, 6), "chroma": (1, 0.4, 0.3, 0.2, 0.12, 0.06)},
        ExpectedEffect("band_middle", -1),
        msgid("Low bitrate"),
        msgid(
            "Video compression artefacts: quality {quality_n} of 100, chroma subsampled to "
            "{chroma} per side."
        ),
        fault=msgid("Bit rate of the stream too low"),
        appearance=msgid("Coarse blocks and washed-out colours"),
    ),
    Corruption(
        "lost_lines",
        "coding",
        "LostLines",
        {"share": (0, 0.05, 0.10, 0.17, 0.26, 0.40)},
        ExpectedEffect("band_high", 1),
        msgid("Missing lines"),
        msgid("{share} of the lines are missing."),
        fault=msgid("GigE camera without resend of lost packets"),
        appearance=msgid("Lines that show the line above"),
    ),
    Corruption(
        "frozen_strips",
        "coding",
        "FrozenStrips",
        {"loss": (0, 0.01, 0.03, 0.06, 0.11, 0.20)},  # of the packets, in bursts
        ExpectedEffect("row_tears", 1),
        msgid("Frozen strips"),
        msgid("{loss} of the packets lost in bursts: strips stay frozen until the next key frame."),
        fault=msgid("Packets lost in bursts; the decoder waits"),
        appearance=msgid("Strips stand still while the part moves on"),
    ),
    Corruption(
        "ghost_strips",
        "coding",
        "GhostStrips",
        {"loss": (0, 0.01, 0.03, 0.06, 0.11, 0.20)},
        ExpectedEffect("row_tears", 1),
        msgid("Strips with trails"),
        msgid("{loss} of the packets lost in bursts: strips show trails until the next key frame."),
        fault=msgid("Packets lost in bursts; the decoder goes on"),
        appearance=msgid("Trails and ghosts behind what moves"),
    ),
    Corruption(
        "grey_strips",
        "coding",
        "GreyStrips",
        {"loss": (0, 0.01, 0.03, 0.06, 0.11, 0.20)},
        ExpectedEffect("row_tears", 1),
        msgid("Grey strips"),
        msgid("{loss} of the packets lost in bursts: strips are grey until the next key frame."),
        fault=msgid("Key frame lost, or the stream joined midway"),
        appearance=msgid("Grey strips in which only motion shows"),
    ),
    Corruption(
        "green_strips",
        "coding",
        "GreenStrips",
        {"loss": (0, 0.01, 0.03, 0.06, 0.11, 0.20)},
        ExpectedEffect("one_level", 1),
        msgid("Green strips"),
        msgid("{loss} of the packets lost in bursts: strips are green until the next key frame."),
        fault=msgid("Packets lost, and a decoder that leaves gaps"),
        appearance=msgid("Plain green strips"),
    ),
    Corruption(
        "ts_loss",
        "coding",
        "TransportStreamLoss",
        {"loss": (0, 0.01, 0.03, 0.06, 0.11, 0.20)},
        ExpectedEffect("row_tears", 1),
        msgid("MPEG-TS loss"),
        msgid(
            "{loss} of the MPEG-TS packets lost in bursts: the rest of each affected strip "
            "shows wrong blocks until the next key frame."
        ),
        fault=msgid("MPEG-TS over radio or an overloaded multicast"),
        appearance=msgid("Rows of coloured blocks up to the right edge"),
    ),
    Corruption(
        "swapped_strips",
        "coding",
        "SwappedStrips",
        {"share": (0, 0.06, 0.12, 0.22, 0.36, 0.60)},
        ExpectedEffect("row_tears", 1),
        msgid("Strips out of order"),
        msgid("{share} of the strips change places with the next one."),
        fault=msgid("Packets on two paths that overtake each other"),
        appearance=msgid("Strips in the wrong order"),
    ),
    Corruption(
        "tearing",
        "coding",
        "Tearing",
        {"share": (0, 0.10, 0.20, 0.35, 0.50, 0.70)},
        ExpectedEffect("row_tears", 1),
        msgid("Tearing"),
        msgid("The lower {share} of the image is from the frame before."),
        fault=msgid("An image buffer read while it is written"),
        appearance=msgid("The lower part lags behind the upper part"),
    ),
    Corruption(
        "interlacing",
        "coding",
        "Interlacing",
        {"lag": (0, 1, 2, 3, 5, 8)},
        ExpectedEffect("row_combs", 1),
        msgid("Interlacing"),
        msgid("Every other line is {lag_n} frames old."),
        fault=msgid("An interlaced camera or converter"),
        appearance=msgid("Moving edges look like combs"),
    ),
    Corruption(
        "blended_frames",
        "coding",
        "FrameBlending",
        {"share": (0, 0.25, 0.40, 0.55, 0.70, 0.85)},
        ExpectedEffect("sharpness", -1),
        msgid("Blended frames"),
        msgid("Each frame keeps {share} of the one before."),
        fault=msgid("A frame rate converter or a noise filter over time"),
        appearance=msgid("Double contours and trails"),
    ),
    Corruption(
        "lost_bytes",
        "coding",
        "LostBytes",
        {"share": (0, 0.10, 0.22, 0.38, 0.55, 0.80)},
        ExpectedEffect("row_tears", 1),
        msgid("Lost bytes"),
        msgid("Bytes lost: the lower {share} of the image is displaced, with wrong colours."),
        fault=msgid("USB camera on a bad cable or an overloaded hub"),
        appearance=msgid("The lower part is displaced, with wrong colours"),
    ),
    Corruption(
        "haze",
        "weather",
        "Haze",
        {"transmission": (1, 0.85, 0.70, 0.55, 0.40, 0.25)},
        ExpectedEffect("contrast", -1),
        msgid("Haze"),
        msgid("The haze transmits {transmission} of the light."),
    ),
    Corruption(
        "fog",
        "weather",
        "Fog",
        {"thickness": (0, 0.25, 0.42, 0.58, 0.72, 0.86)},
        ExpectedEffect("contrast", -1),
        msgid("Fog"),
        msgid("Up to {thickness} of the light is lost in the thickest fog."),
        shown_first=8,
    ),
    Corruption(
        "rain",
        "weather",
        "Rain",
        {"drops": (0, 50, 110, 200, 340, 560)},  # in the square of the shorter side
        ExpectedEffect("contrast", 1),
        msgid("Rain"),
        msgid("Density {drops_n} drops per square of the shorter side."),
    ),
    Corruption(
        "snow",
        "weather",
        "Snow",
        {"flakes": (0, 80, 160, 280, 460, 750)},
        ExpectedEffect("p1", 1),
        msgid("Snow"),
        msgid("Density {flakes_n} flakes per square of the shorter side."),
    ),
    Corruption(
        "dust",
        "lens",
        "Dust",
        {"share": (0, 0.09, 0.18, 0.30, 0.44, 0.60)},  # of the frame's area
        ExpectedEffect("p1", -1),
        msgid("Dirty lens"),
        msgid("Dust and dirt on about {share} of the lens."),
        shown_first=9,
    ),
    Corruption(
        "water_drops",
        "lens",
        "WaterDrops",
        {"share": (0, 0.3, 0.6, 1.0, 1.5, 2.2)},
        ExpectedEffect("band_high", -1),
        msgid("Water drops"),
        msgid("Water drops cover {share} of the image."),
    ),
    Corruption(
        "occlusion",
        "lens",
        "Occlusion",
        {"share": (0, 0.03, 0.06, 0.10, 0.16, 0.25)},
        ExpectedEffect("one_level", 1),
        msgid("Occlusion"),
        msgid("{share} of the image is covered."),
        shown_first=7,
    ),
    Corruption(
        "hand",
        "lens",
        "Hand",
        {"share": (0, 0.03, 0.06, 0.10, 0.16, 0.25)},
        ExpectedEffect("one_level", 1),
        msgid("Hand"),
        msgid("A hand covers {share} of the image."),
    ),
    Corruption(
        "bar",
        "lens",
        "Bar",
        {"share": (0, 0.03, 0.06, 0.10, 0.16, 0.25)},
        ExpectedEffect("one_level", 1),
        msgid("Bar"),
        msgid("A bar covers {share} of the image."),
    ),
    Corruption(
        "patches",
        "lens",
        "Patches",
        {"share": (0, 0.05, 0.10, 0.15, 0.22, 0.32)},
        ExpectedEffect("one_level", 1),
        msgid("Random erasing"),
        msgid("{share} of the image patches are erased."),
    ),
    Corruption(
        "reflection",
        "lens",
        "Reflection",
        {"share": (0, 0.13, 0.25, 0.38, 0.50, 0.64)},
        ExpectedEffect("band_high", -1),
        msgid("Reflection"),
        msgid("Reflection of another scene at {share} opacity."),
    ),
    Corruption(
        "rotation",
        "geometry",
        "Rotation",
        {"degrees": (0, 5, 15, 30, 50, 90)},
        None,
        msgid("Rotation"),
        msgid("Rotated by ±{degrees_n}°."),
    ),
    Corruption(
        "crop",
        "geometry",
        "Crop",
        {"kept": (1, 0.92, 0.84, 0.75, 0.62, 0.50)},  # of both sides
        None,
        msgid("Off-centre crop"),
        msgid("Off-centre crop of {kept} of each side."),
    ),
    Corruption(
        "perspective",
        "geometry",
        "Perspective",
        {"shift": (0, 0.04, 0.08, 0.13, 0.20, 0.30)},
        None,
        msgid("Perspective"),
        msgid("Perspective tilt: two corners shifted by {shift} of the side."),
    ),
    Corruption(
        "distortion",
        "geometry",
        "Distortion",
        {"bend": (0, 0.03, 0.07, 0.12, 0.20, 0.30)},
        None,
        msgid("Distortion"),
        msgid("Lens distortion of {bend} at the corners (barrel or pincushion)."),
    ),
    Corruption(
        "shutter_skew",
        "geometry",
        "ShutterSkew",
        {"lean": (0, 0.05, 0.10, 0.18, 0.30, 0.45)},
        None,
        msgid("Rolling shutter skew"),
        msgid("Rolling shutter: the bottom is moved by {lean} of the shorter side."),
        fault=msgid("Rolling shutter above a fast belt"),
        appearance=msgid("Upright edges lean to one side"),
    ),
    Corruption(
        "shutter_wobble",
        "geometry",
        "ShutterWobble",
        {"sway": (0, 0.006, 0.012, 0.02, 0.032, 0.05)},
        None,
        msgid("Rolling shutter wobble"),
        msgid("Rolling shutter on a vibrating mount: rows sway by {sway} of the shorter side."),
        fault=msgid("Rolling shutter on a vibrating mount"),
        appearance=msgid("Straight edges become waves"),
    ),
)
"""In the order of their causes."""


CATALOG = MappingProxyType({corruption.name: corruption for corruption in ENTRIES})
"""By name, in the order of their causes."""

FAVOURITES = tuple(
    corruption.name
    for corruption in sorted(ENTRIES, key=lambda corruption: corruption.shown_first)
    if corruption.shown_first
)
"""Corruptions with a digit key in the live view, in the order of the digits."""

_CORE = (
    *(
        "gauss_noise",
        "shot_noise",
        "defocus",
        "motion",
        "dark",
        "bright",
        "low_contrast",
        "jpeg",
        "downscale",
        "haze",
    ),
    *("colour_cast", "occlusion"),
)
CORE = MappingProxyType({name: CATALOG[name].cause for name in _CORE})
"""Default corruptions of sweeps and benchmarks (methods 5.1): name → cause."""

IN_PLACE = _CORE + tuple(
    name for name, entry in CATALOG.items() if entry.cause != "geometry" and name not in _CORE
)
"""Corruptions that move no pixels, the core set first: a frame's labels remain valid under them."""

MILD_FOUR = ("gauss_noise", "defocus", "dark", "jpeg")
"""Corruptions by which the sensitivity of a frame is measured (methods 3.2, S)."""

ALIKE = MappingProxyType(
    {corruption.name: corruption.similar_to for corruption in ENTRIES if corruption.similar_to}
)
"""Corruptions that a picture does not tell apart from another one: they count as one when the field
is matched (methods 5.5)."""


ON_THE_WAY: tuple[Cause, ...] = ("geometry", "weather", "lens", "blur", "light", "noise", "coding")
"""Causes in the order in which light meets them, from the scene to the file."""


def order_by_light_path(steps: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Corruptions and their severities in the order in which a camera would do them: blur comes
    before noise, coding last."""
    return sorted(steps, key=lambda step: ON_THE_WAY.index(CATALOG[step[0]].cause))


def get_family(name: str) -> str:
    """Family name under which a corruption is matched with the field."""
    return ALIKE.get(name, name)


def get_parameters(name: str, severity: float) -> dict[str, float]:
    """Parameters that the corruption `name` is applied with at `severity`, 0 (none) to 5. Raises
    ValueError for an unknown name or severity.

    Between whole severities a parameter goes geometrically; from an end at which it is zero,
    linearly.
    """
    if name not in CATALOG:
        raise ValueError(f"no corruption is called {name!r}; known are {', '.join(CATALOG)}")
    if not 0 <= severity <= WORST:
        raise ValueError(f"a severity lies between 0 and {WORST:g}, not at {severity}")
    below = min(int(severity), int(WORST) - 1)
    return {
        key: _interpolate_parameter(steps[below], steps[below + 1], severity - below)
        for key, steps in CATALOG[name].table.items()
    }


def _interpolate_parameter(low: float, high: float, share: float) -> float:
    if share == 0 or share == 1:
        return float(high if share else low)
    if isinf(low):
        # Noise grows with the root of the photons, so it is interpolated linearly in that root.
        return high / share**2 if share**2 else low
    if low == 0:
        return high * share
    return float(low * (high / low) ** share)


# Applying a corruption of the catalogue to a frame: the same seed gives the same bytes in every
# process and thread.

ClipCorruption = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
KEPT = 64  # Pipelines cached per thread; a sweep uses 36.


def apply_corruption(
    rgb: NDArray[np.uint8], name: str, severity: float, seed: int
) -> NDArray[np.uint8]:
    """Apply the corruption `name` at `severity` 0 to 5 to `rgb`; returns a new (H, W, 3) uint8 RGB
    image, deterministic for a `seed`. Severity 0 changes nothing. Raises ValueError for an unknown
    name or severity, or an image of another shape or type."""
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
        raise ValueError(f"a picture is (H, W, 3) uint8, not {rgb.shape} {rgb.dtype}")
    if severity == 0:
        get_parameters(name, severity)
        return rgb.copy()
    pipeline = _pipelines.get_pipeline(name, float(severity))
    pipeline.set_random_seed(seed)
    return np.asarray(pipeline(image=rgb)["image"], np.uint8)


def start_clip(rgb: NDArray[np.uint8], name: str, severity: float, seed: int) -> ClipCorruption:
    """Start the corruption of a clip whose first frame is `rgb`, (H, W, 3): a function that takes
    it and then each frame that follows. The first is what `apply_corruption` makes of it; faults of
    the line leave their traces in those that follow, other corruptions do each anew. Raises
    ValueError as `apply_corruption` does."""
    corrupt = partial(apply_corruption, name=name, severity=severity, seed=seed)
    if severity == 0 or CATALOG[name].cause != "coding":
        return corrupt
    from fieldcheck.corruptions.transforms.coding import LineFault

    pipeline = _pipelines.get_pipeline(name, float(severity))
    transform = pipeline.transforms[0]
    if not isinstance(transform, LineFault):
        return corrupt
    pipeline.set_random_seed(seed)
    return transform.start_behind(rgb, transform.get_params()["seed"])


def make_fixed_transform(name: str, severity: float) -> BasicTransform:
    """The albumentations transform of a corruption, always applied. Arguments it does not know are
    an error."""
    return make_transform(name, get_parameters(name, severity))


def make_transform(
    name: str, arguments: Mapping[str, float | bool], p: float = 1.0
) -> BasicTransform:
    """The transform of the corruption `name` with these arguments, applied to a share `p` of the
    pictures."""
    from fieldcheck.corruptions.transforms import (
        blur,
        coding,
        geometry,
        lens,
        light,
        noise,
        weather,
    )

    modules: dict[Cause, ModuleType] = {
        "noise": noise,
        "blur": blur,
        "light": light,
        "coding": coding,
        "weather": weather,
        "lens": lens,
        "geometry": geometry,
    }
    entry = CATALOG[name]
    transform: type[BasicTransform] = getattr(modules[entry.cause], entry.transform)
    return transform(**arguments, p=p)


class _Pipelines(threading.local):
    """The pipelines of this thread: one carries its own random state, so two threads must not share
    it."""

    def __init__(self) -> None:
        self._built: OrderedDict[tuple[str, float], Compose] = OrderedDict()

    def get_pipeline(self, name: str, severity: float) -> Compose:
        import albumentations as A

        key = (name, severity)
        if key not in self._built:
            self._built[key] = A.Compose([make_fixed_transform(name, severity)])
        self._built.move_to_end(key)
        while len(self._built) > KEPT:
            self._built.popitem(last=False)
        return self._built[key]


_pipelines = _Pipelines()
