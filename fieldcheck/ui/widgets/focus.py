"""Where the keys of a screen go: to what it shows, or to the screen itself while that is not shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget


class _FocusProxy(QObject):
    """Passes the focus on that its screen is given. Qt's own focus proxy would not do: Tab jumps to it over everything that lies before it
    in the screen."""

    def __init__(self, screen: QWidget) -> None:
        super().__init__(screen)
        self.target: QWidget | None = None
        screen.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and self.target is not None and self.target.isVisible():
            self.target.setFocus(Qt.FocusReason.OtherFocusReason)
        return False


def set_focus_target(screen: QWidget, to: QWidget | None) -> None:
    """From now on the focus that the screen is given goes to this part of it, or stays with the screen.

    Focus that is in the screen and on nothing that can be pressed or written into is led there at once.
    """
    lead = screen.findChild(_FocusProxy, options=Qt.FindChildOption.FindDirectChildrenOnly) or _FocusProxy(screen)
    focus = QApplication.focusWidget()
    inside = focus is not None and focus in (screen, lead.target)
    lead.target = to
    screen.setFocusPolicy(Qt.FocusPolicy.StrongFocus if to is None else Qt.FocusPolicy.ClickFocus)
    if inside:
        (to or screen).setFocus(Qt.FocusReason.OtherFocusReason)


def get_focus_target(screen: QWidget) -> QWidget:
    """Where the focus goes that the screen is given."""
    lead = screen.findChild(_FocusProxy, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return screen if lead is None or lead.target is None else lead.target


def find_widget_path(room: QWidget, widget: QWidget | None) -> tuple[int, ...]:
    """The way from a widget down to one inside it, as places among visible children; empty where it is not inside."""
    steps: list[int] = []
    while widget is not None and widget is not room:
        around = widget.parentWidget()
        if around is None or not widget.isVisible():
            return ()
        steps.insert(0, _list_visible_children(around).index(widget))
        widget = around
    return tuple(steps) if widget is room else ()


def restore_focus(room: QWidget, steps: Sequence[int]) -> bool:
    """Gives the focus to what stands where one had it before everything was built anew; whether anything there takes it."""
    at = room
    for step in steps:
        inside = _list_visible_children(at)
        if step >= len(inside):
            return False
        at = inside[step]
    takes = bool(steps) and at.isEnabled() and bool(at.focusPolicy() & Qt.FocusPolicy.TabFocus)
    if takes:
        at.setFocus(Qt.FocusReason.OtherFocusReason)
    return takes


def _list_visible_children(around: QWidget) -> list[QWidget]:
    inside = around.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [one for one in inside if not one.isHidden()]
