"""The one question that is asked before a recording or a job ends because somebody leaves: to go on with it is the safe answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.runner import STOP_S, Job, JobRunner
from fieldcheck.ui.widgets.plain import make_label
from fieldcheck.words.language import tr, tr_plural


class ConfirmQuit(QDialog):
    """Accepted where the person wants to leave; Esc goes on."""

    def __init__(self, parent: QWidget, title: str, said: str, stop: str, go_on: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(480)
        self.message = make_label(said, wrap=True)
        self.buttons = QDialogButtonBox(self)
        self.stop = self.buttons.addButton(stop, QDialogButtonBox.ButtonRole.AcceptRole)
        self.go_on = self.buttons.addButton(go_on, QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.on_confirm)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.message)
        column.addWidget(self.buttons)
        self.go_on.setDefault(True)

    def on_confirm(self) -> None:
        """The person wants to leave."""
        self.accept()


class ConfirmStopJobs(ConfirmQuit):
    """Asks about jobs that write. As long as it stands they go on; with the last of them it is answered, since nothing is left to be lost.
    Where they are to stop, it waits until they have put everything away that is not whole."""

    def __init__(self, parent: QWidget, runner: JobRunner) -> None:
        jobs = runner.list_writing()
        title = tr_plural("{n} job is not finished", "{n} jobs are not finished", len(jobs)).format(n=len(jobs))
        super().__init__(parent, title, _describe_jobs(jobs), tr("Stop jobs"), tr("Continue working"))
        self._runner = runner
        runner.changed.connect(self._poll_jobs)

    def on_confirm(self) -> None:
        """They are asked to stop."""
        self.message.setText(tr("Stopping …"))
        for button in (self.stop, self.go_on):
            button.setEnabled(False)
        for job in self._runner.list_writing():
            job.cancel()
        QTimer.singleShot(round(STOP_S * 1000), self, self.accept)  # closing waits for what takes longer, too

    def _poll_jobs(self) -> None:
        if not self._runner.list_writing():
            self.accept()


def confirm_stop_recording(parent: QWidget, then: Callable[[], None]) -> ConfirmQuit:
    """Asks about the recording that is made; `then` is called where the person wants to leave. One question at a time."""
    return _open_dialog(
        parent,
        lambda: ConfirmQuit(
            parent,
            tr("Recording in progress"),
            tr("This stops the recording. Everything recorded so far stays in the project."),
            tr("Stop recording"),
            tr("Continue recording"),
        ),
        then,
    )


def confirm_stop_jobs(parent: QWidget, runner: JobRunner, then: Callable[[], None]) -> ConfirmQuit:
    """Asks about the jobs that write; `then` is called once none does any more. One question at a time."""
    return _open_dialog(parent, lambda: ConfirmStopJobs(parent, runner), then)


def _open_dialog(parent: QWidget, make: Callable[[], ConfirmQuit], then: Callable[[], None]) -> ConfirmQuit:
    standing = parent.findChild(ConfirmQuit)
    if standing is not None:
        return standing
    asked = make()
    asked.accepted.connect(then)
    asked.open()
    return asked


def _describe_jobs(jobs: list[Job]) -> str:
    """Which jobs they are, and what becomes of them."""
    names = " · ".join(job.name for job in jobs)
    kept = tr("If you stop now, finished parts are saved. The same job continues from there next time.")
    if any(not job.resumes for job in jobs):
        kept = tr("If you stop now, a job that cannot be resumed starts from the beginning next time.")
    waits = tr_plural(
        "Still being written: {names}. If you wait, this continues automatically when it is done.",
        "Still being written: {names}. If you wait, this continues automatically when all are done.",
        len(jobs),
    )
    return f"{waits.format(names=names)} {kept}"
