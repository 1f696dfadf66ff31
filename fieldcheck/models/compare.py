"""Two models on the same labelled frames: the comparison, and the release gate with one rule per
set and one verdict over all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import FEW_FRAMES, ChangeVerdict, Estimate
from fieldcheck.domain.run import GateSet, StoredModel
from fieldcheck.errors.imported_files import PredictionsRefused
from fieldcheck.errors.labels import NotComparable, NothingLabelled
from fieldcheck.labels.store import get_training_frames
from fieldcheck.models.benchmark import get_compared_metric
from fieldcheck.models.evaluate import (
    NO_ANSWER,
    SEED,
    BoxJudgement,
    ClassJudgement,
    PointJudgement,
    make_metric_statistic,
)
from fieldcheck.models.run import run_on_set
from fieldcheck.models.scored_sides import (
    FieldSide,
    get_scored_metric,
    load_field_side,
    select_even_share,
    split_unlabelled,
    weigh_even_share,
)
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.stats.bootstrap_draw import Statistic, estimate_by_clip, estimate_by_frame
from fieldcheck.stats.cluster import estimate_change, judge_candidates, judge_change
from fieldcheck.stats.gap import LARGEST_GATE_DROP
from fieldcheck.stats.mean_average_precision import (
    ThresholdOutcomes,
    compute_precision_recall,
    match_at_threshold,
    select_by_area,
)
from fieldcheck.stats.significance import PairedComparison, compare_paired
from fieldcheck.stats.weighted_field_score import CHOSEN, estimate_by_clips_or_frames
from fieldcheck.stats.wilson_interval import (
    StratumCount,
    estimate_bonett_price,
    estimate_stratified,
    estimate_wilson,
)

AnswerSummary = str | dict[str, int] | None
SIZES = {"small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, inf)}
"""COCO's kinds of objects by the area of their box: from, to under, in square pixels of the frame.
"""


@dataclass(frozen=True, slots=True)
class Flip:
    """A frame that one model gets right and the other wrong. For a classifier `truth`, `a` and `b`
    are class names (None: no answer); for boxes and points `truth` counts those to find, `a` and
    `b` those found, missed and alarms that are false."""

    frame_id: str
    truth: AnswerSummary
    a: AnswerSummary
    b: AnswerSummary
    right: str


@dataclass(frozen=True, slots=True)
class SizeRecall:
    """Recall of the objects of one of `SIZES` at each model's threshold: `n` labelled ones, `a`,
    `b`, and `change` b − a; `camera` the same for other clips of the camera ("na" below eight)."""

    size: str
    n: int
    a: Estimate
    b: Estimate
    change: Estimate
    camera: Estimate


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """`scores`: each model's by `metric` on this footage. `table.change` is b − a, `cameras` the
    same for other clips of these cameras ("na" below three clips, and below eight where `metric` is
    no share of right frames). `exported`: frames that were given to training, and are no test of a
    model trained on them. `sizes`: of detectors, by size of object, as far as any was labelled.
    `left`: picked frames without a label on which the two models differ; on all others the change
    is known to be none."""

    a: str
    b: str
    metric: str
    scores: tuple[Estimate, Estimate]
    table: PairedComparison
    cameras: ChangeVerdict
    flips: tuple[Flip, ...]
    exported: int = 0
    sizes: tuple[SizeRecall, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _WeightedSide:
    """The frames that count. `indices`: (m,) their positions among the picks; `weight`, `stratum`
    and `clip`: (n,) of every labelled pick, weight 0 for those that do not count. `is_hand_picked`:
    the frames were chosen by hand and represent no others."""

    indices: NDArray[np.int64]
    weight: NDArray[np.float64]
    stratum: NDArray[np.generic]
    clip: NDArray[np.generic]
    is_hand_picked: bool


def compare_models(
    project: Project, name_a: str, name_b: str, progress: Progress, now: str, metric: str = ""
) -> ModelComparison:
    """Both models answer every picked frame that they have not answered yet; then the labelled
    frames are held against each other.

    `metric`: what the models are scored by, empty for the one that the score of the first is
    claimed in. Frames added after labels were seen do not count, as in the score. Raises
    ModelUnknown, NotComparable, NothingPicked, NothingLabelled, PictureUnreadable, Cancelled.
    """
    models = find_model(project, name_a), find_model(project, name_b)
    metric = metric or _get_claimed_metric(project, models[0])
    _check_metric(models, metric)
    for model in models:
        run_on_set(project, model, "field", progress, now)
    sides = [load_field_side(project, model) for model in models]
    for model, side in zip(models, sides, strict=True):
        _check_answered(project, model, side)
    counted = _select_weighted_side(sides[0])
    if not counted.indices.size:
        raise NothingLabelled(project.path)
    rights = [side.sample.right[counted.indices] for side in sides]
    table, cameras = _make_paired_table(sides[0], counted, rights[0], rights[1])
    left, agreeing = split_unlabelled(models, sides)
    kept = select_even_share(models, sides, counted.indices, left, agreeing)
    if kept.size and not counted.is_hand_picked:
        change, cameras = _judge_change_among(sides, counted, kept)
        table = replace(table, change=change)
    scores = (
        _estimate_share(sides[0], counted, rights[0]),
        _estimate_share(sides[1], counted, rights[1]),
    )
    if metric != get_scored_metric(get_card(models[0])):
        before, after = (
            _make_statistic(model, side, metric) for model, side in zip(models, sides, strict=True)
        )
        scores = _estimate_by_frame(before, counted, 0.0), _estimate_by_frame(after, counted, 0.0)

        def compute_gain(weights: NDArray[np.float64]) -> NDArray[np.float64]:
            return after(weights) - before(weights)

        table = replace(table, change=_estimate_by_frame(compute_gain, counted, -1.0))
        cameras = ChangeVerdict.from_limits(_estimate_by_clip(compute_gain, counted))
    flips = tuple(
        _make_flip(models, sides, int(index)) for index in counted.indices[rights[0] != rights[1]]
    )
    exported = _count_exported(project, sides[0], counted.indices)
    sizes = tuple(_compare_sizes(models, sides, counted))
    return ModelComparison(
        models[0].name, models[1].name, metric, scores, table, cameras, flips, exported, sizes, left
    )


@dataclass(frozen=True, slots=True)
class CommonFrames:
    """What several models are held against each other on. `right`: (M, n), whether each is right on
    a frame; `weight` and `clip`: (n,). Of frames without a label these hold only such on which no
    two differ. `left`: picked frames without a label on which any two differ; `exported`: frames
    that were given to training."""

    right: NDArray[np.bool_]
    weight: NDArray[np.float64]
    clip: NDArray[np.generic]
    left: tuple[str, ...]
    exported: int


def load_common_frames(project: Project, models: Sequence[StoredModel]) -> CommonFrames | None:
    """The labelled frames of the draw that all these models have answered, counted as
    `compare_models` counts them; None where there is none."""
    sides = [load_field_side(project, model) for model in models]
    counted = _select_weighted_side(sides[0])
    common = reduce(np.intersect1d, (side.labelled for side in sides), counted.indices)
    if counted.is_hand_picked or not common.size:
        return None
    left, agreeing = split_unlabelled(models, sides)
    kept = select_even_share(models, sides, common, left, agreeing)
    indices = kept if kept.size else common
    is_common = np.isin(indices, common)
    weight = weigh_even_share(sides[0], kept)[0] if kept.size else sides[0].scores.weight[common]
    return CommonFrames(
        np.array([side.sample.right[indices] & is_common for side in sides]),
        weight,
        sides[0].sample.clip[indices],
        left,
        _count_exported(project, sides[0], common),
    )


def _count_exported(project: Project, side: FieldSide, indices: NDArray[np.int64]) -> int:
    names = {side.picks[index].frame_id for index in indices.tolist()}
    return len(get_training_frames(project) & names)


def list_left_frames(project: Project, against: str) -> tuple[str, ...]:
    """Picked frames without a label on which the newest model and another one differ, as far as
    both have predicted them. Raises NoModel, ModelUnknown."""
    models = find_model(project), find_model(project, against)
    return split_unlabelled(models, [load_field_side(project, model) for model in models])[0]


def _judge_change_among(
    sides: list[FieldSide], counted: _WeightedSide, kept: NDArray[np.int64]
) -> tuple[Estimate, ChangeVerdict]:
    """The change over these picks, as if they were all that is labelled; those without a label
    change nothing."""
    is_counted = np.isin(kept, counted.indices)
    a, b = (side.sample.right[kept] & is_counted for side in sides)
    weight, listed = weigh_even_share(sides[0], kept)
    change = b.astype(np.int64) - a.astype(np.int64)
    return (
        compare_paired(a, b, sides[0].sample.stratum[kept], listed).change,
        judge_change(change, weight, sides[0].sample.clip[kept]),
    )


def _check_answered(project: Project, model: StoredModel, side: FieldSide) -> None:
    """Raises PredictionsRefused where the predictions file of a model leaves labelled frames out:
    unanswered is not wrong."""
    labelled = [name for name, label in side.labels.items() if label.state == "done"]
    picked = {pick.frame_id for pick in side.picks if not pick.taken_out} - set(side.changed)
    missing = [name for name in labelled if name in picked and name not in side.answers]
    if missing and get_card(model).is_file:
        detail = f"{len(missing)}: {', '.join(missing[:3])}"
        raise PredictionsRefused(project.path / model.file, "unanswered", detail)


def _compare_sizes(
    models: tuple[StoredModel, StoredModel], sides: list[FieldSide], counted: _WeightedSide
) -> Iterator[SizeRecall]:
    judged = [side.judgement for side in sides if isinstance(side.judgement, BoxJudgement)]
    if len(judged) < len(models):
        return
    for size, (least, below) in SIZES.items():
        matches = []
        for model, box_judgement in zip(models, judged, strict=True):
            card, truths = get_card(model), select_by_area(box_judgement.truths, least, below)
            matches.append(
                match_at_threshold(
                    truths,
                    box_judgement.answers,
                    box_judgement.right.size,
                    len(card.classes),
                    card.output.threshold,
                )
            )
        objects = matches[0].truths[counted.weight > 0]
        if objects.any():
            gain, frames = (
                partial(_compute_recall_gain, matches[0], matches[1]),
                int((objects > 0).sum()),
            )
            a, b = (
                _use_exact_if_constant(
                    _estimate_by_frame(partial(_compute_recall, threshold_outcomes), counted, 0.0),
                    counted,
                    partial(_make_frame_interval, frames),
                )
                for threshold_outcomes in matches
            )
            change = _use_exact_if_constant(
                _estimate_by_frame(gain, counted, -1.0),
                counted,
                partial(_make_change_interval, frames),
            )
            yield SizeRecall(
                size, int(objects.sum()), a, b, change, _estimate_by_clip(gain, counted)
            )


def _use_exact_if_constant(
    estimate: Estimate, counted: _WeightedSide, exact: Callable[[float], Estimate]
) -> Estimate:
    """Limits of `exact` where every resample is alike: that all of few frames agree says little of
    others."""
    if not estimate.measured or estimate.lo < estimate.hi:
        return estimate
    return (
        exact(estimate.value).with_weak_status(CHOSEN)
        if counted.is_hand_picked
        else exact(estimate.value)
    )


def _make_frame_interval(frames: int, value: float) -> Estimate:
    return estimate_wilson(round(value * frames), frames)


def _make_change_interval(frames: int, value: float) -> Estimate:
    k = round(abs(value) * frames)
    return estimate_bonett_price(*((k, 0) if value > 0 else (0, k)), frames)


def _compute_recall(
    threshold_outcomes: ThresholdOutcomes, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    return compute_precision_recall(threshold_outcomes, weights)[1]


def _compute_recall_gain(
    a: ThresholdOutcomes, b: ThresholdOutcomes, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    return _compute_recall(b, weights) - _compute_recall(a, weights)


def _get_claimed_metric(project: Project, model: StoredModel) -> str:
    benchmark = project.read(benchmarks_table.get_benchmark)
    return (
        project.read(lambda db: get_compared_metric(db, benchmark, model))
        if benchmark
        else get_scored_metric(get_card(model))
    )


def _check_metric(models: tuple[StoredModel, StoredModel], metric: str) -> None:
    """Raises NotComparable where one of the two has no such score."""
    for model in models:
        answers = get_card(model).answers
        if metric not in answers.all_metrics:
            raise NotComparable("no_metric", f"{model.name}: {metric}")


def _select_weighted_side(side: FieldSide) -> _WeightedSide:
    """The labelled picks of the draw; where nothing was drawn, those that were chosen by hand."""
    weight = side.scores.weight[side.labelled]
    chosen = not (weight > 0).any()
    if chosen:
        weight = (side.sample.stratum[side.labelled] == CHOSEN).astype(np.float64)
    return _WeightedSide(
        side.labelled[weight > 0],
        weight,
        side.sample.stratum[side.labelled],
        side.sample.clip[side.labelled],
        chosen,
    )


def _make_paired_table(
    side: FieldSide, counted: _WeightedSide, a: NDArray[np.bool_], b: NDArray[np.bool_]
) -> tuple[PairedComparison, ChangeVerdict]:
    if counted.is_hand_picked:
        plain = compare_paired(a, b)
        unknown = ChangeVerdict(Estimate.not_measured(CHOSEN, plain.n))
        return replace(plain, change=plain.change.with_weak_status(CHOSEN)), unknown
    listed = {stratum.name: stratum.counted for stratum in side.scores.strata}
    table = compare_paired(a, b, side.sample.stratum[counted.indices], listed)
    weight, clip = side.scores.weight[counted.indices], side.sample.clip[counted.indices]
    return table, judge_change(b.astype(np.int64) - a.astype(np.int64), weight, clip)


def _estimate_share(side: FieldSide, counted: _WeightedSide, right: NDArray[np.bool_]) -> Estimate:
    """Share of right frames."""
    return (
        estimate_wilson(int(right.sum()), right.size).with_weak_status(CHOSEN)
        if counted.is_hand_picked
        else side.scores.footage
    )


def _make_statistic(model: StoredModel, side: FieldSide, metric: str) -> Statistic:
    assert side.judgement is not None, "labelled picks with an answer have been judged"
    return make_metric_statistic(side.judgement, len(get_card(model).classes), metric)


def _estimate_by_frame(statistic: Statistic, counted: _WeightedSide, least: float) -> Estimate:
    estimate = estimate_by_frame(statistic, counted.weight, counted.stratum, SEED, least=least)
    return (
        estimate.with_weak_status(CHOSEN)
        if counted.is_hand_picked and estimate.measured
        else estimate
    )


def _estimate_by_clip(statistic: Statistic, counted: _WeightedSide) -> Estimate:
    n = int(counted.indices.size)
    return (
        Estimate.not_measured(CHOSEN, n)
        if counted.is_hand_picked
        else estimate_by_clip(statistic, counted.weight, counted.clip, SEED, least=-1.0)
    )


def _make_flip(models: tuple[StoredModel, StoredModel], sides: list[FieldSide], index: int) -> Flip:
    """The pick at `index` in both models' words."""
    names = [
        _get_prediction_name(model, side, index) for model, side in zip(models, sides, strict=True)
    ]
    label = sides[0].labels[sides[0].picks[index].frame_id]
    truth: AnswerSummary = label.class_name or (
        {"points": len(label.points)} if label.points else {"boxes": len(label.boxes)}
    )
    right = "a" if sides[0].sample.right[index] else "b"
    return Flip(sides[0].picks[index].frame_id, truth, names[0], names[1], right)


def _get_prediction_name(model: StoredModel, side: FieldSide, index: int) -> AnswerSummary:
    k = int(np.flatnonzero(side.labelled == index)[0])
    if isinstance(side.judgement, ClassJudgement):
        best = int(side.judgement.predicted[k])
        return None if best == NO_ANSWER else get_card(model).classes[best]
    if isinstance(side.judgement, PointJudgement):
        hits = side.judgement.outcomes
        return {"found": int(hits.hit[k]), "missed": int(hits.points[k] - hits.hit[k])}
    assert isinstance(side.judgement, BoxJudgement), (
        "a labelled pick with an answer has been judged"
    )
    threshold_outcomes = side.judgement.outcomes
    return {
        "found": int(threshold_outcomes.right[k]),
        "missed": int(threshold_outcomes.truths[k] - threshold_outcomes.right[k]),
        "false_alarms": int(threshold_outcomes.false[k]),
    }


# May a new model take the old one's place? One rule for each set that both have answered, and one
# verdict over all.

State = Literal["pass", "fail", "not_enough", "too_few"]
GATE_SEED = 0  # of the bootstrap
BY_CLIP = ("clip_change", "bootstrap_clips")  # methods of a change for other clips
KINDS: tuple[GateSet, ...] = ("clean", "corrupted", "golden", "field", "slice")


@dataclass(frozen=True, slots=True)
class PairedCorrectness:
    """Correctness of two models on one set. `before`, `after`: (n,) bool, correct; `subjects`: (n,)
    names of the images. `stratum` and `counted` as in `compare_paired`, `weight`: (n,) of the
    frames of a slice, `clip`: (n,) ids; None where every image
    counts alike. `scores`: each model's metric as a function of (b, n) weights of the images, where
    the metric is not the share correct."""

    kind: GateSet
    name: str
    subjects: tuple[str, ...]
    before: NDArray[np.bool_]
    after: NDArray[np.bool_]
    stratum: NDArray[np.str_] | None = None
    counted: Mapping[str, float] | None = None
    scores: tuple[Statistic, Statistic] | None = None
    weight: NDArray[np.float64] | None = None
    clip: NDArray[np.str_] | None = None


@dataclass(frozen=True, slots=True)
class GateSetResult:
    """One line of the gate. `before`, `after`: each model's score, that of the footage where the
    pictures are of strata; `change` = after − before, where the pictures are of three clips or more
    for other clips of these cameras; `lost`: pictures that were right and are wrong now; `p`: of a
    loss of a slice, over all slices, None for the other kinds."""

    kind: GateSet
    name: str
    before: Estimate
    after: Estimate
    table: PairedComparison
    lost: tuple[str, ...]
    state: State
    p: float | None = None

    @property
    def change(self) -> Estimate:
        return self.table.change


def check_gate_sets(
    sets: Sequence[PairedCorrectness], tolerance: float = LARGEST_GATE_DROP
) -> tuple[GateSetResult, ...]:
    """Each set judged by the rule of its kind, in the order given.

    Clean, corrupted and the labelled field frames: the interval of the drop, by `scores` where
    there are any, against the tolerance, three ways (methods 11.1, 8.4); for the field that of
    other clips, and nothing below three. A golden set fails with the first picture that was right
    and is wrong now. A slice fails where its drop exceeds the tolerance and is demonstrated among
    all slices (methods 6.4); under ten frames or three clips it says nothing.
    """
    slices = _judge_slices(sets)
    results = []
    for k, paired_correctness in enumerate(sets):
        verdict = slices.get(k)
        table = (
            _compare_models(paired_correctness)
            if verdict is None
            else _compare_slice(paired_correctness, verdict)
        )
        results.append(_decide_gate_set(paired_correctness, table, tolerance, verdict))
    return tuple(results)


def _judge_slices(sets: Sequence[PairedCorrectness]) -> dict[int, ChangeVerdict]:
    """Verdicts on the slices of ten frames or more, by place: whether one is worse, all of them
    looked at together."""
    tested = {
        k: paired_correctness
        for k, paired_correctness in enumerate(sets)
        if paired_correctness.kind == "slice"
        and paired_correctness.before.size >= FEW_FRAMES
        and paired_correctness.clip is not None
    }
    positions: dict[str, int] = {}
    for paired_correctness in tested.values():
        for name in paired_correctness.subjects:
            positions.setdefault(name, len(positions))
    if not tested:
        return {}
    losses, weights = np.zeros((2, len(tested), len(positions)))
    clips = np.empty(len(positions), object)
    for row, paired_correctness in enumerate(tested.values()):
        indices = [positions[name] for name in paired_correctness.subjects]
        losses[row, indices] = paired_correctness.before.astype(
            np.int64
        ) - paired_correctness.after.astype(np.int64)
        weights[row, indices], clips[indices] = (
            1.0 if paired_correctness.weight is None else paired_correctness.weight,
            paired_correctness.clip,
        )
    judged = judge_candidates(losses, weights, clips.astype(np.str_))
    return {k: loss.turn_round() for k, loss in zip(tested, judged, strict=True)}


def _compare_slice(
    paired_correctness: PairedCorrectness, verdict: ChangeVerdict
) -> PairedComparison:
    table = compare_paired(paired_correctness.before, paired_correctness.after)
    return replace(table, change=verdict.change) if verdict.change.measured else table


def _compare_models(paired_correctness: PairedCorrectness) -> PairedComparison:
    """The table of right and wrong; where another metric is compared its change, with the same
    pictures resampled for both models. Of clips where there are enough of them."""
    table = compare_paired(
        paired_correctness.before,
        paired_correctness.after,
        paired_correctness.stratum,
        paired_correctness.counted,
    )
    if not table.n:
        return table
    if paired_correctness.scores is None:
        moved = paired_correctness.after.astype(np.int64) - paired_correctness.before.astype(
            np.int64
        )
        by_clip = _estimate_change_by_clip(
            paired_correctness, lambda w, clip: estimate_change(moved, w, clip)
        )
        return replace(table, change=by_clip) if by_clip.measured else table
    before, after = paired_correctness.scores

    def compute_gain(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return after(weights) - before(weights)

    by_clip = _estimate_change_by_clip(
        paired_correctness,
        lambda w, clip: estimate_by_clip(compute_gain, w, clip, GATE_SEED, least=-1.0),
    )
    if by_clip.measured:
        return replace(table, change=by_clip)
    by_frame = estimate_by_frame(
        compute_gain, *compute_set_weights(paired_correctness), GATE_SEED, least=-1.0
    )
    return replace(table, change=by_frame)


def _estimate_change_by_clip(
    paired_correctness: PairedCorrectness,
    estimate: Callable[[NDArray[np.float64], NDArray[np.str_]], Estimate],
) -> Estimate:
    if paired_correctness.clip is None:
        return Estimate.not_measured("no_clips", paired_correctness.before.size)
    return estimate(compute_set_weights(paired_correctness)[0], paired_correctness.clip)


def compute_set_weights(
    paired_correctness: PairedCorrectness,
) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """(n,) weights and strata: how many frames of the footage each picture stands for."""
    if paired_correctness.stratum is None:
        return np.ones(paired_correctness.before.size), np.zeros(
            paired_correctness.before.size, np.str_
        )
    shares = {
        name: size / max(1, int((paired_correctness.stratum == name).sum()))
        for name, size in (paired_correctness.counted or {}).items()
    }
    return np.array(
        [shares[name] for name in paired_correctness.stratum.tolist()]
    ), paired_correctness.stratum


def _decide_gate_set(
    paired_correctness: PairedCorrectness,
    table: PairedComparison,
    tolerance: float,
    verdict: ChangeVerdict | None,
) -> GateSetResult:
    lost = tuple(
        name
        for name, was, now in zip(
            paired_correctness.subjects,
            paired_correctness.before,
            paired_correctness.after,
            strict=True,
        )
        if was and not now
    )
    is_weighted = verdict is not None and verdict.change.measured
    before, after = (
        _score_model(paired_correctness, right, is_weighted)
        for right in (paired_correctness.before, paired_correctness.after)
    )
    if paired_correctness.scores is not None and table.n:
        before, after = (
            estimate_by_frame(score, *compute_set_weights(paired_correctness), GATE_SEED)
            for score in paired_correctness.scores
        )
    return GateSetResult(
        paired_correctness.kind,
        paired_correctness.name,
        before,
        after,
        table,
        lost,
        _decide_state(paired_correctness, table, lost, tolerance, verdict),
        verdict.p if verdict else None,
    )


def _score_model(
    paired_correctness: PairedCorrectness, right: NDArray[np.bool_], is_weighted: bool = False
) -> Estimate:
    """Frames of strata are never averaged as if all were as common (methods 3.5): their change is
    not, and stands beside it. `is_weighted`: neither are those of a slice."""
    if is_weighted and paired_correctness.clip is not None:
        weight = (
            np.ones(right.size) if paired_correctness.weight is None else paired_correctness.weight
        )
        return estimate_by_clips_or_frames(right, weight, paired_correctness.clip)
    if paired_correctness.stratum is None:
        return estimate_wilson(int(right.sum()), right.size)
    members = {
        name: paired_correctness.stratum == name for name in paired_correctness.counted or {}
    }
    sizes = {
        name: (int(member.sum()), size)
        for (name, member), size in zip(
            members.items(), (paired_correctness.counted or {}).values(), strict=True
        )
    }
    return estimate_stratified(
        [
            StratumCount(int(right[members[name]].sum()), n, max(n, size))
            for name, (n, size) in sizes.items()
        ]
    )


def _decide_state(
    paired_correctness: PairedCorrectness,
    table: PairedComparison,
    lost: Sequence[str],
    tolerance: float,
    verdict: ChangeVerdict | None,
) -> State:
    if paired_correctness.kind == "golden":
        return "fail" if lost else "pass" if table.n else "too_few"
    if table.n == 0 or (
        paired_correctness.kind == "slice" and (verdict is None or verdict.p is None)
    ):
        return "too_few"
    if paired_correctness.clip is not None and not table.change.method.startswith(BY_CLIP):
        return "not_enough"
    drop_lo, drop_hi = -table.change.hi, -table.change.lo
    is_lost = drop_lo > tolerance
    if verdict is not None:
        is_lost = verdict.direction == "worse" and -table.change.value > tolerance
    return "fail" if is_lost else "pass" if drop_hi <= tolerance else "not_enough"
