"""MJPEG frames decoded one by one: each packet of the file is a picture of its own, so what is not asked for is passed over undecoded."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.video_index import VideoIndex, grab_next_frame, open_capture
from fieldcheck.capture.video_kind import read_codecs
from fieldcheck.files import Closeable

MJPEG = frozenset({"mjpg", "jpeg"})
BEFORE_THE_FIRST = -1


def is_mjpeg(path: Path) -> bool:
    """Whether every video stream that the file names is MJPEG, and it names one."""
    found = read_codecs(path)
    return bool(found) and found <= MJPEG


class MjpegFrameReader(Closeable):
    """Takes packets out of a file in its order and decodes each alone, by the decoder that decodes the whole. Raises as `open_capture`."""

    def __init__(self, path: Path, index: VideoIndex) -> None:
        self._path, self._index = path, index
        self._capture: cv2.VideoCapture | None = None
        self._held = BEFORE_THE_FIRST
        self._jumps = True  # until one leads too far, as where frames do not come evenly
        self._shape: tuple[int, ...] = ()

    def close(self) -> None:
        """Lets go of the file."""
        if self._capture is not None:
            self._capture.release()

    def decode_frame(self, index: int) -> NDArray[np.uint8] | None:
        """(H, W, 3) uint8 BGR of the frame at `index` of the video's index; None where its packet holds no picture, or one of another shape
        than the first that was asked for, as each half of an interlaced one is."""
        capture = self._seek_packet(index)
        if self._held != index:
            return None
        # In a name of ours until the end: OpenCV 5.0.0 lets go of it without the interpreter's lock, which must not be the last time.
        packet = BytesIO(np.asarray(capture.retrieve()[1], np.uint8).tobytes())
        alone = cv2.VideoCapture(cast("cv2.IStreamReader", packet), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        done, bgr = alone.read()
        alone.release()
        if not done:
            return None
        self._shape = self._shape or bgr.shape
        return np.asarray(bgr, np.uint8) if bgr.shape == self._shape else None

    def _seek_packet(self, index: int) -> cv2.VideoCapture:
        """Holds the first packet at or after `index` that has a time of the video's index: jumps to it, which its time must prove, or goes
        through all."""
        capture = self._capture or open_capture(self._path, packets=True)
        self._capture = capture
        if self._jumps:
            capture.set(cv2.CAP_PROP_POS_FRAMES, self._index.get_time_s(index) * self._index.fps)
            self._held = BEFORE_THE_FIRST
            self._grab_packet(capture)
            self._jumps = self._held <= index
        if self._held > index:
            capture.release()
            capture = self._capture = open_capture(self._path, packets=True)
            self._held = BEFORE_THE_FIRST
        while self._held < index and self._grab_packet(capture):
            pass
        return capture

    def _grab_packet(self, capture: cv2.VideoCapture) -> bool:
        """Whether there is another packet, which is held then."""
        done = grab_next_frame(capture)
        self._held = max(self._held, self._index.find_frame(capture.get(cv2.CAP_PROP_POS_MSEC))) if done else len(self._index)
        return done
