"""Suggestion of a model for a frame, shown on purpose only: whoever labels in sight of it does not label blind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.box import Box
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.errors import FrameNotPicked, NoModel, PathMissing
from fieldcheck.files import inside
from fieldcheck.measure.answers import SCORE
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.saved_frames import saved_pixels
from fieldcheck.workflows.models.judge_answers import boxes_of, called_class, shown_boxes
from fieldcheck.workflows.models.models import card_of, model_file
from fieldcheck.workflows.models.run_model import PictureChunk, answer_pictures


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


def models_to_ask(project: Project) -> tuple[str, ...]:
    """The names of the models that can suggest, the one that is measured first: labels then follow the model under test."""
    return tuple(model.name for model in reversed(project.read(models_table.all)))


def suggestion(project: Project, frame_id: str, model: str) -> Suggestion:
    """That model's answer to a pick, computed now and stored nowhere. Raises FrameNotPicked, FrameChanged, NoModel, PathMissing,
    PictureUnreadable."""
    pick = project.read(lambda db: picks_table.get(db, frame_id))
    if pick is None or pick.taken_out:
        raise FrameNotPicked(frame_id)
    stored = next((one for one in project.read(models_table.all) if one.name == model), None)
    if stored is None:
        raise NoModel(project.path)
    if saved_pixels(project, pick) is None:
        raise PathMissing(inside(project.path, pick.file))
    chunk = PictureChunk(model_file(project, stored), ((frame_id, str(inside(project.path, pick.file))),))
    (answer,) = answer_pictures(chunk)
    card = card_of(stored)
    return TOLD[card.answers](answer, card, model)


def _boxes_told(answer: Prediction, card: Card, model: str) -> Suggestion:
    shown = shown_boxes(answer.answer, card)
    return Suggestion(answer.subject, model, "", float(shown[:, SCORE].min()) if len(shown) else 0.0, boxes_of(answer.answer, card))


def _class_told(answer: Prediction, card: Card, model: str) -> Suggestion:
    if not np.isfinite(answer.answer).any():
        return Suggestion(answer.subject, model, "", 0.0, ())
    best, confidence = called_class(answer.answer, card.levels)
    return Suggestion(answer.subject, model, card.classes[best], confidence, (), confidence < (card.output.abstain or 0.0))


TOLD = ByKind(one_class=_class_told, several_classes=_class_told, boxes=_boxes_told, class_map=_class_told)
