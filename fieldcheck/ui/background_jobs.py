"""Background jobs while frames are being labelled: predictions, embeddings, benchmark against
footage, a moderate sweep and the gap, so that result and report need no waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Preferences
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.jobs import CANCELLED, DONE, Job, JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.open_cameras import OpenCameras
from fieldcheck.ui.qt_types import require_value

if TYPE_CHECKING:
    from fieldcheck.analyses import domain_shift as compute
    from fieldcheck.corruptions import sweep
    from fieldcheck.domain import robustness as severities
    from fieldcheck.domain.project_state import Changes, ProjectStatus
    from fieldcheck.domain.run import On
    from fieldcheck.models import embeddings
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.report import explore_data
else:
    severities = LazyModule("fieldcheck.domain.robustness")
    explore_data = LazyModule("fieldcheck.report.explore_data")
    embeddings = LazyModule("fieldcheck.models.embeddings")
    compute = LazyModule("fieldcheck.analyses.domain_shift")
    sweep = LazyModule("fieldcheck.corruptions.sweep")

# Delay after the trigger, so that the user's own action comes first.
QUIET_MS = 1_500
Stage = tuple[Callable[[], str], Callable[["Project", "Progress"], Any]]

log = logging.getLogger(__name__)


class BackgroundJobs(QObject):
    """Runs its stages in order as soon as there are picks and a model, while no other job and no
    recording needs the computer. Every change of its inputs restarts it. A cancelled stage stops it
    until the next change; finished work is kept and continued. It displays nothing itself."""

    def __init__(
        self,
        runner: JobRunner,
        current: CurrentProject,
        capturing: OpenCameras,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner, self._current, self._capturing, self._preferences = (
            runner,
            current,
            capturing,
            preferences,
        )
        self._stages: list[Stage] = []
        self._about: tuple[object, ...] = ()
        self._job: Job | None = None
        self._yielded = False
        self._timer = QTimer(self, interval=QUIET_MS, singleShot=True)
        self._timer.timeout.connect(self._start_next_stage)
        current.opened.connect(self._start_stages)
        current.changed.connect(self._on_change)
        current.closing.connect(self.stop)
        runner.changed.connect(self._update_pause)
        capturing.changed.connect(self._update_pause)
        preferences.changed.connect(self._on_preferences_change)

    def stop(self) -> None:
        """Stop until the next change; finished work is kept."""
        self._stages, self._about = [], ()
        self._timer.stop()
        self._cancel_stage()

    def _start_stages(self) -> None:
        """Start with the first stage; finished stages return at once."""
        standing = self._current.status
        if standing is None or not (
            self._preferences.settings.background and self._current.writable
        ):
            return
        self._about = _get_stage_inputs(standing)
        if standing.n_models and standing.n_picked:
            self._cancel_stage()
            self._stages = _list_stages(standing)
            self._timer.start()

    def _on_change(self, changes: Changes) -> None:
        standing = self._current.status
        drawn = changes.act.startswith(("pick.", "clip."))  # others may be as many
        if (
            standing is not None
            and changes.act != "background"
            and (drawn or _get_stage_inputs(standing) != self._about)
        ):
            self._start_stages()

    def _on_preferences_change(self, names: frozenset[str]) -> None:
        if "background" in names:
            self.stop()
            self._start_stages()

    @property
    def _wanted_elsewhere(self) -> bool:
        return self._capturing.recording or any(
            not job.in_background for job in self._runner.list_running()
        )

    def _update_pause(self) -> None:
        """Pause for a user's job or a recording, and continue after it."""
        if self._wanted_elsewhere:
            self._cancel_stage()
        elif self._stages and self._job is None and not self._timer.isActive():
            self._timer.start()

    def _cancel_stage(self) -> None:
        if self._job is not None:
            self._yielded = True
            self._job.cancel()

    def _start_next_stage(self) -> None:
        if self._job is not None or not self._stages or self._wanted_elsewhere:
            return
        name, work = self._stages[0]
        self._job = self._current.run_job(
            self, lambda: tr("Background: {job}", job=name()), work, in_background=True
        )
        self._job.on_failure(self._on_failure).on_end(self._on_stage_end)

    def _on_stage_end(self) -> None:
        job, self._job = require_value(self._job), None
        yielded, self._yielded = self._yielded, False
        if job.state == DONE and not yielded:
            self._stages = self._stages[1:]
        elif not (job.state == CANCELLED and yielded):
            self._stages = []
        if not self._timer.isActive():
            self._start_next_stage()

    def _on_failure(self, error: BaseException) -> None:
        """Report the failure only in the job list; the screen that needs the result reports its
        own."""
        log.info("background: %s", error)


def _get_stage_inputs(standing: ProjectStatus) -> tuple[object, ...]:
    """What the stages work on; the field's part of the sweep and the gap wait for the last
    label."""
    return (
        standing.n_frames,
        standing.n_picked,
        standing.n_models,
        standing.n_benchmark,
        standing.n_left == 0,
    )


def _list_stages(standing: ProjectStatus) -> list[Stage]:
    stages: list[Stage] = [
        (
            lambda: tr("Model run"),
            lambda project, progress: explore_data.run_all(project, progress, get_timestamp()),
        ),
        (
            lambda: tr("Embeddings of frames and benchmark"),
            lambda project, progress: embeddings.compute_missing_vectors(project, progress),
        ),
    ]
    # no label takes part in it, and a report would otherwise begin with it
    if standing.n_benchmark:
        stages.append((lambda: tr("Comparison of benchmark and footage"), _compare_sets))
    if standing.n_benchmark or not standing.n_left:
        stages.append(
            (
                lambda: tr("Corruption sweep, moderate severity"),
                lambda project, progress: _run_sweep(project, progress),
            )
        )
    if not standing.n_left:
        stages.append((lambda: tr("Gap computation"), _compute_gap))
    return stages


def _compare_sets(project: Project, progress: Progress) -> None:
    compute.compare_sets(project, progress, get_timestamp())


def _run_sweep(project: Project, progress: Progress) -> None:
    """Sweep the benchmark while frames are unlabelled, then benchmark and field."""
    sides: tuple[On, ...] = ("benchmark",) if explore_data.get_gap_progress(project).n_left else ()
    sweep.run_sweep(
        project,
        sweep.SweepRequest(severities=(severities.SEVERITIES["moderate"],), on=sides),
        progress,
        get_timestamp(),
    )


def _compute_gap(project: Project, progress: Progress) -> None:
    """The figures of Explore once: what they rest on is kept."""
    explore_data.build_explore_data(project, language.get_language(), progress, get_timestamp())
