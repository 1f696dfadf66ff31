"""Stored runs in the window: read page by page, scored beside the window, and one of them repeated as a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.body import BodyLoader
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import is_alive
from fieldcheck.ui.screens.evidence.runs_page import RunsPage
from fieldcheck.ui.screens.evidence.session import PAGE, RunListState
from fieldcheck.ui.widgets.job_strip import find_running_job
from fieldcheck.words.language import tr
from fieldcheck.words.runs import list_replay_lines

if TYPE_CHECKING:
    from fieldcheck.domain.estimate import Estimate
    from fieldcheck.domain.run import ReplayResult, RunLine
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.report.blocks import Table
    from fieldcheck.workflows.runs import list_runs, replay, run_scores
else:
    list_runs = LazyModule("fieldcheck.workflows.runs.list_runs")
    replay = LazyModule("fieldcheck.workflows.runs.replay")
    run_scores = LazyModule("fieldcheck.workflows.runs.run_scores")

WORK = "evidence.replay"
MOST_TOLD = 200  # differences of a run that are told one by one


class RunsDisplay(Protocol):
    """The part with the runs, as far as its presenter knows it."""

    def show_runs(self, table: Table | None, said: str, at: int) -> None: ...
    def show_outcome(self, lines: Sequence[str]) -> None: ...
    def show_job(self, job: Job | None) -> None: ...


class RunsPresenter:
    """`pages` is another object for another project; `changed()`: there is another page, or a run was repeated."""

    def __init__(self, view: RunsDisplay, context: Context, changed: Callable[[], None] = lambda: None) -> None:
        self._view, self._context, self._changed = view, context, changed
        self.body = BodyLoader(context.current)
        self.pages = RunListState()
        self._scoring: Job | None = None
        self._scored: tuple[Any, ...] = ()

    def load_data(self) -> None:
        """Reads the page that is shown, and scores once more where labels or answers are others than before."""
        self._view.show_job(find_running_job(self._context.runner, WORK))
        pages, skip = self.pages, self.pages.skip
        self.body.query(
            lambda project: list_runs.list_runs(project, PAGE, skip), partial(self._on_page_loaded, pages, skip), self._on_failed
        )

    def leave(self) -> None:
        """Scores that nobody waits for any more are given up; a run that is repeated goes on."""
        if self._scoring is not None:
            self._scoring.cancel()
        self._scoring, self._scored = None, ()

    def on_project_changed(self) -> None:
        """Another project is open, or none."""
        self.pages = RunListState()

    @property
    def enabled_actions(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        return {"repeat": self.can_replay, "newer": self.pages.has_newer, "older": self.pages.has_older}

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
        self.pages.at = row
        self._show_outcome()
        self._changed()

    def start_replay(self) -> None:
        """Computes every answer of the run that is looked at again."""
        run_id = self.pages.run_id
        if not self.can_replay:
            return

        def run_replay(project: Project, progress: Progress) -> ReplayResult:
            return replay.replay_run(project, run_id, progress, get_timestamp())

        self._context.messages.clear_banner(WORK)
        job = self._context.current.run_job(
            lambda: tr("Reproduce run {run}").format(run=run_id[:8]), run_replay, partial(self._on_replayed, self.pages), self._on_failed
        )
        if job is not None:
            job.setObjectName(WORK)
            job.resumes = False
            self._view.show_job(job)
        self._changed()

    @property
    def can_replay(self) -> bool:
        """Whether a run is looked at, may be computed here, and none is being repeated."""
        return bool(self.pages.run_id) and self._context.current.writable and find_running_job(self._context.runner, WORK) is None

    def _on_page_loaded(self, pages: RunListState, skip: int, found: tuple[int, tuple[RunLine, ...]]) -> None:
        if pages is self.pages and skip == pages.skip:
            pages.set_page(*found)
            self._show_runs()
            self._start_scoring()

    def _start_scoring(self) -> None:
        project, state = self._context.current.project, (self.pages.n, self._context.current.status)
        if project is None or not self.pages.lines or state == self._scored:
            return
        self.leave()
        self._scored = state
        self._scoring = self._context.runner.start_job(
            lambda: tr("Scores of saved runs"),
            lambda progress: run_scores.compute_run_scores(project, progress),
            partial(self._on_scored, self.pages),
            partial(self._on_scoring_failed, project),
            listed=False,
        )

    def _on_scored(self, pages: RunListState, scores: Mapping[str, tuple[str, Estimate]]) -> None:
        if pages is self.pages:
            pages.scores, self._scoring = scores, None
            self._show_runs()

    def _on_scoring_failed(self, project: Project, error: BaseException) -> None:
        if project is self._context.current.project:
            self._on_failed(error)

    def _on_replayed(self, pages: RunListState, found: ReplayResult) -> None:
        pages.replayed[found.run.run_id] = found
        self._context.messages.show_toast(list_replay_lines(found)[0])
        if pages is self.pages:
            self._show_runs()

    def _show_runs(self) -> None:
        if not is_alive(self._view):
            return
        self._view.show_runs(self.pages.build_table(), self.pages.page_caption, self.pages.at)
        self._show_outcome()
        self._changed()

    def _show_outcome(self) -> None:
        found = self.pages.outcome
        self._view.show_outcome(list_replay_lines(found, MOST_TOLD) if found is not None else ())

    def _on_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, WORK)
        self._changed()


def create_runs_presenter(page: RunsPage, context: Context, changed: Callable[[], None]) -> RunsPresenter:
    """The presenter of this page, with its actions bound."""
    made, bind = RunsPresenter(page, context, changed), context.actions.bind_action
    page.run_chosen.connect(made.choose_run)
    bind("evidence.repeat", made.start_replay)
    bind("evidence.newer", partial(made.step_page, -1))
    bind("evidence.older", partial(made.step_page, 1))
    return made
