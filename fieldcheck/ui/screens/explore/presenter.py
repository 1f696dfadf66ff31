"""Presenter of the Explore screen: the model is run until it has answered everything, and the gap is told in the report's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QImage

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.filter import Filter
from fieldcheck.domain.label_review import LOOK_ANSWERS
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody, opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.explore import captions
from fieldcheck.ui.screens.explore.charts import ChartsPart
from fieldcheck.ui.screens.explore.frames import Frames
from fieldcheck.ui.screens.explore.label_review import Kind, LabelReviewPresenter
from fieldcheck.ui.screens.explore.look_view import LookView
from fieldcheck.ui.screens.explore.map import Map
from fieldcheck.ui.screens.explore.screen_data import ScreenData
from fieldcheck.ui.screens.explore.session import MODES, OF_FRAMES, OF_LOOKS, REVIEWS, ExploreSession
from fieldcheck.ui.screens.explore.view import ExploreView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.decoded import decoded
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words import language
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.explore import explore, first_figures
    from fieldcheck.workflows.explore.explore import ConfidentError, Explored, Missing
    from fieldcheck.workflows.models.run_and_score import Scored
else:
    explore = LazyModule("fieldcheck.workflows.explore.explore")
    first_figures = LazyModule("fieldcheck.workflows.explore.first_figures")

WORK, FIGURES = "explore.run", "explore.figures"
Figures = tuple["Explored", dict[str, QImage]]


class ExplorePart(Protocol):
    """Part of the Explore screen beside the gap."""

    def show(self) -> None: ...
    def forget(self) -> None: ...


class ExploreDisplay(Protocol):
    """The gap, and which part is shown."""

    def turn_to(self, mode: str) -> None: ...
    def show_empty(self, said: str, actions: Sequence[str]) -> None: ...
    def show_figures(self, found: Explored, images: Mapping[str, QImage], tiles: Sequence[Tile], note: str) -> None: ...
    def show_first(self, found: Explored, images: Mapping[str, QImage], tiles: Sequence[Tile]) -> None: ...
    def show_loading(self, sentence: str) -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_reading(self, reading: bool) -> None: ...
    def compare_with(self, frame_id: str, image: QImage | None, said: str) -> None: ...
    def show_working(self, working: bool) -> None: ...
    def show_job(self, job: Job | None) -> None: ...


class ExplorePresenter:
    """The gap of the project that is open. Model answers are shown of labelled frames only."""

    def __init__(self, context: Context, header: Header, view: ExploreDisplay, shelf: ScreenData, frames: Frames) -> None:
        self._context, self._header, self._view = context, header, view
        self._failed = partial(context.messages.error, key=WORK)
        self.session = ExploreSession()
        self._body = ScreenBody(context.current)
        self._figuring: Job | None = None
        self._images: dict[str, QImage] = {}
        self._first: Figures | None = None
        self._covered = True  # the figures that are there do not stand on the screen
        self.shelf, self.frames = shelf, frames
        self.looks: dict[str, LabelReviewPresenter] = {}
        self.parts: dict[str, ExplorePart] = {"frames": frames}

    def add_part(self, mode: str, part: ExplorePart) -> None:
        """One more part beside the gap."""
        self.parts[mode] = part
        if isinstance(part, LabelReviewPresenter):
            self.looks[mode] = part

    def enter(self) -> None:
        self.session.here, self.session.open = True, self._context.current.project is not None
        if not self._body.enter():
            self.session.missing = None
            self.shelf.drop()
            for look in self.looks.values():
                look.drop()
        job = running(self._context.runner, WORK)
        if job is not None:
            self._view.show_job(job)
        self._context.actions.enable("explore.run", self._can_run())
        self.shelf.look()
        self._look()
        self._show_part()

    def leave(self) -> None:
        for look in self.looks.values():
            look.pause()
        self.session.here = False

    def refresh(self, changes: Changes) -> None:
        if any(look.takes(changes) for look in self.looks.values()):
            return
        self.session.open = self._context.current.project is not None
        if changes.act.startswith("project."):
            self._view.show_job(None)
            self._body.forget()
            self.session.forget()
            for part in self.parts.values():
                part.forget()
            self.turn("gap")
        self.shelf.forget(changes)
        self.shelf.look()
        self._look()
        if self.session.mode in self.looks:
            self._show_part()

    def turn(self, mode: str) -> None:
        """Another part of the screen."""
        for look in self.looks.values():
            look.pause()
        self.session.mode = mode
        self._view.turn_to(mode)
        self._show_part()
        self._show()

    def open_frames(self, wanted: Filter, order: str = "") -> None:
        """The frames that pass a filter."""
        self.frames.filter(wanted, order)
        self.turn("frames")

    def open_slice(self, key: str, value: str) -> None:
        """The labelled frames of a slice."""
        self.frames.filter(Filter())
        self.frames.ask(key, value)
        self.open_frames(self.frames.wanted.only("set", "field"))

    def open_cell(self, truth: str, answer: str) -> None:
        """The frames that were taken for something, or rightly for what they are."""
        self.open_frames(Filter().only("set", "field").only("class", truth).only("prediction", answer))

    def worst(self) -> None:
        """Labelled frames that the model was wrong on, the surest first."""
        self.open_frames(Filter().only("set", "field").only("right", "wrong"), "confidence-")

    def look_beside(self, frame_id: str) -> None:
        """The benchmark picture most like the error that is looked at stands beside it."""
        if frame_id:
            self.frames.nearest(frame_id, partial(self._view.compare_with, frame_id))

    def ask_filter(self) -> None:
        """The lists to filter by take the keys."""
        self.turn("frames")
        self.frames.ask_filter()

    def save(self) -> None:
        """The field for the slice's name takes the keys, or what stands in it is saved."""
        self.turn("frames")
        self.frames.save_named()

    def answer(self, code: str) -> None:
        """One of the three answers of a label review."""
        if self.session.mode in self.looks:
            self.looks[self.session.mode].answer(code)

    def toggle_marks(self) -> None:
        """The boxes over a frame are drawn, or no longer."""
        if self.session.mode in self.looks:
            self.looks[self.session.mode].toggle_marks()

    def escape(self) -> bool:
        """Chips go first, then the part that is shown; False where nothing is left to go."""
        if self.session.mode == "frames" and self.frames.clear():
            return True
        if self.session.mode == "gap":
            return False
        self.turn("gap")
        return True

    def primary(self) -> None:
        step = self.session.next
        if step == "elsewhere":
            self._context.go(self.session.place)
        elif step == "run":
            self.run()
        elif step == "look":
            self.turn("look")
        else:
            self._context.go("report")

    def run(self) -> None:
        """Has the model answer everything that it has not answered yet."""
        if not self._can_run():
            return

        def work(project: Project, progress: Progress) -> list[Scored]:
            return explore.run_all(project, progress, timestamp())

        self._context.messages.clear(WORK)
        job = self._context.current.job(lambda: text("Model run"), work, self._ran, self._failed)
        if job is not None:
            job.setObjectName(WORK)
            self._view.show_job(job)
            self._show()

    def _ran(self, _scored: list[Scored]) -> None:
        self._context.messages.toast(text("All predictions are up to date."))

    def _look(self) -> None:
        if self.session.open:
            self._body.ask(lambda project: explore.missing(project), self._looked, self._not_looked)
        else:
            self.session.close()
        if self.session.missing is None:  # else what is known stands until the answer is there
            self._show()

    def again(self) -> None:
        """Reads and works out once more what could not be."""
        self.session.forget()
        self.enter()

    def _not_looked(self, error: BaseException) -> None:
        self._failed(error)
        if self.session.missing is None:
            self._view.show_failed(text("The results could not be read."))

    def _looked(self, found: Missing) -> None:
        if self.session.take_missing(found, running(self._context.runner, WORK) is not None):
            self._work_out(found.key)
        self._show()

    def _work_out(self, key: str) -> None:
        """The figures of this state; those of an earlier one are not waited for."""
        lang = language.current()
        if self._figuring is not None:
            self._figuring.cancel()

        self._context.current.ask(partial(_first_figures, lang), partial(self._first_came, key))

        def work(project: Project, progress: Progress) -> Figures:
            return _with_images(explore.explored(project, lang, progress, timestamp()))

        self._figuring = self._context.current.job(
            lambda: text("Gap computation"), work, lambda found: self._worked_out(key, found), self._not_worked_out, writes=False
        )
        if self._figuring is not None:
            self._figuring.setObjectName(FIGURES)

    def _first_came(self, key: str, figures: Figures | None) -> None:
        """What the result of the round showed stands at once, until all of it is there."""
        if figures is not None and self.session.take_first(key):
            self._first, self._covered = figures, True
            self._show()

    def _show_first(self) -> None:
        if self._covered and self._first is not None:
            found, images = self._first
            self._covered = False
            self._view.show_first(found, images, [_tile(one) for one in found.worst])

    def _worked_out(self, key: str, figures: Figures) -> None:
        found, images = figures
        if self.session.take_figures(key, found):
            self._images, self._covered = images, True
            self._show()

    def _not_worked_out(self, error: BaseException) -> None:
        self.session.give_up()
        self._context.messages.error(error, FIGURES)
        self._show()

    def _show_figures(self, found: Explored, missing: Missing) -> None:
        self._covered = False
        note = captions.still_blind(missing.n_left)
        self._view.show_figures(found, self._images, [_tile(one) for one in found.worst], note)

    def _show(self) -> None:
        """The header, what is missing, and what can be done now."""
        session = self.session
        if not session.here:
            return
        can = self._can_run()
        self._context.actions.enable("explore.run", can)
        title, hint = screen_name("explore"), text("Find where the model fails.")
        if session.next == "unknown":
            self._header.show_head(ScreenHead(title, hint))
            self._cover(text("Computing results …"))
            return
        primary = {
            "elsewhere": text("Go to {screen}").format(screen=screen_name(session.place)) if session.place else "",
            "run": text("Run model"),
            "look": text("Label review: {n} left").format(n=session.n_open),
            "report": text("Create report"),
        }
        there = session.found is not None and not (self._covered and session.working)
        known = session.next in ("elsewhere", "run") or there or session.has_first
        self._header.show_head(ScreenHead(title, hint, primary[session.next], known and (can or session.next != "run")))
        if said := opening_sentence(self._context.current) if not session.open else "":
            self._header.show_head(ScreenHead(title, hint))
            self._cover(said)
        elif session.next == "elsewhere":
            self._covered = True
            self._view.show_working(False)
            self._view.show_empty(
                captions.why_no_gap(session.missing), [f"go.{session.place}", *(["explore.run"] if session.can_ask else [])]
            )
        else:
            self._show_answers()

    def _cover(self, sentence: str) -> None:
        """Takes away figures that may be of another state, until it is known what is so."""
        self._covered = True
        self._view.show_loading(sentence)

    def _show_part(self) -> None:
        """The part that is shown, anew. Nothing but the gap can be looked at before there are frames."""
        session, first = self.session, bool(self.shelf.first)
        n_items = len(self.shelf.items) if self.shelf.items is not None else None
        can, enable = session.can_look(n_items), self._context.actions.enable
        for code in OF_FRAMES:
            enable(f"explore.{code}", can)
        review = session.can_review(self._context.current.standing)
        for code in REVIEWS:
            enable(f"explore.{code}", review)
        for code in OF_LOOKS:
            enable(f"explore.{code}", review and session.mode in self.looks)
        enable("explore.frames", can or first)
        self._view.show_reading(session.open and session.mode not in ("gap", *REVIEWS) and n_items is None and not first)
        if session.shows_part(n_items, first):
            self.parts[session.mode].show()

    def stocked(self) -> None:
        """The shelf holds what there is now."""
        if self.session.here:
            self._show_part()

    def _show_answers(self) -> None:
        """The figures, or what to do where there is nothing to compare yet."""
        session, found, missing = self.session, self.session.found, self.session.missing
        runs = running(self._context.runner, WORK) is not None
        unanswered = missing is not None and missing.n_answers and (found is None or session.nothing_compared)
        if session.has_first:
            self._show_first()
            return
        if runs and unanswered:
            self._cover(text("Running the model …"))
        elif session.gave_up and not session.working:
            self._view.show_failed(text("The results could not be computed."))
        elif found is None or (session.working and self._covered):
            self._cover(text("Computing results …"))
        elif unanswered and missing is not None:
            self._covered = True
            self._view.show_empty(captions.no_answers(missing), ["explore.run"])
        elif self._covered and missing is not None:
            self._show_figures(found, missing)
        self._view.show_working(session.working and not self._covered)

    def _can_run(self) -> bool:
        return running(self._context.runner, WORK) is None and self._context.current.writable and self.session.can_ask


def _review(context: Context, view: LookView, kind: Kind, paused: Callable[[Changes], None]) -> LabelReviewPresenter:
    """Labels that are looked at again, put together."""
    made = LabelReviewPresenter(context, view, kind, paused)
    view.still.painted.connect(made.painted)
    view.on.currentIndexChanged.connect(lambda _at: made.turn(view.on.chosen_code))
    view.grid.wanted.connect(made.want)
    view.grid.chosen.connect(made.choose)
    return made


def build(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = ExploreView(context.look, context.actions)
    shelf = ScreenData(context, lambda: presenter.stocked())
    presenter = ExplorePresenter(context, header, view, shelf, Frames(context, view.frames, shelf))
    for place in (view.placeholder, view.charts.placeholder):
        place.again.connect(presenter.again)
    frames, bar = presenter.frames, view.frames.bar
    for signal, hear in (
        (view.frames.grid.wanted, frames.want), (view.frames.grid.chosen, frames.choose), (bar.asked, frames.ask), (bar.taken, frames.take),
        (bar.exchanged, frames.exchange), (view.grid.chosen, presenter.look_beside),
        (bar.sorted_by, frames.sort), (bar.named, frames.save), (view.frames.side.tagged, frames.set_tags),
    ):  # fmt: skip
        signal.connect(hear)
    scatter = Map(view.map, shelf, presenter.frames, presenter.open_frames)
    view.map.cloud.taken.connect(scatter.take)
    presenter.add_part("map", scatter)
    presenter.add_part("look", _review(context, view.look_again, "look", presenter.refresh))
    presenter.add_part("doubt", _review(context, view.doubts, "doubt", presenter.refresh))
    presenter.add_part("charts", ChartsPart(view.charts))
    view.charts.frames_wanted.connect(lambda names: presenter.open_frames(Filter().of(names)))
    view.band.chart.taken.connect(lambda on: presenter.open_frames(Filter().only("set", on)))
    tables = view.tables
    tables.slice_opened.connect(presenter.open_slice)
    tables.class_opened.connect(lambda name: presenter.open_frames(Filter().only("set", "field").only("class", name)))
    tables.cell_opened.connect(presenter.open_cell)
    context.actions.bind("explore.run", presenter.run)
    for mode in MODES:
        context.actions.bind(f"explore.{mode}", partial(presenter.turn, mode))
    for answer in LOOK_ANSWERS:
        context.actions.bind(f"explore.{answer}", partial(presenter.answer, answer))
    for code, run in (
        ("worst", presenter.worst), ("filter", presenter.ask_filter), ("save", presenter.save), ("overlays", presenter.toggle_marks),
        ("compare", frames.compare), ("alike", frames.alike), ("tag", frames.tag), ("delete_slice", frames.delete_slice),
        ("export", frames.export), ("export_people", partial(frames.export, with_people=True)),
    ):  # fmt: skip
        context.actions.bind(f"explore.{code}", run)
    return Screen(view, presenter, view)


def _first_figures(lang: str, project: Project) -> Figures | None:
    found = first_figures.first_figures(project, lang)
    return _with_images(found) if found is not None else None


def _with_images(found: Explored) -> Figures:
    return found, {one.frame_id: decoded(one.jpeg) for one in found.worst}


def _tile(one: ConfidentError) -> Tile:
    return Tile(one.frame_id, " → ".join(line for _, line in one.lines), one.small, one.alt)
