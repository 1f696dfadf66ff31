"""Abstention of a project's newest model: which share of the frames goes to a person, and what the errors of the others are then."""

from __future__ import annotations

import numpy as np

from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.decision_thresholds import SHARE, Abstention, measure_abstention
from fieldcheck.workflows.report.labelled_probabilities import load_field_classes


def compute_abstention(project: Project, share: float = SHARE) -> Abstention | None:
    """None where no one class a frame is named, and where the clips make no two halves of twenty labelled frames."""
    model = project.read(models_table.get_newest_model)
    found = load_field_classes(project, model) if model else None
    if found is None:
        return None
    field = found[1]
    own = np.take_along_axis(field.p, np.maximum(field.predicted, 0)[:, None], axis=1)[:, 0]
    confidence = np.where(field.predicted >= 0, own, np.nan)
    return measure_abstention(confidence, field.predicted != field.truth, field.weight, field.clip, share)
