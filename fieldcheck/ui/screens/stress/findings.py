"""Reads what sweeps and probes have found, off the main thread, and again whenever the project has changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fieldcheck.progress import Progress
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.late import Late
from fieldcheck.words import language

if TYPE_CHECKING:
    from fieldcheck.workflows.stress import stress_found
    from fieldcheck.workflows.stress.stress_found import StressFindings
else:
    stress_found = Late("fieldcheck.workflows.stress.stress_found")

GROWING_MS = 8000


class Findings(QObject):
    """`found` carries what there is, None without a project; of two readings only the newer one is told. While what is found is
    `growing()`, it is read every few seconds."""

    found = Signal(object)
    failed = Signal(object)

    def __init__(self, context: Context, growing: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._growing = context, growing
        self._timer = QTimer(self, interval=GROWING_MS)
        self._timer.timeout.connect(self._read_on)
        self._job: Job | None = None
        self._number = 0

    def read(self) -> None:
        """Asks anew; the answer is the signal `found`."""
        project, lang = self._context.current.project, language.current()
        self._number += 1
        self._timer.start()
        if project is None:
            self.found.emit(None)
            return

        def work(_progress: Progress) -> StressFindings:
            return stress_found.stress_found(project, lang)

        told = partial(self._told, self._number)
        self._job = self._context.runner.start("findings", work, told, partial(self._not_told, self._number), listed=False)

    def drop(self) -> None:
        """Nobody wants to know any more."""
        self._timer.stop()
        self._number += 1

    def _read_on(self) -> None:
        if self._growing():
            self.read()

    def _told(self, number: int, found: StressFindings) -> None:
        if number == self._number:
            self.found.emit(found)

    def _not_told(self, number: int, error: BaseException) -> None:
        if number == self._number:
            self.failed.emit(error)
