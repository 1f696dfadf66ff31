"""`watch.py BEGAN SIDE`: one start seen from outside. Prints seconds from BEGAN (monotonic) to the
first paint and until it is usable; with the side `label` until the first frame can be labelled, for
which one key is pressed.

A script, not a module: what it loads besides the side that is measured would count.
"""

from __future__ import annotations

import gc
import sys

if sys.argv[2:] in (["ours"], ["label"]):
    gc.disable()  # as the program does before it loads its window
    # A tool of the tests, which the product comes without; the database's library would load it
    # here.
    sys.modules["pandas"] = None  # type: ignore[assignment]
    from fieldcheck.ui import app  # the window's door, which loads Qt its own way

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

LOOK_EVERY_MS = 2
SIZE = (1366, 690)
LISTED = "fieldcheck.ui.screens.home.start_page"


class Watch(QObject):
    """Waits for the first paint of a window, then until `ready()`, then for the answer to one key,
    and closes the window."""

    def __init__(self, window: QMainWindow, began: float, ready: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._began, self._ready = window, began, ready
        self._painted = 0.0
        self._asked: QWidget | None = None
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Paint and not self._timer.isActive():
            self._timer.start()
            # the children are painted and the screen is updated by then
            QTimer.singleShot(0, self._was_painted)
        elif kind == QEvent.Type.KeyPress and watched is self._asked:
            QTimer.singleShot(0, self._answered)
        return False

    def _was_painted(self) -> None:
        self._painted = time.monotonic() - self._began

    def _look(self) -> None:
        if self._painted and self._asked is None and self._ready():
            self._asked = QApplication.focusWidget() or self._window
            self._asked.installEventFilter(self)
            press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.postEvent(self._asked, press, Qt.EventPriority.LowEventPriority.value)

    def _answered(self) -> None:
        self._timer.stop()
        print(self._painted, time.monotonic() - self._began, flush=True)
        self._window.close()


def empty(began: float) -> int:
    """A window with nothing in it."""
    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(*SIZE)
    Watch(window, began, lambda: True)
    window.show()
    return app.exec()


class LabelWatch(Watch):
    """Presses the key of the primary action once it goes on with the labels of a project, and waits
    until a frame is shown to be labelled."""

    _pressed = False

    def _look(self) -> None:
        window: Any = self._window
        if self._painted and not window.isActiveWindow():
            window.activateWindow()  # no window manager does
        elif self._painted and not self._pressed and self._ready():
            self._pressed = True
            QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        elif self._pressed and window.current_screen == "label":
            self._answer_once_shown(window.get_shown_screen().presenter.view_tracker)

    def _answer_once_shown(self, tracker: Any) -> None:
        if tracker.shown_at is not None:
            self._answered()


def label(began: float) -> int:
    """The program as it is started, until the first frame of the newest project can be labelled."""
    return ours(began, LabelWatch)


def ours(began: float, kind: type[Watch] = Watch) -> int:
    """The program as it is started, until every recent project is looked at."""
    build = app.build_shell

    def watched() -> QMainWindow:
        window = build()
        kind(window, began, lambda: filled(window))
        return window

    app.build_shell = watched  # type: ignore[assignment]
    from fieldcheck.__main__ import main

    return main()


def filled(window: QMainWindow) -> bool:
    """Whether the list of recent projects stands with what is known of each."""
    room = sys.modules.get(LISTED)
    recent_list = window.findChild(room.RecentList) if room else None
    return (
        recent_list is not None
        and bool(recent_list.lines)
        and all(line.state == "there" for line in recent_list.lines)
    )


if __name__ == "__main__":
    moment, side = float(sys.argv[1]), sys.argv[2]
    del sys.argv[1:]
    sys.exit({"empty": empty, "ours": ours, "label": label}[side](moment))
