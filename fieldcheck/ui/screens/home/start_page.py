"""Start page without a project and its presenter: recent projects, the demo project, and three ways
to begin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.errors.files import PathMissing
from fieldcheck.i18n.language import tr
from fieldcheck.paths import get_app_paths
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import SAMPLE_FRESH, SAMPLE_PLACE, UNPACKING, Context
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout, is_alive
from fieldcheck.ui.screens import SPECS
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.captions import RecentProjectRow
from fieldcheck.ui.screens.home.recent_list import RecentList
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme, paint_icon
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.file_dialogs import choose_folder, choose_pack
from fieldcheck.ui.widgets.layouts import SideBySideLayout, make_card, make_label, make_row
from fieldcheck.ui.widgets.layouts import make_column as column_of

if TYPE_CHECKING:
    from fieldcheck.api import demo
    from fieldcheck.domain.project_state import RecentProject
    from fieldcheck.errors import messages
    from fieldcheck.project import recent_projects
else:
    demo = LazyModule("fieldcheck.api.demo")
    recent_projects = LazyModule("fieldcheck.project.recent_projects")
    messages = LazyModule("fieldcheck.errors.messages")

DISC = 32


class StartPage(QWidget):
    """`folder_chosen` carries a project folder or a pack to open, `project_located` an old path and
    the folder that takes its place."""

    open_requested = Signal(str)
    remove_requested = Signal(str)
    folder_chosen = Signal(object)
    project_located = Signal(str, object)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = theme.metrics.scale_px
        self._theme = theme
        self._icons: list[_Icon] = []
        self._compact = False
        self.strip = JobStrip(theme)
        self.recent = RecentList(theme)
        self.recent.open_requested.connect(self.open_requested)
        self.recent.remove_requested.connect(self.remove_requested)
        self.recent.locate_requested.connect(self._prompt_for_moved_project)
        self._hero, self._known = self._build_welcome(), self._build_recent_part()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(self._hero)
        column.addWidget(self._known, 3)
        column.addWidget(self.strip)
        column.addWidget(self._build_start_cards(actions))
        column.addStretch(1)
        column.addWidget(make_label(tr("Workflow of a site visit"), size="heading"))
        column.addWidget(VisitStepsLine(theme))
        column.addStretch(1)
        foot = column_of(theme, gap=2)
        foot.addWidget(
            make_label(
                tr("To try a model on one image, drop both on this window, or press T."),
                "caption",
                wrap=True,
            )
        )
        stays = tr(
            "Everything stays on this computer. Fieldcheck connects only to network cameras "
            "that you specify."
        )
        foot.addWidget(make_label(stays, "caption", "quiet", wrap=True))
        column.addLayout(foot)
        self.show_recent_projects([])

    def show_recent_projects(self, lines: list[RecentProjectRow]) -> None:
        """The recent projects, as far as they are known, before all else; where there are none,
        what this is about stands there."""
        self.recent.show_projects(lines)
        self._known.setVisible(bool(lines))
        self._hero.setVisible(not lines)
        self._show_icons()

    def show_project(self, line: RecentProjectRow) -> None:
        """Shows what is known of one project now."""
        self.recent.show_project(line)

    def show_job(self, job: Job | None) -> None:
        """The sample being made ready."""
        self.strip.show_job(job)

    def prompt_for_project(self) -> None:
        """Lets the person choose a project folder."""
        choose_folder(self, tr("Open project folder"), self.folder_chosen.emit)

    def prompt_for_pack(self) -> None:
        """Lets the person choose a pack, of which a new project is made."""
        choose_pack(self, tr("Open evidence pack"), self.folder_chosen.emit)

    def set_compact(self, compact: bool) -> None:
        """Icons and distances give way where there is little room."""
        self._compact = compact
        px = self._theme.metrics.scale_px
        self._column.setSpacing(px(6 if compact else 12))
        self._welcome_box.setContentsMargins(
            0, px(2 if compact else 12), 0, px(2 if compact else 8)
        )
        self._show_icons()

    def _show_icons(self) -> None:
        for icon in self._icons:
            icon.setVisible(not self._compact and self._known.isHidden())

    def _build_welcome(self) -> QWidget:
        """What the program answers, in one sentence as large as there is."""
        hero = QWidget()
        inside = column_of(self._theme, gap=4, parent=hero)
        self._welcome_box = inside
        inside.addWidget(
            make_label(
                tr("Compare your model's field score with its benchmark score"),
                size="number",
                wrap=True,
            )
        )
        text = tr(
            "Record the worst conditions, label a hundred frames with one key each, export a "
            "one-page verdict."
        )
        inside.addWidget(make_label(text, tone="quiet", wrap=True))
        return hero

    def _build_recent_part(self) -> QWidget:
        part, px = QWidget(), self._theme.metrics.scale_px
        inside = column_of(
            self._theme, make_label(tr("Recent"), size="heading"), gap=6, parent=part
        )
        framed = make_card(self._theme)
        get_box_layout(framed).setContentsMargins(px(6), px(4), px(6), px(4))
        get_box_layout(framed).addWidget(self.recent)
        inside.addWidget(framed, 1)
        return part

    def _prompt_for_moved_project(self, path: str) -> None:
        choose_folder(self, tr("Locate project folder"), partial(self._emit_found, path))

    def _emit_found(self, path: str, folder: Path) -> None:
        self.project_located.emit(path, folder)

    def _build_start_cards(self, actions: Actions) -> SideBySideLayout:
        ways = list[tuple[QWidget, int]]()
        sample = tr(
            "Rendered castings on a night shift. No camera or model needed. Five-minute tour."
        )
        new = tr("Footage, model, classes. About one minute.")
        folder = tr(
            "Project folder (.fieldcheck) or evidence pack (.fcpack), on this computer or a "
            "USB stick."
        )
        opens = ((tr("Open folder…"), "project.open"), (tr("Open pack…"), "project.open_pack"))
        for icon, title, what, acts in (
            ("play", tr("Open demo project"), sample, ((tr("Open demo"), "project.sample"),)),
            ("plus", tr("New project"), new, ((tr("Create project"), "project.new"),)),
            ("folder-open", tr("Open project or evidence pack"), folder, opens),
        ):
            buttons = [
                KeyButton(self._theme, text, actions.get_key_text(key)).bind_action(
                    actions.get_action(key)
                )
                for text, key in acts
            ]
            ways.append((self._build_start_card(icon, title, what, buttons), 1))
        return SideBySideLayout(self._theme, *ways)

    def _build_start_card(
        self, icon: str, title: str, what: str, buttons: list[KeyButton]
    ) -> QFrame:
        framed = make_card(self._theme)
        inside = get_box_layout(framed)
        inside.setSpacing(self._theme.metrics.scale_px(6))
        drawn = _Icon(self._theme, icon)
        self._icons.append(drawn)
        inside.addWidget(drawn)
        inside.addWidget(make_label(title, size="heading", wrap=True))
        inside.addWidget(make_label(what, tone="quiet", wrap=True))
        inside.addStretch()
        below = QHBoxLayout()
        for button in buttons:
            below.addWidget(button)
        below.addStretch()
        inside.addLayout(below)
        return framed


class _Icon(QWidget):
    """A large icon, for the eye only."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = self._theme.metrics.scale_px(36)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, self._name, QRect(self.rect()), self._theme.tokens.accent)
        painter.end()


class VisitStepsLine(QWidget):
    """Number, name, minutes and what is done, five times beside each other."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        steps = [
            (self._build_step(theme, number, *step), 1)
            for number, step in enumerate(_list_visit_steps(), start=1)
        ]
        column_of(theme, SideBySideLayout(theme, *steps), parent=self)

    def _build_step(self, theme: Theme, number: int, name: str, minutes: int, what: str) -> QWidget:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(make_label(name, bold=True))
        column.addWidget(make_label(what, size="caption", tone="quiet", wrap=True))
        column.addStretch()
        step = QWidget()
        when = QVBoxLayout()
        when.setSpacing(theme.metrics.scale_px(2))
        when.addWidget(_Disc(theme, number), 0, Qt.AlignmentFlag.AlignHCenter)
        when.addWidget(make_label(tr("{n} min").format(n=minutes), size="caption", tone="quiet"))
        when.addStretch()
        make_row(theme, when, (column, 1), parent=step)
        return step


class _Disc(QWidget):
    """A number in a circle."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme, self._number = theme, number
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = self._theme.metrics.scale_px(DISC)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.tokens.border), 1.5))
        painter.setBrush(QColor(self._theme.tokens.panel))
        painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tokens.text))
        painter.drawText(QRect(self.rect()), Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


def _list_visit_steps() -> tuple[tuple[str, int, str], ...]:
    """Name, minutes and what is done."""
    return tuple((spec.name(), *spec.visit()) for spec in SPECS if spec.visit is not None)


# Presenter of the start page, without a project: the sample is made ready, recent projects are
# looked at and opened.

SAMPLE = "home.sample"


class StartDisplay(Protocol):
    """All that is known of the page here."""

    def show_recent_projects(self, lines: list[RecentProjectRow]) -> None: ...
    def show_project(self, line: RecentProjectRow) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def prompt_for_project(self) -> None: ...
    def prompt_for_pack(self) -> None: ...


class StartPresenter:
    """Works while its page is shown. `sample` is the sample that was asked for here and is about to
    be open; `changed()` is called when other actions can be done."""

    def __init__(self, context: Context, view: StartDisplay, changed: Callable[[], None]) -> None:
        self._context, self._view, self._changed = context, view, changed
        self._failed = partial(context.messages.show_error, key=SAMPLE)
        self._here = self._painted = False
        self._waiting: list[str] = []
        self._known: dict[str, RecentProjectRow] = {}
        self.sample: Path | None = None

    def enter(self) -> None:
        """The page is shown: the list at once, what is behind it as soon as the window was
        painted."""
        self._here = True
        self._show_job(self._current_job)
        self._show_recent_projects()

    def leave(self) -> None:
        """Leave the page; results that arrive later are dropped."""
        self._here, self._waiting = False, []

    def on_painted(self) -> None:
        """Start reading, now that the window was painted."""
        self._painted = True
        if self._here:
            self._load_recent_projects()

    @property
    def _current_job(self) -> Job | None:
        """The sample that is made ready, or a pack that is unpacked."""
        return self._context.runner.find_running(SAMPLE) or self._context.runner.find_running(
            UNPACKING
        )

    @property
    def is_preparing(self) -> bool:
        """Whether the sample is being made ready."""
        return self._context.runner.find_running(SAMPLE) is not None

    def open_sample(self) -> None:
        """Makes the sample ready, which takes half a minute the first time, and opens it."""
        if self.is_preparing:
            return
        self._context.messages.clear_banner(SAMPLE)
        kept = self._context.session_values
        folder, fresh = (
            Path(kept.pop(SAMPLE_PLACE, get_app_paths().sample)),
            bool(kept.pop(SAMPLE_FRESH, "")),
        )
        job = self._context.runner.run_job(
            self._context.messages,
            lambda: tr("Create demo project"),
            partial(_prepare_demo, folder, fresh),
            writes=True,
            key=SAMPLE,
        )
        job.on_success(self._open_sample).on_failure(self._failed)
        job.on_retry(self._view, self.open_sample)
        self._show_job(job)

    def open_project(self, path: Path) -> None:
        """Opens a project in place of the one that is open; a pack is unpacked first, which is
        shown."""
        self._context.open_project(path)
        self._show_job(self._current_job)

    def on_project_located(self, old: str, folder: Path) -> None:
        """The project that was listed at `old` lies in `folder` now."""
        self._context.preferences.remove_recent(old)
        self.open_project(folder)
        self._show_recent_projects()

    def remove_recent(self, path: str) -> None:
        """Takes a project off the list; nothing happens to its folder."""
        before = self._context.preferences.settings.recent
        self._context.preferences.remove_recent(path)
        listed = self._context.preferences.settings.recent
        self._context.runner.run_in_order(self._view, lambda: _forget_removed(listed))
        self._show_recent_projects()
        self._context.messages.show_toast(
            tr("{name} removed from the list. Its folder is unchanged.").format(
                name=captions.get_project_name(path)
            ),
            tr("Undo"),
            lambda: self._restore_recent(before),
        )

    def _show_job(self, job: Job | None) -> None:
        self._view.show_job(job)
        if job is not None:
            job.ended.connect(self._changed)

    def _restore_recent(self, recent: tuple[str, ...]) -> None:
        self._context.preferences.update(recent=recent)
        if self._here:
            self._show_recent_projects()

    def _open_sample(self, path: Path) -> None:
        self.sample = path
        self._context.open_project(path)
        if is_alive(self._view):
            self._show_job(self._current_job)

    def _show_recent_projects(self) -> None:
        recent = self._context.preferences.settings.recent
        self._view.show_recent_projects(
            [self._known.get(path, captions.build_loading_row(path)) for path in recent]
        )
        if self._painted:
            self._load_recent_projects()

    def _load_recent_projects(self) -> None:
        """Read one project after another, so that a user's action waits for at most one."""
        idle = not self._waiting
        self._waiting = list(self._context.preferences.settings.recent)
        if idle:
            self._load_next_project()

    def _load_next_project(self) -> None:
        if self._waiting:
            path, listed = self._waiting[0], self._context.preferences.settings.recent
            reading = self._context.runner.run_in_order(
                self._view, lambda: _load_recent(path, listed)
            )
            reading.on_success(self._on_project_loaded).on_failure(
                lambda error: self._on_project_failed(path, error)
            )

    def _on_project_loaded(self, recent_project: RecentProject) -> None:
        self._show_project(captions.build_found_row(recent_project))

    def _on_project_failed(self, path: str, error: BaseException) -> None:
        if isinstance(error, PathMissing):
            self._show_project(captions.build_missing_row(path, error.path))
        else:
            self._show_project(captions.build_broken_row(path, messages.format_error(error)))

    def _show_project(self, line: RecentProjectRow) -> None:
        self._known[line.path] = line
        if self._here:
            self._waiting = [path for path in self._waiting if path != line.path]
            self._view.show_project(line)
            self._load_next_project()


def _prepare_demo(folder: Path, fresh: bool, progress: Progress) -> Path:
    return demo.prepare_demo(folder, progress, get_timestamp(), fresh=fresh)


def _load_recent(path: str, listed: tuple[str, ...]) -> RecentProject:
    return recent_projects.load_recent(Path(path), get_app_paths().cache, listed)


def _forget_removed(listed: tuple[str, ...]) -> None:
    recent_projects.prune_cache(get_app_paths().cache, listed)
