"""Presenter of the Stress screen: turns between live pictures, sweep and probes, and shows what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from fieldcheck.domain.changes import Changes
from fieldcheck.progress import Progress
from fieldcheck.ui.body import ScreenBody
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.stress.corruption_choice import CorruptionChoice
from fieldcheck.ui.screens.stress.corruption_list import CorruptionPlace
from fieldcheck.ui.screens.stress.live import TROUBLE, Live, LiveDisplay
from fieldcheck.ui.screens.stress.ood_presenter import OodPresenter
from fieldcheck.ui.screens.stress.session import PAGES, StressSession
from fieldcheck.ui.screens.stress.sweep_presenter import Collecting, SweepPresenter
from fieldcheck.ui.screens.stress.view import StressView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.choose import choose_folder
from fieldcheck.words import language
from fieldcheck.words.corruptions import FAVOURITES
from fieldcheck.words.language import text

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

    def turn_to(self, page: str) -> None: ...
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
        self.choosing, self.sweeping, self.probing = choosing, sweeping, probing
        self.session = StressSession()
        self._body = ScreenBody(context.current)
        self.live = Live(context, view, choosing, self.session, self)
        self._findings = Findings(context, self.grows, self)
        self._findings.found.connect(self._show_found)
        self._findings.failed.connect(self._not_found)
        self.live.pictured.connect(self._show_head)

    def enter(self) -> None:
        """Opens what was looked at last, or the first there is."""
        self.session.here = True
        if not self._body.enter():
            self._wait()
        self._look()

    def _wait(self) -> None:
        """Drops results that are of another project, or of an earlier state of this one."""
        self.session.found = None
        self._view.show_sets(())
        self.sweeping.wait()
        self.probing.wait()

    def _look(self) -> None:
        self._show_head()
        for part in (self.sweeping, self.probing):
            part.job.enter()
        self._findings.read()
        self.live.enter()

    def grows(self) -> bool:
        """Whether cells of the sweep that is shown fill in now: by its own job, or by one in the background."""
        behind = any(job.behind for job in self._context.runner.running())
        return self.session.page == "sweep" and (self.sweeping.job.runs or behind)

    def leave(self) -> None:
        """Lets go of camera and threads."""
        self.session.here = False
        self._findings.drop()
        self.live.leave()

    def refresh(self, changes: Changes) -> None:
        """Another project, another model, more footage: what is looked at goes on where it can."""
        if changes.act.startswith("project."):
            self.sweeping.forget()
            self.probing.job.forget()
            self._body.forget()
            self._wait()
        self._look()

    def turn(self, page: str) -> None:
        """Another page. While no live picture is shown, camera and model are left to the sweep."""
        self.session.page = page
        self._view.turn_to(page)
        for identity in OF_LIVE:
            self._context.actions.enable(f"stress.{identity}", page == "live")
        self._show_head()
        self.live.turn()

    def run(self) -> None:
        """The sweep, or on their page the probes: begins, goes on, or stops. From the live pictures the sweep is shown first."""
        if self.session.page == "probes":
            self.probing.job.press()
        elif self.session.page == "sweep":
            self.sweeping.job.press()
        else:
            self.turn("sweep")
            if not self.sweeping.job.runs:
                self.sweeping.job.press()
        if self._body.is_read:  # what was to be begun is under way now
            self._show_found(self.session.found, self._context.current.revision)

    def primary(self) -> None:
        """The primary action: what is looked at goes into the report; from the other pages one goes there."""
        if self.session.page == "live":
            self.live.keep()
        else:
            self._context.go("report")

    def escape(self) -> bool:
        """Closes the list of corruptions, or the frames of a cell, or goes back to the live pictures."""
        if self.choosing.place.shut() or self.sweeping.close_cell():
            return True
        if self.session.page == "live":
            return False
        self.turn("live")
        return True

    def _show_head(self) -> None:
        """What is found goes into a report, so there is no such action without a project."""
        title, hint = screen_name("stress"), text("Find the corruptions that break the model.")
        current, live = self._context.current, self.session.page == "live"
        if not self.session.here:
            return
        there = self.session.last is not None if live else self._body.is_read
        primary = text("Add to report") if live else text("Go to {screen}").format(screen=screen_name("report"))
        self._header.show_head(
            ScreenHead(title, hint, primary if current.project is not None else "", there and (current.writable or not live))
        )
        for code in ("run", "collect"):
            self._context.actions.enable(f"stress.{code}", current.writable)

    def _not_found(self, error: BaseException) -> None:
        self._context.messages.error(error, TROUBLE)
        if not self._body.is_read:
            self.sweeping.fail()
            self.probing.fail()

    def _show_found(self, found: StressFindings | None, revision: int) -> None:
        self._body.take(revision)
        self.session.found = found
        self._view.show_sets(found.sets if found is not None else ())
        self.sweeping.show(found)
        self.probing.show(found)
        self.live.show_swept()
        self._show_head()


def build(context: Context, header: Header) -> Screen:
    """View and presenter, connected, with their actions bound."""
    view = StressView(context.look, context.actions, FAVOURITES)
    choosing = CorruptionChoice(CorruptionPlace(context.look, context.actions, view))
    sweeping = SweepPresenter(context, view.sweep, Collecting(context, partial(choose_folder, view.sweep)))
    presenter = StressPresenter(context, header, view, choosing, sweeping, OodPresenter(context, view.probes))
    presenter.setParent(view)
    live = presenter.live
    for part in (view.sweep, view.probes):
        part.placeholder.again.connect(presenter.enter)
    view.source_chosen.connect(live.open_source)
    view.file_chosen.connect(live.open_file)
    view.corruption_chosen.connect(choosing.choose)
    view.all_asked.connect(choosing.choose_of_all)
    view.taken_out.connect(choosing.take_out)
    view.severity_chosen.connect(choosing.set_severity)
    view.class_chosen.connect(live.choose_class)
    view.uncertainty.picked.connect(live.look_back)
    view.confidence.taken.connect(live.look_into)
    view.sweep.looked_at.connect(sweeping.look_at)
    view.sweep.opened.connect(sweeping.open_cell)
    view.sweep.wanted.connect(sweeping.want)
    view.sweep.back_asked.connect(view.sweep.show_tables)
    bind = context.actions.bind
    for place in range(len(FAVOURITES)):
        bind(f"stress.corruption_{place + 1}", partial(choosing.choose, place))
    for code, run in (
        ("up", partial(choosing.step_corruption, -1)), ("down", partial(choosing.step_corruption, 1)),
        ("milder", partial(choosing.step_severity, -1)), ("harder", partial(choosing.step_severity, 1)),
        ("freeze", live.hold), ("third", live.third), ("class", live.next_class), ("open", view.ask_file),
        ("all", choosing.choose_of_all), ("combine", choosing.combine), ("uncombine", choosing.take_out),
        ("difference", live.difference), ("keep", live.keep), ("thresholds", live.thresholds), ("run", presenter.run),
        ("collect", presenter.sweeping.collecting.ask), ("back", live.look_back),
        ("table", view.turn_charts),
    ):  # fmt: skip
        bind(f"stress.{code}", run)
    for page in PAGES:
        bind(f"stress.{page}", partial(presenter.turn, page))
    return Screen(view, presenter, view)


class Findings(QObject):
    """`found` carries what there is, None without a project, and the revision of the project that was read; of two readings only the newer
    one is told. While what is found is `growing()`, it is read every few seconds."""

    found = Signal(object, int)
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
        project, revision, lang = self._context.current.project, self._context.current.revision, language.current()
        self._number += 1
        self._timer.start()
        if project is None:
            self.found.emit(None, revision)
            return

        def work(_progress: Progress) -> StressFindings:
            return stress_found.stress_found(project, lang)

        told = partial(self._told, self._number, revision)
        self._job = self._context.runner.start("findings", work, told, partial(self._not_told, self._number), listed=False)

    def drop(self) -> None:
        """Nobody wants to know any more."""
        self._timer.stop()
        self._number += 1

    def _read_on(self) -> None:
        if self._growing():
            self.read()

    def _told(self, number: int, revision: int, found: StressFindings) -> None:
        if number == self._number:
            self.found.emit(found, revision)

    def _not_told(self, number: int, error: BaseException) -> None:
        if number == self._number:
            self.failed.emit(error)
