"""A last net under the log file: what other people's code writes there may hold the address of a camera.

What the product itself prints and stores never comes near: it has only the form that `capture.address` shows.
"""

from __future__ import annotations

import re

HIDDEN = "…"
LOGIN = re.compile(r"(?<=://)[^/\s'\"]*@")
VALUE = re.compile(r"([?&;][\w.-]+=)[^&;\s'\"#]+")
ADDRESS = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]*://)([^\s'\"]*)")
PIECES = rf"(?:[/\w.~+-]|;(?:\w+=)?{HIDDEN}|={HIDDEN})*"
BARE = re.compile(rf"(?:\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::\d{{1,5}})?(?:/{PIECES})?(?:\?(?:[\w.-]+=|{HIDDEN}|&)*)?{HIDDEN}?[,.;:)]*")


def redacted(text: str) -> str:
    """The text with every address in it bare; one that may still hold a secret ends behind its `://`."""
    bare = VALUE.sub(rf"\g<1>{HIDDEN}", LOGIN.sub("", text))
    return ADDRESS.sub(lambda found: found[0] if BARE.fullmatch(found[2]) else f"{found[1]}{HIDDEN}", bare)
