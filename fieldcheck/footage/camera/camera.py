"""Camera interface: frames and their formats; the ring of a camera's last frames; and one open
camera shared by several readers."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors.files import PictureUnreadable
from fieldcheck.footage.camera.exposure_control import CameraSettings
from fieldcheck.imaging.raw import RawImage, decode_raw


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """Format of a camera's frames; a change starts another segment of the recording.

    `format` as in `RawImage`. `decoded_from`: empty where the bytes are the camera's own, else the
    code of what the driver decoded them from: `h264`, `h265`, `jpeg`, `file`, or `unknown` where
    the driver hides it; the screen then says "decoded". `setup`: decoder setup of a coded stream,
    in hex."""

    format: str
    width: int
    height: int
    decoded_from: str = ""
    setup: str = ""


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """An image that was decoded on the way, for the newest frame only: its (H, W) uint8 luma, and a
    function for its colours."""

    luma: NDArray[np.uint8]
    rgb: Callable[[], NDArray[np.uint8]]


class CapturedFrame:
    """A frame as delivered, with its true times. Any thread may read it; nothing in it is
    writeable.

    `index`: the camera's own count from 0, including frames nobody fetched, so a jump shows dropped
    frames. `t_s`: capture time in seconds on the camera's clock, which starts when it is opened.
    `monotonic_ns` and `utc_ns`: time of delivery by this computer's two clocks
    (`time.monotonic_ns`, `time.time_ns`), or better ones of the camera. `source`: name of the
    camera. `settings`: None where the driver reports none. `seen`: decoded image of a packet that
    cannot be decoded alone. `opening`: number of the camera's (re)opening that gave this frame, set
    by the thread that reads it."""

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
        """`picture`: as delivered, or (H, W, 3) uint8 RGB for short. Raises ValueError where it is
        neither."""
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
        """(H, W, 3) uint8 RGB, read-only. Decoded on first use and cached while a reference exists.

        Raises PictureUnreadable with an empty path where the frame cannot be decoded."""
        with self._lock:
            rgb = (
                self._rgb
                if self._rgb is not None
                else self._lent()
                if self._lent is not None
                else None
            )
            if rgb is None:
                rgb = self._rgb = decode_raw(self.raw) if self.seen is None else self.seen.rgb()
            return rgb

    @property
    def frame_format(self) -> FrameFormat:
        """Kind of frame that this is."""
        return FrameFormat(
            self.raw.format,
            self.raw.width,
            self.raw.height,
            self.decoded_from,
            self.raw.setup.hex(),
        )

    @property
    def comparison_image(self) -> RawImage:
        """The data by which two frames are compared: as delivered, or the decoded image where a
        packet says too little."""
        return self.raw if self.seen is None else RawImage("mono8", self.seen.luma)

    @property
    def n_bytes(self) -> int:
        """Bytes in memory: as delivered, plus the decoded image where one is cached."""
        rgb = self._rgb
        return self.raw.n_bytes + (
            rgb.nbytes if rgb is not None and self.raw.format != "rgb8" else 0
        )

    def release_decoded(self) -> None:
        """Drops the cached decoded image, unless another reference keeps it, because a newer frame
        exists."""
        with self._lock:
            self.seen = None
            if self._rgb is not None and self.raw.format != "rgb8":
                self._lent, self._rgb = weakref.ref(self._rgb), None


class Camera(Protocol):
    """A frame source. Opened, read and closed by one thread; `open` and `read` raise subclasses of
    FieldcheckError.

    The format is given by its frames. `name` never contains a password, nor does any error it
    raises."""

    @property
    def name(self) -> str:
        """Its name for display."""

    def open(self) -> None:
        """Opens the device and starts its clock. A closed camera may be opened again."""

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame; None where none arrived within `wait_s` seconds."""

    def close(self) -> None:
        """Releases the device or file."""


# The last frames of a camera, bounded by their bytes: for many readers, none of which can hold up
# the camera.

# ten frames of 1080p as pixels, seven seconds as the JPEGs of a usual camera
LIMIT_BYTES = 64 << 20


class FrameRing:
    """Buffer of the newest frames, as many as fit into `limit_bytes` and at least one.
    Thread-safe."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._changed = threading.Condition()
        self._frames: deque[CapturedFrame] = deque()
        self._n_pushed = 0

    def push(self, frame: CapturedFrame) -> None:
        """Adds the newest frame and drops the oldest. The previous frame loses its decoded image
        unless it is referenced."""
        with self._changed:
            if self._frames:
                self._frames[-1].release_decoded()
            self._frames.append(frame)
            self._n_pushed += 1
            n_bytes = sum(frame.n_bytes for frame in self._frames)
            while n_bytes > self._limit and len(self._frames) > 1:
                n_bytes -= self._frames.popleft().n_bytes
            self._changed.notify_all()

    def get_latest(self) -> CapturedFrame | None:
        """The newest frame; None before the first."""
        with self._changed:
            return self._frames[-1] if self._frames else None

    def subscribe(self) -> FrameSubscription:
        """A new subscription, for frames from now on."""
        return FrameSubscription(self)

    @property
    def n_pushed(self) -> int:
        """Number of frames pushed so far."""
        with self._changed:
            return self._n_pushed

    @property
    def n_bytes(self) -> int:
        """Bytes that the frames held take up."""
        with self._changed:
            return sum(frame.n_bytes for frame in self._frames)

    def get_after(self, seen: int, wait_s: float, newest: bool) -> tuple[CapturedFrame, int] | None:
        """The oldest held frame after the first `seen` ones, or the newest, with its number from 1;
        None where none arrives within `wait_s` seconds."""
        until = time.monotonic() + wait_s
        with self._changed:
            while self._n_pushed <= seen:
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return None
                self._changed.wait(left_s)
            oldest = self._n_pushed - len(self._frames) + 1
            number = self._n_pushed if newest else max(seen + 1, oldest)
            return self._frames[number - oldest], number


class FrameSubscription:
    """A reader's position in the ring, for one thread. A reader that falls behind loses the oldest
    frames; `n_lost` counts them."""

    def __init__(self, ring: FrameRing) -> None:
        self._ring = ring
        self._seen = ring.n_pushed
        self.n_lost = 0

    def get_next(self, wait_s: float = 0.0) -> CapturedFrame | None:
        """The frame after the last one returned, or the oldest still held; None where none arrives
        within `wait_s` seconds."""
        return self._wait_for_frame(wait_s, newest=False)

    def get_newest(self, wait_s: float = 0.0) -> CapturedFrame | None:
        """The newest frame not returned yet; skipped ones count as lost. None where none arrives
        within `wait_s` seconds."""
        return self._wait_for_frame(wait_s, newest=True)

    def skip_pending(self) -> None:
        """Skips all waiting frames on purpose; they do not count as lost."""
        self._seen = self._ring.n_pushed

    def _wait_for_frame(self, wait_s: float, newest: bool) -> CapturedFrame | None:
        entry = self._ring.get_after(self._seen, wait_s, newest)
        if entry is None:
            return None
        frame, number = entry
        self.n_lost += number - self._seen - 1
        self._seen = number
        return frame


# A camera that is open already and shared: its frames come from its ring, so it is never opened
# twice.


class RingCamera:
    """A camera that reads from another camera's ring, so that it never slows its recording: frames
    it is too slow for are skipped."""

    def __init__(self, name: str, ring: FrameRing) -> None:
        self._name, self._ring = name, ring
        self._feed: FrameSubscription | None = None
        self._first = 0

    @property
    def name(self) -> str:
        """Its name for display."""
        return self._name

    def open(self) -> None:
        """Subscribes to the shared camera; reading begins with the next frame it delivers."""
        self._feed = self._ring.subscribe()
        self._first = -1

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The newest frame; damaged ones are skipped here, though a recording keeps them."""
        assert self._feed is not None, "a camera is opened before it is read"
        frame = self._feed.get_newest(wait_s)
        if frame is None:
            return None
        self._first = frame.index if self._first < 0 else self._first
        try:
            rgb = frame.rgb
        except PictureUnreadable:
            return None
        # a camera that was lost and opened again counts from 0 again
        index = max(0, frame.index - self._first)
        return CapturedFrame(
            rgb, index, frame.t_s, self._name, monotonic_ns=frame.monotonic_ns, utc_ns=frame.utc_ns
        )

    def close(self) -> None:
        """Stops reading; the shared camera stays open."""
        self._feed = None
