"""Exclusion and marking of single picks before they are labelled: out with a reason and back, marked for a person, asked for, clips cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from fieldcheck.domain.changes import Changes
from fieldcheck.progress import Progress
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.footage import cut_clips
    from fieldcheck.workflows.label import mark_frames
    from fieldcheck.workflows.pick import exclude_picks, required_frames
    from fieldcheck.workflows.pick.exclude_picks import ExcludedPicks
    from fieldcheck.workflows.pick.proposal import Proposed
else:
    cut_clips = LazyModule("fieldcheck.workflows.footage.cut_clips")
    mark_frames = LazyModule("fieldcheck.workflows.label.mark_frames")
    exclude_picks = LazyModule("fieldcheck.workflows.pick.exclude_picks")
    required_frames = LazyModule("fieldcheck.workflows.pick.required_frames")

WORK = "pick.out"


class FrameExclusion:
    """Acts on the picks that are selected; `began(job)` is called with work that takes a while."""

    def __init__(self, context: Context, began: Callable[[Job], None]) -> None:
        self._context, self._began = context, began
        self._failed = partial(context.messages.error, key=WORK)

    def take_out(self, frame_ids: Sequence[str], why: str) -> None:
        """Out of the proposal; the next frame of the same block takes the place of each."""

        def work(project: Project, progress: Progress) -> ExcludedPicks:
            return exclude_picks.exclude_picks(project, frame_ids, why, progress)

        self._context.messages.clear(WORK)
        job = self._context.current.job(lambda: text("Exclude frames"), work, self._taken_out, self._failed)
        if job is not None:
            job.setObjectName(WORK)
            self._began(job)

    def put_back(self, frame_ids: Sequence[str]) -> None:
        """Back into the proposal."""
        self._act(lambda project: exclude_picks.put_back(project, frame_ids))

    def mark_person(self, rows: Sequence[Proposed]) -> None:
        """A person can be recognised on these, or, where all are marked already, on none of them."""
        on, by = not all(row.person for row in rows), self._context.preferences.now.name
        self._act(lambda project: mark_frames.mark_person(project, [row.frame_id for row in rows], on, by))

    def cut(self, frame_id: str) -> None:
        """A clip begins at this frame."""
        self._act(lambda project: cut_clips.cut_clip(project, frame_id))

    def move(self, clip_id: str, inside: str, seconds: float) -> None:
        """The clip begins so long after the beginning of `inside`."""
        self._act(lambda project: cut_clips.move_border(project, clip_id, inside, seconds))

    def join(self, clip_id: str) -> None:
        """The clip goes on from the one before it."""
        self._act(lambda project: cut_clips.join_clip(project, clip_id))

    def want(self, frame_ids: Sequence[str], labelled: bool) -> None:
        """Asked for in the next draw; once labels exist, added on top of this one."""
        if not labelled:
            self._act(lambda project: _want(project, frame_ids))
            return

        def work(project: Project, progress: Progress) -> Changes:
            return required_frames.add_extra(project, frame_ids, progress)

        job = self._context.current.job(lambda: text("Add required frames"), work, self._added, self._failed)
        if job is not None:
            job.setObjectName(WORK)
            self._began(job)

    def _taken_out(self, taken: ExcludedPicks) -> None:
        said = plural("{n} frame excluded", "{n} frames excluded", taken.n_out).format(n=taken.n_out)
        if taken.n_replaced < taken.n_out:
            missing = taken.n_out - taken.n_replaced
            said += "; " + plural(
                "{n} without replacement (no frame left in the time block)",
                "{n} without replacement (no frame left in the time block)",
                missing,
            ).format(n=missing)
        self._context.messages.toast(f"{said}.", text("Undo"), self._undo)

    def _added(self, changes: Changes) -> None:
        n = len(changes.keys)
        said = plural(
            "{n} required frame added; not counted in the score.", "{n} required frames added; not counted in the score.", n
        ).format(n=n)
        self._context.messages.toast(said, text("Undo"), self._undo)

    def _undo(self) -> None:
        self._context.current.undo(lambda _changes: None, self._failed)

    def _act(self, work: Callable[[Project], Any]) -> None:
        self._context.messages.clear(WORK)
        self._context.current.act(work, failed=self._failed)


def _want(project: Project, frame_ids: Sequence[str]) -> Changes:
    before = set(required_frames.required_frames(project))
    return required_frames.want(project, frame_ids, on=not set(frame_ids) <= before)
