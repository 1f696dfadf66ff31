"""Label Studio: a JSON list of tasks, each with a picture and what people said of it, in shares of a hundred."""

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

from fieldcheck.domain.answer_kind import Labels
from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.domain.box import Box, Point
from fieldcheck.exchange.label_set import LabelSet, SetAside, losses_of
from fieldcheck.exchange.labelled_picture import LabelledPicture, folder_for
from fieldcheck.exchange.outline import Corner, Place, around, inner_point, points_of_mask, turned
from fieldcheck.exchange.rle import brushed
from fieldcheck.exchange.untrusted import belongs, box, class_name, figure, json_keys, read_json, refused, relative_path, shown
from fieldcheck.files import write_text
from fieldcheck.plain_xml import xml_document

TASKS, CONFIG = "tasks.json", "label_config.xml"
FROM, TO = "label", "image"
FLAGS = ("crowd", "occluded", "truncated")
UPLOADED = re.compile(r"[0-9a-f]{8}-(.+)", re.DOTALL)  # what Label Studio puts before the name of a file that was uploaded
TAGS = {"boxes": "RectangleLabels", "points": "KeyPointLabels", "class": "Choices", "none": "Choices"}
"""Its element for each kind of label."""


def read(path: Path) -> LabelSet:
    """The set in an export, `JSON` and not `JSON-MIN`. Answers of a model (`predictions`) are not looked at; of several answers to
    a task the last is taken. Raises LabelsRefused."""
    rows = read_json(path)
    if not isinstance(rows, list) or not all(isinstance(row, dict) and isinstance(row.get("data"), dict) for row in rows):
        raise refused(path, "data", "entry")
    root, losses = path.parent, Counter[str]()
    items: dict[str, BenchmarkItem] = {}
    silent = []
    for at, row in enumerate(rows):
        name = _picture_path(root, path, row["data"], f"[{at}]")
        if name in items:
            raise refused(path, name, "image_twice")
        told = row.get("annotations") or []
        if not isinstance(told, list):
            raise refused(path, f"[{at}]: annotations", "entry")
        answers = [one for one in told if isinstance(one, dict) and not one.get("was_cancelled")]
        losses["several_answers"] += len(answers) > 1
        if answers:
            items[name] = _Answer(path, f"[{at}]", losses).read(name, answers[-1].get("result"))
        else:
            items[name] = BenchmarkItem(name)
            silent.append(name)
    found, classed = tuple(items.values()), [item for item in items.values() if item.class_name]
    if classed and any(item.boxes or item.points for item in found):
        losses["tags"] += len(classed)
        found = tuple(replace(item, class_name="") for item in found)
    classes = tuple(sorted({name for item in found for name in item.names}))
    names = tuple(item.path.removeprefix("images/") for item in found)
    return LabelSet("label-studio", root, classes, found, names, SetAside(unlabelled=tuple(silent), losses=losses_of(losses)))


def write(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    """`tasks.json`, the labelling interface, and the pictures in `images/`, which Label Studio finds below the folder that it was told to
    serve files from."""
    kind: Labels = "class" if any(one.class_name for one in pictures) else "points" if any(one.points for one in pictures) else "boxes"
    tasks = []
    for number, one in enumerate(pictures, 1):
        result = [_rectangle(found, one.size, f"{number}-{at}") for at, found in enumerate(one.boxes)]
        result += [_keypoint(point, one.size, f"{number}-p{at}") for at, point in enumerate(one.points)]
        result += [{"id": f"{number}-c", **_of("choices", {"choices": [one.class_name]})}] if one.class_name else []
        tasks.append(task(number, out.name, one.file, one.name) | {"annotations": [{"id": number, "result": result}]})
    files = save_tasks(out, tasks, classes, kind)
    return [*files, *(one.save(out / "images" / one.file) for one in pictures)]


def task(number: int, folder: str, file: str, source: str) -> dict[str, Any]:
    """A task of a picture in `images/`, without an answer. `file` and `source`, which Label Studio hands back as they are, name the picture
    and what the project calls it."""
    return {"id": number, "data": {TO: f"/data/local-files/?d={folder}/images/{file}", "file": file, "source": source}}


def save_tasks(out: Path, tasks: Sequence[dict[str, Any]], classes: Sequence[str], kind: Labels) -> list[Path]:
    """The tasks and the interface that they are labelled in. Raises DiskFull, ReadOnlyPlace."""
    listed, config = folder_for(out / TASKS), out / CONFIG
    write_text(listed, json.dumps(tasks, ensure_ascii=False, indent=1) + "\n")
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Image", {"name": TO, "value": f"${TO}"})
    labels = ElementTree.SubElement(view, TAGS[kind], {"name": FROM, "toName": TO})
    for name in classes:
        ElementTree.SubElement(labels, "Choice" if TAGS[kind] == "Choices" else "Label", {"value": name})
    write_text(config, xml_document(view))
    return [listed, config]


def files_in(folder: Path) -> list[Path]:
    """The exports in a folder."""
    return [file for file in sorted(folder.glob("*.json")) if belongs(folder, file) and begins(file)]


def begins(file: Path) -> bool:
    """Whether a file begins like a list of tasks."""
    start, keys = json_keys(file)
    return start == "[" and "data" in keys


def _of(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": FROM, "to_name": TO, "type": kind, "value": value}


def _sized(size: tuple[int, int]) -> dict[str, Any]:
    return {"original_width": size[0], "original_height": size[1], "image_rotation": 0}


def _rectangle(found: Box, size: tuple[int, int], name: str) -> dict[str, Any]:
    width, height = size
    value = {
        "x": 100 * found.x / width, "y": 100 * found.y / height, "width": 100 * found.w / width, "height": 100 * found.h / height,
        "rotation": 0, "rectanglelabels": [found.class_name],
    }  # fmt: skip
    flags = [flag for flag in FLAGS if getattr(found, flag)]
    return {"id": name, **_sized(size), **_of("rectanglelabels", value), **({"meta": {"text": flags}} if flags else {})}


def _keypoint(point: Point, size: tuple[int, int], name: str) -> dict[str, Any]:
    value = {"x": 100 * point.x / size[0], "y": 100 * point.y / size[1], "width": 0.5, "keypointlabels": [point.class_name]}
    return {"id": name, **_sized(size), **_of("keypointlabels", value)}


@dataclass(slots=True)
class _Answer:
    """Reads what one person said of one picture."""

    path: Path
    where: str
    losses: Counter[str]
    boxes: list[Box] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    class_name: str = ""

    def read(self, name: str, result: object) -> BenchmarkItem:
        """The picture with its labels. Raises LabelsRefused."""
        if not isinstance(result, list) or not all(isinstance(one, dict) for one in result):
            raise refused(self.path, f"{self.where}: result", "entry")
        for one in result:
            value, kind = one.get("value"), one.get("type")
            if not isinstance(value, dict):
                self.losses["shapes"] += 1
            elif kind == "choices" and {"x", "points", "rle"} & set(value):  # of one region, not of the picture
                self.losses["attributes"] += 1
            elif kind == "choices":
                self._choice(value.get("choices"))
            elif isinstance(kind, str) and kind in READERS:
                READERS[kind](self, one, value)
            else:
                self.losses["shapes"] += 1
        return BenchmarkItem(name, self.class_name, tuple(self.boxes), tuple(self.points))

    def _choice(self, said: object) -> None:
        names = [class_name(one, self.path, self.where) for one in said] if isinstance(said, list) else []
        if len(names) != 1 or self.class_name not in ("", names[0]):
            raise refused(self.path, f"{self.where}: {shown(', '.join(names))}", "two_classes")
        self.class_name = names[0]

    def name(self, value: dict[str, Any], kind: str) -> str:
        said = value.get(kind)
        if not isinstance(said, list) or len(said) != 1:
            raise refused(self.path, f"{self.where}: {kind}", "class_name")
        return class_name(said[0], self.path, self.where)

    def size(self, one: dict[str, Any]) -> Corner:
        width, height = (figure(one.get(key), self.path, f"{self.where}: {key}") for key in ("original_width", "original_height"))
        if width < 1 or height < 1:
            raise refused(self.path, f"{self.where}: {width:g} × {height:g}", "size")
        return width, height

    def _rectangle(self, one: dict[str, Any], value: dict[str, Any]) -> None:
        width, height = self.size(one)
        x, y, w, h = (figure(value.get(key), self.path, f"{self.where}: {key}") for key in ("x", "y", "width", "height"))
        place = (x * width / 100, y * height / 100, w * width / 100, h * height / 100)
        if angle := radians(figure(value.get("rotation") or 0, self.path, f"{self.where}: rotation")):
            self.losses["turned"] += 1
            place = around(turned(place, angle))
        self._box(one, self.name(value, "rectanglelabels"), place)

    def _polygon(self, one: dict[str, Any], value: dict[str, Any]) -> None:
        width, height = self.size(one)
        pairs, name = value.get("points"), self.name(value, "polygonlabels")
        if not isinstance(pairs, list) or len(pairs) < 3 or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            raise refused(self.path, f"{self.where}: points", "outline")
        corners = [(figure(x, self.path, self.where) * width / 100, figure(y, self.path, self.where) * height / 100) for x, y in pairs]
        self._box(one, name, around(corners))
        self.points.append(Point(name, *inner_point(corners)))
        self.losses["masks"] += 1

    def _keypoint(self, one: dict[str, Any], value: dict[str, Any]) -> None:
        width, height = self.size(one)
        x, y = (figure(value.get(key), self.path, f"{self.where}: {key}") for key in ("x", "y"))
        self.points.append(Point(self.name(value, "keypointlabels"), x * width / 100, y * height / 100))

    def _brush(self, one: dict[str, Any], value: dict[str, Any]) -> None:
        width, height = self.size(one)
        name = self.name(value, "brushlabels")
        try:
            points, specks = points_of_mask(brushed(value.get("rle"), int(width), int(height)), name)
        except ValueError as error:
            raise refused(self.path, f"{self.where}: rle", "mask") from error
        self.points += points
        self.losses["masks"] += 1
        self.losses["specks"] += specks

    def _box(self, one: dict[str, Any], name: str, place: Place) -> None:
        meta = one.get("meta")
        said = meta.get("text") if isinstance(meta, dict) else None
        crowd, occluded, truncated = (isinstance(said, list) and flag in said for flag in FLAGS)
        found = box(name, place, self.path, self.where, crowd)
        self.boxes.append(replace(found, occluded=occluded, truncated=truncated))


READERS = {
    "rectanglelabels": _Answer._rectangle,
    "polygonlabels": _Answer._polygon,
    "keypointlabels": _Answer._keypoint,
    "brushlabels": _Answer._brush,
}


def _picture_path(root: Path, path: Path, data: dict[str, Any], where: str) -> str:
    """The picture of a task: what its own key says, else the end of its address, which may have been uploaded or served from a folder."""
    said = data.get("file")
    if isinstance(said, str) and said.strip():
        name = said
    else:
        address = next((one for key in (TO, "img", "image_url") if isinstance(one := data.get(key), str)), None)
        if address is None:
            raise refused(path, f"{where}: {TO}", "image_name")
        try:
            parts = urlsplit(address)
            inside = parse_qs(parts.query).get("d", [""])[0] if parts.path.endswith("/local-files/") else unquote(parts.path)
        except ValueError as error:
            raise refused(path, f"{where}: {shown(address)}", "image_name") from error
        name = inside.replace("\\", "/").rpartition("/")[2]
        uploaded = UPLOADED.fullmatch(name) if "/upload/" in parts.path else None
        name = uploaded[1] if uploaded else name
    for folder in ("", "images/"):
        inner = relative_path(root, f"{folder}{name}", path)
        if (root / inner).is_file():
            return inner
    return relative_path(root, name, path)
