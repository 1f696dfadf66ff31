"""The jobs popover: everything that runs or ran, with its count, the time left and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.runner import CANCELLED, DONE, FAILED, Job, JobRunner
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import clear_layout, make_label
from fieldcheck.ui.words import format_time_left
from fieldcheck.words.figures import format_minutes
from fieldcheck.words.language import tr

MOST = 8
LOOK_EVERY_MS = 200


def format_job_status(job: Job) -> str:
    """Where a job stands, in words."""
    done, of = (format_minutes(job.done), format_minutes(job.total or 0)) if job.unit == "seconds" else (job.done, job.total)
    count = tr("{done} of {all}").format(done=done, all=of) if job.total else ""
    if job.state == DONE:
        return tr("done")
    if job.state == FAILED:
        return tr("incomplete")
    if job.state == CANCELLED:
        goes_on = count and job.resumes
        return tr("partial: {count}; restart to continue").format(count=count) if goes_on else tr("cancelled")
    if job.is_stopping:
        return tr("stopping …")
    left = job.get_eta_s()
    return " · ".join([count or tr("running …"), *([format_time_left(left)] if left is not None else [])])


class JobRow(QWidget):
    """One job: name, words beside the bar and never on it, Cancel."""

    def __init__(self, look: Theme, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._words = make_label(tone="quiet")
        self._bar = QProgressBar(self, textVisible=False)
        self._bar.setAccessibleName(job.name)
        self.cancel = KeyButton(look, tr("Cancel"))
        self.cancel.clicked.connect(lambda _checked=False: job.cancel())
        column = QVBoxLayout()
        column.addWidget(make_label(job.name, bold=True))
        column.addWidget(self._words)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(column, 1)
        row.addWidget(self.cancel)
        self.refresh()

    def refresh(self) -> None:
        """Refreshes the row: state, progress and time left."""
        running = self._job.state == "running"
        self._words.setText(format_job_status(self._job))
        self._bar.setVisible(running)
        self.cancel.setVisible(running)
        share = self._job.share
        self._bar.setRange(0, 1000 if share is not None else 0)
        self._bar.setValue(round(1000 * share) if share is not None else 0)


class JobsPanel(QWidget):
    """The newest jobs first."""

    def __init__(self, look: Theme, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._runner = look, runner
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
        self._rows = [JobRow(self._look, job, self) for job in newest]
        for row in self._rows:
            self._column.addWidget(row)
        if not newest:
            self._column.addWidget(make_label(tr("No jobs yet."), tone="quiet"))
        self._column.addStretch()

    def _refresh_rows(self) -> None:
        for row in self._rows:
            row.refresh()
