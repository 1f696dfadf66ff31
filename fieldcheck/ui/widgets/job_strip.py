"""A job where it was started: count, time left, Cancel, and afterwards what it came to."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.panel import JobRow
from fieldcheck.ui.jobs.runner import DONE, Job, JobRunner
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plain import clear_layout


class JobStrip(QFrame):
    """Hidden while there is no job. A finished job leaves it; one that was cancelled or failed stays, since its words say how to go on."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._job: Job | None = None
        self._row: JobRow | None = None
        self.setProperty("card", True)
        self._column = QVBoxLayout(self)
        pad = look.metrics.scale_px(8)
        self._column.setContentsMargins(pad, pad // 2, pad, pad // 2)
        self.hide()

    def show_job(self, job: Job | None) -> None:
        """From now on this job, or none."""
        if self._job is not None:
            self._job.progress_changed.disconnect(self._refresh_row)
            self._job.ended.disconnect(self._refresh_row)
        clear_layout(self._column)
        self._job, self._row = job, None
        if job is not None:
            self._row = JobRow(self._look, job, self)
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


def find_running_job(runner: JobRunner, work: str) -> Job | None:
    """The job under way that was marked with `work`: a screen that is built again finds what it had started."""
    return next((job for job in runner.list_running() if job.objectName() == work), None)
