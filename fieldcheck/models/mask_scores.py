"""Masks of a segmentation model against the masks of its benchmark: mean IoU and boundary F, over
all classes and of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.imaging.masks import OUTSIDE, unpack_masks
from fieldcheck.labels.formats.coco_fiftyone import CocoMasks, find_coco_masks
from fieldcheck.labels.formats.mvtec_mask_folder import MaskFolder, is_ground_class
from fieldcheck.models.evaluate import PointJudgement
from fieldcheck.models.scored_sides import (
    BOOTSTRAP_SEED,
    BenchmarkSide,
    get_counted_classes,
    load_benchmark_side,
)
from fieldcheck.models.store import get_card
from fieldcheck.project.memoise import get_memoised
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.bootstrap_draw import estimate_by_frame
from fieldcheck.stats.iou_of_boxes_and_masks import (
    GROUND,
    MaskOutcomes,
    compute_class_boundary,
    compute_class_iou,
    estimate_mask_scores,
    match_masks,
)

UNKNOWN = 254  # index of a labelled object of a class that the model does not know
MASK_FORMAT, COCO_FORMAT = "masks", "coco"
Missing = Literal["", "points_only", "gone"]


@dataclass(frozen=True, slots=True)
class MaskClassScore:
    """One class: `n` benchmark images are labelled with it."""

    name: str
    n: int
    iou: Estimate
    boundary_f: Estimate


@dataclass(frozen=True, slots=True)
class MaskScores:
    """Masks held against the masks of `n` benchmark images. `missing`: why there are none: the
    benchmark holds no pixels of each object (`points_only`), or its files are not here (`gone`)."""

    n: int
    mean_iou: Estimate
    boundary_f: Estimate
    classes: tuple[MaskClassScore, ...]
    missing: Missing = ""


def load_mask_scores(project: Project) -> MaskScores | None:
    """None without a segmentation model that was run on the benchmark."""
    return get_memoised((project, load_mask_scores), lambda: _load_mask_scores(project))


def _load_mask_scores(project: Project) -> MaskScores | None:
    model = project.read(models_table.get_newest_model)
    side = load_benchmark_side(project, model) if model else None
    if model is None or side is None or not isinstance(side.judgement, PointJudgement):
        return None
    if side.benchmark.format not in (MASK_FORMAT, COCO_FORMAT):
        return _make_missing("points_only")
    card, root = get_card(model), get_benchmark_root(project, side.benchmark)
    try:
        kept = _open_masks(side, root)
        if kept is None:
            return _make_missing("gone")
        masks = _match_masks(side, card, kept)
    except LabelsRefused:
        return _make_missing("gone")
    if masks is None:
        return _make_missing("points_only")
    return _score(masks[0], masks[1], card)


def _make_missing(why: Missing) -> MaskScores:
    none = Estimate.not_measured(why)
    return MaskScores(0, none, none, (), why)


def _open_masks(side: BenchmarkSide, root: Path) -> MaskFolder | CocoMasks | None:
    """The benchmark's masks where they lie; None where its COCO file is not there."""
    if side.benchmark.format == MASK_FORMAT:
        return MaskFolder(root)
    paths = [item.path for item in side.benchmark.items]
    return find_coco_masks(root, side.benchmark.classes, paths)


def _match_masks(
    side: BenchmarkSide, card: Card, kept: MaskFolder | CocoMasks
) -> tuple[MaskOutcomes, NDArray[np.bool_]] | None:
    """The outcomes, and which image is labelled with which class, (n, K); None without masks."""
    counted = get_counted_classes(card, side.benchmark)
    to_model, seen = _map_classes(kept.classes, card, counted), _hide_others(card, counted)
    truths, predictions = list[NDArray[np.uint8]](), list[NDArray[np.uint8]]()
    for item in side.items:
        labelled, masks = kept.read_mask(item.path), side.answers[item.path].masks
        if labelled is None or not masks:
            continue
        truth, prediction = to_model[labelled], seen[unpack_masks(masks)[0].pixels]
        if truth.shape == prediction.shape:
            truths.append(truth)
            predictions.append(prediction)
    if not truths:
        return None
    size = len(card.classes)
    shown = [np.bincount(truth.ravel(), minlength=256)[:size] > 0 for truth in truths]
    return match_masks(truths, predictions, size), np.array(shown, np.bool_)


def _map_classes(names: tuple[str, ...], card: Card, counted: frozenset[str]) -> NDArray[np.uint8]:
    """(256,) index of the model for each index of the benchmark's masks."""
    index = {name: k for k, name in reversed(list(enumerate(card.classes)))}
    result = np.full(256, UNKNOWN, np.uint8)
    result[OUTSIDE] = OUTSIDE
    for k, name in enumerate(names[:OUTSIDE]):
        if name in counted:
            result[k] = index[name]
        elif is_ground_class(name) or name == card.classes[GROUND]:
            result[k] = GROUND
    return result


def _hide_others(card: Card, counted: frozenset[str]) -> NDArray[np.uint8]:
    """(256,) what a prediction of each class counts as: one that the benchmark does not label is no
    prediction."""
    result = np.full(256, OUTSIDE, np.uint8)
    for k, name in enumerate(card.classes):
        if name in counted or k == GROUND:
            result[k] = k
    return result


def _score(outcomes: MaskOutcomes, labelled: NDArray[np.bool_], card: Card) -> MaskScores:
    n = len(labelled)
    weight, strata = np.ones(n), np.zeros(n, np.int64)
    scores = estimate_mask_scores(outcomes, weight, strata, BOOTSTRAP_SEED)
    classes = tuple(
        MaskClassScore(
            name,
            int(labelled[:, k].sum()),
            estimate_by_frame(
                lambda w, k=k: compute_class_iou(outcomes, w)[:, k],  # type: ignore[misc]
                weight,
                strata,
                BOOTSTRAP_SEED,
            ),
            estimate_by_frame(
                lambda w, k=k: compute_class_boundary(outcomes, w)[:, k],  # type: ignore[misc]
                weight,
                strata,
                BOOTSTRAP_SEED,
            ),
        )
        for k, name in enumerate(card.classes)
        if outcomes.united[:, k].any()
    )
    return MaskScores(n, scores["mean_iou"], scores["boundary_f"], classes)
