"""Cameras, which give frames to look at now: a camera, or a file that is played like one; and what a camera says and can be told."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

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
