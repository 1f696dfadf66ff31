"""OK classes: which classes of a project mean that a part is good, said once or proposed from their names."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.inspection import guess_ok_classes
from fieldcheck.errors import ClassUnknown
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.label.classes import list_project_classes

KEY = "ok_classes"


def get_ok_classes(project: Project) -> tuple[tuple[str, ...], bool]:
    """The OK classes, and whether somebody said so; else those that the names propose, which may be none."""
    told, classes = project.read(settings_table.list_settings).get(KEY), list_project_classes(project)
    if isinstance(told, list):
        return tuple(name for name in classes if name in told), True
    return guess_ok_classes(classes), False


def set_ok_classes(project: Project, names: Sequence[str]) -> Changes:
    """These classes are OK from now on, as one undoable act. Raises ClassUnknown for a name that the project does not have."""
    known = list_project_classes(project)
    for name in names:
        if name not in known:
            raise ClassUnknown(name, known)
    return project.edit("limits.set", puts=[settings_table.make_setting_row(KEY, [name for name in known if name in names])])
