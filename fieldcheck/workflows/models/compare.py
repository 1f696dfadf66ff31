"""Two models of a project on the same labelled frames: what one gets right and the other does not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import NothingLabelled
from fieldcheck.measure.cluster import change_by_clip
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.scoring.field import CHOSEN
from fieldcheck.scoring.paired import Paired, paired
from fieldcheck.workflows.label.exported import exported_frames
from fieldcheck.workflows.models.judging import NO_ANSWER, BoxJudgement, ClassJudgement, PointJudgement
from fieldcheck.workflows.models.models import card_of, find_model
from fieldcheck.workflows.models.run_model import run_on
from fieldcheck.workflows.report.two_sides import FieldSide, field_side, metric_of

Said = str | dict[str, int] | None


@dataclass(frozen=True, slots=True)
class Flip:
    """A frame that one model gets right and the other wrong. For a classifier `truth`, `a` and `b` are class names (None: no answer);
    for boxes and points `truth` counts those to find, `a` and `b` those found, missed and alarms that are false."""

    frame_id: str
    truth: Said
    a: Said
    b: Said
    right: str


@dataclass(frozen=True, slots=True)
class Compared:
    """`table.change` is b − a on this footage, `camera` the same for other clips of the camera ("na" below three clips). `exported`: frames
    that were given to training, and are no test of a model trained on them."""

    a: str
    b: str
    metric: str
    table: Paired
    camera: Estimate
    flips: tuple[Flip, ...]
    exported: int = 0


def compare(project: Project, name_a: str, name_b: str, progress: Progress, now: str) -> Compared:
    """Both models answer every picked frame that they have not answered yet; then the labelled frames are held against each other.

    Frames added after labels were seen do not count, as in the score. Raises ModelUnknown, NothingPicked, NothingLabelled,
    PictureUnreadable, Cancelled.
    """
    models = find_model(project, name_a), find_model(project, name_b)
    for model in models:
        run_on(project, model, "field", progress, now)
    sides = [field_side(project, model) for model in models]
    at = _counted(sides[0])
    if not at.size:
        raise NothingLabelled(project.path)
    rights = [side.sample.right[at] for side in sides]
    table, camera = _table(sides[0], at, rights[0], rights[1])
    flips = tuple(_flip(models, sides, int(place)) for place in at[rights[0] != rights[1]])
    exported = len(exported_frames(project) & {sides[0].picks[place].frame_id for place in at.tolist()})
    return Compared(models[0].name, models[1].name, metric_of(card_of(models[0])), table, camera, flips, exported)


def _counted(side: FieldSide) -> NDArray[np.int64]:
    """The labelled picks of the draw; where nothing was drawn, those that were chosen by hand."""
    weighs = side.at[side.scores.weight[side.at] > 0]
    return weighs if weighs.size else side.at[side.sample.stratum[side.at] == CHOSEN]


def _table(side: FieldSide, at: NDArray[np.int64], a: NDArray[np.bool_], b: NDArray[np.bool_]) -> tuple[Paired, Estimate]:
    weight = side.scores.weight[at]
    if not weight.any():
        plain = paired(a, b)
        return replace(plain, change=plain.change.weakened(CHOSEN)), Estimate.na(CHOSEN, plain.n)
    counted = {stratum.name: stratum.counted for stratum in side.scores.strata}
    table = paired(a, b, side.sample.stratum[at], counted)
    return table, change_by_clip(b.astype(np.int64) - a.astype(np.int64), weight, side.sample.clip[at])


def _flip(models: tuple[StoredModel, StoredModel], sides: list[FieldSide], place: int) -> Flip:
    """The pick at `place` in both models' words."""
    said = [_said(model, side, place) for model, side in zip(models, sides, strict=True)]
    label = sides[0].labels[sides[0].picks[place].frame_id]
    truth: Said = label.class_name or ({"points": len(label.points)} if label.points else {"boxes": len(label.boxes)})
    right = "a" if sides[0].sample.right[place] else "b"
    return Flip(sides[0].picks[place].frame_id, truth, said[0], said[1], right)


def _said(model: StoredModel, side: FieldSide, place: int) -> Said:
    k = int(np.flatnonzero(side.at == place)[0])
    if isinstance(side.judgement, ClassJudgement):
        best = int(side.judgement.predicted[k])
        return None if best == NO_ANSWER else card_of(model).classes[best]
    if isinstance(side.judgement, PointJudgement):
        hits = side.judgement.found
        return {"found": int(hits.hit[k]), "missed": int(hits.points[k] - hits.hit[k])}
    assert isinstance(side.judgement, BoxJudgement), "a labelled pick with an answer has been judged"
    found = side.judgement.found
    return {"found": int(found.right[k]), "missed": int(found.truths[k] - found.right[k]), "false_alarms": int(found.false[k])}
