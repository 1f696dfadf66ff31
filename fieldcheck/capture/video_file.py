"""A video file as frames with their true times, read forward as long as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor
from pathlib import Path

import cv2
import numpy as np

from fieldcheck.capture.h264_packets import H264Frames, is_h264
from fieldcheck.capture.interlaced import RetrievedPixels, is_interlaced
from fieldcheck.capture.mjpeg_packets import BEFORE_THE_FIRST, MjpegPackets, is_mjpeg
from fieldcheck.capture.video_index import Timestamps, frame_rate, grab, open_capture, video_index
from fieldcheck.capture.video_kind import undecodable
from fieldcheck.domain.frame import Frame
from fieldcheck.errors import VideoUnreadable
from fieldcheck.files import Closing
from fieldcheck.imaging.convert import rgb_from_bgr

GRID_SLACK = 1e-3  # of a grid step: timestamps are rounded, a frame that is due counts as due
LEAP = 64  # frames that are read through rather than jumped over: a jump decodes from the last key frame anyway
STEPS_BACK = (0, 32, 256, 2048)  # frames by which a jump that landed too far is repeated earlier


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """`width`, `height` in pixels, `fps` frames a second; `n_hint` is what the file says of its length, 0 where that is not credible."""

    width: int
    height: int
    fps: float
    n_hint: int


class VideoReader(Closing):
    """Reads the listed frames of a video: on a uniform grid of min(native, `list_fps`) frames a second, from its first frame on.

    A frame is listed when it is the first at or after a grid instant, judged from its own time and its predecessor's only, so any
    stretch of the file can be read by itself. Frames are numbered by their place in the file's index, also past those that do not
    decode. Of MJPEG nothing is decoded but the listed frames, of H.264 what these need, so only of that is it known whether it does.
    Raises PathMissing, VideoUnreadable; `interlaced` also where only some frames are. One reader belongs to one thread.
    """

    def __init__(self, path: Path, list_fps: float) -> None:
        self._path = path
        self._index = video_index(path)
        self._grid = list_fps if list_fps < self._index.fps else None
        self._packets = MjpegPackets(path, self._index)
        self._needed: H264Frames | None = None
        self._needed_proven: bool | None = None  # whether it gives the very pixels of the whole; None until it was tried
        self._asked = BEFORE_THE_FIRST  # index of the frame that was asked of it last
        self._open()
        self.ended_at: int | None = None
        self.n_unreadable = 0

    def _open(self) -> None:
        """Opens the file and converts its first frame."""
        self._capture = open_capture(self._path)
        self._pixels = RetrievedPixels(self._path, self._capture)
        self._held = BEFORE_THE_FIRST  # index of the frame that was grabbed last
        self._before = BEFORE_THE_FIRST  # and of the one before it
        self._grab()
        if self._held < len(self._index):
            self._retrieve(self._held)

    def close(self) -> None:
        """Lets go of the file."""
        self._capture.release()
        self._packets.close()
        if self._needed is not None:
            self._needed.close()

    @property
    def timestamps(self) -> Timestamps:
        """Whether times come from the file, or from counting because it carries none."""
        return self._index.timestamps

    def listed(self, first: int, stop: int) -> Iterator[Frame]:
        """The listed frames with `first` <= index < `stop`, in order.

        When it is through, `n_unreadable` counts the frames of that stretch that do not decode, with those lost behind a torn end;
        `ended_at` is the number of frames up to the last one that decodes where the stretch holds the file's end, else None.
        """
        self.ended_at, self.n_unreadable = None, 0
        n = len(self._index)
        if first >= min(stop, n):
            return
        stop, has_end = min(stop, n), stop >= n
        last = n - 1  # which decodes, as was proven when the index was made
        if self._decodes_alone or self._needed or self._decodes_needed(filter(self._is_listed, range(first, n)), first - 1):
            yield from self._listed_alone(first, stop)
        else:
            n_read, last = 0, BEFORE_THE_FIRST
            self._go_to(first)
            while self._held < stop:
                index = last = self._held
                n_read += 1
                if self._is_listed(index):
                    yield self._retrieve(index)
                self._grab()
            self.n_unreadable = stop - first - n_read
        if has_end:
            self.ended_at = last + 1
            self.n_unreadable += self._index.lost

    def frames_at(self, places: Sequence[int]) -> Iterator[Frame]:
        """The frames of rising indices; one that does not decode is left out."""
        if places:
            self._decodes_needed(places, places[0] - 1)
        for index in places:
            frame = self._alone(index, 0)
            if frame is not None:
                yield frame
        self._asked = len(self._index)  # nothing more comes of these

    @cached_property
    def _decodes_alone(self) -> bool:
        """Whether packets are decoded alone: where that leaves frames out, and gives of the first the very pixels of the whole."""
        if self._grid is None or self._index.timestamps == "nominal" or not is_mjpeg(self._path):
            return False
        alone = self._packets.decoded(0)
        return alone is not None and np.array_equal(rgb_from_bgr(alone), self.frame(0).rgb)

    def _decodes_needed(self, places: Iterable[int], after: int) -> bool:
        """Whether from now on only such frames are decoded as `places` need, the first after frame `after`: where that gives of the video's
        first, which must show something, the very pixels of the whole, and the file does not say that it is to be turned."""
        if self._needed_proven is None and (
            self._grid is None
            or self._index.timestamps == "nominal"
            or not is_h264(self._path)
            or self._capture.get(cv2.CAP_PROP_ORIENTATION_META)
        ):
            self._needed_proven = False
        if self._needed_proven is False:
            return False
        needed = self._need(places, after)
        if self._needed_proven is None:
            first = needed.first
            self._needed_proven = first is not None and bool(np.ptp(first)) and np.array_equal(rgb_from_bgr(first), self.frame(0).rgb)
            if not self._needed_proven:
                needed.close()
                self._needed = None
        return self._needed_proven

    def _listed_alone(self, first: int, stop: int) -> Iterator[Frame]:
        for index in filter(self._is_listed, range(first, stop)):
            if self._needed is not None and self._is_far(index):
                self._need(filter(self._is_listed, range(index, len(self._index))), index - 1)
            frame = self._alone(index, first)
            if frame is None:
                self.n_unreadable += 1
            else:
                yield frame

    def _is_far(self, index: int) -> bool:
        """Whether a listed frame is not the next of those that are needed."""
        return index <= self._asked or any(map(self._is_listed, range(self._asked + 1, index)))

    def _need(self, places: Iterable[int], after: int) -> H264Frames:
        if self._needed is not None:
            self._needed.close()
        self._needed, self._asked = H264Frames(self._path, self._index, places), after
        return self._needed

    def _alone(self, index: int, first: int) -> Frame | None:
        """A frame decoded from its packet, or from those that it needs; one that does not come out so is left to the whole's decoder. None
        where that has none either. Frames from `first` on that are lost on the way to it count as unreadable."""
        bgr = None
        if self._needed is not None:
            self._asked = index
            is_held, lost = self._needed.go_to(index)
            self.n_unreadable += sum(at >= first and not self._is_listed(at) for at in lost)
            bgr = self._needed.picture() if is_held else None
        elif self._decodes_alone:
            bgr = self._packets.decoded(index)
        if bgr is not None:
            return Frame(rgb_from_bgr(bgr), index, self._index.seconds(index))
        self._go_to(index)
        return self._retrieve(index) if self._held == index else None

    def frame(self, index: int) -> Frame:
        """One frame by its index. Raises VideoUnreadable where it cannot be read any more."""
        if not 0 <= index < len(self._index):
            raise VideoUnreadable(self._path, "frame_missing")
        self._go_to(index)
        if self._held != index:
            raise VideoUnreadable(self._path, "frame_missing")
        return self._retrieve(index)

    def _is_listed(self, index: int) -> bool:
        if index == 0 or self._grid is None:
            return True
        now, before = (floor(self._index.seconds(at) * self._grid + GRID_SLACK) for at in (index, index - 1))
        return now > before

    def _retrieve(self, index: int) -> Frame:
        return Frame(rgb_from_bgr(self._pixels.at(index)), index, self._index.seconds(index))

    def _go_to(self, index: int) -> None:
        """Holds the first frame at or after `index` that decodes: reads on when it is near, jumps when it is far."""
        if self._before < index <= self._held:
            return
        if not self._held < index <= self._held + LEAP and not self._jump(index):
            self._start_over()
        while self._held < index:
            self._grab()

    def _jump(self, index: int) -> bool:
        """Whether a jump led to a frame before `index`, proven by its time, or to `index` itself."""
        if self._index.timestamps == "nominal":
            return False
        nominal = self._index.seconds(index) * self._index.fps
        for back in STEPS_BACK:
            if nominal - back <= 0:
                return False
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, int(nominal - back))
            self._held = self._before = BEFORE_THE_FIRST
            self._grab()
            if self._held <= index:
                self._before = self._held - 1
                return True
        return False

    def _start_over(self) -> None:
        self._capture.release()
        self._open()

    def _grab(self) -> None:
        """Holds the next frame that stands in the index; behind the end, the index after the last."""
        self._before = self._held
        while grab(self._capture):
            if self._index.timestamps == "nominal":
                self._held += 1
                return
            place = self._index.place(self._capture.get(cv2.CAP_PROP_POS_MSEC))
            if place > self._before:
                self._held = place
                return
        self._held = len(self._index)


def probe_video(path: Path) -> VideoInfo:
    """Video facts: what the file says of itself, and the size of its first frame, turned as it is to be shown.

    Raises PathMissing; VideoUnreadable `not_a_video`, `no_frames`, `no_decoder` where not one decodes, or `interlaced`.
    """
    fps, n_hint = frame_rate(path)
    capture = open_capture(path)
    done, picture = capture.retrieve() if grab(capture) else (False, None)
    capture.release()
    if not done or picture is None:
        raise undecodable(path, "no_frames")
    if is_interlaced(path):
        raise VideoUnreadable(path, "interlaced")
    return VideoInfo(picture.shape[1], picture.shape[0], fps, n_hint)


def read_frame(path: Path, index: int) -> Frame:
    """One frame of a file. Raises PathMissing, VideoUnreadable."""
    with VideoReader(path, list_fps=1) as reader:
        return reader.frame(index)
