"""XML files of strangers: bounded in size and depth, without a DOCTYPE, so that no entity can be defined."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from fieldcheck.exchange.untrusted import format_untrusted, make_refusal, peek_bytes, read_bytes

MAX_XML = 1 << 28  # CVAT writes all pictures of a task into one file
DEEPEST = 64  # elements inside each other; label files have up to seven


def read_xml(file: Path, limit: int = MAX_XML) -> ElementTree.Element:
    """The tree of an XML file. Raises LabelsRefused."""
    return parse_xml(read_bytes(file, limit), file)


def parse_xml(data: bytes, file: Path) -> ElementTree.Element:
    """The tree of an XML document. Raises LabelsRefused where it is broken, defines entities, or is nested deeper than label files are."""
    try:
        _reject_unsafe_xml(data, file)
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, expat.ExpatError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None) or getattr(error, "position", (0, 0))[0]
        raise make_refusal(file, f"{file.name}:{line}" if line else file.name, "xml") from error


class _RootReached(Exception):
    """Ends the parser at the first element."""


def get_root_name(file: Path) -> str:
    """The name of the root element of an XML file, whatever stands before it or in it; empty where the beginning is no XML."""
    found = ""

    def on_begin(name: str, _attributes: object) -> None:
        nonlocal found
        found = name
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartElementHandler = on_begin
    with suppress(_RootReached, expat.ExpatError, ValueError, LookupError):
        parser.Parse(peek_bytes(file), False)
    return found


def _reject_unsafe_xml(data: bytes, file: Path) -> None:
    depth = 0

    def on_doctype(*_said: object) -> None:
        raise make_refusal(file, "DOCTYPE", "entities")

    def on_begin(name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise make_refusal(file, f"{format_untrusted(name)}: {depth}", "deep")

    def on_end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = on_doctype
    parser.StartElementHandler = on_begin
    parser.EndElementHandler = on_end
    parser.Parse(data, True)
