"""Picture quality: what can be measured on one frame without a model and without a label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures on luma Y (0-255) of one frame.

    `mean` grey levels; `contrast` P99 - P1; `clipped_low`, `clipped_high` shares of Y <= 10 and Y >= 245; `sharpness` ln(var
    Laplacian + 1), higher is sharper; `noise` Immerkaer sigma in grey levels on a central crop at native resolution;
    `backlight` mean of the border minus mean of the centre, grey levels.
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
    """Facts that one pass found out about a listed frame. `statistics` is the vector of methods.md 5.4, float32."""

    frame_id: str
    quality: Quality
    dhash: int
    phash: int
    statistics: NDArray[np.float32]

    def __post_init__(self) -> None:
        self.statistics.flags.writeable = False
