"""Thumbnails and likeness, worked out beside the live view, once a second at most: small pictures to choose from, and how like the
original one still is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from fieldcheck.progress import Progress
from fieldcheck.ui.jobs.runner import Job, JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.stress.session import RecipeSelection
from fieldcheck.words.corruptions import describe_first_flip
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.workflows.footage.triage import ModelFile
    from fieldcheck.workflows.stress import live_stress, stress_frame, tipping
    from fieldcheck.workflows.stress.live_stress import LiveResult
else:
    live_stress = LazyModule("fieldcheck.workflows.stress.live_stress")
    stress_frame = LazyModule("fieldcheck.workflows.stress.stress_frame")
    tipping = LazyModule("fieldcheck.workflows.stress.tipping")

EVERY_MS = 1000
SIDE = 160
Pictures = dict[str, "NDArray[np.uint8]"]


class SeverityThumbnails(QObject):
    """`made` carries the thumbnails by corruption, `likeness_measured` the number of a recipe with its PSNR and SSIM. Never two sets at a
    time."""

    wanted = Signal()
    """It is time: `make` what there is now."""
    made = Signal(object)
    likeness_measured = Signal(int, float, float)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, favourites: tuple[str, ...], seed: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._favourites, self._seed = runner, favourites, seed
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.wanted)
        self._made_for: tuple[NDArray[np.uint8], int, tuple[str, ...], float] | None = None
        self._making = False
        self._round = 0

    def start(self) -> None:
        """From now on it is asked for every second."""
        self._timer.start()

    def stop(self) -> None:
        """Nobody looks any more; what is being made is thrown away."""
        self._timer.stop()
        self._made_for = None
        self._round += 1

    def make_thumbnails(self, result: LiveResult | None, chosen: RecipeSelection) -> None:
        """Anew where the frame or what is done to it is another one."""
        if result is None or self._making:
            return
        names = self._favourites if chosen.corruption in self._favourites else (*self._favourites, chosen.corruption)
        now, before = (result.original, result.recipe.number, names, chosen.severity), self._made_for
        if before is not None and before[0] is now[0] and before[1:] == now[1:]:
            return
        self._making, self._made_for = True, now
        work = partial(_make_thumbnails, result, names, chosen.severity, self._seed)
        self._runner.run_edit(work, partial(self._on_made, self._round), partial(self._on_failed, self._round))

    def make_once(self, result: LiveResult, names: tuple[str, ...], severity: float, then: Callable[[Pictures], None]) -> None:
        """`then(pictures)` with one frame under each of these, once."""
        rgb, seed = result.original, self._seed

        self._runner.run_edit(lambda: live_stress.make_thumbnails(rgb, names, severity, SIDE, seed), then, self.failed.emit)

    def _on_made(self, number: int, found: tuple[Pictures, int, float, float]) -> None:
        self._making = False
        if number == self._round:
            self.made.emit(found[0])
            self.likeness_measured.emit(*found[1:])

    def _on_failed(self, number: int, error: BaseException) -> None:
        self._making = False
        if number == self._round:
            self.failed.emit(error)


def _make_thumbnails(result: LiveResult, names: tuple[str, ...], severity: float, seed: int) -> tuple[Pictures, int, float, float]:
    return (
        live_stress.make_thumbnails(result.original, names, severity, SIDE, seed),
        result.recipe.number,
        *stress_frame.compute_similarity(result),
    )


class TippingPointSearch(QObject):
    """One search at a time: `message_changed` carries what is known, empty for nothing. A search that nobody waits for any more is
    cancelled."""

    message_changed = Signal(str)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, seed: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._seed = runner, seed
        self._rgb: NDArray[np.uint8] | None = None
        self._corruption = ""
        self._job: Job | None = None

    def start_search(self, rgb: NDArray[np.uint8], corruption: str, model: ModelFile) -> None:
        """Where this frame, (H, W, 3) uint8 RGB, flips. The same question again is no other search."""
        if rgb is self._rgb and corruption == self._corruption:
            return
        self.cancel_search()
        self._rgb, self._corruption = rgb, corruption
        seed = self._seed

        def find_tipping_point(progress: Progress) -> float | None:
            return tipping.find_tipping_point(rgb, corruption, model, seed, progress.check)

        self.message_changed.emit(tr("Searching for the severity at which the prediction changes …"))
        self._job = self._runner.start_job(
            "tip", find_tipping_point, partial(self._on_found, rgb, corruption), self.failed.emit, listed=False
        )

    def cancel_search(self) -> None:
        """Nobody wants to know any more."""
        if self._job is not None:
            self._job.cancel()
        self._job = self._rgb = None
        self._corruption = ""
        self.message_changed.emit("")

    def _on_found(self, rgb: NDArray[np.uint8], corruption: str, severity: float | None) -> None:
        if rgb is self._rgb and corruption == self._corruption:
            self._job = None
            self.message_changed.emit(describe_first_flip(severity))
