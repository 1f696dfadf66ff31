"""Labelling shared by two people in the window: the picks dealt out, labels taken in, and frames on which the two differ decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.files import free_place
from fieldcheck.paths import PACK_ENDING
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job, JobName
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import stands
from fieldcheck.ui.screens.evidence.people_page import PeoplePage
from fieldcheck.ui.screens.evidence.session import ConflictList
from fieldcheck.ui.widgets.choose import choose_files, choose_folder
from fieldcheck.ui.widgets.frame_view import BoxMark
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words import evidence as words
from fieldcheck.words.language import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.domain.label import Label
    from fieldcheck.domain.repeat import Repeat
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.evidence import merge_labels, share_labelling
    from fieldcheck.workflows.evidence.merge_labels import LabelConflict, MergedLabels
    from fieldcheck.workflows.evidence.share_labelling import SharedLabelling
    from fieldcheck.workflows.footage import thumbnails
else:
    merge_labels = LazyModule("fieldcheck.workflows.evidence.merge_labels")
    share_labelling = LazyModule("fieldcheck.workflows.evidence.share_labelling")
    thumbnails = LazyModule("fieldcheck.workflows.footage.thumbnails")

WORK = "evidence.share"
POINT = 6.0  # pixels to each side of a labelled point


class PeopleDisplay(Protocol):
    """The part of the two people, as far as its presenter knows it."""

    def show_conflict(self, said: str, answers: tuple[str, str]) -> None: ...
    def show_frame(self, rgb: NDArray[np.uint8] | None, marks: tuple[Sequence[BoxMark], Sequence[BoxMark]]) -> None: ...
    def show_nothing(self, said: str) -> None: ...
    def show_job(self, job: Job | None) -> None: ...


class PeoplePresenter:
    """`conflicts` is another object for another project; `changed()`: other things can be done."""

    def __init__(self, view: PeopleDisplay, context: Context, changed: Callable[[], None] = lambda: None) -> None:
        self._view, self._context, self._changed = view, context, changed
        self.body = ScreenBody(context.current)
        self.conflicts = ConflictList()

    def look(self) -> None:
        """Reads the frames on which two people differ."""
        self._view.show_job(running(self._context.runner, WORK))
        self.body.ask(lambda project: merge_labels.label_conflicts(project), partial(self._came, self.conflicts), self._not_read)

    def leave(self) -> None:
        """Jobs go on."""

    def forget(self) -> None:
        """Another project is open, or none."""
        self.conflicts = ConflictList()

    @property
    def acts(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        can, here = self._context.current.writable, self.conflicts.here is not None
        return {"share": can, "merge": can, "first": can and here, "second": can and here, "previous": here, "next": here}

    @property
    def main(self) -> tuple[str, str]:
        """Words of the main action, and the end of its name."""
        return text("Merge labels"), "merge"

    def share(self, folder: Path, overlap: int, with_people: bool) -> None:
        """Deals the picks that nobody has labelled out to two people, a pack each, in a folder."""
        name = self._context.current.name
        first, second = (free_place(folder, f"{name}_{person}", PACK_ENDING) for person in "AB")

        def work(project: Project, progress: Progress) -> SharedLabelling:
            return share_labelling.share_labelling(project, (first, second), overlap, 0, progress, timestamp(), with_people)

        self._begin(lambda: text("Split frames between two annotators"), work, self._shared)

    def merge(self, others: Sequence[Path]) -> None:
        """Takes the labels of packs or projects in, each as one act; what is here already adds nothing."""

        def work(project: Project, progress: Progress) -> MergedLabels:
            return merge_labels.merge_labels(project, others, progress)

        self._begin(lambda: text("Merge labels"), work, self._merged)

    def step(self, by: int) -> None:
        """The conflict after or before."""
        self.conflicts.step(by)
        self._show()

    def decide(self, second: bool) -> None:
        """The answer on the left or on the right is the label; the other one stays beside it."""
        here = self.conflicts.here
        if here is not None and self._context.current.writable:
            frame_id, by = here.frame_id, self._context.preferences.now.name
            self.conflicts.decided = frame_id
            self._context.current.act(
                lambda project: merge_labels.adjudicate(project, frame_id, second, by, timestamp()), failed=self._failed
            )

    def _begin(self, name: JobName, work: Any, then: Any) -> None:
        if running(self._context.runner, WORK) is not None or not self._context.current.writable:
            return
        self._context.messages.clear(WORK)
        job = self._context.current.job(name, work, then, self._failed)
        if job is not None:
            job.setObjectName(WORK)
            job.resumes = False
            self._view.show_job(job)

    def _shared(self, made: SharedLabelling) -> None:
        self._context.messages.toast(" ".join(words.shared([one.name for one in made.packs], made.n, made.n_both, made.n_people)))

    def _merged(self, found: MergedLabels) -> None:
        n_open = sum(not one.settled for one in found.conflicts)
        said = words.merged(found.n_taken, found.n_second, found.n_known, len(found.unmatched), n_open)
        self._context.messages.toast(" ".join((*said, *words.agreed(found.trust.other))))

    def _not_read(self, error: BaseException) -> None:
        self._failed(error)
        self._changed()

    def _came(self, conflicts: ConflictList, rows: tuple[LabelConflict, ...]) -> None:
        if conflicts is self.conflicts:
            conflicts.take(rows)
            self._show()

    def _show(self) -> None:
        if not stands(self._view):
            return
        here = self.conflicts.here
        self._changed()
        if here is None:
            said = text("No label conflicts. Conflicting labels appear here side by side for a decision.")
            self._view.show_nothing(said)
            return
        self._view.show_conflict(self.conflicts.said, words.two_answers(here.first, here.second))
        self._context.current.ask(lambda project: (here, _pixels(project, here.frame_id)), self._arrived, self._failed)

    def _arrived(self, found: tuple[LabelConflict, NDArray[np.uint8] | None]) -> None:
        here, rgb = found
        if here == self.conflicts.here and stands(self._view):
            names = list(dict.fromkeys((*here.first.names, *here.second.names)))
            self._view.show_frame(rgb, (_marks(here.first, names), _marks(here.second, names)))

    def _failed(self, error: BaseException) -> None:
        self.conflicts.decided = ""
        self._context.messages.error(error, WORK)


def _pixels(project: Project, frame_id: str) -> NDArray[np.uint8] | None:
    try:
        return thumbnails.pixels_of(project, frame_id)
    except thumbnails.GONE:
        return None


def _marks(answer: Label | Repeat, names: Sequence[str]) -> tuple[BoxMark, ...]:
    """Boxes of an answer, and its points as small ones."""
    boxes = [(one.class_name, (one.x, one.y, one.x + one.w, one.y + one.h)) for one in answer.boxes]
    points = [(one.class_name, (one.x - POINT, one.y - POINT, one.x + POINT, one.y + POINT)) for one in answer.points]
    return tuple(BoxMark(place, names.index(name), name) for name, place in (*boxes, *points))


def build(page: PeoplePage, context: Context, changed: Callable[[], None]) -> PeoplePresenter:
    """The presenter of this page, with its actions bound."""
    made, bind = PeoplePresenter(page, context, changed), context.actions.bind

    def share(folder: Path) -> None:
        made.share(folder, page.overlap.value(), page.people.isChecked())

    packs = f"{text('Evidence packs')} (*{PACK_ENDING})"
    bind("evidence.share", lambda: choose_folder(page, text("Folder for the two packs"), share))
    bind("evidence.merge", lambda: choose_files(page, text("Merge labels from another computer"), packs, made.merge))
    bind("evidence.first", partial(made.decide, second=False))
    bind("evidence.second", partial(made.decide, second=True))
    bind("evidence.previous", partial(made.step, -1))
    bind("evidence.next", partial(made.step, 1))
    return made
