"""The one way of an RTSP stream into this program: FFmpeg speaks to a port of this computer, which hands on to the camera and nowhere else.

FFmpeg follows a camera wherever it sends, and has no option against it. What leads it away is seen here and never reaches it.
"""

from __future__ import annotations

import re
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from fieldcheck.capture.address import HIDDEN, Address, resolve_redirect
from fieldcheck.errors import CameraRefused

CONNECT_S = 3.0
WAIT_S = 10.0  # for FFmpeg, which connects at once
REST_S = 1.0  # for the rest of a head that says where to
PIECE = 1 << 16
MOST_BEFORE_PLAY = 1 << 20  # of what a camera says until it is asked to play
MOST_HOPS = 4
# As FFmpeg reads it, which takes carriage returns out and needs neither a line of its own nor three figures.
STATUS = re.compile(rb"RTSP/[^ \t\n]*[ \t]+([+-]?\d+)(?=\D)")
NO_REDIRECT = re.compile(rb"[12456]\d\d")
LOCATION = re.compile(rb"\nlocation:[ \t]*([^\s]+)", re.IGNORECASE)


class RtspRelay:
    """One connection to a camera, for one client. `redirect` is where the camera wants to send it, once it does."""

    def __init__(self, where: Address) -> None:
        self._where = where
        self.redirect = ""
        self._camera: socket.socket | None = None
        self._client: socket.socket | None = None
        self._listener: socket.socket | None = None
        self._heard, self._playing = b"", False
        self._thread: threading.Thread | None = None

    def open(self) -> str:
        """Connects to the camera. Returns the address, with name and password, at which FFmpeg finds it. Raises CameraRefused."""
        try:
            self._camera = self._connect_socket()
            self._listener = socket.create_server(("127.0.0.1", 0), backlog=1)
        except OSError:
            self.close()
            raise CameraRefused(self._where.redacted, "unreachable") from None
        self._listener.settimeout(WAIT_S)
        self._thread = threading.Thread(target=self._forward_traffic, name=f"relay {self._where.redacted}", daemon=True)
        self._thread.start()
        port = self._listener.getsockname()[1]
        return Address("rtsp", "127.0.0.1", port, self._where.path, self._where.user, self._where.password).get_url_with_secrets()

    def close(self) -> None:
        """Hangs up on both sides."""
        for one in (self._listener, self._client, self._camera):
            _close_socket(one)
        if self._thread is not None:
            self._thread.join()
        for one in (self._listener, self._client, self._camera):
            if one is not None:
                one.close()  # only now: a closed one would not wake the thread that waits for it
        self._thread = self._listener = self._client = self._camera = None

    def _connect_socket(self) -> socket.socket:
        plain = socket.create_connection((self._where.host, self._where.port), CONNECT_S)
        if self._where.scheme != "rtsps":
            plain.settimeout(None)
            return plain
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # as FFmpeg does: cameras sign their own certificates
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
        except (OSError, ValueError):  # one of the three was closed
            pass
        finally:
            for one in (self._client, self._camera):
                _close_socket(one)

    def _forward_both_ways(self, client: socket.socket, camera: socket.socket) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(client, selectors.EVENT_READ)
            waiting.register(camera, selectors.EVENT_READ)
            while True:
                ready = [camera] if _has_pending_bytes(camera) else [key.fileobj for key, _ in waiting.select()]
                if not all(self._forward_once(one is client, client, camera) for one in ready):
                    return

    def _forward_once(self, from_client: bool, client: socket.socket, camera: socket.socket) -> bool:
        """Whether what one side says went to the other, and it may go on."""
        data = (client if from_client else camera).recv(PIECE)
        if from_client:
            self._playing = self._playing or b"PLAY rtsp://" in data
            camera.sendall(data)
        elif self._playing or self._is_allowed(data, camera):
            client.sendall(data)
        else:
            return False
        return bool(data)

    def _is_allowed(self, data: bytes, camera: socket.socket) -> bool:
        """Whether the camera leads nowhere else with what it says until it plays; later FFmpeg follows nothing."""
        self._heard += data.replace(b"\r", b"")
        if len(self._heard) > MOST_BEFORE_PLAY:
            return False
        if all(NO_REDIRECT.fullmatch(status) for status in STATUS.findall(self._heard)):
            return True
        until = time.monotonic() + REST_S
        camera.settimeout(REST_S)
        with suppress(TimeoutError):
            while b"\n\n" not in self._heard and len(self._heard) < MOST_BEFORE_PLAY and time.monotonic() < until:
                more = camera.recv(PIECE)
                self._heard += more.replace(b"\r", b"")
                if not more:
                    break
        self.redirect = _parse_location(self._heard) or HIDDEN
        return False


def open_at_camera(where: Address, opened: Callable[[str], bool]) -> RtspRelay:
    """Has `opened` open the stream at the address that it is called with, and returns the relay that carries it. A camera that sends to
    another path of itself is followed. Raises CameraRefused: `unreachable`, or `redirect` where it sends elsewhere."""
    asked = where
    for _ in range(MOST_HOPS):
        relay = RtspRelay(asked)
        place = relay.open()
        try:
            if opened(place):
                return relay
        except BaseException:
            relay.close()
            raise
        relay.close()
        if not relay.redirect:
            raise CameraRefused(where.redacted, "unreachable")
        asked = resolve_redirect(asked, relay.redirect)
    raise CameraRefused(where.redacted, "redirect", HIDDEN)


def _close_socket(one: socket.socket | None) -> None:
    if one is not None:
        with suppress(OSError):  # the other side has done so, or nobody came
            one.shutdown(socket.SHUT_RDWR)


def _parse_location(head: bytes) -> str:
    found = LOCATION.search(head)
    return found[1].decode("latin-1") if found else ""


def _has_pending_bytes(one: socket.socket) -> bool:
    """Whether a secured line has read more than was asked for."""
    return isinstance(one, ssl.SSLSocket) and one.pending() > 0
