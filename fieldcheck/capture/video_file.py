"""A video file as frames with their true times, read forward as long as possible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, isfinite
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import cv2
import numpy as np

from fieldcheck.domain.frame import Frame
from fieldcheck.errors import PathMissing, VideoUnreadable
from fieldcheck.imaging.convert import rgb_from_bgr

GRID_SLACK = 1e-3  # of a grid step: timestamps are rounded, a frame that is due counts as due
LEAP = 64  # frames that are read through rather than jumped over: a jump decodes from the last key frame anyway
MOST_CREDIBLE_FRAMES = 100_000_000  # what a container of a killed writer claims goes up to 2**63
USUAL_FPS = 25.0  # where a file names no credible rate


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """`width`, `height` in pixels, `fps` frames a second; `n_hint` is what the file says of its length, 0 where that is not credible."""

    width: int
    height: int
    fps: float
    n_hint: int


class VideoReader:
    """Reads the listed frames of a video: on a uniform grid of min(native, `list_fps`) frames a second, from its first frame on.

    A frame is listed when it is the first at or after a grid instant, judged from its own time and its predecessor's only, so any
    stretch of the file can be read by itself. Raises PathMissing, VideoUnreadable.
    """

    def __init__(self, path: Path, list_fps: float) -> None:
        self._path = path
        self._capture = _open(path)
        self.info = _info(self._capture)
        self._grid = min(self.info.fps, list_fps)
        self._next = 0  # index of the frame that the next grab gives
        self._t_s = 0.0  # time of the last frame grabbed
        self.ended_at: int | None = None
        self.timestamps: Literal["container", "nominal"] = "container"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._capture.release()

    @property
    def n_unreadable(self) -> int:
        """Frames that the file claims beyond its readable end; known once the end was met."""
        return max(0, self.info.n_hint - self.ended_at) if self.ended_at is not None else 0

    def listed(self, first: int, stop: int) -> Iterator[Frame]:
        """The listed frames with `first` <= index < `stop`, in order. `ended_at` is set when the end is met on the way."""
        before = self._t_s if first == self._next > 0 else None  # going on from the stretch before needs no step back
        if before is None and not self._go_to(max(0, first - 1)):
            return
        while self._next < stop and self._grab():
            index, t_s = self._next - 1, self._t_s
            if index >= first and (index == 0 or before is None or self._due(before, t_s)):
                frame = self._retrieve(index, t_s)
                if frame is not None:
                    yield frame
            before = t_s

    def frame(self, index: int) -> Frame:
        """One frame by its index. Raises VideoUnreadable where it cannot be read any more."""
        found = self._retrieve(index, self._t_s) if self._go_to(index) and self._grab() else None
        if found is None:
            raise VideoUnreadable(self._path, "frame_missing")
        return found

    def _due(self, before: float, now: float) -> bool:
        return floor(now * self._grid + GRID_SLACK) > floor(before * self._grid + GRID_SLACK)

    def _grab(self) -> bool:
        if not self._capture.grab():
            self.ended_at = self._next
            return False
        self._next += 1
        self._t_s = self._time(self._next - 1)
        return True

    def _time(self, index: int) -> float:
        """Seconds from the first frame as the container says; by frame rate where that is not a time that goes forward."""
        t_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        credible = isfinite(t_s) and t_s >= 0 and (index == 0 or t_s > 0)
        if not credible:
            self.timestamps = "nominal"
        return t_s if self.timestamps == "container" else index / self.info.fps

    def _retrieve(self, index: int, t_s: float) -> Frame | None:
        done, bgr = self._capture.retrieve()
        return Frame(rgb_from_bgr(np.asarray(bgr, np.uint8)), index, t_s) if done and bgr is not None else None

    def _go_to(self, index: int) -> bool:
        """Makes `index` the next frame: reads on when it is near, jumps when it is far, starts over when a jump lands elsewhere."""
        if self._next <= index <= self._next + LEAP:
            return self._read_to(index)
        if self._capture.set(cv2.CAP_PROP_POS_FRAMES, index) and round(self._capture.get(cv2.CAP_PROP_POS_FRAMES)) == index:
            self._next = index
            return True
        self._capture.release()
        self._capture, self._next = _open(self._path), 0
        return self._read_to(index)

    def _read_to(self, index: int) -> bool:
        while self._next < index:
            if not self._grab():
                return False
        return True


def probe_video(path: Path) -> VideoInfo:
    """What the file says of itself. Raises PathMissing, VideoUnreadable."""
    capture = _open(path)
    try:
        return _info(capture)
    finally:
        capture.release()


def read_frame(path: Path, index: int) -> Frame:
    """One frame of a file. Raises PathMissing, VideoUnreadable."""
    with VideoReader(path, USUAL_FPS) as reader:
        return reader.frame(index)


def _open(path: Path) -> cv2.VideoCapture:
    if not path.is_file():
        raise PathMissing(path)
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        raise VideoUnreadable(path, "not_a_video")
    return capture


def _info(capture: cv2.VideoCapture) -> VideoInfo:
    fps, n = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    return VideoInfo(
        int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
        int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        fps if isfinite(fps) and 0 < fps < 1e5 else USUAL_FPS,
        int(n) if isfinite(n) and 0 < n < MOST_CREDIBLE_FRAMES else 0,
    )
