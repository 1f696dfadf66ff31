"""A camera on loopback that answers with given bytes: each connection plays one script."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import cv2

from tests.footage.made import numbered

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=edge\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=edge\r\nTransfer-Encoding: chunked\r\n\r\n"
Pieces = Iterable[bytes]


class ScriptedCamera:
    """Plays `script()` to whoever connects, one piece every `every_s` seconds, until it ends or the
    other side hangs up."""

    def __init__(self, script: Callable[[], Pieces], every_s: float = 0.0) -> None:
        self._script, self._every_s = script, every_s
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> ScriptedCamera:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @property
    def url(self) -> str:
        return f"http://tech:s3cret@127.0.0.1:{self._listener.getsockname()[1]}/video"

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            self._begin(self._play, client)

    def _play(self, client: socket.socket) -> None:
        client.settimeout(1.0)
        with client:
            try:
                client.recv(1 << 16)
                for piece in self._script():
                    if self._over.is_set():
                        return
                    client.sendall(piece)
                    self._over.wait(self._every_s)
            except OSError:
                return


@cache
def jpeg(number: int, size: tuple[int, int] = (160, 120), kind: str = ".jpg") -> bytes:
    return cv2.imencode(kind, numbered(number, size))[1].tobytes()


@cache
def grey(number: int) -> bytes:
    return cv2.imencode(".jpg", cv2.cvtColor(numbered(number), cv2.COLOR_RGB2GRAY))[1].tobytes()


def part(picture: bytes, length: bytes | None = None) -> bytes:
    return (
        b"--edge\r\nContent-Type: image/jpeg\r\nContent-Length: "
        + (length or b"%d" % len(picture))
        + b"\r\n\r\n"
        + picture
        + b"\r\n"
    )


def sound(first: int = 0) -> Iterator[bytes]:
    """Frames without end, each another one."""
    return (part(jpeg(at % 64)) for at in itertools.count(first))


def huge(number: int) -> bytes:
    """A picture whose head says 65,500 × 65,500."""
    data = jpeg(number)
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + (65_500).to_bytes(2, "big") * 2 + data[at + 4 :]


def _then(*groups: Callable[[], Pieces]) -> Callable[[], Pieces]:
    """`HEAD`, then the pieces of each group, made when they are played."""
    return lambda: itertools.chain([HEAD], *(group() for group in groups))


def _some(n: int = 8) -> list[bytes]:
    return list(itertools.islice(sound(), n))


def _chunks(data: bytes, wide: int) -> bytes:
    return b"".join(
        b"%x\r\n%s\r\n" % (len(piece), piece)
        for piece in (data[at : at + wide] for at in range(0, len(data), wide))
    )


# By name: the script and the seconds between its pieces. None of these ever becomes a stream of
# pictures.
NO_CAMERAS: dict[str, tuple[Callable[[], Pieces], float]] = {
    "silence": (lambda: itertools.repeat(b""), 0.05),
    "garbage": (lambda: itertools.repeat(bytes(range(256)) * 256), 0.01),
    "endless head": (lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n"],
                                             itertools.repeat(b"X-More: " + b"y" * 900 + b"\r\n")),
                     0.01),
    "dripping head": (lambda: ([b"%c" % letter for letter in HEAD]), 0.4),
    "a head of lines": (lambda: [b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000 + b"\r\n"], 0.0),
    "no boundary": (lambda: [b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace\r\n\r\n"],
                    0.0),
    "a page": (
        lambda: [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>" + b"x" * 100_000],
        0.0,
    ),
    "letters of no alphabet": (
        lambda: [b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x; boundary=\xff\xfe\x00\r\n\r\n"],
        0.0,
    ),
    "sent to no address": (lambda: [b"HTTP/1.1 302 Found\r\nLocation: http://[::1/x\r\n\r\n"], 0.0),
    "sent to a file": (lambda: [b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n"],
                       0.0),
    "sent to port 99999": (
        lambda: [b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:99999/\r\n\r\n"],
        0.0,
    ),
    "sent nowhere": (lambda: [b"HTTP/1.1 302 Found\r\n\r\n"], 0.0),
    "asked oddly": (
        lambda: [
            b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="\xff", nonce=, algorithm=MD5, qop="auth"\r\n\r\n'
        ],
        0.0,
    ),
    "asked for what nobody knows": (
        lambda: [b"HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer x\r\n\r\n"],
        0.0,
    ),
    "silent after its head": (lambda: itertools.chain([HEAD], itertools.repeat(b"")), 0.05),
    "garbage after its head": (lambda: itertools.chain([HEAD],
                                                       itertools.repeat(bytes(range(256)) * 256)),
                               0.01),
    "a part of no end": (lambda: itertools.chain([HEAD, b"--edge\r\n\r\n"],
                                                 itertools.repeat(bytes(1 << 20))), 0.0),
    "a head of a part of no end": (lambda: itertools.chain([HEAD, b"--edge\r\n"],
                                                           itertools.repeat(b"X: " + b"y" * 4000)),
                                   0.0),
    "a length of 5,000 digits": (
        lambda: itertools.chain([HEAD], itertools.repeat(part(jpeg(1), b"9" * 5000))),
        0.05,
    ),
    "a length of 10 GB": (lambda: itertools.chain([HEAD],
                                                  itertools.repeat(part(jpeg(1), b"10000000000"))),
                          0.05),
    "empty parts": (
        lambda: itertools.chain(
            [HEAD], itertools.repeat(b"--edge\r\nContent-Length: 0\r\n\r\n" * 1000)
        ),
        0.01,
    ),
    "parts that are no images": (lambda: itertools.chain([HEAD],
                                                         itertools.repeat(part(b"no picture"))),
                                 0.01),
    "PNG for JPEG": (lambda: itertools.chain([HEAD], itertools.repeat(part(jpeg(1, kind=".png")))),
                     0.05),
    "a chunk of no number": (lambda: itertools.chain([CHUNKED],
                                                     itertools.repeat(b"zz\r\n" + bytes(50))),
                             0.01),
    "chunks of one byte": (lambda: itertools.chain([CHUNKED],
                                                   itertools.repeat(_chunks(bytes(4000), 1))), 0.0),
    "a chunk of 10^15 bytes": (
        lambda: itertools.chain([CHUNKED], itertools.repeat(b"fffffffffffffff\r\n" + bytes(5000))),
        0.01,
    ),
}  # fmt: skip
# By name, as what is asked for RTSP answers.
NO_RTSP: dict[str, tuple[Callable[[], Pieces], float]] = {
    "silence": NO_CAMERAS["silence"],
    "garbage": (lambda: itertools.repeat(b"garbage\r\n\r\n"), 0.2),
    "garbage of bytes": NO_CAMERAS["garbage"],
    "a page": NO_CAMERAS["a page"],
    "not found": (lambda: itertools.repeat(b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n"), 0.2),
    "a password is asked for again and again": (
        lambda: itertools.repeat(
            b'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'
        ),
        0.2,
    ),
    "sent to a file": (
        lambda: itertools.repeat(
            b"RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: file:///etc/passwd\r\n\r\n"
        ),
        0.2,
    ),
    "a description of no end": (
        lambda: itertools.chain(
            [
                b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE\r\n\r\n",
                b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 999999999\r\n\r\n",
            ],
            itertools.repeat(b"a=x" * 1000),
        ),
        0.01,
    ),
}
# By name: frames come first, and then something else does.
CHANGING: dict[str, tuple[Callable[[], Pieces], float]] = {
    "stops": (_then(_some), 0.04),
    "falls silent": (_then(_some, lambda: [b""] * 200), 0.04),
    "becomes garbage": (_then(_some, lambda: [bytes(range(256)) * 40] * 200), 0.04),
    "changes its size": (
        _then(_some, lambda: [part(jpeg(at, (320, 240))) for at in range(60)]),
        0.04,
    ),
    "changes its size each frame": (
        _then(lambda: [part(jpeg(at, (160 + 16 * (at % 9), 120))) for at in range(64)]),
        0.04,
    ),
    "becomes grey": (_then(_some, lambda: [part(grey(at)) for at in range(60)]), 0.04),
    "becomes PNG": (_then(_some, lambda: [part(jpeg(at, kind=".png")) for at in range(60)]), 0.04),
    "sends frames of 65,500": (_then(_some, lambda: [part(huge(at)) for at in range(60)]), 0.04),
    "sends huge frames first": (
        _then(lambda: [part(huge(at)) for at in range(3)], lambda: _some(60)),
        0.04,
    ),
    "sends half frames": (
        _then(_some, lambda: [part(jpeg(at)[: 900 + at]) for at in range(60)]),
        0.04,
    ),
    "sends frames of 20 MB": (
        _then(_some, lambda: [part(jpeg(at) + bytes(20 << 20)) for at in range(4)] * 9),
        0.04,
    ),
    "a length of 5,000 digits later": (
        _then(_some, lambda: [part(jpeg(1), b"9" * 5000)] * 50),
        0.04,
    ),
    "lengths that are wrong": (
        _then(
            lambda: [
                part(jpeg(at), b"%d" % (len(jpeg(at)) + (-7, 0, 9)[at % 3])) for at in range(60)
            ]
        ),
        0.04,
    ),
    "drips": (_then(lambda: [bytes([one]) for one in b"".join(_some(2))]), 0.001),
}
