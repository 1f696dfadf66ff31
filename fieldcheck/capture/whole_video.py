"""Every frame of a video decoded by one decoder, forward as long as possible: a jump is proven by the time of the frame that it led to."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.interlaced import RetrievedPixels
from fieldcheck.capture.video_index import VideoIndex, grab, open_capture
from fieldcheck.files import Closing

BEFORE_THE_FIRST = -1
LEAP = 64  # frames that are read through rather than jumped over: a jump decodes from the last key frame anyway
STEPS_BACK = (0, 32, 256, 2048)  # frames by which a jump that landed too far is repeated earlier


class WholeVideo(Closing):
    """Goes through the frames of a file. `held`: index of the frame that was decoded last, that after the last behind the end. Raises as
    `open_capture`."""

    def __init__(self, path: Path, index: VideoIndex) -> None:
        self._path, self._index = path, index
        self._open()

    def _open(self) -> None:
        """Opens the file and converts its first frame."""
        self._capture = open_capture(self._path)
        self._pixels = RetrievedPixels(self._path, self._capture)
        self.held = BEFORE_THE_FIRST
        self._before = BEFORE_THE_FIRST  # index of the frame before the one that is held
        self.go_on()
        if self.held < len(self._index):
            self.picture()

    def close(self) -> None:
        """Lets go of the file."""
        self._capture.release()

    @property
    def is_turned(self) -> bool:
        """Whether the file says that its pictures are to be turned."""
        return bool(self._capture.get(cv2.CAP_PROP_ORIENTATION_META))

    def picture(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR of the frame that is held. Raises VideoUnreadable `frame_missing`, `interlaced`."""
        return self._pixels.at(self.held)

    def go_to(self, index: int) -> None:
        """Holds the first frame at or after `index` that decodes: reads on when it is near, jumps when it is far."""
        if self._before < index <= self.held:
            return
        if not self.held < index <= self.held + LEAP and not self._jump(index):
            self._capture.release()
            self._open()
        while self.held < index:
            self.go_on()

    def go_on(self) -> None:
        """Holds the next frame that stands in the index; behind the end, the index after the last."""
        self._before = self.held
        while grab(self._capture):
            if self._index.timestamps == "nominal":
                self.held += 1
                return
            place = self._index.place(self._capture.get(cv2.CAP_PROP_POS_MSEC))
            if place > self._before:
                self.held = place
                return
        self.held = len(self._index)

    def _jump(self, index: int) -> bool:
        """Whether a jump led to a frame before `index`, proven by its time, or to `index` itself."""
        if self._index.timestamps == "nominal":
            return False
        nominal = self._index.seconds(index) * self._index.fps
        for back in STEPS_BACK:
            if nominal - back <= 0:
                return False
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, int(nominal - back))
            self.held = self._before = BEFORE_THE_FIRST
            self.go_on()
            if self.held <= index:
                self._before = self.held - 1
                return True
        return False
