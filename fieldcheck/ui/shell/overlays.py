"""Overlays over the window: jobs, messages, finder, key sheet, menu. One at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import get_application
from fieldcheck.ui.shell.action_entry import GLOBAL
from fieldcheck.ui.shell.rail import Sidebar
from fieldcheck.ui.theme import theme
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.theme.tokens import STATUS
from fieldcheck.words.language import tr

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


class OverlayHost(Protocol):
    """The window, as far as what lies over it knows it: `room` is all of it inside its frame."""

    context: Context
    sidebar: Sidebar
    central: QWidget


class Overlays:
    """Opens each of them in its place. Asking for the one that is open closes it."""

    def __init__(self, window: OverlayHost) -> None:
        self._window = window
        self._open: popover.Popover | None = None
        self._kind = ""

    def start_fade(self, place: QWidget) -> fade.Fade | None:
        """The fade away from what `place` shows now, to be begun once it shows something else; None where nothing moves."""
        return fade.make_fade(place, theme.has_animations(get_application()))

    def show_jobs(self) -> None:
        """Opens the jobs: running and finished."""
        self._toggle_overlay("jobs", tr("Jobs"), lambda: panel.JobsPanel(self._theme, self._window.context.runner), at_foot=True)

    def show_messages(self) -> None:
        """Everything that was said, the newest first."""
        self._toggle_overlay(
            "messages", tr("Messages"), lambda: finder.make_message_list(self._window.context.messages.history), at_foot=True
        )

    def show_command_palette(self) -> None:
        """Every action, found by typing."""
        self._toggle_overlay("finder", tr("Find action"), lambda: finder.CommandPalette(self._window.context.actions, self.close_open))

    def show_shortcuts(self) -> None:
        """The keys of the screen that is shown."""
        self._toggle_overlay("keys", tr("Shortcuts on this screen"), lambda: finder.ShortcutSheet(self._window.context.actions))

    def show_menu(self) -> None:
        """Every action as a menu, made from the same table."""
        self.close_open()
        menu = QMenu(self._window.central)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        here: list[QAction] = []
        everywhere: list[QAction] = []
        for entry, action in self._window.context.actions.list_available():
            if action.isEnabled() and not entry.hold:
                (everywhere if entry.screen == GLOBAL else here).append(action)
        menu.addActions(here)
        menu.addSeparator()
        menu.addActions(everywhere)
        menu.popup(self._window.sidebar.mapToGlobal(QPoint(self._window.sidebar.width(), 8)))

    def close_open(self) -> bool:
        """Closes what is open; whether there was anything."""
        if self._open is None:
            return False
        self._open.close_popover()
        return True

    @property
    def kind(self) -> str:
        """Which one is open, empty for none."""
        return self._kind

    @property
    def _theme(self) -> Theme:
        return self._window.context.theme

    def _toggle_overlay(self, kind: str, title: str, make: Callable[[], QWidget], at_foot: bool = False) -> None:
        same = self._kind == kind
        self.close_open()
        if same:
            return
        content = make()
        opened = popover.Popover(self._theme, self._window.central, title, self._on_close)
        opened.add_content(content)
        self._open, self._kind = opened, kind
        px = self._theme.metrics.scale_px
        room = self._window.central
        width, height = px(WIDTH), px(HEIGHT)
        left = self._window.sidebar.width() + 8 if at_foot else (room.width() - width) // 2
        top = room.height() - height - px(STATUS) - 8 if at_foot else px(60)
        self._window.context.actions.set_blocked(True)
        opened.open_at(left, top, width, height, self._find_focus_widget(content))

    def _find_focus_widget(self, content: QWidget) -> QWidget:
        return content.field if isinstance(content, finder.CommandPalette) else content

    def _on_close(self) -> None:
        self._open, self._kind = None, ""
        self._window.context.actions.set_blocked(False)
