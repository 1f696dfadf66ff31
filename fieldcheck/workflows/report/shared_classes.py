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
from fieldcheck.measure.interval import wilson
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.detections import AtThreshold, resampled_at_threshold
from fieldcheck.scoring.field import UNSHARED, field_scores
from fieldcheck.scoring.gap import gap
from fieldcheck.workflows.models.judge_answers import BoxJudgement, ClassJudgement, Judgement, judge_boxes
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.report.two_sides import (
    BOOTSTRAP_SEED,
    BenchmarkSide,
    FieldSide,
    benchmark_compared,
    benchmark_side,
    field_side,
    metric_of,
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
    there: Counter[str] | None = None
    here: Counter[str] | None = None


def compared_sides(project: Project, model: StoredModel | None) -> ComparedSides:
    """The sides as the gap compares them. Labelled frames of a class that the benchmark lacks leave the sample and shrink their stratum;
    benchmark pictures of a class that no drawn frame is labelled with leave the benchmark. Where no class is shared there is no
    benchmark score, and the field stands for itself."""
    field, benchmark = field_side(project, model), benchmark_side(project, model) if model else None
    drawn = [field.picks[at].frame_id for at in field.at.tolist() if field.scores.weight[at] > 0]
    if benchmark is None or model is None or not drawn or not isinstance(field.judgement, ClassJudgement | BoxJudgement):
        return ComparedSides(benchmark, field, benchmark, field)
    there = Counter(name for item in benchmark.benchmark.items for name in item.names)
    here = Counter(name for frame_id in drawn for name in field.labels[frame_id].names)
    if not (there and here):  # nothing but empty pictures on a side
        return ComparedSides(benchmark, field, benchmark, field)
    shared = frozenset(there) & frozenset(here)
    if not shared:
        none = Estimate.na(NOTHING_SHARED)
        nothing = replace(benchmark, score=none, compared=none, of_every_class=benchmark.compared)
        return ComparedSides(benchmark, field, nothing, field, there, here)
    card = card_of(model)
    return ComparedSides(benchmark, field, _benchmark_over(benchmark, card, shared), _field_over(field, card, shared), there, here)


def facts_of(project: Project) -> SharedClasses | None:
    """Classes that each side lacks, and the scores without and with them; None before a benchmark run and a labelled frame of a draw."""
    model = project.read(models_table.newest)
    sides = compared_sides(project, model)
    benchmark, field, there, here = sides.benchmark_all, sides.field_all, sides.there, sides.here
    if model is None or benchmark is None or sides.benchmark is None or there is None or here is None:
        return None
    card = card_of(model)
    every, shared = _all_pictures(benchmark), there.keys() & here.keys()
    return SharedClasses(
        tuple(name for name in dict.fromkeys((*card.classes, *sorted(there))) if name in shared),
        _counted(there, there.keys() - shared),
        _counted(here, here.keys() - shared),
        _counted(there, there.keys() - set(card.classes)),
        sides.benchmark.score,
        every,
        sides.field.scores.footage,
        field.scores.footage,
        gap(sides.benchmark.score, sides.field.scores.footage, sides.field.scores.camera).estimate,
        gap(every, field.scores.footage, field.scores.camera).estimate,
        *_recalls(benchmark, field, card),
    )


def _counted(labels: Counter[str], names: Iterable[str]) -> tuple[NamedCount, ...]:
    return tuple(NamedCount(name, labels[name]) for name in sorted(names))


def _all_pictures(side: BenchmarkSide) -> Estimate:
    """Of every picture; those of a class that the model lacks cannot be right. A spot check draws among the others only."""
    known = {item.path for item in side.items}
    lost = 0 if side.spot else sum(item.path not in known for item in side.benchmark.items)
    return wilson(int(side.judgement.right.sum()), len(side.items) + lost)


def _benchmark_over(side: BenchmarkSide, card: Card, shared: frozenset[str]) -> BenchmarkSide:
    found = side.judgement
    if isinstance(found, ClassJudgement):
        kept = np.array([item.class_name in shared for item in side.items], dtype=np.bool_)
        judgement: Judgement = ClassJudgement(found.truth[kept], found.predicted[kept], found.confidence[kept], found.right[kept])
        side = replace(side, items=tuple(item for item in side.items if item.class_name in shared))
    else:
        judgement = judge_boxes(card, shared, [item.boxes for item in side.items], [side.answers[item.path] for item in side.items])
    score = wilson(int(judgement.right.sum()), len(side.items))
    over = replace(side, judgement=judgement, score=score, compared=score, of_every_class=side.compared)
    return over if side.metric == metric_of(card) else replace(over, compared=benchmark_compared(over, card))


def _field_over(side: FieldSide, card: Card, shared: frozenset[str]) -> FieldSide:
    names = [side.picks[at].frame_id for at in side.at.tolist()]
    if isinstance(side.judgement, ClassJudgement):
        state = side.sample.state.astype(object)
        gone = [at for at, name in zip(side.at.tolist(), names, strict=True) if side.labels[name].class_name not in shared]
        state[[at for at in gone if side.scores.weight[at] > 0]] = UNSHARED
        sample = replace(side.sample, state=state.astype(np.str_))
        return replace(side, sample=sample, scores=field_scores(sample))
    judgement = judge_boxes(card, shared, [side.labels[name].boxes for name in names], [side.answers[name] for name in names])
    right = side.sample.right.copy()
    right[side.at] = judgement.right
    sample = replace(side.sample, right=right)
    return replace(side, judgement=judgement, sample=sample, scores=field_scores(sample))


def _recalls(benchmark: BenchmarkSide, field: FieldSide, card: Card) -> tuple[Estimate | None, Estimate | None]:
    """Of a detector on each side, over all labelled objects."""
    if not isinstance(field.judgement, BoxJudgement):
        return None, None
    every = frozenset(card.classes)
    items = benchmark.items
    there = judge_boxes(card, every, [item.boxes for item in items], [benchmark.answers[item.path] for item in items]).found
    lost = np.array([_unknown([box.class_name for box in item.boxes if not box.crowd], every) for item in items], np.int64)
    names = [field.picks[at].frame_id for at in field.at.tolist()]
    here = judge_boxes(card, every, [field.labels[name].boxes for name in names], [field.answers[name] for name in names]).found
    whole = replace(there, truths=there.truths + lost)
    weight, strata = field.scores.weight[field.at], field.sample.stratum[field.at]
    return _recall(whole, np.ones(len(items)), np.zeros(len(items))), _recall(here, weight, strata)


def _unknown(names: Collection[str], known: frozenset[str]) -> int:
    return sum(name not in known for name in names)


def _recall(found: AtThreshold, weight: NDArray[np.float64], strata: NDArray[np.generic]) -> Estimate:
    return resampled_at_threshold(found, weight, strata, BOOTSTRAP_SEED)["recall"]
