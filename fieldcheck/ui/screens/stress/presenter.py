"""Presenters of the Stress screen: switching between live view, sweep and OOD test, and the
severity sweep as a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from fieldcheck.corruptions.catalogue import CORE, FAVOURITES
from fieldcheck.corruptions.messages import describe_steps, get_corruption_name, get_sweep_set_name
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.robustness import SEVERITIES
from fieldcheck.domain.run import On
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.progress import Progress
from fieldcheck.project.messages import describe_added_golden_set
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.job_widgets import JobToggle, Work
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.stress.corruption_picker import CorruptionChoice, CorruptionPopover
from fieldcheck.ui.screens.stress.live import TROUBLE, LiveStressPresenter
from fieldcheck.ui.screens.stress.state import MODERATE, RECORDING, RecipeSelection, StressState
from fieldcheck.ui.screens.stress.sweep_page import SweepPage
from fieldcheck.ui.screens.stress.view import OodPresenter, StressView
from fieldcheck.ui.widgets.file_dialogs import choose_folder
from fieldcheck.ui.widgets.images_and_zoom import decode_image
from fieldcheck.ui.widgets.thumbnail_grid import Tile

if TYPE_CHECKING:
    from fieldcheck.analyses.robustness import SweepHeatmap
    from fieldcheck.corruptions import match_field, sweep, sweep_scores
    from fieldcheck.corruptions.sweep import ChangedFrame
    from fieldcheck.models import evaluate, store
    from fieldcheck.models.evaluate import GoldenSet
    from fieldcheck.project.project import Project
    from fieldcheck.report import stress_findings
    from fieldcheck.report.stress_findings import StressFindings
else:
    sweep_scores = LazyModule("fieldcheck.corruptions.sweep_scores")
    match_field = LazyModule("fieldcheck.corruptions.match_field")
    sweep = LazyModule("fieldcheck.corruptions.sweep")
    evaluate = LazyModule("fieldcheck.models.evaluate")
    store = LazyModule("fieldcheck.models.store")
    stress_findings = LazyModule("fieldcheck.report.stress_findings")

# Presenter of the severity sweep: runs it as a job, shows what was found, and opens the frames of a
# cell.

WORK = "stress.sweep"
Cell = tuple[str, float]
COLLECTING = "stress.collect"


class SweepPresenter:
    """A sweep that was stopped goes on where it was; what is finished is kept and shown."""

    def __init__(self, context: Context, page: SweepPage, collecting: GoldenSetImport) -> None:
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

    def show_findings(self, stress_findings: StressFindings | None) -> None:
        """Shows the results as known now; None where no project is open."""
        self._findings = stress_findings
        if message := get_opening_message(self._context.current) if stress_findings is None else "":
            self._page.show_loading(message)
        elif stress_findings is None:
            self._page.show_empty(tr("To run a sweep, open or create a project."))
        elif not stress_findings.sets:
            self._page.show_empty(tr("No model in this project yet."))
        elif not stress_findings.heats and self.job.is_running:
            self._page.show_loading(tr("Computing the first cells …"))
        elif not stress_findings.heats:
            self._page.show_empty(
                tr(
                    "Run the sweep: twelve corruptions at three severities, moderate first, "
                    "on the benchmark and the labelled frames."
                )
            )
        else:
            self._page.show_findings(stress_findings)
        self.job.update_label()

    def _build_job(self) -> Work:
        """Goes on with the seed of the sweep that is shown; then which corruption the field looks
        like, as `fieldcheck stress` does it."""
        seed = (
            self._findings.seed
            if self._findings is not None and self._findings.seed is not None
            else 0
        )

        def run_sweep(project: Project, progress: Progress, now: str) -> Any:
            sweep.run_sweep(project, sweep.SweepRequest(seed=seed), progress, now)
            return match_field.match_field(project, seed, progress, now)

        return run_sweep

    def _find_heat(self, set_name: On) -> SweepHeatmap | None:
        return (
            next((heat for heat in self._findings.heats if heat.on == set_name), None)
            if self._findings is not None
            else None
        )

    def show_cell(self, set_name: On, row: int, column: int) -> None:
        """The curves of the corruption of a cell."""
        heat = self._find_heat(set_name)
        if heat is None or self._findings is None or row >= len(heat.names):
            return
        name, index = heat.names[row], column - heat.first
        severity = (
            heat.severities[index] if 0 <= index < len(heat.severities) else heat.severities[0]
        )
        curves = [curve for curve in self._findings.curves if curve.corruption == name]
        first = [curve for curve in curves if curve.on == set_name]
        others = [curve for curve in curves if curve.on != set_name]
        self._page.show_curves(
            get_corruption_name(name),
            [*first, *others],
            self._findings.get_line(heat.on, name, severity),
            describe_tip(heat, row),
        )

    def open_cell(self, set_name: On, row: int, column: int) -> None:
        """The frames whose answer changed there."""
        heat = self._find_heat(set_name)
        index = column - heat.first if heat is not None else -1
        if heat is None or self._findings is None or not 0 <= index < len(heat.severities):
            return
        cell, seed = (heat.names[row], heat.severities[index]), self._findings.seed or 0
        self._opened_cell = (set_name, cell)

        def load_changed_frames(project: Project) -> tuple[ChangedFrame, ...]:
            return sweep.list_changed_frames(project, set_name, cell, seed)

        reading = self._context.current.query(self._page, load_changed_frames)
        reading.on_success(partial(self._on_frames_loaded, set_name, cell)).on_failure(self._failed)

    def _on_frames_loaded(self, set_name: On, cell: Cell, frames: tuple[ChangedFrame, ...]) -> None:
        if self._opened_cell == (set_name, cell):
            text = tr_plural(
                "{n} prediction changed", "{n} predictions changed", len(frames), n=len(frames)
            )
            self._page.show_frames(
                f"{get_sweep_set_name(set_name)} · {describe_steps([cell])} · {text}",
                [_make_tile(frame) for frame in frames],
            )

    def load_images(self, subjects: tuple[str, ...]) -> None:
        """Small pictures of them have come into view."""
        if self._opened_cell is None or self._findings is None:
            return
        (set_name, cell), seed = self._opened_cell, self._findings.seed or 0

        def make_images(project: Project) -> dict[str, QImage]:
            jpeg_by_subject = sweep.make_corrupted_images(project, set_name, cell, seed, subjects)
            return {subject: decode_image(jpeg) for subject, jpeg in jpeg_by_subject.items()}

        reading = self._context.current.query(self._page, make_images)
        reading.on_success(partial(self._on_images_loaded, self._opened_cell)).on_failure(
            self._failed
        )

    def _on_images_loaded(self, wanted: tuple[On, Cell], pictures: dict[str, QImage]) -> None:
        if wanted == self._opened_cell:
            self._page.show_pictures(pictures)


def describe_tip(heat: SweepHeatmap, row: int) -> str:
    """The tipping point of one corruption on one set with its interval; nothing where the set has
    no labels."""
    if not heat.tips:
        return ""
    return tr(
        "Tipping point: {severity} (95% CI: {interval}).",
        severity=heat.tips[row],
        interval=heat.tip_ranges[row],
    )


def _make_tile(changed_frame: ChangedFrame) -> Tile:
    if not changed_frame.before and not changed_frame.after:
        return Tile(
            changed_frame.subject,
            tr("changed"),
            "",
            tr("Prediction on {frame} changed.", frame=changed_frame.subject),
        )
    nothing = tr("nothing detected")
    before, after = (
        ", ".join(changed_frame.before) or nothing,
        ", ".join(changed_frame.after) or nothing,
    )
    judged = tr("now wrong") if changed_frame.wrong else tr("now correct")
    text = tr("Was {before}, now {after}: {judged}.", before=before, after=after, judged=judged)
    return Tile(changed_frame.subject, f"{before} → {after}", judged, text)


class GoldenSetImport:
    """One act a folder, which undo takes back as any other one. `choose(title, then)` lets a person
    choose one."""

    def __init__(
        self, context: Context, choose: Callable[[str, Callable[[Path], None]], object]
    ) -> None:
        self._context, self._choose = context, choose
        self._failed = partial(context.messages.show_error, key=COLLECTING)

    def choose_folder(self) -> None:
        """Lets the person choose the folder."""
        self._choose(tr("Choose a folder of labelled failures"), self.add_folder)

    def add_folder(self, folder: Path) -> None:
        """Names it as the folder is called; one of that name is replaced."""
        self._context.messages.clear_banner(COLLECTING)
        storing = self._context.current.run_edit(
            self._context.messages,
            lambda project: evaluate.add_golden_set(project, folder.name, folder),
        )
        storing.on_success(self._on_set_added).on_failure(self._failed)

    def _on_set_added(self, golden: GoldenSet) -> None:
        self._context.messages.show_toast(
            describe_added_golden_set(golden.name, golden.n), tr("Undo"), self._undo_add
        )

        def predict_golden_set(project: Project, progress: Progress) -> None:
            sweep_scores.run_golden_sets(
                project, store.find_model(project), progress, get_timestamp()
            )

        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Collected failures"), predict_golden_set
        )
        job.on_failure(self._failed)

    def _undo_add(self) -> None:
        self._context.current.undo(self._context.messages).on_failure(self._failed)


OF_LIVE = (
    *(f"corruption_{number}" for number in range(1, len(FAVOURITES) + 1)),
    *(
        "up",
        "down",
        "milder",
        "harder",
        "freeze",
        "third",
        "class",
        "open",
        "all",
        "combine",
        "uncombine",
        "difference",
        "keep",
        "back",
        "thresholds",
    ),
)
"""Actions of the live page only: elsewhere the arrow keys belong to tables."""

GROWING_MS = 8000
CHANGE = "stress.change"
"""Under this key of `session_values` another screen leaves the changes of a picture, by their codes
with commas, that are to be tried on the picked frames."""


class StressPresenter(QObject):
    """Between `enter` and `leave` one live view runs, unless there is nothing to look at."""

    def __init__(
        self,
        context: Context,
        header: Header,
        view: StressView,
        choosing: CorruptionChoice,
        sweeping: SweepPresenter,
        probing: OodPresenter,
    ) -> None:
        super().__init__()
        self._context, self._header, self._view = context, header, view
        self.corruption_choice, self.sweep, self.ood = choosing, sweeping, probing
        self.state = StressState()
        self._body = BodyLoader(context.current, view)
        self.live = LiveStressPresenter(context, view, choosing, self.state, self)
        self._findings = FindingsReader(context, self.is_growing, self)
        self._findings.findings_read.connect(self._show_findings)
        self._findings.failed.connect(self._on_findings_failed)
        self.live.pictured.connect(self.show_head)

    def enter(self) -> None:
        """Opens what was looked at last, or the first there is."""
        self.state.is_shown = True
        if not self._body.enter():
            self._clear_findings()
        if codes := self._context.session_values.pop(CHANGE, ""):
            self._try_change(codes.split(","))
        self._load_findings()

    def _try_change(self, codes: Sequence[str]) -> None:
        """Picked frames under these changes, and no corruption on top yet."""
        chosen = self.corruption_choice.selection.corruption
        steps = tuple((code, MODERATE) for code in codes)
        self.corruption_choice.set_selection(RecipeSelection(chosen, 0.0, steps))
        self.state.asked_key = f"{RECORDING}picks"
        if self.state.page != "live":
            self.open_page("live")

    def _clear_findings(self) -> None:
        """Drops results that are of another project, or of an earlier state of this one."""
        self.state.findings = None
        self._view.show_sets(())
        self.sweep.show_waiting()
        self.ood.show_waiting()

    def _load_findings(self) -> None:
        self.show_head()
        for part in (self.sweep, self.ood):
            part.job.enter()
        self._findings.read_findings()
        self.live.enter()

    def is_growing(self) -> bool:
        """Whether cells of the sweep that is shown fill in now: by its own job, or by one in the
        background."""
        behind = any(job.in_background for job in self._context.runner.list_running())
        return self.state.page == "sweep" and (self.sweep.job.is_running or behind)

    def leave(self) -> None:
        """Lets go of camera and threads."""
        self.state.is_shown = False
        self._findings.stop_reading()
        self.live.leave()

    def refresh(self, changes: Changes) -> None:
        """Another project, another model, more footage: what is looked at goes on where it can."""
        if changes.act.startswith("project."):
            self.sweep.reset_sweep()
            self.ood.job.reset()
            self._body.reset()
            self._clear_findings()
        self._load_findings()

    def open_page(self, page: str) -> None:
        """Another page. While no live picture is shown, camera and model are left to the sweep."""
        self.state.page = page
        self._view.show_page(page)
        for identity in OF_LIVE:
            self._context.actions.set_enabled(f"stress.{identity}", page == "live")
        self.show_head()
        self.live.on_page_changed()

    def toggle_run(self) -> None:
        """The sweep, or on their page the probes: begins, goes on, or stops. From the live pictures
        the sweep is shown first."""
        if self.state.page == "probes":
            self.ood.job.toggle_job()
        elif self.state.page == "sweep":
            self.sweep.job.toggle_job()
        else:
            self.open_page("sweep")
            if not self.sweep.job.is_running:
                self.sweep.job.toggle_job()
        if self._body.is_read:  # what was to be begun is under way now
            self._show_findings(self.state.findings, self._context.current.revision)

    def on_primary_action(self) -> None:
        """The primary action: what is looked at goes into the report; on the other pages the run
        begins, goes on, or stops."""
        if self.state.page == "live":
            self.live.save_pair()
        else:
            self.toggle_run()

    def escape(self) -> bool:
        """Closes the list of corruptions, or the frames of a cell, or goes back to the live
        pictures."""
        if self.corruption_choice.list_display.close_list() or self.sweep.close_cell():
            return True
        if self.state.page == "live":
            return False
        self.open_page("live")
        return True

    def show_head(self) -> None:
        """What is found is of a project, so there is no such action without one."""
        title, hint = get_screen_name("stress"), tr("Find the corruptions that break the model.")
        current, live = self._context.current, self.state.page == "live"
        if not self.state.is_shown:
            return
        there = self.state.last is not None if live else self._body.is_read
        primary, runs = tr("Add to report"), False
        if not live:
            page = self._view.sweep if self.state.page == "sweep" else self._view.probes
            begin = tr("Run sweep") if self.state.page == "sweep" else tr("Run OOD test")
            runs = page.runs
            primary = tr("Stop") if runs else begin
        if self.state.page == "sweep":
            hint = tr(
                "{n} corruptions at {severities} severities",
                n=len(CORE),
                severities=len(SEVERITIES),
            )
        self._header.show_head(
            ScreenHeading(
                title,
                hint,
                primary if current.project is not None else "",
                there and current.writable,
                role="alarm" if runs else "primary",
            )
        )
        for code in ("run", "collect"):
            self._context.actions.set_enabled(f"stress.{code}", current.writable)
        self._context.actions.set_enabled("stress.frames", self.state.page == "sweep")

    def _on_findings_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, TROUBLE)
        if not self._body.is_read:
            self.sweep.show_failed()
            self.ood.show_failed()

    def _show_findings(self, stress_findings: StressFindings | None, revision: int) -> None:
        self._body.mark_read(revision)
        self.state.findings = stress_findings
        self._view.show_sets(stress_findings.sets if stress_findings is not None else ())
        self.sweep.show_findings(stress_findings)
        self.ood.show_findings(stress_findings)
        self.live.show_sweep_result()
        self.show_head()

    def request_file(self) -> None:
        """Asks for a video or an image, and shows it."""
        self._view.request_file()

    def open_cell_frames(self) -> None:
        """The frames of the cell of the sweep that is looked at."""
        self._view.sweep.open_current_cell()

    def toggle_tables(self) -> None:
        """Charts as tables, or as charts again."""
        self._view.toggle_tables()


def build_screen(context: Context, header: Header) -> Screen:
    """View and presenter, connected, with their actions bound."""
    view = StressView(context.theme, context.actions, FAVOURITES)
    choosing = CorruptionChoice(CorruptionPopover(context.theme, context.actions, view))
    sweeping = SweepPresenter(
        context, view.sweep, GoldenSetImport(context, partial(choose_folder, view.sweep))
    )
    presenter = StressPresenter(
        context, header, view, choosing, sweeping, OodPresenter(context, view.probes)
    )
    presenter.setParent(view)
    live = presenter.live
    for part in (view.sweep, view.probes):
        part.placeholder.retry_requested.connect(presenter.enter)
        part.run_changed.connect(presenter.show_head)
    view.source_chosen.connect(live.open_source)
    view.file_chosen.connect(live.open_file)
    view.corruption_chosen.connect(choosing.choose_favourite)
    view.all_asked.connect(choosing.choose_from_all)
    view.taken_out.connect(choosing.remove_step)
    view.severity_chosen.connect(choosing.set_severity)
    view.class_chosen.connect(live.choose_class)
    view.uncertainty.picked.connect(live.hold_changed_frame)
    view.confidence.mark_clicked.connect(live.hold_frame_in_bar)
    view.sweep.looked_at.connect(sweeping.show_cell)
    view.sweep.opened.connect(sweeping.open_cell)
    view.sweep.wanted.connect(sweeping.load_images)
    view.sweep.back_asked.connect(view.sweep.show_tables)
    return Screen(view, presenter, view, has_tabs=True)


class FindingsReader(QObject):
    """`findings_read` carries what there is, None without a project, and the revision of the
    project that was read; of two readings only the newer one is told. While what is found is
    `growing()`, it is read every few seconds."""

    findings_read = Signal(object, int)
    failed = Signal(object)

    def __init__(self, context: Context, growing: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._growing = context, growing
        self._timer = QTimer(self, interval=GROWING_MS)
        self._timer.timeout.connect(self._read_if_growing)
        self._job: Job | None = None
        self._number = 0

    def read_findings(self) -> None:
        """Asks anew; the answer is the signal `found`."""
        project, revision, lang = (
            self._context.current.project,
            self._context.current.revision,
            language.get_language(),
        )
        self._number += 1
        self._timer.start()
        if project is None:
            self.findings_read.emit(None, revision)
            return

        def load_findings(_progress: Progress) -> StressFindings:
            return stress_findings.make_stress_findings(project, lang)

        on_success = partial(self._on_read, self._number, revision)
        self._job = self._context.runner.run_job(self, "findings", load_findings, listed=False)
        self._job.on_success(on_success).on_failure(partial(self._on_read_failed, self._number))

    def stop_reading(self) -> None:
        """Nobody wants to know any more."""
        self._timer.stop()
        self._number += 1

    def _read_if_growing(self) -> None:
        if self._growing():
            self.read_findings()

    def _on_read(self, number: int, revision: int, stress_findings: StressFindings) -> None:
        if number == self._number:
            self.findings_read.emit(stress_findings, revision)

    def _on_read_failed(self, number: int, error: BaseException) -> None:
        if number == self._number:
            self.failed.emit(error)
