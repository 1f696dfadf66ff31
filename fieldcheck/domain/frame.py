"""A frame as captured, never altered: once with its pixels, once as a line of the sampling list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels on their way through one pass. `rgb`: (H, W, 3) uint8, not writeable. `t_s`: seconds from the recording's first frame.

    `source` is the picture's file inside a folder, empty for a video.
    """

    rgb: NDArray[np.uint8]
    index: int
    t_s: float
    source: str = ""

    def __post_init__(self) -> None:
        if self.rgb.ndim != 3 or self.rgb.shape[2] != 3 or self.rgb.dtype != np.uint8:
            raise ValueError(f"a frame is (H, W, 3) uint8, not {self.rgb.shape} {self.rgb.dtype}")
        self.rgb.flags.writeable = False


@dataclass(frozen=True, slots=True)
class ListedFrame:
    """One line of the sampling list. `source_index` counts from 0 in the file, `t_s` from the recording's first frame.

    `source` is the video's file name, or `folder/file` of a picture; `sha256` is of the raw RGB bytes.
    `frozen` marks a frame of a stretch in which the sensor stood still: a camera fault, not data.
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
