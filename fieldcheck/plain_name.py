"""Names and notes that people, devices and files give: controls and endless text are taken out of them wherever they come in.

The name of a class that is not plain is refused (`domain.label.is_class_name`), since labels are matched by it; a site, a camera or a note
is taken, with a mark where something was that no reader sees.
"""

from __future__ import annotations

import re

LONGEST_NAME = 500
LONGEST_NOTE = 20_000
MARK = "\N{REPLACEMENT CHARACTER}"
CUT = "…"

# Control characters, ends of lines, halves of characters, the controls that turn the direction of what stands around a name, and the two
# that are no characters and break every XML file. Joiners and marks stay: Persian and Hindi words need them.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# All but the characters of XML 1.0, section 2.2: controls, halves of characters, U+FFFE and U+FFFF.
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENDS = re.compile(r"\r\n?|[\u2028\u2029]")


def clean_name(said: str) -> str:
    """A name on one line, of at most 500 letters: spaces around it gone, a mark for every control, `…` where it was cut."""
    return _truncate_text(CONTROLS.sub(MARK, said.strip()), LONGEST_NAME)


def clean_note(said: str) -> str:
    """A note of at most 20,000 letters, whose lines and tabs stay, else as `clean_name`."""
    return _truncate_text(CONTROLS.sub(lambda one: one[0] if one[0] in "\n\t" else MARK, _ENDS.sub("\n", said.strip())), LONGEST_NOTE)


def replace_xml_controls(text: str) -> str:
    """A text, or a whole document, with a mark for every character that XML cannot hold."""
    return NO_XML.sub(MARK, text)


def _truncate_text(said: str, most: int) -> str:
    return said if len(said) <= most else said[: most - 1] + CUT
