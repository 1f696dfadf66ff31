"""A camera that needs no hardware: a moving picture, any size and rate, the number of each frame printed on it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.camera import CapturedFrame
from fieldcheck.capture.pace import PlaybackClock, make_even_timetable

STEP = 4  # pixels by which the picture moves from frame to frame
TEXTURE_SEED = 11
BLOT = 80  # pixels
NUMBER_SHARE = 0.12  # of the shorter side is the height of the number
FONT_HEIGHT = 22.0  # pixels of a digit at scale 1
BOX, INK = (24, 24, 24), (240, 240, 240)


class SyntheticCamera:
    """Frame k is the same picture at every run: the same texture, moved on by k steps, and k in digits."""

    name = "synthetic"

    def __init__(self, width: int = 1280, height: int = 720, fps: float = 30.0) -> None:
        """Raises ValueError for a size or rate that is none."""
        if width < 1 or height < 1:
            raise ValueError(f"no picture of {width} x {height}")
        self._timetable = make_even_timetable(fps)
        self._texture = make_texture(width, height)
        self._pace: PlaybackClock | None = None

    def open(self) -> None:
        """Starts at frame 0."""
        self._pace = PlaybackClock(self._timetable)

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame once it is due."""
        assert self._pace is not None, "a camera is opened before it is read"
        index = self._pace.wait_for_next(wait_s)
        if index is None:
            return None
        return CapturedFrame(self.render_frame(index), index, self._timetable.get_due_s(index), self.name)

    def close(self) -> None:
        """There is nothing to let go of but the clock."""
        self._pace = None

    def render_frame(self, index: int) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB of frame `index`."""
        width = self._texture.shape[1]
        shift = index * STEP % width
        moved = np.concatenate([self._texture[:, shift:], self._texture[:, :shift]], axis=1)
        return _draw_frame_number(moved, index)


def make_texture(width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 RGB: soft blots, nearly grey, whose left and right edges meet."""
    rng = np.random.default_rng(TEXTURE_SEED)
    shape = (max(1, height // BLOT), max(1, width // BLOT))
    small = (rng.integers(60, 181, (*shape, 1)) + rng.integers(-18, 19, (*shape, 3))).astype(np.uint8)
    three = cv2.resize(np.tile(small, (1, 3, 1)), (3 * width, height), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(three[:, width : 2 * width])


def _draw_frame_number(rgb: NDArray[np.uint8], index: int) -> NDArray[np.uint8]:
    """Prints the number into the left upper corner of a picture of our own."""
    height, width = rgb.shape[:2]
    tall = max(8, int(min(height, width) * NUMBER_SHARE))
    scale, thick, said = tall / FONT_HEIGHT, max(1, tall // 12), str(index)
    (wide, _), _ = cv2.getTextSize(said, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
    cv2.rectangle(rgb, (0, 0), (wide + tall, 2 * tall), BOX, cv2.FILLED)
    cv2.putText(rgb, said, (tall // 2, int(1.5 * tall)), cv2.FONT_HERSHEY_SIMPLEX, scale, INK, thick, cv2.LINE_AA)
    return rgb
