from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.ui.shell.command_palette import ShortcutSheet

Key, Mod = Qt.Key, Qt.KeyboardModifier


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
    assert sheet.list_rows() == [
        (entry.shown_key, entry.text)
        for entry, _ in window.context.actions.list_available()
        if entry.keys
    ]
    assert ("Ctrl+Z", "Undo") in sheet.list_rows()


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
