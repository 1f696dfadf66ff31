"""Global actions: what those that are valid everywhere do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from fieldcheck.errors.projects import NothingToUndo, UndoRefused
from fieldcheck.i18n.language import tr
from fieldcheck.ui.colours_and_high_contrast import THEMES
from fieldcheck.ui.formatting import format_time_of_day
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import GLOBAL
from fieldcheck.ui.screens import SPECS, get_spec
from fieldcheck.ui.shell.shortcuts import is_text_input_focused
from fieldcheck.ui.widgets.buttons import KEYS_SHOWN, KeyButton
from fieldcheck.ui.widgets.layouts import (
    WidgetStep,
    find_widget_path,
    get_focus_target,
    restore_focus,
)

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import Changes
    from fieldcheck.errors import messages as sentences
    from fieldcheck.labels import messages as labels
    from fieldcheck.project import messages as undo_summary
    from fieldcheck.ui import errors as crash_dialog
    from fieldcheck.ui.shell import tour
    from fieldcheck.ui.shell.overlays import Overlays
    from fieldcheck.ui.shell.tour import Tour
    from fieldcheck.ui.shell.window import Window
    from fieldcheck.ui.widgets import file_dialogs
else:
    crash_dialog = LazyModule("fieldcheck.ui.errors")
    file_dialogs = LazyModule("fieldcheck.ui.widgets.file_dialogs")
    labels = LazyModule("fieldcheck.labels.messages")
    sentences = LazyModule("fieldcheck.errors.messages")
    tour = LazyModule("fieldcheck.ui.shell.tour")
    undo_summary = LazyModule("fieldcheck.project.messages")

# how often, and after how long, the focus is given back to a screen that is still empty
TRIES, TRY_MS = 20, 50
SCREEN_OF_ACT = {act: spec.id for spec in SPECS for act in spec.acts}
"""An act's name, or its first part → the screen on which it can be seen."""


class GlobalActions(QObject):
    """Binds them to a window; again after each rebuild."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._focus: tuple[WidgetStep, ...] = ()
        self._tour: Tour | None = None
        window.rebuilding.connect(self._store_focus)
        window.rebuilt.connect(self.bind_actions)
        window.rebuilt.connect(partial(self._restore_focus, TRIES))
        window.installEventFilter(self)
        window.preferences.changed.connect(lambda _names: self._show_keys(False))
        self._show_keys(False)
        self.bind_actions()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While Alt is held every button shows its key."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Alt:
            self._show_keys(event.type() == QEvent.Type.KeyPress)
        elif event.type() == QEvent.Type.WindowDeactivate:
            self._show_keys(False)
        return False

    def _show_keys(self, is_alt_held: bool) -> None:
        """Every button shows its key while Alt is held, until a first report was made, or as long
        as the settings say so."""
        shown = is_alt_held or self._window.preferences.settings.are_keys_shown
        if bool(self._window.property(KEYS_SHOWN)) != shown:
            self._window.setProperty(KEYS_SHOWN, shown)
            for button in self._window.findChildren(KeyButton):
                button.update()

    def bind_actions(self) -> None:
        """The table's actions that are valid everywhere are done by this object."""
        self._window.context.actions.bind_screen(GLOBAL, self)

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

    @property
    def overlays(self) -> Overlays:
        """What opens over the window."""
        return self._window.overlays

    def show_screen(self, screen: str) -> None:
        """Shows a screen; the help beside the one that is shown."""
        if screen == "help":
            self._window.overlays.show_help()
        else:
            self._window.show_screen(screen)

    def step_screen(self, steps: int) -> None:
        """Goes one step on (`steps` 1) or back (−1)."""
        self._window.step_screen(steps)

    def close_project(self) -> None:
        """Closes the project that is open."""
        self._window.close_project()

    def close_window(self) -> None:
        """Ends the program."""
        self._window.close()

    def change_size(self, steps: int) -> None:
        """Makes everything larger (1) or smaller (−1); 0: as large as usual."""
        if steps:
            self._window.preferences.change_size(steps)
        else:
            self._window.preferences.update(size=100)

    def run_primary_action(self) -> None:
        """Does what the primary button of the screen does."""
        self._window.get_shown_screen().presenter.on_primary_action()

    def create_project(self) -> None:
        """Opens the first screen with the questions of a new project."""
        self._window.show_screen("project")
        self._window.context.actions.trigger_soon("project.new")

    def open_project(self) -> None:
        """Asks for a project folder, and opens it."""
        file_dialogs.choose_folder(
            self._window, tr("Open project folder"), self._window.open_project
        )

    def export_report(self) -> None:
        """Opens the Report screen, and exports the report."""
        self._window.show_screen("report")
        self._window.get_shown_screen().presenter.on_primary_action()

    def show_fleet(self) -> None:
        """Opens the part of the Evidence screen that shows many sites."""
        self._window.session_values["evidence.part"] = "fleet"
        self._window.show_screen("evidence")

    def undo_edit(self) -> None:
        """Undoes the newest act, of the screen where that limits undo."""
        undoing = self._window.current.undo(
            self, prefixes=get_spec(self._window.current_screen).undo_scope
        )
        undoing.on_success(partial(self._on_history_step, tr("Undone: {what}"))).on_failure(
            self._on_refusal
        )

    def redo_edit(self) -> None:
        """Redoes the act that was undone last."""
        redoing = self._window.current.redo(
            self, prefixes=get_spec(self._window.current_screen).undo_scope
        )
        redoing.on_success(partial(self._on_history_step, tr("Redone: {what}"))).on_failure(
            self._on_refusal
        )

    def _on_history_step(self, text: str, changes: Changes) -> None:
        """Shows the screen on which the act was done, and says what happened."""
        screen = SCREEN_OF_ACT.get(changes.act) or SCREEN_OF_ACT.get(
            changes.act.partition(".")[0], self._window.current_screen
        )
        if screen != self._window.current_screen:
            self._window.show_screen(screen)
        reading = self._window.current.query(
            self, lambda project: undo_summary.load_undo_summary(project, changes)
        )
        reading.on_success(
            lambda undo_summary: self._window.messages.show_toast(
                text.format(
                    what=labels.describe_undo(
                        undo_summary.act,
                        undo_summary.n_frames,
                        undo_summary.number,
                        undo_summary.labels,
                    )
                )
            )
        )

    def _on_refusal(self, error: BaseException) -> None:
        if isinstance(error, NothingToUndo | UndoRefused):
            self._window.messages.show_toast(sentences.format_error(error))
        else:
            self._window.messages.show_error(error)

    def show_saved_state(self) -> None:
        """Says when something was saved last."""
        saved_at = self._window.current.saved_at
        text = (
            tr("Saved {time}. Changes are saved automatically.", time=format_time_of_day(saved_at))
            if saved_at
            else tr("All changes are saved automatically.")
        )
        self._window.messages.show_toast(text)

    def toggle_full_screen(self) -> None:
        """Only the screen itself, or the whole window."""
        self._window.show_only_screen(not self._window.isFullScreen())

    def focus_next_region(self, steps: int) -> None:
        """The next part of the window (`by` 1) or the one before (−1) gets the keys."""
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

    def switch_theme(self) -> None:
        """Puts the next theme on."""
        names = list(THEMES)
        now = self._window.context.theme.tokens.name
        self._window.preferences.update(theme=names[(names.index(now) + 1) % len(names)])

    def toggle_gloves(self) -> None:
        """Larger targets for gloves, or the usual ones."""
        self._window.preferences.update(gloves=not self._window.preferences.settings.gloves)

    def toggle_keys(self) -> None:
        """Every button shows its key, or only the one that is looked at."""
        shown = self._window.preferences.settings.are_keys_shown
        self._window.preferences.update(show_keys=not shown, first_visit=False)

    def start_tour(self) -> None:
        """Leads through the demo project, from its first screen to the report."""
        self._get_tour().start()

    def label_demo(self) -> None:
        """Turns from the finished demo project to the one that waits for its labels."""
        self._get_tour().label_demo()

    def _get_tour(self) -> Tour:
        self._tour = self._tour or tour.Tour(self._window)
        return self._tour

    def copy_diagnostics(self) -> None:
        """Puts the diagnostics on the clipboard."""
        QApplication.clipboard().setText(crash_dialog.format_diagnostics())
        self._window.messages.show_toast(tr("Diagnostics copied to the clipboard."))

    def handle_escape(self) -> None:
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
