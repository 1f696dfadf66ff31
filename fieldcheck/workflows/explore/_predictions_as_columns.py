"""Predictions, and what of them may be seen: answers as columns beside frames and benchmark pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import BOXES, ByKind
from fieldcheck.domain.benchmark import Benchmark
from fieldcheck.domain.box import Box
from fieldcheck.domain.items import Facet, make_benchmark_subject
from fieldcheck.domain.label import Label
from fieldcheck.domain.label_review import LabelReview
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.pick import Pick
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import Clip, Recording
from fieldcheck.domain.run import StoredModel
from fieldcheck.inference.object_loss import compute_input_geometry, find_finest_stride
from fieldcheck.measure.answers import CLASS, SCORE
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import columns as columns_table
from fieldcheck.project.tables.columns import AnswerColumns, FrameColumns
from fieldcheck.workflows.models.judge_answers import evaluate_boxes, evaluate_classes, get_called_class, get_shown_boxes, list_mask_classes
from fieldcheck.workflows.models.models import get_card, make_run
from fieldcheck.workflows.models.run_model import compute_benchmark_key, compute_picks_key
from fieldcheck.workflows.report.two_sides import get_counted_classes, load_field_side


@dataclass(frozen=True, slots=True)
class PredictionRows:
    """Rows that one look at the database brought; everything but `frames` is small or changes."""

    frames: FrameColumns
    recordings: tuple[Recording, ...]
    clips: tuple[Clip, ...]
    picks: tuple[Pick, ...]
    labels: Mapping[str, Label]
    tags: Mapping[str, tuple[str, ...]]
    looks: Mapping[str, LabelReview]
    strata: Mapping[str, str]
    benchmark: Benchmark | None
    model: StoredModel | None


@dataclass(frozen=True, slots=True)
class RowIndex:
    """Where rows stand: subject → row."""

    row: Mapping[str, int]
    n_frames: int
    n: int

    def make_facet(self, values: Mapping[str, Sequence[str]], names: Sequence[str] = ()) -> Facet:
        """From subject → the values it has; `names` come first, in that order, others as they are met in alphabetical order."""
        kept = sorted((self.row[subject], given) for subject, given in values.items() if subject in self.row)
        all_names = tuple(dict.fromkeys((*names, *sorted({value for _, given in kept for value in given}))))
        code = {name: at for at, name in enumerate(all_names)}
        pairs = [(row, code[value]) for row, given in kept for value in dict.fromkeys(given)]
        found = np.array(pairs, dtype=np.int32).reshape(-1, 2)
        return Facet(all_names, np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1]))


@dataclass(frozen=True, slots=True)
class PredictionColumns:
    """Columns over all rows. `right`: 1, 0, or -1 where it is not known; the figures are NaN where they are not."""

    prediction: Facet
    confidence: NDArray[np.float64]
    label_confidence: NDArray[np.float64]
    right: NDArray[np.int8]
    box_side: NDArray[np.float64]
    box_cells: NDArray[np.float64]
    n_left: int


def load_prediction_columns(project: Project, rows: PredictionRows, place: RowIndex) -> PredictionColumns:
    """The newest model's answers. While a pick waits for its first look, frames without a label show nothing of them."""
    kept = [one.frame_id for one in rows.picks if not one.taken_out]
    n_left = sum(name not in rows.labels for name in kept)
    side, cells = _compute_box_sizes(rows, place)
    nothing = np.full(place.n, nan)
    columns = COLUMNS[get_card(rows.model).answers] if rows.model is not None else None
    if rows.model is None or columns is None:
        return PredictionColumns(Facet.make_empty(), nothing, nothing.copy(), np.full(place.n, -1, np.int8), side, cells, n_left)
    card = get_card(rows.model)
    visible = np.ones(place.n, np.bool_)
    if n_left:
        visible[: place.n_frames] = False
        visible[[place.row[name] for name in kept if name in rows.labels and name in place.row]] = True
    asked = _ColumnRequest(project, rows, place, card, _load_answers(project, rows, kept), _collect_truths(rows, kept, card), visible)
    return PredictionColumns(*columns(asked), side, cells, n_left)


@dataclass(frozen=True, slots=True)
class _ColumnRequest:
    """What columns are made of: the stored answers part by part, what is true of each subject, and of which rows (n,) they may tell."""

    project: Project
    rows: PredictionRows
    place: RowIndex
    card: Card
    parts: list[tuple[str, AnswerColumns]]
    truths: Mapping[str, tuple[str, tuple[Box, ...]]]
    visible: NDArray[np.bool_]

    @property
    def empty_column(self) -> NDArray[np.float64]:
        """A column of which nothing is known."""
        return np.full(self.place.n, nan)

    def get_class_shares(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """(n, K) figures of the classes, and (n,) which rows have some that may be told."""
        shares, told = _fill_class_shares(self.parts, self.card, self.place)
        return shares, told & self.visible


Columns = tuple[Facet, NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]  # prediction, confidence, of the label, right


def _make_class_columns(asked: _ColumnRequest) -> Columns:
    card, place = asked.card, asked.place
    shares, told = asked.get_class_shares()
    finite = np.isfinite(shares) & told[:, None]
    codes = np.where(finite.any(axis=1), np.where(finite, shares, -np.inf).argmax(axis=1), -1).astype(np.int32)
    if card.class_thresholds:
        codes[codes >= 0] = [get_called_class(row, card.class_thresholds)[0] for row in shares[codes >= 0].astype(np.float32)]
    confidence = np.where(codes >= 0, shares[np.arange(place.n), np.maximum(codes, 0)], nan)
    right, own = _score_rows(asked.truths, card, place, shares, told)
    return _make_class_facet(card.classes, codes), confidence, own, right


def _make_box_columns(asked: _ColumnRequest) -> Columns:
    counted = get_counted_classes(asked.card, asked.rows.benchmark)
    prediction, confidence, right = _score_box_rows(asked.parts, asked.card, asked.truths, counted, asked.place, asked.visible)
    return prediction, confidence, asked.empty_column, right


def _make_map_columns(asked: _ColumnRequest) -> Columns:
    shares, told = asked.get_class_shares()
    prediction = _make_painted_facet(asked.card, shares, told, asked.place)
    return prediction, asked.empty_column, asked.empty_column, _score_points(asked.project, asked.rows, asked.place)


COLUMNS: ByKind[Callable[[_ColumnRequest], Columns] | None]
COLUMNS = ByKind(one_class=_make_class_columns, several_classes=None, boxes=_make_box_columns, class_map=_make_map_columns)


def _load_answers(project: Project, rows: PredictionRows, kept: Sequence[str]) -> list[tuple[str, AnswerColumns]]:
    """Of footage, picks and benchmark, in that order, so that a pick's own run stands over the footage's."""
    model, found = rows.model, []
    if model is None:
        return []
    runs = [
        ("", make_run(model, "footage", "footage", 0, "").run_id),
        ("", make_run(model, "field", compute_picks_key(kept), len(kept), "").run_id),
    ]
    if rows.benchmark is not None:
        runs.append(
            (
                make_benchmark_subject(""),
                make_run(model, "benchmark", compute_benchmark_key(rows.benchmark), len(rows.benchmark.items), "").run_id,
            )
        )
    for head, run_id in runs:
        found.append((head, project.read(partial(columns_table.load_answer_columns, run_id=run_id))))
    return found


def _collect_truths(rows: PredictionRows, kept: Sequence[str], card: Card) -> dict[str, tuple[str, tuple[Box, ...]]]:
    """Subject → class and boxes, of everything that can be judged."""
    labels = {name: rows.labels[name] for name in kept if name in rows.labels and rows.labels[name].state == "done"}
    found = {name: (label.class_name, label.boxes) for name, label in labels.items()}
    for item in rows.benchmark.items if rows.benchmark else ():
        found[make_benchmark_subject(item.path)] = (item.class_name, item.boxes)
    return {name: truth for name, truth in found.items() if card.answers is BOXES or truth[0] in card.classes}


def _fill_class_shares(
    parts: list[tuple[str, AnswerColumns]], card: Card, place: RowIndex
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(n, K) shares, NaN without an answer, and (n,) which rows have one."""
    shares, told = np.full((place.n, len(card.classes)), nan), np.zeros(place.n, np.bool_)
    for head, part in parts:
        if not part.subjects:
            continue
        at = np.array([place.row.get(head + subject, -1) for subject in part.subjects], np.int64)
        given = columns_table.get_share_matrix(part)
        shares[at[at >= 0]] = given[at >= 0, : len(card.classes)]
        told[at[at >= 0]] = True
    return shares, told


def _score_rows(
    truths: Mapping[str, tuple[str, tuple[Box, ...]]], card: Card, place: RowIndex, shares: NDArray[np.float64], told: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Whether the model is right on each row (1, 0, -1), and the probability it gives the label."""
    right, own = np.full(place.n, -1, np.int8), np.full(place.n, nan)
    names = [name for name in truths if name in place.row and told[place.row[name]]]
    if not names:
        return right, own
    at = np.array([place.row[name] for name in names])
    given = [Prediction(name, shares[row].astype(np.float32)) for name, row in zip(names, at.tolist(), strict=True)]
    judgement = evaluate_classes(card.classes, [truths[name][0] for name in names], given, card.class_thresholds)
    right[at], own[at] = judgement.right, shares[at, judgement.truth]
    return right, own


def _make_painted_facet(card: Card, shares: NDArray[np.float64], told: NDArray[np.bool_], place: RowIndex) -> Facet:
    """The things that each frame's mask shows."""
    return place.make_facet(
        {name: list_mask_classes(shares[row].astype(np.float32), card) for name, row in place.row.items() if told[row]},
        names=card.classes[1:],
    )


def _score_points(project: Project, rows: PredictionRows, place: RowIndex) -> NDArray[np.int8]:
    """Whether the masks of the labelled picks cover their points (1, 0, -1)."""
    right, side = np.full(place.n, -1, np.int8), load_field_side(project, rows.model)
    if side.judgement is not None:
        right[[place.row[side.picks[at].frame_id] for at in side.at.tolist()]] = side.judgement.right
    return right


def _score_box_rows(
    parts: list[tuple[str, AnswerColumns]],
    card: Card,
    truths: Mapping[str, tuple[str, tuple[Box, ...]]],
    counted: frozenset[str],
    place: RowIndex,
    visible: NDArray[np.bool_],
) -> tuple[Facet, NDArray[np.float64], NDArray[np.int8]]:
    """Classes of the boxes at the deployed threshold, the surest of them, and whether the frame is right."""
    given: dict[str, Prediction] = {}
    for head, part in parts:
        for subject, (n_rows, n_columns), blob in zip(part.subjects, part.shapes, part.blobs, strict=True):
            row = place.row.get(head + subject)
            if row is not None and visible[row] and n_columns is not None:
                given[head + subject] = Prediction(head + subject, np.frombuffer(blob, "<f4").reshape(n_rows, n_columns).astype(np.float32))
    confidence, right = np.full(place.n, nan), np.full(place.n, -1, np.int8)
    classes: dict[str, list[str]] = {}
    for name, prediction in given.items():
        shown = get_shown_boxes(prediction.answer, card)
        classes[name] = [card.classes[int(k)] for k in shown[:, CLASS]]
        confidence[place.row[name]] = float(shown[0, SCORE]) if len(shown) else nan
    names = [name for name in given if name in truths]
    if names:
        judgement = evaluate_boxes(card, counted, [truths[name][1] for name in names], [given[name] for name in names])
        right[[place.row[name] for name in names]] = judgement.right
    return place.make_facet(classes), confidence, right


def _compute_box_sizes(rows: PredictionRows, place: RowIndex) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The shorter side of each frame's smallest box, in pixels of the frame and in cells of the detector's finest stride.

    Cells need the size of the frame, so benchmark pictures, whose sizes are not stored, have pixels only.
    """
    side, cells = np.full(place.n, nan), np.full(place.n, nan)
    sizes = {one.recording_id: (one.height, one.width) for one in rows.recordings}
    labelled = {name: label.boxes for name, label in rows.labels.items()}
    for item in rows.benchmark.items if rows.benchmark else ():
        labelled[make_benchmark_subject(item.path)] = item.boxes
    card = get_card(rows.model) if rows.model is not None else None
    stride = find_finest_stride(card.output.kind, card.input.size) if card is not None else None
    for name, boxes in labelled.items():
        row = place.row.get(name)
        if row is None or not boxes:
            continue
        side[row] = min(min(box.w, box.h) for box in boxes)
        size = sizes.get(name.rsplit("-", 1)[0])
        if card is not None and stride is not None and size is not None:
            sx, sy = compute_input_geometry(*size, card.input).scale
            cells[row] = min(min(box.w * sx, box.h * sy) for box in boxes) / stride
    return side, cells


def _make_class_facet(classes: Sequence[str], codes: NDArray[np.int32]) -> Facet:
    """By name, since two of a model's outputs may carry the same one."""
    names = tuple(dict.fromkeys(classes))
    by_code = np.array([names.index(name) for name in classes], np.int32)
    return Facet.from_codes(names, np.where(codes >= 0, by_code[np.maximum(codes, 0)], -1).astype(np.int32))
