"""Retrain advice of a project: what its releases, the confidence of classes that operators flagged, and its failure modes say."""

from __future__ import annotations

import numpy as np

from fieldcheck.domain.answer_kind import ONE_CLASS
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.run import StoredModel
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import second_looks as second_looks_table
from fieldcheck.project.tables import tags as tags_table
from fieldcheck.scoring.decision_thresholds import Floats
from fieldcheck.scoring.retrain import RetrainAdvice, make_retrain_advice
from fieldcheck.workflows.models.judge_answers import get_named_classes, get_top_class
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report import failure_modes, releases
from fieldcheck.workflows.report.two_sides import FieldSide, load_field_side


def compute_retrain_advice(project: Project) -> RetrainAdvice | None:
    """None where nothing of the draw was labelled and run."""
    model = project.read(models_table.get_newest_model)
    modes = failure_modes.compute_failure_modes(project)
    if model is None or modes is None:
        return None
    over_time = releases.compute_releases(project)
    drop = (over_time.steps[-1].after, over_time.steps[-1].change) if over_time else None
    return make_retrain_advice(drop, _list_flagged_classes(project, model, load_field_side(project, model)), modes)


def _list_flagged_classes(project: Project, model: StoredModel, side: FieldSide) -> list[tuple[str, Floats]]:
    """Classes of which a person flagged an error: its frame carries a tag, or a label review found the model wrong. Each with the
    confidences of the answers that name it, over all that was run."""
    card = get_card(model)
    if card.answers is not ONE_CLASS or side.judgement is None:
        return []
    wrong = {side.picks[k].frame_id for k in side.at[~side.judgement.right].tolist()}
    told = set(project.read(tags_table.list_tags))
    told |= {look.subject for look in project.read(second_looks_table.list_label_reviews).values() if look.answer == "model_wrong"}
    seen = [side.labels[name].class_name for name in sorted(wrong & told) if not get_benchmark_path(name)]
    names = [name for name in dict.fromkeys(seen) if name in card.classes]
    given = [side.answers[line.frame.frame_id].answer for line in side.listing if line.frame.frame_id in side.answers]
    called = [(get_named_classes(answer, card), get_top_class(answer)[1]) for answer in given]
    return [(name, np.array([sure for said, sure in called if name in said], np.float64)) for name in names]
