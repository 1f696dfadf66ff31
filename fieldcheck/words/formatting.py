"""Formatting of error sentences: parts that they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fieldcheck.words.language import text

Sentence = Callable[[Any], str]

LONGEST = 300
MOST_NAMES = 8


def plain(value: object) -> str:
    """A stranger's value on one line: a path, a name, a figure; letters that a terminal would act on are replaced."""
    said = "".join(letter if letter.isprintable() else "�" for letter in str(value))
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def listed(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Some names, the first `most` of many."""
    said = ", ".join(plain(name) for name in names[:most])
    more = len(names) - most
    return text("{names} and {n} more").format(names=said, n=more) if more > 0 else said


def in_brackets(detail: str) -> str:
    """A detail behind a word, or nothing."""
    return f" ({plain(detail)})" if detail else ""
