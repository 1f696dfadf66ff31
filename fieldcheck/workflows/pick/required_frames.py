"""Frames that somebody wants labelled whatever the draw says: before it they are a stratum of their own, after it they weigh nothing."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.pick import Pick
from fieldcheck.errors import FrameUnknown, NothingPicked
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.pick.pick import save_frames

KEY = "must"
EXTRA, ADDED = "extra", "added"


def get_required_frames(project: Project) -> tuple[str, ...]:
    """The frames that the next draw takes in any case."""
    told = project.read(lambda db: settings_table.get_setting(db, KEY))
    return tuple(str(name) for name in told) if isinstance(told, list) else ()


def set_required(project: Project, frame_ids: Sequence[str], on: bool) -> Changes:
    """These frames must be labelled, or need not: said before a draw, so that they stand for themselves in it (methods 3.3 rule 4).
    Raises FrameUnknown."""
    listed = {line.frame.frame_id for line in project.read(list_sampling_lines)}
    for name in frame_ids:
        if name not in listed:
            raise FrameUnknown(name)
    before = get_required_frames(project)
    after = [*before, *(name for name in frame_ids if name not in before)] if on else [one for one in before if one not in set(frame_ids)]
    return project.edit("pick.must", puts=[settings_table.make_setting_row(KEY, after)])


def add_extra(project: Project, frame_ids: Sequence[str], progress: Progress) -> Changes:
    """Frames on top of a draw. They are labelled and looked at, and enter no score: their weight is 0. Those picked already stay as they
    are. Raises NothingPicked before any draw; FrameUnknown, FrameChanged, DiskFull."""
    draws, picks = project.read(lambda db: (draws_table.list_current_draws(db), picks_table.list_picks(db)))
    if not draws:
        raise NothingPicked(project.path)
    where = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    picked = {one.frame_id for one in picks}
    new = [name for name in dict.fromkeys(frame_ids) if name not in picked]
    for name in new:
        if name not in where:
            raise FrameUnknown(name)
    files = save_frames(project, [where[name] for name in new], progress)
    last = max((one.place for one in picks), default=-1) + 1
    rows = [
        picks_table.make_pick_row(Pick(name, draws[-1].draw_id, EXTRA, nan, 0.0, ADDED, last + at, file))
        for at, (name, file) in enumerate(zip(new, files, strict=True))
    ]
    return project.edit("pick.add", puts=rows)
