"""H.264 decoded selectively: only the frames that a requested frame depends on. And the detection
of interlaced video.

OpenCV can neither begin at a key frame nor leave frames out. But it hands out the packets of a
file, and decodes a stream that a program writes: here the needed packets in Flash Video, which
carries each with a time – the place of its frame, so every picture that comes out says which it is.
Sources: ITU-T H.264, 7.4.1 (NAL units); Adobe, Video File Format Specification 10, E.4.
"""

from __future__ import annotations

import struct
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from heapq import heappop, heappush
from io import SEEK_END, SEEK_SET, BufferedIOBase
from itertools import chain
from pathlib import Path
from typing import NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.child_process import run_child
from fieldcheck.errors.files import VideoUnreadable
from fieldcheck.files import Closeable
from fieldcheck.footage.video.index import VideoIndex, grab_next_frame, open_capture, read_codecs

# Interlaced video: FFmpeg's scaler in OpenCV fails on its frames, and OpenCV then returns
# uninitialised memory.

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


H264 = frozenset({"h264", "avc1", "avc3", "x264"})
NOWHERE = -1
# what a NAL unit begins with; types of those that hold pictures; of an instant refresh
START, SLICES, IDR = b"\0\0\1", range(1, 6), 5
NEAR = 256  # frames that are gone through packet by packet rather than jumped over
# frames by which a jump is repeated earlier that found no key frame before what it is for
STEPS_BACK = (64, 512, 4096)
MOST_REORDERED = 64  # packets within which every frame comes that is shown before
MOST_HELD = 1 << 25  # bytes that wait for whether anybody needs them
MOST_BYTES = (1 << 24) - 16  # of one packet: its length has three bytes
KEPT_BEHIND = 1 << 16  # bytes that a reader may go back
ENDLESS = 1 << 40  # the size of the stream, as nobody knows it
# else the end is looked for
METADATA = (
    b"\2\0\nonMetaData\x08\0\0\0\1\0\x08duration" + b"\0" + struct.pack(">d", 1e6) + b"\0\0\x09"
)


class Packet(NamedTuple):
    """One coded frame, as `data`, and its `place` in the video's index. `is_key`: nothing before it
    is needed from here on; `is_reference`: others may be predicted from it."""

    place: int
    data: bytes
    is_key: bool
    is_reference: bool


def is_h264(path: Path) -> bool:
    """Whether every video stream that the file names is H.264, and it names one."""
    codecs = read_codecs(path)
    return bool(codecs) and codecs <= H264


def parse_packet(index: int, data: bytes) -> Packet:
    """A packet in the byte stream format (annex B), by the header of its first slice; one without
    any is needed by all."""
    position = data.find(START)
    while 0 <= position < len(data) - 3:
        header = data[position + 3]
        if header & 31 in SLICES:
            return Packet(index, data, header & 31 == IDR, header & 96 != 0)
        position = data.find(START, position + 3)
    return Packet(index, data, False, True)


class NeededPackets(Closeable):
    """Packets of a file, in its order, that a decoder needs for the `wanted` frames: rising places
    of the index, as many as are asked for.

    It ends early where a packet has no place in the index or is too large, and where no key frame
    is found before a wanted frame. Raises as `open_capture`.
    """

    def __init__(self, path: Path, index: VideoIndex, wanted: Iterable[int]) -> None:
        self._capture = open_capture(path, packets=True)
        self._index, self._wanted = index, iter(wanted)
        self._next = next(self._wanted, None)  # the first that was not asked for yet
        self._due: set[int] = set()  # wanted, and not met yet
        self._jumped_for = self._newest = self._fed = NOWHERE
        # since the last one that was given out; None until the decoder can go on
        self._held: list[Packet] | None = None

    def close(self) -> None:
        """Closes the file."""
        self._capture.release()

    def __iter__(self) -> Iterator[Packet]:
        while (due := self._find_next_wanted()) is not None:
            if (
                due > self._newest + NEAR
                and due != self._jumped_for
                and not self._seek_key_frame(due)
            ):
                return
            packet = self._read_packet()
            if packet is None:
                return
            yield from self._select_needed(packet)

    def _find_next_wanted(self) -> int | None:
        """Return the next wanted frame; one whose packet never came is skipped."""
        self._due = {
            position for position in self._due if position >= self._newest - MOST_REORDERED
        }
        while not self._due and self._next is not None:
            self._add_wanted_until(self._next)
        return min(self._due, default=None)

    def _add_wanted_until(self, index: int) -> None:
        while self._next is not None and self._next <= index:
            self._due.add(self._next)
            self._next = next(self._wanted, None)

    def _select_needed(self, packet: Packet) -> list[Packet]:
        """Return the packets that this packet makes necessary: itself and the held ones, or
        none."""
        self._add_wanted_until(packet.place)
        self._newest = max(self._newest, packet.place)
        is_wanted = packet.place in self._due
        self._due.discard(packet.place)
        if packet.is_key and packet.place > self._fed:
            self._held = []
        elif packet.place == self._fed:
            self._held = []  # a jump led back among what was given out: it goes on behind it
            return []
        if self._held is None or not (is_wanted or packet.is_reference):
            return []
        self._held.append(packet)
        if not is_wanted and sum(len(packet.data) for packet in self._held) < MOST_HELD:
            return []
        given, self._held = self._held, []
        self._fed = given[-1].place
        return given

    def _read_packet(self) -> Packet | None:
        if not grab_next_frame(self._capture):
            return None
        index = self._index.find_frame(self._capture.get(cv2.CAP_PROP_POS_MSEC))
        done, data = self._capture.retrieve()
        return (
            parse_packet(index, data.tobytes())
            if done and index >= 0 and data.size < MOST_BYTES
            else None
        )

    def _seek_key_frame(self, due: int) -> bool:
        """Whether the file was left before a key frame from which, or a packet given out behind
        which, the frame can be decoded."""
        self._jumped_for, self._held = due, None
        frame_number = self._index.get_time_s(due) * self._index.fps
        for back in (*STEPS_BACK, frame_number):
            target = max(0, int(frame_number - back))
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, target)
            while (packet := self._read_packet()) is not None and packet.place <= due:
                if packet.place == self._fed or (packet.is_key and packet.place > self._fed):
                    self._capture.set(cv2.CAP_PROP_POS_FRAMES, target)
                    return True
        return False


class FlvStream(BufferedIOBase):
    """A stream of packets as a file that OpenCV reads once, forward. `read_indices` holds the
    places of those that were read, as a heap; `error` the one that ended it, which must not go
    through OpenCV: it would end the program."""

    def __init__(self, packets: Iterable[Packet]) -> None:
        self._packets = iter(packets)
        self._pieces = deque(
            [
                (
                    0,
                    b"FLV\1\1\0\0\0\x09\0\0\0\0"
                    + _make_flv_tag(18, 0, METADATA)
                    + METADATA
                    + _make_flv_trailer(METADATA),
                )
            ]
        )
        # where in the file the last piece does; each stands with where it begins
        self._ends = len(self._pieces[0][1])
        self._at = self._time = 0
        self.read_indices: list[int] = []
        self.error: BaseException | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes of the file, at most `size`, none at its end; for −1 all that is
        left."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(ENDLESS), b""))
        try:
            while self._at >= self._ends and (packet := next(self._packets, None)) is not None:
                self._add_packet(packet)
        except BaseException as error:  # noqa: BLE001 - it goes on in `H264FrameReader.seek_frame`
            self.error = error
        while len(self._pieces) > 1 and self._pieces[1][0] + KEPT_BEHIND <= self._at:
            self._pieces.popleft()
        begins, piece = next(piece for piece in reversed(self._pieces) if piece[0] <= self._at)
        data = piece[self._at - begins : self._at - begins + size]
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        """Where it is read from now. The end is far: asking for it leads nowhere."""
        if whence == SEEK_END:
            return ENDLESS
        self._at = max(self._pieces[0][0], offset + (self._at if whence else 0))
        return self._at

    def _add_packet(self, packet: Packet) -> None:
        """Its times in milliseconds: the shown one is its place and a constant, the coded one rises
        and never comes after it. What stands before and behind it are pieces of their own, for a
        packet is copied as seldom as can be."""
        heappush(self.read_indices, packet.place)
        shown = packet.place + MOST_REORDERED
        self._time = max(self._time + 1, shown - MOST_REORDERED)
        kind = (b"\x17\1" if packet.is_key else b"\x27\1") + struct.pack(">i", shown - self._time)[
            1:
        ]
        for piece in (
            _make_flv_tag(9, self._time, kind, packet.data) + kind,
            packet.data,
            _make_flv_trailer(kind, packet.data),
        ):
            self._pieces.append((self._ends, piece))
            self._ends += len(piece)


def _make_flv_tag(kind: int, time: int, *body: bytes) -> bytes:
    """Make the tag header of a body that is given in parts."""
    stamp = struct.pack(">I", time)
    return (
        bytes([kind])
        + struct.pack(">I", sum(map(len, body)))[1:]
        + stamp[1:]
        + stamp[:1]
        + b"\0\0\0"
    )


def _make_flv_trailer(*body: bytes) -> bytes:
    """Make the bytes that follow a tag."""
    return struct.pack(">I", sum(map(len, body)) + 11)


class H264FrameReader(Closeable):
    """Goes to the `wanted` frames of a file one after another, rising places of its index. `first`:
    the file's first, (H, W, 3) uint8 BGR until `retrieve_image` is called, None where it does not
    come out. Raises as `open_capture`."""

    def __init__(self, path: Path, index: VideoIndex, wanted: Iterable[int]) -> None:
        self._needed = NeededPackets(
            path, index, chain([0, 1], (index for index in wanted if index > 1))
        )
        # in a name of ours until the end, as in `mjpeg_packets`
        self._stream = FlvStream(self._needed)
        # Frames in threads take a tenth more of the processor, and each core has a stretch of its
        # own.
        self._capture = cv2.VideoCapture(
            cast("cv2.IStreamReader", self._stream), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1]
        )
        self._held = NOWHERE
        self._lost: list[int] = []  # places not told of yet
        self._pixels = RetrievedFrames(path, self._capture)
        self.first = self._pixels.get_frame(0) if self.seek_frame(0)[0] else None
        if self.first is not None:
            is_held, self._lost = self.seek_frame(1)
            if is_held:
                # a frame far behind that shows what the first does, as in film that was joined, is
                # then no suspect
                self.retrieve_image()

    def close(self) -> None:
        """Closes the file."""
        self._capture.release()
        self._needed.close()

    def seek_frame(self, index: int) -> tuple[bool, list[int]]:
        """Whether the frame is held now, and the places of those before it that did not come out,
        though they were decoded. Raises what reading the file raised."""
        lost, self._lost = self._lost, []
        fed = self._stream.read_indices
        while self._held < index and grab_next_frame(self._capture):
            self._held = round(self._capture.get(cv2.CAP_PROP_POS_MSEC))
            while fed and fed[0] <= self._held:
                came = heappop(fed)
                lost += [came] if came < self._held else []
        if self._stream.error is not None:
            raise self._stream.error
        return self._held == index, lost

    def retrieve_image(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR of the frame that is held. Raises VideoUnreadable `frame_missing`,
        `interlaced`."""
        return self._pixels.get_frame(self._held)
