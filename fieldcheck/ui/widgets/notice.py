"""Notice for a person who is not looking at the window: by the system's tray where there is one. It never leaves this computer."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

SHOWN_MS = 20_000


class TrayNotice:
    """Icon in the tray from the first notice on, for as long as its window is there."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def show_notice(self, title: str, said: str) -> bool:
        """Shows a notice; False where this system has no tray, so that it has to be said in the window."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return False
        if self._tray is None:
            icon = self._window.window().windowIcon()
            self._tray = QSystemTrayIcon(icon if not icon.isNull() else QIcon.fromTheme("dialog-warning"), self._window)
            self._tray.activated.connect(lambda _why: self._window.window().activateWindow())
        self._tray.show()
        self._tray.showMessage(title, said, QSystemTrayIcon.MessageIcon.Warning, SHOWN_MS)
        return QSystemTrayIcon.supportsMessages()
