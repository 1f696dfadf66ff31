"""The main window: sidebar, header, banners, current screen and status bar. Screens are built when
first shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QFontMetrics, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.errors import message_format
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr
from fieldcheck.ui import theme
from fieldcheck.ui.colours_and_high_contrast import get_tokens
from fieldcheck.ui.context import (
    CARD_KEPT,
    READ_ONLY,
    TRIAL_KEPT,
    Context,
    Preferences,
    ProjectOpener,
)
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors import ALARM, INFO, Messages
from fieldcheck.ui.jobs import GarbageCollector, JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.open_cameras import InterruptedRecordings, OpenCameras
from fieldcheck.ui.qt_types import (
    REMOVED,
    get_application,
    get_box_layout,
    get_layout,
    require_value,
)
from fieldcheck.ui.screen import Screen, ScreenHeading
from fieldcheck.ui.screens import (
    SCREENS,
    SPECS,
    STEP_IDS,
    exclude_open_imports,
    get_screen_name,
    list_common_actions,
    make_badges,
    make_recording_badge,
)
from fieldcheck.ui.shell.notifications import BannerSlot, Toast
from fieldcheck.ui.shell.overlays import Overlays
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.shell.sidebar import RailSlot, Sidebar
from fieldcheck.ui.shell.status_bar import StatusBar
from fieldcheck.ui.theme import COMPACT_BELOW, HEADER, RAIL, RAIL_SHARE, SIDE, Metrics, Theme
from fieldcheck.ui.widgets.buttons import FocusRing, KeyButton
from fieldcheck.ui.widgets.layouts import (
    delete_widget,
    make_label,
    make_plain_tip,
    make_scroll_area,
)
from fieldcheck.ui.widgets.text_lines import break_lines

if TYPE_CHECKING:
    from fieldcheck.domain import project_state
    from fieldcheck.domain.project_state import Changes
    from fieldcheck.ui.shell import overlays as confirm_quit
else:
    project_state = LazyModule("fieldcheck.domain.project_state")
    confirm_quit = LazyModule("fieldcheck.ui.shell.overlays")

# The header: undo and redo, title, what the screen is about, and the one primary action.

HINT_SLACK = 4  # pixels that a label asks for beyond the advance of its letters


class HeaderBar(QWidget):
    """Shows the ScreenHead of the current screen. `line` holds its banner, in place of the hint,
    where the content below may not move."""

    def __init__(self, theme: Theme, actions: Actions, line: BannerSlot) -> None:
        super().__init__()
        self.banner = line
        self._hint_text = ""
        self._actions = actions
        self._bound: QAction | None = None
        self.setFixedHeight(max(theme.metrics.scale_px(HEADER), theme.metrics.target + 12))
        self.title = make_label(size="title")
        self.hint = make_label(tone="quiet")
        self.hint.setProperty("elides", True)
        self.hint.installEventFilter(self)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        undo, redo = actions.get_entry("undo"), actions.get_entry("redo")
        self.undo, self.redo = (
            KeyButton(theme, "", icon=undo.icon, role="small"),
            KeyButton(theme, "", icon=redo.icon, role="small"),
        )
        for button, entry in ((self.undo, undo), (self.redo, redo)):
            button.bind_action(actions.get_action(entry.id))
            button.setAccessibleName(f"{entry.text}, {entry.shown_key}")
            button.setToolTip(make_plain_tip(f"{entry.text} ({entry.shown_key})"))
        self.primary = KeyButton(
            theme, "", actions.get_key_text("primary"), primary=True
        ).bind_action(actions.get_action("primary"))
        self.secondary = KeyButton(theme, "", role="soft")
        self.secondary.clicked.connect(self._run_secondary)
        px = theme.metrics.scale_px
        row = QHBoxLayout(self)
        row.setContentsMargins(px(10), 0, px(SIDE), 0)
        row.setSpacing(max(px(4), theme.metrics.gap))
        for button in (self.undo, self.redo):
            row.addWidget(button)
        row.addSpacing(px(8))
        row.addWidget(self.title)
        row.addSpacing(px(8))
        row.addWidget(self.hint, 1)
        row.addWidget(line, 1)
        line.filled.connect(lambda filled: self.hint.setVisible(not filled))
        row.addWidget(self.secondary)
        row.addSpacing(px(4))
        row.addWidget(self.primary)

    def show_head(self, head: ScreenHeading) -> None:
        """Title, hint and actions of a screen; without a primary action, or with its button on the
        page, there is none here."""
        self.title.setText(head.title)
        self._hint_text = head.hint
        self.primary.setVisible(bool(head.primary) and not head.on_page)
        self.primary.set_label(head.primary, head.key or self._actions.get_key_text("primary"))
        self.primary.set_role(head.role)
        self._actions.set_enabled("primary", bool(head.primary) and head.enabled)
        self._show_secondary(head.secondary, head.secondary_text)
        get_layout(self).activate()
        self._fit_hint()

    def _show_secondary(self, action: str, text: str) -> None:
        """The button of that action, with its own text where none is given; none for an empty
        id."""
        if self._bound is not None:
            self._bound.enabledChanged.disconnect(self.secondary.setEnabled)
        self._bound = self._actions.get_action(action) if action else None
        self.secondary.setVisible(self._bound is not None)
        if self._bound is not None:
            text = text or self._actions.get_entry(action).text
            self.secondary.set_label(text, self._actions.get_key_text(action))
            self.secondary.setEnabled(self._bound.isEnabled())
            self._bound.enabledChanged.connect(self.secondary.setEnabled)

    def _run_secondary(self) -> None:
        if self._bound is not None:
            self._bound.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The hint also gets another width where only the primary action has other words."""
        if watched is self.hint and event.type() == QEvent.Type.Resize:
            self._fit_hint()
        return super().eventFilter(watched, event)

    def _fit_hint(self) -> None:
        """The hint on as many lines as the header is high; where they are too few it is the tooltip
        of the title."""
        hint_width = self.hint.width() - HINT_SLACK
        lines = break_lines(self._hint_text, self.hint.font(), hint_width)
        fits = len(lines) * QFontMetrics(self.hint.font()).height() <= self.height()
        self.hint.setText("\n".join(lines) if fits else "")
        self.title.setToolTip("" if fits else make_plain_tip(self._hint_text))


Builder = Callable[[Context, "ScreenHeader"], Screen]
FIRST, IMPORT, RESTORED = "project", "capture.import", "restored"
LAST_FOLDER = "lastFolder"  # property that file dialogs look up and set (`widgets.choose`)
USUAL_SIZE, LEAST_SIZE = QSize(1366, 690), QSize(640, 400)
REBUILDS = frozenset({"language", "theme", "size", "gloves"})
ROOMY = ((2400, 1300, 145), (1800, 940, 120))
"""Width and height of a window from which on everything is so large, in percent, while nobody has
chosen another size than the usual one."""


class ScreenHeader:
    """The header as one screen speaks to it: what it says is kept, and shown while that screen
    is."""

    def __init__(self, window: Window, screen: str) -> None:
        self._window, self._screen = window, screen
        self.heading = ScreenHeading(get_screen_name(screen))

    def show_head(self, head: ScreenHeading) -> None:
        """From now on the header says this, while the screen is shown."""
        self.heading = head
        if self._window.current_screen == self._screen:
            self._window.show_head(head)


class Window(QMainWindow):
    """The one window. `builders` makes each screen; everything is built again when language, theme
    or size change, because what a person did is in the project and nothing is lost with a widget.
    """

    screen_shown = Signal(str)
    """Emitted when another screen is shown."""
    rebuilding = Signal()
    """The window is about to be rebuilt; `rebuilt` follows."""
    rebuilt = Signal()
    painted = Signal()
    """The window has been painted; comes once, from the event loop."""
    _was_painted = Signal()
    context: Context
    sidebar: Sidebar
    central: QWidget
    content: QWidget
    toast: Toast

    def __init__(self, preferences: Preferences, builders: Mapping[str, Builder]) -> None:
        super().__init__()
        self._collector = GarbageCollector(self)
        self.setProperty(LAST_FOLDER, preferences.settings.folder)
        self.setWindowTitle("Fieldcheck")
        self.setMinimumSize(LEAST_SIZE)
        # 1366 px at a scale of 125 % are 1092: no edge may lie beyond the screen
        self.resize(USUAL_SIZE.boundedTo(self.screen().availableSize()))
        self._builders = builders
        self.preferences = preferences
        self.runner = JobRunner(self)
        self.current = CurrentProject(self.runner, self)
        self.messages = Messages(self)
        self.runner.warned.connect(self.messages.warn_skipped)
        self.cameras = OpenCameras(self.runner, self.current, self.messages, self)
        self.cameras.camera_lost.connect(self._sound_outage)
        self._opening = ProjectOpener(
            self.current, self.runner, self.messages, preferences, self.open_project
        )
        self.current_screen = FIRST
        self._leaving = self._seen = self._picture_first = False
        self._was_painted.connect(self.painted, Qt.ConnectionType.QueuedConnection)
        self.session_values: dict[str, str] = {}
        self._build_all()
        InterruptedRecordings(self.current, self.messages, self)
        preferences.changed.connect(self._on_preferences_change)
        preferences.save_failed.connect(lambda error: self.messages.show_error(error, "settings"))
        self.current.opened.connect(self._on_project_opened)
        self.current.closed.connect(self._on_project_closed)
        self.current.opening_changed.connect(
            lambda: self._notify_screen(project_state.Changes("project.opening"))
        )
        self.current.close_failed.connect(self.messages.show_error)
        self.current.reserve_released.connect(self._on_reserve_released)
        self.current.changed.connect(self._notify_screen)
        self.current.changed.connect(
            lambda _changes: self.toast.on_undo_depth_change(self.current.undo_depth)
        )
        self.cameras.changed.connect(self._show_badges)
        self.cameras.polled.connect(self._show_badges)

    def show_screen(self, screen: str) -> None:
        """Shows a screen, which is built when it is shown for the first time."""
        if screen not in self._builders:
            return
        if screen in self._screens and screen == self.current_screen:
            self._screens[screen].presenter.enter()
        else:
            # title and body go together
            before = (
                self.overlays.start_fade(self.content)
                if self.current_screen in self._screens
                else None
            )
            if self.current_screen in self._screens:
                self._screens[self.current_screen].presenter.leave()
            if self.current_screen != screen:
                self.session_values["before"] = self.current_screen
            self.current_screen = screen
            self.context.actions.set_screen(screen)
            built = self._screens.get(screen) or self._build_screen(screen)
            self.stack.setCurrentWidget(self._pages[screen])
            self._update_banner_position(built)
            self._place_header(built)
            built.presenter.enter()
            if before is not None:
                before.start_fade()
        self.sidebar.set_current(screen)
        self.show_head(self._headers[screen].heading)
        self.focus_screen()
        self.overlays.on_screen_shown(screen)
        self.screen_shown.emit(screen)

    def show_head(self, head: ScreenHeading) -> None:
        """Shows a heading, what it says of keys in the status bar, and the rail as it asks for
        it."""
        self.header.show_head(head)
        self.status.show_keys(head.keys)
        self._picture_first = head.picture_first
        self._rail_slot.set_compact(self.compact or self._picture_first)

    def focus_screen(self) -> None:
        """Gives the keys to what the screen is about, or to the screen itself while that is not
        shown."""
        view, focus = self.get_shown_screen().view, self.get_shown_screen().focus
        (focus if focus is view or focus.isVisibleTo(view) else view).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def get_shown_screen(self) -> Screen:
        """The screen that is shown; the first one is built where a key comes before it."""
        if self.current_screen not in self._screens:
            self.show_screen(self.current_screen)
        return self._screens[self.current_screen]

    def open_project(self, path: Path) -> None:
        """Opens a project folder, or what a pack holds, in place of the project that is open. Where
        a camera is recorded into that, or a job writes, it is asked first. The project that is open
        already is only shown: its own lock would let nobody else write it."""
        if self.current.has_open(path):
            self.show_screen(FIRST)
            return
        self.run_once_free(partial(self._opening.open, path))

    def run_once_free(self, leave: Callable[[], None]) -> None:
        """Leaves at once; where a camera is recorded or a job writes, once the person said of each
        that it may stop."""
        if self.cameras.recording:
            confirm_quit.confirm_stop_recording(self, partial(self._run_once_written, leave))
        else:
            self._run_once_written(leave)

    def _run_once_written(self, leave: Callable[[], None]) -> None:
        if self.runner.list_writing():
            confirm_quit.confirm_stop_jobs(self, self.runner, leave)
        else:
            leave()

    def step_screen(self, steps: int) -> None:
        """Goes one screen on or back."""
        index = SCREENS.index(self.current_screen) + steps
        if 0 <= index < len(STEP_IDS):
            self.show_screen(SCREENS[index])

    def rebuild_all(self) -> None:
        """Language, theme or size are others now: everything is built again around the same project
        and the same jobs."""
        here = self.current_screen
        if here in self._screens:
            self._screens[here].presenter.leave()
        self._screens.clear()
        self.central.setProperty(REMOVED, True)  # it goes later than its actions
        self.overlays.close_open()
        self.rebuilding.emit()
        self.context.actions.remove_all()
        for page in self._delete_hidden_screens():
            # Gone before the new look is put on it: 0.3 s for a look with every screen built, else
            # 2.7 s. Without this line they go later.
            QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)
        self._build_all()
        self.show_screen(here)
        QTimer.singleShot(0, self, self._update_margins)  # once it is known how wide the screen is
        self._collector.collect_soon()
        self.rebuilt.emit()

    def _delete_hidden_screens(self) -> list[QWidget]:
        """Deletes the screens that are not shown, once the event loop is back: whatever they show
        is another project's, or in another look. A screen hears of a project from here alone, so
        one that waits is told nothing more. Their pages."""
        hidden = [name for name in self._pages if name != self.current_screen]
        for name in hidden:
            self._screens.pop(name, None)
            self._headers[name].heading = ScreenHeading(get_screen_name(name))
            delete_widget(self._pages[name])
        return [self._pages.pop(name) for name in hidden]

    def list_regions(self) -> list[QWidget]:
        """The parts of the window that F6 goes through."""
        widgets = [self.sidebar, self.header, self.banners, self.stack, self.status]
        return [part for part in widgets if part.isVisible()]

    def show_only_screen(self, alone: bool) -> None:
        """Full screen: only the screen itself."""
        for part in (self.sidebar, self._rail_slot, self.header, self.status):
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
        self._update_layout()
        self._update_margins()
        if self._compute_percent() != self.context.theme.metrics.percent:
            QTimer.singleShot(0, self, self._fit_size)

    def _compute_percent(self) -> int:
        """The interface size that is set; the usual one grows with a large window."""
        size = self.preferences.settings.size
        fitting_percents = (
            percent for w, h, percent in ROOMY if self.width() >= w and self.height() >= h
        )
        return next(fitting_percents, size) if size == 100 else size

    def _fit_size(self) -> None:
        """Everything is built again where the window is so much larger or smaller."""
        if self._compute_percent() != self.context.theme.metrics.percent:
            self.rebuild_all()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Live view, jobs, acts, lock: in that order."""
        if not self._leaving and (self.cameras.recording or self.runner.list_writing()):
            event.ignore()
            self.run_once_free(self.force_close)
            return
        if self.current_screen in self._screens:
            self._screens[self.current_screen].presenter.leave()
        self.preferences.update(folder=str(self.property(LAST_FOLDER)))
        self.runner.stop_jobs()  # before the project closes under them
        self.current.close()
        self.cameras.close_all()
        self.runner.shutdown()
        self._collector.stop()
        super().closeEvent(event)

    def force_close(self) -> None:
        """Closes the window, also while a camera is recorded or a job writes: that is stopped in
        order before the project closes."""
        self._leaving = True
        self.close()

    def close_project(self) -> None:
        """Closes the project; asks where that would end a recording or a job."""
        self.run_once_free(self.current.close)

    @property
    def compact(self) -> bool:
        """Whether there is room for icons only on the rail."""
        return self.width() < max(
            COMPACT_BELOW, self.context.theme.metrics.scale_px(RAIL) / RAIL_SHARE
        )

    def _build_all(self) -> None:
        app, now = get_application(), self.preferences.settings
        language.set_language(now.language or language.get_system_language())
        message_format.set_audience("window")
        view = Theme(get_tokens(app, now.theme), Metrics(self._compute_percent(), now.gloves))
        theme.apply_theme(app, view)
        self.setProperty("theme", view)  # pickers of files look like their window
        actions = Actions(
            self, list_common_actions(), {spec.id: spec.list_actions for spec in SPECS}
        )
        self._screens: dict[str, Screen] = {}
        self._pages: dict[str, QWidget] = {}
        self._headers = {name: ScreenHeader(self, name) for name in self._builders}
        self.context = Context(
            self.preferences,
            self.runner,
            self.current,
            self.messages,
            actions,
            view,
            self.cameras,
            self.show_screen,
            self.open_project,
            self.run_once_free,
            self.session_values,
        )
        steps = [
            (spec, actions.get_action(f"go.{spec.id}"))
            for spec in SPECS
            if spec.id in self._builders
        ]
        self.sidebar = Sidebar(view, steps)
        self.header = HeaderBar(view, actions, BannerSlot(view, self.messages, line=True))
        self.banners = BannerSlot(view, self.messages)
        self.stack = QStackedWidget()
        self.overlays = Overlays(self)
        self.status = StatusBar(self.context, self.overlays.show_jobs, self.overlays.show_messages)
        self.central = self._build_layout()
        self.setCentralWidget(self.central)
        self._ring = FocusRing(view, self.central)
        self.toast = Toast(view, self.central)
        self.messages.toasted.connect(self.toast.show_message)
        self._show_badges()

    def _build_layout(self) -> QWidget:
        self.content = QWidget()
        content = QVBoxLayout(self.content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        content.addWidget(self.header)
        content.addWidget(self.banners)
        self._around = QVBoxLayout()
        self._around.addWidget(self.stack)
        content.addLayout(self._around, 1)
        whole = QWidget()
        self._rail_slot = RailSlot(self.context.theme, self.sidebar, whole)
        upper = QHBoxLayout()
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(0)
        upper.addWidget(self._rail_slot)
        upper.addWidget(self.content, 1)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(self.status)
        return whole

    def _build_screen(self, name: str) -> Screen:
        screen = self._builders[name](self.context, self._headers[name])
        page = make_scroll_area(screen.view)
        self._screens[name], self._pages[name] = screen, page
        self.context.actions.bind_screen(name, screen.presenter)
        self.stack.addWidget(page)
        self._update_layout()
        return screen

    def _update_banner_position(self, screen: Screen) -> None:
        """Above the screen, which moves down for them; in the header where nothing of the screen
        may move."""
        steady = screen.fixed_layout
        self.banners.set_active(not steady)
        self.header.banner.set_active(steady)

    def _place_header(self, screen: Screen) -> None:
        """Over the screen, or inside it where it reaches the edges of the window."""
        for other in self._screens.values():
            if other is not screen and other.place_header is not None:
                other.place_header(None)
        shown = not self.header.isHidden()
        if screen.place_header is not None:
            self._around.setContentsMargins(0, 0, 0, 0)
            screen.place_header(self.header)
        else:
            self._update_margins()
            get_box_layout(self.content).insertWidget(0, self.header)
        self.header.setVisible(shown)

    def _update_margins(self) -> None:
        """Round a screen that does not reach the edges; more at the right of one that would be too
        wide."""
        shown, px = self._screens.get(self.current_screen), self.context.theme.metrics.scale_px
        if shown is None or shown.place_header is not None:
            return
        if shown.reaches_edges:
            self._around.setContentsMargins(0, 0, 0, 0)
            return
        side, most = px(SIDE), px(shown.max_width)
        spare = self.content.width() - side - most if shown.max_width else 0
        above = 0 if shown.has_tabs else side // 2
        self._around.setContentsMargins(side, above, max(side, spare), side)

    def _update_layout(self) -> None:
        compact = self.compact
        self._rail_slot.set_compact(compact or self._picture_first)
        for screen in self._screens.values():
            if hasattr(screen.view, "set_compact"):
                screen.view.set_compact(compact)
        self.toast.update_position()
        self.overlays.update_position()

    def _show_badges(self) -> None:
        shown = make_badges(
            exclude_open_imports(self.current.status, self._count_incoming()), self.current.name
        )
        if self.cameras.recording:
            shown["capture"] = make_recording_badge(
                self.cameras.format_recording_time() or tr("Recording"), self.cameras.lost
            )
        self.sidebar.show_badges(
            {name: badge for name, badge in shown.items() if name in self.sidebar.items}
        )
        self.sidebar.show_project(self.current.name, self.current.opening)
        can = self.current.writable
        self.context.actions.set_enabled("undo", can and self.current.undo_depth > 0)
        self.context.actions.set_enabled("redo", can and self.current.redo_depth > 0)

    def _count_incoming(self) -> int:
        """How many recordings are made, listed or imported just now: none of them was broken
        off."""
        standing, project = self.current.status, self.current.project
        if any(job.key == IMPORT for job in self.runner.list_running()):
            return standing.n_open if standing is not None else 0
        return len(project.recording) if project is not None else 0

    def _notify_screen(self, changes: Changes) -> None:
        self._show_badges()
        if changes.kinds:  # somebody works on: that it was restored is no news any more
            self.messages.clear_banner(RESTORED)
        if self.current_screen in self._screens:
            self._screens[self.current_screen].presenter.refresh(changes)

    def _on_project_opened(self) -> None:
        self.messages.clear_banner("error")
        self.messages.clear_banner(READ_ONLY)
        project = require_value(self.current.project)
        self._forget_project()
        self.preferences.add_recent(project.path)
        if project.was_killed:
            self._show_restored()
        self.setWindowTitle(f"{self.current.name} – Fieldcheck")
        self._notify_screen(project_state.Changes("project.opened"))

    def _forget_project(self) -> None:
        """What was shown of the project before, or begun on it and not stored, goes with it."""
        for key in (CARD_KEPT, TRIAL_KEPT):
            self.session_values.pop(key, None)
        self._delete_hidden_screens()

    def _show_restored(self) -> None:
        text = tr(
            "Session restored after an unexpected exit. Everything saved before is safe; "
            "check your last action."
        )
        self.messages.show_banner(RESTORED, text, INFO, again=self._show_restored)

    def _on_reserve_released(self) -> None:
        text = tr(
            "The project disk is full. Your changes are still saved in reserved space. Free "
            "up space now."
        )
        self.messages.show_banner("room", text, ALARM, again=self._on_reserve_released)

    def _on_project_closed(self) -> None:
        self._forget_project()
        self.messages.clear_project_messages()
        self.toast.hide()
        self.setWindowTitle("Fieldcheck")
        self._notify_screen(project_state.Changes("project.closed"))

    def _sound_outage(self) -> None:
        """The computer's alert sound, where somebody has asked for it."""
        if self.preferences.settings.outage_sound:
            QApplication.beep()

    def _on_preferences_change(self, names: frozenset[str]) -> None:
        if names & REBUILDS:
            self.rebuild_all()
        if "language" in names:
            self.messages.retranslate()
