"""A Python literal that a stranger's file holds as text."""

from __future__ import annotations

import ast

LONGEST = 1 << 20  # characters; a thousand class names are some twenty thousand


def parse_literal(text: str | None) -> object:
    """Literal of a text, never an expression that is run; None for what is none, is too long, or holds a number of too many digits."""
    if not text or len(text) > LONGEST:
        return None
    try:
        found = ast.literal_eval(text)
        repr(found)  # in hexadecimal a number may have more digits than Python prints, and whoever named it would fail
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    return found
