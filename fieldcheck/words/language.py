"""The language that is spoken. English stands in the source; other languages are gettext catalogues in `resources/locale/`.

`xx` is nobody's language: English with accents, two fifths longer. In it a text that does not come through here, or that has too little
room, shows at once.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from fieldcheck import resources
from fieldcheck.msgid import Msgid

LANGUAGES = ("en", "de")
"""Those that people can choose."""
PSEUDO = "xx"
LONGER = 0.4
ACCENTS = str.maketrans("AaCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz", "ÅåÇçĐđÉéĞğĤĥÎîĴĵĶķĻļÑñÖöŔŕŠšŢţÛûŴŵÝýŽž")
_KEPT = re.compile(r"(\{[^{}]*\}|`[^`]*`)")

# A context variable, not a global: a report in German, made in a thread of its own, leaves the window's English alone.
_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def use(lang: str) -> None:
    """From now on, in this thread, sentences are in `lang`; English where there is no catalogue for it."""
    _spoken.set(_known(lang))


@contextmanager
def spoken(lang: str) -> Iterator[None]:
    """Sentences are in `lang` inside the block."""
    before = _spoken.set(_known(lang))
    try:
        yield
    finally:
        _spoken.reset(before)


def current() -> str:
    """The language that is spoken: one of `LANGUAGES`, or `PSEUDO`."""
    return _spoken.get()


def of_system() -> str:
    """The language that this user's system is set to, English where it is none of ours."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not said:
        import locale  # as long as a screen's whole registration takes

        said = locale.getlocale()[0] or ""
    return "de" if said.lower().startswith(("de", "german")) else "en"


def text(msgid: str) -> str:
    """`msgid`, a whole English sentence or label, in the language that is spoken. Called when it is printed, never at import."""
    return _catalogue(current()).gettext(msgid)


def translated(marked: Msgid) -> str:
    """A sentence that `msgid` marked where a thing is declared, in the language that is spoken."""
    return _catalogue(current()).gettext(marked)


def plural(one: str, many: str, n: int) -> str:
    """The form for `n`; the number itself is filled in by the caller."""
    return _catalogue(current()).ngettext(one, many, n)


@cache
def pseudo(english: str) -> str:
    """`english` with accents on its letters and two fifths more of them. Placeholders, commands between backticks, `%` and `&` stay."""
    said, owed = [], 1 - LONGER
    for at, part in enumerate(_KEPT.split(english)):
        if at % 2:  # the pattern has one group, so every second part is one that is kept
            said.append(part)
            continue
        for letter in part.translate(ACCENTS):
            owed += LONGER
            twice = letter.isalpha() and owed >= 1
            said.append(letter * (2 if twice else 1))
            owed -= twice
    return "".join(said)


class _Pseudo(gettext.NullTranslations):
    """The catalogue of `PSEUDO`."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)


def _known(lang: str) -> str:
    return lang if lang in (*LANGUAGES, PSEUDO) else "en"


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    if lang == PSEUDO:
        return _Pseudo()
    return gettext.translation("fieldcheck", resources.path("locale"), [lang])
