"""A panel that lies over the window until Esc or a click beside it: what jobs, messages, finder and key sheet stand in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import get_application, require_value
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plain import make_label


class Popover(QFrame):
    """`title` on top, the content below. It is deleted when it is closed; the focus goes back to where it was."""

    def __init__(self, look: Theme, parent: QWidget, title: str, closed: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setProperty("popover", True)
        self.setAccessibleName(title)
        self._closed = closed
        self._focus_before = QApplication.focusWidget()
        self._column = QVBoxLayout(self)
        pad = look.metrics.scale_px(12)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(look.metrics.scale_px(8))
        self._column.addWidget(make_label(title, "heading"))
        get_application().installEventFilter(self)

    def add_content(self, widget: QWidget) -> None:
        """Puts the content in."""
        self._column.addWidget(widget)

    def open_at(self, x: int, y: int, width: int, height: int, focus: QWidget) -> None:
        """Shows it with its left upper corner at `x`, `y` of the window, inside its borders."""
        room = require_value(self.parentWidget())
        self.resize(min(width, room.width() - 16), min(height, room.height() - 16))
        self.move(max(8, min(x, room.width() - self.width() - 8)), max(8, min(y, room.height() - self.height() - 8)))
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_popover(self) -> None:
        """Closes it. Twice does no harm."""
        if self.isHidden():
            return
        get_application().removeEventFilter(self)
        self.hide()
        before = self._focus_before
        self._focus_before = None
        try:
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.PopupFocusReason)
        except RuntimeError:  # what had the focus was deleted meanwhile
            require_value(self.parentWidget()).setFocus()
        self.deleteLater()
        self._closed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popover()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # Esc closes this before it does anything else
            return True
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and not self._contains_widget(watched):
            self.close_popover()
        return False

    def _contains_widget(self, widget: QWidget) -> bool:
        return widget is self or self.isAncestorOf(widget) or widget.window() is not self.window()
