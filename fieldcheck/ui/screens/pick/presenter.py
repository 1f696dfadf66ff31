"""Presenter of the Pick screen: a draw is proposed, looked through blind, and labelled next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.pick import WHYS_OUT
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody, opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.pick import captions
from fieldcheck.ui.screens.pick.display import PickDisplay
from fieldcheck.ui.screens.pick.enlarged import LargePicture
from fieldcheck.ui.screens.pick.exclude_frames import WORK as OUT
from fieldcheck.ui.screens.pick.exclude_frames import FrameExclusion
from fieldcheck.ui.screens.pick.import_labels import WORK as LABELS
from fieldcheck.ui.screens.pick.import_labels import LabelImport
from fieldcheck.ui.screens.pick.session import USUAL, PickSession
from fieldcheck.ui.screens.pick.view import PickView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.decoded import decoded
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words.frame_reasons import out_reason
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.footage import clip_plan, thumbnails
    from fieldcheck.workflows.footage.clip_plan import ClipPlan
    from fieldcheck.workflows.pick import pick, proposal, required_frames
    from fieldcheck.workflows.pick.pick import Picked
    from fieldcheck.workflows.pick.proposal import DrawnPicks
else:
    clip_plan = LazyModule("fieldcheck.workflows.footage.clip_plan")
    thumbnails = LazyModule("fieldcheck.workflows.footage.thumbnails")
    pick = LazyModule("fieldcheck.workflows.pick.pick")
    proposal = LazyModule("fieldcheck.workflows.pick.proposal")
    required_frames = LazyModule("fieldcheck.workflows.pick.required_frames")

WORK = "pick.draw"


class PickPresenter:
    """Shows the session. Nothing that the model said, and nothing that was made of it, comes this far."""

    def __init__(self, context: Context, header: Header, view: PickDisplay) -> None:
        self._context, self._header, self._view = context, header, view
        self._failed = partial(context.messages.error, key=WORK)
        self.session = PickSession()
        self._body = ScreenBody(context.current)
        self._labels = LabelImport(context, self._began)
        self._sorting = FrameExclusion(context, self._began)
        self.large = LargePicture(view)

    def enter(self) -> None:
        self.session.here = True
        if not self._body.enter():
            self.session.close()
        self._labels.take_dropped()
        job = self._job()
        if job is not None:
            self._view.show_job(job)
        self._look()

    def leave(self) -> None:
        self.session.here = False

    def refresh(self, changes: Changes) -> None:
        if changes.act.startswith("project."):
            self._view.show_job(None)
            self.large.close()
            self.session.another_project()
            self.session.close()
        self._look()

    def primary(self) -> None:
        leads = self.session.leads(self._context.current.project is not None)
        if self._context.current.project is not None and self.session.found is None:
            return
        if leads == "draw":
            self.propose()
        else:
            self._context.go(leads)

    def propose(self) -> None:
        """Draws frames, in place of those that stand as long as nothing is labelled."""
        if not self.session.can_draw(self._context.current.writable, self._busy):
            return
        count, design, replaced = self._view.wanted_count, self.session.design, self.session.replaces

        def work(project: Project, progress: Progress) -> Picked:
            required = required_frames.required_frames(project)
            now = timestamp()
            return pick.pick(project, count=count, seed=None, design=design, required=required, progress=progress, now=now)

        self._context.messages.clear(WORK)

        def name() -> str:
            return plural("Pick of {n} frame", "Pick of {n} frames", count).format(n=count)

        job = self._context.current.job(name, work, lambda picked: self._drawn(picked, replaced), self._failed)
        if job is not None:
            job.setObjectName(WORK)
            self._began(job)

    def take_labels_in(self) -> None:
        """Labels that exist already, from a file that the person chooses."""
        self._view.ask_label_file(self._labels.take_in)

    def take_label_folder_in(self) -> None:
        """Imports labels from a folder."""
        self._view.ask_label_folder(self._labels.take_in)

    def choose_design(self, design: str) -> None:
        """Another way of drawing."""
        self.session.choose_design(design)
        self._show()

    def next_design(self) -> None:
        """The way of drawing that comes after this one."""
        self.session.next_design()
        self._show()

    def count_changed(self, _count: int) -> None:
        """Another number of frames is asked for."""
        self._show()

    def want(self, frame_ids: Sequence[str]) -> None:
        """Small pictures have come into view."""
        self._context.current.ask(lambda project: _small(project, frame_ids), self._pictured)

    def choose_in_grid(self, frame_id: str) -> None:
        """A tick of the timeline was clicked."""
        self._view.go_to_frame(frame_id)

    def choose(self, frame_id: str) -> None:
        """Another frame is looked at."""
        self.session.looked_at = frame_id
        self._view.show_here(frame_id)
        row = self.session.rows.get(frame_id)
        if row is None:
            return
        self._view.show_looked(captions.looked(row, self.session.place(frame_id)))
        self._context.current.ask(lambda project: (frame_id, _whole(project, frame_id)), self._arrived)

    # --- single picks ------------------------------------------------------------------------------------------------------

    def in_or_out(self) -> None:
        """Toggles the selected picks: what is in goes out, with a reason; what is out comes back."""
        names = self._view.chosen_frames()
        if self.session.among(names) and not self.session.inside(names):
            self._sorting.put_back(self.session.outside(names))
        else:
            self.out()

    def out(self) -> None:
        """Asks for the reason, then takes out what is selected."""
        names = self.session.inside(self._view.chosen_frames())
        if names and self._can_sort():
            self._view.ask_why_out([(code, out_reason(code)) for code in WHYS_OUT], lambda why: self._sorting.take_out(names, why))

    def put_in(self) -> None:
        """Puts the selected frames back in."""
        out = self.session.outside(self._view.chosen_frames())
        if out and self._can_sort():
            self._sorting.put_back(out)

    def unset(self) -> None:
        """Resets the selected frames: each is as it was proposed: in, and without the mark for a person."""
        marked = self.session.with_person(self._view.chosen_frames())
        if marked and self._can_sort():
            self._sorting.mark_person(marked)
        self.put_in()

    def person(self) -> None:
        """A person can be recognised on what is selected, or not."""
        chosen = self.session.among(self._view.chosen_frames())
        if chosen and self._can_sort():
            self._sorting.mark_person(chosen)

    def escape(self) -> bool:
        """Closes the large picture; whether there was one."""
        return self.large.close()

    def move_border(self, clip_id: str, inside: str, seconds: float) -> None:
        """A border of the timeline was dragged."""
        if self._can_sort():
            self._sorting.move(clip_id, inside, seconds)

    def burst(self) -> None:
        """Opens the burst of the frame that is looked at, or closes it."""
        if self.session.toggle_burst():
            self._show_rows()

    def next_shown(self) -> None:
        """All picks, those that are in, those that are out."""
        shown = self.session.next_shown()
        said = {"all": text("Showing all picks."), "in": text("Showing included picks."), "out": text("Showing excluded picks.")}
        self._context.messages.toast(said[shown])
        self._show_rows()

    def show_list(self) -> None:
        """Every frame that can be drawn from, or the picks again."""
        self.session.whole = not self.session.whole
        self._show_rows()
        self._show()

    def required(self) -> None:
        """Requires labels for the selected frames: asked for before the draw, added on top of it afterwards."""
        if self.session.found is not None and self._can_sort():
            self._sorting.want(self._view.chosen_frames(), labelled=self.session.labelled)

    def cut(self) -> None:
        """A clip begins at the frame that is looked at."""
        if self.session.looked_at and self._can_sort():
            self._sorting.cut(self.session.looked_at)

    def join(self) -> None:
        """The clip of the frame that is looked at goes on from the one before."""
        row = self.session.rows.get(self.session.looked_at)
        if row is not None and self._can_sort():
            self._sorting.join(row.clip_id)

    def _can_sort(self) -> bool:
        return self._context.current.writable and not self._busy

    def _show_rows(self) -> None:
        session = self.session
        if session.whole:
            self._context.current.ask(_whole_list, self._list_arrived)
        elif session.found is not None and session.found.rows:
            self._view.show_picks(captions.tiles(session.found.rows, session.open_scenes, session.shown))
            self.choose(self._view.current_frame())

    def _list_arrived(self, answer: tuple[tuple[str, ...], tuple[Any, ...], frozenset[str]]) -> None:
        names, found, required = answer
        rows = self.session.rows
        if self.session.here and self.session.whole:
            self._view.show_list(names, lambda row: captions.listed_tile(found[row], row + 1, names[row] in required, names[row] in rows))

    @property
    def _busy(self) -> bool:
        return self._job() is not None

    def _job(self) -> Job | None:
        return next((job for job in (running(self._context.runner, one) for one in (WORK, LABELS, OUT)) if job is not None), None)

    def _began(self, job: Job) -> None:
        self._view.show_job(job)
        self._show()

    def _drawn(self, picked: Picked, replaced: bool) -> None:
        n = len(picked.picks)
        said = plural("{n} frame picked.", "{n} frames picked.", n).format(n=n)
        if replaced:
            said = plural("{n} frame picked, replacing the previous picks.", "{n} frames picked, replacing the previous picks.", n).format(
                n=n
            )
        self._context.messages.toast(said, text("Undo"), self._take_back)
        if picked.left_out:
            self._context.messages.error(picked.left_out[0][1], WORK)

    def _take_back(self) -> None:
        self._context.current.undo(lambda _changes: self._context.messages.toast(text("Picks undone.")), self._failed)

    def _look(self) -> None:
        if self._context.current.project is None:
            self.session.close()
        else:
            self._body.ask(_proposal, self._looked, self._not_read)
        if self.session.found is None:  # else what is known stands until the answer is there
            self._show()

    def _not_read(self, error: BaseException) -> None:
        self._failed(error)
        if self.session.here and self.session.found is None:
            self._view.show_failed(text("The sampled frames could not be read."))

    def _looked(self, looked: tuple[DrawnPicks, ClipPlan]) -> None:
        found, plan = looked
        self.session.take(found, plan)
        if not self.session.here:
            return
        count = self.session.begin()
        if count is not None:
            self._view.set_count(count)
        self._view.show_clips(captions.stretches(found), captions.clips(found))
        self._show_rows()
        self._show()

    def _pictured(self, pictures: dict[str, QImage]) -> None:
        if self.session.here:
            self._view.show_pictures(pictures)

    def _arrived(self, answer: tuple[str, QImage | None]) -> None:
        frame_id, image = answer
        row = self.session.rows.get(frame_id)
        if not self.session.here or frame_id != self.session.looked_at or row is None:
            return
        said = captions.description(row, self.session.place(frame_id))
        self._view.show_whole(image, said if image is not None else text("The image of this frame is missing."))

    def _show(self) -> None:
        """The header, the empty state, and what can be done now."""
        session, busy, writable = self.session, self._busy, self._context.current.writable
        if not session.here:
            return
        can = session.can(writable, busy)
        for name, on in can.items():
            self._context.actions.enable(f"pick.{name}", on)
        self._view.allow(labels_in=can["label_file"], moving=can["draw"])
        if session.found is not None:
            # While a job is watched its words take the place of the note, so that both fit a low window.
            note = "" if busy else captions.note(session.found, session.plan)
            self._view.show_how(session.design, captions.propose(session.found), captions.seed(session.found), note)
        self._show_stage(can["draw"], busy)

    def _show_stage(self, can_draw: bool, busy: bool) -> None:
        found, stage = self.session.found, self.session.stage(self._context.current.project is not None)
        title, hint = screen_name("pick"), text("Pick frames for labelling without looking at them closely.")
        if said := opening_sentence(self._context.current) if stage == "closed" else "":
            self._view.show_loading(said)
            self._header.show_head(ScreenHead(title, hint))
        elif stage == "unread":
            self._view.show_loading(text("Loading sampled frames …"))
            self._header.show_head(ScreenHead(title, hint))
        elif stage == "closed":
            self._view.show_empty(text("No project is open."), ["go.project"], can_draw=False)
            self._header.show_head(ScreenHead(title, hint, text("Go to Project")))
        elif stage == "no frames":
            self._view.show_empty(text("No frames yet. Import footage first."), ["go.capture"], can_draw=False)
            self._header.show_head(ScreenHead(title, hint, text("Go to Capture")))
        elif found is not None and stage == "no picks":
            if not self.session.whole:
                self._view.show_empty(captions.before(found), [], can_draw=True)
            n = min(self._view.wanted_count, found.n_listed)
            self._header.show_head(ScreenHead(title, hint, plural("Pick {n} frame", "Pick {n} frames", n).format(n=n), can_draw))
        elif found is not None:
            n = len(found.inside)
            label = plural("Label {n} frame", "Label {n} frames", n).format(n=n)
            self._header.show_head(ScreenHead(title, captions.summary(found), label, not busy))


def build(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = PickView(context.look, context.actions)
    presenter = PickPresenter(context, header, view)
    view.placeholder.again.connect(presenter.enter)
    view.wanted.connect(presenter.want)
    view.chosen.connect(presenter.choose)
    view.design_chosen.connect(presenter.choose_design)
    view.count.valueChanged.connect(presenter.count_changed)
    view.large.stepped.connect(presenter.large.step)
    view.grid.opened.connect(lambda _frame: presenter.large.open())
    view.timeline.chosen.connect(presenter.choose_in_grid)
    view.timeline.moved.connect(presenter.move_border)
    work: dict[str, Callable[[], object]] = {
        "draw": presenter.propose, "design": presenter.next_design, "in_out": presenter.in_or_out, "in": presenter.put_in,
        "open": presenter.large.open, "pixels": presenter.large.pixels, "all": view.grid.selectAll, "shown": presenter.next_shown,
        "list": presenter.show_list, "larger": partial(view.grow, 1), "smaller": partial(view.grow, -1),
        "label_file": presenter.take_labels_in, "label_folder": presenter.take_label_folder_in, "out": presenter.out,
        "unset": presenter.unset, "person": presenter.person, "burst": presenter.burst, "must": presenter.required,
        "cut": presenter.cut, "join": presenter.join,
    }  # fmt: skip
    for name, do in work.items():
        context.actions.bind(f"pick.{name}", do)
    return Screen(view, presenter, view)


def _proposal(project: Project) -> tuple[DrawnPicks, ClipPlan]:
    found = proposal.proposal(project)
    return found, clip_plan.clip_plan(project, len(found.inside) or USUAL)


def _whole_list(project: Project) -> tuple[tuple[str, ...], tuple[Any, ...], frozenset[str]]:
    return (*proposal.listed(project), frozenset(required_frames.required_frames(project)))


def _small(project: Project, frame_ids: Sequence[str]) -> dict[str, Any]:
    return {frame_id: decoded(jpeg) for frame_id, jpeg in thumbnails.thumbnails(project, frame_ids).items()}


def _whole(project: Project, frame_id: str) -> QImage | None:
    try:
        return decoded(thumbnails.whole_picture(project, frame_id))
    except thumbnails.GONE:
        return None
