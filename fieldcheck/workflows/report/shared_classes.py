"""Shared classes: the two sides of the gap judged over the classes that both have labels of (methods 2.0b)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.shared_classes import NamedCount, SharedClasses
from fieldcheck.measure.interval import estimate_wilson
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.detections import ThresholdOutcomes, estimate_precision_recall
from fieldcheck.scoring.field import UNSHARED, compute_field_scores
from fieldcheck.scoring.gap import compute_gap
from fieldcheck.workflows.models.judge_answers import BoxJudgement, ClassJudgement, Judgement, evaluate_boxes
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report.two_sides import (
    BOOTSTRAP_SEED,
    BenchmarkSide,
    FieldSide,
    compute_benchmark_score,
    get_scored_metric,
    load_benchmark_side,
    load_field_side,
)

NOTHING_SHARED = "no_shared_class"


@dataclass(frozen=True, slots=True)
class ComparedSides:
    """Both sides over every class, and over those they share. `there`, `here`: labels of each class in the benchmark and on the drawn
    frames, None where there is nothing to compare."""

    benchmark_all: BenchmarkSide | None
    field_all: FieldSide
    benchmark: BenchmarkSide | None
    field: FieldSide
    benchmark_counts: Counter[str] | None = None
    field_counts: Counter[str] | None = None


def load_compared_sides(project: Project, model: StoredModel | None) -> ComparedSides:
    """The sides as the gap compares them. Labelled frames of a class that the benchmark lacks leave the sample and shrink their stratum;
    benchmark pictures of a class that no drawn frame is labelled with leave the benchmark. Where no class is shared there is no
    benchmark score, and the field stands for itself."""
    field, benchmark = load_field_side(project, model), load_benchmark_side(project, model) if model else None
    drawn = [field.picks[at].frame_id for at in field.at.tolist() if field.scores.weight[at] > 0]
    if benchmark is None or model is None or not drawn or not isinstance(field.judgement, ClassJudgement | BoxJudgement):
        return ComparedSides(benchmark, field, benchmark, field)
    there = Counter(name for item in benchmark.benchmark.items for name in item.names)
    here = Counter(name for frame_id in drawn for name in field.labels[frame_id].names)
    if not (there and here):  # nothing but empty pictures on a side
        return ComparedSides(benchmark, field, benchmark, field)
    shared = frozenset(there) & frozenset(here)
    if not shared:
        none = Estimate.not_measured(NOTHING_SHARED)
        nothing = replace(benchmark, score=none, compared=none, of_every_class=benchmark.compared)
        return ComparedSides(benchmark, field, nothing, field, there, here)
    card = get_card(model)
    return ComparedSides(benchmark, field, _restrict_benchmark(benchmark, card, shared), _restrict_field(field, card, shared), there, here)


def compute_shared_classes(project: Project) -> SharedClasses | None:
    """Classes that each side lacks, and the scores without and with them; None before a benchmark run and a labelled frame of a draw."""
    model = project.read(models_table.get_newest_model)
    sides = load_compared_sides(project, model)
    benchmark, field, there, here = sides.benchmark_all, sides.field_all, sides.benchmark_counts, sides.field_counts
    if model is None or benchmark is None or sides.benchmark is None or there is None or here is None:
        return None
    card = get_card(model)
    every, shared = _score_all_images(benchmark), there.keys() & here.keys()
    return SharedClasses(
        tuple(name for name in dict.fromkeys((*card.classes, *sorted(there))) if name in shared),
        _count_by_name(there, there.keys() - shared),
        _count_by_name(here, here.keys() - shared),
        _count_by_name(there, there.keys() - set(card.classes)),
        sides.benchmark.score,
        every,
        sides.field.scores.footage,
        field.scores.footage,
        compute_gap(sides.benchmark.score, sides.field.scores.footage, sides.field.scores.camera).estimate,
        compute_gap(every, field.scores.footage, field.scores.camera).estimate,
        *_compute_recalls(benchmark, field, card),
    )


def _count_by_name(labels: Counter[str], names: Iterable[str]) -> tuple[NamedCount, ...]:
    return tuple(NamedCount(name, labels[name]) for name in sorted(names))


def _score_all_images(side: BenchmarkSide) -> Estimate:
    """Of every picture; those of a class that the model lacks cannot be right. A spot check draws among the others only."""
    known = {item.path for item in side.items}
    lost = 0 if side.spot else sum(item.path not in known for item in side.benchmark.items)
    return estimate_wilson(int(side.judgement.right.sum()), len(side.items) + lost)


def _restrict_benchmark(side: BenchmarkSide, card: Card, shared: frozenset[str]) -> BenchmarkSide:
    found = side.judgement
    if isinstance(found, ClassJudgement):
        kept = np.array([item.class_name in shared for item in side.items], dtype=np.bool_)
        judgement: Judgement = ClassJudgement(found.truth[kept], found.predicted[kept], found.confidence[kept], found.right[kept])
        side = replace(side, items=tuple(item for item in side.items if item.class_name in shared))
    else:
        judgement = evaluate_boxes(card, shared, [item.boxes for item in side.items], [side.answers[item.path] for item in side.items])
    score = estimate_wilson(int(judgement.right.sum()), len(side.items))
    over = replace(side, judgement=judgement, score=score, compared=score, of_every_class=side.compared)
    return over if side.metric == get_scored_metric(card) else replace(over, compared=compute_benchmark_score(over, card))


def _restrict_field(side: FieldSide, card: Card, shared: frozenset[str]) -> FieldSide:
    names = [side.picks[at].frame_id for at in side.at.tolist()]
    if isinstance(side.judgement, ClassJudgement):
        state = side.sample.state.astype(object)
        gone = [at for at, name in zip(side.at.tolist(), names, strict=True) if side.labels[name].class_name not in shared]
        state[[at for at in gone if side.scores.weight[at] > 0]] = UNSHARED
        sample = replace(side.sample, state=state.astype(np.str_))
        return replace(side, sample=sample, scores=compute_field_scores(sample))
    judgement = evaluate_boxes(card, shared, [side.labels[name].boxes for name in names], [side.answers[name] for name in names])
    right = side.sample.right.copy()
    right[side.at] = judgement.right
    sample = replace(side.sample, right=right)
    return replace(side, judgement=judgement, sample=sample, scores=compute_field_scores(sample))


def _compute_recalls(benchmark: BenchmarkSide, field: FieldSide, card: Card) -> tuple[Estimate | None, Estimate | None]:
    """Of a detector on each side, over all labelled objects."""
    if not isinstance(field.judgement, BoxJudgement):
        return None, None
    every = frozenset(card.classes)
    items = benchmark.items
    there = evaluate_boxes(card, every, [item.boxes for item in items], [benchmark.answers[item.path] for item in items]).found
    lost = np.array([_count_unknown([box.class_name for box in item.boxes if not box.crowd], every) for item in items], np.int64)
    names = [field.picks[at].frame_id for at in field.at.tolist()]
    here = evaluate_boxes(card, every, [field.labels[name].boxes for name in names], [field.answers[name] for name in names]).found
    whole = replace(there, truths=there.truths + lost)
    weight, strata = field.scores.weight[field.at], field.sample.stratum[field.at]
    return _compute_recall(whole, np.ones(len(items)), np.zeros(len(items))), _compute_recall(here, weight, strata)


def _count_unknown(names: Collection[str], known: frozenset[str]) -> int:
    return sum(name not in known for name in names)


def _compute_recall(found: ThresholdOutcomes, weight: NDArray[np.float64], strata: NDArray[np.generic]) -> Estimate:
    return estimate_precision_recall(found, weight, strata, BOOTSTRAP_SEED)["recall"]
