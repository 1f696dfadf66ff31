"""The address of a network camera (http, https, rtsp, rtsps): parsed once, opened with its secrets, shown without any.

Cameras carry passwords in every part of an address: before the host, among the parameters (`?p=…`), in the path (`/user=…_password=…`)
and behind `#`. So nothing is looked for by its name: what is shown is scheme, host, port and those pieces of the path that hold no value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urljoin, urlsplit

from fieldcheck.errors import CameraRefused

PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
HIDDEN = "…"
MOST_DECODINGS = 4  # a `=` may be written %3D, %253D and so on; whoever goes deeper hides a value
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:?(?:/[/\\]|\\\\|(?<=:)[/\\])")  # also `htp://`, `http//`, `http:/`; one letter is a drive
A_PATH = re.compile(r"[A-Za-z]:[\\/]|[/~.](?!/)")
KEY = re.compile(r"[A-Za-z][\w.-]*[=;]")
VALUES = "=;#@?:"  # in a piece of a path


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """`path` begins with a slash and carries the parameters, raw. Its text, also in a traceback, is `redacted`.

    `certain` is false where a name and a password may have been read as host and port, because an `@` comes later.
    """

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
        """Address as it may be printed, logged and stored: every value in it is `…`."""
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
        """With name and password, for the library that opens it and for nobody else."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user or self.password else ""
        return f"{self.scheme}://{login}{self.host_and_port}{self.path}"


def is_address(text: str) -> bool:
    """Whether this is the address of a network camera rather than a file or a device."""
    return text.partition("://")[0].strip().lower() in PORTS and "://" in text


def parse_address(text: str, password: str = "") -> Address:
    """Reads an address; a password that it carries goes before `password`. Raises CameraRefused (`address`)."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise CameraRefused(_find_address_start(text), "address") from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not parts.hostname or any(letter.isspace() for letter in text.strip()):
        raise CameraRefused(_find_address_start(text), "address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    told = unquote(parts.password) if parts.password is not None else password
    certain = "@" in parts.netloc or not any("@" in part for part in (parts.path, parts.query, parts.fragment))
    return Address(scheme, parts.hostname, port or PORTS[scheme], path, unquote(parts.username or ""), told, certain)


def resolve_redirect(where: Address, location: str) -> Address:
    """The address that a camera sends to, where that is its own: same scheme, host and port. Raises CameraRefused (`redirect`) for any
    other, whose detail is it without what may be secret in it."""
    try:
        found = parse_address(urljoin(f"{where.scheme}://{where.host_and_port}{where.path}", location))
    except (ValueError, CameraRefused):  # brackets that close no address, or none that a camera can have
        raise CameraRefused(where.redacted, "redirect", HIDDEN) from None
    if (found.scheme, found.host, found.port) != (where.scheme, where.host, where.port):
        raise CameraRefused(where.redacted, "redirect", f"{found.scheme}://{found.host_and_port}" if found.certain else HIDDEN)
    return replace(where, path=found.path)


def format_redacted_source(source: str) -> str:
    """Redacted text that a person typed where a camera is asked for, as it may be printed: an address bare, a path without the values in
    it."""
    try:
        return parse_address(source).redacted if is_address(source) else _find_address_start(source)
    except CameraRefused as refused:
        return refused.camera


def _find_address_start(text: str) -> str:
    """Of what might have been meant as an address, what comes before the first place where a secret can stand."""
    said = text.strip()
    if found := SCHEME.match(said):
        return f"{found[0]}{HIDDEN}"
    start = A_PATH.match(said)
    if start is None and any(mark in said for mark in "@?#"):
        return HIDDEN
    drive = start[0] if start else ""
    return drive + (
        _format_redacted_path(said[len(drive) :])
        if start
        else said
        if not any(mark in said for mark in "=;")
        else _format_redacted_segment(said)
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
    return "&".join(_format_redacted_parameter(part) for part in re.split("[&;]", query)) if query else ""


def _format_redacted_parameter(part: str) -> str:
    key = KEY.match(part)
    return f"{key[0] if key and key[0].endswith('=') else ''}{HIDDEN}"


def _decode_percent(piece: str) -> str | None:
    """What its %-signs stand for; None where they hide one another too deep."""
    for _ in range(MOST_DECODINGS):
        plain = unquote(piece)
        if plain == piece:
            return plain
        piece = plain
    return None
