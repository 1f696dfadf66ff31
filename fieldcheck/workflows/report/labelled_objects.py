"""Labelled frames or objects of the field, each with its class and whether the model got it wrong: what tables of classes count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.run import StoredModel
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.detections import list_labelled_objects
from fieldcheck.workflows.models.judge_answers import BoxJudgement, ClassJudgement
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report.two_sides import FieldSide, load_field_side


@dataclass(frozen=True, slots=True)
class LabelledObjects:
    """Labelled frames of the draw (boxes: their objects), (m,) each: class index, wrong (boxes: missed at the deployed threshold), and the
    weight of the draw, and clip. `names`: classes by index."""

    truth: NDArray[np.int64]
    wrong: NDArray[np.bool_]
    weight: NDArray[np.float64]
    clip: NDArray[np.str_]
    names: tuple[str, ...]


def load_newest_side(project: Project) -> tuple[StoredModel, FieldSide] | None:
    """The newest model with its field side; None without a model."""
    model = project.read(models_table.get_newest_model)
    return None if model is None else (model, load_field_side(project, model))


def load_labelled_objects(project: Project) -> LabelledObjects | None:
    """None without a model, for answers without a class a frame or box, and while nothing of the draw was labelled and run."""
    found = load_newest_side(project)
    if found is None:
        return None
    model, side = found
    card, weight, judged = get_card(model), side.scores.weight[side.at], side.judgement
    if isinstance(judged, ClassJudgement):
        frame, truth, wrong = np.arange(side.at.size), judged.truth, ~judged.right
    elif isinstance(judged, BoxJudgement):
        frame, truth, wrong = list_labelled_objects(judged.truths, judged.answers, side.at.size, len(card.classes), card.output.threshold)
    else:
        return None
    counted = weight[frame] > 0
    clip = side.sample.clip[side.at][frame]
    return LabelledObjects(truth[counted], wrong[counted], weight[frame][counted], clip[counted], card.classes) if counted.any() else None
