"""The jobs popover: everything that runs or ran, with its count, the time left and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.runner import CANCELLED, DONE, FAILED, Job, JobRunner
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import empty, label
from fieldcheck.ui.words import time_left
from fieldcheck.words.figures import minutes
from fieldcheck.words.language import text

MOST = 8
LOOK_EVERY_MS = 200


def said(job: Job) -> str:
    """Where a job stands, in words."""
    done, of = (minutes(job.done), minutes(job.total or 0)) if job.unit == "seconds" else (job.done, job.total)
    count = text("{done} of {all}").format(done=done, all=of) if job.total else ""
    if job.state == DONE:
        return text("done")
    if job.state == FAILED:
        return text("incomplete")
    if job.state == CANCELLED:
        goes_on = count and job.resumes
        return text("partial: {count}; restart to continue").format(count=count) if goes_on else text("cancelled")
    if job.stopping:
        return text("stopping …")
    left = job.left_s()
    return " · ".join([count or text("running …"), *([time_left(left)] if left is not None else [])])


class JobRow(QWidget):
    """One job: name, words beside the bar and never on it, Cancel."""

    def __init__(self, look: Look, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._words = label(tone="quiet")
        self._bar = QProgressBar(self, textVisible=False)
        self._bar.setAccessibleName(job.name)
        self.cancel = KeyButton(look, text("Cancel"))
        self.cancel.clicked.connect(lambda _checked=False: job.cancel())
        column = QVBoxLayout()
        column.addWidget(label(job.name, bold=True))
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
        self._words.setText(said(self._job))
        self._bar.setVisible(running)
        self.cancel.setVisible(running)
        share = self._job.share
        self._bar.setRange(0, 1000 if share is not None else 0)
        self._bar.setValue(round(1000 * share) if share is not None else 0)


class JobsPanel(QWidget):
    """The newest jobs first."""

    def __init__(self, look: Look, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._runner = look, runner
        self._rows: list[JobRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        runner.changed.connect(self._fill)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._refresh)
        self._timer.start()
        self._fill()

    def _fill(self) -> None:
        empty(self._column)
        newest = list(reversed(self._runner.jobs))[:MOST]
        self._rows = [JobRow(self._look, job, self) for job in newest]
        for row in self._rows:
            self._column.addWidget(row)
        if not newest:
            self._column.addWidget(label(text("No jobs yet."), tone="quiet"))
        self._column.addStretch()

    def _refresh(self) -> None:
        for row in self._rows:
            row.refresh()
