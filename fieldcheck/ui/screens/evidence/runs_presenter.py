"""Stored runs in the window: read page by page, scored beside the window, and one of them repeated as a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import stands
from fieldcheck.ui.screens.evidence.runs_page import RunsPage
from fieldcheck.ui.screens.evidence.session import PAGE, RunPages
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words.language import text
from fieldcheck.words.runs import replay_lines

if TYPE_CHECKING:
    from fieldcheck.domain.estimate import Estimate
    from fieldcheck.domain.run import Replayed, RunLine
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
        self.body = ScreenBody(context.current)
        self.pages = RunPages()
        self._scoring: Job | None = None
        self._scored: tuple[Any, ...] = ()

    def look(self) -> None:
        """Reads the page that is shown, and scores once more where labels or answers are others than before."""
        self._view.show_job(running(self._context.runner, WORK))
        pages, skip = self.pages, self.pages.skip
        self.body.ask(lambda project: list_runs.list_runs(project, PAGE, skip), partial(self._came, pages, skip), self._failed)

    def leave(self) -> None:
        """Scores that nobody waits for any more are given up; a run that is repeated goes on."""
        if self._scoring is not None:
            self._scoring.cancel()
        self._scoring, self._scored = None, ()

    def forget(self) -> None:
        """Another project is open, or none."""
        self.pages = RunPages()

    @property
    def acts(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        return {"repeat": self.can_repeat, "newer": self.pages.has_newer, "older": self.pages.has_older}

    @property
    def main(self) -> tuple[str, str]:
        """Words of the main action, and the end of its name."""
        return text("Reproduce this run"), "repeat"

    def turn(self, pages: int) -> None:
        """Older or newer runs."""
        if self.pages.turn(pages):
            self.look()

    def choose(self, row: int) -> None:
        """Another run is looked at."""
        self.pages.at = row
        self._show_outcome()
        self._changed()

    def repeat(self) -> None:
        """Computes every answer of the run that is looked at again."""
        run_id = self.pages.run_id
        if not self.can_repeat:
            return

        def work(project: Project, progress: Progress) -> Replayed:
            return replay.replay(project, run_id, progress, timestamp())

        self._context.messages.clear(WORK)
        job = self._context.current.job(
            lambda: text("Reproduce run {run}").format(run=run_id[:8]), work, partial(self._repeated, self.pages), self._failed
        )
        if job is not None:
            job.setObjectName(WORK)
            job.resumes = False
            self._view.show_job(job)
        self._changed()

    @property
    def can_repeat(self) -> bool:
        """Whether a run is looked at, may be computed here, and none is being repeated."""
        return bool(self.pages.run_id) and self._context.current.writable and running(self._context.runner, WORK) is None

    def _came(self, pages: RunPages, skip: int, found: tuple[int, tuple[RunLine, ...]]) -> None:
        if pages is self.pages and skip == pages.skip:
            pages.take(*found)
            self._show()
            self._score()

    def _score(self) -> None:
        project, state = self._context.current.project, (self.pages.n, self._context.current.standing)
        if project is None or not self.pages.lines or state == self._scored:
            return
        self.leave()
        self._scored = state
        self._scoring = self._context.runner.start(
            lambda: text("Scores of saved runs"),
            lambda progress: run_scores.run_scores(project, progress),
            partial(self._were_scored, self.pages),
            partial(self._not_scored, project),
            listed=False,
        )

    def _were_scored(self, pages: RunPages, scores: Mapping[str, tuple[str, Estimate]]) -> None:
        if pages is self.pages:
            pages.scores, self._scoring = scores, None
            self._show()

    def _not_scored(self, project: Project, error: BaseException) -> None:
        if project is self._context.current.project:
            self._failed(error)

    def _repeated(self, pages: RunPages, found: Replayed) -> None:
        pages.replayed[found.run.run_id] = found
        self._context.messages.toast(replay_lines(found)[0])
        if pages is self.pages:
            self._show()

    def _show(self) -> None:
        if not stands(self._view):
            return
        self._view.show_runs(self.pages.table(), self.pages.said, self.pages.at)
        self._show_outcome()
        self._changed()

    def _show_outcome(self) -> None:
        found = self.pages.outcome
        self._view.show_outcome(replay_lines(found, MOST_TOLD) if found is not None else ())

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, WORK)
        self._changed()


def build(page: RunsPage, context: Context, changed: Callable[[], None]) -> RunsPresenter:
    """The presenter of this page, with its actions bound."""
    made, bind = RunsPresenter(page, context, changed), context.actions.bind
    page.chosen.connect(made.choose)
    bind("evidence.repeat", made.repeat)
    bind("evidence.newer", partial(made.turn, -1))
    bind("evidence.older", partial(made.turn, 1))
    return made
