"""Tags and saved slices: what a person wants to find again, each an act that can be undone."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.filter import Filter, SavedSlice
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import saved_slices as slices_table
from fieldcheck.project.tables import tags as tags_table


def set_tags(project: Project, subjects: Sequence[str], add: Sequence[str] = (), take: Sequence[str] = ()) -> Changes:
    """Puts tags on frames and benchmark pictures and takes others off, as one act."""
    now = project.read(tags_table.all)
    puts, deletes = [], []
    for subject in subjects:
        names = (set(now.get(subject, ())) | {name.strip() for name in add if name.strip()}) - set(take)
        if names:
            puts.append(tags_table.row(subject, names))
        else:
            deletes.append(tags_table.key(subject))
    return project.edit("tag.set", puts=puts, deletes=deletes)


def save_slice(project: Project, name: str, wanted: Filter) -> Changes:
    """Saves a filter under a name, in place of an older one of that name. Raises ValueError for a name of nothing."""
    return project.edit("slice.save", puts=[slices_table.row(SavedSlice(name.strip(), wanted))])


def delete_slice(project: Project, name: str) -> Changes:
    """Takes a saved slice away; its frames stay."""
    return project.edit("slice.delete", deletes=[slices_table.key(name)])
