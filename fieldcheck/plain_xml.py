"""XML that every program reads: characters that no document may hold are marked, wherever the text came from."""

from __future__ import annotations

from xml.etree import ElementTree

from fieldcheck.plain_name import xml_text

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def xml_document(root: ElementTree.Element, declared: bool = False) -> str:
    """An indented document, with a line end behind it; `declared`: it begins by saying that it is XML in UTF-8."""
    ElementTree.indent(root)
    return (DECLARATION if declared else "") + xml_text(ElementTree.tostring(root, encoding="unicode")) + "\n"
