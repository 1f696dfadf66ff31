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
from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.footage import cut_clips
    from fieldcheck.workflows.label import mark_frames
    from fieldcheck.workflows.pick import exclude_picks, required_frames
    from fieldcheck.workflows.pick.exclude_picks import ExcludedPicks
    from fieldcheck.workflows.pick.proposal import ProposedPick
else:
    cut_clips = LazyModule("fieldcheck.workflows.footage.cut_clips")
    mark_frames = LazyModule("fieldcheck.workflows.label.mark_frames")
    exclude_picks = LazyModule("fieldcheck.workflows.pick.exclude_picks")
    required_frames = LazyModule("fieldcheck.workflows.pick.required_frames")

EXCLUSION_JOB = "pick.out"


class FrameExclusion:
    """Acts on the picks that are selected; `began(job)` is called with work that takes a while."""

    def __init__(self, context: Context, began: Callable[[Job], None]) -> None:
        self._context, self._on_job_started = context, began
        self._failed = partial(context.messages.show_error, key=EXCLUSION_JOB)

    def exclude_frames(self, frame_ids: Sequence[str], why: str) -> None:
        """Out of the proposal; the next frame of the same block takes the place of each."""

        def run_exclusion(project: Project, progress: Progress) -> ExcludedPicks:
            return exclude_picks.exclude_picks(project, frame_ids, why, progress)

        self._context.messages.clear_banner(EXCLUSION_JOB)
        job = self._context.current.run_job(lambda: tr("Exclude frames"), run_exclusion, self._on_frames_excluded, self._failed)
        if job is not None:
            job.setObjectName(EXCLUSION_JOB)
            self._on_job_started(job)

    def include_frames(self, frame_ids: Sequence[str]) -> None:
        """Back into the proposal."""
        self._run_edit(lambda project: exclude_picks.restore_picks(project, frame_ids))

    def mark_person(self, rows: Sequence[ProposedPick]) -> None:
        """A person can be recognised on these, or, where all are marked already, on none of them."""
        on, by = not all(row.person for row in rows), self._context.preferences.settings.name
        self._run_edit(lambda project: mark_frames.mark_person(project, [row.frame_id for row in rows], on, by))

    def cut_clip(self, frame_id: str) -> None:
        """A clip begins at this frame."""
        self._run_edit(lambda project: cut_clips.split_clip(project, frame_id))

    def move_border(self, clip_id: str, inside: str, seconds: float) -> None:
        """The clip begins so long after the beginning of `inside`."""
        self._run_edit(lambda project: cut_clips.move_clip_start(project, clip_id, inside, seconds))

    def join_clip(self, clip_id: str) -> None:
        """The clip goes on from the one before it."""
        self._run_edit(lambda project: cut_clips.join_previous_clip(project, clip_id))

    def require_frames(self, frame_ids: Sequence[str], labelled: bool) -> None:
        """Asked for in the next draw; once labels exist, added on top of this one."""
        if not labelled:
            self._run_edit(lambda project: _toggle_required(project, frame_ids))
            return

        def add_frames(project: Project, progress: Progress) -> Changes:
            return required_frames.add_extra(project, frame_ids, progress)

        job = self._context.current.run_job(lambda: tr("Add required frames"), add_frames, self._on_frames_added, self._failed)
        if job is not None:
            job.setObjectName(EXCLUSION_JOB)
            self._on_job_started(job)

    def _on_frames_excluded(self, taken: ExcludedPicks) -> None:
        said = tr_plural("{n} frame excluded", "{n} frames excluded", taken.n_out).format(n=taken.n_out)
        if taken.n_replaced < taken.n_out:
            missing = taken.n_out - taken.n_replaced
            said += "; " + tr_plural(
                "{n} without replacement (no frame left in the time block)",
                "{n} without replacement (no frame left in the time block)",
                missing,
            ).format(n=missing)
        self._context.messages.show_toast(f"{said}.", tr("Undo"), self._undo_last)

    def _on_frames_added(self, changes: Changes) -> None:
        n = len(changes.keys)
        said = tr_plural(
            "{n} required frame added; not counted in the score.", "{n} required frames added; not counted in the score.", n
        ).format(n=n)
        self._context.messages.show_toast(said, tr("Undo"), self._undo_last)

    def _undo_last(self) -> None:
        self._context.current.undo(lambda _changes: None, self._failed)

    def _run_edit(self, work: Callable[[Project], Any]) -> None:
        self._context.messages.clear_banner(EXCLUSION_JOB)
        self._context.current.run_edit(work, failed=self._failed)


def _toggle_required(project: Project, frame_ids: Sequence[str]) -> Changes:
    before = set(required_frames.get_required_frames(project))
    return required_frames.set_required(project, frame_ids, on=not set(frame_ids) <= before)
