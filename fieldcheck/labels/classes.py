"""Classes that the project's frames can be labelled with, and which of them mean a good part."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.prediction import Labels, Task, get_answer_kind
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.report import guess_ok_classes
from fieldcheck.errors.labels import ClassUnknown
from fieldcheck.models.store import get_card, get_label_classes
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import values as settings_table


def list_project_classes(project: Project) -> tuple[str, ...]:
    """The first model's classes in their order; without a model those of `new --classes`, then
    those of the benchmark. A background that a detector's list names is nothing that a box could be
    drawn around.

    The first model decides so that labels keep their meaning when a later model is added.
    """
    models = project.read(models_table.list_models)
    if models:
        return get_label_classes(get_card(models[0]))
    classes = project.read(lambda db: settings_table.get_setting(db, "classes"))
    if classes:
        return tuple(classes)
    benchmark = project.read(models_table.get_benchmark)
    return benchmark.classes if benchmark else ()


def get_project_task(project: Project) -> Task:
    """Task of the model, else what the benchmark holds: `classification` or `detection`."""
    models = project.read(models_table.list_models)
    if models:
        return get_card(models[0]).task
    benchmark = project.read(models_table.get_benchmark)
    boxes = benchmark is not None and any(item.boxes for item in benchmark.items)
    return "detection" if boxes else "classification"


def get_label_kind(task: str) -> Labels:
    """Kind of label that a person gives a frame: a `class`, `boxes`, `points` where the model
    answers with masks (ux 3.5), or `none`."""
    return get_answer_kind(task).labels


# OK classes: the classes that mean a good part, set by a person or proposed from their names.

KEY = "ok_classes"


def get_ok_classes(project: Project) -> tuple[tuple[str, ...], bool]:
    """The OK classes, and whether somebody said so; else those that the names propose, which may be
    none."""
    value, classes = (
        project.read(settings_table.list_settings).get(KEY),
        list_project_classes(project),
    )
    if isinstance(value, list):
        return tuple(name for name in classes if name in value), True
    return guess_ok_classes(classes), False


def set_ok_classes(project: Project, names: Sequence[str]) -> Changes:
    """These classes are OK from now on, as one undoable act. Raises ClassUnknown for a name that
    the project does not have."""
    known = list_project_classes(project)
    for name in names:
        if name not in known:
            raise ClassUnknown(name, known)
    return project.edit(
        "limits.set",
        puts=[settings_table.make_setting_row(KEY, [name for name in known if name in names])],
    )
