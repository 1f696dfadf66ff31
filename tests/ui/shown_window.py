"""The program's window with a project, which shows the screen whose name comes on standard input.

python -m tests.ui.shown_window PROJECT
"""

import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, QTimer

from fieldcheck.ui.app import build_window, create_application


def follow_input(window, *_signal):
    """Goes to the screen that is named; the end of the input closes the window."""
    name = sys.stdin.readline().strip()
    if not name:
        window.close()
        return
    window.show_screen(name)


def main():
    application = create_application()
    window = build_window()
    window.show()
    QTimer.singleShot(0, partial(window.open_project, Path(sys.argv[1])))
    listening = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    listening.activated.connect(partial(follow_input, window))
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
