"""Columns of everything that can be filtered and sorted: sampled frames and benchmark images with
their predictions, labels and tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import nan

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.analyses.slices import LIGHTS, group_by_light, split_into_thirds
from fieldcheck.domain.items import FACETS, FIGURES, Facet, Items, make_benchmark_subject
from fieldcheck.domain.label import Benchmark, Box, Label, LabelReview, Pick
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import BOXES, ByKind, Prediction
from fieldcheck.domain.recording import Clip, Recording, format_clip_names
from fieldcheck.domain.run import StoredModel
from fieldcheck.models.evaluate import (
    evaluate_boxes,
    evaluate_classes,
    get_called_class,
    get_shown_boxes,
    list_mask_classes,
)
from fieldcheck.models.preprocess import compute_input_geometry, find_finest_stride
from fieldcheck.models.run import compute_benchmark_key, compute_picks_key
from fieldcheck.models.scored_sides import get_counted_classes, load_field_side
from fieldcheck.models.store import get_card, make_run
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as columns_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables.frames import AnswerColumns, FrameColumns
from fieldcheck.stats.iou_of_boxes_and_masks import CLASS, SCORE
from fieldcheck.timestamp import parse_local_time


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
        """From subject → the values it has; `names` come first, in that order, others as they are
        met in alphabetical order."""
        kept = sorted(
            (self.row[subject], facet_value)
            for subject, facet_value in values.items()
            if subject in self.row
        )
        all_names = tuple(
            dict.fromkeys(
                (*names, *sorted({value for _, facet_value in kept for value in facet_value}))
            )
        )
        code = {name: index for index, name in enumerate(all_names)}
        pairs = [
            (row, code[value]) for row, facet_value in kept for value in dict.fromkeys(facet_value)
        ]
        result = np.array(pairs, dtype=np.int32).reshape(-1, 2)
        return Facet(
            all_names, np.ascontiguousarray(result[:, 0]), np.ascontiguousarray(result[:, 1])
        )


@dataclass(frozen=True, slots=True)
class PredictionColumns:
    """Columns over all rows. `right`: 1, 0, or -1 where it is not known; the figures are NaN where
    they are not."""

    prediction: Facet
    confidence: NDArray[np.float64]
    label_confidence: NDArray[np.float64]
    right: NDArray[np.int8]
    box_side: NDArray[np.float64]
    box_cells: NDArray[np.float64]
    n_left: int


def load_prediction_columns(
    project: Project, rows: PredictionRows, row_index: RowIndex
) -> PredictionColumns:
    """The newest model's answers. While a pick waits for its first look, frames without a label
    show nothing of them."""
    kept = [pick.frame_id for pick in rows.picks if not pick.taken_out]
    n_left = sum(name not in rows.labels for name in kept)
    side, cells = _compute_box_sizes(rows, row_index)
    nothing = np.full(row_index.n, nan)
    columns = COLUMNS[get_card(rows.model).answers] if rows.model is not None else None
    if rows.model is None or columns is None:
        return PredictionColumns(
            Facet.make_empty(),
            nothing,
            nothing.copy(),
            np.full(row_index.n, -1, np.int8),
            side,
            cells,
            n_left,
        )
    card = get_card(rows.model)
    visible = np.ones(row_index.n, np.bool_)
    if n_left:
        visible[: row_index.n_frames] = False
        visible[
            [row_index.row[name] for name in kept if name in rows.labels and name in row_index.row]
        ] = True
    request = _ColumnRequest(
        project,
        rows,
        row_index,
        card,
        _load_answers(project, rows, kept),
        _collect_truths(rows, kept, card),
        visible,
    )
    return PredictionColumns(*columns(request), side, cells, n_left)


@dataclass(frozen=True, slots=True)
class _ColumnRequest:
    """What columns are made of: the stored answers part by part, what is true of each subject, and
    of which rows (n,) they may tell."""

    project: Project
    rows: PredictionRows
    row_index: RowIndex
    card: Card
    parts: list[tuple[str, AnswerColumns]]
    truths: Mapping[str, tuple[str, tuple[Box, ...]]]
    visible: NDArray[np.bool_]

    @property
    def empty_column(self) -> NDArray[np.float64]:
        """A column of which nothing is known."""
        return np.full(self.row_index.n, nan)

    def get_class_shares(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """(n, K) figures of the classes, and (n,) which rows have some that may be told."""
        shares, is_known = _fill_class_shares(self.parts, self.card, self.row_index)
        return shares, is_known & self.visible


# prediction, confidence, of the label, right
Columns = tuple[Facet, NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]


def _make_class_columns(request: _ColumnRequest) -> Columns:
    card, row_index = request.card, request.row_index
    shares, is_known = request.get_class_shares()
    finite = np.isfinite(shares) & is_known[:, None]
    codes = np.where(
        finite.any(axis=1), np.where(finite, shares, -np.inf).argmax(axis=1), -1
    ).astype(np.int32)
    if card.class_thresholds:
        codes[codes >= 0] = [
            get_called_class(row, card.class_thresholds)[0]
            for row in shares[codes >= 0].astype(np.float32)
        ]
    confidence = np.where(codes >= 0, shares[np.arange(row_index.n), np.maximum(codes, 0)], nan)
    right, own = _score_rows(request.truths, card, row_index, shares, is_known)
    return _make_class_facet(card.classes, codes), confidence, own, right


def _make_box_columns(request: _ColumnRequest) -> Columns:
    counted = get_counted_classes(request.card, request.rows.benchmark)
    prediction, confidence, right = _score_box_rows(
        request.parts, request.card, request.truths, counted, request.row_index, request.visible
    )
    return prediction, confidence, request.empty_column, right


def _make_map_columns(request: _ColumnRequest) -> Columns:
    shares, is_known = request.get_class_shares()
    prediction = _make_painted_facet(request.card, shares, is_known, request.row_index)
    return (
        prediction,
        request.empty_column,
        request.empty_column,
        _score_points(request.project, request.rows, request.row_index),
    )


COLUMNS: ByKind[Callable[[_ColumnRequest], Columns] | None]
COLUMNS = ByKind(
    one_class=_make_class_columns,
    several_classes=None,
    boxes=_make_box_columns,
    class_map=_make_map_columns,
)


def _load_answers(
    project: Project, rows: PredictionRows, kept: Sequence[str]
) -> list[tuple[str, AnswerColumns]]:
    """Of footage, picks and benchmark, in that order, so that a pick's own run stands over the
    footage's."""
    model, result = rows.model, []
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
                make_run(
                    model,
                    "benchmark",
                    compute_benchmark_key(rows.benchmark),
                    len(rows.benchmark.items),
                    "",
                ).run_id,
            )
        )
    for head, run_id in runs:
        result.append(
            (head, project.read(partial(columns_table.load_answer_columns, run_id=run_id)))
        )
    return result


def _collect_truths(
    rows: PredictionRows, kept: Sequence[str], card: Card
) -> dict[str, tuple[str, tuple[Box, ...]]]:
    """Subject → class and boxes, of everything that can be judged."""
    labels = {
        name: rows.labels[name]
        for name in kept
        if name in rows.labels and rows.labels[name].state == "done"
    }
    result = {name: (label.class_name, label.boxes) for name, label in labels.items()}
    for item in rows.benchmark.items if rows.benchmark else ():
        result[make_benchmark_subject(item.path)] = (item.class_name, item.boxes)
    return {
        name: truth
        for name, truth in result.items()
        if card.answers is BOXES or truth[0] in card.classes
    }


def _fill_class_shares(
    parts: list[tuple[str, AnswerColumns]], card: Card, row_index: RowIndex
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(n, K) shares, NaN without an answer, and (n,) which rows have one."""
    shares, is_known = (
        np.full((row_index.n, len(card.classes)), nan),
        np.zeros(row_index.n, np.bool_),
    )
    for head, part in parts:
        if not part.subjects:
            continue
        indices = np.array(
            [row_index.row.get(head + subject, -1) for subject in part.subjects], np.int64
        )
        share_matrix = columns_table.get_share_matrix(part)
        shares[indices[indices >= 0]] = share_matrix[indices >= 0, : len(card.classes)]
        is_known[indices[indices >= 0]] = True
    return shares, is_known


def _score_rows(
    truths: Mapping[str, tuple[str, tuple[Box, ...]]],
    card: Card,
    row_index: RowIndex,
    shares: NDArray[np.float64],
    is_known: NDArray[np.bool_],
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Whether the model is right on each row (1, 0, -1), and the probability it gives the label."""
    right, own = np.full(row_index.n, -1, np.int8), np.full(row_index.n, nan)
    names = [name for name in truths if name in row_index.row and is_known[row_index.row[name]]]
    if not names:
        return right, own
    indices = np.array([row_index.row[name] for name in names])
    predictions = [
        Prediction(name, shares[row].astype(np.float32))
        for name, row in zip(names, indices.tolist(), strict=True)
    ]
    judgement = evaluate_classes(
        card.classes, [truths[name][0] for name in names], predictions, card.class_thresholds
    )
    right[indices], own[indices] = judgement.right, shares[indices, judgement.truth]
    return right, own


def _make_painted_facet(
    card: Card, shares: NDArray[np.float64], is_known: NDArray[np.bool_], row_index: RowIndex
) -> Facet:
    """The things that each frame's mask shows."""
    return row_index.make_facet(
        {
            name: list_mask_classes(shares[row].astype(np.float32), card)
            for name, row in row_index.row.items()
            if is_known[row]
        },
        names=card.classes[1:],
    )


def _score_points(project: Project, rows: PredictionRows, row_index: RowIndex) -> NDArray[np.int8]:
    """Whether the masks of the labelled picks cover their points (1, 0, -1)."""
    right, side = np.full(row_index.n, -1, np.int8), load_field_side(project, rows.model)
    if side.judgement is not None:
        right[[row_index.row[side.picks[index].frame_id] for index in side.labelled.tolist()]] = (
            side.judgement.right
        )
    return right


def _score_box_rows(
    parts: list[tuple[str, AnswerColumns]],
    card: Card,
    truths: Mapping[str, tuple[str, tuple[Box, ...]]],
    counted: frozenset[str],
    row_index: RowIndex,
    visible: NDArray[np.bool_],
) -> tuple[Facet, NDArray[np.float64], NDArray[np.int8]]:
    """Classes of the boxes at the deployed threshold, the surest of them, and whether the frame is
    right."""
    predictions: dict[str, Prediction] = {}
    for head, part in parts:
        for subject, (n_rows, n_columns), blob in zip(
            part.subjects, part.shapes, part.blobs, strict=True
        ):
            row = row_index.row.get(head + subject)
            if row is not None and visible[row] and n_columns is not None:
                predictions[head + subject] = Prediction(
                    head + subject,
                    np.frombuffer(blob, "<f4").reshape(n_rows, n_columns).astype(np.float32),
                )
    confidence, right = np.full(row_index.n, nan), np.full(row_index.n, -1, np.int8)
    classes: dict[str, list[str]] = {}
    for name, prediction in predictions.items():
        shown = get_shown_boxes(prediction.answer, card)
        classes[name] = [card.classes[int(k)] for k in shown[:, CLASS]]
        confidence[row_index.row[name]] = float(shown[0, SCORE]) if len(shown) else nan
    names = [name for name in predictions if name in truths]
    if names:
        judgement = evaluate_boxes(
            card,
            counted,
            [truths[name][1] for name in names],
            [predictions[name] for name in names],
        )
        right[[row_index.row[name] for name in names]] = judgement.right
    return row_index.make_facet(classes), confidence, right


def _compute_box_sizes(
    rows: PredictionRows, row_index: RowIndex
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The shorter side of each frame's smallest box, in pixels of the frame and in cells of the
    detector's finest stride.

    Cells need the size of the frame, so benchmark pictures, whose sizes are not stored, have pixels
    only.
    """
    side, cells = np.full(row_index.n, nan), np.full(row_index.n, nan)
    sizes = {
        recording.recording_id: (recording.height, recording.width) for recording in rows.recordings
    }
    labelled = {name: label.boxes for name, label in rows.labels.items()}
    for item in rows.benchmark.items if rows.benchmark else ():
        labelled[make_benchmark_subject(item.path)] = item.boxes
    card = get_card(rows.model) if rows.model is not None else None
    stride = find_finest_stride(card.output.kind, card.input.size) if card is not None else None
    for name, boxes in labelled.items():
        row = row_index.row.get(name)
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
    return Facet.from_codes(
        names, np.where(codes >= 0, by_code[np.maximum(codes, 0)], -1).astype(np.int32)
    )


# Everything that can be looked at in a project, as columns to filter and sort by: listed frames and
# benchmark pictures.

SETS = ("field", "footage", "benchmark")
THIRDS = ("low", "middle", "high")
HOURS = tuple(f"{hour:02d}" for hour in range(24))
FIRST_PAGE = 200  # frames; more than any window shows at once
DAY_S, HOUR_S = 86_400, 3_600


def load_items(project: Project, kept: FrameColumns | None = None) -> tuple[Items, FrameColumns]:
    """The columns as they are now, and those of the frames, which never change: hand them in again
    next time, and only what a person's act may have changed is read anew."""
    rows = project.read(lambda db: _load_rows(db, kept))
    names = [
        *rows.frames.frame_ids,
        *(
            make_benchmark_subject(item.path)
            for item in (rows.benchmark.items if rows.benchmark else ())
        ),
    ]
    row_index = RowIndex(
        {name: index for index, name in enumerate(names)}, len(rows.frames.frame_ids), len(names)
    )
    prediction_columns = load_prediction_columns(project, rows, row_index)
    facets = {
        **dict.fromkeys(FACETS, Facet.make_empty()),
        **_make_footage_facets(rows, row_index),
        **_make_label_facets(rows, row_index),
        **_make_answer_facets(prediction_columns),
    }
    figures = {
        **{name: np.full(row_index.n, nan) for name in FIGURES},
        **_load_measured_figures(rows, row_index),
        **_list_answer_figures(prediction_columns),
    }
    return Items(
        tuple(names),
        facets,
        figures,
        row_index.n_frames,
        prediction_columns.n_left,
        format_clip_names(rows.recordings, rows.clips),
    ), rows.frames


def load_first_page(project: Project) -> tuple[str, ...]:
    """The first frames of the list, found without reading the others."""
    return project.read(lambda db: columns_table.list_first_frame_ids(db, FIRST_PAGE))


def _load_rows(db: Database, kept: FrameColumns | None) -> PredictionRows:
    frames = (
        kept
        if kept is not None and len(kept.frame_ids) == columns_table.count_listed_frames(db)
        else columns_table.load_frame_columns(db)
    )
    strata = {
        member.frame_id: member.stratum
        for draw in labels_table.list_current_draws(db)
        for member in labels_table.list_members(db, draw.draw_id)
    }
    return PredictionRows(
        frames, recordings_table.list_recordings(db), recordings_table.list_clips(db),
        labels_table.list_picks(db),
        {label.frame_id: label for label in labels_table.list_labels(db)},
        labels_table.list_tags(db), labels_table.list_label_reviews(db),
        strata, models_table.get_benchmark(db), models_table.get_newest_model(db),
    )  # fmt: skip


def _make_footage_facets(rows: PredictionRows, row_index: RowIndex) -> dict[str, Facet]:
    """What is known of frames by where, when and how they were taken; a benchmark picture has none
    of it."""
    clip = find_clip_of_each(rows.frames, rows.clips)
    figures, n, beyond = rows.frames.figures, row_index.n_frames, row_index.n - row_index.n_frames
    light = group_by_light(
        *(figures[name] for name in ("mean", "contrast", "clipped_high", "backlight"))
    )
    sets = np.full(row_index.n, SETS.index("footage"), np.int32)
    sets[
        [
            row_index.row[pick.frame_id]
            for pick in rows.picks
            if not pick.taken_out and pick.frame_id in row_index.row
        ]
    ] = SETS.index("field")
    sets[n:] = SETS.index("benchmark")
    result = {
        "set": Facet.from_codes(SETS, sets),
        "clip": Facet.from_codes(
            tuple(item.clip_id for item in rows.clips), _pad_codes(clip, beyond)
        ),
        "light": Facet.from_codes(LIGHTS, _pad_codes(light, beyond)),
        "blur": Facet.from_codes(
            THIRDS, _pad_codes(split_into_thirds(-figures["sharpness"]), beyond)
        ),
        "noise": Facet.from_codes(THIRDS, _pad_codes(split_into_thirds(figures["noise"]), beyond)),
        "hour": Facet.from_codes(HOURS, _pad_codes(_compute_hours(rows), beyond)),
        "condition": _make_conditions_facet(rows.clips, clip),
    }
    for name, text in (
        ("camera", [item.camera for item in rows.clips]),
        ("location", [item.location for item in rows.clips]),
    ):
        names = tuple(sorted({value for value in text if value}))
        codes = np.array([names.index(value) if value else -1 for value in text] or [-1], np.int32)
        result[name] = Facet.from_codes(names, _pad_codes(codes[clip], beyond))
    return result


def find_clip_of_each(frames: FrameColumns, clips: Sequence[Clip]) -> NDArray[np.int32]:
    """(n,) the index of each frame's clip. Clips stand in list order: recordings in order of
    import, clips in time order."""
    order = {name: index for index, name in enumerate(frames.recording_ids)}
    first_frames = [
        (order[clip.recording_id], clip.first_index, index)
        for index, clip in enumerate(clips)
        if clip.recording_id in order
    ]
    if not first_frames:
        return np.zeros(len(frames.frame_ids), np.int32)
    starts = np.array([(recording << 40) + first for recording, first, _ in first_frames], np.int64)
    wanted = (frames.recording.astype(np.int64) << 40) + frames.source_index
    indices = np.maximum(np.searchsorted(starts, wanted, side="right") - 1, 0)
    return np.array([clip for _, _, clip in first_frames], np.int32)[indices]


def _make_conditions_facet(clips: Sequence[Clip], clip: NDArray[np.int32]) -> Facet:
    names = tuple(sorted({name for item in clips for name in item.conditions}))
    rows, codes = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for code, name in enumerate(names):
        under = np.array([name in item.conditions for item in clips], np.bool_)
        here = np.flatnonzero(under[clip]).astype(np.int32)
        rows.append(here)
        codes.append(np.full(here.size, code, np.int32))
    row_indices, code_of_row = np.concatenate(rows), np.concatenate(codes)
    order = np.argsort(row_indices, kind="stable")
    return Facet(names, row_indices[order], code_of_row[order])


def _compute_hours(rows: PredictionRows) -> NDArray[np.int32]:
    """(n,) the hour of the day in local time, -1 where nobody said when it was."""
    begins = _get_clip_starts(rows)
    day = np.array(
        [
            begin.hour * HOUR_S + begin.minute * 60 + begin.second if begin else -DAY_S
            for begin in begins
        ]
        or [-DAY_S],
        np.float64,
    )
    seconds = (
        day[rows.frames.recording] + rows.frames.figures["t_s"]
        if rows.frames.recording.size
        else np.empty(0)
    )
    has_time = np.array([begin is not None for begin in begins] or [False], np.bool_)[
        rows.frames.recording
    ]
    return np.where(has_time, (seconds % DAY_S) // HOUR_S, -1).astype(np.int32)


def _get_clip_starts(rows: PredictionRows) -> list[datetime | None]:
    taken = {
        recording.recording_id: parse_local_time(recording.taken_at, recording.ahead_s)
        for recording in rows.recordings
        if recording.taken_at
    }
    return [taken.get(name) for name in rows.frames.recording_ids]


def _make_label_facets(rows: PredictionRows, row_index: RowIndex) -> dict[str, Facet]:
    """What people said: labels, tags, label reviews."""
    kept = {pick.frame_id: pick for pick in rows.picks if not pick.taken_out}
    labels = {name: label for name, label in rows.labels.items() if name in kept}
    classes = {name: label.names for name, label in labels.items()}
    boxes = {name: label.boxes for name, label in labels.items()}
    for item in rows.benchmark.items if rows.benchmark else ():
        classes[make_benchmark_subject(item.path)] = item.names
        boxes[make_benchmark_subject(item.path)] = item.boxes
    hidden = {name for name in kept if name not in labels}
    return {
        "class": row_index.make_facet(classes),
        "occluded": row_index.make_facet(
            {
                name: ["yes" if any(box.occluded for box in objects) else "no"]
                for name, objects in boxes.items()
                if objects
            }
        ),
        "operator": row_index.make_facet(
            {name: [label.by] for name, label in labels.items() if label.by}
        ),
        "state": row_index.make_facet(
            {name: [labels[name].state if name in labels else "waiting"] for name in kept}
        ),
        "tag": row_index.make_facet(rows.tags),
        "stratum": row_index.make_facet(
            {name: [stratum] for name, stratum in rows.strata.items() if name not in hidden}
            if not hidden
            else {}
        ),
        "second_look": row_index.make_facet(
            {subject: [review.answer] for subject, review in rows.looks.items()}
        ),
    }


def _make_answer_facets(prediction_columns: PredictionColumns) -> dict[str, Facet]:
    return {
        "prediction": prediction_columns.prediction,
        "right": Facet.from_codes(
            ("right", "wrong"),
            np.where(prediction_columns.right < 0, -1, 1 - prediction_columns.right).astype(
                np.int32
            ),
        ),
    }


def _list_answer_figures(prediction_columns: PredictionColumns) -> dict[str, NDArray[np.float64]]:
    named = {
        "confidence": prediction_columns.confidence,
        "label_confidence": prediction_columns.label_confidence,
    }
    return {
        **named,
        "box_side": prediction_columns.box_side,
        "box_cells": prediction_columns.box_cells,
    }


def _load_measured_figures(
    rows: PredictionRows, row_index: RowIndex
) -> dict[str, NDArray[np.float64]]:
    begins = np.array(
        [begin.timestamp() if begin else nan for begin in _get_clip_starts(rows)] or [nan]
    )
    figures, beyond = rows.frames.figures, np.full(row_index.n - row_index.n_frames, nan)
    time = (
        begins[rows.frames.recording] + figures["t_s"]
        if rows.frames.recording.size
        else np.empty(0)
    )
    named = {
        "time": time,
        "brightness": figures["mean"],
        "sharpness": figures["sharpness"],
        "noise_level": figures["noise"],
    }
    return {name: np.concatenate([column, beyond]) for name, column in named.items()}


def _pad_codes(codes: NDArray[np.int32] | NDArray[np.int8], beyond: int) -> NDArray[np.int32]:
    return np.concatenate([codes.astype(np.int32), np.full(beyond, -1, np.int32)])
