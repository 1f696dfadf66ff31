"""What gives frames to look at now: a camera, or a file that is played like one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """`rgb`: (H, W, 3) uint8, not writeable. `source` is the camera's name.

    `index` counts what the camera made from 0 on, also what nobody fetched: a gap in it is what was dropped. `t_s` is when it was
    made, seconds on the camera's own clock, which starts when it is opened.
    """

    rgb: NDArray[np.uint8]
    index: int
    t_s: float
    source: str

    def __post_init__(self) -> None:
        if self.rgb.ndim != 3 or self.rgb.shape[2] != 3 or self.rgb.dtype != np.uint8:
            raise ValueError(f"a frame is (H, W, 3) uint8, not {self.rgb.shape} {self.rgb.dtype}")
        self.rgb.flags.writeable = False


class Camera(Protocol):
    """Opened, read and closed by one thread. `open` and `read` raise members of the FieldcheckError family."""

    @property
    def name(self) -> str:
        """What people call it."""

    def open(self) -> None:
        """Starts its clock. A camera that was closed may be opened again and starts anew."""

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame once it is there; None where there was none within `wait_s` seconds."""

    def close(self) -> None:
        """Lets go of the device or file."""
