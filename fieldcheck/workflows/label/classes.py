"""Classes that the project's frames can be called by: the classes and the task of its model, or those it was made with."""

from __future__ import annotations

from fieldcheck.domain.answer_kind import Labels, Task, get_answer_kind
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.models.models import get_card, get_label_classes


def list_project_classes(project: Project) -> tuple[str, ...]:
    """The first model's classes in their order; without a model those of `new --classes`, then those of the benchmark. A background that a
    detector's list names is nothing that a box could be drawn around.

    The first model decides so that labels keep their meaning when a later model is added.
    """
    models = project.read(models_table.list_models)
    if models:
        return get_label_classes(get_card(models[0]))
    told = project.read(lambda db: settings_table.get_setting(db, "classes"))
    if told:
        return tuple(told)
    benchmark = project.read(benchmarks_table.get_benchmark)
    return benchmark.classes if benchmark else ()


def get_project_task(project: Project) -> Task:
    """Task of the model, else what the benchmark holds: `classification` or `detection`."""
    models = project.read(models_table.list_models)
    if models:
        return get_card(models[0]).task
    benchmark = project.read(benchmarks_table.get_benchmark)
    boxes = benchmark is not None and any(item.boxes for item in benchmark.items)
    return "detection" if boxes else "classification"


def get_label_kind(task: str) -> Labels:
    """Kind of label that a person gives a frame: a `class`, `boxes`, `points` where the model answers with masks (ux 3.5), or `none`."""
    return get_answer_kind(task).labels
