from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.ui.shell.confirm_quit import ConfirmQuit, ask_to_stop


def test_going_on_is_what_enter_and_escape_do(window, qtbot):
    left = []
    asked = ask_to_stop(window, lambda: left.append(1))
    assert asked.go_on.isDefault()
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmQuit))
    assert left == []


def test_who_wants_to_leave_leaves(window, qtbot):
    left = []
    ask_to_stop(window, lambda: left.append(1)).stop.click()
    assert left == [1]
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmQuit))


def test_it_is_asked_once(window, qtbot):
    first = ask_to_stop(window, lambda: None)
    assert ask_to_stop(window, lambda: None) is first
    first.reject()
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmQuit))
