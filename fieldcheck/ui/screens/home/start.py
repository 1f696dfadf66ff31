"""The page without a project: the recent ones first, or what this is about; three ways to begin, one site visit."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.registered import specs
from fieldcheck.ui.screens.home.captions import RecentLine
from fieldcheck.ui.screens.home.recent_list import RecentList
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.icons import paint_icon
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.beside import Beside
from fieldcheck.ui.widgets.choose import choose_folder, choose_pack
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import card, label, row
from fieldcheck.ui.widgets.plain import column as column_of
from fieldcheck.words.language import text

DISC = 32


class StartPage(QWidget):
    """`folder_chosen` carries a project folder or a pack to open, `found` an old path and the folder that takes its place."""

    opened = Signal(str)
    removed = Signal(str)
    folder_chosen = Signal(object)
    found = Signal(str, object)

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = look.metrics.px
        self._look = look
        self._icons: list[_Icon] = []
        self._compact = False
        self.strip = JobStrip(look)
        self.recent = RecentList(look)
        self.recent.opened.connect(self.opened)
        self.recent.removed.connect(self.removed)
        self.recent.looked_for.connect(self._find)
        self._hero, self._known = self._welcome(), self._recent_part()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(self._hero)
        column.addWidget(self._known, 3)
        column.addWidget(self.strip)
        column.addWidget(self._ways(actions))
        column.addStretch(1)
        column.addWidget(label(text("Workflow of a site visit"), size="heading"))
        column.addWidget(VisitStepsLine(look))
        column.addStretch(1)
        foot = column_of(look, gap=2)
        foot.addWidget(label(text("To try a model on one image, drop both on this window, or press T."), "caption", wrap=True))
        stays = text("Everything stays on this computer. Fieldcheck connects only to network cameras that you specify.")
        foot.addWidget(label(stays, "caption", "quiet", wrap=True))
        column.addLayout(foot)
        self.show_recent([])

    def show_recent(self, lines: list[RecentLine]) -> None:
        """The recent projects, as far as they are known, before all else; where there are none, what this is about stands there."""
        self.recent.show_lines(lines)
        self._known.setVisible(bool(lines))
        self._hero.setVisible(not lines)
        self._show_icons()

    def show_line(self, line: RecentLine) -> None:
        """Shows what is known of one project now."""
        self.recent.show_line(line)

    def show_job(self, job: Job | None) -> None:
        """The sample being made ready."""
        self.strip.show_job(job)

    def ask_for_project(self) -> None:
        """Lets the person choose a project folder."""
        choose_folder(self, text("Open project folder"), self.folder_chosen.emit)

    def ask_for_pack(self) -> None:
        """Lets the person choose a pack, of which a new project is made."""
        choose_pack(self, text("Open evidence pack"), self.folder_chosen.emit)

    def set_compact(self, compact: bool) -> None:
        """Icons and distances give way where there is little room."""
        self._compact = compact
        self._column.setSpacing(self._look.metrics.px(6 if compact else 12))
        self._show_icons()

    def _show_icons(self) -> None:
        for icon in self._icons:
            icon.setVisible(not self._compact and self._known.isHidden())

    def _welcome(self) -> QWidget:
        """What the program answers, in one sentence as large as there is."""
        hero = QWidget()
        inside = column_of(self._look, gap=4, on=hero)
        inside.setContentsMargins(0, self._look.metrics.px(12), 0, self._look.metrics.px(8))
        inside.addWidget(label(text("Compare your model's field score with its benchmark score"), size="number", wrap=True))
        said = text("Record the worst light, label a hundred frames with one key each, export a one-page verdict.")
        inside.addWidget(label(said, tone="quiet", wrap=True))
        return hero

    def _recent_part(self) -> QWidget:
        part, px = QWidget(), self._look.metrics.px
        inside = column_of(self._look, label(text("Recent"), size="heading"), gap=6, on=part)
        framed = card(self._look)
        content(framed).setContentsMargins(px(6), px(4), px(6), px(4))
        content(framed).addWidget(self.recent)
        inside.addWidget(framed, 1)
        return part

    def _find(self, path: str) -> None:
        choose_folder(self, text("Locate project folder"), partial(self._tell_found, path))

    def _tell_found(self, path: str, folder: Path) -> None:
        self.found.emit(path, folder)

    def _ways(self, actions: Actions) -> Beside:
        ways = list[tuple[QWidget, int]]()
        sample = text("Rendered castings on a night shift. No camera or model needed. Five-minute tour.")
        new = text("Footage, model, classes. About one minute.")
        folder = text("Project folder (.fieldcheck) or evidence pack (.fcpack), on this computer or a USB stick.")
        opens = ((text("Open folder…"), "project.open"), (text("Open pack…"), "project.open_pack"))
        for icon, title, what, acts in (
            ("play-circle-outline", text("Open demo project"), sample, ((text("Open demo"), "project.sample"),)),
            ("plus-box-outline", text("New project"), new, ((text("Create project"), "project.new"),)),
            ("folder-open-outline", text("Open project or evidence pack"), folder, opens),
        ):
            buttons = [KeyButton(self._look, said, actions.key(one)).triggers(actions.get(one)) for said, one in acts]
            ways.append((self._way(icon, title, what, buttons), 1))
        return Beside(self._look, *ways)

    def _way(self, icon: str, title: str, what: str, buttons: list[KeyButton]) -> QFrame:
        framed = card(self._look)
        inside = content(framed)
        inside.setSpacing(self._look.metrics.px(6))
        drawn = _Icon(self._look, icon)
        self._icons.append(drawn)
        inside.addWidget(drawn)
        inside.addWidget(label(title, size="heading", wrap=True))
        inside.addWidget(label(what, tone="quiet", wrap=True))
        inside.addStretch()
        below = QHBoxLayout()
        for button in buttons:
            below.addWidget(button)
        below.addStretch()
        inside.addLayout(below)
        return framed


class _Icon(QWidget):
    """A large icon, for the eye only."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look, self._name = look, name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = self._look.metrics.px(36)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, self._name, QRect(self.rect()), self._look.tokens.accent)
        painter.end()


class VisitStepsLine(QWidget):
    """Number, name, minutes and what is done, five times beside each other."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        steps = [(self._step(look, number, *told), 1) for number, told in enumerate(_steps(), start=1)]
        column_of(look, Beside(look, *steps), on=self)

    def _step(self, look: Look, number: int, name: str, minutes: int, what: str) -> QWidget:
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(label(name, bold=True))
        said.addWidget(label(what, size="caption", tone="quiet", wrap=True))
        said.addStretch()
        step = QWidget()
        when = QVBoxLayout()
        when.setSpacing(look.metrics.px(2))
        when.addWidget(_Disc(look, number), 0, Qt.AlignmentFlag.AlignHCenter)
        when.addWidget(label(text("{n} min").format(n=minutes), size="caption", tone="quiet"))
        when.addStretch()
        row(look, when, (said, 1), on=step)
        return step


class _Disc(QWidget):
    """A number in a circle."""

    def __init__(self, look: Look, number: int) -> None:
        super().__init__()
        self._look, self._number = look, number
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = self._look.metrics.px(DISC)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._look.tokens.border), 1.5))
        painter.setBrush(QColor(self._look.tokens.panel))
        painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self._look.tokens.text))
        painter.drawText(QRect(self.rect()), Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


def _steps() -> tuple[tuple[str, int, str], ...]:
    """Name, minutes and what is done."""
    return tuple((spec.name(), *spec.visit()) for spec in specs() if spec.visit is not None)
