"""Long work of a page that one key begins and stops: it is found again after the screen was left, and what is finished stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import is_alive
from fieldcheck.ui.widgets.job_strip import find_running_job
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.project.project import Project

Work = Callable[["Project", Progress, str], Any]


class JobDisplay(Protocol):
    """Display protocol of a job's button."""

    def show_running(self, job: Job | None) -> None:
        """The work under way, or the last one where it was stopped."""

    def set_run_label(self, runs: bool) -> None:
        """Sets the button's label: what it does now."""


class JobToggle:
    """`identity` marks the job among those of the window. `work` is asked for anew at each beginning. `resumes`: what was stopped goes on
    where it was at the next beginning; else nothing of it stays."""

    def __init__(
        self, context: Context, page: JobDisplay, identity: str, name: Callable[[], str], work: Callable[[], Work], resumes: bool = True
    ) -> None:
        self._context, self._page, self._resumes = context, page, resumes
        self._identity, self._name, self._work = identity, name, work

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return find_running_job(self._context.runner, self._identity) is not None

    def enter(self) -> None:
        """Enters the page: a job that was begun before is found again."""
        job = find_running_job(self._context.runner, self._identity)
        if job is not None:
            self._page.show_running(job)
        self.update_label()

    def reset(self) -> None:
        """Another project is open: what was stopped there says nothing here."""
        self._page.show_running(find_running_job(self._context.runner, self._identity))
        self.update_label()

    def toggle_job(self) -> None:
        """Begins, goes on where it was stopped, or stops."""
        job = find_running_job(self._context.runner, self._identity)
        if job is not None:
            job.cancel()
            return
        if not self._context.current.writable:
            return
        self._context.messages.clear_banner(self._identity)
        do = self._work()

        def run_work(project: Project, progress: Progress) -> Any:
            return do(project, progress, get_timestamp())

        job = self._context.current.run_job(self._name, run_work, self._on_success, self._on_failure, self.update_label)
        if job is not None:
            job.setObjectName(self._identity)
            job.resumes = self._resumes
            self._page.show_running(job)
        self.update_label()

    def update_label(self) -> None:
        """The button says what it does now; nothing where its page went with a window that was built anew meanwhile."""
        if is_alive(self._page):
            self._page.set_run_label(self.is_running)

    def _on_success(self, _found: object) -> None:
        self._context.messages.show_toast(tr("Done: {name}.").format(name=self._name()))

    def _on_failure(self, error: BaseException) -> None:
        self._context.messages.show_error(error, self._identity)
