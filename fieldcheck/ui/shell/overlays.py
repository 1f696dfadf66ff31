"""Overlays over the window: jobs, messages, finder, key sheet, menu. One at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import application
from fieldcheck.ui.shell.action_entry import EVERYWHERE
from fieldcheck.ui.shell.rail import Rail
from fieldcheck.ui.theme import theme
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import STATUS
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.ui.jobs import panel
    from fieldcheck.ui.shell import finder, popover
    from fieldcheck.ui.widgets import fade
else:
    panel = LazyModule("fieldcheck.ui.jobs.panel")
    finder = LazyModule("fieldcheck.ui.shell.finder")
    popover = LazyModule("fieldcheck.ui.shell.popover")
    fade = LazyModule("fieldcheck.ui.widgets.fade")

WIDTH, HEIGHT = 560, 420


class WindowBelow(Protocol):
    """The window, as far as what lies over it knows it: `room` is all of it inside its frame."""

    context: Context
    rail: Rail
    room: QWidget


class Overlays:
    """Opens each of them in its place. Asking for the one that is open closes it."""

    def __init__(self, window: WindowBelow) -> None:
        self._window = window
        self._open: popover.Popover | None = None
        self._kind = ""

    def fading(self, place: QWidget) -> fade.Fade | None:
        """The fade away from what `place` shows now, to be begun once it shows something else; None where nothing moves."""
        return fade.faded(place, theme.moves(application()))

    def jobs(self) -> None:
        """Opens the jobs: running and finished."""
        self._toggle("jobs", text("Jobs"), lambda: panel.JobsPanel(self._look, self._window.context.runner), at_foot=True)

    def messages(self) -> None:
        """Everything that was said, the newest first."""
        self._toggle("messages", text("Messages"), lambda: finder.message_list(self._window.context.messages.kept), at_foot=True)

    def finder(self) -> None:
        """Every action, found by typing."""
        self._toggle("finder", text("Find action"), lambda: finder.Finder(self._window.context.actions, self.shut))

    def keys(self) -> None:
        """The keys of the screen that is shown."""
        self._toggle("keys", text("Shortcuts on this screen"), lambda: finder.KeySheet(self._window.context.actions))

    def menu(self) -> None:
        """Every action as a menu, made from the same table."""
        self.shut()
        menu = QMenu(self._window.room)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        here: list[QAction] = []
        everywhere: list[QAction] = []
        for entry, action in self._window.context.actions.here():
            if action.isEnabled() and not entry.hold:
                (everywhere if entry.screen == EVERYWHERE else here).append(action)
        menu.addActions(here)
        menu.addSeparator()
        menu.addActions(everywhere)
        menu.popup(self._window.rail.mapToGlobal(QPoint(self._window.rail.width(), 8)))

    def shut(self) -> bool:
        """Closes what is open; whether there was anything."""
        if self._open is None:
            return False
        self._open.shut()
        return True

    @property
    def kind(self) -> str:
        """Which one is open, empty for none."""
        return self._kind

    @property
    def _look(self) -> Look:
        return self._window.context.look

    def _toggle(self, kind: str, title: str, make: Callable[[], QWidget], at_foot: bool = False) -> None:
        same = self._kind == kind
        self.shut()
        if same:
            return
        content = make()
        opened = popover.Popover(self._look, self._window.room, title, self._closed)
        opened.add(content)
        self._open, self._kind = opened, kind
        px = self._look.metrics.px
        room = self._window.room
        width, height = px(WIDTH), px(HEIGHT)
        left = self._window.rail.width() + 8 if at_foot else (room.width() - width) // 2
        top = room.height() - height - px(STATUS) - 8 if at_foot else px(60)
        self._window.context.actions.block(True)
        opened.open_at(left, top, width, height, self._focus_of(content))

    def _focus_of(self, content: QWidget) -> QWidget:
        return content.field if isinstance(content, finder.Finder) else content

    def _closed(self) -> None:
        self._open, self._kind = None, ""
        self._window.context.actions.block(False)
