"""CSV text (UTF-8, header line, `\\n` line ends, empty = not known; interfaces.md §3), XML text
without forbidden characters, and dataclasses as plain JSON values: one serialiser for summaries,
documents and stored results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from math import isfinite
from typing import Any, TypeAlias
from xml.etree import ElementTree

from fieldcheck.safe_text import escape_formula, replace_bidi_controls, replace_xml_controls

Cell: TypeAlias = str | int | float | bool | None

_QUOTED = frozenset(',"\r\n')


def format_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], exact: bool = False) -> str:
    """CSV after RFC 4180, but with `\\n` at line ends. Controls that would turn the line in a
    viewer become marks; `exact`: not, where names are matched with files later."""
    lines = [",".join(columns)]
    lines += [",".join(_format_cell(cell) for cell in row) for row in rows]
    text = "\n".join(lines) + "\n"
    return text if exact else replace_bidi_controls(text)


def _format_cell(cell: Cell) -> str:
    """Floats so that they read back the same; a text that a spreadsheet would calculate gets a
    leading `'`."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _escape_text(cell)
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int):
        return str(cell)
    return repr(float(cell)) if isfinite(cell) else ""


@lru_cache(maxsize=4096)  # names of classes, runs and frames stand in row after row
def _escape_text(cell: str) -> str:
    text = escape_formula(cell)
    return '"' + text.replace('"', '""') + '"' if _QUOTED & set(text) else text


# XML that every program reads: characters that no document may hold are marked, wherever the text
# came from.

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def format_xml(root: ElementTree.Element, declared: bool = False) -> str:
    """An indented document, with a line end behind it; `declared`: it begins by saying that it is
    XML in UTF-8."""
    ElementTree.indent(root)
    return (
        (DECLARATION if declared else "")
        + replace_xml_controls(ElementTree.tostring(root, encoding="unicode"))
        + "\n"
    )


# Dataclasses as plain JSON values: one serialiser for summaries, documents and stored results.

JSON_KEY = "json"


def published_as(key: str | None) -> dict[str, str | None]:
    """Returns the metadata of a dataclass field whose published key is not its name.

    `field(metadata=published_as("estimate"))`; None leaves the field out.
    """
    return {JSON_KEY: key}


def list_json_fields(kind: Any) -> list[tuple[str, str]]:
    """Returns field and published key of each published field of a dataclass, in its order."""
    names = [(member.name, member.metadata.get(JSON_KEY, member.name)) for member in fields(kind)]
    return [(name, key) for name, key in names if key is not None]


def to_json_number(value: float | None) -> float | None:
    """Returns the number; None where it was not measured or is not finite."""
    return float(value) if value is not None and isfinite(value) else None


def to_json_value(value: Any) -> Any:
    """Converts dataclasses, mappings and sequences to plain JSON values.

    Numbers that are not finite become None, as JSON has no word for them.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {key: to_json_value(getattr(value, name)) for name, key in list_json_fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json_value(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_json_value(item) for item in value]
    return to_json_number(value) if isinstance(value, float) else value
