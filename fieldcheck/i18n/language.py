"""The language in use: English in the source, other languages as gettext catalogues in
`resources/locale/`, and strings marked for translation.

`xx` is nobody's language: English with accents, two fifths longer. In it a text that does not come
through here, or that has too little room, shows at once.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from typing import NewType

from fieldcheck import paths

# Sentences of things that are declared as data: marked for gettext where they stand, translated
# where they are printed.

Msgid = NewType("Msgid", str)
"""An English sentence that stands in the catalogues."""


def msgid(english: str) -> Msgid:
    """`english`, written out in the call, marked for translation. Nothing is translated here."""
    return Msgid(english)


LANGUAGES = ("en", "de")
"""The languages that can be chosen."""
PSEUDO = "xx"
LONGER = 0.4
ACCENTS = str.maketrans(
    "AaCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz", "ÅåÇçĐđÉéĞğĤĥÎîĴĵĶķĻļÑñÖöŔŕŠšŢţÛûŴŵÝýŽž"
)
_GERMAN_MARKS = str.maketrans(",.", ".,")
_KEPT = re.compile(r"(\{[^{}]*\}|`[^`]*`)")

NO_COUNTS = frozenset(
    {"width", "height", "seed", "process", "number", "frame", "x1", "y1", "x2", "y2", "year"}
)
"""Placeholders of sentences whose whole numbers are written without separators."""

# A context variable, not a global: a report in German, made in a thread of its own, leaves the
# window's English alone.
_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def set_language(lang: str) -> None:
    """From now on, in this thread, sentences are in `lang`; English where there is no catalogue for
    it."""
    _spoken.set(_get_known_language(lang))


@contextmanager
def use_language(lang: str) -> Iterator[None]:
    """Sentences are in `lang` inside the block."""
    before = _spoken.set(_get_known_language(lang))
    try:
        yield
    finally:
        _spoken.reset(before)


def get_language() -> str:
    """The language that is spoken: one of `LANGUAGES`, or `PSEUDO`."""
    return _spoken.get()


def get_system_language() -> str:
    """The language that this user's system is set to, English where it is none of ours."""
    name = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    if not name:
        import locale  # as long as a screen's whole registration takes

        name = locale.getlocale()[0] or ""
    return "de" if name.lower().startswith(("de", "german")) else "en"


class Sentence(str):
    """A sentence that writes whole numbers as its language does when it is filled in: 1200 →
    `1,200`, in German `1.200`.

    Placeholders of `NO_COUNTS` are sizes in pixels, positions and identities, which have no
    separators.
    """

    def format(self, *args: object, **fields: object) -> str:
        """The sentence with its braces filled in."""
        counted = {
            name: value if name in NO_COUNTS else _to_count(value) for name, value in fields.items()
        }
        return super().format(*map(_to_count, args), **counted)


class _Count(int):
    """A whole number that is written with separators unless a format is asked for."""

    def __format__(self, spec: str) -> str:
        return super().__format__(spec) if spec else separate_thousands(self)


def _to_count(value: object) -> object:
    return _Count(value) if isinstance(value, int) and not isinstance(value, bool) else value


def separate_thousands(value: int | Decimal) -> str:
    """A number with a separator every three digits: `1,200`, in German `1.200`."""
    text = f"{int(value) if isinstance(value, int) else value:,}"
    return text.translate(_GERMAN_MARKS) if get_language() == "de" else text


def capitalise(sentence: str) -> str:
    """The sentence with a capital first letter; the others stay."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def tr(msgid: str, /, **fields: object) -> str:
    """`msgid`, a whole English sentence or label, in the language that is spoken, with its braces
    filled in where `fields` are given. Called when it is printed, never at import."""
    return _fill_in(_load_catalogue(get_language()).gettext(msgid), fields)


def tr_msgid(marked: Msgid, /, **fields: object) -> str:
    """A sentence that `msgid` marked where a thing is declared, as `tr`."""
    return _fill_in(_load_catalogue(get_language()).gettext(marked), fields)


def tr_plural(singular: str, many: str, n: int, /, **fields: object) -> str:
    """The form for `n`, as `tr`; the number itself is one of the fields."""
    return _fill_in(_load_catalogue(get_language()).ngettext(singular, many, n), fields)


def _fill_in(sentence: str, fields: dict[str, object]) -> str:
    return Sentence(sentence).format(**fields) if fields else Sentence(sentence)


def tr_points(sentence: str, figure: str) -> str:
    """A sentence with a difference in percentage points.

    Args:
        sentence: As for `tr`. Its languages may have two forms of it.
        figure: How the difference is written; the form is the singular for `1` and `−1`.

    Returns:
        The form for the figure, which is filled in by the caller.
    """
    n = 1 if figure.lstrip("-−") == "1" else 2
    return Sentence(_load_catalogue(get_language()).ngettext(sentence, sentence, n))


@cache
def pseudo_translate(english: str) -> str:
    """`english` with accents on its letters and two fifths more of them. Placeholders, commands
    between backticks, `%` and `&` stay."""
    pieces, owed = [], 1 - LONGER
    for index, part in enumerate(_KEPT.split(english)):
        if index % 2:  # the pattern has one group, so every second part is one that is kept
            pieces.append(part)
            continue
        for letter in part.translate(ACCENTS):
            owed += LONGER
            twice = letter.isalpha() and owed >= 1
            pieces.append(letter * (2 if twice else 1))
            owed -= twice
    return "".join(pieces)


class _Pseudo(gettext.NullTranslations):
    """The catalogue of `PSEUDO`."""

    def gettext(self, message: str) -> str:
        return pseudo_translate(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo_translate(msgid1 if n == 1 else msgid2)


def _get_known_language(lang: str) -> str:
    return lang if lang in (*LANGUAGES, PSEUDO) else "en"


@cache
def _load_catalogue(lang: str) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    if lang == PSEUDO:
        return _Pseudo()
    return gettext.translation("fieldcheck", paths.get_resource_path("locale"), [lang])
