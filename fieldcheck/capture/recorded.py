"""A recording of ours as footage: its listed frames, any single one, and played like the camera that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import floor
from pathlib import Path

from fieldcheck.capture.camera import CapturedFrame
from fieldcheck.capture.container import RecordingReader
from fieldcheck.capture.pace import PlaybackClock, Timetable
from fieldcheck.domain.frame import Frame
from fieldcheck.errors import PictureUnreadable, VideoUnreadable
from fieldcheck.files import Closeable
from fieldcheck.imaging.raw import decode_raw

GRID_SLACK = 1e-3  # of a grid step: a frame that is due counts as due
STUCK_S = 2.0  # of the same bytes again and again
AFTER_LAST_S = 1.0  # a round of one frame lasts that long


class RecordedFootage(Closeable):
    """Reads the listed frames of a recording: the first, and each that is the first at or after an instant of a grid of `list_fps`
    frames a second, by the true times. Raises PathMissing, VideoUnreadable. Belongs to one thread.
    """

    def __init__(self, folder: Path, list_fps: float) -> None:
        self._folder, self._grid = folder, list_fps
        self._reader = RecordingReader(folder)
        self.ended_at: int | None = None
        self.n_unreadable = 0

    def __len__(self) -> int:
        return len(self._reader)

    def close(self) -> None:
        """Lets go of the files."""
        self._reader.close()

    def read_listed(self, first: int, stop: int) -> Iterator[Frame]:
        """The listed frames with `first` <= index < `stop`, in order.

        When it is through, `n_unreadable` counts the frames of that stretch that are damaged or lost; `ended_at` is the number of frames
        where the stretch holds the end, else None.
        """
        self.ended_at, self.n_unreadable = None, 0
        stop = min(stop, len(self))
        for index in range(first, stop):
            if self._reader.get_entry(index) is None:
                self.n_unreadable += 1
            elif self._is_listed(index):
                try:
                    yield self.read_frame(index)
                except VideoUnreadable:
                    self.n_unreadable += 1
        if stop >= len(self):
            self.ended_at = len(self)

    def read_frame(self, index: int) -> Frame:
        """One frame by its index. Raises VideoUnreadable where it is not there any more, or cannot be decoded."""
        raw = self._reader.read_raw(index)
        try:
            return Frame(decode_raw(raw), index, self._reader.get_time_s(index))
        except PictureUnreadable as error:
            raise VideoUnreadable(self._folder, "frame_missing") from error

    @cached_property
    def times(self) -> dict[int, float]:
        """Seconds from the first frame on, of every frame whose record is sound."""
        return {index: self._reader.get_time_s(index) for index, _ in self._reader.iter_entries()}

    @cached_property
    def stuck(self) -> frozenset[int]:
        """Frames of stretches in which the camera gave the same bytes for two seconds and longer."""
        found: set[int] = set()
        run: list[int] = []
        for index, entry in self._reader.iter_entries():
            if not entry.repeated:
                run = []
            run.append(index)
            if len(run) > 1 and self.times[index] - self.times[run[0]] >= STUCK_S:
                found.update(run)
        return frozenset(found)

    def _is_listed(self, index: int) -> bool:
        before = next((place for place in range(index - 1, -1, -1) if place in self.times), None)
        if before is None:
            return True
        now, then = (floor(self.times[place] * self._grid + GRID_SLACK) for place in (index, before))
        return now > then


def read_recorded_frame(folder: Path, index: int) -> Frame:
    """One frame of a recording. Raises PathMissing, VideoUnreadable."""
    with RecordedFootage(folder, list_fps=1) as footage:
        return footage.read_frame(index)


class RecordedCamera:
    """Plays a recording in a loop, at the times at which its frames came; what is damaged counts as dropped."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._reader: RecordingReader | None = None
        self._pace: PlaybackClock | None = None
        self._indices: list[int] = []

    def open(self) -> None:
        """Raises PathMissing; VideoUnreadable where nothing was recorded."""
        self._reader = RecordingReader(self._folder)
        self._indices = [index for index, _ in self._reader.iter_entries()]
        if not self._indices:
            raise VideoUnreadable(self._folder, "no_frames")
        began = self._reader.get_time_s(self._indices[0])
        times = [self._reader.get_time_s(index) - began for index in self._indices]
        usual = times[-1] / (len(times) - 1) if len(times) > 1 and times[-1] > 0 else AFTER_LAST_S
        self._pace = PlaybackClock(Timetable(times, times[-1] + usual))

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame once it is due."""
        assert self._reader is not None, "a camera is opened before it is read"
        assert self._pace is not None
        number = self._pace.wait_for_next(wait_s)
        if number is None:
            return None
        try:
            raw = self._reader.read_raw(self._indices[number % len(self._indices)])
        except VideoUnreadable:
            return None
        return CapturedFrame(raw, number, self._pace.timetable.get_due_s(number), self.name, decoded_from="file")

    def close(self) -> None:
        """Lets go of the files."""
        if self._reader is not None:
            self._reader.close()
        self._reader = self._pace = None
