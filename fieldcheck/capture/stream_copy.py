"""RTSP as it is sent: with the extra `fieldcheck[netcam]` the packets of H.264 and H.265 are kept untouched; what cannot be is decoded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache, partial
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.capture.address import Address
from fieldcheck.capture.camera import Camera, CapturedFrame, DecodedImage
from fieldcheck.capture.rtsp_relay import RtspRelay, open_at_camera
from fieldcheck.errors import CameraLost
from fieldcheck.imaging.coded import CODED
from fieldcheck.imaging.raw import RawImage

OPTIONS = {"rtsp_transport": "tcp", "fflags": "nobuffer"}  # TCP loses nothing on the way; no buffer, or the first seconds are old
OPEN_S, READ_S = 3.0, 2.0
LOW_DELAY = 1 << 19  # AV_CODEC_FLAG_LOW_DELAY: a picture comes out as soon as its packet went in
NAMES = {"hevc": "h265"}
LUMA = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p")  # eight bits, brightness in a plane of its own


@cache
def import_pyav() -> Any:
    """PyAV where it is installed, else None. Its wheel carries codecs under the GPL, so the product does without."""
    try:
        return import_module("av")
    except ImportError:
        return None


class StreamCopyCamera:
    """An RTSP stream whose packets are handed on as they came, each with its picture for whoever looks. A read may take two seconds.

    `decoding` is the camera that takes over where packets cannot stand for pictures one by one: another codec, or pictures out of order.
    """

    def __init__(self, where: Address, decoding: Camera) -> None:
        self.name = where.redacted
        self._where, self._decoding = where, decoding
        self._taken_over = False
        self._container: Any = None
        self._relay: RtspRelay | None = None
        self._packets: Iterator[Any] = iter(())
        self._format, self._setup, self._held = "", b"", b""
        self._began, self._next = 0.0, 0

    def open(self) -> None:
        """Raises CameraRefused."""
        self._relay = open_at_camera(self._where, self._open_stream)
        container = self._container
        video = container.streams.video
        self._taken_over = not video or not self._can_copy_codec(video[0].codec_context)
        if self._taken_over:
            self._close_container()
            self._decoding.open()
            return
        coding = video[0].codec_context
        coding.thread_type = "SLICE"  # threads that take a frame each hold pictures back
        coding.flags = int(coding.flags) | LOW_DELAY
        self._packets, self._setup = container.demux(video[0]), bytes(coding.extradata or b"")
        self._began, self._next, self._held = time.monotonic(), -1, b""

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next frame, from the first one on that needs no other. Raises CameraLost."""
        if self._taken_over:
            return self._decoding.read(wait_s)
        gone: tuple[type[Exception], ...] = (StopIteration, *_list_pyav_errors())
        try:
            packet = next(self._packets)
            data = bytes(packet)
        except gone:
            raise CameraLost(self.name) from None
        if not data:
            raise CameraLost(self.name)  # the end
        return self._make_frame(packet, data)

    def close(self) -> None:
        """Hangs up."""
        if self._taken_over:
            self._decoding.close()
        self._close_container()

    def _open_stream(self, place: str) -> bool:
        try:
            self._container = import_pyav().open(place, options=OPTIONS, timeout=(OPEN_S, READ_S))
        except _list_pyav_errors():  # its words hold the password
            return False
        return True

    def _close_container(self) -> None:
        if self._container is not None:
            self._container.close()
        if self._relay is not None:
            self._relay.close()
        self._container, self._relay, self._packets = None, None, iter(())

    def _can_copy_codec(self, coding: Any) -> bool:
        self._format = NAMES.get(coding.name, coding.name)
        return self._format in CODED and not coding.has_b_frames and coding.pix_fmt in LUMA

    def _make_frame(self, packet: Any, data: bytes) -> CapturedFrame | None:
        """None before the first picture that needs no other, and for a packet without a picture, which goes with the next one."""
        if self._next < 0 and not packet.is_keyframe:
            return None
        try:
            pictures = packet.decode()
        except _list_pyav_errors():
            pictures = []
        if not pictures:
            self._held += data
            return None
        data, self._held = self._held + data, b""
        self._next += 1
        picture = pictures[-1]
        raw = RawImage(self._format, data, picture.width, picture.height, not packet.is_keyframe, self._setup)
        seen = DecodedImage(_get_luma(picture), partial(_to_rgb, picture))
        return CapturedFrame(raw, self._next, time.monotonic() - self._began, self.name, seen=seen)


def _list_pyav_errors() -> tuple[type[Exception], ...]:
    """What PyAV raises: its own kind, some of which are Python's as well."""
    return (import_pyav().error.FFmpegError, OSError, ValueError)


def _get_luma(picture: Any) -> NDArray[np.uint8]:
    plane = picture.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: picture.height, : picture.width]


def _to_rgb(picture: Any) -> NDArray[np.uint8]:
    rgb = np.asarray(picture.to_ndarray(format="rgb24"), np.uint8)
    rgb.flags.writeable = False
    return rgb
