"""Cameras that are reached by an address: MJPEG over HTTP byte for byte as it comes, RTSP by its packets or decoded."""

from __future__ import annotations

import os
import threading
import time

import cv2
import numpy as np

from fieldcheck.capture.address import Address
from fieldcheck.capture.camera import Camera, CapturedFrame
from fieldcheck.capture.http_stream import HttpStream
from fieldcheck.capture.multipart import MultipartParser, NotMultipartStream, parse_boundary
from fieldcheck.capture.rtsp_relay import RtspRelay, open_at_camera
from fieldcheck.capture.stream_copy import StreamCopyCamera, import_pyav
from fieldcheck.errors import CameraLost, CameraRefused
from fieldcheck.imaging.raw import RawImage

OPEN_MS, READ_MS = 3000, 2000
# TCP loses nothing on the way; no buffer, or the first seconds are those of before we asked.
FFMPEG = "rtsp_transport;tcp|fflags;nobuffer|flags;low_delay"
FFMPEG_VARIABLE = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
CODECS = {"h264": "h264", "avc1": "h264", "hevc": "h265", "h265": "h265", "hev1": "h265", "hvc1": "h265", "mjpg": "jpeg"}

_opening = threading.Lock()  # OpenCV reads its options from the environment of the whole process


class MjpegCamera:
    """MJPEG over HTTP. Its frames carry the bytes that the camera sent; one that is no JPEG with a size counts as dropped."""

    def __init__(self, where: Address) -> None:
        self.name = where.redacted
        self._where = where
        self._stream: HttpStream | None = None
        self._parts: MultipartParser | None = None
        self._waiting: list[bytes] = []
        self._began, self._next = 0.0, 0

    def open(self) -> None:
        """Raises CameraRefused."""
        stream = HttpStream(self._where)
        stream.open()
        try:
            self._parts = MultipartParser(parse_boundary(stream.content_type))
        except NotMultipartStream:
            stream.close()
            raise CameraRefused(self.name, "not_a_stream", stream.content_type) from None
        self._stream = stream
        self._waiting, self._began, self._next = [], time.monotonic(), 0

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame. Raises CameraLost."""
        assert self._stream is not None, "a camera is opened before it is read"
        assert self._parts is not None
        until = time.monotonic() + wait_s
        while not self._waiting:
            left = until - time.monotonic()
            if left <= 0:
                return None
            try:
                self._waiting += self._parts.parse_bytes(self._stream.read(left))
            except NotMultipartStream:
                raise CameraLost(self.name) from None
        return self._make_frame(self._waiting.pop(0))

    def close(self) -> None:
        """Hangs up."""
        if self._stream is not None:
            self._stream.close()
        self._stream = self._parts = None

    def _make_frame(self, data: bytes) -> CapturedFrame | None:
        index, self._next = self._next, self._next + 1
        try:
            raw = RawImage("jpeg", data)
        except ValueError:
            return None
        return CapturedFrame(raw, index, time.monotonic() - self._began, self.name)


class RtspCamera:
    """An RTSP stream, decoded by OpenCV's FFmpeg: its frames say what they were decoded from. A read may take two seconds."""

    def __init__(self, where: Address) -> None:
        self.name = where.redacted
        self._where = where
        self._capture: cv2.VideoCapture | None = None
        self._relay: RtspRelay | None = None
        self._codec = "unknown"
        self._began, self._next = 0.0, 0

    def open(self) -> None:
        """Raises CameraRefused."""
        self._relay = open_at_camera(self._where, self._open_stream)
        self._began, self._next = time.monotonic(), 0

    def _open_stream(self, place: str) -> bool:
        with _opening:
            before = os.environ.get(FFMPEG_VARIABLE)
            os.environ[FFMPEG_VARIABLE] = FFMPEG
            try:
                limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS]
                capture = cv2.VideoCapture(place, cv2.CAP_FFMPEG, limits)
            finally:
                if before is None:
                    del os.environ[FFMPEG_VARIABLE]
                else:
                    os.environ[FFMPEG_VARIABLE] = before
        if not capture.isOpened():
            capture.release()
            return False
        self._capture, self._codec = capture, _get_codec_name(capture)
        return True

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame. Raises CameraLost: OpenCV does not tell the end from a silence, and after either it never reads again."""
        assert self._capture is not None, "a camera is opened before it is read"
        got, bgr = self._capture.read()
        if not got or bgr is None:
            raise CameraLost(self.name)
        index, self._next = self._next, self._next + 1
        return CapturedFrame(
            RawImage("bgr8", np.asarray(bgr, np.uint8)), index, time.monotonic() - self._began, self.name, decoded_from=self._codec
        )

    def close(self) -> None:
        """Hangs up."""
        if self._capture is not None:
            self._capture.release()
        if self._relay is not None:
            self._relay.close()
        self._capture = self._relay = None


def make_network_camera(where: Address) -> Camera:
    """The camera at an address. RTSP is copied where the extra for it is installed."""
    if where.scheme not in ("rtsp", "rtsps"):
        return MjpegCamera(where)
    return RtspCamera(where) if import_pyav() is None else StreamCopyCamera(where, RtspCamera(where))


def _get_codec_name(capture: cv2.VideoCapture) -> str:
    code = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True).decode("latin-1").strip("\0 ").lower()
    return CODECS.get(code, "unknown")
