"""labelme: a JSON file for each picture, with shapes: rectangles, polygons, masks and points."""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.errors.files import PictureUnreadable
from fieldcheck.files import write_text
from fieldcheck.labels.formats.label_set import (
    Corner,
    LabelledImage,
    LabelSet,
    SkippedItems,
    compute_bounding_box,
    find_inner_point,
    find_mask_points,
    list_images,
    list_losses,
    make_parent_folder,
)
from fieldcheck.labels.formats.untrusted_files import (
    PICTURE_ENDINGS,
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

MAX_BYTES = 1 << 28  # labelme puts the picture itself into the file unless told otherwise
FLAGS = ("crowd", "occluded", "truncated")
VERSION = "5.5.0"  # The version whose file format is written.
# A label of labelme's examples and converters for regions that nobody judged.
NOT_JUDGED = "__ignore__"
OUTLINED = ("polygon", "oriented_rectangle")


def read_labelme(path: Path) -> LabelSet:
    """The set in a folder (and the folders in it), or of one file. Flags of a picture are its class
    where no picture of the set has a shape and each has one flag that is set. Raises LabelsRefused.
    """
    root = path if path.is_dir() else path.parent
    losses: Counter[str] = Counter()
    benchmark_items: dict[str, BenchmarkItem] = {}
    flags: dict[str, tuple[str, ...]] = {}
    for file in find_files(root) if path.is_dir() else [path]:
        document = read_json(file, MAX_BYTES)
        if not isinstance(document, dict) or not isinstance(document.get("shapes"), list):
            raise make_refusal(file, "shapes", "entry")
        picture = _find_image(root, file, document.get("imagePath"))
        if picture in benchmark_items:
            raise make_refusal(file, picture, "image_twice")
        boxes, points = _ShapeReader(file, losses).read_shapes(document["shapes"])
        benchmark_items[picture] = BenchmarkItem(picture, boxes=boxes, points=points)
        flags[picture] = _read_flags(document, file)
    items, classes = (
        tuple(benchmark_items.values()),
        tuple(sorted({name for item in benchmark_items.values() for name in item.names})),
    )
    if flags and not classes and all(len(set_) == 1 for set_ in flags.values()):
        items = tuple(replace(item, class_name=flags[item.path][0]) for item in items)
        classes = tuple(sorted({item.class_name for item in items}))
    else:
        losses["tags"] += sum(map(len, flags.values()))
    silent = sorted(set(list_images(root)) - set(benchmark_items)) if path.is_dir() else []
    names = tuple(item.path for item in items)
    return LabelSet(
        "labelme",
        root,
        classes,
        items,
        names,
        SkippedItems(unlabelled=tuple(silent), losses=list_losses(losses)),
    )


def write_labelme(
    out: Path, classes: Sequence[str], labelled: Sequence[LabelledImage]
) -> list[Path]:
    """A JSON file beside each picture."""
    files = []
    for image in labelled:
        shapes = [
            _make_shape(
                box.class_name, "rectangle", [[box.x, box.y], [box.x + box.w, box.y + box.h]], box
            )
            for box in image.boxes
        ]
        shapes += [
            _make_shape(point.class_name, "point", [[point.x, point.y]]) for point in image.points
        ]
        document = {
            "version": VERSION,
            "flags": {image.class_name: True} if image.class_name else {},
            "shapes": shapes,
            "imagePath": image.file,
            "imageData": None,
            "imageHeight": image.size[1],
            "imageWidth": image.size[0],
        }
        path = make_parent_folder(out / f"{Path(image.file).stem}.json")
        write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        files += [path, image.save_image(out / image.file)]
    return files


def find_files(folder: Path) -> list[Path]:
    """The files of a set, in name order: those in the folder and in the folders below it."""
    return [
        file
        for file in sorted(folder.rglob("*.json"))
        if is_inside_set(folder, file) and is_candidate(file)
    ]


def is_candidate_folder(folder: Path) -> bool:
    """Whether the folder holds such a file."""
    there = (file for pattern in ("*.json", "*/*.json") for file in folder.glob(pattern))
    return any(is_inside_set(folder, file) and is_candidate(file) for file in there)


def is_candidate(file: Path) -> bool:
    """Whether a file begins like one of labelme."""
    start, keys = peek_json_keys(file)
    return (
        start == "{"
        and not keys.isdisjoint(("shapes", "imageData", "imagePath"))
        and "annotations" not in keys
    )


def _make_shape(
    name: str, kind: str, points: list[list[float]], box: Box | None = None
) -> dict[str, Any]:
    flags = {flag: True for flag in FLAGS if box is not None and getattr(box, flag)}
    return {
        "label": name,
        "points": points,
        "group_id": None,
        "description": "",
        "shape_type": kind,
        "flags": flags,
        "mask": None,
    }


class _ShapeReader:
    """Reads the shapes of one file; what is neither box, outline, mask nor point is counted."""

    def __init__(self, file: Path, losses: Counter[str]) -> None:
        self._file, self._losses = file, losses
        self._boxes: list[Box] = []
        self._points: list[Point] = []
        # class and group id → place of the box: parts of one object
        self._groups: dict[tuple[str, str], int] = {}

    def read_shapes(self, shapes: list[Any]) -> tuple[tuple[Box, ...], tuple[Point, ...]]:
        for index, shape in enumerate(shapes):
            where = f"shapes[{index}]"
            if not isinstance(shape, dict) or not isinstance(shape.get("points"), list):
                raise make_refusal(self._file, where, "entry")
            name = parse_class_name(shape.get("label"), self._file, where)
            corners = [self._read_corner(pair, where) for pair in shape["points"]]
            kind = shape.get("shape_type") or "polygon"
            if name == NOT_JUDGED:
                self._losses["ignored"] += 1
            elif kind == "point" and len(corners) == 1:
                self._points.append(Point(name, *corners[0]))
            elif kind == "rectangle" and len(corners) in (2, 4):
                self._add_box(name, shape, corners, where)
            elif kind in OUTLINED and len(corners) > 2:
                self._add_box(name, shape, corners, where)
                self._points.append(Point(name, *find_inner_point(corners)))
                self._losses["masks" if kind == "polygon" else "turned"] += 1
            elif kind == "mask" and len(corners) == 2:
                self._add_box(name, shape, corners, where)
                self._add_mask(name, shape.get("mask"), compute_bounding_box(corners)[:2], where)
            else:
                self._losses["shapes"] += 1
        return tuple(self._boxes), tuple(self._points)

    def _read_corner(self, corner: object, where: str) -> Corner:
        if not isinstance(corner, list) or len(corner) != 2:
            raise make_refusal(self._file, where, "entry")
        return parse_number(corner[0], self._file, where), parse_number(
            corner[1], self._file, where
        )

    def _add_box(
        self, name: str, shape: dict[str, Any], corners: Sequence[Corner], where: str
    ) -> None:
        flags = shape.get("flags")
        flag_values: dict[str, Any] = flags if isinstance(flags, dict) else {}
        group = shape.get("group_id")
        key = (name, format_untrusted(group))
        index = self._groups.get(key) if group is not None else None
        if index is not None:
            before = self._boxes[index]
            corners = [*corners, (before.x, before.y), (before.x + before.w, before.y + before.h)]
        crowd, occluded, truncated = (flag_values.get(flag) is True for flag in FLAGS)
        self._losses["attributes"] += sum(
            is_set is True for flag, is_set in flag_values.items() if flag not in FLAGS
        )
        box = replace(
            make_box(name, compute_bounding_box(corners), self._file, where, crowd),
            occluded=occluded,
            truncated=truncated,
        )
        if index is not None:
            self._boxes[index] = box
            return
        self._groups[key] = len(self._boxes)
        self._boxes.append(box)

    def _add_mask(self, name: str, encoded: object, corner: Corner, where: str) -> None:
        from fieldcheck.imaging.codec import decode_index_image

        try:
            pixels = decode_index_image(
                base64.b64decode(encoded if isinstance(encoded, str) else "", validate=True)
            )
        except (ValueError, PictureUnreadable) as error:
            raise make_refusal(self._file, f"{where}: mask", "mask") from error
        points, specks = find_mask_points(pixels > 0, name)
        self._points += [
            replace(point, x=point.x + corner[0], y=point.y + corner[1]) for point in points
        ]
        self._losses["specks"] += specks
        self._losses["masks"] += 1


def _read_flags(document: dict[str, Any], file: Path) -> tuple[str, ...]:
    flags = document.get("flags")
    return (
        tuple(
            parse_class_name(name, file, "flags")
            for name, is_set in flags.items()
            if is_set is True
        )
        if isinstance(flags, dict)
        else ()
    )


def _find_image(root: Path, file: Path, image_path: object) -> str:
    """The picture that the file names, beside it; where it is not there, one that is called like
    the file."""
    folder = file.parent.relative_to(root).as_posix()
    name = image_path.strip().replace("\\", "/") if isinstance(image_path, str) else ""
    for candidate in (name, name.rpartition("/")[2]):
        path = os.path.normpath(f"{folder}/{candidate}").replace("\\", "/") if candidate else ""
        if path and not path.startswith(("..", "/")) and (root / path).is_file():
            return resolve_relative_path(root, path, file)
    alike = sorted(
        path
        for path in file.parent.glob(f"{_escape_glob(file.stem)}.*")
        if path.suffix.lower() in PICTURE_ENDINGS
    )
    last = alike[0].name if alike else name.rpartition("/")[2] or file.stem
    return resolve_relative_path(root, f"{folder}/{last}".removeprefix("./"), file)


def _escape_glob(stem: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in stem)
