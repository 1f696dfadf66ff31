import sys

from PySide6.QtCore import QTimer

from fieldcheck.ui.errors import ExceptionHook


def test_an_error_in_a_slot_is_told_and_the_window_goes_on(qtbot, qapp):
    watch, told = ExceptionHook(), []
    before = sys.excepthook
    watch.error_caught.connect(lambda error, detail: told.append((type(error), detail)))
    watch.install()
    try:
        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda: bool(told))
    finally:
        watch.uninstall()
    assert told[0][0] is ZeroDivisionError
    assert "in fail" in told[0][1]
    assert sys.excepthook is before


def fail():
    raise ZeroDivisionError
