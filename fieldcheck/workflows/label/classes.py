"""Classes that the project's frames can be called by: the classes and the task of its model, or those it was made with."""

from __future__ import annotations

from fieldcheck.domain.answer_kind import Labels, Task, answer_kind
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.models.models import card_of, classes_of_labels


def project_classes(project: Project) -> tuple[str, ...]:
    """The first model's classes in their order; without a model those of `new --classes`, then those of the benchmark. A background that a
    detector's list names is nothing that a box could be drawn around.

    The first model decides so that labels keep their meaning when a later model is added.
    """
    models = project.read(models_table.all)
    if models:
        return classes_of_labels(card_of(models[0]))
    told = project.read(lambda db: settings_table.get(db, "classes"))
    if told:
        return tuple(told)
    benchmark = project.read(benchmarks_table.get)
    return benchmark.classes if benchmark else ()


def project_task(project: Project) -> Task:
    """Task of the model, else what the benchmark holds: `classification` or `detection`."""
    models = project.read(models_table.all)
    if models:
        return card_of(models[0]).task
    benchmark = project.read(benchmarks_table.get)
    boxes = benchmark is not None and any(item.boxes for item in benchmark.items)
    return "detection" if boxes else "classification"


def label_kind(task: str) -> Labels:
    """Kind of label that a person gives a frame: a `class`, `boxes`, `points` where the model answers with masks (ux 3.5), or `none`."""
    return answer_kind(task).labels
