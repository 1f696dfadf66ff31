"""HTTP requests to a network camera: its address without secrets, streamed responses with timeouts,
and the JPEGs of a multipart stream.

The stdlib's client reads through a buffer that a timeout breaks for good, and a live view must look
up ten times a second.
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
from dataclasses import dataclass, replace
from email.message import Message
from http.client import HTTPException, parse_headers
from urllib.parse import quote, unquote, urljoin, urlsplit

from fieldcheck.errors.files import CameraLost, CameraRefused

# The address of a network camera (http, https, rtsp, rtsps): parsed once, opened with its secrets,
# shown without any.

PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
HIDDEN = "…"
MOST_DECODINGS = 4  # a `=` may be written %3D, %253D and so on; whoever goes deeper hides a value
# also `htp://`, `http//`, `http:/`; one letter is a drive
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:?(?:/[/\\]|\\\\|(?<=:)[/\\])")
A_PATH = re.compile(r"[A-Za-z]:[\\/]|[/~.](?!/)")
KEY = re.compile(r"[A-Za-z][\w.-]*[=;]")
VALUES = "=;#@?:"  # in a piece of a path


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Address of a network camera. `path` begins with a slash and includes the raw parameters. Its
    text, also in a traceback, is `redacted`.

    `certain` is False where a name and password may have been parsed as host and port, because an
    `@` follows later."""

    scheme: str
    host: str
    port: int
    path: str
    user: str = ""
    password: str = ""
    certain: bool = True

    def __str__(self) -> str:
        return self.redacted

    def __repr__(self) -> str:
        return f"Address({self.redacted!r})"

    @property
    def redacted(self) -> str:
        """The address for printing, logs and storage: every value in it is `…`."""
        if not self.certain:
            return f"{self.scheme}://{HIDDEN}"
        path, mark, query = self.path.partition("?")
        return f"{self.scheme}://{self.host_and_port}{_format_redacted_path(path)}{mark}{_format_redacted_query(query)}"

    @property
    def host_and_port(self) -> str:
        """Host and port, as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def get_url_with_secrets(self) -> str:
        """The address with name and password, only for the library that opens it."""
        login = (
            f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@"
            if self.user or self.password
            else ""
        )
        return f"{self.scheme}://{login}{self.host_and_port}{self.path}"


def is_address(text: str) -> bool:
    """Whether this is the address of a network camera rather than a file or a device."""
    return text.partition("://")[0].strip().lower() in PORTS and "://" in text


def parse_address(text: str, password: str = "") -> Address:
    """Reads an address; a password that it carries goes before `password`. Raises CameraRefused
    (`address`)."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise CameraRefused(_find_address_start(text), "address") from None
    scheme = parts.scheme.lower()
    if (
        scheme not in PORTS
        or not parts.hostname
        or any(letter.isspace() for letter in text.strip())
    ):
        raise CameraRefused(_find_address_start(text), "address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    password_text = unquote(parts.password) if parts.password is not None else password
    certain = "@" in parts.netloc or not any(
        "@" in part for part in (parts.path, parts.query, parts.fragment)
    )
    return Address(
        scheme,
        parts.hostname,
        port or PORTS[scheme],
        path,
        unquote(parts.username or ""),
        password_text,
        certain,
    )


def resolve_redirect(where: Address, location: str) -> Address:
    """Resolve a redirect within the same scheme, host and port. Raises CameraRefused (`redirect`)
    for any other, with the target's address without secrets as detail."""
    try:
        address = parse_address(
            urljoin(f"{where.scheme}://{where.host_and_port}{where.path}", location)
        )
    except (
        ValueError,
        CameraRefused,
    ):  # brackets that close no address, or none that a camera can have
        raise CameraRefused(where.redacted, "redirect", HIDDEN) from None
    if (address.scheme, address.host, address.port) != (where.scheme, where.host, where.port):
        raise CameraRefused(
            where.redacted,
            "redirect",
            f"{address.scheme}://{address.host_and_port}" if address.certain else HIDDEN,
        )
    return replace(where, path=address.path)


def format_redacted_source(source: str) -> str:
    """Redacted text that a person typed where a camera is asked for, as it may be printed: an
    address bare, a path without the values in it."""
    try:
        return parse_address(source).redacted if is_address(source) else _find_address_start(source)
    except CameraRefused as refused:
        return refused.camera


def _find_address_start(text: str) -> str:
    """Return the part of the text before the first place where a secret can stand, as far as it may
    be an address."""
    message = text.strip()
    if match := SCHEME.match(message):
        return f"{match[0]}{HIDDEN}"
    start = A_PATH.match(message)
    if start is None and any(mark in message for mark in "@?#"):
        return HIDDEN
    drive = start[0] if start else ""
    return drive + (
        _format_redacted_path(message[len(drive) :])
        if start
        else message
        if not any(mark in message for mark in "=;")
        else _format_redacted_segment(message)
    )


def _format_redacted_path(path: str) -> str:
    return "/".join(_format_redacted_segment(piece) for piece in path.split("/"))


def _format_redacted_segment(piece: str) -> str:
    """A piece of a path up to its first value: `user=…`, `v;…`."""
    plain = _decode_percent(piece)
    if plain is not None and not any(mark in plain for mark in VALUES):
        return piece
    key = KEY.match(piece)
    return f"{key[0] if key else ''}{HIDDEN}"


def _format_redacted_query(query: str) -> str:
    """Every value of a query is `…`; what is no `key=value` is one as a whole."""
    return (
        "&".join(_format_redacted_parameter(part) for part in re.split("[&;]", query))
        if query
        else ""
    )


def _format_redacted_parameter(part: str) -> str:
    key = KEY.match(part)
    return f"{key[0] if key and key[0].endswith('=') else ''}{HIDDEN}"


def _decode_percent(piece: str) -> str | None:
    """Decode percent-encoding; None where it is nested too deep."""
    for _ in range(MOST_DECODINGS):
        plain = unquote(piece)
        if plain == piece:
            return plain
        piece = plain
    return None


CONNECT_S = 3.0
PIECE = 1 << 16
MOST_HEAD = 1 << 16
MOST_HOPS = 4
MOVED = (301, 302, 303, 307, 308)
CHALLENGE = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
# what Python reads as a number besides, such as -5, is none
CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,15}")
HASHES = {"MD5": "md5", "SHA-256": "sha256"}


class HttpStream:
    """One response of one camera. `open` raises CameraRefused (`unreachable`, `password`,
    `not_a_stream`, `redirect`), `read` CameraLost."""

    def __init__(self, where: Address) -> None:
        self._where = where
        self._socket: socket.socket | None = None
        self._unread = b""
        self._chunked: _ChunkedDecoder | None = None
        self.content_type = ""

    def open(self) -> None:
        """Connect, authenticate where the camera asks for it, and read the head of the response."""
        where, login = self._where, ""
        for _ in range(MOST_HOPS):
            status, head = self._send_request(where, login)
            if status == 200:
                self.content_type = head.get("Content-Type", "")
                self._chunked = (
                    _ChunkedDecoder()
                    if "chunked" in head.get("Transfer-Encoding", "").lower()
                    else None
                )
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
        raise CameraRefused(
            self._where.redacted,
            "password" if status in (401, 403) else "not_a_stream",
            str(status),
        )

    def read(self, wait_s: float) -> bytes:
        """Return the bytes received; empty where none arrive within `wait_s` seconds."""
        assert self._socket is not None, "a stream is opened before it is read"
        data, self._unread = self._unread, b""
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
        """Closes the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._unread = None, b""

    def _send_request(self, where: Address, login: str) -> tuple[int, Message]:
        lines = [
            f"GET {where.path} HTTP/1.1",
            f"Host: {where.host_and_port}",
            "Accept: */*",
            "Connection: close",
        ]
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
        """Read status and header lines, and keep what follows them. Raises ValueError for anything
        that is not HTTP."""
        assert self._socket is not None
        data, until = b"", time.monotonic() + CONNECT_S
        while b"\r\n\r\n" not in data:
            more = self._socket.recv(PIECE)
            data += more
            if not more or len(data) > MOST_HEAD or time.monotonic() > until:
                raise ValueError("no head")
        head, _, self._unread = data.partition(b"\r\n\r\n")
        first, _, rest = head.partition(b"\r\n")
        match = re.match(rb"HTTP/1\.[01] (\d{3})", first)
        if match is None:
            raise ValueError("no HTTP")
        return int(match[1]), parse_headers(io.BytesIO(rest + b"\r\n\r\n"))


class _ChunkedDecoder:
    """Decodes a response with chunked transfer encoding."""

    def __init__(self) -> None:
        self._unread, self._left_in_chunk = b"", 0

    def decode_chunk(self, data: bytes) -> bytes:
        """Return the body bytes. Raises ValueError for an invalid chunk."""
        self._unread += data
        out = b""
        while self._unread:
            if self._left_in_chunk == 0 and not self._read_chunk_length():
                break
            piece = self._unread[: self._left_in_chunk]
            self._unread, self._left_in_chunk = (
                self._unread[len(piece) :],
                self._left_in_chunk - len(piece),
            )
            out += piece
        return out

    def _read_chunk_length(self) -> bool:
        """Read the length of the next chunk once its line is complete."""
        line, end, rest = self._unread.lstrip(b"\r\n").partition(b"\r\n")
        if not end:
            if len(self._unread) > MOST_HEAD:
                raise ValueError("a chunk without a length")
            return False
        match = CHUNK_SIZE.fullmatch(line.partition(b";")[0].strip())
        if match is None:
            raise ValueError(f"no length of a chunk: {line[:20]!r}")
        self._left_in_chunk = int(match[0], 16)
        self._unread = rest
        return self._left_in_chunk > 0


def make_authorization(challenges: list[str], where: Address) -> str:
    """Authorization header for the camera's challenges: digest before basic; empty where it asks
    for neither, or no name is known."""
    if not where.user and not where.password:
        return ""
    for challenge in challenges:
        kind, _, rest = challenge.partition(" ")
        if kind.lower() == "digest":
            parameters = {
                name.lower(): quoted or bare for name, quoted, bare in CHALLENGE.findall(rest)
            }
            if parameters.get("algorithm", "MD5").upper() in HASHES:
                return _make_digest_header(parameters, where)
    if any(challenge.lower().startswith("basic") for challenge in challenges):
        return "Basic " + base64.b64encode(f"{where.user}:{where.password}".encode()).decode()
    return ""


def _make_digest_header(parameters: dict[str, str], where: Address) -> str:
    """RFC 7616, quality `auth` or none."""
    algorithm = parameters.get("algorithm", "MD5")

    def compute_md5(text: str) -> str:
        return hashlib.new(
            HASHES[algorithm.upper()], text.encode(), usedforsecurity=False
        ).hexdigest()

    realm, nonce = parameters.get("realm", ""), parameters.get("nonce", "")
    secret, challenge = (
        compute_md5(f"{where.user}:{realm}:{where.password}"),
        compute_md5(f"GET:{where.path}"),
    )
    parts = [
        f'username="{where.user}"',
        f'realm="{realm}"',
        f'nonce="{nonce}"',
        f'uri="{where.path}"',
        f"algorithm={algorithm}",
    ]
    if "auth" in [word.strip() for word in parameters.get("qop", "").split(",")]:
        own = os.urandom(8).hex()
        parts += [
            "qop=auth",
            "nc=00000001",
            f'cnonce="{own}"',
            f'response="{compute_md5(f"{secret}:{nonce}:00000001:{own}:auth:{challenge}")}"',
        ]
    else:
        parts.append(f'response="{compute_md5(f"{secret}:{nonce}:{challenge}")}"')
    if parameters.get("opaque"):
        parts.append(f'opaque="{parameters["opaque"]}"')
    return "Digest " + ", ".join(parts)


# The pictures of a multipart stream, byte for byte as the camera sent them.

MOST_PART = 64 << 20  # bytes of a picture
MOST_DIGITS = 15  # of a length; a number with thousands of them is no number to Python
LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d+)")
BOUNDARY = re.compile(r'(?i)boundary="?([^";,\s]+)"?')


class NotMultipartStream(ValueError):
    """Not a multipart stream of pictures, or its parts are larger than any picture."""


def parse_boundary(content_type: str) -> bytes:
    """The boundary line between parts, with its two dashes. Raises NotMultipartStream where the
    content type names none."""
    match = BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/") or match is None:
        raise NotMultipartStream(content_type)
    word = match[1].encode("latin-1")
    # some cameras count the dashes as part of the word
    return word if word.startswith(b"--") else b"--" + word


class MultipartParser:
    """Splits a byte stream into complete parts. A part's stated length is used as it is."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._unread = bytearray()
        # of the part whose head was read; -1: its end must be looked for
        self._length: int | None = None
        self._searched = 0

    def parse_bytes(self, data: bytes) -> list[bytes]:
        """The parts that end within these bytes. Raises NotMultipartStream."""
        self._unread += data
        parts = []
        while (part := self._take_part()) is not None:
            parts.append(part)
        return parts

    def _take_part(self) -> bytes | None:
        if self._length is None and not self._skip_part_header():
            return None
        return (
            self._take_by_length()
            if self._length is not None and self._length >= 0
            else self._find_boundary()
        )

    def _skip_part_header(self) -> bool:
        """Skip the boundary and the header lines of a part."""
        start = self._unread.find(self._boundary)
        if start < 0:
            del self._unread[: max(0, len(self._unread) - len(self._boundary) - MOST_HEAD)]
            return False
        begin = start + len(self._boundary)
        ends = [
            (index, wide)
            for mark, wide in ((b"\r\n\r\n", 4), (b"\n\n", 2))
            if (index := self._unread.find(mark, begin)) >= 0
        ]
        if not ends:
            if len(self._unread) - start > MOST_HEAD:
                raise NotMultipartStream("a part without an end to its head")
            return False
        index, wide = min(ends)
        lengths = LENGTH.findall(self._unread, begin, index)
        if lengths and len(lengths[-1]) > MOST_DIGITS:
            raise NotMultipartStream("a part larger than any picture")
        self._length = int(lengths[-1]) if lengths else -1
        if self._length > MOST_PART:
            raise NotMultipartStream("a part larger than any picture")
        del self._unread[: index + wide]
        self._searched = 0
        return True

    def _take_by_length(self) -> bytes | None:
        assert self._length is not None
        if len(self._unread) < self._length:
            return None
        return self._take_bytes(self._length)

    def _find_boundary(self) -> bytes | None:
        """Find the end of a part without a stated length: the line that begins with the
        boundary."""
        index = self._unread.find(b"\n" + self._boundary, self._searched)
        if index < 0:
            if len(self._unread) > MOST_PART:
                raise NotMultipartStream("a part larger than any picture")
            self._searched = max(0, len(self._unread) - len(self._boundary))
            return None
        return self._take_bytes(
            index - 1 if index and self._unread[index - 1 : index] == b"\r" else index
        )

    def _take_bytes(self, length: int) -> bytes:
        part = bytes(self._unread[:length])
        del self._unread[:length]
        self._length = None
        return part
