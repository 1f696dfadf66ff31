"""Where the keys of a screen go: to what it shows, or to the screen itself while that is not shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def lead_focus(screen: QWidget, to: QWidget | None) -> None:
    """From now on the focus that the screen is given goes to this part of it, or stays with the screen.

    Focus that is in the screen and on nothing that can be pressed or written into is led there at once.
    """
    focus = QApplication.focusWidget()
    before = screen.focusProxy()
    inside = focus is not None and focus in (screen, before)
    screen.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if before is not to:
        screen.setFocusProxy(to)
    if inside:
        screen.setFocus(Qt.FocusReason.OtherFocusReason)
