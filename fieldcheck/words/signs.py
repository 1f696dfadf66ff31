"""Emoji and other signs that no font of this computer has, said by their Unicode name instead of an empty box."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

SYMBOL = "So"  # Unicode's category of emoji and other pictures
JOINERS = {"\u200d", "\ufe0f", "\ufe0e"}  # they join or dress a picture, and say nothing without it


def replace_missing_symbols(said: str, has: Callable[[str], bool]) -> str:
    """The text with every picture that `has(sign)` denies replaced by `[its name]`; letters stay as they are, whatever the font."""
    if said.isascii():
        return said
    found, named = [], False
    for sign in said:
        lacking = unicodedata.category(sign) == SYMBOL and not has(sign)
        if lacking:
            found.append(f"[{unicodedata.name(sign, 'sign').lower()}]")
        elif not (named and sign in JOINERS):
            found.append(sign)
        named = lacking or (named and sign in JOINERS)
    return "".join(found)
