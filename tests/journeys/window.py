"""The real window on a screen of its own, driven by keys alone; what it shows is read from a grab
of it, or from the project's files."""

import os
import time

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from benchmarks.screen import let_work
from fieldcheck.i18n import language
from fieldcheck.ui.app import build_window
from fieldcheck.ui.widgets.pages import Fade

NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
# longer where the program is traced
PATIENCE_S = int(os.environ.get("FIELDCHECK_PATIENCE_S", "600"))
RARELY_MS = 50


class Person:
    """Somebody at the keyboard. There is no mouse."""

    def __init__(self):
        self.window = build_window()
        self.window.preferences.update(language="en", theme="light")
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        self.window.activateWindow()
        self.wait_for(self.window.isActiveWindow)

    def press(self, key, modifier=NONE):
        """One key, given to whatever has the focus."""
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def write(self, text):
        """Types a text."""
        for letter in text:
            QTest.keyClick(QApplication.focusWidget() or self.window, letter)

    def wait_for(self, ready, seconds=PATIENCE_S):
        """Looks on until `ready()`."""
        began, pause_ms = time.monotonic(), 5
        while not ready():
            assert time.monotonic() < began + seconds, (
                f"nothing happened for {seconds} s; on the screen: {self.reads()}"
            )
            let_work(pause_ms)
            # what lasts is looked at less often: reading all words takes the job its time
            pause_ms = min(pause_ms + 1, RARELY_MS)

    def wait_until_done(self):
        """Until nothing is being worked on."""
        let_work(20)
        self.wait_for(lambda: not self.window.runner.busy)

    def sees(self):
        """The window as an image, once the screen before has faded."""
        self.wait_for(lambda: not self.window.findChildren(Fade))
        return self.window.grab().toImage()

    def reads(self):
        """Every text that can be seen now."""
        return [
            label.text()
            for label in self.window.findChildren(QLabel)
            if label.isVisible() and label.text()
        ]

    def leaves(self):
        """Closes the window in order. Twice does no harm."""
        if self.window is None:
            return
        self.window.close()
        self.window.deleteLater()
        self.window = None
        QApplication.sendPostedEvents(None, 52)  # what was to be deleted is gone
        language.set_language("en")


def frame_on(person):
    """The number that stands above the frame on the Label screen, from 0, or −1."""
    words = person.window.get_shown_screen().focus.accessibleName().split()
    return int(words[1]) - 1 if words[:1] == ["Frame"] else -1
