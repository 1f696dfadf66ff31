"""Network cameras: MJPEG over HTTP as sent, RTSP as packets or decoded, through a local proxy that
leads to the camera only.

FFmpeg follows a camera wherever it sends, and has no option against it. What leads it away is seen
here and never reaches it.
"""

from __future__ import annotations

import os
import re
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.footage.camera.camera import Camera, CapturedFrame, DecodedImage
from fieldcheck.footage.camera.http_stream import (
    HIDDEN,
    Address,
    HttpStream,
    MultipartParser,
    NotMultipartStream,
    parse_boundary,
    resolve_redirect,
)
from fieldcheck.imaging.raw import CODED, RawImage

CONNECT_S = 3.0
WAIT_S = 10.0  # for FFmpeg, which connects at once
REST_S = 1.0  # for the rest of a head that says where to
PIECE = 1 << 16
MOST_BEFORE_PLAY = 1 << 20  # Bytes of the dialogue before PLAY.
MOST_HOPS = 4
# As FFmpeg reads it, which takes carriage returns out and needs neither a line of its own nor three
# figures.
STATUS = re.compile(rb"RTSP/[^ \t\n]*[ \t]+([+-]?\d+)(?=\D)")
NO_REDIRECT = re.compile(rb"[12456]\d\d")
LOCATION = re.compile(rb"\nlocation:[ \t]*([^\s]+)", re.IGNORECASE)


class RtspRelay:
    """Relays one connection between a client on this computer and a camera. `redirect`: where the
    camera tries to redirect to, if it does."""

    def __init__(self, where: Address) -> None:
        self._where = where
        self.redirect = ""
        self._camera: socket.socket | None = None
        self._client: socket.socket | None = None
        self._listener: socket.socket | None = None
        self._received, self._playing = b"", False
        self._thread: threading.Thread | None = None

    def open(self) -> str:
        """Connects to the camera. Returns the address, with name and password, at which FFmpeg
        finds it. Raises CameraRefused."""
        try:
            self._camera = self._connect_socket()
            self._listener = socket.create_server(("127.0.0.1", 0), backlog=1)
        except OSError:
            self.close()
            raise CameraRefused(self._where.redacted, "unreachable") from None
        self._listener.settimeout(WAIT_S)
        self._thread = threading.Thread(
            target=self._forward_traffic, name=f"relay {self._where.redacted}", daemon=True
        )
        self._thread.start()
        port = self._listener.getsockname()[1]
        return Address(
            "rtsp", "127.0.0.1", port, self._where.path, self._where.user, self._where.password
        ).get_url_with_secrets()

    def close(self) -> None:
        """Closes both connections."""
        for connection in (self._listener, self._client, self._camera):
            _close_socket(connection)
        if self._thread is not None:
            self._thread.join()
        for connection in (self._listener, self._client, self._camera):
            if connection is not None:
                # Only now: closing a connection does not wake the thread that waits for it.
                connection.close()
        self._thread = self._listener = self._client = self._camera = None

    def _connect_socket(self) -> socket.socket:
        plain = socket.create_connection((self._where.host, self._where.port), CONNECT_S)
        if self._where.scheme != "rtsps":
            plain.settimeout(None)
            return plain
        context = ssl.create_default_context()
        # as FFmpeg does: cameras sign their own certificates
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            secure = context.wrap_socket(plain, server_hostname=self._where.host)
        except OSError:
            plain.close()
            raise
        secure.settimeout(None)
        return secure

    def _forward_traffic(self) -> None:
        assert self._listener is not None
        assert self._camera is not None
        try:
            client, _ = self._listener.accept()
            self._client = client
            self._listener.close()
            self._forward_both_ways(client, self._camera)
        except (OSError, ValueError):  # One of the three sockets was closed.
            pass
        finally:
            for connection in (self._client, self._camera):
                _close_socket(connection)

    def _forward_both_ways(self, client: socket.socket, camera: socket.socket) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(client, selectors.EVENT_READ)
            waiting.register(camera, selectors.EVENT_READ)
            while True:
                ready = (
                    [camera]
                    if _has_pending_bytes(camera)
                    else [key.fileobj for key, _ in waiting.select()]
                )
                if not all(
                    self._forward_once(connection is client, client, camera) for connection in ready
                ):
                    return

    def _forward_once(
        self, from_client: bool, client: socket.socket, camera: socket.socket
    ) -> bool:
        """Forward the bytes of one side to the other; returns whether the connection may
        continue."""
        data = client.recv(PIECE) if from_client else _receive_ready(camera)
        if data is None:
            return True
        if from_client:
            self._playing = self._playing or b"PLAY rtsp://" in data
            camera.sendall(data)
        elif self._playing or self._is_allowed(data, camera):
            client.sendall(data)
        else:
            return False
        return bool(data)

    def _is_allowed(self, data: bytes, camera: socket.socket) -> bool:
        """Whether the camera's message redirects nowhere. Checked until PLAY; after it FFmpeg
        follows no redirect."""
        self._received += data.replace(b"\r", b"")
        if len(self._received) > MOST_BEFORE_PLAY:
            return False
        if all(NO_REDIRECT.fullmatch(status) for status in STATUS.findall(self._received)):
            return True
        until = time.monotonic() + REST_S
        camera.settimeout(REST_S)
        with suppress(TimeoutError):
            while (
                b"\n\n" not in self._received
                and len(self._received) < MOST_BEFORE_PLAY
                and time.monotonic() < until
            ):
                more = camera.recv(PIECE)
                self._received += more.replace(b"\r", b"")
                if not more:
                    break
        self.redirect = _parse_location(self._received) or HIDDEN
        return False


def _receive_ready(camera: socket.socket) -> bytes | None:
    """Return the bytes that the camera has sent; None where they belong to TLS alone, such as
    session tickets of TLS 1.3. Waiting for more would block the connection, since the camera itself
    waits for a request."""
    camera.settimeout(0)
    try:
        return camera.recv(PIECE)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None
    finally:
        camera.settimeout(None)


def open_at_camera(where: Address, opened: Callable[[str], bool]) -> RtspRelay:
    """Call `opened` with the local address of a relay to the camera, and return the relay. A
    redirect to another path of the same camera is followed. Raises CameraRefused: `unreachable`, or
    `redirect` to anywhere else."""
    camera_address = where
    for _ in range(MOST_HOPS):
        relay = RtspRelay(camera_address)
        address = relay.open()
        try:
            if opened(address):
                return relay
        except BaseException:
            relay.close()
            raise
        relay.close()
        if not relay.redirect:
            raise CameraRefused(where.redacted, "unreachable")
        camera_address = resolve_redirect(camera_address, relay.redirect)
    raise CameraRefused(where.redacted, "redirect", HIDDEN)


def _close_socket(connection: socket.socket | None) -> None:
    if connection is not None:
        with suppress(OSError):  # The other side closed it, or nobody connected.
            connection.shutdown(socket.SHUT_RDWR)


def _parse_location(head: bytes) -> str:
    match = LOCATION.search(head)
    return match[1].decode("latin-1") if match else ""


def _has_pending_bytes(connection: socket.socket) -> bool:
    """Whether a TLS connection has buffered more bytes than were read."""
    return isinstance(connection, ssl.SSLSocket) and connection.pending() > 0


# RTSP as it is sent: with the extra `fieldcheck[netcam]` the packets of H.264 and H.265 are kept
# untouched; what cannot be is
# decoded.

# TCP loses no packets. Without a buffer, the first frames are not old ones.
OPTIONS = {"rtsp_transport": "tcp", "fflags": "nobuffer"}
OPEN_S, READ_S = 3.0, 2.0
LOW_DELAY = 1 << 19  # AV_CODEC_FLAG_LOW_DELAY: a picture comes out as soon as its packet went in
NAMES = {"hevc": "h265"}
# eight bits, brightness in a plane of its own
LUMA = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p")


@cache
def import_pyav() -> Any:
    """PyAV where it is installed, else None. Its wheel carries codecs under the GPL, so the product
    does without."""
    try:
        return import_module("av")
    except ImportError:
        return None


class StreamCopyCamera:
    """An RTSP stream whose packets are stored as received, each with its decoded image for display.
    A read may take two seconds. `decoding` is the camera that takes over where packets are not one
    image each: another codec, or images out of order."""

    def __init__(self, where: Address, decoding: Camera) -> None:
        self.name = where.redacted
        self._where, self._decoding = where, decoding
        self._taken_over = False
        self._container: Any = None
        self._relay: RtspRelay | None = None
        self._packets: Iterator[Any] = iter(())
        self._format, self._setup, self._unread = "", b"", b""
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
        coding.thread_type = "SLICE"  # Frame threading would delay images.
        coding.flags = int(coding.flags) | LOW_DELAY
        self._packets, self._setup = container.demux(video[0]), bytes(coding.extradata or b"")
        self._began, self._next, self._unread = time.monotonic(), -1, b""

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
        """Closes the connection."""
        if self._taken_over:
            self._decoding.close()
        self._close_container()

    def _open_stream(self, address: str) -> bool:
        try:
            self._container = import_pyav().open(address, options=OPTIONS, timeout=(OPEN_S, READ_S))
        except _list_pyav_errors():  # Its message contains the password.
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
        """None before the first picture that needs no other, and for a packet without a picture,
        which goes with the next one."""
        if self._next < 0 and not packet.is_keyframe:
            return None
        try:
            pictures = packet.decode()
        except _list_pyav_errors():
            pictures = []
        if not pictures:
            self._unread += data
            return None
        data, self._unread = self._unread + data, b""
        self._next += 1
        picture = pictures[-1]
        raw = RawImage(
            self._format, data, picture.width, picture.height, not packet.is_keyframe, self._setup
        )
        seen = DecodedImage(_get_luma(picture), partial(_to_rgb, picture))
        return CapturedFrame(raw, self._next, time.monotonic() - self._began, self.name, seen=seen)


def _list_pyav_errors() -> tuple[type[Exception], ...]:
    """What PyAV raises: its own kind, some of which are Python's as well."""
    return (import_pyav().error.FFmpegError, OSError, ValueError)


def _get_luma(picture: Any) -> NDArray[np.uint8]:
    plane = picture.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[
        : picture.height, : picture.width
    ]


def _to_rgb(picture: Any) -> NDArray[np.uint8]:
    rgb = np.asarray(picture.to_ndarray(format="rgb24"), np.uint8)
    rgb.flags.writeable = False
    return rgb


# Cameras that are reached by an address: MJPEG over HTTP byte for byte as it comes, RTSP by its
# packets or decoded.

OPEN_MS, READ_MS = 3000, 2000
# TCP loses no packets. Without a buffer, the first frames are not older than the request.
FFMPEG = "rtsp_transport;tcp|fflags;nobuffer|flags;low_delay"
FFMPEG_VARIABLE = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
CODECS = {
    "h264": "h264",
    "avc1": "h264",
    "hevc": "h265",
    "h265": "h265",
    "hev1": "h265",
    "hvc1": "h265",
    "mjpg": "jpeg",
}

_opening = threading.Lock()  # OpenCV reads its options from the environment of the whole process


class MjpegCamera:
    """MJPEG over HTTP. Frames carry the bytes as sent; one that is no JPEG with a size counts as
    dropped."""

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
            left_s = until - time.monotonic()
            if left_s <= 0:
                return None
            try:
                self._waiting += self._parts.parse_bytes(self._stream.read(left_s))
            except NotMultipartStream:
                raise CameraLost(self.name) from None
        return self._make_frame(self._waiting.pop(0))

    def close(self) -> None:
        """Closes the connection."""
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
    """An RTSP stream, decoded by OpenCV's FFmpeg: its frames say what they were decoded from. A
    read may take two seconds."""

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

    def _open_stream(self, address: str) -> bool:
        with _opening:
            before = os.environ.get(FFMPEG_VARIABLE)
            os.environ[FFMPEG_VARIABLE] = FFMPEG
            try:
                limits = [
                    cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
                    OPEN_MS,
                    cv2.CAP_PROP_READ_TIMEOUT_MSEC,
                    READ_MS,
                ]
                capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits)
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
        """Return the next frame. Raises CameraLost: OpenCV reports the end of a stream and a pause
        alike, and cannot read on after either."""
        assert self._capture is not None, "a camera is opened before it is read"
        has_frame, bgr = self._capture.read()
        if not has_frame or bgr is None:
            raise CameraLost(self.name)
        index, self._next = self._next, self._next + 1
        return CapturedFrame(
            RawImage("bgr8", np.asarray(bgr, np.uint8)),
            index,
            time.monotonic() - self._began,
            self.name,
            decoded_from=self._codec,
        )

    def close(self) -> None:
        """Closes the connection."""
        if self._capture is not None:
            self._capture.release()
        if self._relay is not None:
            self._relay.close()
        self._capture = self._relay = None


def make_network_camera(where: Address) -> Camera:
    """The camera at an address. RTSP packets are copied where the extra `netcam` is installed, else
    decoded."""
    if where.scheme not in ("rtsp", "rtsps"):
        return MjpegCamera(where)
    return (
        RtspCamera(where) if import_pyav() is None else StreamCopyCamera(where, RtspCamera(where))
    )


def _get_codec_name(capture: cv2.VideoCapture) -> str:
    code = (
        int(capture.get(cv2.CAP_PROP_FOURCC))
        .to_bytes(4, "little", signed=True)
        .decode("latin-1")
        .strip("\0 ")
        .lower()
    )
    return CODECS.get(code, "unknown")
