"""Predictions judged against labels, the same way on benchmark and field: classes, boxes, points,
and the metric that the gap compares."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite, nan
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import ONE_CLASS, ByKind, Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import LabelsRefused, PredictionsRefused
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import join_inside_data_set
from fieldcheck.footage.frame_analysis import BatchPredictor, ModelFile
from fieldcheck.imaging.codec import read_image_and_hash
from fieldcheck.imaging.masks import OUTSIDE, unpack_masks
from fieldcheck.labels.formats.label_set import ANY_PART, has_labels_for_task
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.models.predictions_file import load_given_answers
from fieldcheck.models.store import find_model, get_card, make_model_file
from fieldcheck.parallel import map_chunks, split_into_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import values as settings_table
from fieldcheck.safe_text import clean_name
from fieldcheck.stats import bootstrap_draw
from fieldcheck.stats.confusion_matrix import (
    compute_balanced_accuracy,
    divide_or_nan,
    make_statistic,
)
from fieldcheck.stats.decision_thresholds import decide_class
from fieldcheck.stats.iou_of_boxes_and_masks import (
    CLASS,
    GROUND,
    SCORE,
    SPECK,
    PointOutcomes,
    match_points,
)
from fieldcheck.stats.mean_average_precision import (
    DetectedBoxes,
    LabelledBoxes,
    ThresholdOutcomes,
    compute_mean_average_precision,
    compute_precision_recall,
    match_all_classes,
    match_at_threshold,
    select_first_threshold,
    stack_detected_boxes,
    stack_labelled_boxes,
)

NO_ANSWER = -1
NO_LEVELS: Mapping[int, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ClassJudgement:
    """`truth`, `predicted`: (n,) class indices, -1 where the model gave no finite answer;
    `confidence`: (n,) probability of the answer, NaN without one; `right`: (n,) bool."""

    truth: NDArray[np.int64]
    predicted: NDArray[np.int64]
    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BoxJudgement:
    """`outcomes`: of each frame at the deployed threshold, over the classes counted; `right`:
    (n,) no miss and no false alarm."""

    truths: LabelledBoxes
    answers: DetectedBoxes
    outcomes: ThresholdOutcomes
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PointJudgement:
    """`outcomes`: what the masks cover on each frame; `right`: (n,) bool, every point is hit, and
    nothing is marked where nothing is."""

    outcomes: PointOutcomes
    right: NDArray[np.bool_]


Judgement = ClassJudgement | BoxJudgement | PointJudgement


class GroundTruth(Protocol):
    """Ground truth of a frame or a benchmark picture, by a label or by a label file: a class,
    boxes, or points."""

    @property
    def class_name(self) -> str: ...
    @property
    def boxes(self) -> tuple[Box, ...]: ...
    @property
    def points(self) -> tuple[Point, ...]: ...


Item = TypeVar("Item", bound=GroundTruth)


def get_top_class(answer: NDArray[np.float32]) -> tuple[int, float]:
    """The index of the largest finite probability of (K,), ties to the lowest index, and that
    probability; (-1, NaN) without one."""
    if answer.size and isfinite(answer[first := int(answer.argmax())]):
        return first, float(answer[first])  # NaN and infinite values would have been the largest
    finite = np.isfinite(answer)
    if not finite.any():
        return NO_ANSWER, nan
    best = int(np.argmax(np.where(finite, answer, -np.inf)))
    return best, float(answer[best])


def get_called_class(answer: NDArray[np.float32], levels: Mapping[int, float]) -> tuple[int, float]:
    """The class that a card with thresholds of single classes names for (K,), and its probability;
    without such as `get_top_class`."""
    if not levels:
        return get_top_class(answer)
    best = decide_class(answer, levels)
    return best, float(answer[best]) if best >= 0 else nan


def list_mask_classes(answer: NDArray[np.float32], card: Card) -> tuple[str, ...]:
    """Classes in a class map, (K,) shares, by falling area: every class but the background that
    covers more than a speck."""
    order = np.argsort(-np.nan_to_num(answer), kind="stable")
    return tuple(card.classes[k] for k in order.tolist() if k != GROUND and answer[k] >= SPECK)


def make_foreground_mask(prediction: Prediction) -> NDArray[np.uint8] | None:
    """(h, w) uint8, 255 where the map shows an object; None without a map."""
    if not prediction.masks:
        return None
    classes = unpack_masks(prediction.masks)[0].pixels
    return np.where((classes != GROUND) & (classes != OUTSIDE), 255, 0).astype(np.uint8)


def get_confidence(answer: NDArray[np.float32], card: Card) -> float:
    """Confidence of a prediction: the probability of the predicted class, (K,), or the highest box
    score, (n, 6); NaN without either, and for masks."""
    return SURENESS[card.answers](answer, card) if card.has_confidence else nan


def get_shown_boxes(answer: NDArray[np.float32], card: Card) -> NDArray[np.float32]:
    """(n, 6) rows of the boxes at the deployed threshold; none for an answer of another kind."""
    return SHOWN[card.answers](answer, card)


def to_label_boxes(answer: NDArray[np.float32], card: Card) -> tuple[Box, ...]:
    """The boxes of (n, 6) at the deployed threshold as a label has them, in pixels of the frame;
    none for an answer of another kind."""
    return tuple(
        Box(card.classes[int(k)], x1, y1, x2 - x1, y2 - y1)
        for x1, y1, x2, y2, _, k in get_shown_boxes(answer, card).tolist()
    )


def get_named_classes(answer: NDArray[np.float32], card: Card) -> tuple[str, ...]:
    """The classes that an answer, (K,) or (n, 6), names: the most probable one, that of every box
    at the deployed threshold, or the things of a map."""
    return NAMED[card.answers](answer, card)


def is_different(a: Prediction, b: Prediction, card_a: Card, card_b: Card) -> bool:
    """Whether two models may be right on one frame and wrong on the other: another class is named,
    or anything of boxes or masks is not the same."""
    if get_named_classes(a.answer, card_a) != get_named_classes(b.answer, card_b):
        return True
    if card_a.answers is ONE_CLASS:
        return False
    boxes = get_shown_boxes(a.answer, card_a)[:, :4], get_shown_boxes(b.answer, card_b)[:, :4]
    return a.masks != b.masks or not np.array_equal(*boxes)


def evaluate_labels(
    card: Card,
    counted: frozenset[str],
    truths: Sequence[GroundTruth],
    predictions: Sequence[Prediction],
) -> Judgement:
    """Evaluate predictions against one truth each, by the label kind of such models; `counted` as
    of `evaluate_boxes`."""
    return JUDGES[card.answers](card, counted, truths, predictions)


def filter_known_items(
    items: Sequence[Item], card: Card, classes: Collection[str] | None = None
) -> tuple[Item, ...]:
    """The benchmark pictures that can be held against the model's answers: those whose class is
    among `classes`, the card's where none are given; for boxes and points all of them, and none
    where no file holds such labels."""
    return KNOWN_ITEMS_BY_KIND[card.answers](
        items, frozenset(card.classes if classes is None else classes)
    )


def evaluate_points(
    card: Card,
    counted: frozenset[str],
    truths: Sequence[Sequence[Point]],
    predictions: Sequence[Prediction],
) -> PointJudgement:
    """`truths`: the points of each frame; each prediction carries its mask. Over the classes in
    `counted` only, as of `evaluate_boxes`: points of others are passed over, and so is what the
    model marks as one of them."""
    index = {name: k for k, name in reversed(list(enumerate(card.classes))) if name in counted}
    points = [
        np.array(
            [[p.x, p.y, index[p.class_name]] for p in points if p.class_name in index], np.float64
        ).reshape(-1, 3)
        for points in truths
    ]
    seen = np.arange(256, dtype=np.uint8)
    seen[[k for k, name in enumerate(card.classes) if name not in counted and k != GROUND]] = (
        OUTSIDE
    )
    point_outcomes = match_points(
        [seen[unpack_masks(prediction.masks)[0].pixels] for prediction in predictions], points
    )
    return PointJudgement(point_outcomes, point_outcomes.frame_right)


def evaluate_classes(
    classes: Sequence[str],
    truths: Sequence[str],
    predictions: Sequence[Prediction],
    levels: Mapping[int, float] = NO_LEVELS,
) -> ClassJudgement:
    """`truths`: a class name for each prediction, each among `classes`; `levels`: thresholds of
    single classes by index."""
    index = {name: k for k, name in reversed(list(enumerate(classes)))}
    truth = np.array([index[name] for name in truths], dtype=np.int64)
    tops = [get_called_class(prediction.answer, levels) for prediction in predictions]
    predicted = np.array([best for best, _ in tops], dtype=np.int64)
    return ClassJudgement(
        truth,
        predicted,
        np.array([score for _, score in tops], dtype=np.float64),
        truth == predicted,
    )


def evaluate_boxes(
    card: Card,
    counted: frozenset[str],
    truths: Sequence[Sequence[Box]],
    predictions: Sequence[Prediction],
) -> BoxJudgement:
    """Over the classes in `counted` only, so that benchmark and field are asked the same question
    (methods 2)."""
    index = {name: k for k, name in reversed(list(enumerate(card.classes))) if name in counted}
    wanted = [
        np.array(
            [
                [b.x, b.y, b.x + b.w, b.y + b.h, index[b.class_name], b.crowd]
                for b in boxes
                if b.class_name in index
            ]
        ).reshape(-1, 6)
        for boxes in truths
    ]
    kept = list(index.values())
    detected = [
        prediction.answer[np.isin(prediction.answer[:, 5], kept)] for prediction in predictions
    ]
    real, detected_boxes = stack_labelled_boxes(wanted), stack_detected_boxes(detected)
    threshold_outcomes = match_at_threshold(
        real, detected_boxes, len(wanted), len(card.classes), card.output.threshold
    )
    return BoxJudgement(real, detected_boxes, threshold_outcomes, threshold_outcomes.frame_right)


def _get_top_probability(answer: NDArray[np.float32], card: Card) -> float:
    return get_called_class(answer, card.class_thresholds)[1]


def _get_best_box_score(answer: NDArray[np.float32], _card: Card) -> float:
    return float(answer[:, SCORE].max()) if len(answer) else nan


def _get_no_score(_answer: NDArray[np.float32], _card: Card) -> float:
    return nan


def _filter_by_threshold(answer: NDArray[np.float32], card: Card) -> NDArray[np.float32]:
    return answer[answer[:, SCORE] >= card.output.threshold]


def _get_no_boxes(_answer: NDArray[np.float32], _card: Card) -> NDArray[np.float32]:
    return np.empty((0, 6), np.float32)


def _get_top_name(answer: NDArray[np.float32], card: Card) -> tuple[str, ...]:
    best, _ = get_called_class(answer, card.class_thresholds)
    return (card.classes[best],) if best >= 0 else ()


def _get_box_names(answer: NDArray[np.float32], card: Card) -> tuple[str, ...]:
    return tuple(card.classes[int(k)] for k in _filter_by_threshold(answer, card)[:, CLASS])


def _evaluate_by_class(
    card: Card,
    _counted: frozenset[str],
    truths: Sequence[GroundTruth],
    predictions: Sequence[Prediction],
) -> Judgement:
    judgement = evaluate_classes(
        card.classes, [truth.class_name for truth in truths], predictions, card.class_thresholds
    )
    if card.has_confidence:
        return judgement
    return replace(judgement, confidence=np.full(len(predictions), np.nan))


def _evaluate_by_boxes(
    card: Card,
    counted: frozenset[str],
    truths: Sequence[GroundTruth],
    predictions: Sequence[Prediction],
) -> Judgement:
    return evaluate_boxes(card, counted, [truth.boxes for truth in truths], predictions)


def _evaluate_by_points(
    card: Card,
    counted: frozenset[str],
    truths: Sequence[GroundTruth],
    predictions: Sequence[Prediction],
) -> Judgement:
    return evaluate_points(card, counted, [truth.points for truth in truths], predictions)


def _filter_by_class(items: Sequence[Item], classes: frozenset[str]) -> tuple[Item, ...]:
    return tuple(item for item in items if item.class_name in classes)


def _get_all_items(items: Sequence[Item], _classes: frozenset[str]) -> tuple[Item, ...]:
    return tuple(items)


def _filter_with_points(items: Sequence[Item], _classes: frozenset[str]) -> tuple[Item, ...]:
    return tuple(item for item in items if not item.class_name and (item.points or not item.boxes))


def _get_no_items(_items: Sequence[Item], _classes: frozenset[str]) -> tuple[Item, ...]:
    return ()


SURENESS = ByKind(
    one_class=_get_top_probability,
    several_classes=_get_top_probability,
    boxes=_get_best_box_score,
    class_map=_get_no_score,
)
SHOWN = ByKind(
    one_class=_get_no_boxes,
    several_classes=_get_no_boxes,
    boxes=_filter_by_threshold,
    class_map=_get_no_boxes,
)
NAMED = ByKind(
    one_class=_get_top_name,
    several_classes=_get_top_name,
    boxes=_get_box_names,
    class_map=list_mask_classes,
)
JUDGES = ByKind(
    one_class=_evaluate_by_class,
    several_classes=_evaluate_by_class,
    boxes=_evaluate_by_boxes,
    class_map=_evaluate_by_points,
)
KNOWN_ITEMS_BY_KIND = ByKind(
    one_class=_filter_by_class,
    several_classes=_get_no_items,
    boxes=_get_all_items,
    class_map=_filter_with_points,
)


# Scores that are no share of right frames – balanced accuracy, mAP, recall – as the claim, the gap
# and the gate compare them.

SEED = 0


def make_metric_statistic(
    judgement: Judgement, n_classes: int, metric: str
) -> bootstrap_draw.Statistic:
    """The metric as a function of (b, n) weights of the judged frames → (b,) scores, NaN where it
    is undefined. `metric` as stored: one of the task's `further` ones, or its own, which is the
    weighted share of right frames."""
    if isinstance(judgement, ClassJudgement) and metric == "balanced_accuracy":
        return make_statistic(
            compute_balanced_accuracy, judgement.truth, judgement.predicted, n_classes
        )
    if isinstance(judgement, BoxJudgement) and metric in ("map", "map50"):
        table = match_all_classes(
            judgement.truths, judgement.answers, judgement.right.size, n_classes
        )
        table = select_first_threshold(table) if metric == "map50" else table
        return lambda weights: compute_mean_average_precision(table, weights).mean(axis=1)
    if isinstance(judgement, BoxJudgement) and metric == "recall":
        return lambda weights: compute_precision_recall(judgement.outcomes, weights)[1]
    right = judgement.right.astype(np.float64)
    return lambda weights: divide_or_nan(weights @ right, weights.sum(axis=1))


def estimate_metric(
    judgement: Judgement,
    n_classes: int,
    metric: str,
    weight: NDArray[np.float64],
    strata: ArrayLike,
    clips: ArrayLike,
) -> tuple[Estimate, Estimate]:
    """The metric over this footage, or a benchmark, and over the camera, which is "na" below eight
    clips. `weight`, `strata`, `clips`: (n,) of the judged frames."""
    of_weights = make_metric_statistic(judgement, n_classes, metric)
    return bootstrap_draw.estimate_by_frame(
        of_weights, weight, strata, SEED
    ), bootstrap_draw.estimate_by_clip(of_weights, weight, clips, SEED)


# Labelled pictures outside the project's runs, answered by a model that may not belong to the
# project, clean or corrupted on
# purpose.

# Golden sets: folders of labelled pictures that must stay right, whatever model comes next.

KEY = "golden"


@dataclass(frozen=True, slots=True)
class GoldenSet:
    """A set by name. `root` is where it lies, `n` how many pictures it held when it was added; it
    may grow."""

    name: str
    root: str
    format: str
    n: int


def add_golden_set(project: Project, name: str, path: Path) -> GoldenSet:
    """Names a folder that must stay right, in place of an older one of that name, as one undoable
    act.

    Raises NoModel, LabelsRefused (`unknown_class`, `wrong_task` where the newest model could not be
    right on it); PathMissing where a picture is not there, too.
    """
    if not path.exists():
        raise PathMissing(path)
    label_set = read_labels(path, wish=ANY_PART)
    card = get_card(find_model(project))
    _check_golden_set(path, label_set.items, card.task, card.classes)
    for item in label_set.items:
        if not join_inside_data_set(label_set.root, item.path).is_file():
            raise PathMissing(label_set.root / item.path)
    golden = GoldenSet(
        clean_name(name), str(label_set.root.resolve()), label_set.format, len(label_set.items)
    )
    others = [
        golden_set for golden_set in list_golden_sets(project) if golden_set.name != golden.name
    ]
    project.edit(
        "golden.add",
        puts=[
            settings_table.make_setting_row(
                KEY, [asdict(golden_set) for golden_set in (*others, golden)]
            )
        ],
    )
    return golden


def list_golden_sets(project: Project) -> tuple[GoldenSet, ...]:
    """Every golden set, oldest first."""
    entries: list[dict[str, Any]] = project.read(lambda db: settings_table.get_setting(db, KEY, []))
    return tuple(
        GoldenSet(str(entry["name"]), str(entry["root"]), str(entry["format"]), int(entry["n"]))
        for entry in entries
    )


def read_golden_items(golden: GoldenSet) -> tuple[BenchmarkItem, ...]:
    """Golden set that the folder holds today. Raises PathMissing, LabelsRefused."""
    root = Path(golden.root)
    if not root.exists():
        raise PathMissing(root)
    return read_labels(root, golden.format, wish=ANY_PART).items


def _check_golden_set(
    path: Path, items: tuple[BenchmarkItem, ...], task: str, classes: tuple[str, ...]
) -> None:
    if not has_labels_for_task(items, task):
        raise LabelsRefused(path, "wrong_task", task)
    named = {name for item in items for name in item.names}
    if unknown := sorted(named - set(classes)):
        raise LabelsRefused(path, "unknown_class", ", ".join(unknown[:5]))


@dataclass(frozen=True, slots=True)
class EvaluationItem:
    """One labelled picture by its file. `corruption` is done to it first, at `severity` and from
    `seed`; empty: none."""

    subject: str
    file: str
    class_name: str = ""
    boxes: tuple[Box, ...] = ()
    corruption: str = ""
    severity: float = 0.0
    seed: int = 0
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemChunk:
    """Some items for one model; `hashed`: the hashes of their files are kept with the answers."""

    model: ModelFile
    items: tuple[EvaluationItem, ...]
    hashed: bool = False


def compute_image_seed(subject: str, corruption: str, seed: int) -> int:
    """The seed of one corruption of one picture: the same in every process and on every machine."""
    return int.from_bytes(
        hashlib.sha256(f"{seed}/{subject}/{corruption}".encode()).digest()[:4], "big"
    )


def predict_items(chunk: ItemChunk) -> tuple[Prediction, ...]:
    """The model's answer to every item of the chunk. Pure. Raises PathMissing,
    PictureUnreadable."""
    answers = BatchPredictor(chunk.model, with_masks=True)
    for item in chunk.items:
        rgb, sha256 = read_image_and_hash(Path(item.file), chunk.hashed)
        answers.add_image(
            item.subject,
            apply_corruption(rgb, item.corruption, item.severity, item.seed)
            if item.corruption
            else rgb,
            sha256,
        )
    return answers.get_predictions()


def compute_correctness(
    project: Project,
    model: StoredModel,
    counted: frozenset[str],
    items: Sequence[EvaluationItem],
    progress: Progress,
) -> NDArray[np.bool_]:
    """(n,) whether the model is right on each item. Arguments and errors as `evaluate_items`."""
    return (
        evaluate_items(project, model, counted, items, progress).right
        if items
        else np.zeros(0, dtype=np.bool_)
    )


def evaluate_items(
    project: Project,
    model: StoredModel,
    counted: frozenset[str],
    items: Sequence[EvaluationItem],
    progress: Progress,
) -> Judgement:
    """The model's answers to the items held against their labels; a detector's over the classes in
    `counted`. Subjects must differ.

    `model.file` may be absolute: a candidate need not be copied into the project. Raises
    PathMissing, PictureUnreadable, ModelRejected, Cancelled.
    """
    card = get_card(model)
    if card.is_file:
        return evaluate_labels(card, counted, items, _get_given_answers(project, model, items))
    spec, answers, done = make_model_file(project, model), dict[str, Prediction](), 0
    chunks = [ItemChunk(spec, some) for some in split_into_chunks(items)]

    def on_chunk(_chunk: ItemChunk, predictions: tuple[Prediction, ...]) -> None:
        nonlocal done
        answers.update({prediction.subject: prediction for prediction in predictions})
        done += len(predictions)
        progress.report(done, len(items), "pictures")

    map_chunks(predict_items, chunks, on_chunk, progress)
    item_answers = [answers[item.subject] for item in items]
    return evaluate_labels(card, counted, items, item_answers)


def _get_given_answers(
    project: Project, model: StoredModel, items: Sequence[EvaluationItem]
) -> list[Prediction]:
    """The answers that a predictions file holds for items as they are. Raises ModelRejected for a
    corrupted one, PredictionsRefused where some have none."""
    path = project.path / model.file
    if any(item.corruption for item in items):
        raise ModelRejected(path, "predictions")
    given_answers = load_given_answers(project, model)
    answers = {**given_answers.benchmark, **given_answers.frames}
    missing = [item.subject for item in items if item.subject not in answers]
    if missing:
        raise PredictionsRefused(path, "unanswered", f"{len(missing)}: {missing[0]}")
    return [
        Prediction(
            item.subject, answers[item.subject], masks=given_answers.masks.get(item.subject, b"")
        )
        for item in items
    ]
