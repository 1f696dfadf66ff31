"""What the Pick screen does: a draw is proposed, looked through blind, and labelled next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.pick import DESIGNS, Design
from fieldcheck.progress import Progress
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.screen import Head, Header, Screen
from fieldcheck.ui.screens.pick import told
from fieldcheck.ui.screens.pick.labels_in import WORK as LABELS
from fieldcheck.ui.screens.pick.labels_in import LabelsIn
from fieldcheck.ui.screens.pick.view import USUAL, PickView
from fieldcheck.ui.shell.table import screen_name
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.pick import Picked
    from fieldcheck.workflows.proposal import Proposal, Proposed

WORK = "pick.draw"


class PickPresenter:
    """Picks of the project that is open. Nothing that the model said, and nothing that was made of it, comes this far."""

    def __init__(self, context: Context, header: Header, view: PickView) -> None:
        self._context, self._header, self._view = context, header, view
        self._found: Proposal | None = None
        self._rows: dict[str, Proposed] = {}
        self._design: Design = "balanced"
        self._looked_at = ""
        self._here = self._told_once = False
        self._labels = LabelsIn(context, self._began)

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
            self._told_once = False
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
            from fieldcheck.workflows.pick import pick

            now = datetime.now(UTC).replace(microsecond=0).isoformat()
            return pick(project, count=count, seed=None, design=design, must=(), progress=progress, now=now)

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

    def choose(self, frame_id: str) -> None:
        """Another frame is looked at."""
        self._looked_at = frame_id
        row = self._rows.get(frame_id)
        if row is None:
            return
        place = list(self._rows).index(frame_id) + 1
        self._view.show_looked(told.looked(row, place))
        self._context.current.ask(lambda project: (frame_id, _whole(project, frame_id)), self._arrived)

    @property
    def _busy(self) -> bool:
        return self._job() is not None

    def _job(self) -> Job | None:
        return running(self._context.runner, WORK) or running(self._context.runner, LABELS)

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

    def _looked(self, found: Proposal) -> None:
        self._found, self._rows = found, {row.frame_id: row for row in found.rows}
        if not self._here:
            return
        if not self._told_once:
            self._told_once = True
            self._design = found.draws[-1].design if found.draws else "balanced"
            self._view.set_count(found.draws[-1].count if found.draws else USUAL)
        if found.rows:
            self._view.show_picks(told.tiles(found.rows))
            self.choose(self._view.grid.current())
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

    def _show(self) -> None:
        """The header, the empty state, and what can be done now."""
        if not self._here:
            return
        current, found, busy = self._context.current, self._found, self._busy
        can = current.writable and not busy and found is not None and found.n_listed > 0
        self._context.actions.enable("pick.draw", can)
        for identity in ("pick.label_file", "pick.label_folder"):
            self._context.actions.enable(identity, can and bool(self._rows))
        self._view.labels_in.setEnabled(can and bool(self._rows))
        if found is not None:
            # While a job is watched its words take the place of the note, so that both fit a low window.
            self._view.show_how(self._design, told.propose(found), told.seed(found), "" if busy else told.note(found))
        title, hint = screen_name("pick"), text("Choose the frames that will be labelled, before any of them is looked at closely.")
        if current.project is None:
            self._view.show_empty(text("No project is open."), ["go.project"], can_draw=False)
            self._header.show_head(Head(title, hint, text("Go to Project")))
        elif found is None:
            return
        elif not found.n_listed:
            self._view.show_empty(text("There are no frames yet. Bring in footage first."), ["go.capture"], can_draw=False)
            self._header.show_head(Head(title, hint, text("Go to Capture")))
        elif not found.rows:
            self._view.show_empty(told.before(found), [], can_draw=True)
            n = min(self._view.count.value(), found.n_listed)
            self._header.show_head(Head(title, hint, plural("Propose {n} frame", "Propose {n} frames", n).format(n=n), can))
        else:
            label = plural("Label this {n}", "Label these {n}", len(found.rows)).format(n=len(found.rows))
            self._header.show_head(Head(title, told.summary(found), label, not busy))


def build(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = PickView(context.look, context.actions)
    presenter = PickPresenter(context, header, view)
    view.wanted.connect(presenter.want)
    view.chosen.connect(presenter.choose)
    view.design_chosen.connect(presenter.choose_design)
    view.count.valueChanged.connect(presenter.count_changed)
    context.actions.bind("pick.draw", presenter.propose)
    context.actions.bind("pick.design", presenter.next_design)
    context.actions.bind("pick.label_file", presenter.take_labels_in)
    context.actions.bind("pick.label_folder", presenter.take_label_folder_in)
    return Screen(view, presenter, view)


def _proposal(project: Project) -> Proposal:
    from fieldcheck.workflows.proposal import proposal

    return proposal(project)


def _small(project: Project, frame_ids: Sequence[str]) -> dict[str, Any]:
    from fieldcheck.workflows.thumbnails import thumbnails

    return {frame_id: QImage.fromData(jpeg) for frame_id, jpeg in thumbnails(project, frame_ids).items()}


def _whole(project: Project, frame_id: str) -> QImage | None:
    from fieldcheck.workflows.thumbnails import GONE, whole_picture

    try:
        return QImage.fromData(whole_picture(project, frame_id))
    except GONE:
        return None
