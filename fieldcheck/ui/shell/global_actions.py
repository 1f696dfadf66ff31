"""Global actions: what those that are valid everywhere do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.projects import NothingToUndo, UndoRefused
from fieldcheck.i18n.language import tr
from fieldcheck.ui.formatting import format_time_of_day
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import SCREENS, get_spec, list_specs
from fieldcheck.ui.shell.shortcuts import is_text_input_focused
from fieldcheck.ui.theme import THEMES
from fieldcheck.ui.widgets.buttons import KEYS_SHOWN, KeyButton
from fieldcheck.ui.widgets.layouts import find_widget_path, get_focus_target, restore_focus

if TYPE_CHECKING:
    from fieldcheck.errors import messages as sentences
    from fieldcheck.labels import messages as labels
    from fieldcheck.project import messages as undo_summary
    from fieldcheck.ui import errors as crash_dialog
    from fieldcheck.ui.shell.window import Window
    from fieldcheck.ui.widgets import file_dialogs
else:
    crash_dialog = LazyModule("fieldcheck.ui.errors")
    file_dialogs = LazyModule("fieldcheck.ui.widgets.file_dialogs")
    labels = LazyModule("fieldcheck.labels.messages")
    sentences = LazyModule("fieldcheck.errors.messages")
    undo_summary = LazyModule("fieldcheck.project.messages")

# how often, and after how long, the focus is given back to a screen that is still empty
TRIES, TRY_MS = 20, 50
SCREEN_OF_ACT = {act: spec.id for spec in list_specs() for act in spec.bind_actions}
"""An act's name, or its first part → the screen on which it can be seen."""


class GlobalActions(QObject):
    """Binds them to a window; again after each rebuild."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._focus: tuple[int, ...] = ()
        window.rebuilding.connect(self._store_focus)
        window.rebuilt.connect(self.bind_actions)
        window.rebuilt.connect(partial(self._restore_focus, TRIES))
        window.installEventFilter(self)
        self.bind_actions()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While Alt is held every button shows its key."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Alt:
            self._show_keys(event.type() == QEvent.Type.KeyPress)
        elif event.type() == QEvent.Type.WindowDeactivate:
            self._show_keys(False)
        return False

    def _show_keys(self, shown: bool) -> None:
        if bool(self._window.property(KEYS_SHOWN)) != shown:
            self._window.setProperty(KEYS_SHOWN, shown)
            for button in self._window.findChildren(KeyButton):
                button.update()

    def bind_actions(self) -> None:
        """Gives every one of them its work."""
        window, bind = self._window, self._window.context.actions.bind_action
        for name in SCREENS:
            bind(f"go.{name}", partial(window.show_screen, name))
        window.context.actions.bind_action("go.next", partial(window.step_screen, 1))
        window.context.actions.bind_action("go.previous", partial(window.step_screen, -1))
        bind("primary", self._on_primary_action)
        bind("undo", self._undo_edit)
        bind("redo", self._redo_edit)
        bind("new", partial(self._trigger_on_project_screen, "project.new"))
        bind("open", self._open_project)
        bind("close", window.close_project)
        bind("export", self._export_report)
        bind("saved", self._show_saved_state)
        bind("finder", window.overlays.show_command_palette)
        bind("keys", window.overlays.show_shortcuts)
        bind("menu", window.overlays.show_menu)
        bind("messages", window.overlays.show_messages)
        bind("jobs", window.overlays.show_jobs)
        bind("full_screen", self._toggle_full_screen)
        bind("region.next", partial(self._focus_next_region, 1))
        bind("region.previous", partial(self._focus_next_region, -1))
        bind("larger", partial(window.preferences.change_size, 1))
        bind("smaller", partial(window.preferences.change_size, -1))
        bind("usual_size", partial(window.preferences.update, size=100))
        bind("theme", self._switch_theme)
        bind("gloves", self._toggle_gloves)
        bind("diagnostics", self._copy_diagnostics)
        bind("escape", self._handle_escape)
        bind("quit", window.close)

    def _store_focus(self) -> None:
        self._focus = find_widget_path(self._window.central, QApplication.focusWidget())

    def _restore_focus(self, tries: int) -> None:
        """Gives the focus to where it was; once more while the screen reads what it shows, until
        somebody moves the focus."""
        screen = self._window.get_shown_screen()
        if QApplication.focusWidget() not in (None, screen.view, screen.focus) or not self._focus:
            return
        if not restore_focus(self._window.central, self._focus) and tries:
            QTimer.singleShot(TRY_MS, screen.view, lambda: self._restore_focus(tries - 1))

    def _on_primary_action(self) -> None:
        self._window.get_shown_screen().presenter.on_primary_action()

    def _trigger_on_project_screen(self, action: str) -> None:
        self._window.show_screen("project")
        self._window.context.actions.trigger_soon(action)

    def _open_project(self) -> None:
        file_dialogs.choose_folder(
            self._window, tr("Open project folder"), self._window.open_project
        )

    def _export_report(self) -> None:
        self._window.show_screen("report")
        self._window.get_shown_screen().presenter.on_primary_action()

    def _undo_edit(self) -> None:
        self._window.current.undo(
            partial(self._on_history_step, tr("Undone: {what}")),
            self._on_refusal,
            get_spec(self._window.current_screen).undo_scope,
        )

    def _redo_edit(self) -> None:
        self._window.current.redo(
            partial(self._on_history_step, tr("Redone: {what}")),
            self._on_refusal,
            get_spec(self._window.current_screen).undo_scope,
        )

    def _on_history_step(self, text: str, changes: Changes) -> None:
        """Shows the screen on which the act was done, and says what happened."""
        screen = SCREEN_OF_ACT.get(changes.act) or SCREEN_OF_ACT.get(
            changes.act.partition(".")[0], self._window.current_screen
        )
        if screen != self._window.current_screen:
            self._window.show_screen(screen)
        self._window.current.query(
            lambda project: undo_summary.load_undo_summary(project, changes),
            lambda undo_summary: self._window.messages.show_toast(
                text.format(
                    what=labels.describe_undo(
                        undo_summary.act,
                        undo_summary.n_frames,
                        undo_summary.number,
                        undo_summary.labels,
                    )
                )
            ),
        )

    def _on_refusal(self, error: BaseException) -> None:
        if isinstance(error, NothingToUndo | UndoRefused):
            self._window.messages.show_toast(sentences.format_error(error))
        else:
            self._window.messages.show_error(error)

    def _show_saved_state(self) -> None:
        saved_at = self._window.current.saved_at
        text = (
            tr("Saved {time}. Changes are saved automatically.").format(
                time=format_time_of_day(saved_at)
            )
            if saved_at
            else tr("All changes are saved automatically.")
        )
        self._window.messages.show_toast(text)

    def _toggle_full_screen(self) -> None:
        self._window.show_only_screen(not self._window.isFullScreen())

    def _focus_next_region(self, steps: int) -> None:
        regions = self._window.list_regions()
        focus = QApplication.focusWidget()
        index = next(
            (
                index
                for index, part in enumerate(regions)
                if focus and (part is focus or part.isAncestorOf(focus))
            ),
            -1,
        )
        for step in range(1, len(regions) + 1):
            part = regions[(index + steps * step) % len(regions)]
            target = (
                self._window.get_shown_screen().focus
                if part is self._window.stack
                else find_first_focus(part)
            )
            if target is not None:
                target.setFocus()
                return

    def _switch_theme(self) -> None:
        names = list(THEMES)
        now = self._window.context.theme.tokens.name
        self._window.preferences.update(theme=names[(names.index(now) + 1) % len(names)])

    def _toggle_gloves(self) -> None:
        self._window.preferences.update(gloves=not self._window.preferences.settings.gloves)

    def _copy_diagnostics(self) -> None:
        QApplication.clipboard().setText(crash_dialog.format_diagnostics())
        self._window.messages.show_toast(tr("Diagnostics copied to the clipboard."))

    def _handle_escape(self) -> None:
        """Cancels the screen's own tool, else closes what is open, else goes back to the
        picture."""
        window = self._window
        if window.overlays.close_open():
            return
        if window.isFullScreen():
            window.show_only_screen(False)
            return
        cancelled = getattr(window.get_shown_screen().presenter, "escape", None)
        if cancelled is not None and cancelled():
            return
        focus = window.get_shown_screen().focus
        at_home = QApplication.focusWidget() in (
            None,
            focus,
            get_focus_target(focus),
            window.get_shown_screen().view,
        )
        if window.messages.banners and (at_home or not is_text_input_focused()):
            window.messages.clear_banner(window.messages.banners[-1].key)
        window.focus_screen()


def find_first_focus(part: QWidget) -> QWidget | None:
    """The first widget inside that takes the focus by Tab."""
    inside = [
        widget for widget in part.findChildren(QWidget) if widget.isVisible() and widget.isEnabled()
    ]
    return next(
        (widget for widget in inside if widget.focusPolicy() & Qt.FocusPolicy.TabFocus), None
    )
