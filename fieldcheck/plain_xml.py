"""XML that every program reads: characters that no document may hold are marked, wherever the text came from."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from fieldcheck.plain_name import MARK

# All but the characters of XML 1.0, section 2.2: controls, halves of characters, U+FFFE and U+FFFF.
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def xml_text(text: str) -> str:
    """A text, or a whole document, with a mark for every character that XML cannot hold."""
    return NO_XML.sub(MARK, text)


def xml_document(root: ElementTree.Element, declared: bool = False) -> str:
    """An indented document, with a line end behind it; `declared`: it begins by saying that it is XML in UTF-8."""
    ElementTree.indent(root)
    return (DECLARATION if declared else "") + xml_text(ElementTree.tostring(root, encoding="unicode")) + "\n"
