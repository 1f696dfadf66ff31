"""Global actions: what those that are valid everywhere do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from fieldcheck.domain.changes import Changes
from fieldcheck.errors import NothingToUndo, UndoRefused
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.registered import spec_of, specs
from fieldcheck.ui.shell.actions import typing
from fieldcheck.ui.shell.actions_table import SCREENS
from fieldcheck.ui.theme.tokens import THEMES
from fieldcheck.ui.widgets.focus import focus_again, led_to, steps_to
from fieldcheck.ui.widgets.key_button import KEYS_SHOWN, KeyButton
from fieldcheck.ui.words import clock
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.ui.errors import crash
    from fieldcheck.ui.shell.window import Window
    from fieldcheck.ui.widgets import choose
    from fieldcheck.words import labels, sentences
    from fieldcheck.workflows.project import undo_summary
else:
    crash = LazyModule("fieldcheck.ui.errors.crash")
    choose = LazyModule("fieldcheck.ui.widgets.choose")
    labels = LazyModule("fieldcheck.words.labels")
    sentences = LazyModule("fieldcheck.words.sentences")
    undo_summary = LazyModule("fieldcheck.workflows.project.undo_summary")

TRIES, TRY_MS = 20, 50  # how often, and after how long, the focus is given back to a screen that is still empty
SCREEN_OF_ACT = {act: spec.id for spec in specs() for act in spec.acts}
"""An act's name, or its first part → the screen on which it can be seen."""


class GlobalActions(QObject):
    """Binds them to a window; again after each rebuild."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._focus: tuple[int, ...] = ()
        window.rebuilding.connect(self._remember_focus)
        window.rebuilt.connect(self.bind)
        window.rebuilt.connect(partial(self._focus_again, TRIES))
        window.installEventFilter(self)
        self.bind()

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

    def bind(self) -> None:
        """Gives every one of them its work."""
        window, bind = self._window, self._window.context.actions.bind
        for name in SCREENS:
            bind(f"go.{name}", partial(window.go, name))
        window.context.actions.bind("go.next", partial(window.step, 1))
        window.context.actions.bind("go.previous", partial(window.step, -1))
        bind("primary", self._primary)
        bind("undo", self._undo)
        bind("redo", self._redo)
        bind("new", partial(self._on_project, "project.new"))
        bind("open", self._open)
        bind("close", window.close_project)
        bind("export", self._export)
        bind("saved", self._saved)
        for name in ("finder", "keys", "menu", "messages", "jobs"):
            bind(name, getattr(window.overlays, name))
        bind("full_screen", self._full_screen)
        bind("region.next", partial(self._region, 1))
        bind("region.previous", partial(self._region, -1))
        bind("larger", partial(window.preferences.grow, 1))
        bind("smaller", partial(window.preferences.grow, -1))
        bind("usual_size", partial(window.preferences.change, size=100))
        bind("theme", self._theme)
        bind("gloves", self._gloves)
        bind("diagnostics", self._diagnostics)
        bind("escape", self._escape)
        bind("quit", window.close)

    def _remember_focus(self) -> None:
        self._focus = steps_to(self._window.room, QApplication.focusWidget())

    def _focus_again(self, tries: int) -> None:
        """Gives the focus to where it was; once more while the screen reads what it shows, until somebody moves the focus."""
        screen = self._window.shown_screen()
        if QApplication.focusWidget() not in (None, screen.view, screen.focus) or not self._focus:
            return
        if not focus_again(self._window.room, self._focus) and tries:
            QTimer.singleShot(TRY_MS, screen.view, lambda: self._focus_again(tries - 1))

    def _primary(self) -> None:
        self._window.shown_screen().presenter.primary()

    def _on_project(self, action: str) -> None:
        self._window.go("project")
        self._window.context.actions.trigger_soon(action)

    def _open(self) -> None:
        choose.choose_folder(self._window, text("Open project folder"), self._window.open_project)

    def _export(self) -> None:
        self._window.go("report")
        self._window.shown_screen().presenter.primary()

    def _undo(self) -> None:
        self._window.current.undo(partial(self._stepped, text("Undone: {what}")), self._refused, spec_of(self._window.here).undoes)

    def _redo(self) -> None:
        self._window.current.redo(partial(self._stepped, text("Redone: {what}")), self._refused, spec_of(self._window.here).undoes)

    def _stepped(self, said: str, changes: Changes) -> None:
        """Shows the screen on which the act was done, and says what happened."""
        screen = SCREEN_OF_ACT.get(changes.act) or SCREEN_OF_ACT.get(changes.act.partition(".")[0], self._window.here)
        if screen != self._window.here:
            self._window.go(screen)
        self._window.current.ask(
            lambda project: undo_summary.undo_summary(project, changes),
            lambda one: self._window.messages.toast(said.format(what=labels.undo_line(one.act, one.n_frames, one.number, one.said))),
        )

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, NothingToUndo | UndoRefused):
            self._window.messages.toast(sentences.sentence(error))
        else:
            self._window.messages.error(error)

    def _saved(self) -> None:
        at = self._window.current.saved_at
        said = (
            text("Saved {time}. Changes are saved automatically.").format(time=clock(at))
            if at
            else text("All changes are saved automatically.")
        )
        self._window.messages.toast(said)

    def _full_screen(self) -> None:
        self._window.show_only_screen(not self._window.isFullScreen())

    def _region(self, by: int) -> None:
        regions = self._window.regions()
        focus = QApplication.focusWidget()
        at = next((place for place, part in enumerate(regions) if focus and (part is focus or part.isAncestorOf(focus))), -1)
        for step in range(1, len(regions) + 1):
            part = regions[(at + by * step) % len(regions)]
            target = self._window.shown_screen().focus if part is self._window.stack else first_focus(part)
            if target is not None:
                target.setFocus()
                return

    def _theme(self) -> None:
        names = list(THEMES)
        now = self._window.context.look.tokens.name
        self._window.preferences.change(theme=names[(names.index(now) + 1) % len(names)])

    def _gloves(self) -> None:
        self._window.preferences.change(gloves=not self._window.preferences.now.gloves)

    def _diagnostics(self) -> None:
        QApplication.clipboard().setText(crash.diagnostics())
        self._window.messages.toast(text("Diagnostics copied to the clipboard."))

    def _escape(self) -> None:
        """Cancels the screen's own tool, else closes what is open, else goes back to the picture."""
        window = self._window
        if window.overlays.shut():
            return
        if window.isFullScreen():
            window.show_only_screen(False)
            return
        cancelled = getattr(window.shown_screen().presenter, "escape", None)
        if cancelled is not None and cancelled():
            return
        focus = window.shown_screen().focus
        at_home = QApplication.focusWidget() in (None, focus, led_to(focus), window.shown_screen().view)
        if window.messages.banners and (at_home or not typing()):
            window.messages.clear(window.messages.banners[-1].key)
        window.focus_screen()


def first_focus(part: QWidget) -> QWidget | None:
    """The first widget inside that takes the focus by Tab."""
    inside = [one for one in part.findChildren(QWidget) if one.isVisible() and one.isEnabled()]
    return next((one for one in inside if one.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
