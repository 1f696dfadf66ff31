"""Recordings of which a killed program left the files: taken in as soon as their project is open, in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors.messages import Messages
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.capture import finish_recording
    from fieldcheck.workflows.footage.list_frames import ImportedRecording
else:
    finish_recording = LazyModule("fieldcheck.workflows.capture.finish_recording")


class InterruptedRecordings(QObject):
    """Looks at each project that is opened, and starts the job where there is something to take in."""

    def __init__(self, current: CurrentProject, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._current, self._messages = current, messages
        current.opened.connect(self._check_project)

    def _check_project(self) -> None:
        if self._current.writable:
            self._current.query(lambda project: finish_recording.has_unfinished_recordings(project), self._start_recovery)

    def _start_recovery(self, killed: bool) -> None:
        if killed:
            self._current.run_job(
                lambda: tr("Interrupted recording"), _recover_recordings, self._show_recovered, self._messages.show_error, writes=False
            )

    def _show_recovered(self, adopted: tuple[ImportedRecording, ...]) -> None:
        if adopted:
            said = tr_plural(
                "{n} recording was interrupted when the program ended. Everything saved up to that point was recovered.",
                "{n} recordings were interrupted when the program ended. Everything saved up to that point was recovered.",
                len(adopted),
            )
            self._messages.show_toast(said.format(n=len(adopted)))


def _recover_recordings(project: Project, progress: Progress) -> tuple[ImportedRecording, ...]:

    return finish_recording.recover_recordings(project, progress, get_timestamp())
