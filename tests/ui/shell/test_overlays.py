import ctypes
import ctypes.util
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QMenu

from fieldcheck.ui.screen import SCREENS

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
    window.get_shown_screen().focus.setFocus()
    before = QApplication.focusWidget()
    press(key, modifier)
    assert window.overlays.kind == kind
    press(Key.Key_Escape)
    assert window.overlays.kind == ""
    assert QApplication.focusWidget() is before


@pytest.mark.parametrize("screen", SCREENS)
def test_the_question_mark_shows_the_keys_on_every_screen(window, press, screen):
    window.show_screen(screen)
    press(Key.Key_Question, Mod.ShiftModifier)
    assert window.overlays.kind == "keys"
    press(Key.Key_Escape)


@pytest.mark.parametrize(("screen", "finds"), [("label", "label.find"), ("stress", "stress.all")])
def test_a_keyboard_that_has_the_question_mark_over_the_slash_tells_them_apart(
    window, qtbot, label_screen, screen, finds
):
    """Real key events, as the X server sends them: Qt offers each as Shift and / first, then as ?."""
    window.show_screen(screen)
    done = []
    window.context.actions.bind_action(finds, lambda: done.append(finds))
    with real_keys() as strike:
        strike("Shift_L", "slash")
        qtbot.waitUntil(lambda: window.overlays.kind == "keys")
        assert done == []
        window.overlays.close_open()
        strike("slash")
        qtbot.waitUntil(lambda: done == [finds])
    assert window.overlays.kind == ""


@contextmanager
def real_keys():
    """`strike("Shift_L", "slash")`: keys as if they were pressed, the last one while the others are
    held."""
    found = [ctypes.util.find_library(name) for name in ("X11", "Xtst")]
    if not all(found) or QGuiApplication.platformName() != "xcb":
        pytest.skip("no X server that takes keys")
    x, test = (ctypes.CDLL(name) for name in found)
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XStringToKeysym.restype = x.XKeysymToKeycode.restype = ctypes.c_ulong
    x.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    for call in (x.XSync, x.XCloseDisplay, test.XTestFakeKeyEvent):
        call.argtypes = [
            ctypes.c_void_p,
            *(
                [ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
                if call is test.XTestFakeKeyEvent
                else []
            ),
        ]
    x.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
    display = x.XOpenDisplay(None)

    def strike(*names):
        codes = [
            x.XKeysymToKeycode(display, x.XStringToKeysym(name.encode())) & 0xFF for name in names
        ]
        for code, down in [
            *((code, 1) for code in codes),
            *((code, 0) for code in reversed(codes)),
        ]:
            test.XTestFakeKeyEvent(display, code, down, 0)
        x.XSync(display, 0)

    try:
        yield strike
    finally:
        x.XCloseDisplay(display)


def test_a_click_beside_it_closes_it(window):
    window.overlays.show_shortcuts()
    QTest.mouseClick(
        window.sidebar, Qt.MouseButton.LeftButton, pos=window.sidebar.rect().bottomLeft()
    )
    assert window.overlays.kind == ""


def test_the_menu_holds_what_can_be_done(window, press):
    press(Key.Key_F10)
    menu = window.findChild(QMenu)
    said = {action.text() for action in menu.actions()}
    assert {"Next theme", "Increase size", "Quit"} <= said
    menu.close()


def test_the_message_list_keeps_what_was_said(window):
    window.messages.show_toast("Undid: label")
    window.overlays.show_messages()
    shown = next(
        one for one in window.findChildren(QListWidget) if one.accessibleName() == "Messages"
    )
    assert shown.item(0).text().endswith("Undid: label")
    window.overlays.close_open()
