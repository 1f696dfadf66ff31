"""Frames as captured: pixels, row of the sampling list, quality measurements, and the file endings
that are footage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Footage files by the ending of their names: pictures and videos that are read, and pictures of
# phones and cameras that are not.

PICTURE_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm"}
)
# Of phones and of cameras' raw files; a folder of them is named as what it is, and none is passed
# over in silence.
UNREAD_ENDINGS = frozenset(
    {
        ".heic",
        ".heif",
        ".avif",
        ".jxl",
        ".jp2",
        ".dng",
        ".cr2",
        ".cr3",
        ".nef",
        ".arw",
        ".orf",
        ".raf",
        ".rw2",
        ".pef",
        ".srw",
    }
)
VIDEO_ENDINGS = frozenset(
    {
        ".mp4",
        ".avi",
        ".mov",
        ".mkv",
        ".m4v",
        ".mpg",
        ".mpeg",
        ".mjpeg",
        ".webm",
        ".wmv",
        ".ts",
        ".mts",
        ".m2ts",
        ".3gp",
    }
)


def format_patterns(*endings: frozenset[str]) -> str:
    """Endings as Qt's file dialogs take them, such as `*.jpg *.png`."""
    return " ".join(sorted(f"*{ending}" for ending in frozenset().union(*endings)))


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels on their way through one pass. `rgb`: (H, W, 3) uint8, not writeable. `t_s`: seconds
    from the recording's first frame.

    `source` is the picture's file inside a folder, empty for a video.
    """

    rgb: NDArray[np.uint8]
    index: int
    t_s: float
    source: str = ""

    def __post_init__(self) -> None:
        if self.rgb.ndim != 3 or self.rgb.shape[2] != 3 or self.rgb.dtype != "uint8":
            raise ValueError(f"a frame is (H, W, 3) uint8, not {self.rgb.shape} {self.rgb.dtype}")
        self.rgb.flags.writeable = False


@dataclass(frozen=True, slots=True)
class ListedFrame:
    """One line of the sampling list. `source_index` counts from 0 in the file, `t_s` from the
    recording's first frame.

    `source` is the video's file name, or `folder/file` of a picture; `sha256` is of the raw RGB
    bytes. `frozen` marks a frame of a stretch in which the sensor stood still: a camera fault, not
    data.
    """

    frame_id: str
    recording_id: str
    source_index: int
    t_s: float
    source: str
    width: int
    height: int
    sha256: str
    frozen: bool = False


def make_frame_id(recording_id: str, source_index: int) -> str:
    """The name of a frame; it never changes."""
    return f"{recording_id}-{source_index:06d}"


# Picture quality: what can be measured on one frame without a model and without a label.


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures on luma Y (0-255) of one frame.

    `mean` grey levels; `contrast` P99 - P1; `clipped_low`, `clipped_high` shares of Y <= 10 and Y
    >= 245; `sharpness` ln(var Laplacian + 1), higher is sharper; `noise` Immerkaer sigma in grey
    levels on a central crop at native resolution; `backlight` mean of the border minus mean of the
    centre, grey levels.
    """

    mean: float
    contrast: float
    clipped_low: float
    clipped_high: float
    sharpness: float
    noise: float
    backlight: float


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """Facts that one pass found out about a listed frame. `statistics` is the vector of methods.md
    5.4, float32."""

    frame_id: str
    quality: Quality
    dhash: int
    phash: int
    statistics: NDArray[np.float32]

    def __post_init__(self) -> None:
        self.statistics.flags.writeable = False


# Parts: the things on the line that frames show, each of them in one frame or in several.

PartSource = Literal["pattern", "csv", "pause"]
PartCall = Literal["any", "all", "at_least"]
PART_SOURCES: tuple[PartSource, ...] = ("pattern", "csv", "pause")
PART_CALLS: tuple[PartCall, ...] = ("any", "all", "at_least")


@dataclass(frozen=True, slots=True)
class PartRule:
    """How frames are put together to parts, and when a part is called defective.

    `source`: a `pattern` of file names, a `csv` file, or a `pause` without frames; `definition`:
    the pattern, the file's name, or the seconds. `across`: one id in two recordings is one part.
    `call`: a part is called defective where any, all or `at_least` `least` of its frames are.
    `list_id`: the stored list of frames with their parts; `by`: who set it.
    """

    source: PartSource
    definition: str
    across: bool = False
    call: PartCall = "any"
    least: int = 1
    list_id: str = ""
    by: str = ""
