"""Overlays over the window, one at a time (jobs, messages, palette, key sheet, menu), and the
question before leaving a recording or a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMenu, QVBoxLayout, QWidget

from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui import theme
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs import STOP_S, Job, JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_application
from fieldcheck.ui.screen import GLOBAL
from fieldcheck.ui.shell.sidebar import Sidebar
from fieldcheck.ui.theme import STATUS, Theme
from fieldcheck.ui.widgets.layouts import make_label

if TYPE_CHECKING:
    from fieldcheck.ui import job_widgets
    from fieldcheck.ui.screens.help import presenter as help_pages
    from fieldcheck.ui.shell import command_palette
    from fieldcheck.ui.widgets import pages
else:
    job_widgets = LazyModule("fieldcheck.ui.job_widgets")
    help_pages = LazyModule("fieldcheck.ui.screens.help.presenter")
    command_palette = LazyModule("fieldcheck.ui.shell.command_palette")
    pages = LazyModule("fieldcheck.ui.widgets.pages")

WIDTH, HEIGHT = 560, 420


class OverlayHost(Protocol):
    """The window as overlays know it: the sidebar and the central widget that they cover."""

    context: Context
    sidebar: Sidebar
    central: QWidget
    content: QWidget
    current_screen: str


class Overlays:
    """Opens each of them in its place. Asking for the one that is open closes it."""

    def __init__(self, window: OverlayHost) -> None:
        self._window = window
        self._open: pages.Popover | None = None
        self._kind = ""

    def start_fade(self, parent: QWidget) -> pages.Fade | None:
        """The fade away from what `parent` shows now, to be begun once it shows something else;
        None where nothing moves."""
        return pages.make_fade(parent, theme.has_animations(get_application()))

    def show_jobs(self) -> None:
        """Opens the jobs: running and finished."""
        self._toggle_overlay(
            "jobs",
            tr("Jobs"),
            lambda: job_widgets.JobsPanel(self._theme, self._window.context.runner),
            at_foot=True,
        )

    def show_messages(self) -> None:
        """Everything that was said, the newest first."""
        self._toggle_overlay(
            "messages",
            tr("Messages"),
            lambda: command_palette.make_message_list(self._window.context.messages.history),
            at_foot=True,
        )

    def show_command_palette(self) -> None:
        """Every action, found by typing."""
        self._toggle_overlay(
            "finder",
            tr("Find action"),
            lambda: command_palette.CommandPalette(self._window.context.actions, self.close_open),
        )

    def show_shortcuts(self) -> None:
        """The keys of the screen that is shown."""
        self._toggle_overlay(
            "keys",
            tr("Shortcuts on this screen"),
            lambda: command_palette.ShortcutSheet(self._window.context.actions),
        )

    def show_help(self) -> None:
        """The help of the screen that is shown, beside it: its shortcuts still work, and another
        screen changes the page."""
        if self._kind != "help" and self._window.current_screen != "help":
            self.close_open()
            panel = help_pages.HelpPanel(self._theme)
            panel.show_page(self._window.current_screen)
            panel.everything_requested.connect(self._show_all_help)
            opened = pages.Popover(
                self._theme, self._window.central, tr("Help"), self._on_close, stays=True
            )
            opened.add_content(panel)
            self._open, self._kind = opened, "help"
            self.update_position(panel.page)
            return
        self.close_open()

    def update_position(self, focus: QWidget | None = None) -> None:
        """The help keeps its place at the right edge of the window; keys go to `focus`."""
        if self._open is None or self._kind != "help":
            return
        px, parent = self._theme.metrics.scale_px, self._window.central
        width = px(help_pages.PANEL_WIDTH)
        height = parent.height() - px(STATUS) - 16
        self._open.open_at(parent.width() - width - 8, 8, width, height, focus)

    def on_screen_shown(self, screen: str) -> None:
        """Another screen is shown: the help is of that one."""
        if self._open is None or self._kind != "help":
            return
        if screen == "help":
            self.close_open()
            return
        for panel in self._open.findChildren(help_pages.HelpPanel):
            panel.show_page(screen)

    def _show_all_help(self) -> None:
        self.close_open()
        self._window.context.show_screen("help")

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

    def _toggle_overlay(
        self, kind: str, title: str, make: Callable[[], QWidget], at_foot: bool = False
    ) -> None:
        same = self._kind == kind
        self.close_open()
        if same:
            return
        content = make()
        opened = pages.Popover(self._theme, self._window.central, title, self._on_close)
        opened.add_content(content)
        self._open, self._kind = opened, kind
        px = self._theme.metrics.scale_px
        parent = self._window.central
        width, height = px(WIDTH), px(HEIGHT)
        left = self._window.sidebar.width() + 8 if at_foot else (parent.width() - width) // 2
        top = parent.height() - height - px(STATUS) - 8 if at_foot else px(60)
        self._window.context.actions.set_blocked(True)
        opened.open_at(left, top, width, height, self._find_focus_widget(content))

    def _find_focus_widget(self, content: QWidget) -> QWidget:
        return content.field if isinstance(content, command_palette.CommandPalette) else content

    def _on_close(self) -> None:
        self._open, self._kind = None, ""
        self._window.context.actions.set_blocked(False)


# The question before leaving would end a recording or a job; the default is to continue it.


class ConfirmQuit(QDialog):
    """Accepted where the person wants to leave; Esc goes on."""

    def __init__(self, parent: QWidget, title: str, text: str, stop: str, go_on: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(480)
        self.message = make_label(text, wrap=True)
        self.buttons = QDialogButtonBox(self)
        self.stop = self.buttons.addButton(stop, QDialogButtonBox.ButtonRole.AcceptRole)
        self.go_on = self.buttons.addButton(go_on, QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.on_confirm)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.message)
        column.addWidget(self.buttons)
        self.go_on.setDefault(True)

    def on_confirm(self) -> None:
        """The person wants to leave."""
        self.accept()


class ConfirmStopJobs(ConfirmQuit):
    """Asks about jobs that write. As long as it stands they go on; with the last of them it is
    answered, since nothing is left to be lost. Where they are to stop, it waits until they have put
    everything away that is not whole."""

    def __init__(self, parent: QWidget, runner: JobRunner) -> None:
        jobs = runner.list_writing()
        title = tr_plural(
            "{n} job is not finished", "{n} jobs are not finished", len(jobs), n=len(jobs)
        )
        super().__init__(
            parent, title, _describe_jobs(jobs), tr("Stop jobs"), tr("Continue working")
        )
        self._runner = runner
        runner.changed.connect(self._poll_jobs)

    def on_confirm(self) -> None:
        """They are asked to stop."""
        self.message.setText(tr("Stopping …"))
        for button in (self.stop, self.go_on):
            button.setEnabled(False)
        for job in self._runner.list_writing():
            job.cancel()
        # closing waits for what takes longer, too
        QTimer.singleShot(round(STOP_S * 1000), self, self.accept)

    def _poll_jobs(self) -> None:
        if not self._runner.list_writing():
            self.accept()


def confirm_stop_recording(parent: QWidget, then: Callable[[], None]) -> ConfirmQuit:
    """Asks about the recording that is made; `then` is called where the person wants to leave. One
    question at a time."""
    return _open_dialog(
        parent,
        lambda: ConfirmQuit(
            parent,
            tr("Recording in progress"),
            tr("This stops the recording. Everything recorded so far stays in the project."),
            tr("Stop recording"),
            tr("Continue recording"),
        ),
        then,
    )


def confirm_stop_jobs(parent: QWidget, runner: JobRunner, then: Callable[[], None]) -> ConfirmQuit:
    """Asks about the jobs that write; `then` is called once none does any more. One question at a
    time: one that was just answered may be followed by this."""
    return _open_dialog(parent, lambda: ConfirmStopJobs(parent, runner), then)


def _open_dialog(
    parent: QWidget, make: Callable[[], ConfirmQuit], then: Callable[[], None]
) -> ConfirmQuit:
    standing = [dialog for dialog in parent.findChildren(ConfirmQuit) if not dialog.isHidden()]
    if standing:
        return standing[0]
    dialog = make()
    dialog.accepted.connect(then)
    dialog.open()
    return dialog


def _describe_jobs(jobs: list[Job]) -> str:
    """Which jobs they are, and what becomes of them."""
    names = " · ".join(job.name for job in jobs)
    kept = tr(
        "If you stop now, finished parts are saved. The same job continues from there next time."
    )
    if any(not job.resumes for job in jobs):
        kept = tr(
            "If you stop now, a job that cannot be resumed starts from the beginning next time."
        )
    waits = tr_plural(
        "Still being written: {names}. If you wait, this continues automatically when it is done.",
        (
            "Still being written: {names}. If you wait, this continues automatically when all are "
            "done."
        ),
        len(jobs),
    )
    return f"{waits.format(names=names)} {kept}"
