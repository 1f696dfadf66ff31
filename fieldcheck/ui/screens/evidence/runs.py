"""Stored runs: page and presenter of the table of runs, their scores, and the replay of one as a
job; and the state of the screen: a page of the stored runs with what repeating came to, and frames
that two annotators label differently."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from fieldcheck.analyses.blocks import Cell, Table
from fieldcheck.evidence.messages import (
    build_run_row,
    describe_conflict_progress,
    describe_page,
    get_outcome_name,
    list_replay_lines,
)
from fieldcheck.i18n.language import tr
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_row
from fieldcheck.ui.widgets.pages import PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable
from fieldcheck.ui.widgets.text_lines import LineList
from fieldcheck.ui.widgets.thumbnail_grid import Index

if TYPE_CHECKING:
    from fieldcheck.analyses.blocks import Table
    from fieldcheck.domain.estimate import Estimate
    from fieldcheck.domain.run import ReplayResult, RunLine
    from fieldcheck.evidence.merge_labels import LabelConflict
    from fieldcheck.models import replay, runs_mlflow
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
else:
    replay = LazyModule("fieldcheck.models.replay")
    runs_mlflow = LazyModule("fieldcheck.models.runs_mlflow")

PAGE = 20


class RunListState:
    """`lines`: the page that is shown, of `n` runs behind the `skip` newest; `scores` by run id;
    `at`: the row that is looked at."""

    def __init__(self) -> None:
        self.n = self.skip = self.index = 0
        self.lines: tuple[RunLine, ...] = ()
        self.scores: Mapping[str, tuple[str, Estimate]] = {}
        self.replayed: dict[str, ReplayResult] = {}

    def set_page(self, n: int, lines: Sequence[RunLine]) -> None:
        """A page has been read."""
        self.n, self.lines = n, tuple(lines)
        self.index = min(self.index, max(0, len(lines) - 1))

    def step_page(self, pages: int) -> bool:
        """Older runs for 1, newer ones for −1. Whether there are any."""
        skip = self.skip + pages * PAGE
        if not 0 <= skip < max(1, self.n) or skip == self.skip:
            return False
        self.skip, self.index = skip, 0
        return True

    @property
    def has_newer(self) -> bool:
        """Whether there are newer runs than those of the page."""
        return self.skip > 0

    @property
    def has_older(self) -> bool:
        """Whether there are older ones."""
        return self.skip + len(self.lines) < self.n

    @property
    def run_id(self) -> str:
        """The run that is looked at, empty for none."""
        return self.lines[self.index].run.run_id if self.lines else ""

    @property
    def outcome(self) -> ReplayResult | None:
        """Outcome of repeating that run, while this screen is there."""
        return self.replayed.get(self.run_id)

    @property
    def page_caption(self) -> str:
        """How many there are, and which of them are shown."""
        return describe_page(self.n, self.skip + 1, self.skip + len(self.lines))

    def build_table(self) -> Table | None:
        """The page as a table; None without a run."""
        if not self.lines:
            return None
        heads = (
            tr("Date and time"),
            tr("Data"),
            tr("Model"),
            tr("Predictions"),
            tr("Score (95% CI)"),
            tr("Reproduced"),
        )
        rows = [
            (
                *build_run_row(line, self.scores.get(line.run.run_id)),
                self._format_outcome(line.run.run_id),
            )
            for line in self.lines
        ]
        return Table(
            tr("Saved runs"),
            tuple(Cell(head) for head in heads),
            tuple(tuple(map(Cell, row)) for row in rows),
        )

    def _format_outcome(self, run_id: str) -> str:
        replay_result = self.replayed.get(run_id)
        return get_outcome_name(replay_result) if replay_result is not None else ""


class ConflictList:
    """Frames on which two people differ; `at`: the one that is looked at; `decided`: the second
    label about which somebody has just decided."""

    def __init__(self) -> None:
        self.rows: tuple[LabelConflict, ...] = ()
        self.index = 0
        self.decided = ""

    def set_conflicts(self, rows: Sequence[LabelConflict]) -> None:
        """Set the conflicts; the selected one stays selected, or after a decision the next open
        one."""
        looked_at = self.current_conflict.second.repeat_id if self.current_conflict else ""
        self.rows = tuple(rows)
        positions = {row.second.repeat_id: index for index, row in enumerate(rows)}
        self.index = positions.get(looked_at, min(self.index, max(0, len(rows) - 1)))
        just = positions.get(self.decided, -1)
        if not looked_at or (just >= 0 and rows[just].settled):
            following = [
                index % len(rows)
                for index in range(self.index, self.index + len(rows))
                if not rows[index % len(rows)].settled
            ]
            self.index, self.decided = next(iter(following), self.index), ""

    def step_conflict(self, steps: int) -> None:
        """The one after or before, as far as there are any."""
        self.index = min(max(0, self.index + steps), max(0, len(self.rows) - 1))

    @property
    def current_conflict(self) -> LabelConflict | None:
        """The one that is looked at."""
        return self.rows[self.index] if self.rows else None

    @property
    def progress_caption(self) -> str:
        """How many are decided, and whether this one is."""
        settled = self.current_conflict is not None and self.current_conflict.settled
        return describe_conflict_progress(
            self.index + 1, len(self.rows), sum(row.settled for row in self.rows), settled
        )


# Page of the stored runs: a table of twenty, and the result of replaying the selected one.

OVER = 1  # the column that takes the room that is left


class RunsPage(QWidget):
    """`run_chosen(row)`: another run is looked at."""

    run_chosen = Signal(int)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.table = ReportTable(theme, tr("Saved runs"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.replay_text = make_label(tone="quiet", wrap=True)
        self.strip = JobStrip(theme)
        self.outcome = LineList(theme, tr("Reproduction result"))
        buttons = [
            KeyButton(theme, text, actions.get_key_text(key)).bind_action(actions.get_action(key))
            for text, key in (
                (tr("Newer"), "evidence.newer"),
                (tr("Older"), "evidence.older"),
                (tr("Reproduce"), "evidence.repeat"),
            )
        ]
        self.placeholder, full = Placeholder(theme), QWidget()
        make_column(
            theme,
            make_row(theme, (self.replay_text, 1), *buttons),
            self.strip,
            (self.table, 4),
            (self.outcome, 1),
            parent=full,
        )
        self.pages, self._theme, self._actions = PageStack(self.placeholder, full), theme, actions
        self._full = full
        make_column(theme, (self.pages, 1), parent=self)

    @property
    def front(self) -> QWidget | None:
        """Widget that keys go to."""
        return self.table

    def show_runs(self, table: Table | None, text: str, index: int) -> None:
        """A page of runs, which of them it is, and the row that is looked at."""
        self.replay_text.setText(text)
        self.pages.show_page(self.placeholder if table is None else self._full)
        if table is None:
            about = tr(
                "No run saved yet. Every model run appears here with score and 95% CI and can "
                "be reproduced."
            )
            label_frames = KeyButton(
                self._theme, tr("Label frames"), self._actions.get_key_text("go.label")
            )
            self.placeholder.show_empty(
                about, [label_frames.bind_action(self._actions.get_action("go.label"))]
            )
        blocked = self.table.selectionModel().blockSignals(True)
        self.table.show_table(table, OVER)
        if table is not None:
            self.table.setCurrentIndex(self.table.lines.index(index, 0))
        self.table.selectionModel().blockSignals(blocked)

    def show_outcome(self, lines: Sequence[str]) -> None:
        """Outcome of repeating the run that is looked at; nothing before."""
        self.outcome.set_lines(lines)
        self.outcome.setVisible(bool(lines))

    def show_job(self, job: Job | None) -> None:
        """A run that is being repeated."""
        self.strip.show_job(job)

    def _on_row_changed(self, current: Index, _before: Index) -> None:
        if current.isValid():
            self.run_chosen.emit(current.row())


WORK = "evidence.replay"
MOST_TOLD = 200  # differences of a run that are told one by one


class RunsDisplay(Protocol):
    """The part with the runs, as far as its presenter knows it."""

    def show_runs(self, table: Table | None, text: str, index: int) -> None: ...
    def show_outcome(self, lines: Sequence[str]) -> None: ...
    def show_job(self, job: Job | None) -> None: ...


class RunsPresenter:
    """`pages` is another object for another project; `changed()`: there is another page, or a run
    was repeated."""

    def __init__(
        self, view: RunsDisplay, context: Context, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._view, self._context, self._changed = view, context, changed
        self.body = BodyLoader(context.current, view)
        self.pages = RunListState()
        self._scoring: Job | None = None
        self._scored: tuple[Any, ...] = ()

    def load_data(self) -> None:
        """Reads the page that is shown, and scores once more where labels or answers are others
        than before."""
        self._view.show_job(self._context.runner.find_running(WORK))
        pages, skip = self.pages, self.pages.skip
        reading = self.body.query(lambda project: runs_mlflow.list_runs(project, PAGE, skip))
        reading.on_success(partial(self._on_page_loaded, pages, skip)).on_failure(self._on_failed)

    def leave(self) -> None:
        """Cancel scoring; a reproduction continues."""
        if self._scoring is not None:
            self._scoring.cancel()
        self._scoring, self._scored = None, ()

    def on_project_changed(self) -> None:
        """Another project is open, or none."""
        self.pages = RunListState()

    @property
    def enabled_actions(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        return {
            "repeat": self.can_replay,
            "newer": self.pages.has_newer,
            "older": self.pages.has_older,
        }

    @property
    def main_action(self) -> tuple[str, str]:
        """Words of the main action, and the end of its name."""
        return tr("Reproduce this run"), "repeat"

    def step_page(self, pages: int) -> None:
        """Older or newer runs."""
        if self.pages.step_page(pages):
            self.load_data()

    def choose_run(self, row: int) -> None:
        """Another run is looked at."""
        self.pages.index = row
        self._show_outcome()
        self._changed()

    def start_replay(self) -> None:
        """Reproduce every prediction of the selected run."""
        run_id = self.pages.run_id
        if not self.can_replay:
            return

        def run_replay(project: Project, progress: Progress) -> ReplayResult:
            return replay.replay_run(project, run_id, progress, get_timestamp())

        self._context.messages.clear_banner(WORK)
        job = self._context.current.run_job(
            self._view,
            lambda: tr("Reproduce run {run}", run=run_id[:8]),
            run_replay,
            key=WORK,
            resumes=False,
        )
        job.on_success(partial(self._on_replayed, self.pages)).on_failure(self._on_failed)
        job.on_retry(self._view, self.start_replay)
        self._view.show_job(job)
        self._changed()

    @property
    def can_replay(self) -> bool:
        """Whether a run is selected, can be computed here, and none is being reproduced."""
        return (
            bool(self.pages.run_id)
            and self._context.current.writable
            and self._context.runner.find_running(WORK) is None
        )

    def _on_page_loaded(
        self, pages: RunListState, skip: int, page: tuple[int, tuple[RunLine, ...]]
    ) -> None:
        if pages is self.pages and skip == pages.skip:
            pages.set_page(*page)
            self._show_runs()
            self._start_scoring()

    def _start_scoring(self) -> None:
        project, state = self._context.current.project, (self.pages.n, self._context.current.status)
        if project is None or not self.pages.lines or state == self._scored:
            return
        self.leave()
        self._scored = state
        self._scoring = self._context.runner.run_job(
            self._view,
            lambda: tr("Scores of saved runs"),
            lambda progress: runs_mlflow.compute_run_scores(project, progress),
            listed=False,
        )
        self._scoring.on_success(partial(self._on_scored, self.pages)).on_failure(
            partial(self._on_scoring_failed, project)
        )

    def _on_scored(self, pages: RunListState, scores: Mapping[str, tuple[str, Estimate]]) -> None:
        if pages is self.pages:
            pages.scores, self._scoring = scores, None
            self._show_runs()

    def _on_scoring_failed(self, project: Project, error: BaseException) -> None:
        if project is self._context.current.project:
            self._on_failed(error)

    def _on_replayed(self, pages: RunListState, replay_result: ReplayResult) -> None:
        pages.replayed[replay_result.run.run_id] = replay_result
        self._context.messages.show_toast(list_replay_lines(replay_result)[0])
        if pages is self.pages:
            self._show_runs()

    def _show_runs(self) -> None:
        self._view.show_runs(self.pages.build_table(), self.pages.page_caption, self.pages.index)
        self._show_outcome()
        self._changed()

    def _show_outcome(self) -> None:
        replay_result = self.pages.outcome
        self._view.show_outcome(
            list_replay_lines(replay_result, MOST_TOLD) if replay_result is not None else ()
        )

    def _on_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, WORK)
        self._changed()


def create_runs_presenter(
    page: RunsPage, context: Context, changed: Callable[[], None]
) -> RunsPresenter:
    """The presenter of this page, connected."""
    presenter = RunsPresenter(page, context, changed)
    page.run_chosen.connect(presenter.choose_run)
    return presenter
