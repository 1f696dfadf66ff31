"""Presenter of the severity sweep: runs it as a job, shows what was found, and opens the frames of a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtGui import QImage

from fieldcheck.domain.run import On
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.body import get_opening_message
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.job_button import JobDisplay, JobToggle, Work
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.widgets.decoded import decode_image
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words.corruptions import describe_steps, get_corruption_name
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.projects import describe_added_golden_set
from fieldcheck.words.sweeps import get_sweep_set_name

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.report.robustness import SweepHeatmap
    from fieldcheck.workflows.models import golden as golden_sets
    from fieldcheck.workflows.models import models
    from fieldcheck.workflows.models.golden import GoldenSet
    from fieldcheck.workflows.stress import changed_frames, evaluation_sets, match_field, sweep
    from fieldcheck.workflows.stress.changed_frames import ChangedFrame
    from fieldcheck.workflows.stress.stress_found import StressFindings, SweepCurve
else:
    changed_frames = LazyModule("fieldcheck.workflows.stress.changed_frames")
    match_field = LazyModule("fieldcheck.workflows.stress.match_field")
    sweep = LazyModule("fieldcheck.workflows.stress.sweep")
    golden_sets = LazyModule("fieldcheck.workflows.models.golden")
    models = LazyModule("fieldcheck.workflows.models.models")
    evaluation_sets = LazyModule("fieldcheck.workflows.stress.evaluation_sets")

WORK = "stress.sweep"
Cell = tuple[str, float]
COLLECTING = "stress.collect"


class SweepDisplay(JobDisplay, Protocol):
    """All that the presenter knows of its page."""

    def show_loading(self, sentence: str) -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_empty(self, said: str) -> None: ...
    def show_findings(self, found: StressFindings) -> None: ...
    def show_curves(self, name: str, curves: Sequence[SweepCurve], said: str) -> None: ...
    def show_frames(self, said: str, tiles: Sequence[Tile]) -> None: ...
    def show_pictures(self, pictures: Mapping[str, QImage]) -> None: ...
    def show_tables(self) -> bool: ...


class SweepPresenter:
    """A sweep that was stopped goes on where it was; what is finished is kept and shown."""

    def __init__(self, context: Context, page: SweepDisplay, collecting: GoldenSetImport) -> None:
        self._context, self._page = context, page
        self._failed = partial(context.messages.show_error, key=WORK)
        self._findings: StressFindings | None = None
        self._opened_cell: tuple[On, Cell] | None = None
        self.golden_set_import = collecting
        self.job = JobToggle(context, page, WORK, lambda: tr("Severity sweep"), self._build_job)

    def reset_sweep(self) -> None:
        """Another project is open."""
        self._opened_cell = None
        self._page.show_tables()
        self.job.reset()

    def close_cell(self) -> bool:
        """Back from the frames of a cell to the tables; False where none is open."""
        return self._page.show_tables()

    def show_waiting(self) -> None:
        """The results are being read."""
        self._findings = None
        self._page.show_loading(tr("Loading the sweep …"))

    def show_failed(self) -> None:
        """The results could not be read."""
        self._page.show_failed(tr("The sweep could not be read."))

    def show_findings(self, found: StressFindings | None) -> None:
        """Shows the results as known now; None where no project is open."""
        self._findings = found
        if said := get_opening_message(self._context.current) if found is None else "":
            self._page.show_loading(said)
        elif found is None:
            self._page.show_empty(tr("To run a sweep, open or create a project."))
        elif not found.sets:
            self._page.show_empty(tr("No model in this project yet."))
        elif not found.heats and self.job.is_running:
            self._page.show_loading(tr("Computing the first cells …"))
        elif not found.heats:
            self._page.show_empty(
                tr("Run the sweep: twelve corruptions at three severities, moderate first, on the benchmark and the labelled frames.")
            )
        else:
            self._page.show_findings(found)
        self.job.update_label()

    def _build_job(self) -> Work:
        """Goes on with the seed of the sweep that is shown; then which corruption the field looks like, as `fieldcheck stress` does it."""
        seed = self._findings.seed if self._findings is not None and self._findings.seed is not None else 0

        def run_sweep(project: Project, progress: Progress, now: str) -> Any:
            sweep.run_sweep(project, sweep.SweepRequest(seed=seed), progress, now)
            return match_field.match_field(project, seed, progress, now)

        return run_sweep

    def _find_heat(self, on: On) -> SweepHeatmap | None:
        return next((heat for heat in self._findings.heats if heat.on == on), None) if self._findings is not None else None

    def show_cell(self, on: On, row: int, column: int) -> None:
        """The curves of the corruption of a cell."""
        heat = self._find_heat(on)
        if heat is None or self._findings is None or row >= len(heat.names):
            return
        name, at = heat.names[row], column - heat.first
        severity = heat.severities[at] if 0 <= at < len(heat.severities) else heat.severities[0]
        curves = [curve for curve in self._findings.curves if curve.corruption == name]
        first = [curve for curve in curves if curve.on == on]
        others = [curve for curve in curves if curve.on != on]
        self._page.show_curves(get_corruption_name(name), [*first, *others], self._findings.get_line(heat.on, name, severity))

    def open_cell(self, on: On, row: int, column: int) -> None:
        """The frames whose answer changed there."""
        heat = self._find_heat(on)
        at = column - heat.first if heat is not None else -1
        if heat is None or self._findings is None or not 0 <= at < len(heat.severities):
            return
        cell, seed = (heat.names[row], heat.severities[at]), self._findings.seed or 0
        self._opened_cell = (on, cell)

        def load_changed_frames(project: Project) -> tuple[ChangedFrame, ...]:
            return changed_frames.list_changed_frames(project, on, cell, seed)

        self._context.current.query(load_changed_frames, partial(self._on_frames_loaded, on, cell), self._failed)

    def _on_frames_loaded(self, on: On, cell: Cell, frames: tuple[ChangedFrame, ...]) -> None:
        if self._opened_cell == (on, cell):
            said = tr_plural("{n} prediction changed", "{n} predictions changed", len(frames)).format(n=len(frames))
            self._page.show_frames(f"{get_sweep_set_name(on)} · {describe_steps([cell])} · {said}", [_make_tile(one) for one in frames])

    def load_images(self, subjects: tuple[str, ...]) -> None:
        """Small pictures of them have come into view."""
        if self._opened_cell is None or self._findings is None:
            return
        (on, cell), seed = self._opened_cell, self._findings.seed or 0

        def make_images(project: Project) -> dict[str, QImage]:
            made = changed_frames.make_corrupted_images(project, on, cell, seed, subjects)
            return {subject: decode_image(jpeg) for subject, jpeg in made.items()}

        self._context.current.query(make_images, partial(self._on_images_loaded, self._opened_cell), self._failed)

    def _on_images_loaded(self, wanted: tuple[On, Cell], pictures: dict[str, QImage]) -> None:
        if wanted == self._opened_cell:
            self._page.show_pictures(pictures)


def _make_tile(one: ChangedFrame) -> Tile:
    if not one.before and not one.after:
        return Tile(one.subject, tr("changed"), "", tr("Prediction on {frame} changed.").format(frame=one.subject))
    nothing = tr("nothing detected")
    before, after = ", ".join(one.before) or nothing, ", ".join(one.after) or nothing
    judged = tr("now wrong") if one.wrong else tr("now correct")
    said = tr("Was {before}, now {after}: {judged}.").format(before=before, after=after, judged=judged)
    return Tile(one.subject, f"{before} → {after}", judged, said)


class GoldenSetImport:
    """One act a folder, which undo takes back as any other one. `choose(title, then)` lets a person choose one."""

    def __init__(self, context: Context, choose: Callable[[str, Callable[[Path], None]], object]) -> None:
        self._context, self._choose = context, choose
        self._failed = partial(context.messages.show_error, key=COLLECTING)

    def choose_folder(self) -> None:
        """Lets the person choose the folder."""
        self._choose(tr("Choose a folder of labelled failures"), self.add_folder)

    def add_folder(self, folder: Path) -> None:
        """Names it as the folder is called; one of that name is replaced."""
        self._context.messages.clear_banner(COLLECTING)
        self._context.current.run_edit(
            lambda project: golden_sets.add_golden_set(project, folder.name, folder), self._on_set_added, self._failed
        )

    def _on_set_added(self, golden: GoldenSet) -> None:
        self._context.messages.show_toast(describe_added_golden_set(golden.name, golden.n), tr("Undo"), self._undo_add)

        def predict_golden_set(project: Project, progress: Progress) -> None:
            evaluation_sets.run_golden_sets(project, models.find_model(project), progress, get_timestamp())

        self._context.current.run_job(lambda: tr("Collected failures"), predict_golden_set, None, self._failed)

    def _undo_add(self) -> None:
        self._context.current.undo(lambda _changes: None, self._failed)
