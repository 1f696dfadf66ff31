"""Spreadsheet formulas in CSV: a text that a spreadsheet would calculate gets a leading `'`, and whoever reads the table takes it off."""

from __future__ import annotations

import re

_ACTS = re.compile(r"'*[=+\-@\t\r]")


def escape_formula(text: str) -> str:
    """The text as it stands in a cell of a table; `unescape_formula` brings it back, whatever it is."""
    return f"'{text}" if _ACTS.match(text) else text


def unescape_formula(cell: str) -> str:
    """The text that a cell stands for."""
    return cell[1:] if cell.startswith("'") and _ACTS.match(cell) else cell
