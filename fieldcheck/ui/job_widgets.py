"""Widgets of jobs: the popover of all jobs, the job line where it was started, and the start and
stop of a page's long work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_minutes
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.formatting import format_time_left
from fieldcheck.ui.jobs import CANCELLED, DONE, FAILED, Job, JobRunner
from fieldcheck.ui.qt_types import is_alive
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import clear_layout, make_label

if TYPE_CHECKING:
    from fieldcheck.project.project import Project

MOST = 8
LOOK_EVERY_MS = 200


def format_job_status(job: Job) -> str:
    """Format the progress of a job."""
    done, total = (
        (format_minutes(job.done), format_minutes(job.total or 0))
        if job.unit == "seconds"
        else (job.done, job.total)
    )
    count = tr("{done} of {all}", done=done, all=total) if job.total else ""
    if job.state == DONE:
        return tr("done")
    if job.state == FAILED:
        return tr("incomplete")
    if job.state == CANCELLED:
        goes_on = count and job.resumes
        return (
            tr("partial: {count}; restart to continue", count=count) if goes_on else tr("cancelled")
        )
    if job.is_stopping:
        return tr("stopping …")
    eta_s = job.get_eta_s()
    return " · ".join(
        [count or tr("running …"), *([format_time_left(eta_s)] if eta_s is not None else [])]
    )


class JobRow(QWidget):
    """One job: name, words beside the bar and never on it, Cancel, and Start again after a stop."""

    def __init__(self, theme: Theme, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._words = make_label(tone="quiet")
        self._bar = QProgressBar(self, textVisible=False)
        self._bar.setAccessibleName(job.name)
        self.cancel = KeyButton(theme, tr("Cancel"))
        self.cancel.clicked.connect(lambda _checked=False: job.cancel())
        self.retry = KeyButton(theme, tr("Start again"))
        self.retry.clicked.connect(lambda _checked=False: job.retry())
        column = QVBoxLayout()
        column.addWidget(make_label(job.name, bold=True))
        column.addWidget(self._words)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(column, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.retry)
        self.refresh()

    def refresh(self) -> None:
        """Refreshes the row: state, progress and time left."""
        running = self._job.state == "running"
        self._words.setText(format_job_status(self._job))
        self._bar.setVisible(running)
        self.cancel.setVisible(running)
        self.retry.setVisible(self._job.can_retry)
        share = self._job.share
        self._bar.setRange(0, 1000 if share is not None else 0)
        self._bar.setValue(round(1000 * share) if share is not None else 0)


class JobsPanel(QWidget):
    """The newest jobs first."""

    def __init__(self, theme: Theme, runner: JobRunner) -> None:
        super().__init__()
        self._theme, self._runner = theme, runner
        self._rows: list[JobRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        runner.changed.connect(self._add_rows)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._refresh_rows)
        self._timer.start()
        self._add_rows()

    def _add_rows(self) -> None:
        clear_layout(self._column)
        newest = list(reversed(self._runner.jobs))[:MOST]
        self._rows = [JobRow(self._theme, job, self) for job in newest]
        for row in self._rows:
            self._column.addWidget(row)
        if not newest:
            self._column.addWidget(make_label(tr("No jobs yet."), tone="quiet"))
        self._column.addStretch()

    def _refresh_rows(self) -> None:
        for row in self._rows:
            row.refresh()


# A job where it was started: count, time left, Cancel, and afterwards what it came to.


class JobStrip(QFrame):
    """Progress of one job; hidden without one. A finished job disappears; one that was cancelled or
    failed stays, with how to continue."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._job: Job | None = None
        self._row: JobRow | None = None
        self.setProperty("card", True)
        self._column = QVBoxLayout(self)
        pad = theme.metrics.scale_px(8)
        self._column.setContentsMargins(pad, pad // 2, pad, pad // 2)
        self.hide()

    def show_job(self, job: Job | None) -> None:
        """Show this job from now on, or none."""
        if self._job is not None:
            self._job.progress_changed.disconnect(self._refresh_row)
            self._job.ended.disconnect(self._refresh_row)
        clear_layout(self._column)
        self._job, self._row = job, None
        if job is not None:
            self._row = JobRow(self._theme, job, self)
            self._column.addWidget(self._row)
            job.progress_changed.connect(self._refresh_row)
            job.ended.connect(self._refresh_row)
            self._row.cancel.clicked.connect(self._refresh_row)
        self._refresh_row()

    @property
    def row(self) -> JobRow | None:
        """The row of the job that is shown."""
        return self._row

    def _refresh_row(self) -> None:
        if self._row is not None:
            self._row.refresh()
        self.setVisible(self._job is not None and self._job.state != DONE)


# Long work that one key starts and stops: it is found again after leaving the screen, and finished
# work is kept.

Work = Callable[["Project", Progress, str], Any]


class JobDisplay(Protocol):
    """Display protocol of a job's button."""

    def show_running(self, job: Job | None) -> None:
        """The work under way, or the last one where it was stopped."""

    def set_run_label(self, runs: bool) -> None:
        """Sets the button's label: what it does now."""


class JobToggle:
    """Starts and stops a job. `identity` marks the job; `work` is called at each start. `resumes`:
    stopped work is continued at the next start; otherwise it is discarded. `done(result)` is called
    after work that came to its end in the project in which it was begun."""

    def __init__(
        self,
        context: Context,
        page: JobDisplay,
        identity: str,
        name: Callable[[], str],
        work: Callable[[], Work],
        resumes: bool = True,
        done: Callable[[Any], object] = lambda _result: None,
    ) -> None:
        self._context, self._page, self._resumes, self._done = context, page, resumes, done
        self._identity, self._name, self._work = identity, name, work

    @property
    def is_running(self) -> bool:
        """Whether the job is running."""
        return self._context.runner.find_running(self._identity) is not None

    def enter(self) -> None:
        """Enters the page: a job that was begun before is found again."""
        job = self._context.runner.find_running(self._identity)
        if job is not None:
            self._page.show_running(job)
        self.update_label()

    def reset(self) -> None:
        """Forget a stopped job, because another project is open."""
        self._page.show_running(self._context.runner.find_running(self._identity))
        self.update_label()

    def toggle_job(self) -> None:
        """Start, continue or stop the job."""
        job = self._context.runner.find_running(self._identity)
        if job is not None:
            job.cancel()
        else:
            self.start_job()

    def start_job(self) -> None:
        """Begins, or goes on where it was stopped, where it may and is not under way."""
        if self.is_running or not self._context.current.writable:
            return
        self._context.messages.clear_banner(self._identity)
        do = self._work()

        def run_work(project: Project, progress: Progress) -> Any:
            return do(project, progress, get_timestamp())

        job = self._context.current.run_job(
            self._context.messages, self._name, run_work, key=self._identity, resumes=self._resumes
        )
        job.on_success(self._on_success).on_failure(self._on_failure).on_end(self.update_label)
        job.on_retry(self._page, self.start_job)
        self._page.show_running(job)
        self.update_label()

    def update_label(self) -> None:
        """Update the button's label, unless its page was destroyed meanwhile."""
        if is_alive(self._page):
            self._page.set_run_label(self.is_running)

    def _on_success(self, result: object) -> None:
        self._done(result)
        self._context.messages.show_toast(tr("Done: {name}.", name=self._name()))

    def _on_failure(self, error: BaseException) -> None:
        self._context.messages.show_error(error, self._identity)
