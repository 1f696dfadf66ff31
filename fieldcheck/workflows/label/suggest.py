"""Suggestion of a model for a frame, shown on purpose only: whoever labels in sight of it does not label blind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.box import Box
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.errors import FrameNotPicked, NoModel, PathMissing
from fieldcheck.files import join_inside
from fieldcheck.measure.answers import SCORE
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.saved_frames import read_saved_pixels
from fieldcheck.workflows.models.judge_answers import get_called_class, get_shown_boxes, to_label_boxes
from fieldcheck.workflows.models.models import get_card, make_model_file
from fieldcheck.workflows.models.run_model import PictureChunk, predict_images


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`model` answered: `class_name` with `confidence` from 0 to 1, or `boxes`. Empty and no boxes: it gave no finite answer.
    `for_a_person`: so unsure that its card leaves the frame to a person."""

    frame_id: str
    model: str
    class_name: str
    confidence: float
    boxes: tuple[Box, ...]
    for_a_person: bool = False


def list_suggesting_models(project: Project) -> tuple[str, ...]:
    """The names of the models that can suggest, the one that is measured first: labels then follow the model under test."""
    return tuple(model.name for model in reversed(project.read(models_table.list_models)))


def suggest_label(project: Project, frame_id: str, model: str) -> Suggestion:
    """That model's answer to a pick, computed now and stored nowhere. Raises FrameNotPicked, FrameChanged, NoModel, PathMissing,
    PictureUnreadable."""
    pick = project.read(lambda db: picks_table.get_pick(db, frame_id))
    if pick is None or pick.taken_out:
        raise FrameNotPicked(frame_id)
    stored = next((one for one in project.read(models_table.list_models) if one.name == model), None)
    if stored is None:
        raise NoModel(project.path)
    if read_saved_pixels(project, pick) is None:
        raise PathMissing(join_inside(project.path, pick.file))
    chunk = PictureChunk(make_model_file(project, stored), ((frame_id, str(join_inside(project.path, pick.file))),))
    (answer,) = predict_images(chunk)
    card = get_card(stored)
    return TOLD[card.answers](answer, card, model)


def _suggest_boxes(answer: Prediction, card: Card, model: str) -> Suggestion:
    shown = get_shown_boxes(answer.answer, card)
    return Suggestion(answer.subject, model, "", float(shown[:, SCORE].min()) if len(shown) else 0.0, to_label_boxes(answer.answer, card))


def _suggest_class(answer: Prediction, card: Card, model: str) -> Suggestion:
    if not np.isfinite(answer.answer).any():
        return Suggestion(answer.subject, model, "", 0.0, ())
    best, confidence = get_called_class(answer.answer, card.class_thresholds)
    return Suggestion(answer.subject, model, card.classes[best], confidence, (), confidence < (card.output.abstain or 0.0))


TOLD = ByKind(one_class=_suggest_class, several_classes=_suggest_class, boxes=_suggest_boxes, class_map=_suggest_class)
