"""Files played like a camera: a video at its own times, pictures at an even rate, round and round."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.camera import CapturedFrame
from fieldcheck.capture.pace import PlaybackClock, Timetable, make_even_timetable
from fieldcheck.capture.video_file import VideoReader
from fieldcheck.capture.video_index import VideoIndex, load_video_index
from fieldcheck.capture.video_kind import make_undecodable_error
from fieldcheck.domain.file_kinds import PICTURE_ENDINGS
from fieldcheck.errors import PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.imaging.codec import read_image

STILL_FPS = 10.0  # at which a picture is shown again: often enough for a new recipe to show at once


class VideoCamera:
    """Plays a video in a loop: at the times the file gives its frames, or at `fps`. A frame that does not decode counts as dropped."""

    def __init__(self, path: Path, fps: float | None = None) -> None:
        self.name = path.name
        self._path, self._fps = path, fps
        self._reader: VideoReader | None = None
        self._pace: PlaybackClock | None = None
        self._n = 0
        self._failed: set[int] = set()  # frames since the last one that could be read

    def open(self) -> None:
        """Raises PathMissing, VideoUnreadable."""
        index = load_video_index(self._path)
        if not len(index):
            raise make_undecodable_error(self._path, "no_frames")
        self._n = len(index)
        self._failed.clear()
        self._reader = VideoReader(self._path, list_fps=inf)
        self._pace = PlaybackClock(_make_timetable(index, self._fps))

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame once it is due. Raises VideoUnreadable once each was tried and none can be read; PathMissing without the file."""
        assert self._pace is not None, "a camera is opened before it is read"
        assert self._reader is not None
        number = self._pace.wait_for_next(wait_s)
        if number is None:
            return None
        try:
            rgb = self._reader.read_frame(number % self._n).rgb
        except VideoUnreadable:
            self._failed.add(number % self._n)
            if not self._path.is_file():
                raise PathMissing(self._path) from None
            if len(self._failed) == self._n:
                raise
            return None
        self._failed.clear()
        return CapturedFrame(rgb, number, self._pace.timetable.get_due_s(number), self.name, decoded_from="file")

    def close(self) -> None:
        """Lets go of the file."""
        if self._reader is not None:
            self._reader.close()
        self._reader = self._pace = None


class ImageCamera:
    """Plays pictures in a loop at `fps`. One that cannot be read counts as dropped."""

    def __init__(self, name: str, paths: Sequence[Path], fps: float = STILL_FPS) -> None:
        """Raises ValueError without a picture, or for a rate that is none."""
        if not paths:
            raise ValueError(f"no picture to play as {name}")
        self.name = name
        self._paths, self._timetable = tuple(paths), make_even_timetable(fps)
        self._pace: PlaybackClock | None = None
        self._held: tuple[Path, NDArray[np.uint8]] | None = None
        self._failed: set[Path] = set()  # since the last one that could be read

    def open(self) -> None:
        """Starts at the first picture."""
        self._pace = PlaybackClock(self._timetable)
        self._failed.clear()

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next picture once it is due. Raises PictureUnreadable or PathMissing once each of them was tried and none could be read."""
        assert self._pace is not None, "a camera is opened before it is read"
        number = self._pace.wait_for_next(wait_s)
        if number is None:
            return None
        path = self._paths[number % len(self._paths)]
        try:
            rgb = self._load_image(path)
        except (PictureUnreadable, PathMissing):
            self._failed.add(path)
            if self._failed.issuperset(self._paths):
                raise
            return None
        self._failed.clear()
        return CapturedFrame(rgb, number, self._timetable.get_due_s(number), self.name, decoded_from="file")

    def close(self) -> None:
        """Forgets the picture it holds."""
        self._pace = self._held = None

    def _load_image(self, path: Path) -> NDArray[np.uint8]:
        """A single picture is decoded once, and stays the same array from frame to frame."""
        if self._held is None or self._held[0] != path:
            self._held = path, read_image(path)
        return self._held[1]


def open_file_camera(path: Path, fps: float | None = None) -> VideoCamera | ImageCamera:
    """A video or a picture as a camera, told apart by the file's ending. Whether it can be read shows when it is opened or read."""
    if path.suffix.lower() in PICTURE_ENDINGS:
        return ImageCamera(path.name, (path,), fps or STILL_FPS)
    return VideoCamera(path, fps)


def _make_timetable(index: VideoIndex, fps: float | None) -> Timetable:
    n = len(index)
    if fps is None:
        times = tuple(index.get_time_s(at) for at in range(n))
        return Timetable(times, times[-1] + 1 / index.fps)
    return Timetable(tuple(at / fps for at in range(n)), n / fps)
