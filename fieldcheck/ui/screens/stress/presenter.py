"""Presenter of the Stress screen: turns between live pictures, sweep and probes, and shows what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from fieldcheck.domain.changes import Changes
from fieldcheck.progress import Progress
from fieldcheck.ui.body import BodyLoader
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens.stress.corruption_choice import CorruptionChoice
from fieldcheck.ui.screens.stress.corruption_list import CorruptionPopover
from fieldcheck.ui.screens.stress.live import TROUBLE, LiveDisplay, LiveStressPresenter
from fieldcheck.ui.screens.stress.ood_presenter import OodPresenter
from fieldcheck.ui.screens.stress.session import PAGES, StressState
from fieldcheck.ui.screens.stress.sweep_presenter import GoldenSetImport, SweepPresenter
from fieldcheck.ui.screens.stress.view import StressView
from fieldcheck.ui.shell.actions_table import get_screen_name
from fieldcheck.ui.widgets.choose import choose_folder
from fieldcheck.words import language
from fieldcheck.words.corruptions import FAVOURITES
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.workflows.stress import stress_found
    from fieldcheck.workflows.stress.stress_found import StressFindings
else:
    stress_found = LazyModule("fieldcheck.workflows.stress.stress_found")

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
"""What can be done on the live page alone: elsewhere the arrows belong to tables."""

GROWING_MS = 8000


class StressDisplay(LiveDisplay, Protocol):
    """Which page is shown, and what stands above each."""

    def show_page(self, page: str) -> None: ...
    def show_sets(self, sets: Sequence[tuple[str, str]]) -> None: ...


class StressPresenter(QObject):
    """Between `enter` and `leave` one live view runs, unless there is nothing to look at."""

    def __init__(
        self,
        context: Context,
        header: Header,
        view: StressDisplay,
        choosing: CorruptionChoice,
        sweeping: SweepPresenter,
        probing: OodPresenter,
    ) -> None:
        super().__init__()
        self._context, self._header, self._view = context, header, view
        self.corruption_choice, self.sweep, self.ood = choosing, sweeping, probing
        self.state = StressState()
        self._body = BodyLoader(context.current)
        self.live = LiveStressPresenter(context, view, choosing, self.state, self)
        self._findings = FindingsReader(context, self.is_growing, self)
        self._findings.findings_read.connect(self._show_findings)
        self._findings.failed.connect(self._on_findings_failed)
        self.live.pictured.connect(self._show_head)

    def enter(self) -> None:
        """Opens what was looked at last, or the first there is."""
        self.state.is_shown = True
        if not self._body.enter():
            self._clear_findings()
        self._load_findings()

    def _clear_findings(self) -> None:
        """Drops results that are of another project, or of an earlier state of this one."""
        self.state.findings = None
        self._view.show_sets(())
        self.sweep.show_waiting()
        self.ood.show_waiting()

    def _load_findings(self) -> None:
        self._show_head()
        for part in (self.sweep, self.ood):
            part.job.enter()
        self._findings.read_findings()
        self.live.enter()

    def is_growing(self) -> bool:
        """Whether cells of the sweep that is shown fill in now: by its own job, or by one in the background."""
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
        self._show_head()
        self.live.on_page_changed()

    def toggle_run(self) -> None:
        """The sweep, or on their page the probes: begins, goes on, or stops. From the live pictures the sweep is shown first."""
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
        """The primary action: what is looked at goes into the report; from the other pages one goes there."""
        if self.state.page == "live":
            self.live.save_pair()
        else:
            self._context.show_screen("report")

    def escape(self) -> bool:
        """Closes the list of corruptions, or the frames of a cell, or goes back to the live pictures."""
        if self.corruption_choice.list_display.close_list() or self.sweep.close_cell():
            return True
        if self.state.page == "live":
            return False
        self.open_page("live")
        return True

    def _show_head(self) -> None:
        """What is found goes into a report, so there is no such action without a project."""
        title, hint = get_screen_name("stress"), tr("Find the corruptions that break the model.")
        current, live = self._context.current, self.state.page == "live"
        if not self.state.is_shown:
            return
        there = self.state.last is not None if live else self._body.is_read
        primary = tr("Add to report") if live else tr("Go to {screen}").format(screen=get_screen_name("report"))
        self._header.show_head(
            ScreenHeading(title, hint, primary if current.project is not None else "", there and (current.writable or not live))
        )
        for code in ("run", "collect"):
            self._context.actions.set_enabled(f"stress.{code}", current.writable)

    def _on_findings_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, TROUBLE)
        if not self._body.is_read:
            self.sweep.show_failed()
            self.ood.show_failed()

    def _show_findings(self, found: StressFindings | None, revision: int) -> None:
        self._body.mark_read(revision)
        self.state.findings = found
        self._view.show_sets(found.sets if found is not None else ())
        self.sweep.show_findings(found)
        self.ood.show_findings(found)
        self.live.show_sweep_result()
        self._show_head()


def build_screen(context: Context, header: Header) -> Screen:
    """View and presenter, connected, with their actions bound."""
    view = StressView(context.theme, context.actions, FAVOURITES)
    choosing = CorruptionChoice(CorruptionPopover(context.theme, context.actions, view))
    sweeping = SweepPresenter(context, view.sweep, GoldenSetImport(context, partial(choose_folder, view.sweep)))
    presenter = StressPresenter(context, header, view, choosing, sweeping, OodPresenter(context, view.probes))
    presenter.setParent(view)
    live = presenter.live
    for part in (view.sweep, view.probes):
        part.placeholder.retry_requested.connect(presenter.enter)
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
    bind = context.actions.bind_action
    for place in range(len(FAVOURITES)):
        bind(f"stress.corruption_{place + 1}", partial(choosing.choose_favourite, place))
    for code, run in (
        ("up", partial(choosing.step_corruption, -1)), ("down", partial(choosing.step_corruption, 1)),
        ("milder", partial(choosing.step_severity, -1)), ("harder", partial(choosing.step_severity, 1)),
        ("freeze", live.toggle_hold), ("third", live.toggle_model_input), ("class", live.next_class), ("open", view.request_file),
        ("all", choosing.choose_from_all), ("combine", choosing.add_corruption), ("uncombine", choosing.remove_step),
        ("difference", live.toggle_difference), ("keep", live.save_pair), ("thresholds", live.toggle_field_thresholds),
        ("run", presenter.toggle_run), ("collect", presenter.sweep.golden_set_import.choose_folder), ("back", live.hold_changed_frame),
        ("table", view.toggle_tables),
    ):  # fmt: skip
        bind(f"stress.{code}", run)
    for page in PAGES:
        bind(f"stress.{page}", partial(presenter.open_page, page))
    return Screen(view, presenter, view)


class FindingsReader(QObject):
    """`findings_read` carries what there is, None without a project, and the revision of the project that was read; of two readings only
    the newer one is told. While what is found is `growing()`, it is read every few seconds."""

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
        project, revision, lang = self._context.current.project, self._context.current.revision, language.get_language()
        self._number += 1
        self._timer.start()
        if project is None:
            self.findings_read.emit(None, revision)
            return

        def load_findings(_progress: Progress) -> StressFindings:
            return stress_found.make_stress_findings(project, lang)

        told = partial(self._on_read, self._number, revision)
        self._job = self._context.runner.start_job(
            "findings", load_findings, told, partial(self._on_read_failed, self._number), listed=False
        )

    def stop_reading(self) -> None:
        """Nobody wants to know any more."""
        self._timer.stop()
        self._number += 1

    def _read_if_growing(self) -> None:
        if self._growing():
            self.read_findings()

    def _on_read(self, number: int, revision: int, found: StressFindings) -> None:
        if number == self._number:
            self.findings_read.emit(found, revision)

    def _on_read_failed(self, number: int, error: BaseException) -> None:
        if number == self._number:
            self.failed.emit(error)
