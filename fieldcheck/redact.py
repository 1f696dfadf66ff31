"""Addresses without the name and password that may stand in them, for everything that is shown, logged or stored."""

from __future__ import annotations

import re

LOGIN = re.compile(r"(?<=://)[^/\s'\"]*@")
SECRET = re.compile(r"(?i)([?&;](?:[a-z_]*(?:pass|pwd|token|secret|key|auth|user|usr|login|account)[a-z_]*)=)[^&;\s'\"#]+")
HIDDEN = "…"


def redacted(text: str) -> str:
    """The text with every address in it bare: no name, no password, also none among its parameters."""
    return SECRET.sub(rf"\g<1>{HIDDEN}", LOGIN.sub("", text))
