"""Background jobs while somebody labels: model answers, embeddings, benchmark against footage, a moderate sweep and the gap.

So that neither result nor report needs waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from fieldcheck.domain.changes import Changes
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.jobs.runner import CANCELLED, DONE, Job, JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import given
from fieldcheck.ui.open_cameras import OpenCameras
from fieldcheck.ui.preferences import Preferences
from fieldcheck.words import language
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain import sweep as severities
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.domain.run import On
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.explore import explore, similar
    from fieldcheck.workflows.report import compare_sets
    from fieldcheck.workflows.stress import sweep
else:
    severities = LazyModule("fieldcheck.domain.sweep")
    explore = LazyModule("fieldcheck.workflows.explore.explore")
    similar = LazyModule("fieldcheck.workflows.explore.similar")
    compare_sets = LazyModule("fieldcheck.workflows.report.compare_sets")
    sweep = LazyModule("fieldcheck.workflows.stress.sweep")

QUIET_MS = 1_500  # after what set it off: whoever has just opened or drawn something is served first
Stage = tuple[Callable[[], str], Callable[["Project", "Progress"], Any]]

log = logging.getLogger(__name__)


class BackgroundRun(QObject):
    """Runs stage after stage as soon as there are picks and a model, for as long as nobody's own job and no recording needs the computer.

    It begins again with every change of what it works on. A stage that somebody cancels ends it until then; what is finished of it stays,
    and the next time goes on from there. It shows nothing: screens show answers of labelled frames alone, as ever.
    """

    def __init__(
        self, runner: JobRunner, current: CurrentProject, capturing: OpenCameras, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner, self._current, self._capturing, self._preferences = runner, current, capturing, preferences
        self._stages: list[Stage] = []
        self._about: tuple[object, ...] = ()
        self._job: Job | None = None
        self._yielded = False
        self._timer = QTimer(self, interval=QUIET_MS, singleShot=True)
        self._timer.timeout.connect(self._go_on)
        current.opened.connect(self._begin)
        current.changed.connect(self._changed)
        current.closing.connect(self.stop)
        runner.changed.connect(self._make_room)
        capturing.changed.connect(self._make_room)
        preferences.changed.connect(self._set)

    def stop(self) -> None:
        """Nothing more until the next change; what is finished stays."""
        self._stages, self._about = [], ()
        self._timer.stop()
        self._cancel()

    def _begin(self) -> None:
        """Every stage from the first: those that are done have nothing left to do."""
        standing = self._current.standing
        if standing is None or not (self._preferences.now.background and self._current.writable):
            return
        self._about = _about(standing)
        if standing.n_models and standing.n_picked:
            self._cancel()
            self._stages = _stages(standing)
            self._timer.start()

    def _changed(self, changes: Changes) -> None:
        standing = self._current.standing
        drawn = changes.act.startswith(("pick.", "clip."))  # others may be as many
        if standing is not None and changes.act != "background" and (drawn or _about(standing) != self._about):
            self._begin()

    def _set(self, names: frozenset[str]) -> None:
        if "background" in names:
            self.stop()
            self._begin()

    @property
    def _wanted_elsewhere(self) -> bool:
        return self._capturing.recording or any(not job.behind for job in self._runner.running())

    def _make_room(self) -> None:
        """Gives way to a person's own job or a recording, and goes on after it."""
        if self._wanted_elsewhere:
            self._cancel()
        elif self._stages and self._job is None and not self._timer.isActive():
            self._timer.start()

    def _cancel(self) -> None:
        if self._job is not None:
            self._yielded = True
            self._job.cancel()

    def _go_on(self) -> None:
        if self._job is not None or not self._stages or self._wanted_elsewhere:
            return
        name, work = self._stages[0]
        self._job = self._current.job(
            lambda: text("Background: {job}").format(job=name()), work, failed=self._failed, ended=self._ended, behind=True
        )

    def _ended(self) -> None:
        job, self._job = given(self._job), None
        yielded, self._yielded = self._yielded, False
        if job.state == DONE and not yielded:
            self._stages = self._stages[1:]
        elif not (job.state == CANCELLED and yielded):
            self._stages = []
        if not self._timer.isActive():
            self._go_on()

    def _failed(self, error: BaseException) -> None:
        """Said by the list of jobs alone: nobody asked for it, and who asks for the same on a screen is told why."""
        log.info("background: %s", error)


def _about(standing: ProjectStatus) -> tuple[object, ...]:
    """What the stages work on; the field's part of the sweep and the gap wait for the last label."""
    return standing.n_frames, standing.n_picked, standing.n_models, standing.n_benchmark, standing.n_left == 0


def _stages(standing: ProjectStatus) -> list[Stage]:
    found: list[Stage] = [
        (lambda: text("Model run"), lambda project, progress: explore.run_all(project, progress, timestamp())),
        (lambda: text("Embeddings of frames and benchmark"), lambda project, progress: similar.make_vectors(project, progress)),
    ]
    if standing.n_benchmark:  # no label takes part in it, and a report would otherwise begin with it
        found.append((lambda: text("Comparison of benchmark and footage"), _compare))
    if standing.n_benchmark or not standing.n_left:
        found.append((lambda: text("Corruption sweep, moderate severity"), lambda project, progress: _sweep(project, progress)))
    if not standing.n_left:
        found.append((lambda: text("Gap computation"), _gap))
    return found


def _compare(project: Project, progress: Progress) -> None:
    compare_sets.compare_sets(project, progress, timestamp())


def _sweep(project: Project, progress: Progress) -> None:
    """Of the benchmark while frames are still to be labelled, then of both."""
    on: tuple[On, ...] = ("benchmark",) if explore.missing(project).n_left else ()
    sweep.run_sweep(project, sweep.SweepRequest(severities=(severities.SEVERITIES["moderate"],), on=on), progress, timestamp())


def _gap(project: Project, progress: Progress) -> None:
    """The figures of Explore once: what they rest on is kept."""
    explore.explored(project, language.current(), progress, timestamp())
