"""Label Studio: a JSON list of tasks, each with a picture and what people said of it, in shares of
a hundred."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import radians
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

from fieldcheck.csv_json_xml import format_xml
from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.domain.prediction import Labels
from fieldcheck.files import write_text
from fieldcheck.labels.formats.label_set import (
    Corner,
    LabelledImage,
    LabelSet,
    Place,
    SkippedItems,
    compute_bounding_box,
    decode_brush_rle,
    find_inner_point,
    find_mask_points,
    list_losses,
    make_parent_folder,
    rotate_corners,
)
from fieldcheck.labels.formats.untrusted_files import (
    format_untrusted,
    is_inside_set,
    make_box,
    make_refusal,
    parse_class_name,
    parse_number,
    peek_json_keys,
    read_json,
    resolve_relative_path,
)

TASKS, CONFIG = "tasks.json", "label_config.xml"
FROM, TO = "label", "image"
FLAGS = ("crowd", "occluded", "truncated")
# what Label Studio puts before the name of a file that was uploaded
UPLOADED = re.compile(r"[0-9a-f]{8}-(.+)", re.DOTALL)
TAGS = {
    "boxes": "RectangleLabels",
    "points": "KeyPointLabels",
    "class": "Choices",
    "none": "Choices",
}
"""Its element for each kind of label."""


def read_label_studio(path: Path) -> LabelSet:
    """The set in an export, `JSON` and not `JSON-MIN`. Answers of a model (`predictions`) are not
    looked at; of several answers to a task the last is taken. Raises LabelsRefused."""
    rows = read_json(path)
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and isinstance(row.get("data"), dict) for row in rows
    ):
        raise make_refusal(path, "data", "entry")
    root, losses = path.parent, Counter[str]()
    items: dict[str, BenchmarkItem] = {}
    silent = []
    for index, row in enumerate(rows):
        name = _get_image_path(root, path, row["data"], f"[{index}]")
        if name in items:
            raise make_refusal(path, name, "image_twice")
        annotations = row.get("annotations") or []
        if not isinstance(annotations, list):
            raise make_refusal(path, f"[{index}]: annotations", "entry")
        answers = [
            ranking
            for ranking in annotations
            if isinstance(ranking, dict) and not ranking.get("was_cancelled")
        ]
        losses["several_answers"] += len(answers) > 1
        if answers:
            items[name] = _AnswerReader(path, f"[{index}]", losses).read_results(
                name, answers[-1].get("result")
            )
        else:
            items[name] = BenchmarkItem(name)
            silent.append(name)
    benchmark_items, classed = (
        tuple(items.values()),
        [item for item in items.values() if item.class_name],
    )
    if classed and any(item.boxes or item.points for item in benchmark_items):
        losses["tags"] += len(classed)
        benchmark_items = tuple(replace(item, class_name="") for item in benchmark_items)
    classes = tuple(sorted({name for item in benchmark_items for name in item.names}))
    names = tuple(item.path.removeprefix("images/") for item in benchmark_items)
    return LabelSet(
        "label-studio",
        root,
        classes,
        benchmark_items,
        names,
        SkippedItems(unlabelled=tuple(silent), losses=list_losses(losses)),
    )


def write_label_studio(
    out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]
) -> list[Path]:
    """`tasks.json`, the labelling interface, and the pictures in `images/`, which Label Studio
    finds below the folder that it was told to serve files from."""
    kind: Labels = (
        "class"
        if any(image.class_name for image in pictures)
        else "points"
        if any(image.points for image in pictures)
        else "boxes"
    )
    tasks = []
    for number, image in enumerate(pictures, 1):
        result = [
            _make_rectangle(box, image.size, f"{number}-{index}")
            for index, box in enumerate(image.boxes)
        ]
        result += [
            _make_keypoint(point, image.size, f"{number}-p{index}")
            for index, point in enumerate(image.points)
        ]
        result += (
            [{"id": f"{number}-c", **_make_result("choices", {"choices": [image.class_name]})}]
            if image.class_name
            else []
        )
        tasks.append(
            make_task(number, out.name, image.file, image.name)
            | {"annotations": [{"id": number, "result": result}]}
        )
    files = save_tasks(out, tasks, classes, kind)
    return [*files, *(image.save_image(out / "images" / image.file) for image in pictures)]


def make_task(number: int, folder: str, file: str, source: str) -> dict[str, Any]:
    """A task of a picture in `images/`, without an answer. `file` and `source`, which Label Studio
    hands back as they are, name the picture and what the project calls it."""
    return {
        "id": number,
        "data": {
            TO: f"/data/local-files/?d={folder}/images/{file}",
            "file": file,
            "source": source,
        },
    }


def save_tasks(
    out: Path, tasks: Sequence[dict[str, Any]], classes: Sequence[str], kind: Labels
) -> list[Path]:
    """The tasks and the interface that they are labelled in. Raises DiskFull, ReadOnlyPlace."""
    listed, config = make_parent_folder(out / TASKS), out / CONFIG
    write_text(listed, json.dumps(tasks, ensure_ascii=False, indent=1) + "\n")
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Image", {"name": TO, "value": f"${TO}"})
    labels = ElementTree.SubElement(view, TAGS[kind], {"name": FROM, "toName": TO})
    for name in classes:
        ElementTree.SubElement(
            labels, "Choice" if TAGS[kind] == "Choices" else "Label", {"value": name}
        )
    write_text(config, format_xml(view))
    return [listed, config]


def find_files(folder: Path) -> list[Path]:
    """The exports in a folder."""
    return [
        file
        for file in sorted(folder.glob("*.json"))
        if is_inside_set(folder, file) and is_candidate(file)
    ]


def is_candidate(file: Path) -> bool:
    """Whether a file begins like a list of tasks."""
    start, keys = peek_json_keys(file)
    return start == "[" and "data" in keys


def _make_result(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": FROM, "to_name": TO, "type": kind, "value": value}


def _make_size(size: tuple[int, int]) -> dict[str, Any]:
    return {"original_width": size[0], "original_height": size[1], "image_rotation": 0}


def _make_rectangle(box: Box, size: tuple[int, int], name: str) -> dict[str, Any]:
    width, height = size
    value = {
        "x": 100 * box.x / width,
        "y": 100 * box.y / height,
        "width": 100 * box.w / width,
        "height": 100 * box.h / height,
        "rotation": 0,
        "rectanglelabels": [box.class_name],
    }
    flags = [flag for flag in FLAGS if getattr(box, flag)]
    return {
        "id": name,
        **_make_size(size),
        **_make_result("rectanglelabels", value),
        **({"meta": {"text": flags}} if flags else {}),
    }


def _make_keypoint(point: Point, size: tuple[int, int], name: str) -> dict[str, Any]:
    value = {
        "x": 100 * point.x / size[0],
        "y": 100 * point.y / size[1],
        "width": 0.5,
        "keypointlabels": [point.class_name],
    }
    return {"id": name, **_make_size(size), **_make_result("keypointlabels", value)}


@dataclass(slots=True)
class _AnswerReader:
    """Reads what one person said of one picture."""

    path: Path
    where: str
    losses: Counter[str]
    boxes: list[Box] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    class_name: str = ""

    def read_results(self, name: str, result: object) -> BenchmarkItem:
        """The picture with its labels. Raises LabelsRefused."""
        if not isinstance(result, list) or not all(isinstance(entry, dict) for entry in result):
            raise make_refusal(self.path, f"{self.where}: result", "entry")
        for entry in result:
            value, kind = entry.get("value"), entry.get("type")
            if not isinstance(value, dict):
                self.losses["shapes"] += 1
            elif kind == "choices" and {"x", "points", "rle"} & set(
                value
            ):  # of one region, not of the picture
                self.losses["attributes"] += 1
            elif kind == "choices":
                self._read_choice(value.get("choices"))
            elif isinstance(kind, str) and kind in READERS:
                READERS[kind](self, entry, value)
            else:
                self.losses["shapes"] += 1
        return BenchmarkItem(name, self.class_name, tuple(self.boxes), tuple(self.points))

    def _read_choice(self, choices: object) -> None:
        names = (
            [parse_class_name(choice, self.path, self.where) for choice in choices]
            if isinstance(choices, list)
            else []
        )
        if len(names) != 1 or self.class_name not in ("", names[0]):
            raise make_refusal(
                self.path, f"{self.where}: {format_untrusted(', '.join(names))}", "two_classes"
            )
        self.class_name = names[0]

    def get_name(self, value: dict[str, Any], kind: str) -> str:
        names = value.get(kind)
        if not isinstance(names, list) or len(names) != 1:
            raise make_refusal(self.path, f"{self.where}: {kind}", "class_name")
        return parse_class_name(names[0], self.path, self.where)

    def get_size(self, entry: dict[str, Any]) -> Corner:
        width, height = (
            parse_number(entry.get(key), self.path, f"{self.where}: {key}")
            for key in ("original_width", "original_height")
        )
        if width < 1 or height < 1:
            raise make_refusal(self.path, f"{self.where}: {width:g} × {height:g}", "size")
        return width, height

    def _read_rectangle(self, entry: dict[str, Any], value: dict[str, Any]) -> None:
        width, height = self.get_size(entry)
        x, y, w, h = (
            parse_number(value.get(key), self.path, f"{self.where}: {key}")
            for key in ("x", "y", "width", "height")
        )
        rect = (x * width / 100, y * height / 100, w * width / 100, h * height / 100)
        if angle := radians(
            parse_number(value.get("rotation") or 0, self.path, f"{self.where}: rotation")
        ):
            self.losses["turned"] += 1
            rect = compute_bounding_box(rotate_corners(rect, angle))
        self._add_box(entry, self.get_name(value, "rectanglelabels"), rect)

    def _read_polygon(self, entry: dict[str, Any], value: dict[str, Any]) -> None:
        width, height = self.get_size(entry)
        pairs, name = value.get("points"), self.get_name(value, "polygonlabels")
        if (
            not isinstance(pairs, list)
            or len(pairs) < 3
            or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)
        ):
            raise make_refusal(self.path, f"{self.where}: points", "outline")
        corners = [
            (
                parse_number(x, self.path, self.where) * width / 100,
                parse_number(y, self.path, self.where) * height / 100,
            )
            for x, y in pairs
        ]
        self._add_box(entry, name, compute_bounding_box(corners))
        self.points.append(Point(name, *find_inner_point(corners)))
        self.losses["masks"] += 1

    def _read_keypoint(self, entry: dict[str, Any], value: dict[str, Any]) -> None:
        width, height = self.get_size(entry)
        x, y = (
            parse_number(value.get(key), self.path, f"{self.where}: {key}") for key in ("x", "y")
        )
        self.points.append(
            Point(self.get_name(value, "keypointlabels"), x * width / 100, y * height / 100)
        )

    def _read_brush(self, entry: dict[str, Any], value: dict[str, Any]) -> None:
        width, height = self.get_size(entry)
        name = self.get_name(value, "brushlabels")
        try:
            points, specks = find_mask_points(
                decode_brush_rle(value.get("rle"), int(width), int(height)), name
            )
        except ValueError as error:
            raise make_refusal(self.path, f"{self.where}: rle", "mask") from error
        self.points += points
        self.losses["masks"] += 1
        self.losses["specks"] += specks

    def _add_box(self, entry: dict[str, Any], name: str, rect: Place) -> None:
        meta = entry.get("meta")
        text = meta.get("text") if isinstance(meta, dict) else None
        crowd, occluded, truncated = (isinstance(text, list) and flag in text for flag in FLAGS)
        box = make_box(name, rect, self.path, self.where, crowd)
        self.boxes.append(replace(box, occluded=occluded, truncated=truncated))


READERS = {
    "rectanglelabels": _AnswerReader._read_rectangle,
    "polygonlabels": _AnswerReader._read_polygon,
    "keypointlabels": _AnswerReader._read_keypoint,
    "brushlabels": _AnswerReader._read_brush,
}


def _get_image_path(root: Path, path: Path, data: dict[str, Any], where: str) -> str:
    """The picture of a task: what its own key says, else the end of its address, which may have
    been uploaded or served from a folder."""
    file_name = data.get("file")
    if isinstance(file_name, str) and file_name.strip():
        name = file_name
    else:
        address = next(
            (item for key in (TO, "img", "image_url") if isinstance(item := data.get(key), str)),
            None,
        )
        if address is None:
            raise make_refusal(path, f"{where}: {TO}", "image_name")
        try:
            parts = urlsplit(address)
            inside = (
                parse_qs(parts.query).get("d", [""])[0]
                if parts.path.endswith("/local-files/")
                else unquote(parts.path)
            )
        except ValueError as error:
            raise make_refusal(
                path, f"{where}: {format_untrusted(address)}", "image_name"
            ) from error
        name = inside.replace("\\", "/").rpartition("/")[2]
        uploaded = UPLOADED.fullmatch(name) if "/upload/" in parts.path else None
        name = uploaded[1] if uploaded else name
    for folder in ("", "images/"):
        inner = resolve_relative_path(root, f"{folder}{name}", path)
        if (root / inner).is_file():
            return inner
    return resolve_relative_path(root, name, path)
