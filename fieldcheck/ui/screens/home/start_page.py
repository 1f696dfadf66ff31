"""Start page without a project and its presenter: the list of recent projects, the demo project,
and three ways to begin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

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
from fieldcheck.ui.screens.home.captions import BROKEN, MISSING, RecentProjectRow
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme, paint_icon
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.file_dialogs import choose_folder, choose_pack
from fieldcheck.ui.widgets.image_view import decode_image
from fieldcheck.ui.widgets.layouts import (
    SideBySideLayout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    set_tone,
)
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

# The recent projects: one tab stop, arrows go from line to line, Enter opens.

PICTURE = QSize(78, 44)


class RecentList(QScrollArea):
    """`open_requested`, `locate_requested` and `remove_requested` carry the path of a line."""

    open_requested = Signal(str)
    locate_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[_RecentRow] = []
        self._at = 0
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Recent projects"))
        self.setMinimumHeight(theme.metrics.scale_px(60))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def show_projects(self, lines: list[RecentProjectRow]) -> None:
        """These and no others, the current one at the top."""
        inside = QWidget()
        inside.setProperty("surface", "panel")
        whole = make_column(self._theme, gap=0, parent=inside)
        self._rows = [_RecentRow(self._theme, line, self) for line in lines]
        for row in self._rows:
            whole.addWidget(row)
        whole.addStretch()
        self.setWidget(inside)
        self._move_to_line(0)

    def show_project(self, line: RecentProjectRow) -> None:
        """Shows what is known of one project now."""
        for index, row in enumerate(self._rows):
            if row.line.path == line.path:
                row.show_project(line)
                if index == self._at:
                    self._move_to_line(index)

    @property
    def lines(self) -> list[RecentProjectRow]:
        """Lines of the list, as shown."""
        return [row.line for row in self._rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._rows:
            self._move_to_line(max(0, min(len(self._rows) - 1, self._at + step)))
        elif (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            if self._rows:
                self._rows[self._at].run_default_action()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._move_to_line(self._at)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark_current()

    def _move_to_line(self, index: int) -> None:
        self._at = index
        self._mark_current()
        if self._rows:
            self.ensureWidgetVisible(self._rows[index], 0, 0)
            self.setAccessibleDescription(self._rows[index].accessibleName())
        else:
            self.setAccessibleDescription("")

    def _mark_current(self) -> None:
        for index, row in enumerate(self._rows):
            row.set_current(index == self._at, self.hasFocus())


class _RecentRow(QFrame):
    """Picture, name and time, how far, outcome, buttons."""

    def __init__(self, theme: Theme, line: RecentProjectRow, owner: RecentList) -> None:
        super().__init__()
        self.line, self._theme, self._owner = line, theme, owner
        self._current = self._focused = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        px = theme.metrics.scale_px
        self._picture = _Thumbnail(theme)
        self._name = make_label(bold=True)
        self._when = make_label(size="caption", tone="quiet")
        self._labelled = make_label(wrap=True)
        self._next = make_label(size="caption", tone="quiet")
        self._outcome = make_label(wrap=True)
        self._open, self._enter = (
            KeyButton(theme, tr("Open")),
            KeyButton(theme, tr("Open"), "Enter"),
        )
        # so that the columns stand below each other
        self._open.setMinimumWidth(self._enter.sizeHint().width())
        self._find = KeyButton(theme, tr("Locate…"))
        self._remove = KeyButton(theme, tr("Remove from list"))
        for button in (self._open, self._enter):
            button.clicked.connect(lambda: owner.open_requested.emit(self.line.path))
        self._find.clicked.connect(lambda: owner.locate_requested.emit(self.line.path))
        self._remove.clicked.connect(lambda: owner.remove_requested.emit(self.line.path))
        for shown in (self._name, self._when, self._next):
            shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for shown in (self._labelled, self._outcome):
            shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        named, far = QVBoxLayout(), QVBoxLayout()
        for lines, parts in (
            (named, (self._name, self._when)),
            (far, (self._labelled, self._next)),
        ):
            lines.setSpacing(0)
            lines.addStretch()
            for part in parts:
                lines.addWidget(part)
            lines.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(px(6), px(5), px(6), px(5))
        row.setSpacing(px(12))
        row.addWidget(self._picture)
        row.addLayout(named, 3)
        row.addLayout(far, 3)
        row.addWidget(self._outcome, 4)
        for button in (self._find, self._remove, self._open, self._enter):
            row.addWidget(button)
        self.show_project(line)

    def show_project(self, line: RecentProjectRow) -> None:
        """What is known of it now."""
        self.line = line
        self._name.setText(line.name)
        self._when.setText(line.when)
        self._when.setToolTip(make_plain_tip(line.path))
        self._labelled.setText(line.labelled)
        self._next.setText(line.next)
        self._next.setVisible(bool(line.next))
        self._outcome.setText(line.outcome)
        self._outcome.setVisible(bool(line.outcome))
        self._outcome.setProperty("weight", "bold" if line.reported else "")
        set_tone(self._outcome, "" if line.reported else "quiet")
        lost = line.state in (MISSING, BROKEN)
        self._find.setVisible(line.state == MISSING)
        self._remove.setVisible(lost)
        self._update_open_key()
        self._picture.show_thumbnail(line.thumbnail, lost)
        self.setAccessibleName(
            ", ".join(
                part
                for part in (line.name, line.when, line.labelled, line.next, line.outcome)
                if part
            )
        )

    def run_default_action(self) -> None:
        """What Enter does: open it, or look for it."""
        (
            self._owner.locate_requested
            if self.line.state == MISSING
            else self._owner.open_requested
        ).emit(self.line.path)

    def set_current(self, current: bool, focused: bool) -> None:
        """Set whether this row is the current one, and whether the list has the focus."""
        self._current, self._focused = current, focused
        self._update_open_key()
        self.update()

    def _update_open_key(self) -> None:
        """The key stands on the button of the line that it opens."""
        there = self.line.state != MISSING
        self._open.setVisible(there and not self._current)
        self._enter.setVisible(there and self._current)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._theme.tokens.hairline), 1))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        if self._current and self._focused:
            painter.setPen(QPen(QColor(self._theme.tokens.focus), 3))
            painter.drawRoundedRect(self.rect().adjusted(2, 2, -3, -3), 4, 4)
        painter.end()


class _Thumbnail(QLabel):
    """A thumbnail, or an icon in a dashed frame where there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._image, self._lost = theme, QImage(), False
        self.setFixedSize(
            theme.metrics.scale_px(PICTURE.width()), theme.metrics.scale_px(PICTURE.height())
        )

    def show_thumbnail(self, jpeg: bytes, lost: bool) -> None:
        """This one; `lost` says that there is no project behind it."""
        self._image, self._lost = decode_image(jpeg) if jpeg else QImage(), lost
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            scaled = self._image.size().scaled(
                self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding
            )
            rect = QRect(
                (self.width() - scaled.width()) // 2,
                (self.height() - scaled.height()) // 2,
                scaled.width(),
                scaled.height(),
            )
            painter.drawImage(rect, self._image)
        else:
            colour = self._theme.tokens.text2
            painter.setPen(QPen(QColor(colour), 1, Qt.PenStyle.DashLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            side = self._theme.metrics.scale_px(20)
            box = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
            paint_icon(painter, "link-off" if self._lost else "image", box, colour)
        painter.end()


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
