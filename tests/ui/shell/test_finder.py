from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldcheck.ui.shell.finder import KeySheet

Key, Mod = Qt.Key, Qt.KeyboardModifier


def test_typing_finds_an_action_and_enter_does_it(window, press):
    press(Key.Key_K, Mod.ControlModifier)
    for letter in "theme":
        QTest.keyClick(QApplication.focusWidget(), letter)
    press(Key.Key_Return)
    assert window.context.look.tokens.name == "dark"
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
    window.go("project")
    sheet = KeySheet(window.actions, window)
    shown = {sheet.item(at).text() for at in range(sheet.count())}
    assert {f"{entry.shown_key}\t{entry.text}" for entry, _ in window.actions.here() if entry.keys} == shown
    assert any(line.startswith("Ctrl+Z\t") for line in shown)
