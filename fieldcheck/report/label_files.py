"""The labels of the report folder: COCO for boxes and a two-column CSV for classes, which `label import` takes back, a CSV for points.

Only answered frames are in it. A frame of a video is called `name.mp4#source_index`, a picture by its folder and file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fieldcheck.domain.answer_kind import ONE_CLASS, ByKind, get_answer_kind
from fieldcheck.domain.label import Label
from fieldcheck.report.frame_rows import FrameRow
from fieldcheck.report.report import Report
from fieldcheck.report.sheets import format_csv


def build_label_file(report: Report) -> tuple[str, str]:
    """Name and text of the file."""
    name, written = FILES[get_answer_kind(report.model.task) if report.model is not None else ONE_CLASS]
    return name, written(report)


def format_classes_csv(report: Report) -> str:
    """`file,class`, one row a labelled frame, in list order."""
    return format_csv(("file", "class"), ((get_item_name(row), label.class_name) for row, label in _list_labelled_rows(report)), exact=True)


def format_points_csv(report: Report) -> str:
    """`file,class,x,y`, one row a point, in list order; a frame with nothing on it has one row without a class."""
    rows: list[tuple[str | float, ...]] = []
    for row, label in _list_labelled_rows(report):
        rows += [(get_item_name(row), point.class_name, point.x, point.y) for point in label.points] or [(get_item_name(row), "", "", "")]
    return format_csv(("file", "class", "x", "y"), rows)


def build_coco_document(report: Report) -> dict[str, Any]:
    """A COCO document: pixels of the original frame; a frame with nothing on it is an image without annotations."""
    answered = _list_labelled_rows(report)
    names = tuple(report.model.classes) if report.model is not None else ()
    named = [*names, *sorted({box.class_name for _, label in answered for box in label.boxes} - set(names))]
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, (row, label) in enumerate(answered, 1):
        images.append({"id": image_id, "file_name": get_item_name(row), "width": row.width, "height": row.height})
        for box in label.boxes:
            place = {"bbox": [box.x, box.y, box.w, box.h], "area": box.w * box.h, "iscrowd": int(box.crowd)}
            annotations.append({"id": len(annotations) + 1, "image_id": image_id, "category_id": named.index(box.class_name) + 1, **place})
    categories = [{"id": number, "name": name} for number, name in enumerate(named, 1)]
    return {"images": images, "annotations": annotations, "categories": categories}


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
    one_class=_CLASSES, several_classes=_CLASSES, boxes=("labels.coco.json", _format_coco), class_map=("labels.csv", format_points_csv)
)
