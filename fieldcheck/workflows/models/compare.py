"""Two models of a project on the same labelled frames: what one gets right and the other does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import inf

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import NotComparable, NothingLabelled
from fieldcheck.measure.bootstrap import Statistic, by_clip, by_frame
from fieldcheck.measure.cluster import change_by_clip
from fieldcheck.measure.interval import bonett_price, wilson
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.scoring.detections import AtThreshold, at_threshold, of_area, precision_recall
from fieldcheck.scoring.field import CHOSEN
from fieldcheck.scoring.paired import Paired, paired
from fieldcheck.workflows.label.exported_for_training import exported_frames
from fieldcheck.workflows.models.benchmarks import metric_on
from fieldcheck.workflows.models.compared_metric import SEED, statistic_of
from fieldcheck.workflows.models.judge_answers import NO_ANSWER, BoxJudgement, ClassJudgement, PointJudgement
from fieldcheck.workflows.models.models import card_of, find_model
from fieldcheck.workflows.models.run_model import run_on
from fieldcheck.workflows.report.two_sides import FieldSide, field_side, metric_of

Said = str | dict[str, int] | None
SIZES = {"small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, inf)}
"""COCO's kinds of objects by the area of their box: from, to under, in square pixels of the frame."""


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
class SizeRecall:
    """Recall of the objects of one of `SIZES` at each model's threshold: `n` labelled ones, `a`, `b`, and `change` b − a; `camera` the same
    for other clips of the camera ("na" below eight)."""

    size: str
    n: int
    a: Estimate
    b: Estimate
    change: Estimate
    camera: Estimate


@dataclass(frozen=True, slots=True)
class Compared:
    """`scores`: each model's by `metric` on this footage. `table.change` is b − a, `camera` the same for other clips of the camera ("na"
    below three clips, and below eight where `metric` is no share of right frames). `exported`: frames that were given to training, and
    are no test of a model trained on them. `sizes`: of detectors, by size of object, as far as any was labelled."""

    a: str
    b: str
    metric: str
    scores: tuple[Estimate, Estimate]
    table: Paired
    camera: Estimate
    flips: tuple[Flip, ...]
    exported: int = 0
    sizes: tuple[SizeRecall, ...] = ()


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The frames that count: `at` (m,) places among the picks; `weight`, `stratum` and `clip` (n,) of every labelled pick, those that do
    not count with weight 0. `chosen`: they were chosen by hand, and speak for no other frame."""

    at: NDArray[np.int64]
    weight: NDArray[np.float64]
    stratum: NDArray[np.generic]
    clip: NDArray[np.generic]
    chosen: bool


def compare(project: Project, name_a: str, name_b: str, progress: Progress, now: str, metric: str = "") -> Compared:
    """Both models answer every picked frame that they have not answered yet; then the labelled frames are held against each other.

    `metric`: what the models are scored by, empty for the one that the score of the first is claimed in. Frames added after labels were
    seen do not count, as in the score. Raises ModelUnknown, NotComparable, NothingPicked, NothingLabelled, PictureUnreadable, Cancelled.
    """
    models = find_model(project, name_a), find_model(project, name_b)
    metric = metric or _claimed_in(project, models[0])
    _check_metric(models, metric)
    for model in models:
        run_on(project, model, "field", progress, now)
    sides = [field_side(project, model) for model in models]
    counted = _counted(sides[0])
    if not counted.at.size:
        raise NothingLabelled(project.path)
    rights = [side.sample.right[counted.at] for side in sides]
    table, camera = _table(sides[0], counted, rights[0], rights[1])
    scores = _share(sides[0], counted, rights[0]), _share(sides[1], counted, rights[1])
    if metric != metric_of(card_of(models[0])):
        before, after = (_statistic(model, side, metric) for model, side in zip(models, sides, strict=True))
        scores = _by_frame(before, counted, 0.0), _by_frame(after, counted, 0.0)
        change = _by_frame(lambda weights: after(weights) - before(weights), counted, -1.0)
        table, camera = replace(table, change=change), _by_clip(lambda weights: after(weights) - before(weights), counted)
    flips = tuple(_flip(models, sides, int(place)) for place in counted.at[rights[0] != rights[1]])
    exported = len(exported_frames(project) & {sides[0].picks[place].frame_id for place in counted.at.tolist()})
    sizes = tuple(_by_size(models, sides, counted))
    return Compared(models[0].name, models[1].name, metric, scores, table, camera, flips, exported, sizes)


def _by_size(models: tuple[StoredModel, StoredModel], sides: list[FieldSide], counted: _Weighed) -> Iterator[SizeRecall]:
    judged = [one.judgement for one in sides if isinstance(one.judgement, BoxJudgement)]
    if len(judged) < len(models):
        return
    for size, (least, below) in SIZES.items():
        found = []
        for model, one in zip(models, judged, strict=True):
            card, truths = card_of(model), of_area(one.truths, least, below)
            found.append(at_threshold(truths, one.answers, one.right.size, len(card.classes), card.output.threshold))
        objects = found[0].truths[counted.weight > 0]
        if objects.any():
            gain, frames = partial(_gain, found[0], found[1]), int((objects > 0).sum())
            a, b = (_beside_chance(_by_frame(partial(_recall, one), counted, 0.0), counted, partial(_of_frames, frames)) for one in found)
            change = _beside_chance(_by_frame(gain, counted, -1.0), counted, partial(_change_of_frames, frames))
            yield SizeRecall(size, int(objects.sum()), a, b, change, _by_clip(gain, counted))


def _beside_chance(found: Estimate, counted: _Weighed, exact: Callable[[float], Estimate]) -> Estimate:
    """Limits of `exact` where every resample is alike: that all of few frames agree says little of others."""
    if not found.measured or found.lo < found.hi:
        return found
    return exact(found.value).weakened(CHOSEN) if counted.chosen else exact(found.value)


def _of_frames(frames: int, value: float) -> Estimate:
    return wilson(round(value * frames), frames)


def _change_of_frames(frames: int, value: float) -> Estimate:
    k = round(abs(value) * frames)
    return bonett_price(*((k, 0) if value > 0 else (0, k)), frames)


def _recall(found: AtThreshold, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return precision_recall(found, weights)[1]


def _gain(a: AtThreshold, b: AtThreshold, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return _recall(b, weights) - _recall(a, weights)


def _claimed_in(project: Project, model: StoredModel) -> str:
    benchmark = project.read(benchmarks_table.get)
    return project.read(lambda db: metric_on(db, benchmark, model)) if benchmark else metric_of(card_of(model))


def _check_metric(models: tuple[StoredModel, StoredModel], metric: str) -> None:
    """Raises NotComparable where one of the two has no such score."""
    for model in models:
        answers = card_of(model).answers
        if metric not in (answers.metric, *answers.further):
            raise NotComparable("no_metric", f"{model.name}: {metric}")


def _counted(side: FieldSide) -> _Weighed:
    """The labelled picks of the draw; where nothing was drawn, those that were chosen by hand."""
    weight = side.scores.weight[side.at]
    chosen = not (weight > 0).any()
    if chosen:
        weight = (side.sample.stratum[side.at] == CHOSEN).astype(np.float64)
    return _Weighed(side.at[weight > 0], weight, side.sample.stratum[side.at], side.sample.clip[side.at], chosen)


def _table(side: FieldSide, counted: _Weighed, a: NDArray[np.bool_], b: NDArray[np.bool_]) -> tuple[Paired, Estimate]:
    if counted.chosen:
        plain = paired(a, b)
        return replace(plain, change=plain.change.weakened(CHOSEN)), Estimate.na(CHOSEN, plain.n)
    listed = {stratum.name: stratum.counted for stratum in side.scores.strata}
    table = paired(a, b, side.sample.stratum[counted.at], listed)
    weight = side.scores.weight[counted.at]
    return table, change_by_clip(b.astype(np.int64) - a.astype(np.int64), weight, side.sample.clip[counted.at])


def _share(side: FieldSide, counted: _Weighed, right: NDArray[np.bool_]) -> Estimate:
    """Share of right frames."""
    return wilson(int(right.sum()), right.size).weakened(CHOSEN) if counted.chosen else side.scores.footage


def _statistic(model: StoredModel, side: FieldSide, metric: str) -> Statistic:
    assert side.judgement is not None, "labelled picks with an answer have been judged"
    return statistic_of(side.judgement, len(card_of(model).classes), metric)


def _by_frame(statistic: Statistic, counted: _Weighed, least: float) -> Estimate:
    found = by_frame(statistic, counted.weight, counted.stratum, SEED, least=least)
    return found.weakened(CHOSEN) if counted.chosen and found.measured else found


def _by_clip(statistic: Statistic, counted: _Weighed) -> Estimate:
    n = int(counted.at.size)
    return Estimate.na(CHOSEN, n) if counted.chosen else by_clip(statistic, counted.weight, counted.clip, SEED, least=-1.0)


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
