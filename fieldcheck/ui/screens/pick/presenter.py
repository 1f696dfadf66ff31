"""What the Pick screen does: a draw is proposed, looked through blind, and labelled next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.pick import DESIGNS, WHYS_OUT, Design
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.late import Late
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.pick import told
from fieldcheck.ui.screens.pick.labels_in import WORK as LABELS
from fieldcheck.ui.screens.pick.labels_in import LabelsIn
from fieldcheck.ui.screens.pick.large import Large
from fieldcheck.ui.screens.pick.sorting_out import WORK as OUT
from fieldcheck.ui.screens.pick.sorting_out import SortingOut
from fieldcheck.ui.screens.pick.view import USUAL, PickView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words.exclusion_reasons import out_reason
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.footage import thumbnails
    from fieldcheck.workflows.pick import pick, proposal, required_frames
    from fieldcheck.workflows.pick.pick import Picked
    from fieldcheck.workflows.pick.proposal import DrawnPicks, Proposed
else:
    thumbnails = Late("fieldcheck.workflows.footage.thumbnails")
    pick = Late("fieldcheck.workflows.pick.pick")
    proposal = Late("fieldcheck.workflows.pick.proposal")
    required_frames = Late("fieldcheck.workflows.pick.required_frames")

WORK = "pick.draw"
SHOWN = ("all", "in", "out")


class PickPresenter:
    """Picks of the project that is open. Nothing that the model said, and nothing that was made of it, comes this far."""

    def __init__(self, context: Context, header: Header, view: PickView) -> None:
        self._context, self._header, self._view = context, header, view
        self._found: DrawnPicks | None = None
        self._rows: dict[str, Proposed] = {}
        self._design: Design = "balanced"
        self._looked_at = ""
        self._here = self._told_once = False
        self._open_scenes: set[int] = set()
        self._shown: str = SHOWN[0]
        self._whole = False
        self._labels = LabelsIn(context, self._began)
        self._sorting = SortingOut(context, self._began)
        self.large = Large(view)

    def enter(self) -> None:
        self._here = True
        job = self._job()
        if job is not None:
            self._view.show_job(job)
        self._look()

    def leave(self) -> None:
        self._here = False

    def refresh(self, changes: Changes) -> None:
        if changes.act.startswith("project."):
            self._view.show_job(None)
            self.large.close()
            self._told_once = self._whole = False
            self._open_scenes.clear()
        self._look()

    def primary(self) -> None:
        if self._context.current.project is None:
            self._context.go("project")
        elif self._rows:
            self._context.go("label")
        elif self._found is not None and self._found.n_listed:
            self.propose()
        else:
            self._context.go("capture")

    def propose(self) -> None:
        """Draws frames, in place of those that stand as long as nothing is labelled."""
        if self._found is None or not self._found.n_listed or self._busy or not self._context.current.writable:
            return
        count, design = self._view.count.value(), self._design
        replaced = bool(self._rows) and self._found.n_labels == 0

        def work(project: Project, progress: Progress) -> Picked:
            required = required_frames.required_frames(project)
            now = timestamp()
            return pick.pick(project, count=count, seed=None, design=design, required=required, progress=progress, now=now)

        self._context.messages.clear(WORK)
        name = plural("Choice of {n} frame", "Choice of {n} frames", count).format(n=count)
        job = self._context.current.job(name, work, lambda picked: self._drawn(picked, replaced), self._failed)
        if job is not None:
            job.setObjectName(WORK)
            self._began(job)

    def take_labels_in(self) -> None:
        """Labels that exist already, from a file that the person chooses."""
        self._view.ask_label_file(self._labels.take_in)

    def take_label_folder_in(self) -> None:
        """The same from a folder."""
        self._view.ask_label_folder(self._labels.take_in)

    def choose_design(self, design: str) -> None:
        """Another way of drawing."""
        self._design = next(one for one in DESIGNS if one == design)
        self._show()

    def next_design(self) -> None:
        """The way of drawing that comes after this one."""
        self.choose_design(DESIGNS[(DESIGNS.index(self._design) + 1) % len(DESIGNS)])

    def count_changed(self, _count: int) -> None:
        """Another number of frames is asked for."""
        self._show()

    def want(self, frame_ids: Sequence[str]) -> None:
        """Small pictures have come into view."""
        self._context.current.ask(lambda project: _small(project, frame_ids), self._pictured)

    def choose_in_grid(self, frame_id: str) -> None:
        """A tick of the timeline was clicked."""
        row = self._view.grid.tiles.row_of(frame_id)
        if row >= 0:
            self._view.grid.setCurrentIndex(self._view.grid.tiles.index(row))

    def choose(self, frame_id: str) -> None:
        """Another frame is looked at."""
        self._looked_at = frame_id
        self._view.timeline.show_here(frame_id)
        row = self._rows.get(frame_id)
        if row is None:
            return
        place = list(self._rows).index(frame_id) + 1
        self._view.show_looked(told.looked(row, place))
        self._context.current.ask(lambda project: (frame_id, _whole(project, frame_id)), self._arrived)

    # --- single picks ------------------------------------------------------------------------------------------------------

    def in_or_out(self) -> None:
        """What is in goes out, with a reason; what is out comes back."""
        chosen = self._chosen()
        if chosen and all(row.taken_out for row in chosen):
            self._sorting.put_back([row.frame_id for row in chosen])
        else:
            self.out()

    def out(self) -> None:
        """Asks for the reason, then takes out what is selected."""
        names = [row.frame_id for row in self._chosen() if not row.taken_out]
        if names and self._can_sort():
            self._view.ask_why_out([(code, out_reason(code)) for code in WHYS_OUT], lambda why: self._sorting.take_out(names, why))

    def put_in(self) -> None:
        """What is selected is in."""
        out = [row.frame_id for row in self._chosen() if row.taken_out]
        if out and self._can_sort():
            self._sorting.put_back(out)

    def unset(self) -> None:
        """What is selected is as it was proposed: in, and without the mark for a person."""
        marked = [row for row in self._chosen() if row.person]
        if marked and self._can_sort():
            self._sorting.mark_person(marked)
        self.put_in()

    def person(self) -> None:
        """A person can be recognised on what is selected, or not."""
        chosen = self._chosen()
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
        row = self._rows.get(self._looked_at)
        if row is not None and not self._whole:
            self._open_scenes ^= {row.scene}
            self._show_rows()

    def next_shown(self) -> None:
        """All picks, those that are in, those that are out."""
        self._shown = SHOWN[(SHOWN.index(self._shown) + 1) % len(SHOWN)]
        said = {"all": text("All picks are shown."), "in": text("Only picks that are in are shown."), "out": text("Only those taken out.")}
        self._context.messages.toast(said[self._shown])
        self._show_rows()

    def show_list(self) -> None:
        """Every frame that can be drawn from, or the picks again."""
        self._whole = not self._whole
        self._show_rows()
        self._show()

    def required(self) -> None:
        """What is selected must be labelled: asked for before the draw, added on top of it afterwards."""
        if self._found is not None and self._can_sort():
            self._sorting.want(self._view.chosen_frames(), labelled=self._found.n_labels > 0)

    def cut(self) -> None:
        """A clip begins at the frame that is looked at."""
        if self._looked_at and self._can_sort():
            self._sorting.cut(self._looked_at)

    def join(self) -> None:
        """The clip of the frame that is looked at goes on from the one before."""
        row = self._rows.get(self._looked_at)
        if row is not None and self._can_sort():
            self._sorting.join(row.clip_id)

    def _chosen(self) -> list[Proposed]:
        return [self._rows[name] for name in self._view.chosen_frames() if name in self._rows]

    def _can_sort(self) -> bool:
        return self._context.current.writable and not self._busy

    def _show_rows(self) -> None:
        if self._whole:
            self._context.current.ask(_whole_list, self._list_arrived)
        elif self._found is not None and self._found.rows:
            self._view.show_picks(told.tiles(self._found.rows, self._open_scenes, self._shown))
            self.choose(self._view.grid.current())

    def _list_arrived(self, answer: tuple[tuple[str, ...], tuple[Any, ...], frozenset[str]]) -> None:
        names, found, required = answer
        if self._here and self._whole:
            self._view.show_list(names, lambda row: told.listed_tile(found[row], row + 1, names[row] in required, names[row] in self._rows))

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
        said = plural("{n} frame is proposed.", "{n} frames are proposed.", n).format(n=n)
        if replaced:
            said = plural(
                "{n} frame is proposed in place of the ones before.", "{n} frames are proposed in place of the ones before.", n
            ).format(n=n)
        self._context.messages.toast(said, text("Undo"), self._take_back)
        if picked.left_out:
            self._context.messages.error(picked.left_out[0][1], WORK)

    def _take_back(self) -> None:
        self._context.current.undo(lambda _changes: self._context.messages.toast(text("The proposal is taken back.")), self._failed)

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, WORK)

    def _look(self) -> None:
        if self._context.current.project is None:
            self._found, self._rows = None, {}
            self._show()
        else:
            self._context.current.ask(_proposal, self._looked)

    def _looked(self, found: DrawnPicks) -> None:
        self._found, self._rows = found, {row.frame_id: row for row in found.rows}
        if not self._here:
            return
        if not self._told_once:
            self._told_once = True
            self._design = found.draws[-1].design if found.draws else "balanced"
            self._view.set_count(found.draws[-1].count if found.draws else USUAL)
        self._view.show_clips(told.stretches(found), told.clips(found))
        self._show_rows()
        self._show()

    def _pictured(self, pictures: dict[str, QImage]) -> None:
        if self._here:
            self._view.show_pictures(pictures)

    def _arrived(self, answer: tuple[str, QImage | None]) -> None:
        frame_id, image = answer
        if not self._here or frame_id != self._looked_at or frame_id not in self._rows:
            return
        said = told.description(self._rows[frame_id], list(self._rows).index(frame_id) + 1)
        self._view.show_whole(image, said if image is not None else text("The picture of this frame is gone."))

    def _enable(self, busy: bool) -> bool:
        """Which keys and buttons do something now; whether frames can be drawn."""
        current, found = self._context.current, self._found
        can = current.writable and not busy and found is not None and found.n_listed > 0
        self._context.actions.enable("pick.draw", can)
        for identity in ("pick.label_file", "pick.label_folder"):
            self._context.actions.enable(identity, can and bool(self._rows))
        self._view.labels_in.setEnabled(can and bool(self._rows))
        for identity in ("in_out", "in", "out", "unset", "person", "burst", "shown", "cut", "join"):
            self._context.actions.enable(f"pick.{identity}", current.writable and bool(self._rows) and not self._whole)
        self._view.timeline.allow_moving(can)
        for identity in ("open", "pixels", "all"):
            self._context.actions.enable(f"pick.{identity}", bool(self._rows) or self._whole)
        for identity in ("list", "must", "larger", "smaller"):
            self._context.actions.enable(f"pick.{identity}", found is not None and found.n_listed > 0)
        return can

    def _show(self) -> None:
        """The header, the empty state, and what can be done now."""
        if not self._here:
            return
        current, found, busy = self._context.current, self._found, self._busy
        can = self._enable(busy)
        if found is not None:
            # While a job is watched its words take the place of the note, so that both fit a low window.
            self._view.show_how(self._design, told.propose(found), told.seed(found), "" if busy else told.note(found))
        title, hint = screen_name("pick"), text("Choose the frames that will be labelled, before any of them is looked at closely.")
        if current.project is None:
            self._view.show_empty(text("No project is open."), ["go.project"], can_draw=False)
            self._header.show_head(ScreenHead(title, hint, text("Go to Project")))
        elif found is None:
            return
        elif not found.n_listed:
            self._view.show_empty(text("There are no frames yet. Bring in footage first."), ["go.capture"], can_draw=False)
            self._header.show_head(ScreenHead(title, hint, text("Go to Capture")))
        elif not found.rows:
            if not self._whole:
                self._view.show_empty(told.before(found), [], can_draw=True)
            n = min(self._view.count.value(), found.n_listed)
            self._header.show_head(ScreenHead(title, hint, plural("Propose {n} frame", "Propose {n} frames", n).format(n=n), can))
        else:
            n = len(found.inside)
            label = plural("Label this {n}", "Label these {n}", n).format(n=n)
            self._header.show_head(ScreenHead(title, told.summary(found), label, not busy))


def build(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = PickView(context.look, context.actions)
    presenter = PickPresenter(context, header, view)
    view.wanted.connect(presenter.want)
    view.chosen.connect(presenter.choose)
    view.design_chosen.connect(presenter.choose_design)
    view.count.valueChanged.connect(presenter.count_changed)
    view.timeline.chosen.connect(presenter.choose_in_grid)
    view.timeline.moved.connect(presenter.move_border)
    work: dict[str, Callable[[], object]] = {
        "draw": presenter.propose, "design": presenter.next_design, "in_out": presenter.in_or_out, "in": presenter.put_in,
        "open": presenter.large.open, "pixels": presenter.large.pixels, "all": view.grid.selectAll, "shown": presenter.next_shown,
        "list": presenter.show_list, "larger": partial(view.grow, 1), "smaller": partial(view.grow, -1),
        "label_file": presenter.take_labels_in, "label_folder": presenter.take_label_folder_in,
    }  # fmt: skip
    for name in ("out", "unset", "person", "burst", "must", "cut", "join"):
        work[name] = getattr(presenter, name)
    for name, do in work.items():
        context.actions.bind(f"pick.{name}", do)
    return Screen(view, presenter, view)


def _proposal(project: Project) -> DrawnPicks:
    return proposal.proposal(project)


def _whole_list(project: Project) -> tuple[tuple[str, ...], tuple[Any, ...], frozenset[str]]:
    return (*proposal.listed(project), frozenset(required_frames.required_frames(project)))


def _small(project: Project, frame_ids: Sequence[str]) -> dict[str, Any]:
    return {frame_id: QImage.fromData(jpeg) for frame_id, jpeg in thumbnails.thumbnails(project, frame_ids).items()}


def _whole(project: Project, frame_id: str) -> QImage | None:
    try:
        return QImage.fromData(thumbnails.whole_picture(project, frame_id))
    except thumbnails.GONE:
        return None
