"""Marks on picked frames: a person can be seen on it, an expert shall look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.pick import ReviewRequest
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import marks as marks_table


def mark_person(project: Project, frame_ids: Sequence[str], on: bool, by: str) -> Changes:
    """A person can be recognised on these frames, or not: they are scored all the same and never shown in a gallery."""
    before = project.read(marks_table.list_marks)
    return _store_marks(project, "mark.person", [replace(before.get(name, ReviewRequest(name)), person=on, by=by) for name in frame_ids])


def mark_expert(project: Project, frame_id: str, on: bool, by: str) -> Changes:
    """Somebody who knows the parts better shall look at this frame, or need not."""
    before = project.read(lambda db: marks_table.get_mark(db, frame_id))
    return _store_marks(project, "mark.expert", [replace(before, expert=on, by=by)])


def _store_marks(project: Project, act: str, marks: Sequence[ReviewRequest]) -> Changes:
    said = [marks_table.make_mark_row(one) for one in marks if one.person or one.expert]
    blank = [marks_table.make_mark_key(one.frame_id) for one in marks if not (one.person or one.expert)]
    return project.edit(act, puts=said, deletes=blank)
