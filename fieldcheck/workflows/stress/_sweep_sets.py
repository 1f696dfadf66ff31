"""The labelled frames that a sweep is scored on: how answers to them are judged, and how their drop is measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import On, StoredModel
from fieldcheck.measure.cluster import change_by_clip
from fieldcheck.measure.interval import wilson
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.scoring.field import FieldScores, field_scores
from fieldcheck.scoring.paired import paired
from fieldcheck.workflows.models.judge_answers import judge_labels
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.report.two_sides import FieldSide, benchmark_side, counted_classes, field_side
from fieldcheck.workflows.stress._sweep_plan import drawn

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SweepSet:
    """Labelled frames with the clean answers to them and the weight of each.

    `right(answers)`: (n,) bool of an answer for each frame. `score(right, there)`: the set's score over the frames that are answered,
    as its side of the gap has it. `drop(before, after, there)`: what was lost on these very frames.
    """

    on: On
    subjects: tuple[str, ...]
    clean: tuple[Prediction, ...]
    weight: Floats
    right: Callable[[Sequence[Prediction]], Bools]
    score: Callable[[Bools, Bools], Estimate]
    drop: Callable[[Bools, Bools, Bools], Estimate]


def sweep_set(project: Project, model: StoredModel, on: On, seed: int) -> SweepSet | None:
    """The benchmark's draw or the labelled picks with the clean answers to them; None where the model has answered none."""
    return _benchmark_set(project, model, seed) if on == "benchmark" else _field_set(project, model)


def _benchmark_set(project: Project, model: StoredModel, seed: int) -> SweepSet | None:
    side, card, benchmark = benchmark_side(project, model), card_of(model), project.read(benchmarks_table.get)
    if side is None or benchmark is None:
        return None
    items = tuple(item for item in drawn(benchmark, card, seed) if item.path in side.answers)
    counted = counted_classes(card, benchmark)

    def right(answers: Sequence[Prediction]) -> Bools:
        return judge_labels(card, counted, items, answers).right

    return SweepSet(
        "benchmark",
        tuple(item.path for item in items),
        tuple(side.answers[item.path] for item in items),
        np.ones(len(items)),
        right,
        lambda who, there: wilson(int(who[there].sum()), int(there.sum())),
        lambda before, after, there: paired(after[there], before[there]).change,
    )


def _field_set(project: Project, model: StoredModel) -> SweepSet | None:
    side = field_side(project, model)
    card = card_of(model)
    counted = counted_classes(card, project.read(benchmarks_table.get))
    weighed = side.scores.weight[side.at] > 0
    at = side.at[weighed] if weighed.any() else side.at  # hand-picked frames weigh nothing and stand for themselves
    if not at.size:
        return None
    labels = [side.labels[side.picks[place].frame_id] for place in at.tolist()]
    weight = side.scores.weight[at] if weighed.any() else np.ones(at.size)

    def right(answers: Sequence[Prediction]) -> Bools:
        return judge_labels(card, counted, labels, answers).right

    return SweepSet(
        "field",
        tuple(label.frame_id for label in labels),
        tuple(side.answers[label.frame_id] for label in labels),
        weight,
        right,
        lambda who, there: _as_headline(_scores(side, at, who, there)),
        lambda before, after, there: _field_drop(side, at, weight, before, after, there),
    )


def _scores(side: FieldSide, at: NDArray[np.int64], right: Bools, there: Bools) -> FieldScores:
    """The field's scores had the model answered so; frames that it has not answered yet wait, as they do in the headline."""
    every, state = np.zeros(len(side.picks), dtype=np.bool_), side.sample.state.copy()
    every[at] = right
    state[at[~there]] = ""
    return field_scores(replace(side.sample, right=every, state=state))


def _as_headline(scores: FieldScores) -> Estimate:
    if scores.chosen is not None and not scores.footage.measured:
        return scores.chosen
    return scores.camera if scores.camera.measured else scores.footage


def _field_drop(side: FieldSide, at: NDArray[np.int64], weight: Floats, before: Bools, after: Bools, there: Bools) -> Estimate:
    """By clips where the headline is, else by strata (methods 6.4)."""
    lost = before[there].astype(np.float64) - after[there]
    by_camera = change_by_clip(lost, weight[there], side.sample.clip[at][there])
    if by_camera.measured and side.scores.camera.measured:
        return by_camera
    stratum, counted = side.sample.stratum[at][there], {one.name: one.counted for one in side.scores.strata}
    if set(stratum.tolist()) <= set(counted):
        return paired(after[there], before[there], stratum, counted).change
    return paired(after[there], before[there]).change
