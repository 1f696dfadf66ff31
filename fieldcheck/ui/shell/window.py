"""The window: rail, header, banners, the screen that is shown, status bar. It knows no domain; screens are built when first shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import delete

from fieldcheck.domain.changes import Changes
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors.messages import ALARM, INFO, Messages
from fieldcheck.ui.garbage_collector import GarbageCollector
from fieldcheck.ui.jobs.runner import JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import application, given
from fieldcheck.ui.open_cameras import OpenCameras
from fieldcheck.ui.preferences import Preferences
from fieldcheck.ui.recovered_recordings import RecoveredRecordings
from fieldcheck.ui.registered import specs
from fieldcheck.ui.screen import Screen, ScreenHead
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.shell.actions_table import PLACES, SCREENS, screen_name, table
from fieldcheck.ui.shell.banner import BannerSlot
from fieldcheck.ui.shell.header import HeaderBar
from fieldcheck.ui.shell.open_project import READ_ONLY, ProjectOpening
from fieldcheck.ui.shell.overlays import Overlays
from fieldcheck.ui.shell.rail import Rail
from fieldcheck.ui.shell.status import StatusBar
from fieldcheck.ui.shell.toast import Toast
from fieldcheck.ui.theme import theme
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.theme.tokens import COMPACT_BELOW, RAIL, RAIL_SHARE, SIDE, Metrics
from fieldcheck.ui.visit_steps import badges, recording_badge, without_open
from fieldcheck.ui.widgets.plain import scrolled
from fieldcheck.words import language, remedies
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.ui.shell import confirm_quit
else:
    confirm_quit = LazyModule("fieldcheck.ui.shell.confirm_quit")

Builder = Callable[[Context, "HeaderOf"], Screen]
FIRST, IMPORT, RESTORED = "project", "capture.import", "restored"
LAST_FOLDER = "lastFolder"  # property that file dialogs look up and set (`widgets.choose`)
USUAL_SIZE, LEAST_SIZE = QSize(1366, 690), QSize(640, 400)
REBUILDS = frozenset({"language", "theme", "size", "gloves"})


class HeaderOf:
    """The header as one screen speaks to it: what it says is kept, and shown while that screen is."""

    def __init__(self, window: Window, screen: str) -> None:
        self._window, self._screen = window, screen
        self.head = ScreenHead(screen_name(screen))

    def show_head(self, head: ScreenHead) -> None:
        """From now on the header says this, while the screen is shown."""
        self.head = head
        if self._window.here == self._screen:
            self._window.header.show_head(head)


class Window(QMainWindow):
    """The one window. `builders` makes each screen; everything is built again when language, theme or size change, because what a
    person did is in the project and nothing is lost with a widget."""

    shown = Signal(str)
    """Another screen is shown."""
    rebuilding = Signal()
    """Everything is about to be built again; `rebuilt` comes when it is."""
    rebuilt = Signal()
    painted = Signal()
    """The window has been painted; comes once, from the event loop."""
    _was_painted = Signal()
    context: Context
    rail: Rail
    room: QWidget
    content: QWidget
    toast: Toast

    def __init__(self, preferences: Preferences, builders: Mapping[str, Builder]) -> None:
        super().__init__()
        self._collector = GarbageCollector(self)
        self.setProperty(LAST_FOLDER, preferences.now.folder)
        self.setWindowTitle("Fieldcheck")
        self.setMinimumSize(LEAST_SIZE)
        self.resize(USUAL_SIZE)
        self._builders = builders
        self.preferences = preferences
        self.runner = JobRunner(self)
        self.current = CurrentProject(self.runner, self)
        self.messages = Messages(self)
        self.runner.told.connect(self.messages.left_out)
        self.capturing = OpenCameras(self.runner, self.current, self.messages, self)
        self._opening = ProjectOpening(self.current, self.runner, self.messages, preferences, self.open_project)
        self.here = FIRST
        self._leaving = self._seen = False
        self._was_painted.connect(self.painted, Qt.ConnectionType.QueuedConnection)
        self.kept: dict[str, str] = {}
        self._build()
        RecoveredRecordings(self.current, self.messages, self)
        preferences.changed.connect(self._preferences_changed)
        preferences.not_kept.connect(lambda error: self.messages.error(error, "settings"))
        self.current.opened.connect(self._project_opened)
        self.current.closed.connect(self._project_closed)
        self.current.waited_for.connect(lambda: self._tell(Changes("project.opening")))
        self.current.not_closed.connect(self.messages.error)
        self.current.gave_room.connect(self._room_given)
        self.current.changed.connect(self._tell)
        self.current.changed.connect(lambda _changes: self.toast.follow(self.current.undo_depth))
        self.capturing.changed.connect(self._show_badges)
        self.capturing.moved.connect(self._show_badges)

    def go(self, screen: str) -> None:
        """Shows a screen, which is built when it is shown for the first time."""
        if screen not in self._builders:
            return
        if screen in self._screens and screen == self.here:
            self._screens[screen].presenter.enter()
        else:
            before = self.overlays.fading(self.content) if self.here in self._screens else None  # title and body go together
            if self.here in self._screens:
                self._screens[self.here].presenter.leave()
            if self.here != screen:
                self.kept["before"] = self.here
            self.here = screen
            self.context.actions.enter(screen)
            built = self._screens.get(screen) or self._build_screen(screen)
            self.stack.setCurrentWidget(self._pages[screen])
            self._place_banners(built)
            built.presenter.enter()
            if before is not None:
                before.begin()
        self.rail.show_here(screen)
        self.header.show_head(self._headers[screen].head)
        self.focus_screen()
        self.shown.emit(screen)

    def focus_screen(self) -> None:
        """Gives the keys to what the screen is about, or to the screen itself while that is not shown."""
        view, focus = self.shown_screen().view, self.shown_screen().focus
        (focus if focus is view or focus.isVisibleTo(view) else view).setFocus(Qt.FocusReason.OtherFocusReason)

    def shown_screen(self) -> Screen:
        """The screen that is shown; the first one is built where a key comes before it."""
        if self.here not in self._screens:
            self.go(self.here)
        return self._screens[self.here]

    def open_project(self, path: Path) -> None:
        """Opens a project folder, or what a pack holds, in place of the project that is open. Where a camera is recorded into that, or
        a job writes, it is asked first."""
        self._once_free(partial(self._opening.open, path))

    def _once_free(self, leave: Callable[[], None]) -> None:
        """Leaves at once; where a camera is recorded or a job writes, once the person said that it may stop."""
        if self.capturing.recording:
            confirm_quit.ask_to_stop(self, leave)
        elif self.runner.writing():
            confirm_quit.ask_about_jobs(self, self.runner, leave)
        else:
            leave()

    def step(self, by: int) -> None:
        """Goes one screen on or back."""
        at = SCREENS.index(self.here) + by
        if 0 <= at < len(PLACES):
            self.go(SCREENS[at])

    def rebuild(self) -> None:
        """Language, theme or size are others now: everything is built again around the same project and the same jobs."""
        here = self.here
        if here in self._screens:
            self._screens[here].presenter.leave()
        self._screens.clear()
        self.overlays.shut()
        self.rebuilding.emit()
        self.context.actions.dismiss()
        self._drop_pages()
        self._build()
        self.go(here)
        self._collector.collect_soon()
        self.rebuilt.emit()

    def _drop_pages(self) -> None:
        """Destroys at once the pages that are not shown, so that the new look is not put on them first. What is shown goes with the old
        room, later: a button of it may have asked for the new look."""
        self._drop_hidden()
        self._pages.clear()

    def _drop_hidden(self) -> None:
        """Destroys the screens that are not shown: whatever they show is another project's, or in another look."""
        for name in [name for name in self._pages if name != self.here]:
            self._screens.pop(name, None)
            self._headers[name].head = ScreenHead(screen_name(name))
            delete(self._pages.pop(name))

    def regions(self) -> list[QWidget]:
        """The parts of the window that F6 goes through."""
        found = [self.rail, self.header, self.banners, self.stack, self.status]
        return [part for part in found if part.isVisible()]

    def show_only_screen(self, alone: bool) -> None:
        """Full screen: only the screen itself."""
        for part in (self.rail, self.header, self.status):
            part.setVisible(not alone)
        if alone:
            self.showFullScreen()
        else:
            self.showNormal()

    @property
    def has_screen(self) -> bool:
        """Whether any screen is built yet."""
        return bool(self._screens)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            self._was_painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Live view, jobs, acts, lock: in that order."""
        if not self._leaving and (self.capturing.recording or self.runner.writing()):
            event.ignore()
            self._once_free(self.leave)
            return
        if self.here in self._screens:
            self._screens[self.here].presenter.leave()
        self.preferences.change(folder=str(self.property(LAST_FOLDER)))
        self.runner.stop_jobs()  # before the project closes under them
        self.current.close()
        self.capturing.close_all()
        self.runner.shut_down()
        self._collector.rest()
        super().closeEvent(event)

    def leave(self) -> None:
        """Closes the window, also while a camera is recorded or a job writes: that is stopped in order before the project closes."""
        self._leaving = True
        self.close()

    def close_project(self) -> None:
        """Closes the project; asks where that would end a recording or a job."""
        self._once_free(self.current.close)

    @property
    def compact(self) -> bool:
        """Whether there is room for icons only on the rail."""
        return self.width() < max(COMPACT_BELOW, self.context.look.metrics.px(RAIL) / RAIL_SHARE)

    def _build(self) -> None:
        app, now = application(), self.preferences.now
        language.use(now.language or language.of_system())
        remedies.use("window")
        look = Look(theme.chosen(app, now.theme), Metrics(now.size, now.gloves))
        theme.put_on(app, look)
        actions = Actions(self, table())
        self._screens: dict[str, Screen] = {}
        self._pages: dict[str, QWidget] = {}
        self._headers = {name: HeaderOf(self, name) for name in self._builders}
        self.context = Context(
            self.preferences,
            self.runner,
            self.current,
            self.messages,
            actions,
            look,
            self.capturing,
            self.go,
            self.open_project,
            self.kept,
        )
        steps = [(spec, actions.get(f"go.{spec.id}")) for spec in specs() if spec.id in self._builders]
        self.rail = Rail(look, steps)
        self.header = HeaderBar(look, actions, BannerSlot(look, self.messages, line=True))
        self.banners = BannerSlot(look, self.messages)
        self.stack = QStackedWidget()
        self.overlays = Overlays(self)
        self.status = StatusBar(self.context, self.overlays.jobs, self.overlays.messages)
        self.room = self._lay_out()
        self.setCentralWidget(self.room)
        self.toast = Toast(look, self.room)
        self.messages.toasted.connect(self.toast.show_message)
        self._show_badges()

    def _lay_out(self) -> QWidget:
        side = self.context.look.metrics.px(SIDE)
        self.content = QWidget()
        content = QVBoxLayout(self.content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        content.addWidget(self.header)
        content.addWidget(self.banners)
        room = QVBoxLayout()
        room.setContentsMargins(side, 0, side, side)
        room.addWidget(self.stack)
        content.addLayout(room, 1)
        upper = QHBoxLayout()
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(0)
        upper.addWidget(self.rail)
        upper.addWidget(self.content, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(self.status)
        return whole

    def _build_screen(self, name: str) -> Screen:
        screen = self._builders[name](self.context, self._headers[name])
        page = scrolled(screen.view)
        self._screens[name], self._pages[name] = screen, page
        self.stack.addWidget(page)
        self._fit()
        return screen

    def _place_banners(self, screen: Screen) -> None:
        """Above the screen, which moves down for them; in the header where nothing of the screen may move."""
        steady = screen.steady
        self.banners.switch(not steady)
        self.header.line.switch(steady)

    def _fit(self) -> None:
        compact = self.compact
        self.rail.set_compact(compact)
        for screen in self._screens.values():
            if hasattr(screen.view, "set_compact"):
                screen.view.set_compact(compact)
        self.toast.place()

    def _show_badges(self) -> None:
        shown = badges(without_open(self.current.standing, self._coming_in()), self.current.name)
        if self.capturing.recording:
            shown["capture"] = recording_badge(self.capturing.record_words() or text("REC"), self.capturing.lost)
        self.rail.show_badges({name: badge for name, badge in shown.items() if name in self.rail.items})
        can = self.current.writable
        self.context.actions.enable("undo", can and self.current.undo_depth > 0)
        self.context.actions.enable("redo", can and self.current.redo_depth > 0)

    def _coming_in(self) -> int:
        """How many recordings are made, listed or imported just now: none of them was broken off."""
        standing, project = self.current.standing, self.current.project
        if any(job.objectName() == IMPORT for job in self.runner.running()):
            return standing.n_open if standing is not None else 0
        return len(project.recording) if project is not None else 0

    def _tell(self, changes: Changes) -> None:
        self._show_badges()
        if changes.kinds:  # somebody works on: that it was restored is no news any more
            self.messages.clear(RESTORED)
        if self.here in self._screens:
            self._screens[self.here].presenter.refresh(changes)

    def _project_opened(self) -> None:
        self.messages.clear("error")
        self.messages.clear(READ_ONLY)
        project = given(self.current.project)
        self._drop_hidden()
        self.preferences.opened(project.path)
        if project.was_killed:
            self._say_restored()
        self.setWindowTitle(f"{self.current.name} – Fieldcheck")
        self._tell(Changes("project.opened"))

    def _say_restored(self) -> None:
        said = text("Session restored after an unexpected exit. All changes are saved.")
        self.messages.banner(RESTORED, said, INFO, again=self._say_restored)

    def _room_given(self) -> None:
        said = text("The project disk is full. Your changes are still saved in reserved space. Free up space now.")
        self.messages.banner("room", said, ALARM, again=self._room_given)

    def _project_closed(self) -> None:
        self._drop_hidden()
        self.messages.clear_of_project()
        self.toast.hide()
        self._tell(Changes("project.closed"))

    def _preferences_changed(self, names: frozenset[str]) -> None:
        if names & REBUILDS:
            self.rebuild()
        if "language" in names:
            self.messages.say_again()
