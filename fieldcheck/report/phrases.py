"""Phrases of a sentence, for the eye: figures that a line must not end in the middle of, and commands to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["plain", "kept", "code"]

# "61 %", "51–70 %", "(18–58)", "n = 100)"; what is longer than any figure of ours is a stranger's name and may be broken.
_KEPT = r"\(?[-−]?\d[\d.,]{0,12}(?:–[-−]?\d[\d.,]{0,12})?\s?%\)?|\(?[-−]?\d[\d.,]{0,12}–[-−]?\d[\d.,]{0,12}\)?|n = \d{1,12}\)?"
_PHRASE = re.compile(rf"(?P<kept>{_KEPT})|`(?P<code>[^`]+)`")


def phrases(said: str) -> Iterator[tuple[Kind, str]]:
    """The sentence in pieces; joined again they are the sentence without its backticks."""
    at = 0
    for found in _PHRASE.finditer(said):
        if found.start() > at:
            yield "plain", said[at : found.start()]
        yield ("code", found["code"]) if found["code"] is not None else ("kept", found["kept"])
        at = found.end()
    if at < len(said):
        yield "plain", said[at:]
