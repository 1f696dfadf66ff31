"""XML that every program reads: characters that no document may hold are marked, wherever the text came from."""

from __future__ import annotations

from xml.etree import ElementTree

from fieldcheck.plain_name import replace_xml_controls

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def format_xml(root: ElementTree.Element, declared: bool = False) -> str:
    """An indented document, with a line end behind it; `declared`: it begins by saying that it is XML in UTF-8."""
    ElementTree.indent(root)
    return (DECLARATION if declared else "") + replace_xml_controls(ElementTree.tostring(root, encoding="unicode")) + "\n"
