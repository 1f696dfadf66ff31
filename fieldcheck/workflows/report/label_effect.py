"""Label noise of a project and what it can make of the field score, from blind repeats (methods 9)."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label_effect import LabelEffect
from fieldcheck.domain.repeat import How
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.agreement import corrected, worst_case
from fieldcheck.workflows.label.classes import label_kind, project_classes, project_task
from fieldcheck.workflows.label.repeat_labels import trust
from fieldcheck.workflows.report.two_sides import field_side


def facts_of(project: Project) -> LabelEffect | None:
    """By repeats of another person where there are any, else by those of the same; None without repeats or a field score."""
    found = trust(project)
    agreed = found.other or found.same
    scores = field_side(project, project.read(models_table.newest)).scores
    score = scores.camera if scores.camera.measured else scores.footage
    if agreed is None or not agreed.error.measured or not score.measured:
        return None
    error, single = agreed.error.value, label_kind(project_task(project)) == "class"
    alone = corrected(score, error, max(2, len(project_classes(project)))) if single else Estimate.na("not_single", score.n)
    how: How = "other" if found.other is not None else "same"
    return LabelEffect(how, agreed.n, agreed.error, score, worst_case(score, error), alone, 1 - error)
