"""Tables and labels of the report folder as CSV and COCO, and their rows: frames and
predictions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import partial
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses.confident_errors import get_answer_confidence
from fieldcheck.analyses.report_data import FrameRow, PredictionRow, Report
from fieldcheck.csv_json_xml import Cell, format_csv, to_json_number
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.frame import ListedFrame
from fieldcheck.domain.label import Label
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import ONE_CLASS, ByKind, Prediction, get_answer_kind
from fieldcheck.domain.run import On, StoredModel
from fieldcheck.labels.formats.coco_fiftyone import EMPTY_IS_SAID, format_box
from fieldcheck.models.evaluate import get_named_classes
from fieldcheck.models.scored_sides import (
    BenchmarkSide,
    FieldSide,
    load_benchmark_side,
    load_field_side,
)
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table

KNOWN_COLUMNS = (
    *(
        "frame_id",
        "clip_id",
        "camera",
        "location",
        "taken_at",
        "source",
        "source_index",
        "t_s",
        "width",
        "height",
        "conditions",
    ),
    *(
        "stratum",
        "hardness",
        "picked",
        "probability",
        "weight",
        "reason",
        "label",
        "label_state",
        "prediction",
        "confidence",
        "right",
    ),
    *("sha256", "file", "draw"),
)
# A field that the frames list gets is a column at the end; these two of the list are none.
LATER_COLUMNS = tuple(
    field.name
    for field in fields(ListedFrame)
    if field.name not in {*KNOWN_COLUMNS, "recording_id", "frozen"}
)
FRAME_COLUMNS = (*KNOWN_COLUMNS, *LATER_COLUMNS)
PREDICTION_COLUMNS = (
    "on",
    "model",
    "run_id",
    "frame_id",
    "rank",
    "class",
    "class_index",
    "score",
    "x",
    "y",
    "w",
    "h",
    "truth",
    "right",
)


def format_frames_csv(report: Report) -> str:
    """One row for every frame of the sampling list, picked or not, in list order."""
    return format_csv(FRAME_COLUMNS, (_build_frame_cells(row) for row in report.frame_rows))


def format_predictions_csv(report: Report) -> str:
    """One row for every stored answer."""
    return format_csv(
        PREDICTION_COLUMNS, (_build_prediction_cells(row) for row in report.prediction_rows)
    )


def _get_limits(estimate: Estimate) -> tuple[float | None, float | None, float | None]:
    return to_json_number(estimate.value), to_json_number(estimate.lo), to_json_number(estimate.hi)


def _build_frame_cells(row: FrameRow) -> tuple[Cell, ...]:
    return (
        *(
            row.frame_id,
            row.clip_id,
            row.camera,
            row.location,
            row.taken_at,
            row.source,
            row.source_index,
            row.t_s,
            row.width,
            row.height,
        ),
        *(
            "|".join(row.conditions),
            row.stratum,
            row.hardness,
            row.picked,
            row.probability,
            row.weight,
            row.reason,
        ),
        *(
            row.label,
            row.label_state,
            row.prediction,
            row.confidence,
            row.right,
            row.sha256,
            row.file,
            row.draw,
        ),
        *row.later,
    )


def _build_prediction_cells(row: PredictionRow) -> tuple[Cell, ...]:
    return (
        *(
            row.on,
            row.model,
            row.run_id,
            row.frame_id,
            row.rank,
            row.class_name,
            row.class_index,
            row.score,
        ),
        *(row.x, row.y, row.w, row.h, row.truth, row.right),
    )


# The labels of the report folder: COCO for boxes and a two-column CSV for classes, which `label
# import` takes back, a CSV for
# points.


def build_label_file(report: Report) -> tuple[str, str]:
    """Name and text of the file."""
    name, written = FILES[
        get_answer_kind(report.model.task) if report.model is not None else ONE_CLASS
    ]
    return name, written(report)


def format_classes_csv(report: Report) -> str:
    """`file,class`, one row a labelled frame, in list order."""
    return format_csv(
        ("file", "class"),
        ((get_item_name(row), label.class_name) for row, label in _list_labelled_rows(report)),
        exact=True,
    )


def format_points_csv(report: Report) -> str:
    """`file,class,x,y`, one row a point, in list order; a frame with nothing on it has one row
    without a class."""
    rows: list[tuple[str | float, ...]] = []
    for row, label in _list_labelled_rows(report):
        rows += [
            (get_item_name(row), point.class_name, point.x, point.y) for point in label.points
        ] or [(get_item_name(row), "", "", "")]
    return format_csv(("file", "class", "x", "y"), rows)


def build_coco_document(report: Report) -> dict[str, Any]:
    """A COCO document: pixels of the original frame; a frame with nothing on it is an image without
    annotations, of which `info` says so."""
    answered = _list_labelled_rows(report)
    names = tuple(report.model.classes) if report.model is not None else ()
    named = [
        *names,
        *sorted({box.class_name for _, label in answered for box in label.boxes} - set(names)),
    ]
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, (row, label) in enumerate(answered, 1):
        images.append(
            {
                "id": image_id,
                "file_name": get_item_name(row),
                "width": row.width,
                "height": row.height,
            }
        )
        for box in label.boxes:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": named.index(box.class_name) + 1,
                    **format_box(box),
                }
            )
    categories = [{"id": number, "name": name} for number, name in enumerate(named, 1)]
    return {
        "info": EMPTY_IS_SAID,
        "images": images,
        "annotations": annotations,
        "categories": categories,
    }


def _format_coco(report: Report) -> str:
    return json.dumps(build_coco_document(report), ensure_ascii=False, indent=1) + "\n"


def get_item_name(row: FrameRow) -> str:
    """Name of this frame in a label file."""
    return row.source if "/" in row.source else f"{row.source}#{row.source_index}"


def _list_labelled_rows(report: Report) -> list[tuple[FrameRow, Label]]:
    labels = {label.frame_id: label for label in report.labels if label.state == "done"}
    return [(row, labels[row.frame_id]) for row in report.frame_rows if row.frame_id in labels]


_CLASSES = ("labels.csv", format_classes_csv)
FILES: ByKind[tuple[str, Callable[[Report], str]]] = ByKind(
    one_class=_CLASSES,
    several_classes=_CLASSES,
    boxes=("labels.coco.json", _format_coco),
    class_map=("labels.csv", format_points_csv),
)


# The rows of a report: every frame of the list, every answer, and the frames the model was most
# surely wrong on.

MOST_RANKS = 20
# x, y, width, height of a box in pixels of the frame
Place = tuple[float | None, float | None, float | None, float | None]
Ranked = tuple[int, float, Place]  # class, score, place
NO_BOX: Place = (None, None, None, None)


def build_frame_rows(project: Project, side: FieldSide, card: Card | None) -> tuple[FrameRow, ...]:
    """One row for every frame of the sampling list, in list order."""
    members = {
        member.frame_id: member
        for draw in side.draws
        for member in project.read(partial(labels_table.list_members, draw_id=draw.draw_id))
    }
    picks = {item.frame_id: item for item in side.picks}
    right = _get_correct_by_frame(side)
    rows = []
    for line in side.listing:
        name = line.frame.frame_id
        member, pick, label = members.get(name), picks.get(name), side.labels.get(name)
        answer = side.answers.get(name)
        answer_text, confidence = _format_answer(card, answer) if card and answer else ("", nan)
        rows.append(
            FrameRow(
                frame_id=name,
                clip_id=line.clip.clip_id,
                camera=line.clip.camera,
                location=line.clip.location,
                taken_at=line.taken_at,
                source=line.frame.source,
                source_index=line.frame.source_index,
                t_s=line.t_s,
                width=line.frame.width,
                height=line.frame.height,
                conditions=line.conditions,
                stratum=pick.stratum if pick else member.stratum if member else "",
                hardness=to_json_number(member.hardness) if member else None,
                picked=pick is not None,
                probability=to_json_number(pick.probability) if pick else None,
                weight=pick.weight if pick else None,
                reason=pick.reason if pick else "",
                label=label.class_name if label and pick else "",
                label_state="out"
                if pick and pick.taken_out
                else label.state
                if label and pick
                else "",
                prediction=answer_text,
                confidence=to_json_number(confidence),
                right=right.get(name),
                sha256=line.frame.sha256,
                file=pick.file if pick else "",
                draw=member.draw_id if member else None,
                later=tuple(getattr(line.frame, column) for column in LATER_COLUMNS),
            )
        )
    return _apply_final_weights(tuple(rows), side)


def _apply_final_weights(rows: tuple[FrameRow, ...], side: FieldSide) -> tuple[FrameRow, ...]:
    """Weights are listed/labelled of the stratum: known only once labels are in, so they replace
    those of the draw."""
    weight = dict(
        zip([pick.frame_id for pick in side.picks], side.scores.weight.tolist(), strict=True)
    )
    return tuple(
        replace(row, weight=weight[row.frame_id]) if row.label_state == "done" else row
        for row in rows
    )


def load_prediction_rows(project: Project, model: StoredModel) -> tuple[PredictionRow, ...]:
    """Every stored answer of a model of the project."""
    field, benchmark = load_field_side(project, model), load_benchmark_side(project, model)
    return tuple(build_prediction_rows(model.name, get_card(model), field, benchmark))


def build_prediction_rows(
    model: str, card: Card, field: FieldSide, benchmark: BenchmarkSide | None
) -> Iterator[PredictionRow]:
    """Every answer: the picked frames, the rest of the footage, the benchmark."""
    truth = {
        pick.frame_id: "|".join(side_label.names)
        for pick in field.picks
        if (side_label := field.labels.get(pick.frame_id))
    }
    right = _get_correct_by_frame(field)
    picked = {pick.frame_id for pick in field.picks}
    for line in field.listing:
        name = line.frame.frame_id
        if name in picked and name in field.answers:
            run_id = field.run_id if name in field.asked else field.footage_run_id
            yield from _build_prediction_rows(
                "field",
                model,
                run_id,
                field.answers[name],
                card,
                truth.get(name, ""),
                right.get(name),
            )
        elif name in field.footage_answers:
            yield from _build_prediction_rows(
                "footage", model, field.footage_run_id, field.footage_answers[name], card, "", None
            )
    if benchmark is not None:
        judged = dict(
            zip(
                [item.path for item in benchmark.items],
                benchmark.judgement.right.tolist(),
                strict=True,
            )
        )
        for item in benchmark.benchmark.items:
            if item.path in benchmark.answers:
                truth_names = "|".join(item.names)
                yield from _build_prediction_rows(
                    "benchmark",
                    model,
                    benchmark.run_id,
                    benchmark.answers[item.path],
                    card,
                    truth_names,
                    judged.get(item.path),
                )


def _build_prediction_rows(
    set_name: On,
    model: str,
    run_id: str,
    prediction: Prediction,
    card: Card,
    truth: str,
    right: bool | None,
) -> Iterator[PredictionRow]:
    answer, name = prediction.answer, prediction.subject
    ranked = RANKED[card.answers](answer)
    if not ranked:
        yield PredictionRow(set_name, model, run_id, name, 0, truth=truth, right=right)
    for rank, (k, score, bounds) in enumerate(ranked, 1):
        truth_cell, judged = (truth, right) if rank == 1 else ("", None)
        yield PredictionRow(
            set_name,
            model,
            run_id,
            name,
            rank,
            card.classes[k],
            k,
            score,
            *bounds,
            truth_cell,
            judged,
        )


def _sort_boxes(answer: NDArray[np.float32]) -> list[Ranked]:
    """Every box that is kept, the best first: class, score, and its place x, y, width, height."""
    return [
        (int(k), score, (x1, y1, x2 - x1, y2 - y1)) for x1, y1, x2, y2, score, k in answer.tolist()
    ]


def _sort_classes(answer: NDArray[np.float32]) -> list[Ranked]:
    """At most twenty classes with a finite figure, the best first: class and figure."""
    finite = np.isfinite(answer)
    order = np.argsort(-np.where(finite, answer, -np.inf), kind="stable")[
        : min(MOST_RANKS, int(finite.sum()))
    ]
    return [(k, float(answer[k]), NO_BOX) for k in order.tolist()]


RANKED = ByKind(
    one_class=_sort_classes,
    several_classes=_sort_classes,
    boxes=_sort_boxes,
    class_map=_sort_classes,
)


def _get_correct_by_frame(side: FieldSide) -> dict[str, bool]:
    if side.judgement is None:
        return {}
    return {
        side.picks[index].frame_id: bool(right)
        for index, right in zip(side.labelled.tolist(), side.judgement.right, strict=True)
    }


def _format_answer(card: Card, prediction: Prediction) -> tuple[str, float]:
    """The answer in one cell, and how sure it is: the top class, the classes of the boxes at the
    deployed threshold, or what the masks show."""
    names = get_named_classes(prediction.answer, card)
    return "|".join(dict.fromkeys(names)), get_answer_confidence(card, prediction)
