from dataclasses import FrozenInstanceError

import pytest

from fieldcheck.analyses.blocks import Cell, Lines, ListLine


def test_a_page_cannot_be_altered_by_its_printer():
    lines = Lines((ListLine("▲", "dark", "41%"),))
    with pytest.raises(FrozenInstanceError):
        lines.lines = ()


def test_a_cell_is_plain_unless_told_otherwise():
    cell = Cell("41%")
    assert (cell.head, cell.figure) == (False, False)
    assert (cell.colours, cell.drawing, cell.sign) == (None, None, "")
