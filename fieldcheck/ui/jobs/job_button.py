"""Long work of a page that one key begins and stops: it is found again after the screen was left, and what is finished stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import stands
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project

Work = Callable[["Project", Progress, str], Any]


class JobDisplay(Protocol):
    """Display protocol of a job's button."""

    def show_running(self, job: Job | None) -> None:
        """The work under way, or the last one where it was stopped."""

    def say_run(self, runs: bool) -> None:
        """Sets the button's label: what it does now."""


class JobButton:
    """`identity` marks the job among those of the window. `work` is asked for anew at each beginning. `resumes`: what was stopped goes on
    where it was at the next beginning; else nothing of it stays."""

    def __init__(
        self, context: Context, page: JobDisplay, identity: str, name: Callable[[], str], work: Callable[[], Work], resumes: bool = True
    ) -> None:
        self._context, self._page, self._resumes = context, page, resumes
        self._identity, self._name, self._work = identity, name, work

    @property
    def runs(self) -> bool:
        """Whether it is under way."""
        return running(self._context.runner, self._identity) is not None

    def enter(self) -> None:
        """Enters the page: a job that was begun before is found again."""
        job = running(self._context.runner, self._identity)
        if job is not None:
            self._page.show_running(job)
        self.say()

    def forget(self) -> None:
        """Another project is open: what was stopped there says nothing here."""
        self._page.show_running(running(self._context.runner, self._identity))
        self.say()

    def press(self) -> None:
        """Begins, goes on where it was stopped, or stops."""
        job = running(self._context.runner, self._identity)
        if job is not None:
            job.cancel()
            return
        if not self._context.current.writable:
            return
        self._context.messages.clear(self._identity)
        do = self._work()

        def work(project: Project, progress: Progress) -> Any:
            return do(project, progress, timestamp())

        job = self._context.current.job(self._name, work, self._done, self._failed, self.say)
        if job is not None:
            job.setObjectName(self._identity)
            job.resumes = self._resumes
            self._page.show_running(job)
        self.say()

    def say(self) -> None:
        """The button says what it does now; nothing where its page went with a window that was built anew meanwhile."""
        if stands(self._page):
            self._page.say_run(self.runs)

    def _done(self, _found: object) -> None:
        self._context.messages.toast(text("Done: {name}.").format(name=self._name()))

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, self._identity)
