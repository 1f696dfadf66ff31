"""COCO mAP of 5,000 images with ten boxes each, against pycocotools on the same boxes."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.row import Row, in_turn, row
from fieldcheck.stats.mean_average_precision import (
    compute_coco_stats,
    stack_detected_boxes,
    stack_labelled_boxes,
)

BAR = 3.0
N_CLASSES, BOXES = 20, 10

Boxes = list[NDArray[np.float64]]


def rows(smoke: bool) -> list[Row]:
    """The row `map`: how many times faster ours is; it holds only where all twelve figures are
    equal to 1e-6."""
    n = 20 if smoke else 5000
    truths, answers = made_up(n, seed=0)
    stats_of: dict[str, NDArray[np.float64]] = {}

    def ours() -> None:
        stats_of["ours"] = compute_coco_stats(
            stack_labelled_boxes(truths), stack_detected_boxes(answers), n, N_CLASSES
        )

    def other() -> None:
        stats_of["other"] = reference(truths, answers)

    runs = 1 if smoke else 5
    medians = in_turn(ours, other, runs)
    gain = medians.other / medians.ours
    speed_row = row(
        "map",
        medians.ours,
        medians.other,
        "pycocotools, seconds",
        BAR,
        ">=",
        runs,
        ratio=gain,
        floor=medians.floor,
    )
    equal = bool(np.abs(stats_of["ours"] - stats_of["other"]).max() <= 1e-6)
    return [
        Row(
            **{
                **{name: getattr(speed_row, name) for name in Row.__slots__},
                "holds": speed_row.holds and equal,
            }
        )
    ]


def made_up(n: int, seed: int) -> tuple[Boxes, Boxes]:
    """Truths (10, 5) x1, y1, x2, y2, class and answers (10, 6) with a score, for `n` images: most
    answers sit near a truth."""
    rng = np.random.default_rng(seed)
    truths, answers = [], []
    for _ in range(n):
        corner, size = rng.uniform(0, 500, (BOXES, 2)), rng.uniform(10, 150, (BOXES, 2))
        classes = rng.integers(0, N_CLASSES, BOXES)
        truths.append(np.column_stack([corner, corner + size, classes]))
        moved = corner + rng.normal(0, 0.08, (BOXES, 2)) * size
        predicted = np.where(rng.random(BOXES) < 0.85, classes, rng.integers(0, N_CLASSES, BOXES))
        answers.append(
            np.column_stack(
                [
                    moved,
                    moved + size * rng.uniform(0.85, 1.15, (BOXES, 2)),
                    rng.random(BOXES),
                    predicted,
                ]
            )
        )
    return truths, answers


def reference(truths: Boxes, answers: Boxes) -> NDArray[np.float64]:
    """The twelve figures by pycocotools."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        real = COCO()
        real.dataset = _dataset(truths)
        real.createIndex()
        evaluation = COCOeval(real, real.loadRes(_answers(answers)), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return np.asarray(evaluation.stats, dtype=np.float64)


def _dataset(truths: Boxes) -> dict[str, Any]:
    marks = [
        {
            "id": number + 1,
            "image_id": image + 1,
            "category_id": int(box[4]) + 1,
            "bbox": _xywh(box),
            "area": _area(box),
            "iscrowd": 0,
        }
        for number, (image, box) in enumerate(
            (image, box) for image, boxes in enumerate(truths) for box in boxes
        )
    ]
    return {
        "info": {},
        "images": [{"id": image + 1} for image in range(len(truths))],
        "categories": [{"id": k + 1} for k in range(N_CLASSES)],
        "annotations": marks,
    }


def _answers(answers: Boxes) -> list[dict[str, Any]]:
    return [
        {
            "image_id": image + 1,
            "category_id": int(box[5]) + 1,
            "bbox": _xywh(box),
            "score": float(box[4]),
        }
        for image, boxes in enumerate(answers)
        for box in boxes
    ]


def _xywh(box: NDArray[np.float64]) -> list[float]:
    return [float(box[0]), float(box[1]), float(box[2] - box[0]), float(box[3] - box[1])]


def _area(box: NDArray[np.float64]) -> float:
    return float((box[2] - box[0]) * (box[3] - box[1]))
