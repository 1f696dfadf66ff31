"""COCO annotations (one JSON file; boxes, outlines, masks, single key points), read and written;
FiftyOne's two folder formats, written only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.files import write_text
from fieldcheck.labels.formats.label_set import (
    GROUND,
    MOST_PIXELS,
    NOT_JUDGED,
    LabelledImage,
    LabelSet,
    SkippedItems,
    decode_rle,
    find_inner_point,
    find_mask_points,
    list_losses,
    make_corners,
    make_parent_folder,
    parse_numbers,
)
from fieldcheck.labels.formats.untrusted_files import (
    format_untrusted,
    is_inside_set,
    make_box,
    make_refusal,
    make_unsupported_error,
    parse_class_name,
    parse_number,
    peek_json_keys,
    read_json,
    resolve_relative_path,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WRITTEN, WRITTEN_POINTS = (
    "annotations/instances_default.json",
    "annotations/person_keypoints_default.json",
)
KEYPOINT, SEEN = ["point"], 2
"""The skeleton of a class whose objects are points, and the mark of a key point that is in sight.
"""
PARTS = ("images", "annotations", "categories")
NOT_COCO = frozenset({"shapes", "items", "item", "label_classes"})
"""Keys of labelme, Datumaro, Darwin and Hasty, whose files share a key with COCO."""
NOT_OBJECTS = {"segments_info": "COCO panoptic", "caption": "COCO captions"}
"""Keys of annotations that are no objects with a box."""
FLAGS = ("occluded", "truncated")
EMPTY_IS_SAID = {"images_without_annotation": "empty"}
"""Under `info` of a file in which a picture without annotation was looked at and shows nothing.
COCO itself cannot tell that from a picture that nobody has annotated yet."""


def read_coco(path: Path) -> LabelSet:
    """The set in a COCO file. Classes stand in the order of their ids. Raises LabelsRefused."""
    document = _read_document(path)
    classes = _read_classes(path, document["categories"])
    files = _read_files(path, document["images"])
    root, folder = _find_image_folder(path, next(iter(files.values()), ""))
    paths = [_get_image_path(path, root, folder, name) for name in files.values()]
    if len(set(paths)) < len(paths):
        raise make_refusal(path, f"images: {Counter(paths).most_common(1)[0][0]}", "image_twice")
    boxes: dict[int | str, list[Box]] = {key: [] for key in files}
    points: dict[int | str, list[Point]] = {key: [] for key in files}
    losses: Counter[str] = Counter()
    pointed = {
        row["id"]
        for row in document["categories"]
        if isinstance(row.get("keypoints"), list) and len(row["keypoints"]) == 1
    }
    for index, annotation in enumerate(document["annotations"]):
        where = f"annotations[{index}]"
        image = _get_key(annotation, "image_id", path, where)
        if image not in boxes:
            raise make_refusal(path, f"{where}: image_id {format_untrusted(image)}", "image_id")
        is_point = (
            bool(annotation.get("num_keypoints"))
            and _get_key(annotation, "category_id", path, where) in pointed
        )
        if is_point:
            points[image].append(_read_keypoint(path, annotation, classes, where))
        if is_point and _has_no_area(annotation.get("bbox")):
            continue
        box = _read_box(path, annotation, classes, where)
        boxes[image].append(box)
        points[image] += _read_points(annotation.get("segmentation"), box.class_name, losses)
        losses["keypoints"] += bool(annotation.get("num_keypoints")) and not is_point
        attributes = _get_attributes(annotation)
        losses["turned"] += bool(attributes.get("rotation"))
        losses["attributes"] += len(set(attributes) - {*FLAGS, "rotation"})
    items = tuple(
        BenchmarkItem(path, boxes=tuple(boxes), points=tuple(points[key]))
        for path, (key, boxes) in zip(paths, boxes.items(), strict=True)
    )
    silent = (
        () if _has_empty_images(document) else tuple(item.path for item in items if not item.names)
    )
    shared = tuple(name for name, n in Counter(classes.values()).items() if n > 1)
    aside = SkippedItems(unlabelled=silent, merged=shared, losses=list_losses(losses))
    return LabelSet(
        "coco",
        root,
        tuple(dict.fromkeys(classes.values())),
        items,
        tuple(path.removeprefix(folder) for path in paths),
        aside,
    )


class CocoMasks:
    """The pixels of the objects in a COCO file, by the images that they belong to. An image has a
    mask where every object has an outline or a mask; what lies in none of them is ground, and what
    objects of two classes claim nobody judged.

    Raises LabelsRefused where the file is none of COCO any more."""

    def __init__(self, path: Path) -> None:
        document = _read_document(path)
        names = _read_classes(path, document["categories"])
        self.classes = (GROUND, *dict.fromkeys(names.values()))
        files = _read_files(path, document["images"])
        root, folder = _find_image_folder(path, next(iter(files.values()), ""))
        self._paths = {
            _get_image_path(path, root, folder, name): key for key, name in files.items()
        }
        self._sizes: dict[int | str, tuple[object, object]] = {
            row["id"]: (row.get("height"), row.get("width")) for row in document["images"]
        }
        self._objects: dict[int | str, list[tuple[int, object]]] = {key: [] for key in files}
        for index, row in enumerate(document["annotations"]):
            image = _get_key(row, "image_id", path, f"annotations[{index}]")
            name = names.get(_get_key(row, "category_id", path, f"annotations[{index}]"), "")
            if image in self._objects and name:
                self._objects[image].append((self.classes.index(name), row.get("segmentation")))

    def holds_images(self, pictures: Iterable[str]) -> bool:
        """Whether all of these images of a benchmark are named here."""
        return self._paths.keys() >= set(pictures)

    def read_mask(self, picture: str) -> NDArray[np.uint8] | None:
        """(h, w) indices of `classes`, 255 where nobody judged; None where an object of this image
        has no pixels that can be read."""
        import numpy as np

        key = self._paths[picture]
        height, width = self._sizes[key]
        if not isinstance(height, int) or not isinstance(width, int):
            return None
        if min(height, width) < 1 or height * width > MOST_PIXELS:
            return None
        size = (height, width)
        mask = np.zeros(size, np.uint8)
        try:
            for index, outline in self._objects[key]:
                pixels = fill_outline(outline, size)
                if index >= NOT_JUDGED:
                    raise ValueError(f"class {index}")
                taken = (mask != 0) & (mask != index)
                mask[pixels & taken] = NOT_JUDGED
                mask[pixels & ~taken] = index
        except ValueError:
            return None
        return mask


def find_coco_masks(
    folder: Path, classes: tuple[str, ...], pictures: Sequence[str]
) -> CocoMasks | None:
    """The masks of the COCO file in the folder that holds these images with these classes, None
    without one. Raises LabelsRefused."""
    first = pictures[0] if pictures else ""
    # of COCO's own parts the file of this one is read first: the others are large
    files = sorted(find_files(folder), key=lambda file: file.stem.rpartition("_")[2] not in first)
    for file in files:
        masks = CocoMasks(file)
        if masks.classes[1:] == classes and masks.holds_images(pictures):
            return masks
    return None


def fill_outline(outline: object, size: tuple[int, int]) -> NDArray[np.bool_]:
    """(h, w) bool of an object's outlines or mask. Raises ValueError where it has none that can be
    read, or one of another size."""
    from fieldcheck.stats.iou_of_boxes_and_masks import fill_outlines

    if isinstance(outline, dict):
        pixels = decode_rle(outline.get("counts"), outline.get("size"))
        if pixels.shape != size:
            raise ValueError(f"{pixels.shape} ≠ {size}")
        return pixels
    if not isinstance(outline, list) or not outline:
        raise ValueError("segmentation")
    return fill_outlines([make_corners(parse_numbers(part)) for part in outline], size)


def write_coco(out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]) -> list[Path]:
    """`annotations/instances_default.json`, or `person_keypoints_default.json` for points, and the
    pictures in `images/default/`, where readers of the format look for a `file_name`. `source`,
    which is not COCO's, is what the project calls the frame."""
    pointed = any(image.points for image in pictures)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    index = {name: index for index, name in reversed(list(enumerate(classes, 1)))}
    for number, image in enumerate(pictures, 1):
        images.append(
            {
                "id": number,
                "file_name": image.file,
                "width": image.size[0],
                "height": image.size[1],
                "source": image.name,
            }
        )
        for box in image.boxes:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": index[box.class_name],
                    **format_box(box),
                }
            )
        for point in image.points:
            values: dict[str, Any] = {"bbox": [point.x, point.y, 0, 0], "area": 0, "iscrowd": 0}
            values |= {"keypoints": [point.x, point.y, SEEN], "num_keypoints": 1}
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": index[point.class_name],
                    **values,
                }
            )
    skeleton = {"keypoints": KEYPOINT, "skeleton": []} if pointed else {}
    categories = [{"id": index, "name": name, **skeleton} for index, name in enumerate(classes, 1)]
    path = make_parent_folder(out / (WRITTEN_POINTS if pointed else WRITTEN))
    document = {
        "info": EMPTY_IS_SAID,
        "images": images,
        "annotations": annotations,
        "categories": categories,
    }
    write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return [
        path,
        *(image.save_image(out / "images" / "default" / image.file) for image in pictures),
    ]


def format_box(box: Box) -> dict[str, Any]:
    """A box as the values of an annotation, without its ids."""
    values: dict[str, Any] = {
        "bbox": [box.x, box.y, box.w, box.h],
        "area": box.w * box.h,
        "iscrowd": int(box.crowd),
    }
    if box.occluded or box.truncated:
        values["attributes"] = {"occluded": box.occluded, "truncated": box.truncated}
    return values


def find_files(folder: Path) -> list[Path]:
    """JSON files that begin like COCO annotations, in the folder or in its `annotations/`."""
    files = sorted([*folder.glob("*.json"), *folder.glob("[aA]nnotations/*.json")])
    return [file for file in files if is_inside_set(folder, file) and is_candidate(file)]


def is_candidate(file: Path) -> bool:
    """Whether images or annotations are named near the beginning, and nothing that tells another
    tool's file; a small one is looked through whole. Categories alone are the class list that other
    exports put beside their labels."""
    start, keys = peek_json_keys(file)
    return start == "{" and not keys.isdisjoint(PARTS[:2]) and keys.isdisjoint(NOT_COCO)


def _read_document(path: Path) -> dict[str, list[dict[str, Any]]]:
    document = read_json(path)
    if not isinstance(document, dict):
        raise make_refusal(path, type(document).__name__, "entry")
    for part in PARTS:
        rows = document.get(part)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise make_refusal(path, part, "entry")
    for row in document["annotations"][:1]:
        if kind := next(
            (NOT_OBJECTS[key] for key in NOT_OBJECTS if key in row and "bbox" not in row), None
        ):
            raise make_unsupported_error(path, kind, "COCO instances")
    return document


def _has_empty_images(document: dict[str, Any]) -> bool:
    info = document.get("info")
    return isinstance(info, dict) and EMPTY_IS_SAID.items() <= info.items()


def _get_key(row: dict[str, Any], name: str, path: Path, where: str) -> int | str:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise make_refusal(path, f"{where}: {name} {format_untrusted(value)}", "entry")
    return value


def _read_classes(path: Path, rows: list[dict[str, Any]]) -> dict[int | str, str]:
    classes = {
        _get_key(row, "id", path, "categories"): parse_class_name(
            row.get("name"), path, "categories"
        )
        for row in rows
    }
    if len(classes) < len(rows):
        raise make_refusal(path, "categories: id", "id_twice")
    return dict(sorted(classes.items(), key=lambda pair: (isinstance(pair[0], str), pair[0])))


def _read_files(path: Path, rows: list[dict[str, Any]]) -> dict[int | str, str]:
    files: dict[int | str, str] = {}
    for index, row in enumerate(rows):
        name = row.get("file_name")
        if not isinstance(name, str):
            raise make_refusal(
                path, f"images[{index}]: file_name {format_untrusted(name)}", "image_name"
            )
        files[_get_key(row, "id", path, f"images[{index}]")] = name
    if len(files) < len(rows):
        raise make_refusal(path, "images: id", "id_twice")
    return files


def _read_box(path: Path, row: dict[str, Any], classes: dict[int | str, str], where: str) -> Box:
    category = _get_key(row, "category_id", path, where)
    if category not in classes:
        raise make_refusal(
            path, f"{where}: category_id {format_untrusted(category)}", "class_number"
        )
    sides = row.get("bbox")
    if not isinstance(sides, list) or len(sides) != 4:
        raise make_refusal(path, f"{where}: bbox", "entry")
    x, y, w, h = (parse_number(side, path, f"{where}: bbox") for side in sides)
    flags = _get_attributes(row)
    occluded, truncated = (flags.get(flag) in (1, True) for flag in FLAGS)
    box = make_box(
        classes[category], (x, y, w, h), path, where, crowd=row.get("iscrowd") in (1, True)
    )
    return replace(box, occluded=occluded, truncated=truncated)


def _has_no_area(bbox: object) -> bool:
    return bbox is None or (isinstance(bbox, list) and bbox[2:] == [0, 0])


def _read_keypoint(
    path: Path, row: dict[str, Any], classes: dict[int | str, str], where: str
) -> Point:
    key_points = row.get("keypoints")
    if not isinstance(key_points, list) or len(key_points) != 3:
        raise make_refusal(path, f"{where}: keypoints", "entry")
    return Point(
        classes[row["category_id"]],
        *(parse_number(coordinate, path, f"{where}: keypoints") for coordinate in key_points[:2]),
    )


def _get_attributes(row: dict[str, Any]) -> dict[str, Any]:
    """Read the attributes that CVAT, Datumaro and others write beside a box and that COCO does not
    define."""
    attributes = row.get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def _read_points(outline: object, name: str, losses: Counter[str]) -> list[Point]:
    """A point in each part of an outline or a mask. One that cannot be read is counted and refuses
    nothing: the box is there."""
    if not outline:
        return []
    try:
        if isinstance(outline, dict):
            points, specks = find_mask_points(
                decode_rle(outline.get("counts"), outline.get("size")), name
            )
            losses["specks"] += specks
        elif isinstance(outline, list):
            points = tuple(
                Point(name, *find_inner_point(make_corners(parse_numbers(part))))
                for part in outline
            )
        else:
            raise ValueError("segmentation")
    except ValueError:
        losses["outlines_unread"] += 1
        return []
    losses["masks"] += bool(points)
    return list(points)


def _find_image_folder(path: Path, first: str) -> tuple[Path, str]:
    """Where the pictures lie, as (root, folder below it with a trailing slash): beside the file, or
    where COCO's own sets have them.

    `annotations/instances_val2017.json` belongs to `val2017/`. Where the first picture is in none
    of these, the file's own folder.
    """
    root = path.parent.parent if path.parent.name.lower() == "annotations" else path.parent
    split = path.stem.rpartition("_")[2]
    folders = [(path.parent, "")] + [
        (root, folder) for folder in ("", "images/", f"{split}/", f"images/{split}/", "data/")
    ]
    for result, folder in folders:
        if first and (result / _get_image_path(path, result, folder, first)).is_file():
            return result, folder
    return path.parent, ""


def _get_image_path(path: Path, root: Path, folder: str, text: str) -> str:
    """A picture's path below `root`. An absolute name stays one, and is refused, whatever folder
    stands before it."""
    return resolve_relative_path(
        root, text if text.lstrip().startswith(("/", "\\")) else folder + text.lstrip(), path
    )


# FiftyOne's own folders of labelled pictures: `FiftyOneImageDetectionDataset` and
# `FiftyOneImageClassificationDataset`. Written
# only.

LABELS, PICTURES = "labels.json", "data"


def write_fiftyone(
    out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]
) -> list[Path]:
    """`labels.json` and the pictures in `data/`. Boxes are shares of the picture; a picture with
    nothing on it has an empty list."""
    by_class = any(image.class_name for image in pictures)
    index = {name: index for index, name in reversed(list(enumerate(classes)))}
    labels: dict[str, Any] = {}
    for image in pictures:
        detections = [_make_detection(box, index, image.size) for box in image.boxes]
        labels[Path(image.file).stem] = index[image.class_name] if by_class else detections
    path = make_parent_folder(out / LABELS)
    write_text(
        path,
        json.dumps({"classes": list(classes), "labels": labels}, ensure_ascii=False, indent=1)
        + "\n",
    )
    return [path, *(image.save_image(out / PICTURES / image.file) for image in pictures)]


def _make_detection(box: Box, index: dict[str, int], size: tuple[int, int]) -> dict[str, Any]:
    shares = [box.x / size[0], box.y / size[1], box.w / size[0], box.h / size[1]]
    flags = {"iscrowd": box.crowd, "occluded": box.occluded, "truncated": box.truncated}
    return {
        "label": index[box.class_name],
        "bounding_box": shares,
        "attributes": {name: True for name, is_set in flags.items() if is_set},
    }
