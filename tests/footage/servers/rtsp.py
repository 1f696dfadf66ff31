"""An RTSP camera in plain Python: the ball of the kept packets, in H.264 over TCP, again and again;
it may send whoever asks elsewhere."""

from __future__ import annotations

import base64
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from itertools import count

from tests.footage.coded_stream import FPS, SETUP, packets

START_CODE = re.compile(rb"\x00\x00\x00?\x01")


def units(data: bytes) -> list[bytes]:
    """The parts of a packet, without what begins them."""
    return [one for one in START_CODE.split(data) if one]


class PlainRtspServer:
    """`redirects`: method → what is answered in its place, with `{cseq}` in it. `control`, `base`:
    what the description names as the address of the video, and of itself. `asked`: methods and
    addresses, in order. `user`: asked for by Basic."""

    def __init__(
        self, redirects: dict[str, bytes] | None = None, control: str = "track1", base: str = "",
        user: str = "",
    ) -> None:  # fmt: skip
        self.redirects, self.control, self.base, self.user = redirects or {}, control, base, user
        self.asked: list[str] = []
        self.heads: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._running = threading.Event()
        self._clients: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> PlainRtspServer:
        self._running.set()
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.clear()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._clients:
            one.close()
        for thread in self._threads:
            thread.join()

    @property
    def url(self) -> str:
        """Without a name."""
        return f"rtsp://{self.place}/video"

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, name="rtsp server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while self._running.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.settimeout(5.0)
            self._clients.append(client)
            self._spawn(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        heard = b""
        try:
            while self._running.is_set():
                while b"\r\n\r\n" not in heard:
                    more = client.recv(4096)
                    if not more:
                        return
                    heard += more
                head, _, heard = heard.partition(b"\r\n\r\n")
                if self._answer(client, head.decode("latin-1")) == "PLAY":
                    self._spawn(self._play, client)
        except OSError:
            return
        finally:
            client.close()

    def _answer(self, client: socket.socket, head: str) -> str:
        method, address = head.split()[:2]
        self.asked.append(f"{method} {address}")
        self.heads.append(head)
        cseq = re.search(r"CSeq: *(\d+)", head)
        number = cseq[1] if cseq else "0"
        if method in self.redirects:
            client.sendall(self.redirects[method].replace(b"{cseq}", number.encode()))
            return ""
        if self.user and base64.b64encode(self.user.encode()).decode() not in head:
            client.sendall(
                (
                    f"RTSP/1.0 401 No\r\nCSeq: {number}\r\nWWW-Authenticate: Basic "
                    'realm="x"\r\n\r\n'
                ).encode()
            )
            return ""
        reply = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{self._more(method, address)}".encode()
        client.sendall(reply)
        return method

    def _more(self, method: str, address: str) -> str:
        if method == "DESCRIBE":
            sets = ",".join(base64.b64encode(one).decode() for one in units(SETUP))
            said = (
                "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=ball\r\nt=0 0\r\nm=video 0 RTP/AVP "
                "96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 "
                f"packetization-mode=1;sprop-parameter-sets={sets}\r\na=control:{self.control}\r\n"
            )
            base = self.base or f"{address}/"
            return (
                f"Content-Base: {base}\r\nContent-Type: application/sdp\r\nContent-Length: "
                f"{len(said)}\r\n\r\n{said}"
            )
        if method == "SETUP":
            return "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 77\r\n\r\n"
        return (
            "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\nSession: 77\r\n\r\n"
        )

    def _play(self, client: socket.socket) -> None:
        number, ball = count(), [units(data) for data, _ in packets()]
        try:
            for frame in count():
                for at, part in enumerate(parts := ball[frame % len(ball)]):
                    marker = 0x80 if at == len(parts) - 1 else 0
                    rtp = (
                        struct.pack(
                            ">BBHII", 0x80, 96 | marker, next(number) & 0xFFFF,
                            int(frame * 90_000 / FPS), 7,
                        )
                        + part
                    )  # fmt: skip
                    client.sendall(b"$\0" + struct.pack(">H", len(rtp)) + rtp)
                time.sleep(1 / FPS)
                if not self._running.is_set():
                    return
        except OSError:
            return
