"""A camera that is plugged in, read through OpenCV: its own JPEG or YUYV bytes where the driver hands them over, else decoded."""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.camera import CameraCapabilities, CameraSettings, CapturedFrame, ControlChange, ControlRange
from fieldcheck.errors import CameraLost, CameraRefused
from fieldcheck.imaging.raw import RawImage

MJPEG = cv2.VideoWriter.fourcc(*"MJPG")
READ_MS = 2000
# How Video4Linux counts: exposure in tenths of a millisecond; automatic is 3 ("aperture priority"), by hand 1.
EXPOSURE_MS, AUTOMATIC, BY_HAND = 0.1, 3.0, 1.0
EXPOSURES = ControlRange(0.1, 1000.0, 0.1)
GAINS = ControlRange(0.0, 255.0, 1.0)


class OpencvCamera:
    """The camera whose place `where()` tells at every opening, so that it is the same one after it was plugged in elsewhere."""

    def __init__(self, name: str, where: Callable[[], str | int], size: tuple[int, int] | None = None) -> None:
        """`size`: width and height to ask for; without, the largest that the driver gives as JPEG."""
        self.name = name
        self._where, self._size = where, size
        self._capture: cv2.VideoCapture | None = None
        self._tells = True
        self._began, self._next = 0.0, 0

    def open(self) -> None:
        """Raises CameraRefused. A number is one of Media Foundation's; what has another one by now may not be the camera that was meant."""
        place = self._where()
        self._tells = isinstance(place, str)
        if isinstance(place, str):
            capture = cv2.VideoCapture(place, cv2.CAP_V4L2, [cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS])
        else:
            capture = cv2.VideoCapture(place, cv2.CAP_MSMF, [])
        if not capture.isOpened() or self._where() != place:
            capture.release()
            raise CameraRefused(self.name, "busy" if isinstance(place, str) else "not_opened")
        capture.set(cv2.CAP_PROP_FOURCC, MJPEG)
        for asked, prop in zip(self._size or (10_000, 10_000), (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT), strict=True):
            capture.set(prop, asked)
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        self._capture, self._began, self._next = capture, time.monotonic(), 0

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame; waits as long as the driver does. Raises CameraLost."""
        assert self._capture is not None, "a camera is opened before it is read"
        got, data = self._capture.read()
        if not got or data is None:
            raise CameraLost(self.name)
        index, self._next = self._next, self._next + 1
        raw, decoded_from = to_raw_image(np.asarray(data, np.uint8))
        seconds = time.monotonic() - self._began
        return None if raw is None else CapturedFrame(
            raw, index, seconds, self.name, settings=self._read_settings(), decoded_from=decoded_from
        )  # fmt: skip

    def close(self) -> None:
        """Lets go of the device."""
        if self._capture is not None:
            self._capture.release()
        self._capture = None

    def get_capabilities(self) -> CameraCapabilities:
        """Abilities that its driver answers to; nothing on Windows, whose drivers count in other units."""
        exposure = EXPOSURES if self._read_property(cv2.CAP_PROP_EXPOSURE) is not None else None
        gain = GAINS if self._read_property(cv2.CAP_PROP_GAIN) is not None else None
        automatic = self._read_property(cv2.CAP_PROP_AUTO_EXPOSURE) is not None
        return CameraCapabilities(exposure, gain, automatic, automatic and exposure is not None)

    def adjust(self, wish: ControlChange) -> None:
        """A lock holds exposure and white balance where they are; an exposure of one's own ends the automatic."""
        assert self._capture is not None, "a camera is opened before it is set"
        by_hand = wish.auto_exposure is False or wish.locked or wish.exposure_ms is not None
        if by_hand or wish.auto_exposure or wish.locked is False:
            self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, BY_HAND if by_hand else AUTOMATIC)
        if wish.exposure_ms is not None:
            self._capture.set(cv2.CAP_PROP_EXPOSURE, round(wish.exposure_ms / EXPOSURE_MS))
        if wish.gain is not None:
            self._capture.set(cv2.CAP_PROP_GAIN, wish.gain)
        if wish.locked is not None:
            self._capture.set(cv2.CAP_PROP_AUTO_WB, 0 if wish.locked else 1)

    def _read_settings(self) -> CameraSettings:
        exposure, automatic = self._read_property(cv2.CAP_PROP_EXPOSURE), self._read_property(cv2.CAP_PROP_AUTO_EXPOSURE)
        return CameraSettings(
            None if exposure is None else exposure * EXPOSURE_MS,
            self._read_property(cv2.CAP_PROP_GAIN),
            self._read_property(cv2.CAP_PROP_WB_TEMPERATURE),
            None if automatic is None else automatic == AUTOMATIC,
            self._read_property(cv2.CAP_PROP_FPS),
        )

    def _read_property(self, prop: int) -> float | None:
        """A figure of the driver; None where it has none: OpenCV says 0 or -1 then."""
        assert self._capture is not None, "a camera is opened before it is asked"
        if not self._tells:
            return None
        value = self._capture.get(prop)
        return None if value in (-1.0, 0.0) else float(value)


def to_raw_image(data: NDArray[np.uint8]) -> tuple[RawImage | None, str]:
    """Frame from OpenCV as a raw picture: the driver's own bytes in one row, two bytes a pixel, or a picture that somebody decoded.

    Returns the picture, and what it was decoded from; no picture where the bytes are a damaged JPEG.
    """
    if data.ndim == 2 and 1 in data.shape:
        try:
            return RawImage("jpeg", data.tobytes()), ""
        except ValueError:
            return None, ""
    if data.ndim == 3 and data.shape[2] == 2:
        return RawImage("yuyv8", data.copy()), ""
    if data.ndim == 2:
        return RawImage("mono8", data.copy()), ""
    return RawImage("bgr8", data), "unknown"
