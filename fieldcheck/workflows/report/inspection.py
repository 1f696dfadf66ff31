"""Escape and false-reject rates of a project's labelled frames, for models that name one class a frame and know which of them are OK."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fieldcheck.domain.inspection import EscapeRates
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.inspection import compute_escape_rates
from fieldcheck.scoring.plant import compute_plant_consequences
from fieldcheck.workflows.models.judge_answers import ClassJudgement
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.project.ok_classes import get_ok_classes
from fieldcheck.workflows.project.plant_figures import get_plant_figures
from fieldcheck.workflows.report.two_sides import load_field_side


def load_escape_rates(project: Project) -> EscapeRates | None:
    """None where no class is OK, nothing is drawn, or the model gives something else than one class a frame."""
    models = project.read(models_table.list_models)
    names, told = get_ok_classes(project)
    if not models or not names:
        return None
    card, side = get_card(models[-1]), load_field_side(project, models[-1])
    weight = side.scores.weight[side.at]
    counted = weight > 0
    if not isinstance(side.judgement, ClassJudgement) or not counted.any():
        return None
    ok = np.array([index for index, name in enumerate(card.classes) if name in names])
    found = compute_escape_rates(
        ~np.isin(side.judgement.truth[counted], ok),
        ~np.isin(side.judgement.predicted[counted], ok),
        weight[counted],
        side.sample.clip[side.at][counted],
        names,
        told,
    )
    return replace(found, plant=compute_plant_consequences(found, get_plant_figures(project)))
