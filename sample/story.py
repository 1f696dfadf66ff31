"""The story of the sample: a night on line 4, which clips were recorded there, by which camera,
where, and in what light."""

from __future__ import annotations

from dataclasses import dataclass, field

from sample.camera import Camera, Sensor
from sample.light import Lamp

WIDTH, HEIGHT = 1280, 720
FPS = 4
SECONDS = 18
FRAMES = FPS * SECONDS
PITCH = 720.0  # belt pixels from one casting to the next
OILED = "Oiling station"


@dataclass(frozen=True, slots=True)
class Setting:
    """The light and the air of one clip.

    Strengths are 0 (none) to about 1; `shutter` is the exposure time in seconds, `shake` how far
    the camera trembles in it, in pixels.
    """

    name: str
    lamp: Lamp
    sensor: Sensor
    shutter: float = 1 / 90
    glare: float = 0.0
    flicker: float = 0.0
    dust: float = 0.0
    dirt: float = 0.0
    shake: float = 0.0


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording. `period` is seconds per casting, `stand` the share of it for which the belt
    stands still.

    `frozen` is the first and last frame of a stretch in which the camera repeats itself; `hairline`
    says that the clip's cracked casting has a crack too fine for the model's picture size.
    """

    name: str
    camera: str
    location: str
    setting: Setting
    taken_at: str
    seed: int
    crf: float
    period: float = 2.3
    stand: float = 0.62
    frozen: tuple[int, int] | None = None
    hairline: bool = False
    conditions: tuple[str, ...] = field(default=())


CAMERAS = {
    "Camera 1": Camera(9.0, 1.5, (8.0, -6.0), (1.0, 1.0, 1.03)),
    "Camera 2": Camera(24.0, -3.5, (-14.0, 10.0), (1.07, 1.0, 0.88)),
}

_NORMAL = Setting(
    "normal",
    Lamp((-420, -380, 820), (0.95, 0.93, 0.88), (0.16, 0.16, 0.17), 0.10),
    Sensor(0.80, 0.0040, 0.00014, 0.5),
)
_GLARE = Setting(
    "glare",
    Lamp((120, -760, 560), (0.85, 0.84, 0.80), (0.10, 0.11, 0.12), 0.06),
    Sensor(0.75, 0.0045, 0.00016, 0.5),
    glare=0.45,
)
_FLICKER = Setting(
    "flicker",
    Lamp((380, -300, 700), (0.80, 0.86, 0.80), (0.09, 0.10, 0.09), 0.08),
    Sensor(0.62, 0.0045, 0.00016, 0.6),
    flicker=0.45,
)
_VIBRATION = Setting(
    "vibration",
    Lamp((-300, -420, 760), (0.92, 0.90, 0.86), (0.12, 0.12, 0.12), 0.10),
    Sensor(0.66, 0.0065, 0.00022, 0.5),
    shutter=0.020,
    shake=1.8,
)
_DUST = Setting(
    "dust",
    Lamp((-520, -260, 640), (0.90, 0.84, 0.74), (0.12, 0.11, 0.10), 0.10),
    Sensor(0.62, 0.0045, 0.00016, 0.5),
    dust=0.62,
)
_DUSK = Setting(
    "dusk",
    Lamp((-980, -120, 430), (0.60, 0.42, 0.27), (0.045, 0.05, 0.065), 0.05),
    Sensor(0.62, 0.0050, 0.00012, 0.5),
)
_DARK = Setting(
    "dark",
    Lamp((560, -420, 640), (0.33, 0.29, 0.23), (0.020, 0.021, 0.022), 0.06),
    Sensor(0.58, 0.0046, 0.00014, 0.5, 0.7),
)
_DIRT = Setting(
    "dirty_lens",
    Lamp((460, -500, 720), (0.80, 0.76, 0.70), (0.10, 0.10, 0.10), 0.10),
    Sensor(0.62, 0.0050, 0.00016, 0.6),
    dirt=0.60,
)
_DARK_FLICKER = Setting(
    "dark",
    Lamp((-260, -520, 600), (0.36, 0.33, 0.25), (0.022, 0.022, 0.022), 0.06),
    Sensor(0.58, 0.0044, 0.00014, 0.5),
    flicker=0.25,
)

CLIPS = (
    Clip(
        "c1_infeed_normal", "Camera 1", "Infeed", _NORMAL, "2026-03-10T19:42:00", 101, 33,
        hairline=True, conditions=("normal",),
    ),
    Clip(
        "c1_outfeed_flicker", "Camera 1", "Outfeed", _FLICKER, "2026-03-10T21:31:00", 103, 30.5,
        frozen=(44, 61), conditions=("flicker",),
    ),
    Clip(
        "c1_infeed_vibration", "Camera 1", "Infeed", _VIBRATION, "2026-03-10T22:10:00", 104, 33.5,
        stand=0.0, conditions=("vibration",),
    ),
    Clip(
        "c1_outfeed_dust", "Camera 1", "Outfeed", _DUST, "2026-03-10T22:48:00", 105, 31,
        conditions=("dust",),
    ),
    Clip(
        "c1_oiling_normal", "Camera 1", OILED, _NORMAL, "2026-03-10T23:20:00", 106, 34.5,
        conditions=("normal",),
    ),
    Clip(
        "c1_oiling_glare", "Camera 1", OILED, _GLARE, "2026-03-10T20:05:00", 102, 33.5,
        conditions=("glare",),
    ),
    Clip(
        "c2_infeed_glare", "Camera 2", "Infeed", _GLARE, "2026-03-10T17:50:00", 107, 33.5,
        conditions=("glare",),
    ),
    Clip(
        "c2_outfeed_dark", "Camera 2", "Outfeed", _DARK, "2026-03-10T23:58:00", 108, 36,
        conditions=("dark",),
    ),
    Clip(
        "c2_oiling_dirt", "Camera 2", OILED, _DIRT, "2026-03-11T00:41:00", 109, 34, hairline=True,
        conditions=("dirty_lens",),
    ),
    Clip(
        "c2_infeed_dark", "Camera 2", "Infeed", _DARK_FLICKER, "2026-03-11T01:26:00", 110, 36,
        conditions=("dark", "flicker"),
    ),
    Clip(
        "c2_oiling_dusk", "Camera 2", OILED, _DUSK, "2026-03-11T05:52:00", 111, 36,
        conditions=("dark",),
    ),
    Clip(
        "c2_infeed_normal", "Camera 2", "Infeed", _NORMAL, "2026-03-11T02:15:00", 112, 34.5,
        conditions=("normal",),
    ),
)  # fmt: skip
