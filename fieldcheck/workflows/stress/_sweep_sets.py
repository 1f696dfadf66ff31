"""The labelled frames that a sweep is scored on: how answers to them are judged, and how their drop is measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import On, StoredModel
from fieldcheck.measure.cluster import estimate_change_by_clip
from fieldcheck.measure.interval import estimate_wilson
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.scoring.field import FieldScores, compute_field_scores
from fieldcheck.scoring.paired import compare_paired
from fieldcheck.workflows.models.judge_answers import evaluate_labels
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report.two_sides import FieldSide, get_counted_classes, load_benchmark_side, load_field_side
from fieldcheck.workflows.stress._sweep_plan import draw_items

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
    is_right: Callable[[Sequence[Prediction]], Bools]
    score: Callable[[Bools, Bools], Estimate]
    drop: Callable[[Bools, Bools, Bools], Estimate]


def load_sweep_set(project: Project, model: StoredModel, on: On, seed: int) -> SweepSet | None:
    """The benchmark's draw or the labelled picks with the clean answers to them; None where the model has answered none."""
    return _load_benchmark_set(project, model, seed) if on == "benchmark" else _load_field_set(project, model)


def _load_benchmark_set(project: Project, model: StoredModel, seed: int) -> SweepSet | None:
    side, card, benchmark = load_benchmark_side(project, model), get_card(model), project.read(benchmarks_table.get_benchmark)
    if side is None or benchmark is None:
        return None
    items = tuple(item for item in draw_items(benchmark, card, seed) if item.path in side.answers)
    counted = get_counted_classes(card, benchmark)

    def is_right(answers: Sequence[Prediction]) -> Bools:
        return evaluate_labels(card, counted, items, answers).right

    return SweepSet(
        "benchmark",
        tuple(item.path for item in items),
        tuple(side.answers[item.path] for item in items),
        np.ones(len(items)),
        is_right,
        lambda who, there: estimate_wilson(int(who[there].sum()), int(there.sum())),
        lambda before, after, there: compare_paired(after[there], before[there]).change,
    )


def _load_field_set(project: Project, model: StoredModel) -> SweepSet | None:
    side = load_field_side(project, model)
    card = get_card(model)
    counted = get_counted_classes(card, project.read(benchmarks_table.get_benchmark))
    weighed = side.scores.weight[side.at] > 0
    at = side.at[weighed] if weighed.any() else side.at  # hand-picked frames weigh nothing and stand for themselves
    if not at.size:
        return None
    labels = [side.labels[side.picks[place].frame_id] for place in at.tolist()]
    weight = side.scores.weight[at] if weighed.any() else np.ones(at.size)

    def is_right(answers: Sequence[Prediction]) -> Bools:
        return evaluate_labels(card, counted, labels, answers).right

    return SweepSet(
        "field",
        tuple(label.frame_id for label in labels),
        tuple(side.answers[label.frame_id] for label in labels),
        weight,
        is_right,
        lambda who, there: _get_headline(_compute_field_scores(side, at, who, there)),
        lambda before, after, there: _estimate_field_drop(side, at, weight, before, after, there),
    )


def _compute_field_scores(side: FieldSide, at: NDArray[np.int64], right: Bools, there: Bools) -> FieldScores:
    """The field's scores had the model answered so; frames that it has not answered yet wait, as they do in the headline."""
    every, state = np.zeros(len(side.picks), dtype=np.bool_), side.sample.state.copy()
    every[at] = right
    state[at[~there]] = ""
    return compute_field_scores(replace(side.sample, right=every, state=state))


def _get_headline(scores: FieldScores) -> Estimate:
    if scores.chosen is not None and not scores.footage.measured:
        return scores.chosen
    return scores.camera if scores.camera.measured else scores.footage


def _estimate_field_drop(side: FieldSide, at: NDArray[np.int64], weight: Floats, before: Bools, after: Bools, there: Bools) -> Estimate:
    """By clips where the headline is, else by strata (methods 6.4)."""
    lost = before[there].astype(np.float64) - after[there]
    by_camera = estimate_change_by_clip(lost, weight[there], side.sample.clip[at][there])
    if by_camera.measured and side.scores.camera.measured:
        return by_camera
    stratum, counted = side.sample.stratum[at][there], {one.name: one.counted for one in side.scores.strata}
    if set(stratum.tolist()) <= set(counted):
        return compare_paired(after[there], before[there], stratum, counted).change
    return compare_paired(after[there], before[there]).change
