"""CVAT for images 1.1: one XML file for all pictures, with boxes, polygons, masks, points and
tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import radians
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from fieldcheck.csv_json_xml import format_xml
from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.files import write_text
from fieldcheck.labels.formats.label_set import (
    Corner,
    LabelledImage,
    LabelSet,
    Place,
    SkippedItems,
    compute_bounding_box,
    decode_rle,
    find_inner_point,
    find_mask_points,
    list_losses,
    make_parent_folder,
    rotate_corners,
)
from fieldcheck.labels.formats.untrusted_files import (
    format_untrusted,
    get_root_name,
    is_inside_set,
    make_box,
    make_refusal,
    make_unsupported_error,
    parse_class_name,
    parse_number,
    read_xml,
    resolve_relative_path,
)

NAME = "annotations.xml"
NOTHING = "nothing to find"
"""Tag of a picture that was looked at and shows nothing: one without any shape or tag may not have
been looked at yet."""
EMPTY_IS_SAID = "images_without_annotation"
"""Written under `meta` of a file in which every image was reviewed, as the COCO writer does."""
FLAGS = ("crowd", "truncated")
LINES = ("polyline", "ellipse", "cuboid", "skeleton")


def read_cvat(path: Path) -> LabelSet:
    """The set in a file. Raises LabelsRefused, also for the tracks of a video, which name no
    pictures."""
    tree = read_xml(path)
    if tree.tag != "annotations":
        raise make_refusal(path, format_untrusted(tree.tag), "root")
    if tree.find("track") is not None:
        raise make_unsupported_error(path, "CVAT for video", "CVAT for images 1.1")
    reader = _CvatReader(path)
    for image in tree.iterfind("image"):
        reader.add_image(image)
    items, tags = tuple(reader.items), reader.tags
    boxes = any(item.boxes or item.points for item in items)
    if not boxes and any(tags.values()):
        items = tuple(replace(item, class_name=tags[item.path]) for item in items)
    else:
        reader.losses["tags"] += sum(name != "" for name in tags.values())
    empty_is_said = tree.findtext(f"meta/{EMPTY_IS_SAID}") == "empty"
    silent = (
        ()
        if empty_is_said
        else tuple(
            item.path for item in items if not item.names and item.path not in reader.nothing
        )
    )
    used, text = {name for item in items for name in item.names}, _list_label_names(tree, path)
    classes = tuple(dict.fromkeys([*(name for name in text if name != NOTHING), *sorted(used)]))
    names = tuple(item.path.removeprefix("images/") for item in items)
    return LabelSet(
        "cvat",
        path.parent,
        classes,
        items,
        names,
        SkippedItems(unlabelled=silent, losses=list_losses(reader.losses)),
    )


def write_cvat(out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]) -> list[Path]:
    """`annotations.xml` and the pictures in `images/`."""
    root = make_document(classes, empty_is_said=True)
    for number, picture in enumerate(pictures):
        image = add_image_element(root, number, picture.file, picture.size)
        for box in picture.boxes:
            corners = {"xtl": box.x, "ytl": box.y, "xbr": box.x + box.w, "ybr": box.y + box.h}
            shape = ElementTree.SubElement(
                image,
                "box",
                {
                    **_make_shape_attributes(box.class_name),
                    "occluded": str(int(box.occluded)),
                    **_format_numbers(corners),
                },
            )
            for flag in FLAGS:
                if getattr(box, flag):
                    ElementTree.SubElement(shape, "attribute", {"name": flag}).text = "true"
        for point in picture.points:
            ElementTree.SubElement(
                image,
                "points",
                {
                    **_make_shape_attributes(point.class_name),
                    "occluded": "0",
                    "points": f"{point.x!r},{point.y!r}",
                },
            )
        if picture.class_name:
            ElementTree.SubElement(image, "tag", _make_shape_attributes(picture.class_name))
    path = write_document(out, root)
    return [path, *(image.save_image(out / "images" / image.file) for image in pictures)]


def make_document(classes: Sequence[str], empty_is_said: bool) -> ElementTree.Element:
    """The root of a file with its labels, and no picture yet."""
    root = ElementTree.Element("annotations")
    ElementTree.SubElement(root, "version").text = "1.1"
    meta = ElementTree.SubElement(root, "meta")
    labels = ElementTree.SubElement(ElementTree.SubElement(meta, "task"), "labels")
    for name in classes:
        label = ElementTree.SubElement(labels, "label")
        ElementTree.SubElement(label, "name").text = name
        listed = ElementTree.SubElement(label, "attributes")
        for values in list_attributes():
            attribute = ElementTree.SubElement(listed, "attribute")
            for key, text in values.items():
                ElementTree.SubElement(attribute, key).text = (
                    "\n".join(text) if isinstance(text, list) else str(text)
                )
    if empty_is_said:
        ElementTree.SubElement(meta, EMPTY_IS_SAID).text = "empty"
    return root


def list_attributes() -> list[dict[str, Any]]:
    """The flags of a box as attributes of a label of CVAT; that it is hidden in part CVAT knows by
    itself."""
    return [
        {
            "name": flag,
            "mutable": False,
            "input_type": "checkbox",
            "default_value": "false",
            "values": ["false"],
        }
        for flag in FLAGS
    ]


def add_image_element(
    root: ElementTree.Element, number: int, name: str, size: tuple[int, int]
) -> ElementTree.Element:
    """A picture in the document, without a shape."""
    return ElementTree.SubElement(
        root,
        "image",
        {"id": str(number), "name": name, "width": str(size[0]), "height": str(size[1])},
    )


def write_document(out: Path, root: ElementTree.Element) -> Path:
    """The document in its file, which is returned. Raises DiskFull, ReadOnlyPlace."""
    path = make_parent_folder(out / NAME)
    write_text(path, format_xml(root, declared=True))
    return path


def find_files(folder: Path) -> list[Path]:
    """The XML files of CVAT in a folder."""
    return [
        file
        for file in sorted(folder.glob("*.xml"))
        if is_inside_set(folder, file) and is_candidate(file)
    ]


def is_candidate(file: Path) -> bool:
    """Whether a file begins like one of CVAT."""
    return get_root_name(file) == "annotations"


def _make_shape_attributes(name: str) -> dict[str, str]:
    return {"label": name, "source": "manual"}


def _format_numbers(figures: dict[str, float]) -> dict[str, str]:
    return {name: repr(float(figure)) for name, figure in figures.items()}


def _list_label_names(tree: ElementTree.Element, path: Path) -> Iterable[str]:
    return [
        parse_class_name(element.text, path, "label")
        for element in tree.iterfind("meta//labels/label/name")
    ]


@dataclass(slots=True)
class _CvatReader:
    """Reads one picture after the other. `tags`: the class that a tag gives a picture, empty
    without one; `nothing`: those of the tag that says so."""

    path: Path
    items: list[BenchmarkItem] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    nothing: set[str] = field(default_factory=set)
    losses: Counter[str] = field(default_factory=Counter)

    def add_image(self, image: ElementTree.Element) -> None:
        """A picture. Raises LabelsRefused."""
        text = image.get("name") or ""
        root = self.path.parent
        inner = (
            f"images/{text}"
            if not (root / resolve_relative_path(root, text, self.path)).is_file()
            else text
        )
        name = resolve_relative_path(root, inner if (root / inner).is_file() else text, self.path)
        if name in self.tags:
            raise make_refusal(self.path, name, "image_twice")
        boxes, points = list[Box](), list[Point]()
        for shape in image:
            class_name = parse_class_name(shape.get("label"), self.path, text)
            if shape.tag == "tag":
                if class_name == NOTHING:
                    self.nothing.add(name)
                elif self.tags.setdefault(name, class_name) != class_name:
                    raise make_refusal(
                        self.path, f"{text}: {self.tags[name]}, {class_name}", "two_classes"
                    )
            elif shape.tag == "points":
                points += [Point(class_name, *corner) for corner in self._read_corners(shape, text)]
            elif shape.tag in LINES:
                self.losses["shapes"] += 1
            else:
                box, inside = self._read_shape(shape, class_name, text)
                boxes.append(box)
                points += inside
        self.tags.setdefault(name, "")
        self.items.append(BenchmarkItem(name, boxes=tuple(boxes), points=tuple(points)))

    def _read_shape(
        self, shape: ElementTree.Element, name: str, where: str
    ) -> tuple[Box, tuple[Point, ...]]:
        if shape.tag == "box":
            box, inside = self._read_box(shape, where), tuple[Point, ...]()
        elif shape.tag == "polygon":
            corners = self._read_corners(shape, where)
            if len(corners) < 3:
                raise make_refusal(self.path, f"{where}: polygon", "outline")
            box, inside = (
                compute_bounding_box(corners),
                (Point(name, *find_inner_point(corners)),),
            )
            self.losses["masks"] += 1
        elif shape.tag == "mask":
            box, inside = self._read_mask(shape, name, where)
        else:
            raise make_refusal(self.path, f"{where}: {format_untrusted(shape.tag)}", "shape")
        flags = {
            attribute.get("name"): (attribute.text or "").strip().lower() == "true"
            for attribute in shape.iterfind("attribute")
        }
        self.losses["attributes"] += len(set(flags) - set(FLAGS))
        label_box = make_box(name, box, self.path, where, crowd=flags.get("crowd", False))
        return replace(
            label_box,
            occluded=shape.get("occluded") == "1",
            truncated=flags.get("truncated", False),
        ), inside

    def _read_box(self, shape: ElementTree.Element, where: str) -> Place:
        left, top, right, bottom = (
            parse_number(shape.get(side), self.path, f"{where}: {side}")
            for side in ("xtl", "ytl", "xbr", "ybr")
        )
        box, angle = (
            (left, top, right - left, bottom - top),
            radians(parse_number(shape.get("rotation") or "0", self.path, f"{where}: rotation")),
        )
        if not angle:
            return box
        self.losses["turned"] += 1
        return compute_bounding_box(
            rotate_corners(box, angle, ((left + right) / 2, (top + bottom) / 2))
        )

    def _read_mask(
        self, shape: ElementTree.Element, name: str, where: str
    ) -> tuple[Place, tuple[Point, ...]]:
        left, top, width, height = (
            parse_number(shape.get(side), self.path, f"{where}: {side}")
            for side in ("left", "top", "width", "height")
        )
        try:
            counts = [int(count) for count in (shape.get("rle") or "").split(",")]
            # row by row, where COCO goes column by column
            pixels = decode_rle(counts, [int(width), int(height)]).T
        except ValueError as error:
            raise make_refusal(self.path, f"{where}: rle", "mask") from error
        inside, specks = find_mask_points(pixels, name)
        self.losses["masks"] += 1
        self.losses["specks"] += specks
        return (left, top, width, height), tuple(
            replace(point, x=point.x + left, y=point.y + top) for point in inside
        )

    def _read_corners(self, shape: ElementTree.Element, where: str) -> list[Corner]:
        pairs = [pair.split(",") for pair in (shape.get("points") or "").split(";")]
        if not all(len(pair) == 2 for pair in pairs):
            raise make_refusal(self.path, f"{where}: points", "outline")
        return [
            (parse_number(x, self.path, where), parse_number(y, self.path, where)) for x, y in pairs
        ]
