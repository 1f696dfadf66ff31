"""Phrases of a sentence, for the eye: figures that a line must not end in the middle of, and commands to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, TypeAlias

from fieldcheck.words.language import tr

Kind: TypeAlias = Literal["plain", "kept", "code"]

_NUMBER = r"\(?[-−]?\d[\d.,]{0,12}"


@cache
def _compile_pattern(points: str) -> re.Pattern[str]:
    """`61 %`, `51–70 %`, `3 pp` by the word for points, `(18–58)`, `n = 100)`; what is longer than any figure of ours is a stranger's name
    and may be broken."""
    unit = rf"(?:\s?%|\s{re.escape(points)}\w{{0,2}}\b)"
    kept = rf"{_NUMBER}(?:–[-−]?\d[\d.,]{{0,12}})?{unit}\)?|{_NUMBER}–[-−]?\d[\d.,]{{0,12}}\)?|n = \d{{1,12}}\)?"
    return re.compile(rf"(?P<kept>{kept})|`(?P<code>[^`]+)`")


def split_phrases(said: str) -> Iterator[tuple[Kind, str]]:
    """The sentence in pieces; joined again they are the sentence without its backticks."""
    at = 0
    for found in _compile_pattern(tr("{points} pp").format(points="").strip()).finditer(said):
        if found.start() > at:
            yield "plain", said[at : found.start()]
        yield ("code", found["code"]) if found["code"] is not None else ("kept", found["kept"])
        at = found.end()
    if at < len(said):
        yield "plain", said[at:]
