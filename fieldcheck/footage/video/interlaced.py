"""The detection of interlaced video: FFmpeg's scaler in OpenCV fails on its frames, and OpenCV then
returns uninitialised memory."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.child_process import run_child
from fieldcheck.errors.files import VideoUnreadable

# what the scaler says: "Cannot convert interlaced to progressive frames or vice versa."
TOLD = b"interlaced"
LOOKED_AT = 8  # frames
FEW_ROWS = 256  # one in as many
SECONDS, SECONDS_A_MB = 120.0, 2.0  # by the clock of a busy computer
CHILD = """
import sys, cv2
capture, left = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG, []), int(sys.argv[2])
while left and capture.grab():
    capture.retrieve()
    left -= 1
"""


class RetrievedFrames:
    """Pixels of the frames that a capture holds. The first that is asked for must be the file's
    first: from then on what OpenCV gives out for a frame that it cannot convert is the one before,
    and no memory that nobody wrote."""

    def __init__(self, path: Path, capture: cv2.VideoCapture) -> None:
        self._path, self._capture = path, capture
        # memory to convert into: new memory costs as much as converting
        self._spare: NDArray[np.uint8] | None = None
        # index and pixels of the one before
        self._last: tuple[int, NDArray[np.uint8]] | None = None

    def get_frame(self, index: int) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR of the frame that is held, which is `index`; the memory serves for
        the one after the next. Raises VideoUnreadable `frame_missing`, `interlaced`."""
        done, bgr = self._capture.retrieve(self._spare)
        if not done or bgr is None:
            raise VideoUnreadable(self._path, "frame_missing")
        pixels, before = np.asarray(bgr, np.uint8), self._last
        if (
            before is not None
            and before[0] != index
            and _has_equal_pixels(before[1], pixels)
            and has_interlaced_frames(self._path)
        ):
            raise VideoUnreadable(self._path, "interlaced")
        self._last, self._spare = (index, pixels), before[1] if before else None
        return pixels


def _has_equal_pixels(pixels: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two images are equal; a few rows are compared first, since different images mostly
    differ there."""
    return np.array_equal(pixels[::FEW_ROWS], other[::FEW_ROWS]) and np.array_equal(pixels, other)


def is_interlaced(path: Path) -> bool:
    """Whether the frames of a video cannot be converted for being interlaced; decided once for as
    long as the file does not change."""
    info = path.stat()
    return _is_interlaced(path, info.st_size, info.st_mtime_ns)


def has_interlaced_frames(path: Path) -> bool:
    """Whether any frame of a video is interlaced, as where a broadcast recorder changes between
    both. It reads the whole file, once, and is asked only of frames that are the same as the one
    before, which a camera gives hardly ever."""
    info = path.stat()
    return _has_interlaced_frames(path, info.st_size, info.st_mtime_ns)


@lru_cache(maxsize=64)
def _is_interlaced(path: Path, _size: int, _changed: int) -> bool:
    return not _has_motion(path) and TOLD in _run_ffmpeg_probe(path, LOOKED_AT, SECONDS)


@lru_cache(maxsize=64)
def _has_interlaced_frames(path: Path, size: int, _changed: int) -> bool:
    return TOLD in _run_ffmpeg_probe(path, -1, SECONDS + SECONDS_A_MB * size / 1e6)


def _has_motion(path: Path) -> bool:
    """Whether one of the first frames differs from the one before, which shows that OpenCV wrote
    it."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [])
    try:
        before = None
        for _ in range(LOOKED_AT):
            if not capture.grab():
                return False
            done, picture = capture.retrieve()
            if not done or picture is None:
                return False
            if before is not None and not np.array_equal(before, picture):
                return True
            before = picture.copy()
        return False
    finally:
        capture.release()


def _run_ffmpeg_probe(path: Path, frames: int, seconds: float) -> bytes:
    """What FFmpeg tells while the first frames are read, −1 for all. Raises VideoUnreadable `busy`
    where the child does not come to an end, which says nothing of the video; Cancelled."""
    errors_only = {"OPENCV_FFMPEG_LOGLEVEL": "16"}  # the program itself keeps FFmpeg silent
    command = [sys.executable, "-I", "-c", CHILD, str(path.absolute()), str(frames)]
    try:
        child = run_child(command, seconds, extra=errors_only)
    except TimeoutError:
        raise VideoUnreadable(path, "busy") from None
    return child.stdout + child.stderr
