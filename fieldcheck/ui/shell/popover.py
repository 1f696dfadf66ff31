"""A panel that lies over the window until Esc or a click beside it: what jobs, messages, finder and key sheet stand in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import application, given
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.plain import label


class Popover(QFrame):
    """`title` on top, the content below. It is deleted when it is closed; the focus goes back to where it was."""

    def __init__(self, look: Look, parent: QWidget, title: str, closed: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setProperty("popover", True)
        self.setAccessibleName(title)
        self._closed = closed
        self._focus_before = QApplication.focusWidget()
        self._column = QVBoxLayout(self)
        pad = look.metrics.px(12)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(look.metrics.px(8))
        self._column.addWidget(label(title, "heading"))
        application().installEventFilter(self)

    def add(self, widget: QWidget) -> None:
        """Puts the content in."""
        self._column.addWidget(widget)

    def open_at(self, x: int, y: int, width: int, height: int, focus: QWidget) -> None:
        """Shows it with its left upper corner at `x`, `y` of the window, inside its borders."""
        room = given(self.parentWidget())
        self.resize(min(width, room.width() - 16), min(height, room.height() - 16))
        self.move(max(8, min(x, room.width() - self.width() - 8)), max(8, min(y, room.height() - self.height() - 8)))
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def shut(self) -> None:
        """Closes it. Twice does no harm."""
        if self.isHidden():
            return
        application().removeEventFilter(self)
        self.hide()
        before = self._focus_before
        self._focus_before = None
        try:
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.PopupFocusReason)
        except RuntimeError:  # what had the focus was deleted meanwhile
            given(self.parentWidget()).setFocus()
        self.deleteLater()
        self._closed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # Esc closes this before it does anything else
            return True
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and not self._holds(watched):
            self.shut()
        return False

    def _holds(self, widget: QWidget) -> bool:
        return widget is self or self.isAncestorOf(widget) or widget.window() is not self.window()
