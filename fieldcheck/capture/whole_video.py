"""Every frame of a video decoded by one decoder, forward as long as possible: a jump is proven by the time of the frame that it led to."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.interlaced import RetrievedFrames
from fieldcheck.capture.video_index import VideoIndex, grab_next_frame, open_capture
from fieldcheck.files import Closeable

BEFORE_THE_FIRST = -1
LEAP = 64  # frames that are read through rather than jumped over: a jump decodes from the last key frame anyway
STEPS_BACK = (0, 32, 256, 2048)  # frames by which a jump that landed too far is repeated earlier


class FullVideoDecoder(Closeable):
    """Goes through the frames of a file. `current_index`: of the frame that was decoded last, that after the last behind the end. Raises
    as `open_capture`."""

    def __init__(self, path: Path, index: VideoIndex) -> None:
        self._path, self._index = path, index
        self._open_file()

    def _open_file(self) -> None:
        """Opens the file and converts its first frame."""
        self._capture = open_capture(self._path)
        self._pixels = RetrievedFrames(self._path, self._capture)
        self.current_index = BEFORE_THE_FIRST
        self._before = BEFORE_THE_FIRST  # index of the frame before the one that is held
        self.next_frame()
        if self.current_index < len(self._index):
            self.retrieve_image()

    def close(self) -> None:
        """Lets go of the file."""
        self._capture.release()

    @property
    def is_turned(self) -> bool:
        """Whether the file says that its pictures are to be turned."""
        return bool(self._capture.get(cv2.CAP_PROP_ORIENTATION_META))

    def retrieve_image(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR of the frame that is held. Raises VideoUnreadable `frame_missing`, `interlaced`."""
        return self._pixels.get_frame(self.current_index)

    def seek_frame(self, index: int) -> None:
        """Holds the first frame at or after `index` that decodes: reads on when it is near, jumps when it is far."""
        if self._before < index <= self.current_index:
            return
        if not self.current_index < index <= self.current_index + LEAP and not self._seek_before(index):
            self._capture.release()
            self._open_file()
        while self.current_index < index:
            self.next_frame()

    def next_frame(self) -> None:
        """Holds the next frame that stands in the index; behind the end, the index after the last."""
        self._before = self.current_index
        while grab_next_frame(self._capture):
            if self._index.timestamps == "nominal":
                self.current_index += 1
                return
            place = self._index.find_frame(self._capture.get(cv2.CAP_PROP_POS_MSEC))
            if place > self._before:
                self.current_index = place
                return
        self.current_index = len(self._index)

    def _seek_before(self, index: int) -> bool:
        """Whether a jump led to a frame before `index`, proven by its time, or to `index` itself."""
        if self._index.timestamps == "nominal":
            return False
        nominal = self._index.get_time_s(index) * self._index.fps
        for back in STEPS_BACK:
            if nominal - back <= 0:
                return False
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, int(nominal - back))
            self.current_index = self._before = BEFORE_THE_FIRST
            self.next_frame()
            if self.current_index <= index:
                self._before = self.current_index - 1
                return True
        return False
