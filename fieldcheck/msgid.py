"""Sentences of things that are declared as data: marked for gettext where they stand, translated where they are printed.

An entry of a registry may stand below `words`, which alone knows languages. It carries the English sentence as `msgid("…")`, which
`packaging/translate.py` gathers like `text("…")`; `words.language.translated` turns it into the language that is spoken.
"""

from __future__ import annotations

from typing import NewType

Msgid = NewType("Msgid", str)
"""An English sentence that stands in the catalogues."""


def msgid(english: str) -> Msgid:
    """`english`, written out in the call, marked for translation. Nothing is translated here."""
    return Msgid(english)
