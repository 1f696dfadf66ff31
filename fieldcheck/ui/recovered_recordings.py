"""Recordings of which a killed program left the files: taken in as soon as their project is open, in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fieldcheck.timestamp import timestamp
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors.messages import Messages
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.capture import finish_recording
    from fieldcheck.workflows.footage.list_frames import Imported
else:
    finish_recording = LazyModule("fieldcheck.workflows.capture.finish_recording")


class RecoveredRecordings(QObject):
    """Looks at each project that is opened, and starts the job where there is something to take in."""

    def __init__(self, current: CurrentProject, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._current, self._messages = current, messages
        current.opened.connect(self._look)

    def _look(self) -> None:
        if self._current.writable:
            self._current.ask(lambda project: finish_recording.any_killed(project), self._begin)

    def _begin(self, killed: bool) -> None:
        if killed:
            self._current.job(lambda: text("Interrupted recording"), _adopt, self._say, self._messages.error, writes=False)

    def _say(self, adopted: tuple[Imported, ...]) -> None:
        if adopted:
            said = plural(
                "{n} recording was interrupted when the program ended. Everything saved up to that point was recovered.",
                "{n} recordings were interrupted when the program ended. Everything saved up to that point was recovered.",
                len(adopted),
            )
            self._messages.toast(said.format(n=len(adopted)))


def _adopt(project: Project, progress: Progress) -> tuple[Imported, ...]:

    return finish_recording.adopt_recordings(project, progress, timestamp())
