"""Camera interface: frames, formats, settings and status; the ring of a camera's last frames; and one open camera shared by several
readers."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors.files import PictureUnreadable
from fieldcheck.imaging.raw import RawImage, decode_raw


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Settings as the driver tells them just now; None for what it does not tell. `gain` in the driver's own unit, times are milliseconds.

    `auto_exposure`: the camera chooses exposure (and gain, where it can) itself; `fps` is the rate it was set to, not a measured one.
    """

    exposure_ms: float | None = None
    gain: float | None = None
    white_balance_k: float | None = None
    auto_exposure: bool | None = None
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """Delivery of a camera, frame after frame; another one means that another segment of the recording must begin.

    `format` as in `RawImage`. `decoded_from` is empty where the bytes are the camera's own; else the code of what they were decoded from
    before we saw them: `h264`, `h265`, `jpeg`, `file`, or `unknown` where the driver hides it. Then the screen says "decoded". `setup`: in
    hex, what a decoder must know before the first packet of a coded stream.
    """

    format: str
    width: int
    height: int
    decoded_from: str = ""
    setup: str = ""


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """A picture that was decoded on the way, for the newest frame only: its (H, W) uint8 luma, and how the colours are had."""

    luma: NDArray[np.uint8]
    rgb: Callable[[], NDArray[np.uint8]]


class CapturedFrame:
    """A frame as it was delivered, with its true times. Any thread may read it; nothing in it is writeable.

    `index` counts what the camera made from 0 on, also what nobody fetched: a gap in it is what was dropped. `t_s` is when it was
    made, seconds on the camera's own clock, which starts when it is opened. `monotonic_ns` and `utc_ns` are when it was handed over, by
    this machine's two clocks (`time.monotonic_ns`, `time.time_ns`); a camera that knows better passes its own. `source` is the
    camera's name. `settings` is None where the driver tells nothing. `seen`: of a packet that cannot be decoded alone. `opening` is written
    by the thread that reads the camera: which time of opening it anew gave this frame.
    """

    __slots__ = (
        "_lent",
        "_lock",
        "_rgb",
        "decoded_from",
        "index",
        "monotonic_ns",
        "opening",
        "raw",
        "seen",
        "settings",
        "source",
        "t_s",
        "utc_ns",
    )

    def __init__(
        self,
        picture: NDArray[np.uint8] | RawImage,
        index: int,
        t_s: float,
        source: str,
        *,
        monotonic_ns: int | None = None,
        utc_ns: int | None = None,
        settings: CameraSettings | None = None,
        decoded_from: str = "",
        seen: DecodedImage | None = None,
    ) -> None:
        """`picture`: as delivered, or (H, W, 3) uint8 RGB for short. Raises ValueError where it is neither."""
        self.raw = picture if isinstance(picture, RawImage) else RawImage("rgb8", picture)
        self.index, self.t_s, self.source = index, t_s, source
        self.monotonic_ns = time.monotonic_ns() if monotonic_ns is None else monotonic_ns
        self.utc_ns = time.time_ns() if utc_ns is None else utc_ns
        self.settings, self.decoded_from, self.seen, self.opening = settings, decoded_from, seen, 0
        self._lock = threading.Lock()
        self._rgb: NDArray[np.uint8] | None = picture if not isinstance(picture, RawImage) else None
        self._lent: weakref.ref[NDArray[np.uint8]] | None = None

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8, not writeable. Decoded when it is first asked for, and not again while anybody holds it.

        Raises PictureUnreadable with an empty path where what was delivered cannot be decoded.
        """
        with self._lock:
            rgb = self._rgb if self._rgb is not None else self._lent() if self._lent is not None else None
            if rgb is None:
                rgb = self._rgb = decode_raw(self.raw) if self.seen is None else self.seen.rgb()
            return rgb

    @property
    def frame_format(self) -> FrameFormat:
        """Kind of frame that this is."""
        return FrameFormat(self.raw.format, self.raw.width, self.raw.height, self.decoded_from, self.raw.setup.hex())

    @property
    def comparison_image(self) -> RawImage:
        """Picture that tells two frames apart: as delivered, or the picture where a packet says less than that."""
        return self.raw if self.seen is None else RawImage("mono8", self.seen.luma)

    @property
    def n_bytes(self) -> int:
        """Bytes that it takes up just now: as delivered, and decoded where somebody asked for that."""
        rgb = self._rgb
        return self.raw.n_bytes + (rgb.nbytes if rgb is not None and self.raw.format != "rgb8" else 0)

    def release_decoded(self) -> None:
        """Keeps what was decoded only for as long as somebody else does: a newer frame is there to look at."""
        with self._lock:
            self.seen = None
            if self._rgb is not None and self.raw.format != "rgb8":
                self._lent, self._rgb = weakref.ref(self._rgb), None


class Camera(Protocol):
    """Opened, read and closed by one thread. `open` and `read` raise members of the FieldcheckError family.

    What a camera delivers is said by its frames. `name` never holds a password, nor does any error that it raises.
    """

    @property
    def name(self) -> str:
        """Name that people call it by."""

    def open(self) -> None:
        """Starts its clock. A camera that was closed may be opened again and starts anew."""

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame once it is there; None where there was none within `wait_s` seconds."""

    def close(self) -> None:
        """Lets go of the device or file."""


@dataclass(frozen=True, slots=True)
class ControlRange:
    """From where to where a control goes, both included, and in which steps (0: any value)."""

    low: float
    high: float
    step: float = 0.0


@dataclass(frozen=True, slots=True)
class CameraCapabilities:
    """Abilities of an open camera: all that can be set; None and False for what cannot."""

    exposure_ms: ControlRange | None = None
    gain: ControlRange | None = None
    auto_exposure: bool = False
    lock: bool = False


@dataclass(frozen=True, slots=True)
class ControlChange:
    """Adjustment of a camera: None leaves it as it is. `locked` True holds exposure, gain and white balance where they are now."""

    exposure_ms: float | None = None
    gain: float | None = None
    auto_exposure: bool | None = None
    locked: bool | None = None


@runtime_checkable
class HasExposureControl(Protocol):
    """A camera that can be set. Both are called by the thread that reads it, between `open` and `close`.

    What came of an adjustment is told by the `settings` of the frames that follow.
    """

    def get_capabilities(self) -> CameraCapabilities:
        """Settings that can be set."""

    def adjust(self, wish: ControlChange) -> None:
        """Sets what it can, to the nearest value it has. What it cannot set it leaves alone."""


# The last frames of a camera, bounded by their bytes: for many readers, none of which can hold up the camera.

LIMIT_BYTES = 64 << 20  # ten frames of 1080p as pixels, seven seconds as the JPEGs of a usual camera


class FrameRing:
    """Holds as many of the newest frames as fit into `limit_bytes`, and always the last one. Any thread."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._changed = threading.Condition()
        self._frames: deque[CapturedFrame] = deque()
        self._n_pushed = 0

    def push(self, frame: CapturedFrame) -> None:
        """The newest frame; the oldest ones make room. The one before keeps no decoded pixels but those that somebody looks at."""
        with self._changed:
            if self._frames:
                self._frames[-1].release_decoded()
            self._frames.append(frame)
            self._n_pushed += 1
            n_bytes = sum(one.n_bytes for one in self._frames)
            while n_bytes > self._limit and len(self._frames) > 1:
                n_bytes -= self._frames.popleft().n_bytes
            self._changed.notify_all()

    def get_latest(self) -> CapturedFrame | None:
        """The newest frame; None before the first."""
        with self._changed:
            return self._frames[-1] if self._frames else None

    def subscribe(self) -> FrameSubscription:
        """A reader of its own for what comes from now on."""
        return FrameSubscription(self)

    @property
    def n_pushed(self) -> int:
        """How many frames came in altogether."""
        with self._changed:
            return self._n_pushed

    @property
    def n_bytes(self) -> int:
        """Bytes that the frames held take up."""
        with self._changed:
            return sum(one.n_bytes for one in self._frames)

    def get_after(self, seen: int, wait_s: float, newest: bool) -> tuple[CapturedFrame, int] | None:
        """The oldest frame held after the first `seen`, or the newest, with its number from 1 on; None where none came in time."""
        until = time.monotonic() + wait_s
        with self._changed:
            while self._n_pushed <= seen:
                left = until - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)
            oldest = self._n_pushed - len(self._frames) + 1
            number = self._n_pushed if newest else max(seen + 1, oldest)
            return self._frames[number - oldest], number


class FrameSubscription:
    """A place in the ring. It is as bounded as the ring is: a reader that falls behind loses the oldest frames, and `n_lost` says how many.

    One subscription belongs to one thread.
    """

    def __init__(self, ring: FrameRing) -> None:
        self._ring = ring
        self._seen = ring.n_pushed
        self.n_lost = 0

    def get_next(self, wait_s: float = 0.0) -> CapturedFrame | None:
        """The frame after the last one given, or the oldest that is left; None where none came within `wait_s` seconds."""
        return self._wait_for_frame(wait_s, newest=False)

    def get_newest(self, wait_s: float = 0.0) -> CapturedFrame | None:
        """The newest frame that was not given yet; those passed over count as lost. None where none came within `wait_s` seconds."""
        return self._wait_for_frame(wait_s, newest=True)

    def skip_pending(self) -> None:
        """Passes over everything that is there, on purpose: it does not count as lost."""
        self._seen = self._ring.n_pushed

    def _wait_for_frame(self, wait_s: float, newest: bool) -> CapturedFrame | None:
        found = self._ring.get_after(self._seen, wait_s, newest)
        if found is None:
            return None
        frame, number = found
        self.n_lost += number - self._seen - 1
        self._seen = number
        return frame


# A camera that is open already, looked at by somebody else as well: its frames come out of its ring, and it is never opened twice.


class RingCamera:
    """`name` as whoever opened it calls it. Whoever records it is not held up: what is too much to look at is passed over."""

    def __init__(self, name: str, ring: FrameRing) -> None:
        self._name, self._ring = name, ring
        self._feed: FrameSubscription | None = None
        self._first = 0

    @property
    def name(self) -> str:
        """Name that people call it by."""
        return self._name

    def open(self) -> None:
        """From the next frame on."""
        self._feed = self._ring.subscribe()
        self._first = -1

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The newest frame; one that was delivered damaged is passed over, since whoever records it keeps it all the same."""
        assert self._feed is not None, "a camera is opened before it is read"
        frame = self._feed.get_newest(wait_s)
        if frame is None:
            return None
        self._first = frame.index if self._first < 0 else self._first
        try:
            rgb = frame.rgb
        except PictureUnreadable:
            return None
        index = max(0, frame.index - self._first)  # a camera that was lost and opened again counts from 0 again
        return CapturedFrame(rgb, index, frame.t_s, self._name, monotonic_ns=frame.monotonic_ns, utc_ns=frame.utc_ns)

    def close(self) -> None:
        """Looks no more; the camera stays as it is."""
        self._feed = None
