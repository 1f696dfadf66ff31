"""The two sides of the gap, benchmark and field, scored alike for the newest model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Benchmark, BenchmarkItem, Draw, Label, Pick
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_pixels import find_changed_among
from fieldcheck.models.benchmark import get_claimed_score, get_compared_metric
from fieldcheck.models.evaluate import (
    BoxJudgement,
    ClassJudgement,
    Judgement,
    PointJudgement,
    estimate_metric,
    evaluate_labels,
    filter_known_items,
    is_different,
)
from fieldcheck.models.run import compute_benchmark_key, compute_picks_key, is_none_readable
from fieldcheck.models.store import get_card, make_run
from fieldcheck.project.memoise import get_memoised, memoisable
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.stats.confusion_matrix import estimate_class_scores
from fieldcheck.stats.decision_thresholds import Floats, JudgedClasses
from fieldcheck.stats.iou_of_boxes_and_masks import estimate_point_scores
from fieldcheck.stats.mean_average_precision import (
    compute_coco_precision,
    estimate_average_precision,
    estimate_precision_recall,
    list_labelled_objects,
    match_all_classes,
)
from fieldcheck.stats.weighted_field_score import (
    CHOSEN,
    EXTRA,
    FieldSample,
    FieldScores,
    compute_field_scores,
)
from fieldcheck.stats.wilson_interval import estimate_wilson

BOOTSTRAP_SEED = 0
SPOT = 200  # pictures of a spot check


@dataclass(frozen=True, slots=True)
class BenchmarkSide:
    """`benchmark` with what is claimed of this very model. The items that the model knows the class
    of and has answered, and their judgement. `spot`: only those of the spot check are answered, a
    draw of all of them. `metric`: what is claimed and compared, and `compared` the score by it,
    which is `score` itself where that is the task's own share of right pictures. `of_every_class`:
    what was claimed is held against it, where `compared` is over the classes that the field shares.
    """

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
    """The picks in list order with their lines, states and judgement. `labelled`: indices of
    the labelled ones among the picks.

    `answers` holds those of the run on the picks, named in `asked`, and where there is none that of
    the footage's run, which keeps no masks: held against points are the picks' own only. `changed`:
    picks whose saved frame is not what was stored; nothing of them counts.
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
    labelled: NDArray[np.int64]
    judgement: Judgement | None
    sample: FieldSample
    scores: FieldScores
    changed: tuple[str, ...] = ()


def get_scored_metric(card: Card) -> str:
    """Metric that both sides are scored with: the share of right answers, of frames without a miss
    or a false alarm, or of frames whose points are all covered."""
    return card.answers.metric


def get_counted_classes(card: Card, benchmark: Benchmark | None) -> frozenset[str]:
    """The classes of a detector that both sides are asked about: those the benchmark labels, where
    there is one."""
    return (
        frozenset(card.classes) & frozenset(benchmark.classes)
        if benchmark
        else frozenset(card.classes)
    )


def load_benchmark_side(
    project: Project, model: StoredModel, instead: tuple[BenchmarkItem, ...] | None = None
) -> BenchmarkSide | None:
    """None where the project names no benchmark, or neither all of it nor its spot check was run
    yet: pictures that a broken run happened to come to are no draw. `instead`: its items as they
    were corrected."""
    if instead is None:
        return get_memoised(
            (project, load_benchmark_side, model),
            lambda: _load_benchmark_side(project, model, None),
        )
    return _load_benchmark_side(project, model, instead)


def _load_benchmark_side(
    project: Project, model: StoredModel, instead: tuple[BenchmarkItem, ...] | None
) -> BenchmarkSide | None:
    benchmark = project.read(models_table.get_benchmark)
    if benchmark is None:
        return None
    run = make_run(model, "benchmark", compute_benchmark_key(benchmark), len(benchmark.items), "")
    answers = project.read(lambda db: predictions_table.get_predictions(db, run.run_id))
    card = get_card(model)
    every = filter_known_items(benchmark.items if instead is None else instead, card)
    items = _get_complete_items(project, benchmark, every, answers)
    spot = items is None
    if items is None:
        drawn = {item.path for item in select_spot_items(filter_known_items(benchmark.items, card))}
        items = _get_complete_items(
            project, benchmark, tuple(item for item in every if item.path in drawn), answers
        )
    if not items:
        return None
    predictions = [answers[item.path] for item in items]
    judgement = evaluate_labels(card, get_counted_classes(card, benchmark), items, predictions)
    claimed, metric = project.read(
        lambda db: (
            get_claimed_score(db, benchmark, model),
            get_compared_metric(db, benchmark, model),
        )
    )
    score = estimate_wilson(int(judgement.right.sum()), len(items))
    side = BenchmarkSide(
        replace(benchmark, claimed=claimed),
        run.run_id,
        items,
        answers,
        judgement,
        score,
        metric,
        score,
        spot,
    )
    return (
        side
        if metric == get_scored_metric(card)
        else replace(side, compared=compute_benchmark_score(side, card))
    )


def compute_benchmark_score(side: BenchmarkSide, card: Card) -> Estimate:
    """The benchmark's score by the metric that is claimed; average precision is what the code makes
    of it that papers use."""
    strata = np.zeros(len(side.items), np.int64)
    estimate, _ = estimate_metric(
        side.judgement, len(card.classes), side.metric, np.ones(len(side.items)), strata, strata
    )
    if isinstance(side.judgement, BoxJudgement) and side.metric in ("map", "map50"):
        precision = compute_coco_precision(
            side.judgement.truths, side.judgement.answers, len(side.items), len(card.classes)
        )
        return _replace_value(estimate, precision[side.metric])
    return estimate


def compute_field_score(side: FieldSide, card: Card, metric: str) -> tuple[Estimate, Estimate]:
    """The field's score by that metric: over this footage, weighted by the draw, and over the
    camera, by whole clips."""
    weight = side.scores.weight[side.labelled]
    if side.judgement is None or not (weight > 0).any():
        return Estimate.not_measured("no_labels"), Estimate.not_measured("no_labels")
    footage, camera = estimate_metric(
        side.judgement,
        len(card.classes),
        metric,
        weight,
        side.sample.stratum[side.labelled],
        side.sample.clip[side.labelled],
    )
    return footage.count_in_full() if side.scores.footage.census else footage, camera


def _get_complete_items(
    project: Project,
    benchmark: Benchmark,
    items: tuple[BenchmarkItem, ...],
    answers: Mapping[str, Prediction],
) -> tuple[BenchmarkItem, ...] | None:
    """The answered ones; None where one is missing that could have been answered. A picture that
    nobody can read is not waited for."""
    missing = [item.path for item in items if item.path not in answers]
    if missing:
        root = get_benchmark_root(project, benchmark)
        if not root.is_dir() or not is_none_readable(str(root / path) for path in missing):
            return None
    return tuple(item for item in items if item.path in answers)


def select_spot_items(items: tuple[BenchmarkItem, ...]) -> tuple[BenchmarkItem, ...]:
    """The 200 pictures that a claim is checked on first (methods 2.4c), always the same draw of the
    same benchmark."""
    if len(items) <= SPOT:
        return items
    chosen = np.random.default_rng(BOOTSTRAP_SEED).choice(len(items), SPOT, replace=False)
    return tuple(items[index] for index in sorted(chosen.tolist()))


def load_field_side(
    project: Project, model: StoredModel | None, instead: dict[str, Label] | None = None
) -> FieldSide:
    """Field score from the picks and their labels so far; nothing labelled or nothing run gives
    scores that are "na". `instead`: the labels as they were corrected."""
    if instead is None:
        return get_memoised(
            (project, load_field_side, model), lambda: _load_field_side(project, model, None)
        )
    return _load_field_side(project, model, instead)


def load_paired_sides(
    project: Project, model: StoredModel, answers: Mapping[str, Prediction]
) -> tuple[FieldSide, FieldSide]:
    """The model's own side, and that of other `answers` of it by frame id, such as a device's; both
    of the picks that have an answer on either."""
    own = load_field_side(project, model).answers
    common = [name for name in own if name in answers]
    first, second = (
        _load_field_side(project, model, None, {name: some[name] for name in common})
        for some in (own, answers)
    )
    return first, second


def _load_field_side(
    project: Project,
    model: StoredModel | None,
    instead: dict[str, Label] | None,
    predictions: dict[str, Prediction] | None = None,
) -> FieldSide:
    listing, draws, picks, labels = project.read(_load_field_rows)
    labels = labels if instead is None else instead
    by_id = {line.frame.frame_id: line for line in listing}
    order = {frame_id: index for index, frame_id in enumerate(by_id)}
    picks = tuple(
        sorted(
            (pick for pick in picks if pick.frame_id in order),
            key=lambda pick: order[pick.frame_id],
        )
    )
    placed = tuple(by_id[pick.frame_id] for pick in picks)
    run_id, footage_run_id, answers, footage = _load_answers(project, model, picks)
    answers, footage = (answers, footage) if predictions is None else (predictions, {})
    changed = find_changed_among(project, (pick for pick in picks if not pick.taken_out))
    state = [
        _get_pick_state(pick, labels) if pick.frame_id not in changed else "" for pick in picks
    ]
    answered = answers if model and get_card(model).answers.keeps_masks else {**footage, **answers}
    indices = np.array(
        [k for k, pick in enumerate(picks) if state[k] == "done" and pick.frame_id in answered],
        dtype=np.int64,
    )
    judgement, right = None, np.zeros(len(picks), dtype=bool)
    if model and indices.size:
        judgement = _match_answers(project, model, [picks[k] for k in indices], labels, answered)
        right[indices] = judgement.right
    # A labelled pick without an answer waits, as one without a label does.
    counted = set(indices.tolist())
    state = ["" if name == "done" and k not in counted else name for k, name in enumerate(state)]
    listed = {stratum.name: stratum.listed for draw in draws for stratum in draw.strata}
    sample = FieldSample.from_arrays(
        [pick.stratum for pick in picks],
        state,
        right,
        [line.clip.clip_id for line in placed],
        listed,
    )
    return FieldSide(
        run_id,
        footage_run_id,
        listing,
        draws,
        picks,
        placed,
        labels,
        answered,
        frozenset(answers),
        footage,
        indices,
        judgement,
        sample,
        compute_field_scores(sample),
        tuple(pick.frame_id for pick in picks if pick.frame_id in changed),
    )


def compute_benchmark_metrics(side: BenchmarkSide, card: Card) -> dict[str, Estimate]:
    """The scores beside the headline, with bootstrap limits. A detector's average precision, which
    people hold against papers, is what the code that those use makes of it; it equals the middle of
    its limits."""
    n = len(side.items)
    metrics = _compute_metrics(side.judgement, card, np.ones(n), np.zeros(n, dtype=np.int64))
    if not isinstance(side.judgement, BoxJudgement):
        return metrics
    precision = compute_coco_precision(
        side.judgement.truths, side.judgement.answers, n, len(card.classes)
    )
    return metrics | {
        name: _replace_value(metrics[name], value) for name, value in precision.items()
    }


def compute_field_metrics(side: FieldSide, card: Card) -> dict[str, Estimate]:
    """Metrics in the field, weighted by the draw and resampled within its strata; of a census the
    values alone."""
    weight = side.scores.weight[side.labelled]
    if side.judgement is None or not (weight > 0).any():
        return {}
    metrics = _compute_metrics(side.judgement, card, weight, side.sample.stratum[side.labelled])
    if not side.scores.footage.census:
        return metrics
    return {name: estimate.count_in_full() for name, estimate in metrics.items()}


def _compute_metrics(
    judgement: Judgement, card: Card, weight: NDArray[np.float64], strata: NDArray[np.generic]
) -> dict[str, Estimate]:
    if isinstance(judgement, ClassJudgement):
        return estimate_class_scores(
            judgement.truth, judgement.predicted, len(card.classes), weight, strata, BOOTSTRAP_SEED
        )
    if isinstance(judgement, PointJudgement):
        return estimate_point_scores(judgement.outcomes, weight, strata, BOOTSTRAP_SEED)
    table = match_all_classes(judgement.truths, judgement.answers, weight.size, len(card.classes))
    precision = estimate_average_precision(table, weight, strata, BOOTSTRAP_SEED)
    return precision | estimate_precision_recall(judgement.outcomes, weight, strata, BOOTSTRAP_SEED)


def _replace_value(estimate: Estimate, value: float) -> Estimate:
    """An estimate with the value that another program found for it, the last digit of which may lie
    beyond the limits."""
    return (
        replace(estimate, value=min(max(value, estimate.lo), estimate.hi))
        if estimate.measured
        else estimate
    )


def load_footage_answers(project: Project, model: StoredModel) -> dict[str, Prediction]:
    """Answers of the model to each listed frame that it has answered, as it was taken."""
    run_id = make_run(model, "footage", "footage", 0, "").run_id
    return project.read(lambda db: predictions_table.get_predictions(db, run_id))


@memoisable
def _load_field_rows(
    db: Database,
) -> tuple[tuple[SamplingLine, ...], tuple[Draw, ...], tuple[Pick, ...], dict[str, Label]]:
    labels = {label.frame_id: label for label in labels_table.list_labels(db)}
    return (
        list_sampling_lines(db),
        labels_table.list_current_draws(db),
        labels_table.list_picks(db),
        labels,
    )


def _get_pick_state(pick: Pick, labels: dict[str, Label]) -> str:
    if pick.taken_out:
        return "out"
    label = labels.get(pick.frame_id)
    return label.state if label else ""


def _load_answers(
    project: Project, model: StoredModel | None, picks: Sequence[Pick]
) -> tuple[str, str, dict[str, Prediction], dict[str, Prediction]]:  # fmt: skip
    if model is None:
        return "", "", {}, {}
    names = [pick.frame_id for pick in picks if not pick.taken_out]
    run_id = make_run(model, "field", compute_picks_key(names), len(names), "").run_id
    footage_run_id = make_run(model, "footage", "footage", 0, "").run_id
    return (
        run_id,
        footage_run_id,
        project.read(lambda db: predictions_table.get_predictions(db, run_id)),
        load_footage_answers(project, model),
    )


def _match_answers(
    project: Project,
    model: StoredModel,
    picks: Sequence[Pick],
    labels: dict[str, Label],
    answers: dict[str, Prediction],
) -> Judgement:
    card = get_card(model)
    counted = get_counted_classes(card, project.read(models_table.get_benchmark))
    return evaluate_labels(
        card,
        counted,
        [labels[pick.frame_id] for pick in picks],
        [answers[pick.frame_id] for pick in picks],
    )


# Newest model with both sides of its gap, as sections of the report with facts of their own ask for
# it.


@dataclass(frozen=True, slots=True)
class ScoredSides:
    """`benchmark` is None where there is none, or it was not run."""

    model: StoredModel
    card: Card
    field: FieldSide
    benchmark: BenchmarkSide | None


def load_scored_sides(project: Project) -> ScoredSides | None:
    """None without a model."""
    model = project.read(models_table.get_newest_model)
    return (
        None
        if model is None
        else ScoredSides(
            model,
            get_card(model),
            load_field_side(project, model),
            load_benchmark_side(project, model),
        )
    )


@dataclass(frozen=True, slots=True)
class JudgedObjects:
    """(m,) each, what a model was to find on the labelled frames of a side: `frame`: place among
    them; `category`: class by index of `names`; `right`: found, of points covered."""

    frame: NDArray[np.int64]
    category: NDArray[np.int64]
    right: NDArray[np.bool_]
    names: tuple[str, ...]


def select_scored_picks(side: FieldSide) -> NDArray[np.bool_]:
    """(n,) labelled picks that the tables of classes count: those of the draw, or where nothing was
    drawn those chosen by hand."""
    drawn = side.scores.weight[side.labelled] > 0
    return drawn if drawn.any() else np.ones(side.labelled.size, np.bool_)


def find_judged_objects(project: Project, side: FieldSide) -> JudgedObjects | None:
    """Objects of the newest model, if it is a detector at its deployed threshold, or points of a
    segmenter; None for a model that names one class a frame, and without a judgement."""
    model, judged = project.read(models_table.get_newest_model), side.judgement
    if model is None or judged is None or isinstance(judged, ClassJudgement):
        return None
    card = get_card(model)
    if isinstance(judged, PointJudgement):
        points = judged.outcomes
        return JudgedObjects(points.image, points.category, points.covered, card.classes)
    frame, category, missed = list_labelled_objects(
        judged.truths, judged.answers, side.labelled.size, len(card.classes), card.output.threshold
    )
    return JudgedObjects(frame, category, ~missed, card.classes)


# Labelled frames or objects of the field, each with its class and whether the model got it wrong:
# what tables of classes count, and what thresholds and what-ifs of the class mix are made from.


@dataclass(frozen=True, slots=True)
class LabelledObjects:
    """Labelled frames of the draw (boxes: their objects), (m,) each: class index, wrong (boxes:
    missed at the deployed threshold), the weight of the draw, and clip. `names`: classes by index;
    `frame`: which frame an object lies on, None where every row is a frame; `census`: whether every
    frame of the footage is labelled."""

    truth: NDArray[np.int64]
    wrong: NDArray[np.bool_]
    weight: NDArray[np.float64]
    clip: NDArray[np.str_]
    names: tuple[str, ...]
    frame: NDArray[np.int64] | None = None
    census: bool = False


def load_newest_side(project: Project) -> tuple[StoredModel, FieldSide] | None:
    """The newest model with its field side; None without a model."""
    model = project.read(models_table.get_newest_model)
    return None if model is None else (model, load_field_side(project, model))


def load_labelled_objects(project: Project) -> LabelledObjects | None:
    """None without a model, for answers without a class a frame or box, and while nothing of the
    draw was labelled and run."""
    newest_side = load_newest_side(project)
    if newest_side is None:
        return None
    model, side = newest_side
    card, weight, judged = get_card(model), side.scores.weight[side.labelled], side.judgement
    if isinstance(judged, ClassJudgement):
        frame, truth, wrong = np.arange(side.labelled.size), judged.truth, ~judged.right
    elif isinstance(judged, BoxJudgement):
        frame, truth, wrong = list_labelled_objects(
            judged.truths,
            judged.answers,
            side.labelled.size,
            len(card.classes),
            card.output.threshold,
        )
    else:
        return None
    counted = weight[frame] > 0
    if not counted.any():
        return None
    clip = side.sample.clip[side.labelled][frame[counted]]
    objects = None if isinstance(judged, ClassJudgement) else frame[counted]
    return LabelledObjects(
        truth[counted],
        wrong[counted],
        weight[frame[counted]],
        clip,
        card.classes,
        objects,
        side.scores.footage.census,
    )


def load_field_classes(
    project: Project, model: StoredModel
) -> tuple[FieldSide, JudgedClasses] | None:
    """The labelled frames of the draw; None for models that name no one class a frame, and while
    nothing was labelled and run."""
    side = load_field_side(project, model)
    weight = side.scores.weight[side.labelled]
    if not isinstance(side.judgement, ClassJudgement) or not (weight > 0).any():
        return None
    counted = weight > 0
    names = [side.picks[k].frame_id for k in side.labelled[counted].tolist()]
    return side, JudgedClasses(
        stack_probabilities(get_card(model), (side.answers[name] for name in names)),
        side.judgement.truth[counted],
        side.judgement.predicted[counted],
        weight[counted],
        np.asarray(side.sample.clip[side.labelled][counted], np.str_),
    )


def load_benchmark_classes(
    project: Project, model: StoredModel, field: JudgedClasses
) -> JudgedClasses | None:
    """The benchmark's pictures, each weighing as much more as its class is commoner in the field;
    None where it was not run."""
    side = load_benchmark_side(project, model)
    if side is None or not isinstance(side.judgement, ClassJudgement):
        return None
    card = get_card(model)
    truth = side.judgement.truth
    shown, met = (
        compute_class_shares(truth, np.ones(truth.size), card),
        compute_class_shares(field.truth, field.weight, card),
    )
    weight = np.divide(met, shown, out=np.zeros_like(met), where=shown > 0)[truth]
    kept = weight > 0
    return JudgedClasses(
        stack_probabilities(card, (side.answers[item.path] for item in side.items))[kept],
        truth[kept],
        side.judgement.predicted[kept],
        weight[kept],
        np.array([item.path for item in side.items], np.str_)[kept],
    )


def compute_class_shares(truth: NDArray[np.int64], weight: Floats, card: Card) -> Floats:
    """(n,) class indices with (n,) weights → (K,) shares."""
    counted = np.bincount(truth, weights=weight, minlength=len(card.classes))
    return np.asarray(counted / counted.sum(), np.float64)


def stack_probabilities(card: Card, answers: Iterable[Prediction]) -> Floats:
    """(n, K) float64; figures that are not finite count as no probability."""
    rows = [answer.answer for answer in answers]
    return np.nan_to_num(
        np.array(rows, np.float64).reshape(len(rows), len(card.classes)),
        nan=0.0,
        posinf=0.0,
        neginf=0.0,
    )


# Several models on the same picks: which of those without a label say anything of their difference.


def split_unlabelled(
    models: Sequence[StoredModel], sides: list[FieldSide]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Of the picks of the draw that wait for a label: the frames on which any two models differ,
    and the positions among the picks, (k,), of those on which none do."""
    unlabelled, agreeing = [], []
    for index, pick in enumerate(sides[0].picks):
        name = pick.frame_id
        waits = not pick.taken_out and name not in sides[0].labels and name not in sides[0].changed
        is_answered = all(name in side.answers for side in sides)
        if not waits or not is_answered or pick.stratum in (CHOSEN, EXTRA):
            continue
        if _is_any_different(models, sides, name):
            unlabelled.append(name)
        else:
            agreeing.append(index)
    return tuple(unlabelled), np.array(agreeing, np.int64)


def _is_any_different(models: Sequence[StoredModel], sides: list[FieldSide], name: str) -> bool:
    """Whether any two models may be right and wrong on a frame that all have answered."""
    cards, answers = [get_card(model) for model in models], [side.answers[name] for side in sides]
    return any(
        is_different(answers[0], answer, cards[0], card)
        for answer, card in zip(answers[1:], cards[1:], strict=True)
    )


def select_even_share(
    models: Sequence[StoredModel],
    sides: list[FieldSide],
    counted: NDArray[np.int64],
    left: tuple[str, ...],
    agreeing: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Select the picks on which a change is judged while frames still wait for a label.

    Of each stratum these are the labelled picks on which the models differ, and the same share of
    those on which they agree, labelled or not. So the change does not grow for whoever labels the
    differing picks first, and no model gains from the agreeing ones.

    Args:
        models: the models that are compared.
        sides: their field sides, over the same picks.
        counted: (n,) positions of the labelled picks that count.
        left: ids of the unlabelled frames on which the models differ.
        agreeing: (m,) positions of the unlabelled picks on which they agree.

    Returns:
        (k,) positions among the picks; empty without an agreeing pick, or where all differing picks
        of a stratum wait for a label.
    """
    side = sides[0]
    if not agreeing.size:
        return np.zeros(0, np.int64)
    waits = {name: side.sample.stratum[k] for k, name in _iter_places(side) if name in left}
    kept: list[int] = []
    for stratum in {str(name) for name in side.sample.stratum[counted]} | set(waits.values()):
        labelled = [k for k in counted.tolist() if side.sample.stratum[k] == stratum]
        differing = [
            k for k in labelled if _is_any_different(models, sides, side.picks[k].frame_id)
        ]
        pool = set(labelled).difference(differing)
        pool |= {k for k in agreeing.tolist() if side.sample.stratum[k] == stratum}
        n = len(differing) + sum(name == stratum for name in waits.values())
        share = len(differing) / n if n else 1.0
        order = sorted(pool, key=lambda k: side.picks[k].place)
        kept += [*differing, *order[: round(share * len(order))]]
        if not share:
            return np.zeros(0, np.int64)
    return np.array(sorted(kept), np.int64)


def _iter_places(side: FieldSide) -> Iterator[tuple[int, str]]:
    return ((index, pick.frame_id) for index, pick in enumerate(side.picks))


def weigh_even_share(
    side: FieldSide, kept: NDArray[np.int64]
) -> tuple[NDArray[np.float64], dict[str, float]]:
    """Return the weights, (k,), of the k picks at the positions `kept`, (k,), and the number of
    listed frames by stratum."""
    stratum = side.sample.stratum[kept]
    listed = {row.name: row.counted for row in side.scores.strata if (stratum == row.name).any()}
    weight = np.array([listed[name] / (stratum == name).sum() for name in stratum.tolist()])
    return weight, listed
