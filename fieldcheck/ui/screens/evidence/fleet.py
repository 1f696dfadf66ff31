"""Fleet: page with the sites of a fleet folder, worst first, and the presenter that reads it, adds
the open project and writes the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyleOptionViewItem, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.file_dialogs import choose_folder
from fieldcheck.ui.widgets.layouts import FlowLayout, make_card, make_column, make_label
from fieldcheck.ui.widgets.report_table import CellDelegate, ReportTable

if TYPE_CHECKING:
    from fieldcheck.analyses.blocks import Table
    from fieldcheck.domain.report import ScoreRow
    from fieldcheck.fleet import report, store
    from fieldcheck.fleet.report import FleetOverview, WrittenFleetReport
    from fieldcheck.fleet.store import AddedProject
    from fieldcheck.progress import Progress
else:
    report, store = LazyModule("fieldcheck.fleet.report"), LazyModule("fieldcheck.fleet.store")

BAR_WIDTH, BAR_PAD, DISC = 150, 8, 4.0  # pixels at 100 %
WORK = "evidence.fleet"
FOLDER = "evidence.fleet_folder"  # of the session: the fleet that is shown


class _BarDelegate(CellDelegate):
    """The field score of a site as a disc with its range, from 0 to 100 %; dashes at the benchmark.
    The cells beside it carry the same values."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._px, self._tokens = theme.metrics.scale_px, theme.tokens
        self.rows: Sequence[ScoreRow] = ()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        if index.row() >= len(self.rows):
            return
        row, box, pad = self.rows[index.row()], option.rect, self._px(BAR_PAD)
        estimate, middle = row.estimate, box.center().y() + 0.5

        def get_x(share: float) -> float:
            return box.left() + pad + share * (box.width() - 2 * pad)

        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.rule is not None:
            painter.setPen(QPen(QColor(self._tokens.text2), 1, Qt.PenStyle.DashLine))
            rule = get_x(row.rule)
            painter.drawLine(QPointF(rule, box.top()), QPointF(rule, box.bottom()))
        if estimate.measured:
            colour = QColor(self._tokens.text)
            painter.setPen(QPen(colour, 2))
            painter.drawLine(
                QPointF(get_x(estimate.lo), middle), QPointF(get_x(estimate.hi), middle)
            )
            painter.setBrush(colour)
            disc = self._px(DISC)
            painter.drawEllipse(QPointF(get_x(estimate.value), middle), disc, disc)
        painter.restore()


class FleetPage(QWidget):
    """The sites of a fleet with their gap and a bar, and what can be done with it."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme = theme
        self.strip = JobStrip(theme)
        self.heading, self.sentence = make_label(size="heading", wrap=True), make_label(wrap=True)
        self.table = ReportTable(theme, tr("Sites"))
        self._bars = _BarDelegate(theme, self.table)
        below = QWidget()
        flow = FlowLayout(theme.metrics.scale_px(12), below)
        for name in ("evidence.fleet_open", "evidence.fleet_add", "evidence.fleet_report"):
            action = actions.get_action(name)
            flow.addWidget(
                KeyButton(theme, action.text(), actions.get_key_text(name)).bind_action(action)
            )
        card = make_card(theme)
        for part in (self.heading, self.sentence):
            get_box_layout(card).addWidget(part)
        get_box_layout(card).addWidget(self.table, 1)
        get_box_layout(card).addWidget(below)
        make_column(theme, self.strip, (card, 1), parent=self)

    @property
    def front(self) -> QWidget | None:
        """Widget that keys go to."""
        return self.table

    def show_fleet(
        self, name: str, sentence: str, table: Table | None, rows: Sequence[ScoreRow]
    ) -> None:
        """A fleet by its name, or without one what a fleet is; a line and a bar for each site."""
        self.heading.setText(name)
        self.sentence.setText(sentence)
        self._bars.rows = rows
        self.table.setVisible(table is not None)
        self.table.show_table(table)
        if table is not None:
            last = len(table.heads) - 1
            self.table.setItemDelegateForColumn(last, self._bars)
            heads = self.table.horizontalHeader()
            heads.setSectionResizeMode(last, QHeaderView.ResizeMode.Fixed)
            heads.resizeSection(last, self._theme.metrics.scale_px(BAR_WIDTH))

    def show_job(self, job: Job | None) -> None:
        """Work under way."""
        self.strip.show_job(job)

    def prompt_for_fleet(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a fleet folder, or an empty one for a new fleet."""
        choose_folder(self, tr("Fleet folder"), then, for_writing=True)


class FleetDisplay(Protocol):
    """The part with the fleet, as far as its presenter knows it."""

    def show_fleet(
        self, name: str, sentence: str, table: Table | None, rows: Sequence[ScoreRow]
    ) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def prompt_for_fleet(self, then: Callable[[Path], None]) -> None: ...


class FleetPresenter:
    """Reads a fleet folder as a job; the folder is kept for the session. `changed()`: other things
    can be done now."""

    def __init__(
        self, view: FleetDisplay, context: Context, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._view, self._context, self._changed = view, context, changed
        self.body = BodyLoader(context.current, view)
        self._failed = partial(context.messages.show_error, key=WORK)
        self._shown = ""

    def load_data(self) -> None:
        """Shows the fleet of this session, where there is one."""
        self._view.show_job(self._context.runner.find_running(WORK))
        reading = self.body.query(lambda _project: True)
        reading.on_success(self._on_ready).on_failure(self._failed)

    def leave(self) -> None:
        """Jobs go on."""

    def on_project_changed(self) -> None:
        """A fleet is of no single project."""

    @property
    def enabled_actions(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        return {"fleet_open": True, "fleet_add": True, "fleet_report": self._folder is not None}

    @property
    def main_action(self) -> tuple[str, str]:
        """Words of the main action, and the end of its name."""
        if self._folder is None:
            return tr("Open fleet"), "fleet_open"
        return tr("Show fleet report"), "fleet_report"

    @property
    def _folder(self) -> Path | None:
        kept = self._context.session_values.get(FOLDER, "")
        return Path(kept) if kept else None

    def _on_ready(self, _ready: bool) -> None:
        folder = self._folder
        if folder is None:
            sentence = tr(
                "A fleet holds many sites in one folder. Open one, or add this project to a new "
                "folder."
            )
            self._view.show_fleet(tr("No fleet open"), sentence, None, ())
        elif self._shown != str(folder):
            self.read_fleet(folder)
        self._changed()

    def prompt_for_fleet(self) -> None:
        """Asks for a folder, and shows its fleet."""
        self._view.prompt_for_fleet(self.read_fleet)

    def prompt_to_add(self) -> None:
        """Adds the open project to the fleet that is shown; without one, asks for a folder."""
        if self._folder is not None:
            self.add_project(self._folder)
        else:
            self._view.prompt_for_fleet(self.add_project)

    def read_fleet(self, folder: Path) -> None:
        """Read the sites of a fleet folder."""
        self._run_job(
            tr("Read fleet"),
            lambda _progress: report.read_fleet_overview(folder),
            partial(self._on_fleet_read, folder),
            partial(self.read_fleet, folder),
        )

    def add_project(self, folder: Path) -> None:
        """Add the open project to a fleet folder, as it is stored now."""
        project = self._context.current.project
        if project is None:
            return
        path = project.path

        def add(progress: Progress) -> AddedProject:
            with store.open_fleet(folder) as fleet:
                return store.add_to_fleet(fleet, path, "", progress)

        self._run_job(
            tr("Add to fleet"),
            add,
            partial(self._on_added, folder),
            partial(self.add_project, folder),
        )

    def show_report(self) -> None:
        """Write the report of the fleet that is shown, and show its folder in the system's own file
        window."""
        folder = self._folder
        if folder is not None:
            self._run_job(
                tr("Fleet report"),
                lambda _progress: report.write_fleet_report(folder, None, get_timestamp()),
                self._on_report_written,
                self.show_report,
            )

    def _run_job(
        self,
        name: str,
        work: Callable[[Progress], object],
        done: Callable[..., None],
        retry: Callable[[], None],
    ) -> None:
        if self._context.runner.find_running(WORK) is not None:
            return
        self._context.messages.clear_banner(WORK)
        job = self._context.runner.run_job(
            self._context.messages, lambda: name, work, key=WORK, resumes=False
        )
        job.on_success(done).on_failure(self._failed)
        job.on_retry(self._view, retry)
        self._view.show_job(job)

    def _on_fleet_read(self, folder: Path, overview: FleetOverview) -> None:
        self._context.session_values[FOLDER] = self._shown = str(folder)
        self._view.show_fleet(folder.name, overview.sentence, overview.table, overview.rows)
        self._changed()

    def _on_added(self, folder: Path, added: AddedProject) -> None:
        self._context.messages.show_toast(report.describe_added(added))
        self.read_fleet(folder)

    def _on_report_written(self, written: WrittenFleetReport) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(written.folder)))
