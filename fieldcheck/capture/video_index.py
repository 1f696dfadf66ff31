"""When each frame of a video is shown: the map between a frame's number and its time that makes a jump provable.

A container names no frame numbers. OpenCV computes them from time and mean frame rate, which is wrong in every recording whose
frames do not come evenly. Its packets, however, carry their times and are read a hundred times faster than they are decoded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from math import isfinite
from pathlib import Path
from threading import Lock
from typing import Literal

import cv2

from fieldcheck.capture.video_kind import make_undecodable_error
from fieldcheck.capture.video_trial import probe_decoder
from fieldcheck.errors import PathMissing

PROVEN = 16  # frames at either end that must decode to the times that the packets promise
TAIL_BACK_MS = (0.0, 2_000.0, 16_000.0)  # how much earlier a jump to the end is repeated that found nothing left
DAMAGED = 64  # packets in a row that may be damaged before the rest counts as torn off
TEXT_AS_VIDEO = {"ansi", "bint", "xbin", "idf "}  # FFmpeg shows text files as the terminals of 1985 would have
USUAL_FPS = 25.0  # where a file names no credible rate
FASTEST_FPS = 1e5
MOST_CREDIBLE_FRAMES = 100_000_000  # what a container of a killed writer claims goes up to 2**63
REMEMBERED = 16  # the indexes of as many files are kept

Timestamps = Literal["container", "nominal"]


@dataclass(frozen=True, slots=True)
class VideoIndex:
    """`times_ms[i]` is when source frame `i` is shown, as the decoder reports it, rising; empty where nothing decodes.

    `nominal`: the file carries no usable times, so these are numbers over the frame rate and say nothing about where a jump lands.
    `lost` counts the frames that the file promises behind its readable end; `n_hint` is the promise, 0 where it is not credible.
    """

    times_ms: tuple[float, ...]
    timestamps: Timestamps
    fps: float
    n_hint: int
    lost: int

    def __len__(self) -> int:
        return len(self.times_ms)

    def get_time_s(self, index: int) -> float:
        """Time of a frame from the first one on."""
        return (self.times_ms[index] - self.times_ms[0]) / 1000

    def find_frame(self, time_ms: float) -> int:
        """The frame that is shown at just this time, -1 where none is."""
        at = bisect_left(self.times_ms, time_ms)
        return at if at < len(self.times_ms) and self.times_ms[at] == time_ms else -1


def load_video_index(path: Path) -> VideoIndex:
    """The index of a file, made once for as long as the file does not change. Raises PathMissing; VideoUnreadable `not_a_video`."""
    if not path.is_file():
        raise PathMissing(path)
    found = path.stat()
    with _making:
        return _build_index(path, found.st_size, found.st_mtime_ns)


_making = Lock()  # two threads that read one file wait for one index


@lru_cache(maxsize=REMEMBERED)
def _build_index(path: Path, _size: int, _changed: int) -> VideoIndex:
    fps, n_hint = read_frame_rate(path)
    promised = sorted(_iter_times(path, packets=True))
    times, kind = _verify_times(path, promised)
    if kind == "nominal":
        times = [index * 1000 / fps for index in range(len(times))]
    last = max(times[-1:] + promised[-1:], default=0.0)
    lost = round(n_hint - last / 1000 * fps) - 1 if times and n_hint else 0
    return VideoIndex(tuple(times), kind, fps, n_hint, max(0, lost))


def _verify_times(path: Path, promised: list[float]) -> tuple[list[float], Timestamps]:
    """The packets' times where the file keeps them, else those of a full decode, as far as they are times at all."""
    if _is_rising(promised) and _has_matching_ends(path, promised):
        return promised, "container"
    decoded = list(_iter_times(path, packets=False))
    return decoded, "container" if _is_rising(decoded) else "nominal"


def open_capture(path: Path, packets: bool = False) -> cv2.VideoCapture:
    """A capture of the file; `packets` gives its packets undecoded. Raises PathMissing; VideoUnreadable `not_a_video`, `no_decoder`, and
    `crashed` or `time` where the process that tried it first was brought down."""
    if not path.is_file():
        raise PathMissing(path)
    probe_decoder(path)
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1] if packets else [])
    code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    if not capture.isOpened() or code.to_bytes(4, "little").decode("latin-1") in TEXT_AS_VIDEO:
        capture.release()
        raise make_undecodable_error(path, "not_a_video")
    return capture


def grab_next_frame(capture: cv2.VideoCapture) -> bool:
    """Goes on to the next frame that decodes. OpenCV gives up at each damaged packet, though the next may be whole."""
    return any(capture.grab() for _ in range(DAMAGED))


def read_frame_rate(path: Path) -> tuple[float, int]:
    """Frames a second, and how many frames the file promises (0 where it says nothing credible). Raises as `open_capture`."""
    capture = open_capture(path)
    fps, n = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    capture.release()
    credible = isfinite(n) and 0 < n < MOST_CREDIBLE_FRAMES
    return fps if isfinite(fps) and 0 < fps < FASTEST_FPS else USUAL_FPS, int(n) if credible else 0


def _iter_times(path: Path, packets: bool, from_ms: float = 0.0) -> Iterator[float]:
    capture = open_capture(path, packets)
    try:
        if from_ms > 0:
            capture.set(cv2.CAP_PROP_POS_MSEC, from_ms)
        while grab_next_frame(capture):
            yield capture.get(cv2.CAP_PROP_POS_MSEC)
    finally:
        capture.release()


def _is_rising(times: Sequence[float]) -> bool:
    return len(times) > 0 and all(map(isfinite, times)) and all(a < b for a, b in pairwise(times))


def _has_matching_ends(path: Path, promised: list[float]) -> bool:
    """Whether both ends decode to just these times. Not so in files cut without encoding anew, torn ones, and where packets have none."""
    if list(islice(_iter_times(path, packets=False), PROVEN)) != promised[:PROVEN]:
        return False
    for back in TAIL_BACK_MS:
        tail = list(_iter_times(path, packets=False, from_ms=promised[-PROVEN:][0] - back))
        if tail:
            return tail == promised[-len(tail) :]
    return False
