import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QMenu

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.mark.parametrize(
    ("kind", "key", "modifier"),
    [
        ("finder", Key.Key_K, Mod.ControlModifier),
        ("keys", Key.Key_Question, Mod.ShiftModifier),
        ("messages", Key.Key_M, Mod.ControlModifier),
        ("jobs", Key.Key_J, Mod.ControlModifier),
    ],
)
def test_each_opens_with_its_key_and_closes_with_escape(window, press, kind, key, modifier):
    window.shown_screen().focus.setFocus()
    before = QApplication.focusWidget()
    press(key, modifier)
    assert window.overlays.kind == kind
    press(Key.Key_Escape)
    assert window.overlays.kind == ""
    assert QApplication.focusWidget() is before


def test_a_click_beside_it_closes_it(window):
    window.overlays.keys()
    QTest.mouseClick(window.rail, Qt.MouseButton.LeftButton, pos=window.rail.rect().bottomLeft())
    assert window.overlays.kind == ""


def test_the_menu_holds_what_can_be_done(window, press):
    press(Key.Key_F10)
    menu = window.findChild(QMenu)
    said = {action.text() for action in menu.actions()}
    assert {"Next theme", "Larger", "Quit"} <= said
    menu.close()


def test_the_message_list_keeps_what_was_said(window):
    window.messages.toast("Undid: label")
    window.overlays.messages()
    shown = next(one for one in window.findChildren(QListWidget) if one.accessibleName() == "Messages")
    assert shown.item(0).text().endswith("Undid: label")
    window.overlays.shut()
