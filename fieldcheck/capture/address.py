"""The address of a network camera. Name and password are kept apart from it, so that whatever shows it cannot show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from fieldcheck.errors import CameraRefused
from fieldcheck.redact import redacted

PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}


@dataclass(frozen=True, slots=True)
class Address:
    """`path` begins with a slash and carries the parameters. Its text, also in a traceback, holds no name and no password."""

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """What may be printed, logged and stored."""
        return redacted(f"{self.scheme}://{self._place}{self.path}")

    @property
    def place(self) -> str:
        """Host and port, as a request names them."""
        return self._place

    def opening(self) -> str:
        """With name and password, for the library that opens it and for nobody else."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user or self.password else ""
        return f"{self.scheme}://{login}{self._place}{self.path}"

    @property
    def _place(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def is_address(text: str) -> bool:
    """Whether this is the address of a network camera rather than a file or a device."""
    return text.partition("://")[0].lower() in PORTS and "://" in text


def address(text: str, password: str = "") -> Address:
    """Reads an address; a password that it carries goes before `password`. Raises CameraRefused (`address`)."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise CameraRefused(redacted(text), "address") from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not parts.hostname or any(letter.isspace() for letter in text.strip()):
        raise CameraRefused(redacted(text), "address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    told = unquote(parts.password) if parts.password is not None else password
    return Address(scheme, parts.hostname, port or PORTS[scheme], path, unquote(parts.username or ""), told)
