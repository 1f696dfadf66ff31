"""Start page without a project and its presenter: the list of recent projects and four ways to
begin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from fieldcheck.errors.files import PathMissing
from fieldcheck.i18n.language import get_language, tr
from fieldcheck.paths import DEMO_PROJECT, FINISHED_DEMO, get_app_paths
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import SAMPLE_FRESH, SAMPLE_PLACE, UNPACKING, Context
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout, is_alive
from fieldcheck.ui.screens import SPECS
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.captions import READING, THERE, RecentProjectRow
from fieldcheck.ui.screens.home.recent_list import RecentList
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme, paint_icon
from fieldcheck.ui.widgets.choice_buttons import TitledButton, get_chosen_ground
from fieldcheck.ui.widgets.layouts import (
    SideBySideLayout,
    make_card,
    make_column,
    make_label,
    make_row,
)
from fieldcheck.ui.widgets.pages import make_dashed_pen

if TYPE_CHECKING:
    from fieldcheck.api import demo
    from fieldcheck.domain.project_state import RecentProject
    from fieldcheck.errors import messages
    from fieldcheck.project import recent_projects
    from fieldcheck.ui.widgets import file_dialogs
else:
    demo = LazyModule("fieldcheck.api.demo")
    recent_projects = LazyModule("fieldcheck.project.recent_projects")
    messages = LazyModule("fieldcheck.errors.messages")
    file_dialogs = LazyModule("fieldcheck.ui.widgets.file_dialogs")

DISC, GAP, CARD_PAD, DROP = 28, 16, 16, 148
ENTRY_WIDTH, ENTRY_WIDTH_COMPACT = 300, 360


class StartPage(QWidget):
    """`folder_chosen` carries a project folder or a pack to open, `project_located` an old path and
    the folder that takes its place."""

    open_requested = Signal(str)
    remove_requested = Signal(str)
    folder_chosen = Signal(object)
    project_located = Signal(str, object)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme = theme
        self.strip = JobStrip(theme)
        self.recent = RecentList(theme)
        self.recent.open_requested.connect(self.open_requested)
        self.recent.remove_requested.connect(self.remove_requested)
        self.recent.locate_requested.connect(self._prompt_for_moved_project)
        self._hero, self._recent_part = self._build_welcome(), self._build_recent_part()
        left, self._side = QWidget(), QWidget()
        make_column(
            theme, self.strip, (self._recent_part, 1), (self._hero, 1), gap=GAP, parent=left
        )
        self._entries = self._build_entries(actions)
        self._drop = EntryButton(
            theme,
            "film",
            tr("Drop a model and an image"),
            tr("See one prediction without a project."),
            actions.get_key_text("project.try"),
            dashed=True,
        )
        self._drop.bind_action(actions.get_action("project.try"))
        stays = tr(
            "Everything stays on this computer. The network is used only for cameras that you "
            "connect or search for."
        )
        privacy = make_row(theme, gap=10)
        privacy.addWidget(_Icon(theme, "lock", 16), 0, Qt.AlignmentFlag.AlignTop)
        privacy.addWidget(make_label(stays, tone="quiet", wrap=True), 1)
        privacy.setContentsMargins(theme.metrics.scale_px(GAP), 0, theme.metrics.scale_px(GAP), 0)
        self._right = make_column(theme, self._entries, (self._drop, 2), gap=GAP, parent=self._side)
        self._right.addLayout(privacy)
        self._right.addStretch(1)
        self._sides = SideBySideLayout(theme, (left, 5), (self._side, 2), gap=GAP)
        make_column(theme, self._sides, parent=self)
        self.set_compact(False)
        self.show_recent_projects([])

    def show_recent_projects(self, lines: list[RecentProjectRow]) -> None:
        """The recent projects, as far as they are known; where there are none, what this is about
        stands there."""
        self.recent.show_projects(lines)
        self._recent_part.setVisible(bool(lines))
        self._hero.setVisible(not lines)

    def show_project(self, line: RecentProjectRow) -> None:
        """Shows what is known of one project now."""
        self.recent.show_project(line)

    def show_job(self, job: Job | None) -> None:
        """The sample being made ready."""
        self.strip.show_job(job)

    def prompt_for_project(self) -> None:
        """Lets the person choose a project folder."""
        file_dialogs.choose_folder(self, tr("Open project folder"), self.folder_chosen.emit)

    def prompt_for_pack(self) -> None:
        """Lets the person choose a pack, of which a new project is made."""
        file_dialogs.choose_pack(self, tr("Open evidence pack"), self.folder_chosen.emit)

    def set_compact(self, compact: bool) -> None:
        """Distances give way where there is little room."""
        px = self._theme.metrics.scale_px
        self._right.setSpacing(px(GAP / 2 if compact else GAP))
        self._side.setMinimumWidth(px(ENTRY_WIDTH_COMPACT if compact else ENTRY_WIDTH))
        for entry in (*self._entry_buttons, self._drop):
            entry.set_compact(compact)

    def _build_welcome(self) -> QWidget:
        """What the program answers, in one sentence as large as there is, and the steps of a
        visit."""
        hero = make_card(self._theme)
        inside = get_box_layout(hero)
        pad = self._theme.metrics.scale_px(CARD_PAD)
        inside.setContentsMargins(pad, pad, pad, pad)
        inside.addWidget(
            make_label(
                tr("Compare your model's field score with its benchmark score"),
                size="title",
                wrap=True,
            )
        )
        text = tr(
            "Record the worst conditions, label a hundred frames with one key each, export a "
            "one-page verdict."
        )
        inside.addWidget(make_label(text, tone="quiet", wrap=True))
        inside.addSpacing(pad)
        inside.addWidget(make_label(tr("Workflow of a site visit"), size="heading"))
        inside.addWidget(VisitStepsLine(self._theme))
        inside.addStretch()
        return hero

    def _build_recent_part(self) -> QWidget:
        px = self._theme.metrics.scale_px
        framed = make_card(self._theme)
        inside = get_box_layout(framed)
        inside.setContentsMargins(px(10), px(CARD_PAD), px(10), px(8))
        title = make_label(tr("Recent"), size="heading")
        title.setIndent(px(10))
        inside.addWidget(title)
        inside.addWidget(self.recent, 1)
        return framed

    def _prompt_for_moved_project(self, path: str) -> None:
        file_dialogs.choose_folder(
            self, tr("Locate project folder"), partial(self._emit_found, path)
        )

    def _emit_found(self, path: str, folder: Path) -> None:
        self.project_located.emit(path, folder)

    def _build_entries(self, actions: Actions) -> QFrame:
        """The four ways to begin, one button each."""
        framed, px = make_card(self._theme), self._theme.metrics.scale_px
        inside = get_box_layout(framed)
        inside.setContentsMargins(px(8), px(8), px(8), px(8))
        inside.setSpacing(0)
        self._entry_buttons = []
        for icon, action, title, sentence in _list_entries():
            entry = EntryButton(self._theme, icon, title, sentence, actions.get_key_text(action))
            entry.bind_action(actions.get_action(action))
            inside.addWidget(entry)
            self._entry_buttons.append(entry)
        return framed


def _list_entries() -> tuple[tuple[str, str, str, str], ...]:
    """Icon, action, title and sentence of each way to begin."""
    return (
        (
            "plus",
            "project.new",
            tr("New project"),
            tr("Footage, model, classes. About one minute."),
        ),
        (
            "folder",
            "project.open",
            tr("Open project"),
            tr("A .fieldcheck folder on this computer or a USB stick."),
        ),
        (
            "box",
            "project.open_pack",
            tr("Open evidence pack"),
            tr("A .fcpack file from the office."),
        ),
        (
            "play",
            "project.sample",
            tr("Open demo project"),
            tr("Castings on a night shift. No camera needed."),
        ),
    )


class EntryButton(TitledButton):
    """A way to begin, all of it one button. `dashed`: a place to drop files on."""

    def __init__(
        self, theme: Theme, icon: str, title: str, sentence: str, key: str, dashed: bool = False
    ) -> None:
        self._icon, self._dashed = _Icon(theme, icon, 28 if dashed else 36, tile=not dashed), dashed
        super().__init__(theme, title, sentence, key, self._icon, not dashed)
        if dashed:
            self.setMaximumHeight(theme.metrics.scale_px(DROP))
            self.line.setSpacing(theme.metrics.scale_px(6))
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Less room around it."""
        self.set_padding(4 if compact or self._dashed else 8)
        self._icon.setVisible(not (compact and self._dashed))

    def get_edge(self) -> QPen | None:
        focused = super().get_edge()
        if focused is not None or not self._dashed:
            return focused
        return make_dashed_pen(self._theme)


class _Icon(QWidget):
    """An icon for the eye only; `tile`: on a ground of the accent's tone."""

    def __init__(self, theme: Theme, name: str, side: int, tile: bool = False) -> None:
        super().__init__()
        self._theme, self._name, self._side, self._tile = theme, name, side, tile
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = self._theme.metrics.scale_px(self._side)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, box = self._theme.tokens, QRect(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._tile:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(get_chosen_ground(tokens)))
            painter.drawRoundedRect(QRectF(box), 8, 8)
            inset = self._theme.metrics.scale_px(8)
            box = box.adjusted(inset, inset, -inset, -inset)
        paint_icon(painter, self._name, box, tokens.accent if self._tile else tokens.text2)
        painter.end()


class VisitStepsLine(QWidget):
    """Number, name, what is done and minutes, five times below each other."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.metrics.scale_px(14))
        grid.setVerticalSpacing(theme.metrics.scale_px(8))
        grid.setColumnStretch(2, 1)
        middle = Qt.AlignmentFlag.AlignVCenter
        for number, (name, minutes, step_text) in enumerate(_list_visit_steps(), start=1):
            grid.addWidget(_Disc(theme, number), number, 0)
            grid.addWidget(make_label(name, bold=True), number, 1, middle)
            grid.addWidget(make_label(step_text, tone="quiet", wrap=True), number, 2)
            grid.addWidget(make_label(tr("{n} min", n=minutes), tone="quiet"), number, 3, middle)


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
    """Works while its page is shown. `continued` is the project that was asked for here and goes on
    with its labels once it is open; `changed()` is called when other actions can be done."""

    def __init__(self, context: Context, view: StartDisplay, changed: Callable[[], None]) -> None:
        self._context, self._view, self._changed = context, view, changed
        self._failed = partial(context.messages.show_error, key=SAMPLE)
        self._here = self._painted = False
        self._waiting: list[str] = []
        self._row_by_path: dict[str, RecentProjectRow] = {}
        self.continued: Path | None = None

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
        """Makes the demo project ready, which takes a minute the first time, and opens it at its
        finished report; where the command line names a folder, the one to label that is there."""
        if self.is_preparing:
            return
        self._context.messages.clear_banner(SAMPLE)
        kept = self._context.session_values
        named, fresh = kept.pop(SAMPLE_PLACE, ""), bool(kept.pop(SAMPLE_FRESH, ""))
        work = (
            partial(_prepare_demo, Path(named), fresh)
            if named
            else partial(_prepare_finished_demo, get_app_paths().sample, get_language())
        )
        job = self._context.runner.run_job(
            self._context.messages, lambda: tr("Create demo project"), work, writes=True, key=SAMPLE
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
        self._changed()
        self._context.messages.show_toast(
            tr(
                "{name} removed from the list. Its folder is unchanged.",
                name=captions.get_project_name(path),
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
            self._changed()

    def _open_sample(self, path: Path) -> None:
        if path.name == FINISHED_DEMO:  # the next start goes on with the one to label
            self._context.preferences.add_recent(path.parent / DEMO_PROJECT)
        self.continued = path
        self._context.open_project(path)
        if is_alive(self._view):
            self._show_job(self._current_job)

    @property
    def offer(self) -> RecentProjectRow | None:
        """The project that the primary action opens: the first that is not finished, else the first
        that is there, None for the demo project. While the list is being read it is the row that
        is being read."""
        rows = [
            self._row_by_path.get(path, captions.build_loading_row(path))
            for path in self._context.preferences.settings.recent
        ]
        for row in rows:
            if row.state == READING or row.is_unfinished:
                return row
        return next((row for row in rows if row.state == THERE), None)

    @property
    def can_run_offer(self) -> bool:
        """Whether it is known what the primary action opens."""
        offer = self.offer
        return not self.is_preparing and (offer is None or offer.state != READING)

    def run_offer(self) -> None:
        """Opens the project that is offered, where an unfinished one goes on with its labels."""
        offer = self.offer
        if offer is None:
            self.open_sample()
            return
        self.continued = Path(offer.path) if offer.is_unfinished else None
        self.open_project(Path(offer.path))

    def _show_recent_projects(self) -> None:
        recent = self._context.preferences.settings.recent
        self._view.show_recent_projects(
            [self._row_by_path.get(path, captions.build_loading_row(path)) for path in recent]
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
        self._row_by_path[line.path] = line
        if self._here:
            self._waiting = [path for path in self._waiting if path != line.path]
            self._view.show_project(line)
            self._changed()
            self._load_next_project()


def _prepare_demo(folder: Path, fresh: bool, progress: Progress) -> Path:
    return demo.prepare_demo(folder, progress, get_timestamp(), fresh=fresh)


def _prepare_finished_demo(folder: Path, lang: str, progress: Progress) -> Path:
    return demo.prepare_finished_demo(folder, lang, progress, get_timestamp())


def _load_recent(path: str, listed: tuple[str, ...]) -> RecentProject:
    return recent_projects.load_recent(Path(path), get_app_paths().cache, listed)


def _forget_removed(listed: tuple[str, ...]) -> None:
    recent_projects.prune_cache(get_app_paths().cache, listed)
