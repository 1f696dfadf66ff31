"""Releases of a project: its models that answered the labelled frames, compared on those that all of them answered."""

from __future__ import annotations

import numpy as np

from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.releases import Releases, compare_releases
from fieldcheck.workflows.models.judge_answers import ClassJudgement
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report.two_sides import FieldSide, load_field_side

MOST = 8  # releases; the newest ones


def compute_releases(project: Project) -> Releases | None:
    """None with fewer than two models that answered the same labelled frames of the draw."""
    models = project.read(models_table.list_models)[-MOST:]
    judged = [(model, side) for model in models if (side := load_field_side(project, model)).judgement is not None]
    if len(judged) < 2:
        return None
    newest = judged[-1][1]
    rows = [_get_correct_by_frame(side) for _, side in judged]
    weight = newest.scores.weight[newest.at]
    names = [newest.picks[k].frame_id for k in newest.at.tolist()]
    common = np.array([w > 0 and all(name in row for row in rows) for name, w in zip(names, weight.tolist(), strict=True)], np.bool_)
    if not common.any():
        return None
    kept = [name for name, here in zip(names, common.tolist(), strict=True) if here]
    judgement = newest.judgement
    truth = judgement.truth[common] if isinstance(judgement, ClassJudgement) else np.full(len(kept), -1, np.int64)
    return compare_releases(
        [(model.name, model.added) for model, _ in judged],
        np.array([[row[name] for name in kept] for row in rows], np.bool_),
        weight[common],
        np.asarray(newest.sample.clip[newest.at][common], np.str_),
        truth,
        get_card(judged[-1][0]).classes,
    )


def _get_correct_by_frame(side: FieldSide) -> dict[str, bool]:
    return {side.picks[k].frame_id: bool(side.sample.right[k]) for k in side.at.tolist()}
