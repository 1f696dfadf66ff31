"""Index of a video: when each frame is shown, which codecs the container names, and the trial
decode of unusual files in a child process.

A container names no frame numbers. OpenCV computes them from time and mean frame rate, which is
wrong in every recording whose frames do not come evenly. Its packets, however, carry their times
and are read a hundred times faster than they are decoded.
"""

from __future__ import annotations

import os
import re
import struct
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, pairwise
from math import isfinite
from pathlib import Path
from threading import Lock
from typing import Literal

import cv2

from fieldcheck.child_process import run_module
from fieldcheck.errors.files import PathMissing, VideoUnreadable
from fieldcheck.progress import time_stage

# Which codecs a video file names, read from its container without any decoder: AVI, MP4 and
# QuickTime, Matroska and WebM.

# Codecs that are decoded in this process. Files with others are opened and decoded in a child
# process first: uncompressed video makes OpenCV 5.0.0 free memory twice after its last frame.
KNOWN_GOOD = frozenset(
    {
        *(
            "h264",
            "avc1",
            "avc3",
            "x264",
            "hevc",
            "hev1",
            "hvc1",
            "h265",
            "mpeg4",
            "mp4v",
            "fmp4",
            "xvid",
            "divx",
            "dx50",
            "mjpg",
            "jpeg",
        ),
        *("vp80", "vp90", "vp08", "vp09", "av01", "ffv1"),
    }
)
# OpenCV's wheels hold none that needs no graphics card
NO_DECODER = {"av01": "AV1", "vvc1": "VVC", "vvi1": "VVC"}
MATROSKA = {
    "V_MPEG4/ISO/AVC": "h264",
    "V_MPEGH/ISO/HEVC": "hevc",
    "V_MPEG4/ISO/ASP": "mpeg4",
    "V_MJPEG": "mjpg",
    "V_VP8": "vp80",
    "V_VP9": "vp90",
    "V_AV1": "av01",
    "V_FFV1": "ffv1",
}
HEAD_BYTES, MOST_MOOV = 1 << 20, 1 << 26
MOST_BOXES = 10_000
# bytes from the name of an `stsd` box to its count and first entry, of a `hdlr` box to what it
# handles
COUNT, ENTRY, SUBTYPE = 8, 16, 12
# what else a track may hold
NO_PICTURES = (
    b"soun",
    b"text",
    b"sbtl",
    b"subt",
    b"clcp",
    b"tmcd",
    b"hint",
    b"meta",
    b"mdta",
    b"mdir",
)
ONE_DESCRIPTION = (1).to_bytes(4, "big")
OF_DATA = (b"alis", b"url ")  # QuickTime's second handler of a track


def read_codecs(path: Path) -> frozenset[str]:
    """The codes of its video streams in lower case; none where the container is none of these, or
    names none. `raw` is uncompressed."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return frozenset(_read_avi_codecs(head))
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return frozenset(
            MATROSKA.get(codec.decode(), "raw")
            for codec in re.findall(rb"V_[A-Z0-9/_]{3,30}", head)
        )
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return frozenset(_read_mp4_codecs(_read_moov_box(path)))
    return frozenset()


def make_undecodable_error(path: Path, otherwise: str) -> VideoUnreadable:
    """Make the error for a file of which nothing decodes: `no_decoder` with the codec's name where
    no decoder exists, else `otherwise`."""
    missing = sorted(NO_DECODER[code] for code in read_codecs(path) if code in NO_DECODER)
    return (
        VideoUnreadable(path, "no_decoder", missing[0])
        if missing
        else VideoUnreadable(path, otherwise)
    )


def is_known_good(path: Path) -> bool:
    """Whether the file names at least one codec, and only common ones."""
    codecs = read_codecs(path)
    return bool(codecs) and codecs <= KNOWN_GOOD


def _read_avi_codecs(head: bytes) -> list[str]:
    codecs = []
    for index in (match.start() for match in re.finditer(rb"strf", head)):
        if head.rfind(b"vids", 0, index) > head.rfind(b"auds", 0, index):
            codecs.append(_decode_fourcc(head[index + 24 : index + 28]))
    return codecs


def _read_mp4_codecs(moov: bytes) -> list[str]:
    """Of every track that may be a video: handlers stand before the descriptions of what they
    handle, and where none does, or one has several descriptions, nothing is known."""
    codecs = []
    handler = b""
    for match in re.finditer(rb"hdlr|stsd", moov):
        index = match.start()
        if match[0] == b"hdlr":
            subtype = moov[index + SUBTYPE : index + SUBTYPE + 4]
            handler = handler if subtype in OF_DATA else subtype
        elif handler not in NO_PICTURES:
            has_codec = (
                handler == b"vide" and moov[index + COUNT : index + COUNT + 4] == ONE_DESCRIPTION
            )
            codecs.append(
                _decode_fourcc(moov[index + ENTRY : index + ENTRY + 4]) if has_codec else "raw"
            )
            handler = b""
    return codecs


def _read_moov_box(path: Path) -> bytes:
    """The box that says what is in the file; empty where there is none that can be read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        index = 0
        for _ in range(MOST_BOXES):
            file.seek(index)
            head = file.read(16)
            if len(head) < 8:
                return b""
            length = int(struct.unpack(">I", head[:4])[0]) or size - index
            if length == 1 and len(head) == 16:
                length = int(struct.unpack(">Q", head[8:])[0])
            if length < 8:
                return b""
            if head[4:8] == b"moov":
                file.seek(index)
                return file.read(min(length, MOST_MOOV))
            index += length
    return b""


def _decode_fourcc(four: bytes) -> str:
    text = four.decode("latin-1").strip("\0 ").lower()
    return text if text and text not in ("dib", "rgb", "raw") else "raw"


# First opening of a video with an uncommon codec: in a child process, which may crash or hang
# without ending the program.

DONE, TIME = "done", "time"
SECONDS, SECONDS_A_MB = 60.0, 2.0  # of processor time
# times as long by the clock and a while to begin, for a child that is given hardly any processor
# time
WAITED, START_S = 10, 60.0
UNDER_TRIAL = "FIELDCHECK_VIDEO_TRIAL"  # in the child itself nothing is tried again
TRIALS_REMEMBERED = 256

_trying = Lock()


def probe_decoder(path: Path) -> None:
    """Returns where a video may be decoded in this process. A file is tried once for as long as it
    does not change.

    Raises VideoUnreadable `crashed` or `time` where it brought the child down, `busy` where that
    had no turn; Cancelled.
    """
    if os.environ.get(UNDER_TRIAL):
        return
    info = path.stat()
    with _trying:
        problem = _find_problem(path, info.st_size, info.st_mtime_ns)
    if problem:
        raise VideoUnreadable(path, problem)


@lru_cache(maxsize=TRIALS_REMEMBERED)
def _find_problem(path: Path, size: int, _changed: int) -> str:
    if is_known_good(path):
        return ""
    limit = SECONDS + SECONDS_A_MB * size / 1e6
    try:
        arguments = [str(path.absolute()), str(limit)]
        child = run_module(
            "fieldcheck.footage.video.reader",
            arguments,
            WAITED * limit + START_S,
            extra={UNDER_TRIAL: "1"},
        )
    except TimeoutError:
        # Not cached: the computer may be less busy at the next try.
        raise VideoUnreadable(path, "busy") from None
    text = child.stdout.decode(errors="replace").strip() if child.returncode == 0 else ""
    return {DONE: "", TIME: "time"}.get(text, "crashed")


PROVEN = 16  # frames at either end that must decode to the times that the packets promise
# how much earlier a jump to the end is repeated that found nothing left
TAIL_BACK_MS = (0.0, 2_000.0, 16_000.0)
DAMAGED = 64  # packets in a row that may be damaged before the rest counts as torn off
# FFmpeg shows text files as the terminals of 1985 would have
TEXT_AS_VIDEO = {"ansi", "bint", "xbin", "idf "}
USUAL_FPS = 25.0  # where a file names no credible rate
FASTEST_FPS = 1e5
MOST_CREDIBLE_FRAMES = 100_000_000  # what a container of a killed writer claims goes up to 2**63
REMEMBERED_FILES = 1_024  # whose locks are kept
REMEMBERED_FRAMES = 2_000_000  # of all indexes that are kept: some 64 MB, eighteen hours of video

Timestamps = Literal["container", "nominal"]


@dataclass(frozen=True, slots=True)
class VideoIndex:
    """`times_ms[i]`: when source frame `i` is shown, as the decoder reports it, rising; empty where
    nothing decodes.

    `timestamps`: where the times come from. Nominal ones are frame numbers over the frame rate,
    because the file has no usable times, and do not prove where a jump lands. `lost`: frames that
    the file promises behind its readable end; `n_hint`: the number it promises, 0 where that is not
    credible; `is_proven`: whether the decoder was seen to agree with the times."""

    times_ms: tuple[float, ...]
    timestamps: Timestamps
    fps: float
    n_hint: int
    lost: int
    is_proven: bool = True

    def __len__(self) -> int:
        return len(self.times_ms)

    def get_time_s(self, index: int) -> float:
        """Time of a frame from the first one on."""
        return (self.times_ms[index] - self.times_ms[0]) / 1000

    def find_frame(self, time_ms: float) -> int:
        """The frame that is shown at just this time, -1 where none is."""
        index = bisect_left(self.times_ms, time_ms)
        return index if index < len(self.times_ms) and self.times_ms[index] == time_ms else -1


def load_video_index(path: Path) -> VideoIndex:
    """The index of a file, made once for as long as the file does not change. Raises PathMissing;
    VideoUnreadable `not_a_video`."""
    return _load_index(path, is_proof_needed=True)


def load_promised_index(path: Path) -> VideoIndex:
    """The index as the packets of a file promise it, where it is not proven yet. For who decodes
    all of it anyway, which proves it without a decoding of its own (`confirm_index`). Raises as
    `load_video_index`."""
    return _load_index(path, is_proof_needed=False)


def confirm_index(path: Path, index: VideoIndex) -> None:
    """Keeps a promised index as proven. The caller has decoded the whole file, to just the times of
    the index."""
    _indexes.put(_make_key(path), replace(index, is_proven=True))


def _make_key(path: Path) -> tuple[Path, int, int]:
    info = path.stat()
    return path, info.st_size, info.st_mtime_ns


def _load_index(path: Path, is_proof_needed: bool) -> VideoIndex:
    if not path.is_file():
        raise PathMissing(path)
    key = _make_key(path)
    with _lock_file(path):
        index = _indexes.find(key)
        if index is None or (is_proof_needed and not index.is_proven):
            with time_stage("video_index"):
                promised = index.times_ms if index else tuple(_read_promised_times(path))
                index = _build_index(path, promised, is_proof_needed)
            _indexes.put(key, index)
    return index


class _IndexCache:
    """The indexes that were used last, as many as have `REMEMBERED_FRAMES` together, and always
    the newest. A project has hundreds of clips, and each is met several times on its way in."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._indexes: OrderedDict[tuple[Path, int, int], VideoIndex] = OrderedDict()
        self._n_frames = 0

    def find(self, key: tuple[Path, int, int]) -> VideoIndex | None:
        with self._lock:
            if key not in self._indexes:
                return None
            self._indexes.move_to_end(key)
            return self._indexes[key]

    def put(self, key: tuple[Path, int, int], index: VideoIndex) -> None:
        with self._lock:
            self._n_frames += len(index) - len(self._indexes.pop(key, ()))
            self._indexes[key] = index
            while self._n_frames > REMEMBERED_FRAMES and len(self._indexes) > 1:
                self._n_frames -= len(self._indexes.popitem(last=False)[1])


_indexes = _IndexCache()


@lru_cache(maxsize=REMEMBERED_FILES)
def _lock_file(_path: Path) -> Lock:
    """The lock of a file: two threads that open the same one share its index, and those of two
    files are made side by side."""
    return Lock()


def _read_promised_times(path: Path) -> list[float]:
    return sorted(_iter_times(path, packets=True))


def _build_index(path: Path, promised: Sequence[float], is_proof_needed: bool) -> VideoIndex:
    """The index from the times that the packets promise, which are only taken unproven where they
    rise."""
    fps, n_hint = read_frame_rate(path)
    is_proven = is_proof_needed or not _is_rising(promised)
    times: Sequence[float] = promised
    kind: Timestamps = "container"
    if is_proven:
        times, kind = _verify_times(path, promised)
    if kind == "nominal":
        times = [index * 1000 / fps for index in range(len(times))]
    last = max([*times[-1:], *promised[-1:]], default=0.0)
    n_missing = round(n_hint - last / 1000 * fps) - 1 if times and n_hint else 0
    return VideoIndex(tuple(times), kind, fps, n_hint, max(0, n_missing), is_proven)


def _verify_times(path: Path, promised: Sequence[float]) -> tuple[Sequence[float], Timestamps]:
    """Return the packets' times where the decoder agrees with them, else those of a full decode, as
    far as they are valid times."""
    if _is_rising(promised) and _has_matching_ends(path, promised):
        return promised, "container"
    decoded = list(_iter_times(path, packets=False))
    return decoded, "container" if _is_rising(decoded) else "nominal"


def open_capture(path: Path, packets: bool = False) -> cv2.VideoCapture:
    """A capture of the file; `packets` gives its packets undecoded. Raises PathMissing;
    VideoUnreadable `not_a_video`, `no_decoder`, and `crashed` or `time` where the process that
    tried it first was brought down."""
    if not path.is_file():
        raise PathMissing(path)
    probe_decoder(path)
    capture = cv2.VideoCapture(
        str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1] if packets else []
    )
    code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    if not capture.isOpened() or code.to_bytes(4, "little").decode("latin-1") in TEXT_AS_VIDEO:
        capture.release()
        raise make_undecodable_error(path, "not_a_video")
    return capture


def grab_next_frame(capture: cv2.VideoCapture) -> bool:
    """Goes on to the next frame that decodes. OpenCV gives up at each damaged packet, though the
    next may be whole."""
    return any(capture.grab() for _ in range(DAMAGED))


def read_frame_rate(path: Path) -> tuple[float, int]:
    """Frames a second, and how many frames the file promises (0 where it says nothing credible);
    read once for as long as the file does not change. Raises as `open_capture`."""
    if not path.is_file():
        raise PathMissing(path)
    return _read_frame_rate(*_make_key(path))


@lru_cache(maxsize=REMEMBERED_FILES)
def _read_frame_rate(path: Path, _size: int, _changed: int) -> tuple[float, int]:
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


def _has_matching_ends(path: Path, promised: Sequence[float]) -> bool:
    """Whether the first and last frames decode to exactly these times. They do not in files cut
    without re-encoding, truncated files, and packets without times."""
    if tuple(islice(_iter_times(path, packets=False), PROVEN)) != tuple(promised[:PROVEN]):
        return False
    for back in TAIL_BACK_MS:
        tail = tuple(_iter_times(path, packets=False, from_ms=promised[-PROVEN:][0] - back))
        if tail:
            return tail == tuple(promised[-len(tail) :])
    return False
