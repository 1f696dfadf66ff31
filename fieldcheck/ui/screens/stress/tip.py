"""Looks for the severity at which a frame that stays flips, while a person looks at it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fieldcheck.progress import Progress
from fieldcheck.ui.jobs.runner import Job, JobRunner
from fieldcheck.ui.late import Late
from fieldcheck.words.corruptions import first_flip
from fieldcheck.words.language import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.workflows.footage.triage import ModelFile
    from fieldcheck.workflows.stress import tipping
    from fieldcheck.workflows.stress.tipping import Tip
else:
    tipping = Late("fieldcheck.workflows.stress.tipping")


class TipSeeker(QObject):
    """One search at a time: `said` carries what is known, empty for nothing. A search that nobody waits for any more is cancelled."""

    said = Signal(str)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, seed: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._seed = runner, seed
        self._rgb: NDArray[np.uint8] | None = None
        self._corruption = ""
        self._job: Job | None = None

    def seek(self, rgb: NDArray[np.uint8], corruption: str, model: ModelFile) -> None:
        """Where this frame, (H, W, 3) uint8 RGB, flips. The same question again is no other search."""
        if rgb is self._rgb and corruption == self._corruption:
            return
        self.drop()
        self._rgb, self._corruption = rgb, corruption
        seed = self._seed

        def work(progress: Progress) -> Tip:
            return tipping.tipping_point(rgb, corruption, model, seed, progress.check)

        self.said.emit(text("Looking for the severity at which it flips …"))
        self._job = self._runner.start("tip", work, partial(self._found, rgb), self.failed.emit, listed=False)

    def drop(self) -> None:
        """Nobody wants to know any more."""
        if self._job is not None:
            self._job.cancel()
        self._job = self._rgb = None
        self._corruption = ""
        self.said.emit("")

    def _found(self, rgb: NDArray[np.uint8], tip: Tip) -> None:
        if rgb is self._rgb and tip.corruption == self._corruption:
            self._job = None
            self.said.emit(first_flip(tip.severity))
