"""Boxes and points while they are drawn: every stroke is an act of its own, kept and undoable before the frame is accepted."""

from __future__ import annotations

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.label import LabelDraft
from fieldcheck.errors import FrameNotPicked
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import drafts as drafts_table
from fieldcheck.project.tables import picks as picks_table

STROKES = ("draw", "move", "name", "delete", "copy", "flag", "snap", "suggest", "point")
"""What a stroke did, as the act is called: `draft.draw` …; undo says it in words."""


def keep_draft(project: Project, draft: LabelDraft, stroke: str) -> Changes:
    """Stores what stands on a frame after a stroke. One drag is one stroke. Raises FrameNotPicked."""
    if stroke not in STROKES:
        raise ValueError(f"no stroke is called {stroke}")
    pick = project.read(lambda db: picks_table.get(db, draft.frame_id))
    if pick is None or pick.taken_out:
        raise FrameNotPicked(draft.frame_id)
    return project.edit(f"draft.{stroke}", puts=[drafts_table.row(draft)])
