"""A job where it was started: count, time left, Cancel, and afterwards what it came to."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.panel import JobRow
from fieldcheck.ui.jobs.runner import DONE, Job, JobRunner
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.plain import empty


class JobStrip(QFrame):
    """Hidden while there is no job. A finished job leaves it; one that was cancelled or failed stays, since its words say how to go on."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._job: Job | None = None
        self._row: JobRow | None = None
        self.setProperty("card", True)
        self._column = QVBoxLayout(self)
        pad = look.metrics.px(8)
        self._column.setContentsMargins(pad, pad // 2, pad, pad // 2)
        self.hide()

    def show_job(self, job: Job | None) -> None:
        """From now on this job, or none."""
        if self._job is not None:
            self._job.moved.disconnect(self._refresh)
            self._job.ended.disconnect(self._refresh)
        empty(self._column)
        self._job, self._row = job, None
        if job is not None:
            self._row = JobRow(self._look, job, self)
            self._column.addWidget(self._row)
            job.moved.connect(self._refresh)
            job.ended.connect(self._refresh)
            self._row.cancel.clicked.connect(self._refresh)
        self._refresh()

    @property
    def row(self) -> JobRow | None:
        """The row of the job that is shown."""
        return self._row

    def _refresh(self) -> None:
        if self._row is not None:
            self._row.refresh()
        self.setVisible(self._job is not None and self._job.state != DONE)


def running(runner: JobRunner, work: str) -> Job | None:
    """The job under way that was marked with `work`: a screen that is built again finds what it had started."""
    return next((job for job in runner.running() if job.objectName() == work), None)
