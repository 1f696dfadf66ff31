"""Presenter of the severity sweep: runs it as a job, shows what was found, and opens the frames of a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtGui import QImage

from fieldcheck.domain.run import On
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.job_button import JobButton, JobDisplay, Work
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.widgets.decoded import decoded
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words.corruptions import corruption_name, steps_said
from fieldcheck.words.language import plural, text
from fieldcheck.words.projects import golden_added
from fieldcheck.words.sweeps import set_name

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.report.robustness import Heat
    from fieldcheck.workflows.models import golden as golden_sets
    from fieldcheck.workflows.models import models
    from fieldcheck.workflows.models.golden import Golden
    from fieldcheck.workflows.stress import changed_frames, evaluation_sets, match_field, sweep
    from fieldcheck.workflows.stress.changed_frames import Changed
    from fieldcheck.workflows.stress.stress_found import Curve, StressFindings
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
    def show_found(self, found: StressFindings) -> None: ...
    def show_curves(self, name: str, curves: Sequence[Curve], said: str) -> None: ...
    def show_frames(self, said: str, tiles: Sequence[Tile]) -> None: ...
    def show_pictures(self, pictures: Mapping[str, QImage]) -> None: ...
    def show_tables(self) -> bool: ...


class SweepPresenter:
    """A sweep that was stopped goes on where it was; what is finished is kept and shown."""

    def __init__(self, context: Context, page: SweepDisplay, collecting: Collecting) -> None:
        self._context, self._page = context, page
        self._failed = partial(context.messages.error, key=WORK)
        self._found: StressFindings | None = None
        self._open: tuple[On, Cell] | None = None
        self.collecting = collecting
        self.job = JobButton(context, page, WORK, lambda: text("Severity sweep"), self._work)

    def forget(self) -> None:
        """Another project is open."""
        self._open = None
        self._page.show_tables()
        self.job.forget()

    def close_cell(self) -> bool:
        """Back from the frames of a cell to the tables; False where none is open."""
        return self._page.show_tables()

    def wait(self) -> None:
        """The results are being read."""
        self._found = None
        self._page.show_loading(text("Loading the sweep …"))

    def fail(self) -> None:
        """The results could not be read."""
        self._page.show_failed(text("The sweep could not be read."))

    def show(self, found: StressFindings | None) -> None:
        """Shows the results as known now; None where no project is open."""
        self._found = found
        if said := opening_sentence(self._context.current) if found is None else "":
            self._page.show_loading(said)
        elif found is None:
            self._page.show_empty(text("To run a sweep, open or create a project."))
        elif not found.sets:
            self._page.show_empty(text("No model in this project yet."))
        elif not found.heats and self.job.runs:
            self._page.show_loading(text("Computing the first cells …"))
        elif not found.heats:
            self._page.show_empty(
                text("Run the sweep: twelve corruptions at three severities, moderate first, on the benchmark and the labelled frames.")
            )
        else:
            self._page.show_found(found)
        self.job.say()

    def _work(self) -> Work:
        """Goes on with the seed of the sweep that is shown; then which corruption the field looks like, as `fieldcheck stress` does it."""
        seed = self._found.seed if self._found is not None and self._found.seed is not None else 0

        def work(project: Project, progress: Progress, now: str) -> Any:
            sweep.run_sweep(project, sweep.SweepRequest(seed=seed), progress, now)
            return match_field.match_field(project, seed, progress, now)

        return work

    def _heat(self, on: On) -> Heat | None:
        return next((heat for heat in self._found.heats if heat.on == on), None) if self._found is not None else None

    def look_at(self, on: On, row: int, column: int) -> None:
        """The curves of the corruption of a cell."""
        heat = self._heat(on)
        if heat is None or self._found is None or row >= len(heat.names):
            return
        name, at = heat.names[row], column - heat.first
        severity = heat.severities[at] if 0 <= at < len(heat.severities) else heat.severities[0]
        curves = [curve for curve in self._found.curves if curve.corruption == name]
        first = [curve for curve in curves if curve.on == on]
        others = [curve for curve in curves if curve.on != on]
        self._page.show_curves(corruption_name(name), [*first, *others], self._found.line(heat.on, name, severity))

    def open_cell(self, on: On, row: int, column: int) -> None:
        """The frames whose answer changed there."""
        heat = self._heat(on)
        at = column - heat.first if heat is not None else -1
        if heat is None or self._found is None or not 0 <= at < len(heat.severities):
            return
        cell, seed = (heat.names[row], heat.severities[at]), self._found.seed or 0
        self._open = (on, cell)

        def question(project: Project) -> tuple[Changed, ...]:
            return changed_frames.changed_frames(project, on, cell, seed)

        self._context.current.ask(question, partial(self._opened, on, cell), self._failed)

    def _opened(self, on: On, cell: Cell, frames: tuple[Changed, ...]) -> None:
        if self._open == (on, cell):
            said = plural("{n} prediction changed", "{n} predictions changed", len(frames)).format(n=len(frames))
            self._page.show_frames(f"{set_name(on)} · {steps_said([cell])} · {said}", [_tile(one) for one in frames])

    def want(self, subjects: tuple[str, ...]) -> None:
        """Small pictures of them have come into view."""
        if self._open is None or self._found is None:
            return
        (on, cell), seed = self._open, self._found.seed or 0

        def question(project: Project) -> dict[str, QImage]:
            made = changed_frames.corrupted_pictures(project, on, cell, seed, subjects)
            return {subject: decoded(jpeg) for subject, jpeg in made.items()}

        self._context.current.ask(question, partial(self._arrived, self._open), self._failed)

    def _arrived(self, wanted: tuple[On, Cell], pictures: dict[str, QImage]) -> None:
        if wanted == self._open:
            self._page.show_pictures(pictures)


def _tile(one: Changed) -> Tile:
    if not one.before and not one.after:
        return Tile(one.subject, text("changed"), "", text("Prediction on {frame} changed.").format(frame=one.subject))
    nothing = text("nothing detected")
    before, after = ", ".join(one.before) or nothing, ", ".join(one.after) or nothing
    judged = text("now wrong") if one.wrong else text("now correct")
    said = text("Was {before}, now {after}: {judged}.").format(before=before, after=after, judged=judged)
    return Tile(one.subject, f"{before} → {after}", judged, said)


class Collecting:
    """One act a folder, which undo takes back as any other one. `choose(title, then)` lets a person choose one."""

    def __init__(self, context: Context, choose: Callable[[str, Callable[[Path], None]], object]) -> None:
        self._context, self._choose = context, choose
        self._failed = partial(context.messages.error, key=COLLECTING)

    def ask(self) -> None:
        """Lets the person choose the folder."""
        self._choose(text("Choose a folder of labelled failures"), self.add)

    def add(self, folder: Path) -> None:
        """Names it as the folder is called; one of that name is replaced."""
        self._context.messages.clear(COLLECTING)
        self._context.current.act(lambda project: golden_sets.add_golden(project, folder.name, folder), self._added, self._failed)

    def _added(self, golden: Golden) -> None:
        self._context.messages.toast(golden_added(golden.name, golden.n), text("Undo"), self._undo)

        def work(project: Project, progress: Progress) -> None:
            evaluation_sets.answer_golden(project, models.find_model(project), progress, timestamp())

        self._context.current.job(lambda: text("Collected failures"), work, None, self._failed)

    def _undo(self) -> None:
        self._context.current.undo(lambda _changes: None, self._failed)
