"""What the Explore screen does: the model is run until it has answered everything, and the gap is told in the report's words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtGui import QImage

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.filter import Filter
from fieldcheck.domain.label_review import LOOK_ANSWERS
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.late import Late
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.explore.frames import Frames
from fieldcheck.ui.screens.explore.label_review import Again
from fieldcheck.ui.screens.explore.map import Map
from fieldcheck.ui.screens.explore.modes import MODES
from fieldcheck.ui.screens.explore.shelf import Shelf
from fieldcheck.ui.screens.explore.view import ExploreView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words import language
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.explore import explore
    from fieldcheck.workflows.explore.explore import ConfidentError, Explored, Missing
    from fieldcheck.workflows.models.run_and_score import Scored
else:
    explore = Late("fieldcheck.workflows.explore.explore")

WORK, FIGURES = "explore.run", "explore.figures"
Figures = tuple["Explored", dict[str, QImage]]


class ExplorePart(Protocol):
    """What is shown beside the gap."""

    def show(self) -> None: ...


class ExplorePresenter:
    """The gap of the project that is open. Model answers are shown of labelled frames only."""

    def __init__(self, context: Context, header: Header, view: ExploreView) -> None:
        self._context, self._header, self._view = context, header, view
        self._missing: Missing | None = None
        self._found: Figures | None = None
        self._wanted = self._shown = ""  # the state whose figures are being worked out, and whose are there
        self._figuring: Job | None = None
        self._here = False
        self.mode = "gap"
        self._shelf = Shelf(context, self._stocked)
        self.frames = Frames(context, view.frames, self._shelf)
        self.map = Map(view.map, self._shelf, self.frames, self.open_frames)
        self.again, self.doubts = Again(context, view.look_again, "look"), Again(context, view.doubts, "doubt")
        view.tables.slice_opened.connect(self.open_slice)
        view.tables.class_opened.connect(lambda name: self.open_frames(Filter().only("set", "field").only("class", name)))
        view.tables.cell_opened.connect(self.open_cell)

    def enter(self) -> None:
        self._here = True
        job = running(self._context.runner, WORK)
        if job is not None:
            self._view.show_job(job)
        self._shelf.look()
        self._look()
        self._show_part()

    def leave(self) -> None:
        self._here = False

    def refresh(self, changes: Changes) -> None:
        if changes.act.startswith("project."):
            self._view.show_job(None)
            self._found, self._wanted, self._shown = None, "", ""
            for part in (self.frames, self.map, self.again, self.doubts):
                part.forget()
            self.turn("gap")
        self._shelf.forget(changes)
        self._shelf.look()
        self._look()
        if self.mode in ("look", "doubt"):
            self._show_part()

    def turn(self, mode: str) -> None:
        """Another part of the screen."""
        self.mode = mode
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

    def ask_filter(self) -> None:
        """The lists to filter by take the keys."""
        self.turn("frames")
        self._view.frames.bar.facet.setFocus()

    def save(self) -> None:
        """The field for the slice's name takes the keys, or what stands in it is saved."""
        self.turn("frames")
        self.frames.save(self._view.frames.bar.name.text())

    def answer(self, code: str) -> None:
        """One of the three answers of a second look."""
        if self.mode in ("look", "doubt"):
            (self.again if self.mode == "look" else self.doubts).answer(code)

    def toggle_marks(self) -> None:
        """The boxes over a frame are drawn, or no longer."""
        (self.again if self.mode == "look" else self.doubts).toggle_marks()

    def escape(self) -> bool:
        """Chips go first, then the part that is shown; False where nothing is left to go."""
        if self.mode == "frames" and self.frames.clear():
            return True
        if self.mode == "gap":
            return False
        self.turn("gap")
        return True

    def primary(self) -> None:
        place = self._place()
        if place:
            self._context.go(place)
        elif self._missing is not None and self._missing.n_answers:
            self.run()
        elif self._n_open() and self.mode != "look":
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
        job = self._context.current.job(text("Run of the model"), work, self._ran, self._failed)
        if job is not None:
            job.setObjectName(WORK)
            self._view.show_job(job)
            self._show()

    def _ran(self, _scored: list[Scored]) -> None:
        self._context.messages.toast(text("The model has answered everything that was asked."))

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, WORK)

    def _look(self) -> None:
        if self._context.current.project is None:
            self._missing = self._found = None
            self._show()
        else:
            self._context.current.ask(_missing, self._looked)

    def _looked(self, found: Missing) -> None:
        self._missing = found
        if not self._here:
            return
        if not self._place() and found.key not in (self._wanted, self._shown) and running(self._context.runner, WORK) is None:
            self._work_out(found.key)
        self._show()

    def _work_out(self, key: str) -> None:
        """The figures of this state; those of an earlier one are not waited for."""
        lang = language.current()
        if self._figuring is not None:
            self._figuring.cancel()

        def work(project: Project, progress: Progress) -> Figures:
            found = explore.explored(project, lang, progress, timestamp())
            return found, {one.frame_id: QImage.fromData(one.jpeg) for one in found.worst}

        self._wanted = key
        self._figuring = self._context.current.job(
            text("The gap, worked out"), work, lambda found: self._worked_out(key, found), self._not_worked_out
        )
        if self._figuring is not None:
            self._figuring.setObjectName(FIGURES)

    def _worked_out(self, key: str, found: Figures) -> None:
        if key == self._wanted:
            self._found, self._shown, self._wanted = found, key, ""
            if self._here:
                self._show_figures()
                self._show()

    def _not_worked_out(self, error: BaseException) -> None:
        self._shown, self._wanted = self._wanted, ""  # the same again would fail again
        self._context.messages.error(error, FIGURES)
        self._show()

    def _show_figures(self) -> None:
        if self._found is None or self._missing is None:
            return
        found, images = self._found
        self._view.show_figures(found, images, [_tile(one) for one in found.worst], _still_blind(self._missing.n_left))

    def _show(self) -> None:
        """The header, what is missing, and what can be done now."""
        if not self._here:
            return
        can = self._can_run()
        self._context.actions.enable("explore.run", can)
        title, hint = screen_name("explore"), text("Where and why it fails.")
        place = self._place()
        if place:
            said = _why(self._context.current.project is not None, self._missing)
            n_answers = self._missing.n_answers if self._missing is not None else 0
            also = ["explore.run"] if self._missing is not None and self._missing.model and n_answers else []
            self._view.show_working(False)
            self._view.show_empty(said, [f"go.{place}", *also])
            self._header.show_head(ScreenHead(title, hint, text("Go to {screen}").format(screen=screen_name(place))))
            return
        if self._missing is None:
            return
        n_open = self._n_open()
        if self._missing.n_answers:
            self._header.show_head(ScreenHead(title, hint, text("Run the model"), can))
        elif n_open and self.mode != "look":
            self._header.show_head(ScreenHead(title, hint, text("Second look: {n} left").format(n=n_open)))
        else:
            self._header.show_head(ScreenHead(title, hint, text("Make report")))
        self._show_answers()

    def _show_part(self) -> None:
        """The part that is shown, anew. Nothing but the gap can be looked at before there are frames."""
        can = self._context.current.project is not None and self._shelf.items is not None and len(self._shelf.items) > 0
        for code in ("frames", "map", "look", "doubt", "worst", "filter", "compare", "alike", "tag", "save", "delete_slice", "export"):
            self._context.actions.enable(f"explore.{code}", can)
        for code in ("model_wrong", "label_wrong", "cannot_tell", "overlays"):
            self._context.actions.enable(f"explore.{code}", can and self.mode in ("look", "doubt"))
        self._context.actions.enable("explore.frames", can or bool(self._shelf.first))
        if (can and self.mode != "gap") or (self.mode == "frames" and self._shelf.first):
            parts: dict[str, ExplorePart] = {"frames": self.frames, "map": self.map, "look": self.again, "doubt": self.doubts}
            parts[self.mode].show()

    def _stocked(self) -> None:
        """The shelf holds what there is now."""
        if self._here:
            self._show_part()

    def _n_open(self) -> int:
        """Disagreements that nobody has looked at again."""
        return self._found[0].n_open if self._found is not None and not self._wanted else 0

    def _show_answers(self) -> None:
        """The figures, or what to do where there is nothing to compare yet."""
        assert self._missing is not None
        working = bool(self._wanted)
        if self._found is None and working:
            self._view.show_empty(text("Working out the figures …"), [])
        elif self._found is not None and _nothing_compared(self._found[0]) and self._missing.n_answers:
            self._view.show_empty(_no_answers(self._missing), ["explore.run"])
        self._view.show_working(working and self._found is not None)

    def _place(self) -> str:
        """The screen on which the next thing is done, empty where it is done here."""
        found = self._missing
        if self._context.current.project is None:
            return "project"
        if found is None:
            return ""
        steps = (("capture", found.n_listed), ("pick", found.n_picked), ("label", found.n_labelled), ("project", found.model))
        return next((place for place, there in steps if not there), "")

    def _can_run(self) -> bool:
        found = self._missing
        idle = running(self._context.runner, WORK) is None
        return idle and self._context.current.writable and found is not None and bool(found.model) and found.n_answers > 0


def build(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = ExploreView(context.look, context.actions)
    presenter = ExplorePresenter(context, header, view)
    context.actions.bind("explore.run", presenter.run)
    for mode in MODES:
        context.actions.bind(f"explore.{mode}", partial(presenter.turn, mode))
    for answer in LOOK_ANSWERS:
        context.actions.bind(f"explore.{answer}", partial(presenter.answer, answer))
    frames = presenter.frames
    for code, run in (
        ("worst", presenter.worst), ("filter", presenter.ask_filter), ("save", presenter.save), ("overlays", presenter.toggle_marks),
        ("compare", frames.compare), ("alike", frames.alike), ("tag", frames.tag), ("delete_slice", frames.delete_slice),
        ("export", frames.export),
    ):  # fmt: skip
        context.actions.bind(f"explore.{code}", run)
    return Screen(view, presenter, view)


def _missing(project: Project) -> Any:
    return explore.missing(project)


def _nothing_compared(found: Explored) -> bool:
    return found.overall is None and not found.classes and not found.worst


def _tile(one: ConfidentError) -> Tile:
    return Tile(one.frame_id, " → ".join(said for _, said in one.lines), one.small, one.alt)


def _still_blind(n_left: int) -> str:
    if not n_left:
        return ""
    said = plural(
        "{n} picked frame is not labelled yet; what the model said of it stays hidden.",
        "{n} picked frames are not labelled yet; what the model said of them stays hidden.",
        n_left,
    )
    return said.format(n=n_left)


def _no_answers(found: Missing) -> str:
    said = plural(
        "{n} frame is labelled. The model has not answered it yet: run it.",
        "{n} frames are labelled. The model has not answered them yet: run it.",
        found.n_labelled,
    )
    return said.format(n=found.n_labelled)


def _why(project: bool, found: Missing | None) -> str:
    """What is missing before there is a gap."""
    if not project or found is None:
        return text("No project is open.")
    if not found.n_listed:
        return text("There is no footage yet.")
    if not found.n_picked:
        return text("No frames are picked yet.")
    if not found.n_labelled:
        said = plural("The {n} picked frame is not labelled yet.", "None of the {n} picked frames is labelled yet.", found.n_picked)
        return said.format(n=found.n_picked)
    return text("There is no model yet whose answers could be compared with the labels.")
