"""Bidirectional text (Unicode UAX 9): names that are written from right to left, and controls that turn what stands around a name."""

from __future__ import annotations

import re

from fieldcheck.plain_name import replace_xml_controls

REPLACED = "\N{REPLACEMENT CHARACTER}"
ISOLATE, END = "\u2068", "\u2069"
_CONTROLS = r"[\u202a-\u202e\u2066-\u2069]"
_LETTER = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
_NAME = rf"{_LETTER}(?:[ \u200c\u200d_.'-]*{_LETTER})*"  # compiled with the first sentence that needs it


def isolate_rtl_names(said: str) -> str:
    """A sentence in which every name written from right to left stands alone between isolates, so that it turns no figure beside it; of
    controls that a stranger put into a name nothing is left but a mark. Of a text that is all ours nothing changes."""
    said = replace_xml_controls(said)  # drawings and pages are made of it
    return said if said.isascii() else re.sub(_NAME, lambda name: f"{ISOLATE}{name[0]}{END}", replace_bidi_controls(said))


def replace_bidi_controls(said: str) -> str:
    """The text with every control that turns the direction of writing replaced by a mark, for files that programs read."""
    return re.sub(_CONTROLS, REPLACED, said)
