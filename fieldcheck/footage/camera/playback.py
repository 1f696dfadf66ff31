"""Cameras without hardware: files played at their own times in a loop, and a synthetic moving image
with frame numbers."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.frame import PICTURE_ENDINGS
from fieldcheck.errors.files import PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.video.index import VideoIndex, load_video_index, make_undecodable_error
from fieldcheck.footage.video.reader import VideoReader
from fieldcheck.imaging.codec import read_image

# Timetable of a played camera: the times of one round, which repeats.

MOST_WAITING = 2  # frames that wait for a late reader; what is older is dropped


@dataclass(frozen=True, slots=True)
class Timetable:
    """Times of one round of frames. `times`: seconds of each frame from the start of the round,
    rising from 0; `round_s`: length of the round, more than the last time.

    Frame numbers continue over all rounds."""

    times: Sequence[float]
    round_s: float

    def __post_init__(self) -> None:
        if not self.times or self.times[0] != 0 or not self.times[-1] < self.round_s:
            raise ValueError(f"no round of {self.round_s} s: {self.times[:1]} to {self.times[-1:]}")

    def get_due_s(self, index: int) -> float:
        """When a frame is due."""
        rounds, position = divmod(index, len(self.times))
        return rounds * self.round_s + self.times[position]

    def find_newest_due(self, at_s: float) -> int:
        """The last frame that is due by then."""
        rounds = int(at_s // self.round_s)
        return rounds * len(self.times) + bisect_right(self.times, at_s - rounds * self.round_s) - 1


def make_even_timetable(fps: float) -> Timetable:
    """A frame every 1/`fps` seconds. Raises ValueError where that is no rate."""
    if not 0 < fps < float("inf"):
        raise ValueError(f"no rate of frames: {fps}")
    return Timetable((0.0,), 1 / fps)


class PlaybackClock:
    """Steps through a timetable by a monotonic clock, from its creation; `n_waiting` frames wait
    for a late reader."""

    def __init__(
        self,
        timetable: Timetable,
        clock: Callable[[], float] = time.monotonic,
        n_waiting: int = MOST_WAITING,
    ) -> None:
        self.timetable = timetable
        self._clock, self._n_waiting = clock, n_waiting
        self._began = clock()
        self._next = 0

    def wait_for_next(self, wait_s: float) -> int | None:
        """The number of the next frame once it is due, None where that takes longer than `wait_s`.
        A late reader skips to the newest."""
        left_s = self._began + self.timetable.get_due_s(self._next) - self._clock()
        if left_s > 0:
            time.sleep(min(left_s, wait_s))
        if left_s > wait_s:
            return None
        newest = self.timetable.find_newest_due(self._clock() - self._began)
        index = newest if newest - self._next > self._n_waiting else self._next
        self._next = index + 1
        return index


# Rate at which a still image is repeated: often enough for a new corruption to show at once.
STILL_FPS = 10.0


class VideoCamera:
    """Plays a video in a loop: at the times the file gives its frames, or at `fps`. A frame that
    does not decode counts as dropped."""

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
        """The next frame once it is due. Raises VideoUnreadable once each was tried and none can be
        read; PathMissing without the file."""
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
        return CapturedFrame(
            rgb, number, self._pace.timetable.get_due_s(number), self.name, decoded_from="file"
        )

    def close(self) -> None:
        """Closes the file."""
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
        self._loaded: tuple[Path, NDArray[np.uint8]] | None = None
        self._failed: set[Path] = set()  # Images since the last readable one.

    def open(self) -> None:
        """Starts at the first picture."""
        self._pace = PlaybackClock(self._timetable)
        self._failed.clear()

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next picture once it is due. Raises PictureUnreadable or PathMissing once each of
        them was tried and none could be read."""
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
        return CapturedFrame(
            rgb, number, self._timetable.get_due_s(number), self.name, decoded_from="file"
        )

    def close(self) -> None:
        """Release the image in memory."""
        self._pace = self._loaded = None

    def _load_image(self, path: Path) -> NDArray[np.uint8]:
        """A single picture is decoded once, and stays the same array from frame to frame."""
        if self._loaded is None or self._loaded[0] != path:
            self._loaded = path, read_image(path)
        return self._loaded[1]


def open_file_camera(path: Path, fps: float | None = None) -> VideoCamera | ImageCamera:
    """A video or a picture as a camera, told apart by the file's ending. Whether it can be read
    shows when it is opened or read."""
    if path.suffix.lower() in PICTURE_ENDINGS:
        return ImageCamera(path.name, (path,), fps or STILL_FPS)
    return VideoCamera(path, fps)


def _make_timetable(index: VideoIndex, fps: float | None) -> Timetable:
    n = len(index)
    if fps is None:
        times = tuple(index.get_time_s(position) for position in range(n))
        return Timetable(times, times[-1] + 1 / index.fps)
    return Timetable(tuple(index / fps for index in range(n)), n / fps)


# A camera that needs no hardware: a moving picture, any size and rate, the number of each frame
# printed on it.

STEP = 4  # pixels by which the picture moves from frame to frame
TEXTURE_SEED = 11
BLOT = 80  # pixels
NUMBER_SHARE = 0.12  # of the shorter side is the height of the number
FONT_HEIGHT = 22.0  # pixels of a digit at scale 1
BOX, INK = (24, 24, 24), (240, 240, 240)


class SyntheticCamera:
    """A moving texture with the frame number printed on it. Frame k is the same image in every
    run."""

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
        return CapturedFrame(
            self.render_frame(index), index, self._timetable.get_due_s(index), self.name
        )

    def close(self) -> None:
        """Stops the clock."""
        self._pace = None

    def render_frame(self, index: int) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB of frame `index`."""
        width = self._texture.shape[1]
        offset = index * STEP % width
        moved = np.concatenate([self._texture[:, offset:], self._texture[:, :offset]], axis=1)
        return _draw_frame_number(moved, index)


def make_texture(width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 RGB: soft blots, nearly grey, whose left and right edges meet."""
    rng = np.random.default_rng(TEXTURE_SEED)
    shape = (max(1, height // BLOT), max(1, width // BLOT))
    small = (rng.integers(60, 181, (*shape, 1)) + rng.integers(-18, 19, (*shape, 3))).astype(
        np.uint8
    )
    three = cv2.resize(
        np.tile(small, (1, 3, 1)), (3 * width, height), interpolation=cv2.INTER_CUBIC
    )
    return np.ascontiguousarray(three[:, width : 2 * width])


def _draw_frame_number(rgb: NDArray[np.uint8], index: int) -> NDArray[np.uint8]:
    """Prints the number into the left upper corner of a picture of our own."""
    height, width = rgb.shape[:2]
    tall = max(8, int(min(height, width) * NUMBER_SHARE))
    scale, thick, number_text = tall / FONT_HEIGHT, max(1, tall // 12), str(index)
    (wide, _), _ = cv2.getTextSize(number_text, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
    cv2.rectangle(rgb, (0, 0), (wide + tall, 2 * tall), BOX, cv2.FILLED)
    cv2.putText(
        rgb,
        number_text,
        (tall // 2, int(1.5 * tall)),
        cv2.FONT_HERSHEY_SIMPLEX,
        scale,
        INK,
        thick,
        cv2.LINE_AA,
    )
    return rgb
