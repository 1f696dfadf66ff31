import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.shell.command_palette import KeyedList, ShortcutSheet

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.mark.long
def test_typing_finds_an_action_and_enter_does_it(window, press):
    press(Key.Key_K, Mod.ControlModifier)
    for letter in "theme":
        QTest.keyClick(QApplication.focusWidget(), letter)
    press(Key.Key_Return)
    assert window.context.theme.tokens.name == "dark"
    assert window.overlays.kind == ""


def test_arrows_move_among_what_is_left(window, press):
    press(Key.Key_K, Mod.ControlModifier)
    field = QApplication.focusWidget()
    field.setText("go to")
    finder = field.parentWidget()
    first = finder.list.currentItem()
    press(Key.Key_Down)
    assert finder.list.currentItem() is not first
    press(Key.Key_Up)
    assert finder.list.currentItem() is first


def test_the_key_sheet_lists_every_action_that_has_a_key_here(window):
    window.show_screen("project")
    sheet = ShortcutSheet(window.context.actions, window)
    available = [entry for entry, _ in window.context.actions.list_available() if entry.keys]
    assert sorted(sheet.list_rows()) == sorted((one.shown_key, one.text) for one in available)
    assert ("Ctrl+Z", "Undo") in sheet.list_rows()


def test_the_key_sheet_has_its_screens_keys_first_and_each_group_under_its_name(window):
    window.show_screen("project")
    sheet = ShortcutSheet(window.context.actions, window)
    rows = {sheet.item(at).text(): at for at in reversed(range(sheet.count()))}
    own = [entry.text for entry in list_actions() if entry.screen == "project" and entry.keys]
    order = [rows["Project"], *(rows[text] for text in own), rows["All screens"], rows["Undo"]]
    assert order == sorted(order)
    assert order[0] == 0
    assert rows["Undo"] < rows["Go to another screen"] < rows["Help for this screen"]


def test_the_key_sheet_shows_what_cannot_be_done_now_in_grey(window):
    window.show_screen("project")
    sheet = ShortcutSheet(window.context.actions, window)
    enabled = {
        sheet.item(at).text(): bool(sheet.item(at).flags() & Qt.ItemFlag.ItemIsEnabled)
        for at in range(sheet.count())
    }
    assert enabled["New project"]
    assert not enabled["Edit limits"]


def test_the_rows_of_the_finder_are_as_high_as_what_marks_them(window, press):
    press(Key.Key_K, Mod.ControlModifier)
    rows = QApplication.focusWidget().parentWidget().list
    assert rows.sizeHintForRow(1) >= rows.fontMetrics().height() + 8
    assert rows.visualItemRect(rows.item(1)).height() == rows.sizeHintForRow(1)


def test_where_nothing_fits_the_finder_says_so_and_stays(window, press):
    press(Key.Key_K, Mod.ControlModifier)
    field = QApplication.focusWidget()
    finder = field.parentWidget()
    assert not finder.nothing.isVisible()
    field.setText("zebra")
    assert finder.nothing.isVisible()
    assert finder.nothing.text() == "No action matches “zebra”."
    press(Key.Key_Return)
    assert window.overlays.kind == "finder"
    field.setText("theme")
    assert not finder.nothing.isVisible()


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
