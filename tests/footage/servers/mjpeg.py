"""An MJPEG-over-HTTP camera in plain Python, that can be paused, slowed, killed and started again,
and remembers what it sent."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence

import cv2

from tests.footage.made import numbered

BOUNDARY = "frame-of-the-camera"
REALM, NONCE = "camera", "7f3a"
SIZE = (160, 120)


def jpegs(n: int = 30, size: tuple[int, int] = SIZE, first: int = 0) -> list[bytes]:
    """Numbered frames as a camera encodes them."""
    return [
        cv2.imencode(".jpg", numbered(first + at, size), [cv2.IMWRITE_JPEG_QUALITY, 85])[
            1
        ].tobytes()
        for at in range(n)
    ]


def stamped(jpeg: bytes, number: int) -> bytes:
    """The same picture with a comment of its own, so that no two frames are the same bytes."""
    comment = f"frame {number}".encode()
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]


class MjpegServer:
    """Serves one endless stream to whoever asks. `sent` are the frames in the order in which they
    went out, to anybody; the last may not be whole.

    `user`: asked for by `scheme` (basic or digest). `lengths`: whether parts say how long they are.
    `chunked`: transfer encoding.
    """

    def __init__(
        self, frames: Sequence[bytes] | None = None, fps: float = 30.0, user: str = "",
        password: str = "", scheme: str = "basic", lengths: bool = True, chunked: bool = False,
    ) -> None:  # fmt: skip
        self.frames = list(frames or jpegs())
        self.fps, self.lengths, self.chunked, self.scheme = fps, lengths, chunked, scheme
        self.sent: list[bytes] = []
        self.asked: list[str] = []  # request heads, for tests of what a client tells
        self.frozen = False  # the same picture again and again
        self._user, self._password = user, password
        self._number = 0
        self._going, self._running = threading.Event(), threading.Event()
        self._going.set()
        self._lock = threading.Lock()
        self._clients: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._port = 0

    def __enter__(self) -> MjpegServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        """Without a name or password in it."""
        return f"http://127.0.0.1:{self._port}/video.mjpg"

    def secret_url(self) -> str:
        """With name and password in it."""
        return f"http://{self._user}:{self._password}@127.0.0.1:{self._port}/video.mjpg"

    def start(self) -> None:
        """Listens; after `kill` on the same port as before."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self._port))
        self._listener.listen()
        self._listener.settimeout(0.1)
        self._port = self._listener.getsockname()[1]
        self._running.set()
        self._spawn(self._accept)

    def kill(self) -> None:
        """End every connection at once, as a pulled cable would, and listen no more."""
        self._running.clear()
        with self._lock:
            for client in self._clients:
                if client.fileno() >= 0:
                    # a reset, not a farewell
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
            self._clients.clear()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._listener.close()

    def pause(self) -> None:
        """Stays connected and says nothing."""
        self._going.clear()

    def resume(self) -> None:
        """Goes on."""
        self._going.set()

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, name="mjpeg server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while self._running.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                continue
            with self._lock:
                self._clients.append(client)
            self._spawn(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        try:
            client.settimeout(5.0)
            head = b""
            while b"\r\n\r\n" not in head:
                more = client.recv(4096)
                if not more:
                    return
                head += more
            self.asked.append(head.decode("latin-1"))
            if not self._let_in(head.decode("latin-1")):
                client.sendall(self._challenge())
                client.close()
                return
            self._stream(client)
        except OSError:
            client.close()

    def _stream(self, client: socket.socket) -> None:
        encoding = "Transfer-Encoding: chunked\r\n" if self.chunked else ""
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; "
            f"boundary={BOUNDARY}\r\n{encoding}Connection: close\r\n\r\n"
        )
        client.sendall(head.encode())
        due = time.monotonic()
        while self._running.is_set():
            if not self._going.wait(0.05):
                due = time.monotonic()
                continue
            with self._lock:
                at = 0 if self.frozen else self._number % len(self.frames)
                jpeg = self.frames[at] if self.frozen else stamped(self.frames[at], self._number)
                self._number += 1
            self._send(client, jpeg)
            due += 1 / self.fps
            time.sleep(max(0.0, due - time.monotonic()))

    def _send(self, client: socket.socket, jpeg: bytes) -> None:
        length = f"Content-Length: {len(jpeg)}\r\n" if self.lengths else ""
        part = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + jpeg + b"\r\n"
        if not self.lengths:
            # a reader that is told no length must see the end of this one
            part += f"--{BOUNDARY}--\r\n".encode()
        # before it goes out: whoever has it may ask at once whether it was sent
        self.sent.append(jpeg)
        client.sendall(b"%x\r\n%s\r\n" % (len(part), part) if self.chunked else part)

    def _challenge(self) -> bytes:
        how = (
            f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=MD5'
            if self.scheme == "digest"
            else f'Basic realm="{REALM}"'
        )
        return (
            f"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {how}\r\nContent-Length: "
            "0\r\nConnection: close\r\n\r\n"
        ).encode()

    def _let_in(self, head: str) -> bool:
        if not self._user:
            return True
        if self.scheme == "basic":
            word = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
            return f"Authorization: Basic {word}\r\n" in head
        said: dict[str, str] = dict(
            re.findall(r'(\w+)="?([^",\r]+)"?', head.partition("Authorization: Digest")[2])
        )
        if not said:
            return False
        secret = _md5(f"{self._user}:{REALM}:{self._password}")
        asked = _md5(f"GET:{said['uri']}")
        wanted = _md5(f"{secret}:{NONCE}:{said['nc']}:{said['cnonce']}:{said['qop']}:{asked}")
        return said["response"] == wanted


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
