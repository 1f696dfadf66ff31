"""Per-class thresholds of a project's newest model under the field's class mix."""

from __future__ import annotations

from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.deciding import PRECISION, Thresholds, thresholds
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.report.judged_classes import class_benchmark, class_field


def facts_of(project: Project, precision: float = PRECISION) -> Thresholds | None:
    """None where no labelled frame of the draw was answered with one class. `precision`: the least a class shall have."""
    model = project.read(models_table.newest)
    found = class_field(project, model) if model else None
    if model is None or found is None:
        return None
    field = found[1]
    return thresholds(card_of(model).classes, field, class_benchmark(project, model, field), precision)
