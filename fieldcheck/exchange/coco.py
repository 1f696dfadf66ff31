"""COCO annotations: one JSON file, in which an object has a box and may have an outline or a mask. Points are objects of a class with one
key point; skeletons of several are passed over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.domain.box import Box, Point
from fieldcheck.exchange.label_set import LabelSet, SetAside, losses_of
from fieldcheck.exchange.labelled_picture import LabelledPicture, folder_for
from fieldcheck.exchange.outline import corners_of, inner_point, plain_figures, points_of_mask
from fieldcheck.exchange.rle import mask_of
from fieldcheck.exchange.untrusted import belongs, box, class_name, figure, json_keys, read_json, refused, relative_path, shown, unread
from fieldcheck.files import write_text

WRITTEN, WRITTEN_POINTS = "annotations/instances_default.json", "annotations/person_keypoints_default.json"
KEYPOINT, SEEN = ["point"], 2
"""The skeleton of a class whose objects are points, and the mark of a key point that is in sight."""
PARTS = ("images", "annotations", "categories")
NOT_COCO = frozenset({"shapes", "items", "item", "label_classes"})
"""Keys of labelme, Datumaro, Darwin and Hasty, whose files share a key with COCO."""
NOT_OBJECTS = {"segments_info": "COCO panoptic", "caption": "COCO captions"}
"""Keys of annotations that are no objects with a box."""
FLAGS = ("occluded", "truncated")
EMPTY_IS_SAID = {"images_without_annotation": "empty"}
"""Under `info` of a file in which a picture without annotation was looked at and shows nothing. COCO itself cannot tell that from a picture
that nobody has annotated yet."""


def read(path: Path) -> LabelSet:
    """The set in a COCO file. Classes stand in the order of their ids. Raises LabelsRefused."""
    document = _document(path)
    classes = _classes(path, document["categories"])
    files = _files(path, document["images"])
    root, folder = _picture_folder(path, next(iter(files.values()), ""))
    paths = [_picture_path(path, root, folder, said) for said in files.values()]
    if len(set(paths)) < len(paths):
        raise refused(path, f"images: {Counter(paths).most_common(1)[0][0]}", "image_twice")
    boxes: dict[int | str, list[Box]] = {key: [] for key in files}
    points: dict[int | str, list[Point]] = {key: [] for key in files}
    losses: Counter[str] = Counter()
    pointed = {row["id"] for row in document["categories"] if isinstance(row.get("keypoints"), list) and len(row["keypoints"]) == 1}
    for at, found in enumerate(document["annotations"]):
        where = f"annotations[{at}]"
        image = _key(found, "image_id", path, where)
        if image not in boxes:
            raise refused(path, f"{where}: image_id {shown(image)}", "image_id")
        is_point = bool(found.get("num_keypoints")) and _key(found, "category_id", path, where) in pointed
        if is_point:
            points[image].append(_keypoint(path, found, classes, where))
        if is_point and _has_no_area(found.get("bbox")):
            continue
        box = _box(path, found, classes, where)
        boxes[image].append(box)
        points[image] += _points(found.get("segmentation"), box.class_name, losses)
        losses["keypoints"] += bool(found.get("num_keypoints")) and not is_point
        attributes = _attributes(found)
        losses["turned"] += bool(attributes.get("rotation"))
        losses["attributes"] += len(set(attributes) - {*FLAGS, "rotation"})
    items = tuple(
        BenchmarkItem(one, boxes=tuple(found), points=tuple(points[key])) for one, (key, found) in zip(paths, boxes.items(), strict=True)
    )
    silent = () if _empty_is_said(document) else tuple(item.path for item in items if not item.names)
    shared = tuple(name for name, n in Counter(classes.values()).items() if n > 1)
    aside = SetAside(unlabelled=silent, merged=shared, losses=losses_of(losses))
    return LabelSet("coco", root, tuple(dict.fromkeys(classes.values())), items, tuple(one.removeprefix(folder) for one in paths), aside)


def write(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    """`annotations/instances_default.json`, or `person_keypoints_default.json` for points, and the pictures in `images/default/`, where
    readers of the format look for a `file_name`. `source`, which is not COCO's, is what the project calls the frame."""
    pointed = any(one.points for one in pictures)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    index = {name: at for at, name in reversed(list(enumerate(classes, 1)))}
    for number, one in enumerate(pictures, 1):
        images.append({"id": number, "file_name": one.file, "width": one.size[0], "height": one.size[1], "source": one.name})
        for found in one.boxes:
            place = {"bbox": [found.x, found.y, found.w, found.h], "area": found.w * found.h, "iscrowd": int(found.crowd)}
            if found.occluded or found.truncated:
                place["attributes"] = {"occluded": found.occluded, "truncated": found.truncated}
            annotations.append({"id": len(annotations) + 1, "image_id": number, "category_id": index[found.class_name], **place})
        for point in one.points:
            place = {"bbox": [point.x, point.y, 0, 0], "area": 0, "iscrowd": 0, "keypoints": [point.x, point.y, SEEN], "num_keypoints": 1}
            annotations.append({"id": len(annotations) + 1, "image_id": number, "category_id": index[point.class_name], **place})
    skeleton = {"keypoints": KEYPOINT, "skeleton": []} if pointed else {}
    categories = [{"id": at, "name": name, **skeleton} for at, name in enumerate(classes, 1)]
    path = folder_for(out / (WRITTEN_POINTS if pointed else WRITTEN))
    document = {"info": EMPTY_IS_SAID, "images": images, "annotations": annotations, "categories": categories}
    write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return [path, *(one.save(out / "images" / "default" / one.file) for one in pictures)]


def files_in(folder: Path) -> list[Path]:
    """JSON files that begin like COCO annotations, in the folder or in its `annotations/`."""
    files = sorted([*folder.glob("*.json"), *folder.glob("[aA]nnotations/*.json")])
    return [file for file in files if belongs(folder, file) and begins(file)]


def begins(file: Path) -> bool:
    """Whether images or annotations are named near the beginning, and nothing that tells another tool's file; a small one is looked through
    whole. Categories alone are the class list that other exports put beside their labels."""
    start, keys = json_keys(file)
    return start == "{" and not keys.isdisjoint(PARTS[:2]) and keys.isdisjoint(NOT_COCO)


def _document(path: Path) -> dict[str, list[dict[str, Any]]]:
    document = read_json(path)
    if not isinstance(document, dict):
        raise refused(path, type(document).__name__, "entry")
    for part in PARTS:
        rows = document.get(part)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise refused(path, part, "entry")
    for row in document["annotations"][:1]:
        if kind := next((NOT_OBJECTS[key] for key in NOT_OBJECTS if key in row and "bbox" not in row), None):
            raise unread(path, kind, "COCO instances")
    return document


def _empty_is_said(document: dict[str, Any]) -> bool:
    info = document.get("info")
    return isinstance(info, dict) and EMPTY_IS_SAID.items() <= info.items()


def _key(row: dict[str, Any], name: str, path: Path, where: str) -> int | str:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise refused(path, f"{where}: {name} {shown(value)}", "entry")
    return value


def _classes(path: Path, rows: list[dict[str, Any]]) -> dict[int | str, str]:
    found = {_key(row, "id", path, "categories"): class_name(row.get("name"), path, "categories") for row in rows}
    if len(found) < len(rows):
        raise refused(path, "categories: id", "id_twice")
    return dict(sorted(found.items(), key=lambda pair: (isinstance(pair[0], str), pair[0])))


def _files(path: Path, rows: list[dict[str, Any]]) -> dict[int | str, str]:
    found: dict[int | str, str] = {}
    for at, row in enumerate(rows):
        name = row.get("file_name")
        if not isinstance(name, str):
            raise refused(path, f"images[{at}]: file_name {shown(name)}", "image_name")
        found[_key(row, "id", path, f"images[{at}]")] = name
    if len(found) < len(rows):
        raise refused(path, "images: id", "id_twice")
    return found


def _box(path: Path, row: dict[str, Any], classes: dict[int | str, str], where: str) -> Box:
    category = _key(row, "category_id", path, where)
    if category not in classes:
        raise refused(path, f"{where}: category_id {shown(category)}", "class_number")
    sides = row.get("bbox")
    if not isinstance(sides, list) or len(sides) != 4:
        raise refused(path, f"{where}: bbox", "entry")
    x, y, w, h = (figure(side, path, f"{where}: bbox") for side in sides)
    said = _attributes(row)
    occluded, truncated = (said.get(flag) in (1, True) for flag in FLAGS)
    found = box(classes[category], (x, y, w, h), path, where, crowd=row.get("iscrowd") in (1, True))
    return replace(found, occluded=occluded, truncated=truncated)


def _has_no_area(bbox: object) -> bool:
    return bbox is None or (isinstance(bbox, list) and bbox[2:] == [0, 0])


def _keypoint(path: Path, row: dict[str, Any], classes: dict[int | str, str], where: str) -> Point:
    said = row.get("keypoints")
    if not isinstance(said, list) or len(said) != 3:
        raise refused(path, f"{where}: keypoints", "entry")
    return Point(classes[row["category_id"]], *(figure(one, path, f"{where}: keypoints") for one in said[:2]))


def _attributes(row: dict[str, Any]) -> dict[str, Any]:
    """What CVAT, Datumaro and others write beside a box, which COCO itself does not know."""
    said = row.get("attributes")
    return said if isinstance(said, dict) else {}


def _points(said: object, name: str, losses: Counter[str]) -> list[Point]:
    """A point in each part of an outline or a mask. One that cannot be read is counted and refuses nothing: the box is there."""
    if not said:
        return []
    try:
        if isinstance(said, dict):
            found, specks = points_of_mask(mask_of(said.get("counts"), said.get("size")), name)
            losses["specks"] += specks
        elif isinstance(said, list):
            found = tuple(Point(name, *inner_point(corners_of(plain_figures(part)))) for part in said)
        else:
            raise ValueError("segmentation")
    except ValueError:
        losses["outlines_unread"] += 1
        return []
    losses["masks"] += bool(found)
    return list(found)


def _picture_folder(path: Path, first: str) -> tuple[Path, str]:
    """Where the pictures lie, as (root, folder below it with a trailing slash): beside the file, or where COCO's own sets have them.

    `annotations/instances_val2017.json` belongs to `val2017/`. Where the first picture is in none of these, the file's own folder.
    """
    root = path.parent.parent if path.parent.name.lower() == "annotations" else path.parent
    split = path.stem.rpartition("_")[2]
    folders = [(path.parent, "")] + [(root, folder) for folder in ("", "images/", f"{split}/", f"images/{split}/", "data/")]
    for found, folder in folders:
        if first and (found / _picture_path(path, found, folder, first)).is_file():
            return found, folder
    return path.parent, ""


def _picture_path(path: Path, root: Path, folder: str, said: str) -> str:
    """A picture's path below `root`. An absolute name stays one, and is refused, whatever folder stands before it."""
    return relative_path(root, said if said.lstrip().startswith(("/", "\\")) else folder + said.lstrip(), path)
