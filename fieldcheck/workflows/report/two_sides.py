"""The two sides of the gap: the benchmark's score and the field's, judged alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.benchmark import Benchmark, BenchmarkItem
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Label
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.pick import Draw, Pick
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.measure.interval import wilson
from fieldcheck.project.folder import Project
from fieldcheck.project.memoise import once
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.scoring.classes import resampled_scores
from fieldcheck.scoring.detections import coco_precision, outcomes, resampled_at_threshold, resampled_precision
from fieldcheck.scoring.field import FieldSample, FieldScores, field_scores
from fieldcheck.scoring.points import resampled_points
from fieldcheck.workflows.footage.sampling_list import SamplingLine, lines
from fieldcheck.workflows.footage.saved_frames import changed_among
from fieldcheck.workflows.models.benchmarks import claimed_of, metric_on
from fieldcheck.workflows.models.compared_metric import scored_by
from fieldcheck.workflows.models.judge_answers import BoxJudgement, ClassJudgement, Judgement, PointJudgement, judge_labels, known_items
from fieldcheck.workflows.models.models import card_of, run_of
from fieldcheck.workflows.models.run_model import benchmark_key, benchmark_root, picks_key
from fieldcheck.workflows.models.unreadable_pictures import none_readable

BOOTSTRAP_SEED = 0
SPOT = 200  # pictures of a spot check


@dataclass(frozen=True, slots=True)
class BenchmarkSide:
    """`benchmark` with what is claimed of this very model. The items that the model knows the class of and has answered, and their
    judgement. `spot`: only those of the spot check are answered, a draw of all of them. `metric`: what is claimed and compared, and
    `compared` the score by it, which is `score` itself where that is the task's own share of right pictures. `of_every_class`: what was
    claimed is held against it, where `compared` is over the classes that the field shares."""

    benchmark: Benchmark
    run_id: str
    items: tuple[BenchmarkItem, ...]
    answers: dict[str, Prediction]
    judgement: Judgement
    score: Estimate
    metric: str
    compared: Estimate
    spot: bool = False
    of_every_class: Estimate | None = None


@dataclass(frozen=True, slots=True)
class FieldSide:
    """The picks in list order with their lines, states and judgement. `at` are the places of the labelled ones among the picks.

    `answers` holds those of the run on the picks, named in `asked`, and where there is none that of the footage's run, which keeps no
    masks: held against points are the picks' own only. `changed`: picks whose saved frame is not what was stored; nothing of them counts.
    """

    run_id: str
    footage_run_id: str
    listing: tuple[SamplingLine, ...]
    draws: tuple[Draw, ...]
    picks: tuple[Pick, ...]
    lines: tuple[SamplingLine, ...]
    labels: dict[str, Label]
    answers: dict[str, Prediction]
    asked: frozenset[str]
    footage_answers: dict[str, Prediction]
    at: NDArray[np.int64]
    judgement: Judgement | None
    sample: FieldSample
    scores: FieldScores
    changed: tuple[str, ...] = ()


def metric_of(card: Card) -> str:
    """Metric that both sides are scored with: the share of right answers, of frames without a miss or a false alarm, or of frames whose
    points are all covered."""
    return card.answers.metric


def counted_classes(card: Card, benchmark: Benchmark | None) -> frozenset[str]:
    """The classes of a detector that both sides are asked about: those the benchmark labels, where there is one."""
    return frozenset(card.classes) & frozenset(benchmark.classes) if benchmark else frozenset(card.classes)


def benchmark_side(project: Project, model: StoredModel, instead: tuple[BenchmarkItem, ...] | None = None) -> BenchmarkSide | None:
    """None where the project names no benchmark, or neither all of it nor its spot check was run yet: pictures that a broken run happened
    to come to are no draw. `instead`: its items as they were corrected."""
    if instead is None:
        return once((project, benchmark_side, model), lambda: _benchmark_side(project, model, None))
    return _benchmark_side(project, model, instead)


def _benchmark_side(project: Project, model: StoredModel, instead: tuple[BenchmarkItem, ...] | None) -> BenchmarkSide | None:
    benchmark = project.read(benchmarks_table.get)
    if benchmark is None:
        return None
    run = run_of(model, "benchmark", benchmark_key(benchmark), len(benchmark.items), "")
    answers = project.read(lambda db: predictions_table.for_run(db, run.run_id))
    card = card_of(model)
    every = known_items(benchmark.items if instead is None else instead, card)
    items = _whole(project, benchmark, every, answers)
    spot = items is None
    if items is None:
        drawn = {item.path for item in spot_items(known_items(benchmark.items, card))}
        items = _whole(project, benchmark, tuple(item for item in every if item.path in drawn), answers)
    if not items:
        return None
    given = [answers[item.path] for item in items]
    judgement = judge_labels(card, counted_classes(card, benchmark), items, given)
    claimed, metric = project.read(lambda db: (claimed_of(db, benchmark, model), metric_on(db, benchmark, model)))
    score = wilson(int(judgement.right.sum()), len(items))
    side = BenchmarkSide(replace(benchmark, claimed=claimed), run.run_id, items, answers, judgement, score, metric, score, spot)
    return side if metric == metric_of(card) else replace(side, compared=benchmark_compared(side, card))


def benchmark_compared(side: BenchmarkSide, card: Card) -> Estimate:
    """The benchmark's score by the metric that is claimed; average precision is what the code makes of it that papers use."""
    one = np.zeros(len(side.items), np.int64)
    found, _ = scored_by(side.judgement, len(card.classes), side.metric, np.ones(len(side.items)), one, one)
    if isinstance(side.judgement, BoxJudgement) and side.metric in ("map", "map50"):
        precision = coco_precision(side.judgement.truths, side.judgement.answers, len(side.items), len(card.classes))
        return _at(found, precision[side.metric])
    return found


def field_compared(side: FieldSide, card: Card, metric: str) -> tuple[Estimate, Estimate]:
    """The field's score by that metric: over this footage, weighted by the draw, and over the camera, by whole clips."""
    weight = side.scores.weight[side.at]
    if side.judgement is None or not (weight > 0).any():
        return Estimate.na("no_labels"), Estimate.na("no_labels")
    return scored_by(side.judgement, len(card.classes), metric, weight, side.sample.stratum[side.at], side.sample.clip[side.at])


def _whole(
    project: Project, benchmark: Benchmark, items: tuple[BenchmarkItem, ...], answers: Mapping[str, Prediction]
) -> tuple[BenchmarkItem, ...] | None:
    """The answered ones; None where one is missing that could have been answered. A picture that nobody can read is not waited for."""
    missing = [item.path for item in items if item.path not in answers]
    if missing:
        root = benchmark_root(project, benchmark)
        if not root.is_dir() or not none_readable(str(root / path) for path in missing):
            return None
    return tuple(item for item in items if item.path in answers)


def spot_items(items: tuple[BenchmarkItem, ...]) -> tuple[BenchmarkItem, ...]:
    """The 200 pictures that a claim is checked on first (methods 2.4c), always the same draw of the same benchmark."""
    if len(items) <= SPOT:
        return items
    chosen = np.random.default_rng(BOOTSTRAP_SEED).choice(len(items), SPOT, replace=False)
    return tuple(items[at] for at in sorted(chosen.tolist()))


def field_side(project: Project, model: StoredModel | None, instead: dict[str, Label] | None = None) -> FieldSide:
    """Field score from the picks and their labels so far; nothing labelled or nothing run gives scores that are "na". `instead`: the labels
    as they were corrected."""
    if instead is None:
        return once((project, field_side, model), lambda: _field_side(project, model, None))
    return _field_side(project, model, instead)


def _field_side(project: Project, model: StoredModel | None, instead: dict[str, Label] | None) -> FieldSide:
    listing, draws, picks, labels = project.read(_field_rows)
    labels = labels if instead is None else instead
    by_id = {line.frame.frame_id: line for line in listing}
    order = {frame_id: at for at, frame_id in enumerate(by_id)}
    picks = tuple(sorted((one for one in picks if one.frame_id in order), key=lambda one: order[one.frame_id]))
    placed = tuple(by_id[one.frame_id] for one in picks)
    run_id, footage_run_id, answers, footage = _answers(project, model, picks)
    changed = changed_among(project, (one for one in picks if not one.taken_out))
    state = [_state(one, labels) if one.frame_id not in changed else "" for one in picks]
    answered = answers if model and card_of(model).answers.keeps_masks else {**footage, **answers}
    at = np.array([k for k, one in enumerate(picks) if state[k] == "done" and one.frame_id in answered], dtype=np.int64)
    judgement = _judge(project, model, [picks[k] for k in at], labels, answered) if model and at.size else None
    right = np.zeros(len(picks), dtype=bool)
    if judgement is not None:
        right[at] = judgement.right
    # A labelled pick without an answer says nothing of the model yet: it waits, as an unlabelled one does.
    state = [said if said != "done" or picks[k].frame_id in answered else "" for k, said in enumerate(state)]
    listed = {stratum.name: stratum.listed for draw in draws for stratum in draw.strata}
    sample = FieldSample.of([one.stratum for one in picks], state, right, [line.clip.clip_id for line in placed], listed)
    return FieldSide(
        run_id, footage_run_id, listing, draws, picks, placed, labels, answered, frozenset(answers), footage, at, judgement, sample,
        field_scores(sample), tuple(one.frame_id for one in picks if one.frame_id in changed),
    )  # fmt: skip


def benchmark_metrics(side: BenchmarkSide, card: Card) -> dict[str, Estimate]:
    """The scores beside the headline, with bootstrap limits. A detector's average precision, which people hold against papers, is what the
    code that those use makes of it; it equals the middle of its limits."""
    n = len(side.items)
    found = _metrics(side.judgement, card, np.ones(n), np.zeros(n, dtype=np.int64))
    if not isinstance(side.judgement, BoxJudgement):
        return found
    precision = coco_precision(side.judgement.truths, side.judgement.answers, n, len(card.classes))
    return found | {name: _at(found[name], value) for name, value in precision.items()}


def field_metrics(side: FieldSide, card: Card) -> dict[str, Estimate]:
    """Metrics in the field, weighted by the draw and resampled within its strata."""
    weight = side.scores.weight[side.at]
    if side.judgement is None or not (weight > 0).any():
        return {}
    strata = side.sample.stratum[side.at]
    return _metrics(side.judgement, card, weight, strata)


def _metrics(judgement: Judgement, card: Card, weight: NDArray[np.float64], strata: NDArray[np.generic]) -> dict[str, Estimate]:
    if isinstance(judgement, ClassJudgement):
        return resampled_scores(judgement.truth, judgement.predicted, len(card.classes), weight, strata, BOOTSTRAP_SEED)
    if isinstance(judgement, PointJudgement):
        return resampled_points(judgement.found, weight, strata, BOOTSTRAP_SEED)
    table = outcomes(judgement.truths, judgement.answers, weight.size, len(card.classes))
    precision = resampled_precision(table, weight, strata, BOOTSTRAP_SEED)
    return precision | resampled_at_threshold(judgement.found, weight, strata, BOOTSTRAP_SEED)


def _at(found: Estimate, value: float) -> Estimate:
    """An estimate with the value that another program found for it, the last digit of which may lie beyond the limits."""
    return replace(found, value=min(max(value, found.lo), found.hi)) if found.measured else found


def footage_answers(project: Project, model: StoredModel) -> dict[str, Prediction]:
    """Answers of the model to each listed frame that it has answered, as it was taken."""
    run_id = run_of(model, "footage", "footage", 0, "").run_id
    return project.read(lambda db: predictions_table.for_run(db, run_id))


def _field_rows(db: Database) -> tuple[tuple[SamplingLine, ...], tuple[Draw, ...], tuple[Pick, ...], dict[str, Label]]:
    labels = {label.frame_id: label for label in labels_table.all(db)}
    return lines(db), draws_table.current(db), picks_table.all(db), labels


def _state(pick: Pick, labels: dict[str, Label]) -> str:
    if pick.taken_out:
        return "out"
    label = labels.get(pick.frame_id)
    return label.state if label else ""


def _answers(
    project: Project, model: StoredModel | None, picks: Sequence[Pick]
) -> tuple[str, str, dict[str, Prediction], dict[str, Prediction]]:  # fmt: skip
    if model is None:
        return "", "", {}, {}
    names = [pick.frame_id for pick in picks if not pick.taken_out]
    run_id = run_of(model, "field", picks_key(names), len(names), "").run_id
    footage_run_id = run_of(model, "footage", "footage", 0, "").run_id
    return (
        run_id,
        footage_run_id,
        project.read(lambda db: predictions_table.for_run(db, run_id)),
        footage_answers(project, model),
    )


def _judge(
    project: Project, model: StoredModel, picks: Sequence[Pick], labels: dict[str, Label], answers: dict[str, Prediction]
) -> Judgement:  # fmt: skip
    card = card_of(model)
    counted = counted_classes(card, project.read(benchmarks_table.get))
    return judge_labels(card, counted, [labels[pick.frame_id] for pick in picks], [answers[pick.frame_id] for pick in picks])
