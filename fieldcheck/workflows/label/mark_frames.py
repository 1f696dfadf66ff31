"""Marks on picked frames: a person can be seen on it, an expert shall look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.pick import Mark
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import marks as marks_table


def mark_person(project: Project, frame_ids: Sequence[str], on: bool, by: str) -> Changes:
    """A person can be recognised on these frames, or not: they are scored all the same and never shown in a gallery."""
    before = project.read(marks_table.all)
    return _put(project, "mark.person", [replace(before.get(name, Mark(name)), person=on, by=by) for name in frame_ids])


def mark_expert(project: Project, frame_id: str, on: bool, by: str) -> Changes:
    """Somebody who knows the parts better shall look at this frame, or need not."""
    before = project.read(lambda db: marks_table.get(db, frame_id))
    return _put(project, "mark.expert", [replace(before, expert=on, by=by)])


def _put(project: Project, act: str, marks: Sequence[Mark]) -> Changes:
    said = [marks_table.row(one) for one in marks if one.person or one.expert]
    blank = [marks_table.key(one.frame_id) for one in marks if not (one.person or one.expert)]
    return project.edit(act, puts=said, deletes=blank)
