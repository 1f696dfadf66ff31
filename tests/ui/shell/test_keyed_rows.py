import pytest
from PySide6.QtCore import Qt

from fieldcheck.ui.shell.command_palette import KeyedList


@pytest.fixture
def rows(look, qtbot):
    """Two rows of which one has a long key."""

    def make(before):
        made = KeyedList(before)
        qtbot.addWidget(made)
        made.add_row("Undo", "Ctrl+Z")
        made.add_row("Copy diagnostics", "Ctrl+Shift+C", enabled=False)
        made.add_row("Without a key", "")
        made.resize(420, 160)
        made.show()
        return made

    return make


def inked(list_, row):
    """The first and the last column of a row that holds more than its ground."""
    shown = list_.viewport().grab(list_.visualItemRect(list_.item(row))).toImage()
    ground = shown.pixel(1, 1)
    columns = [
        x
        for x in range(shown.width())
        if any(shown.pixel(x, y) != ground for y in range(shown.height()))
    ]
    return columns[0], columns[-1]


def test_keys_after_the_words_end_at_one_edge(rows):
    list_ = rows(before=False)
    assert abs(inked(list_, 0)[1] - inked(list_, 1)[1]) <= 2
    assert inked(list_, 0)[1] > list_.viewport().width() - 20


def test_what_cannot_be_done_is_painted_in_grey(rows, look):
    list_ = rows(before=True)
    shown = list_.viewport().grab().toImage()
    for row, (colour, other) in enumerate(
        [(look.tokens.text, look.tokens.disabled), (look.tokens.disabled, look.tokens.text)]
    ):
        box = list_.visualItemRect(list_.item(row))
        painted = {
            shown.pixelColor(x, y).name().upper()
            for x in range(box.width())
            for y in range(box.top(), box.bottom())
        }
        assert colour.upper() in painted
        assert other.upper() not in painted


def test_words_after_the_keys_begin_at_one_place(rows):
    list_ = rows(before=True)
    assert inked(list_, 2)[0] > list_.fontMetrics().horizontalAdvance("Ctrl+Shift+C")


def test_a_row_is_read_out_with_its_key_and_what_cannot_be_done_is_grey(rows):
    list_ = rows(before=True)
    assert list_.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "Undo, key Ctrl+Z"
    assert list_.item(2).data(Qt.ItemDataRole.AccessibleTextRole) == "Without a key"
    assert not list_.item(1).flags() & Qt.ItemFlag.ItemIsEnabled
    expected = [("Ctrl+Z", "Undo"), ("Ctrl+Shift+C", "Copy diagnostics"), ("", "Without a key")]
    assert list_.list_rows() == expected
