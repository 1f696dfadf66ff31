"""Retrain advice of a project: what its releases, the confidence of classes that operators flagged, and its failure modes say."""

from __future__ import annotations

import numpy as np

from fieldcheck.domain.answer_kind import ONE_CLASS
from fieldcheck.domain.items import benchmark_path
from fieldcheck.domain.run import StoredModel
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import second_looks as second_looks_table
from fieldcheck.project.tables import tags as tags_table
from fieldcheck.scoring.decision_thresholds import Floats
from fieldcheck.scoring.retrain import RetrainAdvice, retrain_advice
from fieldcheck.workflows.models.judge_answers import named_classes, top_class
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.report import failure_modes, releases
from fieldcheck.workflows.report.two_sides import FieldSide, field_side


def facts_of(project: Project) -> RetrainAdvice | None:
    """None where nothing of the draw was labelled and run."""
    model = project.read(models_table.newest)
    modes = failure_modes.facts_of(project)
    if model is None or modes is None:
        return None
    over_time = releases.facts_of(project)
    drop = (over_time.steps[-1].after, over_time.steps[-1].change) if over_time else None
    return retrain_advice(drop, _flagged(project, model, field_side(project, model)), modes)


def _flagged(project: Project, model: StoredModel, side: FieldSide) -> list[tuple[str, Floats]]:
    """Classes of which a person flagged an error: its frame carries a tag, or a label review found the model wrong. Each with the
    confidences of the answers that name it, over all that was run."""
    card = card_of(model)
    if card.answers is not ONE_CLASS or side.judgement is None:
        return []
    wrong = {side.picks[k].frame_id for k in side.at[~side.judgement.right].tolist()}
    told = set(project.read(tags_table.all))
    told |= {look.subject for look in project.read(second_looks_table.all).values() if look.answer == "model_wrong"}
    seen = [side.labels[name].class_name for name in sorted(wrong & told) if not benchmark_path(name)]
    names = [name for name in dict.fromkeys(seen) if name in card.classes]
    given = [side.answers[line.frame.frame_id].answer for line in side.listing if line.frame.frame_id in side.answers]
    called = [(named_classes(answer, card), top_class(answer)[1]) for answer in given]
    return [(name, np.array([sure for said, sure in called if name in said], np.float64)) for name in names]
