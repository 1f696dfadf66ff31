"""A request to a camera whose answer does not end: read piece by piece, never waiting longer than it is told to.

The stdlib's client reads through a buffer that a timeout breaks for good, and a live view must look up ten times a second.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import socket
import ssl
import time
from email.message import Message
from http.client import HTTPException, parse_headers

from fieldcheck.capture.address import Address, resolve_redirect
from fieldcheck.errors import CameraLost, CameraRefused

CONNECT_S = 3.0
PIECE = 1 << 16
MOST_HEAD = 1 << 16
MOST_HOPS = 4
MOVED = (301, 302, 303, 307, 308)
CHALLENGE = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,15}")  # what Python reads as a number besides, such as -5, is none
HASHES = {"MD5": "md5", "SHA-256": "sha256"}


class HttpStream:
    """One answer of one camera. Raises CameraRefused (`unreachable`, `password`, `not_a_stream`, `redirect`) from `open`, CameraLost from
    `read`."""

    def __init__(self, where: Address) -> None:
        self._where = where
        self._socket: socket.socket | None = None
        self._held = b""
        self._chunked: _ChunkedDecoder | None = None
        self.content_type = ""

    def open(self) -> None:
        """Connects, says who asks where that is wanted, and reads the head of the answer."""
        where, login = self._where, ""
        for _ in range(MOST_HOPS):
            status, head = self._send_request(where, login)
            if status == 200:
                self.content_type = head.get("Content-Type", "")
                self._chunked = _ChunkedDecoder() if "chunked" in head.get("Transfer-Encoding", "").lower() else None
                return
            self.close()
            if status in MOVED:
                where = resolve_redirect(where, head.get("Location", ""))
                continue
            if status != 401 or login:
                break
            login = make_authorization(head.get_all("WWW-Authenticate") or [], where)
            if not login:
                break
        raise CameraRefused(self._where.redacted, "password" if status in (401, 403) else "not_a_stream", str(status))

    def read(self, wait_s: float) -> bytes:
        """Bytes that came, empty where nothing did within `wait_s` seconds."""
        assert self._socket is not None, "a stream is opened before it is read"
        data, self._held = self._held, b""
        if not data:
            self._socket.settimeout(max(0.001, wait_s))
            try:
                data = self._socket.recv(PIECE)
            except TimeoutError:
                return b""
            except OSError:
                raise CameraLost(self._where.redacted) from None
            if not data:
                raise CameraLost(self._where.redacted)
        try:
            return data if self._chunked is None else self._chunked.decode_chunk(data)
        except ValueError:
            raise CameraLost(self._where.redacted) from None

    def close(self) -> None:
        """Hangs up."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._held = None, b""

    def _send_request(self, where: Address, login: str) -> tuple[int, Message]:
        lines = [f"GET {where.path} HTTP/1.1", f"Host: {where.host_and_port}", "Accept: */*", "Connection: close"]
        if login:
            lines.append(f"Authorization: {login}")
        try:
            self._socket = self._connect_socket(where)
            self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
            return self._read_head()
        except (OSError, HTTPException, ValueError):
            self.close()
            raise CameraRefused(self._where.redacted, "unreachable") from None

    def _connect_socket(self, where: Address) -> socket.socket:
        plain = socket.create_connection((where.host, where.port), CONNECT_S)
        if where.scheme != "https":
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=where.host)
        except OSError:
            plain.close()
            raise

    def _read_head(self) -> tuple[int, Message]:
        """Status and header lines; what came after them is kept. Raises ValueError for anything that is no HTTP."""
        assert self._socket is not None
        data, until = b"", time.monotonic() + CONNECT_S
        while b"\r\n\r\n" not in data:
            more = self._socket.recv(PIECE)
            data += more
            if not more or len(data) > MOST_HEAD or time.monotonic() > until:
                raise ValueError("no head")
        head, _, self._held = data.partition(b"\r\n\r\n")
        first, _, rest = head.partition(b"\r\n")
        found = re.match(rb"HTTP/1\.[01] (\d{3})", first)
        if found is None:
            raise ValueError("no HTTP")
        return int(found[1]), parse_headers(io.BytesIO(rest + b"\r\n\r\n"))


class _ChunkedDecoder:
    """Takes the chunks of a chunked answer apart."""

    def __init__(self) -> None:
        self._held, self._left = b"", 0

    def decode_chunk(self, data: bytes) -> bytes:
        """The bytes of the answer itself. Raises ValueError where these are no chunks."""
        self._held += data
        out = b""
        while self._held:
            if self._left == 0 and not self._read_chunk_length():
                break
            piece = self._held[: self._left]
            self._held, self._left = self._held[len(piece) :], self._left - len(piece)
            out += piece
        return out

    def _read_chunk_length(self) -> bool:
        """The length of the next chunk, once its whole line is there."""
        line, end, rest = self._held.lstrip(b"\r\n").partition(b"\r\n")
        if not end:
            if len(self._held) > MOST_HEAD:
                raise ValueError("a chunk without a length")
            return False
        found = CHUNK_SIZE.fullmatch(line.partition(b";")[0].strip())
        if found is None:
            raise ValueError(f"no length of a chunk: {line[:20]!r}")
        self._left = int(found[0], 16)
        self._held = rest
        return self._left > 0


def make_authorization(challenges: list[str], where: Address) -> str:
    """The answer to what the camera asks for: digest before basic; empty where it asks for neither, or nobody told us a name."""
    if not where.user and not where.password:
        return ""
    for challenge in challenges:
        kind, _, rest = challenge.partition(" ")
        if kind.lower() == "digest":
            said = {name.lower(): quoted or bare for name, quoted, bare in CHALLENGE.findall(rest)}
            if said.get("algorithm", "MD5").upper() in HASHES:
                return _make_digest_header(said, where)
    if any(challenge.lower().startswith("basic") for challenge in challenges):
        return "Basic " + base64.b64encode(f"{where.user}:{where.password}".encode()).decode()
    return ""


def _make_digest_header(said: dict[str, str], where: Address) -> str:
    """RFC 7616, quality `auth` or none."""
    algorithm = said.get("algorithm", "MD5")

    def compute_md5(text: str) -> str:
        return hashlib.new(HASHES[algorithm.upper()], text.encode(), usedforsecurity=False).hexdigest()

    realm, nonce = said.get("realm", ""), said.get("nonce", "")
    secret, asked = compute_md5(f"{where.user}:{realm}:{where.password}"), compute_md5(f"GET:{where.path}")
    parts = [f'username="{where.user}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{where.path}"', f"algorithm={algorithm}"]
    if "auth" in [word.strip() for word in said.get("qop", "").split(",")]:
        own = os.urandom(8).hex()
        parts += [
            "qop=auth",
            "nc=00000001",
            f'cnonce="{own}"',
            f'response="{compute_md5(f"{secret}:{nonce}:00000001:{own}:auth:{asked}")}"',
        ]
    else:
        parts.append(f'response="{compute_md5(f"{secret}:{nonce}:{asked}")}"')
    if said.get("opaque"):
        parts.append(f'opaque="{said["opaque"]}"')
    return "Digest " + ", ".join(parts)
