"""Mean average precision (mAP) of a detector as COCO defines it, with weights, and its error rates
at one threshold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.stats import bootstrap_draw
from fieldcheck.stats.confusion_matrix import divide_or_nan
from fieldcheck.stats.iou_of_boxes_and_masks import Matches, compute_iou, match_boxes

COCO_THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALL_POINTS = np.linspace(0.0, 1.0, 101)
MOST_ANSWERS = 100  # of one class on one image, the surest first
ROUNDING = 1e-12  # share of a weight by which dividing may miss a whole number
# resamples × thresholds × answers held at once, so that they stay in the cache
MOST_CELLS = 200_000


@dataclass(frozen=True, slots=True)
class LabelledBoxes:
    """Labelled boxes of a set of images: `image`, `category`: (n,) indices; `box`: (n, 4) xyxy
    pixels; `crowd`: (n,) bool, regions in which predictions are neither correct nor wrong."""

    image: NDArray[np.int64]
    category: NDArray[np.int64]
    box: NDArray[np.float64]
    crowd: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DetectedBoxes:
    """Predicted boxes of a set of images: `image`, `category`: (n,) indices; `box`: (n, 4) xyxy
    pixels; `score`: (n,) in [0, 1]."""

    image: NDArray[np.int64]
    category: NDArray[np.int64]
    box: NDArray[np.float64]
    score: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClassOutcome:
    """All predictions of one class by falling score: `image`, `score`: (n,); `right`, `ignored`:
    (T, n) bool at each threshold; `truths`: (images,) number of labels that count in each image."""

    image: NDArray[np.int64]
    score: NDArray[np.float64]
    right: NDArray[np.bool_]
    ignored: NDArray[np.bool_]
    truths: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ThresholdOutcomes:
    """Outcomes on each image at the deployed threshold, all (images,) int64."""

    right: NDArray[np.int64]
    false: NDArray[np.int64]
    ignored: NDArray[np.int64]
    truths: NDArray[np.int64]

    @property
    def frame_right(self) -> NDArray[np.bool_]:
        """(images,) whether a frame has no miss and no false alarm."""
        return np.asarray((self.right == self.truths) & (self.false == 0), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class JudgedBoxes:
    """Boxes above a threshold, each (n,): the index of its `image`, its `score`, and whether it is
    a true positive (`right`, bool)."""

    image: NDArray[np.int64]
    score: NDArray[np.float64]
    right: NDArray[np.bool_]


def stack_labelled_boxes(boxes: Sequence[NDArray[np.floating]]) -> LabelledBoxes:
    """From one (n, 5) or (n, 6) array per image: rows x1, y1, x2, y2, class and, where there is a
    sixth, 1 for a crowd region."""
    rows, image = _stack_rows(boxes, 6)
    return LabelledBoxes(image, rows[:, 4].astype(np.int64), rows[:, :4], rows[:, 5] > 0)


def stack_detected_boxes(boxes: Sequence[NDArray[np.floating]]) -> DetectedBoxes:
    """From one (n, 6) array per image: rows x1, y1, x2, y2, score, class, as a prediction stores
    them."""
    rows, image = _stack_rows(boxes, 6)
    return DetectedBoxes(image, rows[:, 5].astype(np.int64), rows[:, :4], rows[:, 4])


def match_all_classes(
    truths: LabelledBoxes, answers: DetectedBoxes, n_images: int, n_classes: int
) -> tuple[ClassOutcome, ...]:
    """Matches every class once at the ten COCO thresholds; weights are applied later (methods
    1.3)."""
    return tuple(
        _match_class(truths, answers, n_images, k, COCO_THRESHOLDS, MOST_ANSWERS)
        for k in range(n_classes)
    )


def compute_average_precision(
    outcome: ClassOutcome, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Average precision of one class over 101 recall points: (b, images) weights → (b, T); NaN
    where no label has a weight.

    With integer weights this is the COCO value of a set in which image j occurs w_j times. Source:
    Lin et al. 2014; methods 1.3."""
    levels, answers = outcome.right.shape
    rows = max(1, MOST_CELLS // max(1, levels * answers))
    return np.concatenate(
        [
            _compute_area(outcome, weights[start : start + rows])
            for start in range(0, len(weights), rows)
        ]
    )


def compute_mean_average_precision(
    classes: Sequence[ClassOutcome], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean average precision over the classes that have a label with weight: (b, images) weights →
    (b, T); NaN where none has."""
    table = np.stack([compute_average_precision(outcome, weights) for outcome in classes])
    is_measured = ~np.isnan(table)
    mean: NDArray[np.float64] = np.divide(
        np.where(is_measured, table, 0.0).sum(axis=0),
        is_measured.sum(axis=0),
        out=np.full(table.shape[1:], np.nan),
        where=is_measured.any(axis=0),
    )
    return mean


def estimate_average_precision(
    classes: Sequence[ClassOutcome],
    weight: ArrayLike,
    strata: ArrayLike,
    seed: int,
    draws: int = bootstrap_draw.DRAWS,
) -> dict[str, Estimate]:
    """`map` (mean over IoU 0.50:0.95) and `map50` with bootstrap limits; `weight`, `strata`:
    (images,) (methods 2.6)."""
    mean = bootstrap_draw.estimate_by_frame(
        lambda w: compute_mean_average_precision(classes, w).mean(axis=1),
        weight,
        strata,
        seed,
        draws,
    )
    at_half = bootstrap_draw.estimate_by_frame(
        lambda w: compute_mean_average_precision(select_first_threshold(classes), w)[:, 0],
        weight,
        strata,
        seed,
        draws,
    )
    return {"map": mean, "map50": at_half}


def match_at_threshold(
    truths: LabelledBoxes, answers: DetectedBoxes, n_images: int, n_classes: int, threshold: float
) -> ThresholdOutcomes:
    """Matches the predictions with score ≥ `threshold` as COCO does at IoU 0.5; those matched to
    crowd regions are ignored (methods 1.3).

    The threshold is compared as float32, like the model's scores: a score of 0.7 in float32 is
    slightly below the card's 0.7 and still counts as reaching it."""
    right, false, ignored, wanted = (np.zeros(n_images, dtype=np.int64) for _ in range(4))
    for outcome in _match_at_half_iou(truths, answers, n_images, n_classes, threshold):
        right += np.bincount(outcome.image[outcome.right[0]], minlength=n_images)
        ignored += np.bincount(outcome.image[outcome.ignored[0]], minlength=n_images)
        false += np.bincount(
            outcome.image[~outcome.right[0] & ~outcome.ignored[0]], minlength=n_images
        )
        wanted += outcome.truths.astype(np.int64)
    return ThresholdOutcomes(right, false, ignored, wanted)


def select_by_area(truths: LabelledBoxes, least: float, below: float) -> LabelledBoxes:
    """Truths of which only boxes with an area from `least` to under `below` count, in square
    pixels; in the others answers are neither right nor wrong, as COCO has it for its figures by
    size."""
    area = (truths.box[:, 2] - truths.box[:, 0]) * (truths.box[:, 3] - truths.box[:, 1])
    return replace(truths, crowd=truths.crowd | ~((area >= least) & (area < below)))


def list_labelled_objects(
    truths: LabelledBoxes, answers: DetectedBoxes, n_images: int, n_classes: int, threshold: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Every object that counts: its image, its class, and whether it was missed at `threshold`,
    (m,) each, by class and image."""
    images, classes, missed = (
        [np.zeros(0, np.int64)],
        [np.zeros(0, np.int64)],
        [np.zeros(0, np.bool_)],
    )
    for k, outcome in enumerate(
        _match_at_half_iou(truths, answers, n_images, n_classes, threshold)
    ):
        image = np.repeat(np.arange(n_images), outcome.truths.astype(np.int64))
        counts = np.bincount(outcome.image[outcome.right[0]], minlength=n_images)
        images.append(image)
        classes.append(np.full(image.size, k, np.int64))
        missed.append(np.arange(image.size) - np.searchsorted(image, image) >= counts[image])
    return np.concatenate(images), np.concatenate(classes), np.concatenate(missed)


def list_judged_boxes(
    truths: LabelledBoxes, answers: DetectedBoxes, n_images: int, n_classes: int, threshold: float
) -> JudgedBoxes:
    """Every box with score ≥ `threshold`, a true positive at IoU 0.5 or not; those matched to crowd
    regions are left out (methods 4)."""
    class_outcomes = [
        class_outcome
        for class_outcome in _match_at_half_iou(truths, answers, n_images, n_classes, threshold)
        if class_outcome.image.size
    ]
    if not class_outcomes:
        return JudgedBoxes(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_))
    counted = ~np.concatenate([class_outcome.ignored[0] for class_outcome in class_outcomes])
    image, score = (
        np.concatenate([class_outcome.image for class_outcome in class_outcomes]),
        np.concatenate([class_outcome.score for class_outcome in class_outcomes]),
    )
    return JudgedBoxes(
        image[counted],
        score[counted],
        np.concatenate([class_outcome.right[0] for class_outcome in class_outcomes])[counted],
    )


def compute_precision_recall(
    threshold_outcomes: ThresholdOutcomes, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Precision (b,) and recall (b,) at the deployed threshold for (b, images) weights; NaN without
    predictions, or without labels."""
    hits = weights @ threshold_outcomes.right
    return divide_or_nan(hits, hits + weights @ threshold_outcomes.false), divide_or_nan(
        hits, weights @ threshold_outcomes.truths
    )


def estimate_precision_recall(
    threshold_outcomes: ThresholdOutcomes, weight: ArrayLike, strata: ArrayLike, seed: int
) -> dict[str, Estimate]:
    """`precision` and `recall` at the deployed threshold with bootstrap limits, which cover about
    93–95 % (methods 2.6).

    `weight`: (images,) design weights; `strata`: (images,) ids of any kind.
    """
    return {
        "precision": bootstrap_draw.estimate_by_frame(
            lambda w: compute_precision_recall(threshold_outcomes, w)[0], weight, strata, seed
        ),
        "recall": bootstrap_draw.estimate_by_frame(
            lambda w: compute_precision_recall(threshold_outcomes, w)[1], weight, strata, seed
        ),
    }


def compute_coco_stats(
    truths: LabelledBoxes, answers: DetectedBoxes, n_images: int, n_classes: int
) -> NDArray[np.float64]:
    """(12,) the COCO figures (AP, AP50, AP75, small, medium, large, and six AR), −1 where there is
    no truth."""
    from faster_coco_eval import COCO, COCOeval_faster

    real = COCO(_make_coco_truths(truths, n_images, n_classes), print_function=_print_nothing)
    evaluation = COCOeval_faster(
        real,
        real.loadRes(_make_coco_answers(answers)),
        iouType="bbox",
        print_function=_print_nothing,
    )
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return np.asarray(evaluation.stats[:12], dtype=np.float64)


def compute_coco_precision(
    truths: LabelledBoxes, answers: DetectedBoxes, n_images: int, n_classes: int
) -> dict[str, float]:
    """`map` (mean over IoU 0.50:0.95) and `map50` of `compute_coco_stats`, NaN where there is no
    truth."""
    precision, at_half = compute_coco_stats(truths, answers, n_images, n_classes)[:2].tolist()
    return {
        name: value if value >= 0 else nan
        for name, value in (("map", precision), ("map50", at_half))
    }


def _match_at_half_iou(
    truths: LabelledBoxes, answers: DetectedBoxes, n_images: int, n_classes: int, threshold: float
) -> Iterator[ClassOutcome]:
    """Each class matched at IoU 0.5, answers below the score `threshold` left out."""
    kept = _filter_by_score(answers, threshold)
    return (
        _match_class(truths, kept, n_images, k, COCO_THRESHOLDS[:1], most=None)
        for k in range(n_classes)
    )


def _compute_area(outcome: ClassOutcome, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average precision for as many rows of weights as fit into memory."""
    w = _scale_to_integers(weights)
    areas = w @ outcome.truths
    if not outcome.image.size:
        return np.where(areas > 0, 0.0, np.nan)[:, None].repeat(outcome.right.shape[0], axis=1)
    mine = w[:, None, outcome.image]
    hits = np.cumsum(mine * outcome.right, axis=2)
    alarms = np.cumsum(mine * (~outcome.right & ~outcome.ignored), axis=2)
    # The same order of arithmetic as COCO's own code, for the same last digit.
    precision = hits / (alarms + hits + np.spacing(1))
    precision = np.maximum.accumulate(precision[:, :, ::-1], axis=2)[:, :, ::-1]
    recall = np.divide(
        hits, areas[:, None, None], out=np.zeros_like(hits), where=areas[:, None, None] > 0
    )
    reached = np.searchsorted(RECALL_POINTS, recall, side="right")
    area = (np.diff(reached, axis=2, prepend=0) * precision).sum(axis=2) / RECALL_POINTS.size
    return np.where(areas[:, None] > 0, area, np.nan)


def _scale_to_integers(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(b, images) weights, rows of whole ones as they are, others as multiples of their least one,
    whole where rounding alone says no.

    Sums of whole numbers are exact, so that recalls meet the recall points as they do where images
    are repeated: a third added three times may be no 1, and a point that is just missed costs up to
    a hundredth.
    """
    least = np.where(weights > 0, weights, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    as_they_are = (weights == np.rint(weights)).all(axis=1, keepdims=True) | np.isinf(least)
    multiples = weights / np.where(as_they_are, 1.0, least)
    nearest = np.rint(multiples)
    return np.where(np.abs(multiples - nearest) <= ROUNDING * multiples, nearest, multiples)


def _match_class(
    truths: LabelledBoxes,
    answers: DetectedBoxes,
    n_images: int,
    category: int,
    thresholds: NDArray[np.float64],
    most: int | None,
) -> ClassOutcome:
    """One class matched on every image. Answers stand by falling score; equal scores by image, then
    as they came."""
    wanted, detected = (
        np.flatnonzero(truths.category == category),
        np.flatnonzero(answers.category == category),
    )
    detected = detected[np.lexsort((-answers.score[detected], answers.image[detected]))]
    wanted = wanted[np.argsort(truths.image[wanted], kind="stable")]
    images, starts = np.unique(answers.image[detected], return_index=True)
    kept: list[NDArray[np.int64]] = []
    matches: list[Matches] = []
    for image, mine in zip(images, np.split(detected, starts[1:]), strict=False):
        first, last = np.searchsorted(truths.image[wanted], [image, image + 1])
        theirs = wanted[first:last]
        kept.append(mine[:most])
        crowd = truths.crowd[theirs]
        matches.append(
            match_boxes(
                compute_iou(answers.box[mine[:most]], truths.box[theirs], crowd), thresholds, crowd
            )
        )
    counting = wanted[~truths.crowd[wanted]]
    per_image = np.bincount(truths.image[counting], minlength=n_images).astype(np.float64)
    if not kept:
        nothing = np.zeros((thresholds.size, 0), dtype=bool)
        return ClassOutcome(np.zeros(0, dtype=np.int64), np.zeros(0), nothing, nothing, per_image)
    order = np.concatenate(kept)
    by_score = np.argsort(-answers.score[order], kind="stable")
    right = np.concatenate([matches.right for matches in matches], axis=1)[:, by_score]
    ignored = np.concatenate([matches.ignored for matches in matches], axis=1)[:, by_score]
    return ClassOutcome(
        answers.image[order[by_score]], answers.score[order[by_score]], right, ignored, per_image
    )


def _filter_by_score(answers: DetectedBoxes, threshold: float) -> DetectedBoxes:
    keep = answers.score.astype(np.float32) >= np.float32(threshold)
    return DetectedBoxes(
        answers.image[keep], answers.category[keep], answers.box[keep], answers.score[keep]
    )


def select_first_threshold(classes: Sequence[ClassOutcome]) -> tuple[ClassOutcome, ...]:
    """Outcomes at IoU 0.5 alone, all else the same."""
    return tuple(
        ClassOutcome(
            class_outcome.image,
            class_outcome.score,
            class_outcome.right[:1],
            class_outcome.ignored[:1],
            class_outcome.truths,
        )
        for class_outcome in classes
    )


def _stack_rows(
    boxes: Sequence[NDArray[np.floating]], columns: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All rows below each other, short ones filled with 0, and the image of each."""
    image = np.repeat(np.arange(len(boxes)), [len(rows) for rows in boxes])
    stacked = np.zeros((image.size, columns))
    start = 0
    for rows in boxes:
        stacked[start : start + len(rows), : rows.shape[1]] = rows
        start += len(rows)
    return stacked, image


def _to_xywh(box: NDArray[np.float64]) -> list[float]:
    return [float(box[0]), float(box[1]), float(box[2] - box[0]), float(box[3] - box[1])]


def _make_coco_truths(truths: LabelledBoxes, n_images: int, n_classes: int) -> dict[str, Any]:
    """Make COCO annotations with ids from 1, because an id of 0 means "no match" in its
    evaluation."""
    annotations = []
    for i in range(truths.image.size):
        bbox = _to_xywh(truths.box[i])
        annotations.append(
            {
                "id": i + 1,
                "image_id": int(truths.image[i]) + 1,
                "category_id": int(truths.category[i]) + 1,
                "bbox": bbox,
                "area": bbox[2] * bbox[3],
                "iscrowd": int(truths.crowd[i]),
            }
        )
    return {
        "info": {},
        "images": [{"id": i + 1} for i in range(n_images)],
        "categories": [{"id": k + 1, "name": str(k)} for k in range(n_classes)],
        "annotations": annotations,
    }


def _make_coco_answers(answers: DetectedBoxes) -> list[dict[str, Any]]:
    return [
        {
            "image_id": int(answers.image[i]) + 1,
            "category_id": int(answers.category[i]) + 1,
            "bbox": _to_xywh(answers.box[i]),
            "score": float(answers.score[i]),
        }
        for i in range(answers.image.size)
    ]


def _print_nothing(*_: object) -> None:
    """Replace print: the library reports every step."""
