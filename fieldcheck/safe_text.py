"""Untrusted names and notes made safe: control characters, spreadsheet formulas, bidirectional
text, and signs without a font.

The name of a class that is not plain is refused (`domain.label.is_class_name`), since labels are
matched by it; a site, a camera or a note is taken, with a mark where something was that no reader
sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# Spreadsheet formulas in CSV: a text that a spreadsheet would calculate gets a leading `'`, and
# whoever reads the table takes it
# off.

_ACTS = re.compile(r"'*[=+\-@\t\r]")


def escape_formula(text: str) -> str:
    """The text as it stands in a cell of a table; `unescape_formula` brings it back, whatever it
    is."""
    return f"'{text}" if _ACTS.match(text) else text


def unescape_formula(cell: str) -> str:
    """The text that a cell stands for."""
    return cell[1:] if cell.startswith("'") and _ACTS.match(cell) else cell


LONGEST_NAME = 500
LONGEST_NOTE = 20_000
MARK = "\N{REPLACEMENT CHARACTER}"
CUT = "…"

# Control characters, ends of lines, halves of characters, the controls that turn the direction of
# what stands around a name, and the two
# that are no characters and break every XML file. Joiners and marks stay: Persian and Hindi words
# need them.
CONTROLS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# All but the characters of XML 1.0, section 2.2: controls, halves of characters, U+FFFE and U+FFFF.
# Named by what it holds: as the set of all others it takes ten times as long to compile (5 ms of
# every start).
NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENDS = re.compile(r"\r\n?|[\u2028\u2029]")


def clean_name(text: str) -> str:
    """A name on one line, of at most 500 letters: spaces around it gone, a mark for every control,
    `…` where it was cut."""
    return _truncate_text(CONTROLS.sub(MARK, text.strip()), LONGEST_NAME)


def clean_note(text: str) -> str:
    """A note of at most 20,000 letters, whose lines and tabs stay, else as `clean_name`."""
    return _truncate_text(
        CONTROLS.sub(
            lambda match: match[0] if match[0] in "\n\t" else MARK, _ENDS.sub("\n", text.strip())
        ),
        LONGEST_NOTE,
    )


def replace_xml_controls(text: str) -> str:
    """A text, or a whole document, with a mark for every character that XML cannot hold."""
    return NO_XML.sub(MARK, text)


def _truncate_text(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + CUT


# Bidirectional text (Unicode UAX 9): names that are written from right to left, and controls that
# turn what stands around a name.

REPLACED = "\N{REPLACEMENT CHARACTER}"
ISOLATE, END = "\u2068", "\u2069"
_CONTROLS = r"[\u202a-\u202e\u2066-\u2069]"
_LETTER = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
# compiled with the first sentence that needs it
_NAME = rf"{_LETTER}(?:[ \u200c\u200d_.'-]*{_LETTER})*"


def isolate_rtl_names(text: str) -> str:
    """A sentence in which every name written from right to left stands alone between isolates, so
    that it turns no figure beside it; of controls that a stranger put into a name nothing is left
    but a mark. Of a text that is all ours nothing changes."""
    text = replace_xml_controls(text)  # drawings and pages are made of it
    return (
        text
        if text.isascii()
        else re.sub(_NAME, lambda name: f"{ISOLATE}{name[0]}{END}", replace_bidi_controls(text))
    )


def replace_bidi_controls(text: str) -> str:
    """The text with every control that turns the direction of writing replaced by a mark, for files
    that programs read."""
    return re.sub(_CONTROLS, REPLACED, text)


# Emoji and other signs that no font of this computer has, said by their Unicode name instead of an
# empty box.

SYMBOL = "So"  # Unicode's category of emoji and other pictures
JOINERS = {"\u200d", "\ufe0f", "\ufe0e"}  # they join or dress a picture, and say nothing without it


def replace_missing_symbols(text: str, has: Callable[[str], bool]) -> str:
    """The text with every picture that `has(sign)` denies replaced by `[its name]`; letters stay as
    they are, whatever the font."""
    if text.isascii():
        return text
    letters, named = [], False
    for sign in text:
        lacking = unicodedata.category(sign) == SYMBOL and not has(sign)
        if lacking:
            letters.append(f"[{unicodedata.name(sign, 'sign').lower()}]")
        elif not (named and sign in JOINERS):
            letters.append(sign)
        named = lacking or (named and sign in JOINERS)
    return "".join(letters)


_FIGURES = re.compile(r"\d+(?:[-:.]\d+)+")  # 2026-11-28, 08:30, 2.11.


def shorten_middle(text: str, most: int) -> str:
    """At most `most` characters, an ellipsis where something was left out: in the middle, since
    names often differ at their end. A date or a time is kept or left out as a whole, for half of
    one is another."""
    if len(text) <= most:
        return text
    end = (most - 1) // 3
    first, last = most - 1 - end, len(text) - end
    for run in _FIGURES.finditer(text):
        if run.start() < first < run.end():
            first = run.start()
        if run.start() < last < run.end():
            last = run.end()
    return f"{text[:first].rstrip()}…{text[last:].lstrip()}"
