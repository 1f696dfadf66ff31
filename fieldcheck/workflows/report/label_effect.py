"""Label noise of a project and what it can make of the field score, from blind repeats (methods 9)."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label_effect import LabelEffect
from fieldcheck.domain.repeat import RepeatKind
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.agreement import correct_for_label_noise, get_worst_case
from fieldcheck.workflows.label.classes import get_label_kind, get_project_task, list_project_classes
from fieldcheck.workflows.label.repeat_labels import measure_trust
from fieldcheck.workflows.report.two_sides import load_field_side


def compute_label_effect(project: Project) -> LabelEffect | None:
    """By repeats of another person where there are any, else by those of the same; None without repeats or a field score."""
    found = measure_trust(project)
    agreed = found.other or found.same
    scores = load_field_side(project, project.read(models_table.get_newest_model)).scores
    score = scores.camera if scores.camera.measured else scores.footage
    if agreed is None or not agreed.error.measured or not score.measured:
        return None
    error, single = agreed.error.value, get_label_kind(get_project_task(project)) == "class"
    alone = (
        correct_for_label_noise(score, error, max(2, len(list_project_classes(project))))
        if single
        else Estimate.not_measured("not_single", score.n)
    )
    how: RepeatKind = "other" if found.other is not None else "same"
    return LabelEffect(how, agreed.n, agreed.error, score, get_worst_case(score, error), alone, 1 - error)
